// SPDX-License-Identifier: MIT
//
// The interop server of the Node peer: grpc.testing.TestService on @grpc/grpc-js, with health and reflection. grpc-js
// does not compress responses, and does not show whether a request came compressed.
'use strict';

const grpc = require('@grpc/grpc-js');
const { HealthImplementation } = require('grpc-health-check');
const { ReflectionService } = require('@grpc/reflection');
const peer = require('./peer.js');

const ECHO_INITIAL = 'x-grpc-test-echo-initial';
const ECHO_TRAILING = 'x-grpc-test-echo-trailing-bin';
const COMPRESSABLE = 0;
const MAX_PAYLOAD = 16 << 20;

class Refusal extends Error {
  constructor(code, details) {
    super(details);
    this.code = code;
    this.details = details;
  }
}

function invalid(why) {
  return new Refusal(grpc.status.INVALID_ARGUMENT, why);
}

// Sends the initial metadata, `more` with it, and returns the trailing metadata.
function echo(call, more = {}) {
  const initial = new grpc.Metadata();
  const trailing = new grpc.Metadata();
  for (const value of call.metadata.get(ECHO_INITIAL)) initial.add(ECHO_INITIAL, value);
  for (const value of call.metadata.get(ECHO_TRAILING)) trailing.add(ECHO_TRAILING, value);
  for (const [key, value] of Object.entries(more)) initial.set(key, value);
  call.sendMetadata(initial);
  return trailing;
}

function zeros(size) {
  if (size < 0 || size > MAX_PAYLOAD) throw invalid(`a payload of ${size} octets is not for this server`);
  return { type: COMPRESSABLE, body: Buffer.alloc(size) };
}

function echoStatus(request) {
  const wanted = request.response_status;
  if (!wanted || wanted.code === 0) return;
  if (grpc.status[wanted.code] === undefined) throw invalid('response_status.code is not a status code');
  throw new Refusal(wanted.code, wanted.message);
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// Sends what the request asks for, each response after its interval.
async function sendAll(call, request) {
  for (const parameters of request.response_parameters) {
    if (parameters.interval_us > 0) await sleep(parameters.interval_us / 1000);
    if (call.cancelled) return;
    const more = call.write({ payload: zeros(parameters.size) });
    if (!more) await new Promise((resolve) => call.once('drain', resolve).once('cancelled', resolve));
  }
  echoStatus(request);
}

function fail(call, error, trailing) {
  const { code = grpc.status.INTERNAL, details = error.message } = error;
  call.emit('error', { code, details, metadata: trailing });
}

// A unary handler: what make(request) returns or throws.
function unary(make, more = () => ({})) {
  return (call, callback) => {
    const trailing = echo(call, more());
    try {
      callback(null, make(call.request), trailing);
    } catch (error) {
      callback({ code: error.code ?? grpc.status.INTERNAL, details: error.message, metadata: trailing });
    }
  };
}

function unaryReply(request) {
  if (request.response_type !== COMPRESSABLE) throw invalid('this server has only COMPRESSABLE payloads');
  echoStatus(request);
  const reply = { payload: zeros(request.response_size) };
  if (request.fill_server_id) reply.server_id = `node-${process.pid}`;
  return reply;
}

function cacheableReply() {
  return { payload: { type: COMPRESSABLE, body: Buffer.from(String(process.hrtime.bigint())) } };
}

async function streamingOutputCall(call) {
  const trailing = echo(call);
  try {
    await sendAll(call, call.request);
    call.end(trailing);
  } catch (error) {
    fail(call, error, trailing);
  }
}

function streamingInputCall(call, callback) {
  const trailing = echo(call);
  let size = 0;
  call.on('data', (request) => {
    size += request.payload ? request.payload.body.length : 0;
  });
  call.on('end', () => callback(null, { aggregated_payload_size: size }, trailing));
}

// Each request is served as it comes; no other is read meanwhile.
function fullDuplexCall(call) {
  const trailing = echo(call);
  let failed = false;
  call.on('data', async (request) => {
    call.pause();
    try {
      await sendAll(call, request);
      call.resume();
    } catch (error) {
      failed = true;
      fail(call, error, trailing);
    }
  });
  call.on('end', () => failed || call.end(trailing));
}

// All requests first, then all responses.
function halfDuplexCall(call) {
  const trailing = echo(call);
  const requests = [];
  call.on('data', (request) => requests.push(request));
  call.on('end', async () => {
    try {
      for (const request of requests) await sendAll(call, request);
      call.end(trailing);
    } catch (error) {
      fail(call, error, trailing);
    }
  });
}

const handlers = {
  EmptyCall: unary(() => ({})),
  UnaryCall: unary(unaryReply),
  CacheableUnaryCall: unary(cacheableReply, () => ({ 'cache-control': 'max-age=60, public' })),
  StreamingOutputCall: streamingOutputCall,
  StreamingInputCall: streamingInputCall,
  FullDuplexCall: fullDuplexCall,
  HalfDuplexCall: halfDuplexCall,
};

function credentials(flags) {
  if (!flags.use_tls) return grpc.ServerCredentials.createInsecure();
  const pair = {
    private_key: peer.read(flags.tls_key_file, 'server1.key'),
    cert_chain: peer.read(flags.tls_cert_file, 'server1.pem'),
  };
  return grpc.ServerCredentials.createSsl(null, [pair]);
}

function main() {
  const flags = peer.readFlags({ port: 0, use_tls: false, tls_cert_file: '', tls_key_file: '' });
  const definition = peer.loadDefinition();
  const server = new grpc.Server();
  server.addService(definition['grpc.testing.TestService'], handlers);
  new HealthImplementation({ '': 'SERVING', 'grpc.testing.TestService': 'SERVING' }).addToServer(server);
  const services = ['grpc.testing.TestService'];
  new ReflectionService(definition, { services }).addToServer(server);
  server.bindAsync(`127.0.0.1:${flags.port}`, credentials(flags), (error, port) => {
    if (error) {
      console.error(error.message);
      process.exit(1);
    }
    console.log(`READY ${port}`);
  });
  process.on('SIGTERM', () => process.exit(0));
}

main();
