# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# @grpc/grpc-js and its companions, from the lock file; no package's install script runs.

install_node() {
    local from=$PEERS/node folder=$CACHE/node begun=$SECONDS version
    version="@grpc/grpc-js $(sed -n 's/.*"@grpc\/grpc-js": "\(.*\)",/\1/p' "$from/package.json")"
    if cmp -s "$from/package-lock.json" "$folder/installed-lock.json"; then
        installed node "$version" "$folder" 0
        return
    fi
    if ! command -v npm >/dev/null; then
        lack "node: no npm (Node 20 or newer) on the PATH"
        return
    fi
    mkdir -p "$folder"
    cp "$from/package.json" "$from/package-lock.json" "$folder"
    if npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error; then
        cp "$from/package-lock.json" "$folder/installed-lock.json"
        installed node "$version" "$folder" $((SECONDS - begun))
    else
        lack "node: npm ci failed"
    fi
}
