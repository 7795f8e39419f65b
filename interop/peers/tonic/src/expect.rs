// SPDX-License-Identifier: MIT
//! What the cases expect, and the sentence that says what was seen instead.
use tonic::codegen::http::HeaderMap;
use tonic::{Code, Status};

use crate::proto::{Payload, PayloadType};

pub type Outcome = Result<(), String>;

pub fn ok<T>(what: &str, result: Result<T, Status>) -> Result<T, String> {
    result.map_err(|seen| format!("{what}: expected OK, seen {:?} {:?}", seen.code(), seen.message()))
}

pub fn failed<T>(what: &str, result: Result<T, Status>, code: Code) -> Result<Status, String> {
    match result {
        Ok(_) => Err(format!("{what}: expected {code:?}, seen OK")),
        Err(seen) if seen.code() == code => Ok(seen),
        Err(seen) => Err(format!("{what}: expected {code:?}, seen {:?} {:?}", seen.code(), seen.message())),
    }
}

pub fn equal<T: PartialEq + std::fmt::Debug>(what: &str, expected: T, seen: T) -> Outcome {
    if expected == seen {
        return Ok(());
    }
    Err(format!("{what}: expected {expected:?}, seen {seen:?}"))
}

/// `size` octets of zeros.
pub fn payload(what: &str, seen: Option<Payload>, size: usize) -> Outcome {
    let seen = seen.ok_or(format!("{what}: no payload"))?;
    equal(&format!("{what}: payload type"), PayloadType::Compressable as i32, seen.r#type)?;
    equal(&format!("{what}: payload size"), size, seen.body.len())?;
    equal(&format!("{what}: payload of zeros"), true, seen.body.iter().all(|octet| *octet == 0))
}

/// Exactly one value, in headers or trailers as they came over the wire.
pub fn entry(what: &str, seen: &HeaderMap, key: &str, expected: &str) -> Outcome {
    let values: Vec<_> = seen.get_all(key).iter().map(|value| value.to_str().unwrap_or("(not ASCII)")).collect();
    equal(&format!("{what}: {key}"), vec![expected], values)
}
