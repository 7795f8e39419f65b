# SPDX-License-Identifier: MIT
"""The interop client of the grpclib peer: cases.py (in ../python) over grpclib, whose HTTP/2 is the pure Python h2.

grpclib leaves two statuses to its caller: after cancel() there is none to ask for, so CANCELLED means that the library
took the cancellation; a deadline that passes is a TimeoutError, so that is DEADLINE_EXCEEDED."""

import asyncio
import os
import ssl
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))

from grpclib.client import Channel  # noqa: E402
from grpclib.config import Configuration  # noqa: E402
from grpclib.const import Cardinality  # noqa: E402
from grpclib.exceptions import GRPCError, StreamTerminatedError  # noqa: E402

import messages  # noqa: E402
import peer  # noqa: E402
from cases import CANCELLED, CANNOT, CASES, DEADLINE_EXCEEDED, OK  # noqa: E402
from grpc.testing import test_grpc  # noqa: E402

STUBS = {
    "grpc.testing.TestService": test_grpc.TestServiceStub,
    "grpc.testing.UnimplementedService": test_grpc.UnimplementedServiceStub,
}


class Call:
    """One RPC. The first error is its end, and kept as its status."""

    def __init__(self, stream, client_streams):
        self._stream = stream
        self._client_streams = client_streams
        self._opened = False
        self._sent = False
        self._status = None

    async def _try(self, step):
        """Await what step() returns, unless the call has ended."""
        if self._status is not None:
            return None
        try:
            if not self._opened:
                self._opened = True
                await self._stream.__aenter__()
            return await step()
        except GRPCError as error:
            self._status = error.status.value, error.message or ""
        except asyncio.TimeoutError:
            self._status = DEADLINE_EXCEEDED, ""
        except StreamTerminatedError as error:
            raise peer.Failure(f"the stream ended without a status: {error}") from error
        return None

    async def send(self, message):
        self._sent = True
        await self._try(lambda: self._stream.send_message(message, end=not self._client_streams))

    async def send_headers(self):
        await self._try(self._stream.send_request)

    async def half_close(self):
        await self._try(self._stream.end if self._sent else lambda: self._stream.send_request(end=True))

    async def receive(self):
        return await self._try(self._stream.recv_message)

    async def cancel(self):
        await self._try(self._stream.cancel)
        self._status = self._status or (CANCELLED, "")
        await self._stream.__aexit__(None, None, None)

    async def status(self):
        await self._try(self._stream.recv_trailing_metadata)
        self._status = self._status or (OK, "")
        return self._status

    async def initial(self):
        return list(self._stream.initial_metadata.items())

    async def trailing(self):
        return list(self._stream.trailing_metadata.items())


class Client:
    def __init__(self, flags):
        context = None
        if flags.use_tls:
            roots = peer.roots(flags)
            context = ssl.create_default_context(cadata=roots.decode() if roots else None)
            context.set_alpn_protocols(["h2"])
        self._channel = Channel(
            flags.server_host,
            flags.server_port,
            ssl=context,
            config=Configuration(ssl_target_name_override=flags.server_host_override or None),
        )

    def begin(self, method, timeout=20, metadata=(), gzip=False, service=messages.SERVICE):
        assert not gzip
        stub = getattr(STUBS[service](self._channel), method)
        return Call(stub.open(timeout=timeout, metadata=list(metadata)), messages.METHODS[method][0])

    async def close(self):
        self._channel.close()


NO_COMPRESSION = "grpclib has no compression (stream.py of 0.4.9)"

if __name__ == "__main__":
    peer.run_case(CASES, {name: NO_COMPRESSION for name in CASES if "compressed" in name} | CANNOT, Client)
