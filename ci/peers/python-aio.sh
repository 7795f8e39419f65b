# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The asyncio half of grpcio: the same environment as the peer python.

install_python-aio() {
    venv python "$PEERS/python/requirements.txt" grpc_python
}
