// SPDX-License-Identifier: MIT
//! The official interop cases, each a function of a few lines: unary calls, streams, metadata and status, early ends.
//! The compression cases and the soak have files of their own.
use std::future::Future;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::metadata::MetadataValue;
use tonic::{Code, Request, Status, Streaming};

use crate::channel::WatchedChannel;
use crate::expect::{self, Outcome};
use crate::proto::test_service_client::TestServiceClient;
use crate::proto::unimplemented_service_client::UnimplementedServiceClient;
use crate::proto::*;

/// For what must come at once, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(5);

pub type Client = TestServiceClient<WatchedChannel>;

pub fn new_client(channel: &WatchedChannel) -> Client {
    TestServiceClient::new(channel.clone())
}

pub fn large_request() -> SimpleRequest {
    SimpleRequest { response_size: 314159, payload: zeros(271828), ..Default::default() }
}

fn duplex_request(response_size: i32, size: usize) -> StreamingOutputCallRequest {
    let response_parameters = vec![ResponseParameters { size: response_size, ..Default::default() }];
    StreamingOutputCallRequest { response_parameters, payload: zeros(size), ..Default::default() }
}

/// The requests of a stream whose first message is sent before the call, as some servers answer nothing before it.
fn requests_with<T>(first: T) -> (mpsc::Sender<T>, ReceiverStream<T>) {
    let (sender, receiver) = mpsc::channel(1);
    sender.try_send(first).ok().expect("there is room for one");
    (sender, ReceiverStream::new(receiver))
}

/// The next response, which must come and be of `size` octets.
pub async fn expect_response(responses: &mut Streaming<StreamingOutputCallResponse>, size: usize) -> Outcome {
    let response = expect::ok("response", responses.message().await)?.ok_or("the stream ended early")?;
    expect::payload("response", response.payload, size)
}

pub async fn expect_end(responses: &mut Streaming<StreamingOutputCallResponse>) -> Outcome {
    let more = expect::ok("end of the stream", responses.message().await)?;
    expect::equal("a response too many", false, more.is_some())
}

/// That the server is there, before or after a call that ends without its word.
async fn expect_serves(client: &Client) -> Outcome {
    expect::ok("EmptyCall, to see that the server serves", client.clone().empty_call(Empty {}).await).map(drop)
}

pub async fn empty_unary(channel: WatchedChannel) -> Outcome {
    expect::ok("EmptyCall", new_client(&channel).empty_call(Empty {}).await).map(drop)
}

pub async fn large_unary(channel: WatchedChannel) -> Outcome {
    let response = expect::ok("UnaryCall", new_client(&channel).unary_call(large_request()).await)?;
    expect::payload("UnaryCall", response.into_inner().payload, 314159)
}

pub async fn client_streaming(channel: WatchedChannel) -> Outcome {
    let request = |size| StreamingInputCallRequest { payload: zeros(size), ..Default::default() };
    let requests = tokio_stream::iter([27182, 8, 1828, 45904].map(request));
    let response = expect::ok("StreamingInputCall", new_client(&channel).streaming_input_call(requests).await)?;
    expect::equal("aggregated_payload_size", 74922, response.into_inner().aggregated_payload_size)
}

pub async fn server_streaming(channel: WatchedChannel) -> Outcome {
    let sizes = [31415, 9, 2653, 58979];
    let parameters = sizes.map(|size| ResponseParameters { size, ..Default::default() });
    let request = StreamingOutputCallRequest { response_parameters: parameters.into(), ..Default::default() };
    let call = new_client(&channel).streaming_output_call(request).await;
    let mut responses = expect::ok("StreamingOutputCall", call)?.into_inner();
    for size in sizes {
        expect_response(&mut responses, size as usize).await?;
    }
    expect_end(&mut responses).await
}

pub async fn ping_pong(channel: WatchedChannel) -> Outcome {
    let turns = [(31415, 27182), (9, 8), (2653, 1828), (58979, 45904)];
    let (sender, requests) = requests_with(duplex_request(turns[0].0, turns[0].1));
    let call = new_client(&channel).full_duplex_call(requests).await;
    let mut responses = expect::ok("FullDuplexCall", call)?.into_inner();
    expect_response(&mut responses, turns[0].0 as usize).await?;
    for (response_size, size) in &turns[1..] {
        sender.send(duplex_request(*response_size, *size)).await.map_err(|_| "the call ended early")?;
        expect_response(&mut responses, *response_size as usize).await?;
    }
    drop(sender);
    expect_end(&mut responses).await
}

pub async fn empty_stream(channel: WatchedChannel) -> Outcome {
    let call = new_client(&channel).full_duplex_call(tokio_stream::empty()).await;
    expect_end(&mut expect::ok("FullDuplexCall", call)?.into_inner()).await
}

fn with_metadata<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    let metadata = request.metadata_mut();
    metadata.insert("x-grpc-test-echo-initial", MetadataValue::from_static("test_initial_metadata_value"));
    metadata.insert_bin("x-grpc-test-echo-trailing-bin", MetadataValue::from_bytes(b"\xab\xab\xab"));
    request
}

/// tonic gives the trailers of a unary call together with its headers: which is which is read from the wire.
fn expect_echo(what: &str, channel: &WatchedChannel) -> Outcome {
    let record = channel.seen.record();
    expect::entry(what, &record.headers, "x-grpc-test-echo-initial", "test_initial_metadata_value")?;
    expect::entry(what, &record.trailers, "x-grpc-test-echo-trailing-bin", "q6ur")
}

