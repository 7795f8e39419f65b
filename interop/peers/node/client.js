// SPDX-License-Identifier: MIT
//
// The interop client of the Node peer: the official cases (grpc/grpc, doc/interop-test-descriptions.md) over
// @grpc/grpc-js. Exit code 0: passed; 1: failed, with a sentence; 127: grpc-js cannot do the case.
'use strict';

const grpc = require('@grpc/grpc-js');
const assert = require('assert');
const peer = require('./peer.js');

const EXIT_UNSUPPORTED = 127;
const COMPRESSABLE = 0;
const REQUEST_SIZES = [27182, 8, 1828, 45904];
const RESPONSE_SIZES = [31415, 9, 2653, 58979];
const ECHO_INITIAL = ['x-grpc-test-echo-initial', 'test_initial_metadata_value'];
const ECHO_TRAILING = ['x-grpc-test-echo-trailing-bin', Buffer.from([0xab, 0xab, 0xab])];
const SPECIAL_MESSAGE = '\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \u{1f608}\t\n';

const GZIP = { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip };

const NO_COMPRESS = 2; // WriteFlags.NoCompress, which grpc-js does not export (compression-filter.js of 1.14.7)

const testing = grpc.loadPackageDefinition(peer.loadDefinition()).grpc.testing;
const { OK, CANCELLED, UNKNOWN, INVALID_ARGUMENT, DEADLINE_EXCEEDED, UNIMPLEMENTED } = grpc.status;

// ---- Calls

// One RPC: the library's events as promises.
class Call {
  constructor(client, method, { timeoutMs = 20000, metadata = [], request } = {}) {
    const { requestStream, responseStream } = client[method];
    const sent = new grpc.Metadata();
    for (const [key, value] of metadata) sent.add(key, value);
    const args = [sent, { deadline: Date.now() + timeoutMs }];
    if (!requestStream) args.unshift(request);

    this.replied = new Promise((resolve) => {
      if (!responseStream) args.push((error, reply) => resolve(error ? null : reply));
      this.call = client[method](...args);
    });
    this.streams = responseStream;
    this.ended = false;
    this.initial = new Promise((resolve) => this.call.once('metadata', resolve));
    this.status = new Promise((resolve) => this.call.once('status', resolve));
    this.call.on('error', () => (this.ended = true));
    this.call.on('end', () => (this.ended = true));
  }

  // `flags` travel as the "encoding" of the stream's write().
  send(message, flags) {
    return new Promise((resolve) => this.call.write(message, flags, resolve));
  }

  halfClose() {
    this.call.end();
  }

  // The next message, or null after the last or when the call has failed.
  receive() {
    if (!this.streams) {
      const reply = this.replied;
      this.replied = Promise.resolve(null);
      return reply;
    }
    if (this.ended) return Promise.resolve(null);
    return new Promise((resolve) => {
      const done = (message) => {
        this.call.off('data', done).off('end', none).off('error', none).pause();
        resolve(message);
      };
      const none = () => done(null);
      this.call.on('data', done).on('end', none).on('error', none).resume();
    });
  }

  cancel() {
    this.call.cancel();
  }
}

class Connection {
  constructor(flags, options = {}) {
    const target = `${flags.server_host}:${flags.server_port}`;
    const name = flags.server_host_override;
    const all = { ...options, 'grpc.use_local_subchannel_pool': 1 }; // a new channel is a new connection
    if (name) all['grpc.default_authority'] = name;
    if (name && flags.use_tls) all['grpc.ssl_target_name_override'] = name;
    const own = flags.use_test_ca || flags.ca_file;
    const credentials = flags.use_tls
      ? grpc.credentials.createSsl(own ? peer.read(flags.ca_file, 'ca.pem') : null)
      : grpc.credentials.createInsecure();
    this.test = new testing.TestService(target, credentials, all);
    this.unimplemented = new testing.UnimplementedService(target, credentials, all);
  }

