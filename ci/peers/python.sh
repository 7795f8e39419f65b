# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# grpcio in a Python environment of its own; the two Python peers share it.

install_python() {
    venv python "$PEERS/python/requirements.txt" grpc_python
}
