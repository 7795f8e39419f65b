// SPDX-License-Identifier: MIT
//! The connection of the client: tonic's channel, with a `Seen` of the last answer around it.
use std::task::{Context, Poll};

use tonic::body::Body;
use tonic::codegen::http::{Request, Response};
use tonic::codegen::{BoxFuture, Service};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Error};

use crate::flags::Flags;
use crate::seen::{Record, Seen};

#[derive(Clone)]
pub struct WatchedChannel {
    channel: Channel,
    pub seen: Seen,
}

impl Service<Request<Body>> for WatchedChannel {
    type Response = Response<Body>;
    type Error = Error;
    type Future = BoxFuture<Response<Body>, Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.channel.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let seen = self.seen.clone();
        let answer = self.channel.call(request);
        Box::pin(async move {
            let response = answer.await?;
            *seen.record() = Record { headers: response.headers().clone(), ..Record::default() };
            Ok(response.map(|body| seen.watch(body)))
        })
    }
}

/// Host, port, :authority and TLS as the flags say.
fn endpoint(flags: &Flags) -> Result<Endpoint, String> {
    let tls = flags.truth("use_tls")?;
    let scheme = if tls { "https" } else { "http" };
    let port = flags.number("server_port")?;
    let name = match flags.text("server_host_override") {
        "" => flags.text("server_host"),
        name => name,
    };
    let uri = |host: &str| format!("{scheme}://{host}:{port}").parse().map_err(|why| format!("{host}: {why}"));
    let endpoint = Endpoint::from(uri(flags.text("server_host"))?).origin(uri(name)?);

    if !tls {
        return Ok(endpoint);
    }
    if !flags.truth("use_test_ca")? {
        return Err("this client knows no CA of its own: say --use_test_ca=true --ca_file=PEM".into());
    }
    let config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(flags.file("ca_file")?)).domain_name(name);
    endpoint.tls_config(config).map_err(|why| format!("--ca_file: {why}"))
}

pub async fn connect(flags: &Flags) -> Result<WatchedChannel, String> {
    let channel = endpoint(flags)?.connect().await.map_err(|why| format!("no connection: {why:?}"))?;
    Ok(WatchedChannel { channel, seen: Seen::default() })
}
