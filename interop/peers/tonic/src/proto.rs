// SPDX-License-Identifier: MIT
//! The generated messages and stubs of grpc.testing, and the payload that all of them carry.
#![allow(clippy::all)]
tonic::include_proto!("grpc.testing");

pub fn zeros(size: usize) -> Option<Payload> {
    Some(Payload { r#type: PayloadType::Compressable.into(), body: vec![0; size] })
}
