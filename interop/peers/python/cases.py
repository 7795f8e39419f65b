# SPDX-License-Identifier: MIT
"""The official interop cases (grpc/grpc, doc/interop-test-descriptions.md), written once for the clients of the three
Python peers. Each client brings a small class of its library's calls:

    client.begin(method, timeout=20, metadata=(), gzip=False, service=SERVICE)    returns a call
    call.send_headers()     needed only when no message follows
    call.send(message)      the message of a call whose client does not stream also ends its side
    call.half_close()
    call.receive()          the next message, or None after the last or when the call has failed
    call.cancel()
    call.status()           (number, message), once the call has ended
    call.initial(), call.trailing()     lists of pairs

All but begin() are coroutines."""

import time

from messages import (
    COMPRESSABLE,
    BoolValue,
    EchoStatus,
    Empty,
    Payload,
    ResponseParameters,
    SimpleRequest,
    StreamingInputCallRequest,
    StreamingOutputCallRequest,
)
from peer import Failure

OK, CANCELLED, UNKNOWN, INVALID_ARGUMENT, DEADLINE_EXCEEDED, UNIMPLEMENTED = 0, 1, 2, 3, 4, 12

REQUEST_SIZES = (27182, 8, 1828, 45904)
RESPONSE_SIZES = (31415, 9, 2653, 58979)
METADATA = (
    ("x-grpc-test-echo-initial", "test_initial_metadata_value"),
    ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab"),
)
SPECIAL_MESSAGE = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"


# ---- Expectations


def expect_equal(what, seen, expected):
    if seen != expected:
        raise Failure(f"{what}: expected {expected!r}, seen {seen!r}")


def expect_payload(what, reply, size):
    payload = reply.payload
    expect_equal(f"{what}: the payload's type", payload.type, COMPRESSABLE)
    expect_equal(f"{what}: the payload's size", len(payload.body), size)
    expect_equal(f"{what}: the payload's octets are zeros", payload.body.count(0), size)


async def expect_status(what, call, code, message=None):
    seen = await call.status()
    if seen[0] != code:
        raise Failure(f"{what}: expected status {code}, seen status {seen[0]} {seen[1]!r}")
    if message is not None:
        expect_equal(f"{what}: the status message", seen[1], message)


async def expect_message(what, call):
    message = await call.receive()
    if message is None:
        code, text = await call.status()
        raise Failure(f"{what}: expected a message, seen the end of the call with status {code} {text!r}")
    return message


async def expect_no_message(what, call):
    if await call.receive() is not None:
        raise Failure(f"{what}: expected no more messages, seen another one")


async def expect_echo(what, call):
    for where, metadata, (key, value) in (
        ("initial", await call.initial(), METADATA[0]),
        ("trailing", await call.trailing(), METADATA[1]),
    ):
        expect_equal(f"{what}: {key} in the {where} metadata", [v for k, v in metadata if k == key], [value])


# ---- Verbs


def zeros(size):
    return Payload(body=bytes(size))


def large_request(**fields):
    return SimpleRequest(response_size=314159, payload=zeros(271828), **fields)


def duplex_request(response_size, payload_size):
    return StreamingOutputCallRequest(
        response_parameters=[ResponseParameters(size=response_size)], payload=zeros(payload_size)
    )


async def unary(client, method, request, **options):
    """returns the call, ended well, and its reply"""
    call = client.begin(method, **options)
    await call.send(request)
    reply = await expect_message(method, call)
    await expect_no_message(method, call)
    await expect_status(method, call, OK)
    return call, reply


async def failing_unary(client, method, request, code, message=None, **options):
    call = client.begin(method, **options)
    await call.send(request)
    await expect_no_message(method, call)
    await expect_status(method, call, code, message)


async def expect_serves(client):
    """The connection is there, and what was begun before on it has gone out."""
    await unary(client, "EmptyCall", Empty())


# ---- Unary


