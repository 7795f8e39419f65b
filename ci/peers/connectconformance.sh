# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The runner of connectrpc/conformance, stock, from the Go module proxy. Not a peer: it judges (ci/connectconformance).

CONNECTCONFORMANCE=v1.0.7

install_connectconformance() {
    go_judge connectconformance "connectrpc.com/conformance/cmd/connectconformance@$CONNECTCONFORMANCE"
}
