// SPDX-License-Identifier: MIT
//! grpc.testing.TestService on tonic, with health and reflection: the server side of the official interop cases.
//!
//!   server --port=N --use_tls=true|false [--tls_cert_file=PEM --tls_key_file=PEM]
//!
//! Listens on 127.0.0.1, says "READY PORT" and serves until SIGTERM. What it cannot do is in the peer's manifest.
mod echo;
mod flags;
mod proto;
mod seen;

use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::net::TcpListener;
use tokio::signal::unix::{signal, SignalKind};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::Stream;
use tonic::codec::CompressionEncoding;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Identity, Server, ServerTlsConfig};
use tonic::{Code, Extensions, Request, Response, Status, Streaming};

use proto::test_service_server::{TestService, TestServiceServer};
use proto::*;

type Responses = Pin<Box<dyn Stream<Item = Result<StreamingOutputCallResponse, Status>> + Send>>;
type Outbox = mpsc::Sender<Result<StreamingOutputCallResponse, Status>>;

struct Service;

/// Echo Status: what the request asks for instead of an answer.
fn echo_status(wanted: &Option<EchoStatus>) -> Result<(), Status> {
    match wanted {
        Some(status) if status.code != 0 => Err(Status::new(Code::from(status.code), &status.message)),
        _ => Ok(()),
    }
}

/// CompressedRequest: the flag of the message must be what the client says that it is.
fn check_compressed(extensions: &Extensions, expected: Option<BoolValue>) -> Result<(), Status> {
    let was = extensions.get::<seen::Seen>().and_then(seen::Seen::next_compressed);
    match expected {
        Some(expected) if Some(expected.value) != was => Err(Status::invalid_argument(format!(
            "expect_compressed is {}, but the message's flag was {was:?}",
            expected.value
        ))),
        _ => Ok(()),
    }
}

fn payload(size: i32) -> Result<Option<Payload>, Status> {
    usize::try_from(size).map(zeros).map_err(|_| Status::invalid_argument("a negative size was asked for"))
}

/// What one request of a stream asks for. An error ends the call; so does a client that no longer listens.
async fn answer(request: StreamingOutputCallRequest, outbox: &Outbox) -> Result<(), Status> {
    echo_status(&request.response_status)?;
    for wanted in request.response_parameters {
        if let Ok(interval_us @ 1..) = u64::try_from(wanted.interval_us) {
            tokio::time::sleep(Duration::from_micros(interval_us)).await;
        }
        let response = StreamingOutputCallResponse { payload: payload(wanted.size)? };
        outbox.send(Ok(response)).await.map_err(|_| Status::cancelled("nobody listens"))?;
    }
    Ok(())
}

/// FullDuplexCall answers each request as it comes, HalfDuplexCall all of them after the last.
async fn converse(
    mut requests: Streaming<StreamingOutputCallRequest>,
    outbox: &Outbox,
    at_once: bool,
) -> Result<(), Status> {
    let mut kept = Vec::new();
    while let Some(request) = requests.message().await? {
        if at_once {
            answer(request, outbox).await?;
        } else {
            kept.push(request);
        }
    }
    for request in kept {
        answer(request, outbox).await?;
    }
    Ok(())
}

/// The stream of what `work` puts into its outbox, and then of its error. One response waits, so that flow control is
/// felt.
fn stream<F>(work: impl FnOnce(Outbox) -> F) -> Result<Response<Responses>, Status>
where
    F: std::future::Future<Output = Result<(), Status>> + Send + 'static,
{
    let (outbox, inbox) = mpsc::channel(1);
    let work = work(outbox.clone());
    tokio::spawn(async move {
        let ended = tokio::select! {
            ended = work => ended,
            () = outbox.closed() => return,
        };
        if let Err(status) = ended {
            outbox.send(Err(status)).await.ok();
        }
    });
    Ok(Response::new(Box::pin(ReceiverStream::new(inbox))))
}

#[tonic::async_trait]
impl TestService for Service {
    type StreamingOutputCallStream = Responses;
    type FullDuplexCallStream = Responses;
    type HalfDuplexCallStream = Responses;

    async fn empty_call(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        Ok(Response::new(Empty {}))
    }