  begin(method, options) {
    return new Call(this.test, method, options);
  }

  close() {
    this.test.close();
    this.unimplemented.close();
  }
}

// ---- Expectations

class Failure extends Error {}

function expectEqual(what, seen, expected) {
  try {
    assert.deepStrictEqual(seen, expected);
  } catch {
    throw new Failure(`${what}: expected ${JSON.stringify(expected)}, seen ${JSON.stringify(seen)}`);
  }
}

function expectPayload(what, reply, size) {
  const { type, body } = reply.payload ?? { type: COMPRESSABLE, body: Buffer.alloc(0) };
  expectEqual(`${what}: the payload's type`, type, COMPRESSABLE);
  expectEqual(`${what}: the payload's size`, body.length, size);
  if (!body.equals(Buffer.alloc(size))) throw new Failure(`${what}: expected a payload of zeros, seen other octets`);
}

async function expectStatus(what, call, code, message) {
  const seen = await call.status;
  if (seen.code !== code)
    throw new Failure(`${what}: expected status ${code}, seen status ${seen.code} ${JSON.stringify(seen.details)}`);
  if (message !== undefined) expectEqual(`${what}: the status message`, seen.details, message);
}

async function expectMessage(what, call) {
  const message = await call.receive();
  if (message !== null) return message;
  const { code, details } = await call.status;
  const end = `the end of the call with status ${code} ${JSON.stringify(details)}`;
  throw new Failure(`${what}: expected a message, seen ${end}`);
}

async function expectNoMessage(what, call) {
  if ((await call.receive()) !== null) throw new Failure(`${what}: expected no more messages, seen another one`);
}

async function expectEnd(what, call, code = OK, message) {
  await expectNoMessage(what, call);
  await expectStatus(what, call, code, message);
}

async function expectEcho(what, call) {
  const initial = await call.initial;
  const trailing = (await call.status).metadata;
  expectEqual(`${what}: ${ECHO_INITIAL[0]} in the initial metadata`, initial.get(ECHO_INITIAL[0]), [ECHO_INITIAL[1]]);
  expectEqual(
    `${what}: ${ECHO_TRAILING[0]} in the trailing metadata`,
    trailing.get(ECHO_TRAILING[0]),
    [ECHO_TRAILING[1]],
  );
}

// ---- Verbs

function zeros(size) {
  return { type: COMPRESSABLE, body: Buffer.alloc(size) };
}

function largeRequest(more = {}) {
  return { response_size: 314159, payload: zeros(271828), ...more };
}

function duplexRequest(responseSize, payloadSize) {
  return { response_parameters: [{ size: responseSize }], payload: zeros(payloadSize) };
}

// Resolves to the call, ended well, and its reply.
async function unary(connection, method, request, options = {}) {
  const call = connection.begin(method, { ...options, request });
  const reply = await expectMessage(method, call);
  await expectEnd(method, call);
  return { call, reply };
}

async function failingUnary(connection, method, request, code, message) {
  await expectEnd(method, connection.begin(method, { request }), code, message);
}

// The connection is there, and what was begun before on it has gone out.
function expectServes(connection) {
  return unary(connection, 'EmptyCall', {});
}

// ---- Cases