async def empty_unary(client, _connect, _flags):
    _, reply = await unary(client, "EmptyCall", Empty())
    expect_equal("EmptyCall: the message", reply, Empty())


async def large_unary(client, _connect, _flags):
    _, reply = await unary(client, "UnaryCall", large_request())
    expect_payload("UnaryCall", reply, 314159)


async def client_compressed_unary(client, _connect, _flags):
    probe = large_request(expect_compressed=BoolValue(value=True))
    await failing_unary(client, "UnaryCall", probe, INVALID_ARGUMENT)
    for compressed in (True, False):
        request = large_request(expect_compressed=BoolValue(value=compressed))
        _, reply = await unary(client, "UnaryCall", request, gzip=compressed)
        expect_payload("UnaryCall", reply, 314159)


# ---- Streaming


async def client_streaming(client, _connect, _flags):
    call = client.begin("StreamingInputCall")
    for size in REQUEST_SIZES:
        await call.send(StreamingInputCallRequest(payload=zeros(size)))
    await call.half_close()
    reply = await expect_message("StreamingInputCall", call)
    expect_equal("aggregated_payload_size", reply.aggregated_payload_size, sum(REQUEST_SIZES))
    await expect_no_message("StreamingInputCall", call)
    await expect_status("StreamingInputCall", call, OK)


async def server_streaming(client, _connect, _flags):
    parameters = [ResponseParameters(size=size) for size in RESPONSE_SIZES]
    call = client.begin("StreamingOutputCall")
    await call.send(StreamingOutputCallRequest(response_parameters=parameters))
    for size in RESPONSE_SIZES:
        expect_payload("StreamingOutputCall", await expect_message("StreamingOutputCall", call), size)
    await expect_no_message("StreamingOutputCall", call)
    await expect_status("StreamingOutputCall", call, OK)


async def ping_pong(client, _connect, _flags):
    call = client.begin("FullDuplexCall")
    for request_size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES):
        await call.send(duplex_request(response_size, request_size))
        expect_payload("FullDuplexCall", await expect_message("FullDuplexCall", call), response_size)
    await call.half_close()
    await expect_no_message("FullDuplexCall", call)
    await expect_status("FullDuplexCall", call, OK)


async def empty_stream(client, _connect, _flags):
    call = client.begin("FullDuplexCall")
    await call.half_close()
    await expect_no_message("FullDuplexCall", call)
    await expect_status("FullDuplexCall", call, OK)


# ---- Metadata and status


async def custom_metadata(client, _connect, _flags):
    call, reply = await unary(client, "UnaryCall", large_request(), metadata=METADATA)
    expect_payload("UnaryCall", reply, 314159)
    await expect_echo("UnaryCall", call)

    call = client.begin("FullDuplexCall", metadata=METADATA)
    await call.send(duplex_request(314159, 271828))
    await call.half_close()
    expect_payload("FullDuplexCall", await expect_message("FullDuplexCall", call), 314159)
    await expect_no_message("FullDuplexCall", call)
    await expect_status("FullDuplexCall", call, OK)
    await expect_echo("FullDuplexCall", call)


async def status_code_and_message(client, _connect, _flags):
    status = EchoStatus(code=UNKNOWN, message="test status message")
    await failing_unary(client, "UnaryCall", SimpleRequest(response_status=status), UNKNOWN, status.message)

    call = client.begin("FullDuplexCall")
    await call.send(StreamingOutputCallRequest(response_status=status))
    await call.half_close()
    await expect_no_message("FullDuplexCall", call)
    await expect_status("FullDuplexCall", call, UNKNOWN, status.message)


async def special_status_message(client, _connect, _flags):
    status = EchoStatus(code=UNKNOWN, message=SPECIAL_MESSAGE)
    await failing_unary(client, "UnaryCall", SimpleRequest(response_status=status), UNKNOWN, SPECIAL_MESSAGE)