    async fn unary_call(&self, request: Request<SimpleRequest>) -> Result<Response<SimpleResponse>, Status> {
        check_compressed(request.extensions(), request.get_ref().expect_compressed)?;
        let request = request.into_inner();
        if request.response_type != PayloadType::Compressable as i32 {
            return Err(Status::invalid_argument("this server has only COMPRESSABLE payloads"));
        }
        echo_status(&request.response_status)?;

        let mut answer = SimpleResponse { payload: payload(request.response_size)?, ..Default::default() };
        if request.fill_server_id {
            answer.server_id = format!("tonic-{}", std::process::id());
        }
        let mut response = Response::new(answer);
        if !request.response_compressed.is_some_and(|wanted| wanted.value) {
            response.disable_compression();
        }
        Ok(response)
    }

    async fn cacheable_unary_call(&self, _: Request<SimpleRequest>) -> Result<Response<SimpleResponse>, Status> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|why| Status::internal(why.to_string()))?;
        let body = now.as_nanos().to_string().into_bytes();
        let payload = Some(Payload { body, ..Default::default() });
        let mut response = Response::new(SimpleResponse { payload, ..Default::default() });
        response.metadata_mut().insert("cache-control", "max-age=60, public".parse().expect("ASCII"));
        Ok(response)
    }

    async fn streaming_input_call(
        &self,
        request: Request<Streaming<StreamingInputCallRequest>>,
    ) -> Result<Response<StreamingInputCallResponse>, Status> {
        let (_, extensions, mut requests) = request.into_parts();
        let mut sum = 0;
        while let Some(request) = requests.message().await? {
            check_compressed(&extensions, request.expect_compressed)?;
            sum += request.payload.map_or(0, |payload| payload.body.len());
        }
        let sum = i32::try_from(sum).map_err(|_| Status::out_of_range("the sum does not fit its field"))?;
        Ok(Response::new(StreamingInputCallResponse { aggregated_payload_size: sum }))
    }

    async fn streaming_output_call(
        &self,
        request: Request<StreamingOutputCallRequest>,
    ) -> Result<Response<Responses>, Status> {
        stream(|outbox| async move { answer(request.into_inner(), &outbox).await })
    }

    async fn full_duplex_call(
        &self,
        request: Request<Streaming<StreamingOutputCallRequest>>,
    ) -> Result<Response<Responses>, Status> {
        stream(|outbox| async move { converse(request.into_inner(), &outbox, true).await })
    }

    async fn half_duplex_call(
        &self,
        request: Request<Streaming<StreamingOutputCallRequest>>,
    ) -> Result<Response<Responses>, Status> {
        stream(|outbox| async move { converse(request.into_inner(), &outbox, false).await })
    }

    async fn unimplemented_call(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        Err(Status::unimplemented("the interop cases want it so"))
    }
}

fn builder(flags: &flags::Flags) -> Result<Server, Box<dyn std::error::Error>> {
    if !flags.truth("use_tls")? {
        return Ok(Server::builder());
    }
    let identity = Identity::from_pem(flags.file("tls_cert_file")?, flags.file("tls_key_file")?);
    Ok(Server::builder().tls_config(ServerTlsConfig::new().identity(identity))?)
}

async fn terminated() {
    if let Ok(mut sigterm) = signal(SignalKind::terminate()) {
        sigterm.recv().await;
    }
}

async fn serve(flags: flags::Flags) -> Result<(), Box<dyn std::error::Error>> {
    let service = TestServiceServer::new(Service)
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip);
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<TestServiceServer<Service>>().await;
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(tonic::include_file_descriptor_set!("testing"))
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };

    let mut server = builder(&flags)?;
    let port = u16::try_from(flags.number("port")?)?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("READY {}", listener.local_addr()?.port());
    server
        .add_service(echo::Echo(service))
        .add_service(health_service)
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?)
        .serve_with_incoming_shutdown(TcpIncoming::from(listener).with_nodelay(Some(true)), terminated())
        .await?;
    Ok(())
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let defaults = [("port", "0"), ("use_tls", "false"), ("tls_cert_file", ""), ("tls_key_file", "")];
    let flags = match flags::Flags::parse(&defaults) {
        Ok(flags) => flags,
        Err(why) => {
            eprintln!("{why}");
            return 2.into();
        }
    };
    if let Err(why) = serve(flags).await {
        eprintln!("{why}");
        return 1.into();
    }
    0.into()
}
