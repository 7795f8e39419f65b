# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The stock grpc-go programs, at a pinned version, from the Go module proxy.

GRPC_GO=v1.83.1

# A program of grpc-go says in its build information which version it is.
is_grpc_go() {
    go version -m "$1" 2>/dev/null | grep -q "google.golang.org/grpc[[:space:]]${GRPC_GO}[[:space:]]"
}

install_go() {
    local bin=$CACHE/go begun=$SECONDS
    if ! command -v go >/dev/null; then
        lack "go: no Go toolchain (1.25 or newer) on the PATH"
        return
    fi
    if is_grpc_go "$bin/client" && is_grpc_go "$bin/server" && is_grpc_go "$bin/http2"; then
        installed go "grpc-go $GRPC_GO" "$bin" 0
        return
    fi
    mkdir -p "$bin"
    if GOBIN=$bin go install \
        "google.golang.org/grpc/interop/client@$GRPC_GO" \
        "google.golang.org/grpc/interop/server@$GRPC_GO" \
        "google.golang.org/grpc/interop/http2@$GRPC_GO"; then
        installed go "grpc-go $GRPC_GO" "$bin" $((SECONDS - begun))
    else
        lack "go: go install of grpc-go $GRPC_GO failed"
    fi
}