const cases = {
  async empty_unary(connection) {
    const { reply } = await unary(connection, 'EmptyCall', {});
    expectEqual('EmptyCall: the message', { ...reply }, {});
  },

  async large_unary(connection) {
    const { reply } = await unary(connection, 'UnaryCall', largeRequest());
    expectPayload('UnaryCall', reply, 314159);
  },

  async client_compressed_unary(connection, flags) {
    const compressing = new Connection(flags, GZIP);
    const probe = largeRequest({ expect_compressed: { value: true } });
    await failingUnary(connection, 'UnaryCall', probe, INVALID_ARGUMENT);
    for (const value of [true, false]) {
      const request = largeRequest({ expect_compressed: { value } });
      const { reply } = await unary(value ? compressing : connection, 'UnaryCall', request);
      expectPayload('UnaryCall', reply, 314159);
    }
    compressing.close();
  },

  async client_streaming(connection) {
    const call = connection.begin('StreamingInputCall');
    for (const size of REQUEST_SIZES) await call.send({ payload: zeros(size) });
    call.halfClose();
    const reply = await expectMessage('StreamingInputCall', call);
    expectEqual('aggregated_payload_size', reply.aggregated_payload_size, 74922);
    await expectEnd('StreamingInputCall', call);
  },

  async client_compressed_streaming(connection, flags) {
    const message = (size, value) => ({ payload: zeros(size), expect_compressed: { value } });
    const probe = connection.begin('StreamingInputCall');
    probe.send(message(27182, true));
    probe.halfClose();
    await expectEnd('probe', probe, INVALID_ARGUMENT);

    const compressing = new Connection(flags, GZIP);
    const call = compressing.begin('StreamingInputCall');
    await call.send(message(27182, true));
    await call.send(message(45904, false), NO_COMPRESS);
    call.halfClose();
    const reply = await expectMessage('StreamingInputCall', call);
    expectEqual('aggregated_payload_size', reply.aggregated_payload_size, 73086);
    await expectEnd('StreamingInputCall', call);
    compressing.close();
  },

  async server_streaming(connection) {
    const request = { response_parameters: RESPONSE_SIZES.map((size) => ({ size })) };
    const call = connection.begin('StreamingOutputCall', { request });
    for (const size of RESPONSE_SIZES)
      expectPayload('StreamingOutputCall', await expectMessage('StreamingOutputCall', call), size);
    await expectEnd('StreamingOutputCall', call);
  },

  async ping_pong(connection) {
    const call = connection.begin('FullDuplexCall');
    for (let i = 0; i < REQUEST_SIZES.length; i++) {
      await call.send(duplexRequest(RESPONSE_SIZES[i], REQUEST_SIZES[i]));
      expectPayload('FullDuplexCall', await expectMessage('FullDuplexCall', call), RESPONSE_SIZES[i]);
    }
    call.halfClose();
    await expectEnd('FullDuplexCall', call);
  },

  async empty_stream(connection) {
    const call = connection.begin('FullDuplexCall');
    call.halfClose();
    await expectEnd('FullDuplexCall', call);
  },

  async custom_metadata(connection) {
    const metadata = [ECHO_INITIAL, ECHO_TRAILING];
    const { call, reply } = await unary(connection, 'UnaryCall', largeRequest(), { metadata });
    expectPayload('UnaryCall', reply, 314159);
    await expectEcho('UnaryCall', call);

    const duplex = connection.begin('FullDuplexCall', { metadata });
    await duplex.send(duplexRequest(314159, 271828));
    duplex.halfClose();
    expectPayload('FullDuplexCall', await expectMessage('FullDuplexCall', duplex), 314159);
    await expectEnd('FullDuplexCall', duplex);
    await expectEcho('FullDuplexCall', duplex);
  },

  async status_code_and_message(connection) {
    const message = 'test status message';
    const request = { response_status: { code: UNKNOWN, message } };
    await failingUnary(connection, 'UnaryCall', request, UNKNOWN, message);

    const call = connection.begin('FullDuplexCall');
    await call.send(request);
    call.halfClose();
    await expectEnd('FullDuplexCall', call, UNKNOWN, message);
  },

  async special_status_message(connection) {
    const request = { response_status: { code: UNKNOWN, message: SPECIAL_MESSAGE } };
    await failingUnary(connection, 'UnaryCall', request, UNKNOWN, SPECIAL_MESSAGE);
  },

  async unimplemented_method(connection) {
    await failingUnary(connection, 'UnimplementedCall', {}, UNIMPLEMENTED);
  },

  async unimplemented_service(connection) {
    const call = new Call(connection.unimplemented, 'UnimplementedCall', { request: {} });
    await expectEnd('UnimplementedService', call, UNIMPLEMENTED);
  },

  async cancel_after_begin(connection) {
    const call = connection.begin('StreamingInputCall');
    await expectServes(connection);
    call.cancel();
    await expectEnd('StreamingInputCall', call, CANCELLED);
    await expectServes(connection);
  },

  async cancel_after_first_response(connection) {
    const call = connection.begin('FullDuplexCall');
    await call.send(duplexRequest(RESPONSE_SIZES[0], REQUEST_SIZES[0]));
    expectPayload('FullDuplexCall', await expectMessage('FullDuplexCall', call), RESPONSE_SIZES[0]);
    call.cancel();
    await expectEnd('FullDuplexCall', call, CANCELLED);
    await expectServes(connection);
  },

  // Nothing is asked of the server, so it sleeps; the connection is there before, so it can hear of the call.
  async timeout_on_sleeping_server(connection) {
    await expectServes(connection);
    const call = connection.begin('FullDuplexCall', { timeoutMs: 1 });
    call.send({ payload: zeros(27182) });
    await expectEnd('FullDuplexCall', call, DEADLINE_EXCEEDED);
    await expectServes(connection);
  },

  async rpc_soak(connection, flags) {
    await soak(flags, () => soakCall(connection, flags));
  },

  async channel_soak(_connection, flags) {
    await soak(flags, async () => {
      const connection = new Connection(flags);
      try {
        return await soakCall(connection, flags);
      } finally {
        connection.close();
      }
    });
  },
};

