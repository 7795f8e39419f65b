# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The runner of connectrpc/conformance, stock, from the Go module proxy. Not a peer: it judges (ci/connectconformance).
# And the stock clients on connect-go and grpc-go that speak its protocol, for grpcspec test --adapter (ci/verdicts).

CONNECTCONFORMANCE=v1.0.7

install_connectconformance() {
    local name
    for name in connectconformance referenceclient grpcclient; do
        go_judge "$name" "connectrpc.com/conformance/cmd/$name@$CONNECTCONFORMANCE"
    done
}
