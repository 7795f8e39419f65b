// SPDX-License-Identifier: MIT
//! Echo Metadata, for every method of a service: a handler of tonic cannot send trailers with an OK status, so this
//! stands around the service. It also puts a `Seen` of the request into its extensions, where handlers find it.
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::Frame;
use tonic::body::Body;
use tonic::codegen::http::{HeaderMap, Request, Response};
use tonic::codegen::{BoxFuture, Bytes, Service};
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::server::NamedService;
use tonic::Status;

use crate::seen::Seen;

const INITIAL: &str = "x-grpc-test-echo-initial";
const TRAILING: &str = "x-grpc-test-echo-trailing-bin";

#[derive(Clone)]
pub struct Echo<S>(pub S);

impl<S: NamedService> NamedService for Echo<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for Echo<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Response<Body>, Infallible>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let (initial, trailing) = echoes(request.headers());
        let seen = Seen::default();

        request.extensions_mut().insert(seen.clone());
        let answer = self.0.call(request.map(|body| seen.watch(body)));
        Box::pin(async move {
            let mut response = answer.await?;
            let trailers_only = response.headers().contains_key("grpc-status");
            append(response.headers_mut(), initial);
            if trailers_only {
                append(response.headers_mut(), trailing);
                return Ok(response);
            }
            Ok(response.map(|body| Body::new(Trailing { body, trailing })))
        })
    }
}

/// The entries to send back: initial, trailing. tonic decodes and encodes the binary ones.
fn echoes(headers: &HeaderMap) -> (HeaderMap, HeaderMap) {
    let metadata = MetadataMap::from_headers(headers.clone());
    let (mut initial, mut trailing) = (MetadataMap::new(), MetadataMap::new());
    for value in metadata.get_all(INITIAL) {
        initial.append(INITIAL, value.clone());
    }
    for value in metadata.get_all_bin(TRAILING).iter().filter_map(|value| value.to_bytes().ok()) {
        trailing.append_bin(TRAILING, MetadataValue::from_bytes(&value));
    }
    (initial.into_headers(), trailing.into_headers())
}

fn append(headers: &mut HeaderMap, more: HeaderMap) {
    let mut last = None;
    for (key, value) in more {
        last = key.or(last); // a repeated key is given only once
        headers.append(last.clone().expect("the first entry has a key"), value);
    }
}

/// A body whose trailers get more entries.
struct Trailing {
    body: Body,
    trailing: HeaderMap,
}

impl http_body::Body for Trailing {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let mut polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &mut polled {
            if let Some(trailers) = frame.trailers_mut() {
                append(trailers, std::mem::take(&mut self.trailing));
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}
