# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# h2spec, stock, from the Go module proxy. Not a peer: it judges (ci/h2spec). 2.2.1 is the newest that the proxy has: the
# later ones name their module in a way that Go refuses above version 1.

H2SPEC=v2.2.1+incompatible

install_h2spec() {
    go_judge h2spec "github.com/summerwind/h2spec/cmd/h2spec@$H2SPEC"
}
