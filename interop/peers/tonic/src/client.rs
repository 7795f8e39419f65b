// SPDX-License-Identifier: MIT
//! The client side of the official interop cases on tonic.
//!
//!   client --server_host=H --server_port=N --server_host_override=NAME --use_tls=true|false --use_test_ca=true|false
//!          --ca_file=PEM --test_case=CASE [--soak_...=N]
//!
//! Exits 0 and says "OK: CASE" when the case passed, 1 with a sentence when it failed, 2 for a wrong command line, and
//! 127 for a case that it does not have: which, and why, is in the peer's manifest.
mod cases;
mod channel;
mod compression;
mod expect;
mod flags;
mod proto;
mod seen;
mod soak;

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;

use channel::WatchedChannel;
use expect::Outcome;
use flags::Flags;

const DEFAULTS: [(&str, &str); 14] = [
    ("server_host", "localhost"),
    ("server_port", "8080"),
    ("server_host_override", ""),
    ("use_tls", "false"),
    ("use_test_ca", "false"),
    ("ca_file", ""),
    ("test_case", "large_unary"),
    ("soak_iterations", "10"),
    ("soak_max_failures", "0"),
    ("soak_per_iteration_max_acceptable_latency_ms", "1000"),
    ("soak_overall_timeout_seconds", "10"),
    ("soak_min_time_ms_between_rpcs", "0"),
    ("soak_request_size", "271828"),
    ("soak_response_size", "314159"),
];

type Case<'a> = Box<dyn FnOnce(WatchedChannel) -> BoxFuture<'a> + 'a>;
type BoxFuture<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

fn case<'a, F: Future<Output = Outcome> + 'a>(run: impl FnOnce(WatchedChannel) -> F + 'a) -> Option<Case<'a>> {
    Some(Box::new(|channel| Box::pin(run(channel))))
}

/// None for a case that this client does not have.
fn find(flags: &Flags) -> Option<Case<'_>> {
    match flags.text("test_case") {
        "empty_unary" => case(cases::empty_unary),
        "large_unary" => case(cases::large_unary),
        "client_compressed_unary" => case(compression::client_compressed_unary),
        "server_compressed_unary" => case(compression::server_compressed_unary),
        "client_streaming" => case(cases::client_streaming),
        "server_streaming" => case(cases::server_streaming),
        "server_compressed_streaming" => case(compression::server_compressed_streaming),
        "ping_pong" => case(cases::ping_pong),
        "empty_stream" => case(cases::empty_stream),
        "custom_metadata" => case(cases::custom_metadata),
        "status_code_and_message" => case(cases::status_code_and_message),
        "special_status_message" => case(cases::special_status_message),
        "unimplemented_method" => case(cases::unimplemented_method),
        "unimplemented_service" => case(cases::unimplemented_service),
        "cancel_after_begin" => case(cases::cancel_after_begin),
        "cancel_after_first_response" => case(cases::cancel_after_first_response),
        "timeout_on_sleeping_server" => case(cases::timeout_on_sleeping_server),
        "rpc_soak" => case(|channel| soak::soak(flags, channel, false)),
        "channel_soak" => case(|channel| soak::soak(flags, channel, true)),
        "pick_first_unary" => case(cases::pick_first_unary),
        _ => None,
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let flags = match Flags::parse(&DEFAULTS) {
        Ok(flags) => flags,
        Err(why) => {
            eprintln!("{why}");
            return 2.into();
        }
    };
    let name = flags.text("test_case");
    let Some(case) = find(&flags) else {
        eprintln!("{name}: this client does not have the case");
        return 127.into();
    };
    let outcome = match channel::connect(&flags).await {
        Ok(channel) => case(channel).await,
        Err(why) => Err(why),
    };
    if let Err(why) = outcome {
        eprintln!("{name}: {why}");
        return 1.into();
    }
    println!("OK: {name}");
    0.into()
}
