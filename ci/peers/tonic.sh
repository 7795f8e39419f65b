# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The tonic peer: our two programs, built against tonic as Cargo.lock pins it. Cargo itself sees whether there is
# anything to do. The definitions are Debian's grpc-proto, or those in the folder GRPC_PROTO.

install_tonic() {
    local from=$PEERS/tonic folder=$CACHE/tonic begun=$SECONDS version
    version=$(sed -n 's/^tonic = { version = "=\([0-9.]*\)".*/\1/p' "$from/Cargo.toml")
    if ! command -v cargo >/dev/null || ! command -v protoc >/dev/null; then
        lack "tonic: no cargo or no protoc on the PATH (Rust 1.88 or newer; Debian: protobuf-compiler)"
        return
    fi
    if ! [ -f "${GRPC_PROTO:-/usr/share/grpc-proto}/grpc/testing/test.proto" ]; then
        lack "tonic: no grpc/testing/test.proto (Debian: grpc-proto)"
        return
    fi
    if (cd "$from" && nice -n 19 cargo build --quiet --release --locked -j "${JOBS:-1}" \
        --target-dir "$folder/target"); then
        installed tonic "tonic $version" "$folder" $((SECONDS - begun))
    else
        lack "tonic: cargo build failed"
    fi
}
