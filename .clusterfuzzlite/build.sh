#!/bin/bash -eu
# SPDX-License-Identifier: MIT
exec "$SRC/grpcspec/fuzz/oss-fuzz/build.sh"
