# SPDX-License-Identifier: MIT
"""The messages of grpc.testing, as protoc generated them into the folder stubs/ of this Python environment (see
ci/peers). grpcio's own package is called grpc too, so the folder joins its path; with grpclib there is no other."""

import os
import sys

STUBS = os.path.join(sys.prefix, "stubs")
sys.path.append(STUBS)

import grpc  # noqa: E402

if os.path.join(STUBS, "grpc") not in grpc.__path__:
    grpc.__path__.append(os.path.join(STUBS, "grpc"))

from grpc.testing.empty_pb2 import Empty  # noqa: E402,F401
from grpc.testing.messages_pb2 import (  # noqa: E402,F401
    COMPRESSABLE,
    BoolValue,
    EchoStatus,
    Payload,
    ResponseParameters,
    SimpleRequest,
    SimpleResponse,
    StreamingInputCallRequest,
    StreamingInputCallResponse,
    StreamingOutputCallRequest,
    StreamingOutputCallResponse,
)

SERVICE = "grpc.testing.TestService"

# name: (the client streams, the server streams)
METHODS = {
    "EmptyCall": (False, False),
    "UnaryCall": (False, False),
    "CacheableUnaryCall": (False, False),
    "StreamingOutputCall": (False, True),
    "StreamingInputCall": (True, False),
    "FullDuplexCall": (True, True),
    "HalfDuplexCall": (True, True),
    "UnimplementedCall": (False, False),
}
