# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The connect-go peer: our two programs, built against connect as go.sum pins it. Go itself sees whether there is anything
# to do.

install_connect-go() {
    local from=$PEERS/connect-go folder=$CACHE/connect-go begun=$SECONDS version
    version=$(sed -n 's/.*connectrpc.com\/connect v//p' "$from/go.mod")
    if ! command -v go >/dev/null; then
        lack "connect-go: no Go toolchain (1.25 or newer) on the PATH"
        return
    fi
    mkdir -p "$folder"
    if (cd "$from" && nice -n 19 go build -p "${JOBS:-1}" -mod=readonly -trimpath -o "$folder/" ./server ./client); then
        installed connect-go "connect $version" "$folder" $((SECONDS - begun))
    else
        lack "connect-go: go build failed"
    fi
}