pub async fn custom_metadata(channel: WatchedChannel) -> Outcome {
    let mut client = new_client(&channel);
    let response = expect::ok("UnaryCall", client.unary_call(with_metadata(large_request())).await)?;
    expect_echo("UnaryCall", &channel)?;
    let echoed = response.metadata().get_bin("x-grpc-test-echo-trailing-bin").and_then(|value| value.to_bytes().ok());
    expect::equal("UnaryCall: decoded metadata", Some(&b"\xab\xab\xab"[..]), echoed.as_deref())?;
    expect::payload("UnaryCall", response.into_inner().payload, 314159)?;

    let request = with_metadata(tokio_stream::once(duplex_request(314159, 271828)));
    let mut responses = expect::ok("FullDuplexCall", client.full_duplex_call(request).await)?.into_inner();
    expect_response(&mut responses, 314159).await?;
    expect_end(&mut responses).await?;
    expect_echo("FullDuplexCall", &channel)
}

/// A call that streams, up to its status; the responses on the way do not matter.
async fn outcome_of(
    call: impl Future<Output = Result<tonic::Response<Streaming<StreamingOutputCallResponse>>, Status>>,
) -> Result<(), Status> {
    let mut responses = call.await?.into_inner();
    while responses.message().await?.is_some() {}
    Ok(())
}

pub async fn status_code_and_message(channel: WatchedChannel) -> Outcome {
    let mut client = new_client(&channel);
    let message = "test status message";
    let response_status = Some(EchoStatus { code: Code::Unknown as i32, message: message.into() });

    let request = SimpleRequest { response_status: response_status.clone(), ..Default::default() };
    let seen = expect::failed("UnaryCall", client.unary_call(request).await, Code::Unknown)?;
    expect::equal("UnaryCall: status message", message, seen.message())?;

    let request = tokio_stream::once(StreamingOutputCallRequest { response_status, ..Default::default() });
    let seen = expect::failed("FullDuplexCall", outcome_of(client.full_duplex_call(request)).await, Code::Unknown)?;
    expect::equal("FullDuplexCall: status message", message, seen.message())
}

pub async fn special_status_message(channel: WatchedChannel) -> Outcome {
    let message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";
    let response_status = Some(EchoStatus { code: Code::Unknown as i32, message: message.into() });
    let request = SimpleRequest { response_status, ..Default::default() };
    let seen = expect::failed("UnaryCall", new_client(&channel).unary_call(request).await, Code::Unknown)?;
    expect::equal("UnaryCall: status message", message, seen.message())
}

pub async fn unimplemented_method(channel: WatchedChannel) -> Outcome {
    let call = new_client(&channel).unimplemented_call(Empty {}).await;
    expect::failed("TestService/UnimplementedCall", call, Code::Unimplemented).map(drop)
}

pub async fn unimplemented_service(channel: WatchedChannel) -> Outcome {
    let call = UnimplementedServiceClient::new(channel).unimplemented_call(Empty {}).await;
    expect::failed("UnimplementedService/UnimplementedCall", call, Code::Unimplemented).map(drop)
}

/// In tonic a call is cancelled by dropping it, and a dropped call has no status: what can be seen here is that the
/// connection survives. The reset is to be seen on the wire.
///
/// That a whole call begins later and ends first shows that the headers are out.
pub async fn cancel_after_begin(channel: WatchedChannel) -> Outcome {
    let client = new_client(&channel);
    let mut caller = client.clone();
    let mut call = Box::pin(caller.streaming_input_call(tokio_stream::pending()));
    tokio::select! {
        biased;
        _ = &mut call => Err("StreamingInputCall ended before it was cancelled".to_string()),
        served = expect_serves(&client) => served,
    }?;
    drop(call);
    expect_serves(&client).await
}

/// Once headers have come, a call goes on until both of its streams are dropped (hyper and h2 count who holds it).
pub async fn cancel_after_first_response(channel: WatchedChannel) -> Outcome {
    let mut client = new_client(&channel);
    let (sender, requests) = requests_with(duplex_request(31415, 27182));
    let mut responses = expect::ok("FullDuplexCall", client.full_duplex_call(requests).await)?.into_inner();
    expect_response(&mut responses, 31415).await?;
    drop(responses);
    drop(sender);
    expect_serves(&client).await
}

/// No response is asked for, so the server sleeps.
pub async fn timeout_on_sleeping_server(channel: WatchedChannel) -> Outcome {
    let mut client = new_client(&channel);
    expect_serves(&client).await?;
    let message = StreamingOutputCallRequest { payload: zeros(27182), ..Default::default() };
    let (_sender, requests) = requests_with(message);
    let mut request = Request::new(requests);
    request.set_timeout(Duration::from_millis(1));
    let ended = tokio::time::timeout(PATIENCE, outcome_of(client.full_duplex_call(request))).await;
    let ended = ended.map_err(|_| "FullDuplexCall: long after its deadline it has not ended")?;
    expect::failed("FullDuplexCall", ended, Code::DeadlineExceeded).map(drop)
}

/// Of grpc-go: one server answers all calls of a channel.
pub async fn pick_first_unary(channel: WatchedChannel) -> Outcome {
    let mut first = None;
    for _ in 0..100 {
        let request = SimpleRequest { response_size: 1, payload: zeros(1), fill_server_id: true, ..Default::default() };
        let response = expect::ok("UnaryCall", new_client(&channel).unary_call(request).await)?.into_inner();
        expect::equal("an empty server_id", false, response.server_id.is_empty())?;
        let expected = first.get_or_insert(response.server_id.clone());
        expect::equal("server_id", expected.as_str(), &response.server_id)?;
    }
    Ok(())
}
