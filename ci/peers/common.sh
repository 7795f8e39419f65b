# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the install functions of the other files here share. ci/install-peers reads them all, and has CACHE and lack.

GRPCIO_TOOLS=1.85.1
# shellcheck disable=SC2034  # used by the others
PEERS=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../interop/peers" && pwd)

# installed NAME VERSION FOLDER SECONDS: says so, with size and time.
installed() {
    echo "$1: $2 is in $3: $(du -sm "$3" | cut -f1) MB, $4 s"
}

# debian NAME PACKAGE...: installs them, as root or by sudo.
debian() {
    local name=$1 as_root=()
    shift
    if [ "$(id -u)" != 0 ]; then
        as_root=(sudo)
    fi
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; then
        lack "$name: apt-get could not install $*"
        return 1
    fi
}

# venv NAME REQUIREMENTS PLUGIN: a Python environment in $CACHE/NAME with just these packages, and in its stubs/ what
# protoc generates from the service's definitions. The generator itself is needed only now, so it does not stay.
#   PLUGIN  grpc_python or grpclib_python
venv() {
    local folder=$CACHE/$1 protos=${GRPC_PROTO_DIR:-/usr/share/grpc-proto} begun=$SECONDS tools
    local version
    version=$(sed -n '1s/==/ /p' "$2")
    if cmp -s "$2" "$folder/requirements.txt"; then
        installed "$1" "$version" "$folder" 0
        return
    fi
    if ! command -v python3 >/dev/null || ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        lack "$1: no python3 with venv on the PATH (Debian: python3-venv)"
        return
    fi
    if ! [ -f "$protos/grpc/testing/test.proto" ]; then
        lack "$1: no $protos/grpc/testing/test.proto (Debian: grpc-proto)"
        return
    fi
    rm -rf "$folder"
    tools=$(mktemp -d)
    if python3 -m venv "$folder" && mkdir "$folder/stubs" &&
        "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$2" &&
        "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --target "$tools" \
            "grpcio-tools==$GRPCIO_TOOLS" &&
        PATH="$folder/bin:$PATH" PYTHONPATH=$tools "$folder/bin/python" -m grpc_tools.protoc "-I$protos" \
            "--python_out=$folder/stubs" "--$3_out=$folder/stubs" \
            "$protos"/grpc/testing/{empty,messages,test}.proto; then
        cp "$2" "$folder/requirements.txt"
        installed "$1" "$version" "$folder" $((SECONDS - begun))
    else
        lack "$1: pip or protoc failed"
    fi
    rm -rf "$tools"
}

# go_judge NAME PACKAGE@VERSION: a stock program in $CACHE/NAME, built by go install unless that very version is there.
go_judge() {
    local name=$1 package=$2 folder=$CACHE/$1 begun=$SECONDS
    if [ -x "$folder/$name" ] && [ "$package" = "$(cat "$folder/installed" 2>/dev/null)" ]; then
        installed "$name" "${package#*@}" "$folder" 0
        return
    fi
    if ! command -v go >/dev/null; then
        lack "$name: no Go toolchain (1.25 or newer) on the PATH"
        return
    fi
    mkdir -p "$folder"
    if GOBIN=$folder nice -n 19 go install -trimpath -p "${JOBS:-1}" "$package"; then
        echo "$package" >"$folder/installed"
        installed "$name" "${package#*@}" "$folder" $((SECONDS - begun))
    else
        lack "$name: go install $package failed"
    fi
}
