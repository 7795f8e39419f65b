# SPDX-License-Identifier: MIT
"""What grpc.testing.TestService answers, for the servers of the three Python peers: requests in, replies out. How they
travel is each server's own part."""

import os
import time

from messages import COMPRESSABLE, Payload, SimpleResponse, StreamingOutputCallResponse

ECHO_INITIAL = "x-grpc-test-echo-initial"
ECHO_TRAILING = "x-grpc-test-echo-trailing-bin"
CACHE_CONTROL = ("cache-control", "max-age=60, public")

INVALID_ARGUMENT = 3
MAX_PAYLOAD = 16 << 20


class Refusal(Exception):
    """A call ends with this status code and message."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
        self.message = message


def echoes(metadata, key):
    """The entries of `metadata` (pairs) that go back under the same key."""
    return tuple((name, value) for name, value in metadata if name == key)


def zeros(size):
    if not 0 <= size <= MAX_PAYLOAD:
        raise Refusal(INVALID_ARGUMENT, f"a payload of {size} octets is not for this server")
    return Payload(type=COMPRESSABLE, body=bytes(size))


def echo_status(request):
    if request.HasField("response_status") and request.response_status.code != 0:
        raise Refusal(request.response_status.code, request.response_status.message)


def unary(request):
    if request.response_type != COMPRESSABLE:
        raise Refusal(INVALID_ARGUMENT, "this server has only COMPRESSABLE payloads")
    echo_status(request)
    reply = SimpleResponse(payload=zeros(request.response_size))
    if request.fill_server_id:
        reply.server_id = f"python-{os.getpid()}"
    return reply


def cacheable():
    """The time, so that a client can see a cache between us: its two answers are then the same."""
    return SimpleResponse(payload=Payload(body=str(time.time_ns()).encode()))


def streamed(request):
    """Pairs of seconds to wait and the reply that then goes out; after the last, perhaps a Refusal."""
    for parameters in request.response_parameters:
        yield max(parameters.interval_us, 0) / 1e6, StreamingOutputCallResponse(payload=zeros(parameters.size))
    echo_status(request)
