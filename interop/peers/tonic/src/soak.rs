// SPDX-License-Identifier: MIT
//! rpc_soak and channel_soak: many large calls one after the other, on one channel or each on a new one.
use std::time::{Duration, Instant};

use crate::cases::new_client;
use crate::channel::{connect, WatchedChannel};
use crate::expect::{self, Outcome};
use crate::flags::Flags;
use crate::proto::*;

async fn iteration(flags: &Flags, channel: WatchedChannel) -> Outcome {
    let size = flags.number("soak_response_size")?;
    let request = SimpleRequest {
        response_size: i32::try_from(size).map_err(|why| format!("--soak_response_size: {why}"))?,
        payload: zeros(flags.number("soak_request_size")? as usize),
        ..Default::default()
    };
    let response = expect::ok("UnaryCall", new_client(&channel).unary_call(request).await)?;
    expect::payload("UnaryCall", response.into_inner().payload, size as usize)
}

pub async fn soak(flags: &Flags, channel: WatchedChannel, new_channels: bool) -> Outcome {
    let iterations = flags.number("soak_iterations")?;
    let limit = Duration::from_millis(flags.number("soak_per_iteration_max_acceptable_latency_ms")?.into());
    let pause = Duration::from_millis(flags.number("soak_min_time_ms_between_rpcs")?.into());
    let give_up = Instant::now() + Duration::from_secs(flags.number("soak_overall_timeout_seconds")?.into());
    let mut failures = 0;

    for done in 0..iterations {
        let began = Instant::now();
        if began > give_up {
            return Err(format!("time is up: expected {iterations} iterations, seen {done}"));
        }
        let channel = if new_channels { connect(flags).await? } else { channel.clone() };
        let outcome = iteration(flags, channel).await;
        let took = began.elapsed();
        if outcome.is_err() || took > limit {
            failures += 1;
            eprintln!("iteration {done}: {outcome:?} after {took:?}");
        }
        tokio::time::sleep(pause.saturating_sub(took)).await;
    }
    if failures > flags.number("soak_max_failures")? {
        return Err(format!("{failures} of {iterations} iterations failed or were too slow"));
    }
    Ok(())
}