// Resolves to why the call has failed, or null.
async function soakCall(connection, flags) {
  const request = { response_size: flags.soak_response_size, payload: zeros(flags.soak_request_size) };
  const begun = performance.now();
  try {
    const { reply } = await unary(connection, 'UnaryCall', request);
    expectPayload('UnaryCall', reply, flags.soak_response_size);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
  const tookMs = performance.now() - begun;
  const limitMs = flags.soak_per_iteration_max_acceptable_latency_ms;
  return tookMs > limitMs ? `took ${tookMs.toFixed(0)} ms, more than ${limitMs}` : null;
}

async function soak(flags, call) {
  const failures = [];
  const until = performance.now() + flags.soak_overall_timeout_seconds * 1000;
  for (let i = 0; i < flags.soak_iterations; i++) {
    if (performance.now() > until)
      throw new Failure(`expected ${flags.soak_iterations} iterations in time, seen ${i}`);
    const why = await call();
    if (why) failures.push(`iteration ${i}: ${why}`);
  }
  if (failures.length > flags.soak_max_failures)
    throw new Failure(
      `expected at most ${flags.soak_max_failures} failures, seen ${failures.length}: ${failures[0]}`,
    );
}

const cannot = {
  cacheable_unary: 'it wants a GET, and grpc-js sends only POST',
  server_compressed_unary: 'grpc-js does not show whether a message came compressed',
  server_compressed_streaming: 'grpc-js does not show whether a message came compressed',
};

// ---- Program

async function main() {
  const flags = peer.readFlags({
    server_host: 'localhost',
    server_port: 10000,
    server_host_override: '',
    test_case: 'large_unary',
    use_tls: false,
    use_test_ca: false,
    ca_file: '',
    soak_iterations: 10,
    soak_max_failures: 0,
    soak_per_iteration_max_acceptable_latency_ms: 1000,
    soak_overall_timeout_seconds: 10,
    soak_request_size: 271828,
    soak_response_size: 314159,
  });
  const name = flags.test_case;
  if (!Object.hasOwn(cases, name)) {
    console.error(`test case "${name}" is unsupported: ${cannot[name] ?? 'no such case here'}`);
    process.exit(EXIT_UNSUPPORTED);
  }
  const connection = new Connection(flags);
  try {
    await cases[name](connection, flags);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.log(`FAILED: ${name}: ${error.message}`);
    process.exit(1);
  }
  connection.close();
  console.log(`OK: ${name}`);
  process.exit(0);
}

main();
