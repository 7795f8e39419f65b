// SPDX-License-Identifier: MIT
//! Generates the messages and stubs of grpc.testing from Debian's grpc-proto, and keeps the descriptors for reflection.
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = std::env::var("GRPC_PROTO").unwrap_or("/usr/share/grpc-proto".into());
    let descriptors = PathBuf::from(std::env::var("OUT_DIR")?).join("testing.bin");

    println!("cargo::rerun-if-env-changed=GRPC_PROTO");
    tonic_prost_build::configure()
        .file_descriptor_set_path(descriptors)
        .compile_protos(&[format!("{root}/grpc/testing/test.proto")], &[root])?;
    Ok(())
}
