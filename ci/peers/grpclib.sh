# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# grpclib on the pure Python h2, in a Python environment of its own.

install_grpclib() {
    venv grpclib "$PEERS/grpclib/requirements.txt" grpclib_python
}