async def unimplemented_method(client, _connect, _flags):
    await failing_unary(client, "UnimplementedCall", Empty(), UNIMPLEMENTED)


async def unimplemented_service(client, _connect, _flags):
    await failing_unary(
        client, "UnimplementedCall", Empty(), UNIMPLEMENTED, service="grpc.testing.UnimplementedService"
    )


# ---- Cancellation and deadline


async def cancel_after_begin(client, _connect, _flags):
    call = client.begin("StreamingInputCall")
    await call.send_headers()
    await expect_serves(client)
    await call.cancel()
    await expect_status("StreamingInputCall", call, CANCELLED)
    await expect_serves(client)


async def cancel_after_first_response(client, _connect, _flags):
    call = client.begin("FullDuplexCall")
    await call.send(duplex_request(RESPONSE_SIZES[0], REQUEST_SIZES[0]))
    expect_payload("FullDuplexCall", await expect_message("FullDuplexCall", call), RESPONSE_SIZES[0])
    await call.cancel()
    await expect_status("FullDuplexCall", call, CANCELLED)
    await expect_serves(client)


async def timeout_on_sleeping_server(client, _connect, _flags):
    """Nothing is asked of the server, so it sleeps; the connection is there before, so it can hear of the call."""
    await expect_serves(client)
    call = client.begin("FullDuplexCall", timeout=0.001)
    await call.send(StreamingOutputCallRequest(payload=zeros(27182)))
    await expect_no_message("FullDuplexCall", call)
    await expect_status("FullDuplexCall", call, DEADLINE_EXCEEDED)
    await expect_serves(client)


# ---- Soak


async def soak_call(client, flags):
    """returns why the call has failed, or None"""
    request = SimpleRequest(response_size=flags.soak_response_size, payload=zeros(flags.soak_request_size))
    begun = time.monotonic()
    try:
        _, reply = await unary(client, "UnaryCall", request)
        expect_payload("UnaryCall", reply, flags.soak_response_size)
    except Failure as failure:
        return str(failure)
    took_ms = (time.monotonic() - begun) * 1000
    limit_ms = flags.soak_per_iteration_max_acceptable_latency_ms
    return f"took {took_ms:.0f} ms, more than {limit_ms}" if took_ms > limit_ms else None


async def soak(flags, call):
    failures = []
    until = time.monotonic() + flags.soak_overall_timeout_seconds
    for i in range(flags.soak_iterations):
        if time.monotonic() > until:
            raise Failure(f"expected {flags.soak_iterations} iterations in time, seen {i}")
        why = await call()
        if why is not None:
            failures.append(f"iteration {i}: {why}")
    if len(failures) > flags.soak_max_failures:
        raise Failure(f"expected at most {flags.soak_max_failures} failures, seen {len(failures)}: {failures[0]}")


async def rpc_soak(client, _connect, flags):
    await soak(flags, lambda: soak_call(client, flags))


async def channel_soak(_client, connect, flags):
    async def on_a_new_channel():
        client = connect(flags)
        try:
            return await soak_call(client, flags)
        finally:
            await client.close()

    await soak(flags, on_a_new_channel)


CASES = {
    case.__name__: case
    for case in (
        empty_unary,
        large_unary,
        client_compressed_unary,
        client_streaming,
        server_streaming,
        ping_pong,
        empty_stream,
        custom_metadata,
        status_code_and_message,
        special_status_message,
        unimplemented_method,
        unimplemented_service,
        cancel_after_begin,
        cancel_after_first_response,
        timeout_on_sleeping_server,
        rpc_soak,
        channel_soak,
    )
}

CANNOT = {
    "cacheable_unary": "it wants a GET, and the library sends only POST",
    "client_compressed_streaming": "the library cannot leave one message of a stream uncompressed",
    "server_compressed_unary": "the library does not show whether a message came compressed",
    "server_compressed_streaming": "the library does not show whether a message came compressed",
}
