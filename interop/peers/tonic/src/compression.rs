// SPDX-License-Identifier: MIT
//! The compression cases that tonic can do: it compresses all messages of a call or none, so the case that mixes them
//! in one stream of requests is not here. Whether a response was compressed is read from its flag, as it came.
use tonic::codec::CompressionEncoding::Gzip;
use tonic::Code;

use crate::cases::{expect_end, expect_response, large_request, new_client, Client};
use crate::channel::WatchedChannel;
use crate::expect::{self, Outcome};
use crate::proto::*;

fn large_with_expectation(compressed: bool) -> SimpleRequest {
    SimpleRequest { expect_compressed: Some(BoolValue { value: compressed }), ..large_request() }
}

async fn large_call(what: &str, mut client: Client, request: SimpleRequest) -> Outcome {
    let response = expect::ok(what, client.unary_call(request).await)?;
    expect::payload(what, response.into_inner().payload, 314159)
}

pub async fn client_compressed_unary(channel: WatchedChannel) -> Outcome {
    let plain = new_client(&channel);
    let probe = plain.clone().unary_call(large_with_expectation(true)).await;
    expect::failed("probe: an uncompressed message announced as compressed", probe, Code::InvalidArgument)?;
    let gzip = plain.clone().send_compressed(Gzip).accept_compressed(Gzip); // some answer in kind
    large_call("UnaryCall with a compressed message", gzip, large_with_expectation(true)).await?;
    large_call("UnaryCall with an uncompressed message", plain, large_with_expectation(false)).await
}

pub async fn server_compressed_unary(channel: WatchedChannel) -> Outcome {
    let client = new_client(&channel).accept_compressed(Gzip);
    for wanted in [true, false] {
        let what = format!("UnaryCall with response_compressed {wanted}");
        let response_compressed = Some(BoolValue { value: wanted });
        large_call(&what, client.clone(), SimpleRequest { response_compressed, ..large_request() }).await?;
        expect::equal(&format!("{what}: compressed flag"), Some(wanted), channel.seen.next_compressed())?;
    }
    Ok(())
}

pub async fn server_compressed_streaming(channel: WatchedChannel) -> Outcome {
    let wanted = [(true, 31415), (false, 92653)];
    let parameter =
        |(value, size)| ResponseParameters { size, compressed: Some(BoolValue { value }), ..Default::default() };
    let request =
        StreamingOutputCallRequest { response_parameters: wanted.map(parameter).into(), ..Default::default() };
    let mut client = new_client(&channel).accept_compressed(Gzip);
    let mut responses = expect::ok("StreamingOutputCall", client.streaming_output_call(request).await)?.into_inner();
    for (compressed, size) in wanted {
        expect_response(&mut responses, size as usize).await?;
        expect::equal("compressed flag of a response", Some(compressed), channel.seen.next_compressed())?;
    }
    expect_end(&mut responses).await
}
