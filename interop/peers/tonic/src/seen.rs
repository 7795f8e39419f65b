// SPDX-License-Identifier: MIT
//! What went by on a call that tonic's own API does not tell: the compressed flag of each message, and which metadata
//! came in the headers and which in the trailers. It is seen by a body that wraps another and changes nothing.
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use http_body::Frame;
use tonic::body::Body;
use tonic::codegen::http::HeaderMap;
use tonic::codegen::Bytes;
use tonic::Status;

#[derive(Default)]
pub struct Record {
    pub compressed: VecDeque<bool>, // a flag for each message, in order; readers pop what they have judged
    #[allow(dead_code)] // the server judges no headers
    pub headers: HeaderMap,
    pub trailers: HeaderMap,
}

/// Shared by the body, which writes, and by whoever judges.
#[derive(Clone, Default)]
pub struct Seen(Arc<Mutex<Record>>);

impl Seen {
    pub fn record(&self) -> std::sync::MutexGuard<'_, Record> {
        self.0.lock().expect("no holder of the lock panics")
    }

    /// Whether the next message that nobody asked about yet was compressed; None when there was none.
    pub fn next_compressed(&self) -> Option<bool> {
        self.record().compressed.pop_front()
    }

    pub fn watch(&self, body: Body) -> Body {
        Body::new(Watched { body, seen: self.clone(), prefix: Vec::new(), left: 0 })
    }
}

struct Watched {
    body: Body,
    seen: Seen,
    prefix: Vec<u8>, // of the message that begins: its flag and four octets of length, as far as they have come
    left: usize,     // octets of the present message still to come
}

const PREFIX_LEN: usize = 5;

impl Watched {
    fn scan(&mut self, mut data: &[u8]) {
        while !data.is_empty() {
            let skip = self.left.min(data.len());
            self.left -= skip;
            data = &data[skip..];

            let take = (PREFIX_LEN - self.prefix.len()).min(data.len());
            self.prefix.extend_from_slice(&data[..take]);
            data = &data[take..];
            if let [flag, a, b, c, d] = self.prefix[..] {
                self.seen.record().compressed.push_back(flag == 1);
                self.left = u32::from_be_bytes([a, b, c, d]) as usize;
                self.prefix.clear();
            }
        }
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            if let Some(data) = frame.data_ref() {
                self.scan(data);
            }
            if let Some(trailers) = frame.trailers_ref() {
                self.seen.record().trailers = trailers.clone();
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}
