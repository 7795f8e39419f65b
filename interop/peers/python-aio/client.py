# SPDX-License-Identifier: MIT
"""The interop client of the asyncio Python peer: cases.py (in ../python) over grpc.aio."""

import asyncio
import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))

import grpc  # noqa: E402

import messages  # noqa: E402
import peer  # noqa: E402
from cases import CANNOT, CASES  # noqa: E402
from grpc.testing import test_pb2_grpc  # noqa: E402

STUBS = {
    "grpc.testing.TestService": test_pb2_grpc.TestServiceStub,
    "grpc.testing.UnimplementedService": test_pb2_grpc.UnimplementedServiceStub,
}


class Call:
    """One RPC. A client that does not stream has its call begin with its message."""

    def __init__(self, method, streams, options):
        self._client_streams, self._server_streams = streams
        self._method = method
        self._options = options
        self._call = method(**options) if self._client_streams else None
        self._received = False

    async def send_headers(self):
        pass  # they went out when the call began

    async def send(self, message):
        if not self._client_streams:
            self._call = self._method(message, **self._options)
            return
        try:
            await self._call.write(message)
        except (grpc.RpcError, asyncio.InvalidStateError):
            pass  # the call has ended, and its status says why

    async def half_close(self):
        await self._call.done_writing()

    async def receive(self):
        try:
            if self._server_streams:
                message = await self._call.read()
                return None if message is grpc.aio.EOF else message
            if not self._received:
                self._received = True
                return await self._call
        except (grpc.RpcError, asyncio.CancelledError):
            pass
        return None

    async def cancel(self):
        self._call.cancel()

    async def status(self):
        return (await self._call.code()).value[0], await self._call.details()

    async def initial(self):
        return await self._call.initial_metadata()

    async def trailing(self):
        return await self._call.trailing_metadata()


class Client:
    def __init__(self, flags):
        target = f"{flags.server_host}:{flags.server_port}"
        options = [("grpc.use_local_subchannel_pool", 1)]  # a new channel is a new connection
        if flags.server_host_override:
            options.append(("grpc.default_authority", flags.server_host_override))
        if flags.use_tls:
            options.append(("grpc.ssl_target_name_override", flags.server_host_override or flags.server_host))
            credentials = grpc.ssl_channel_credentials(peer.roots(flags))
            self._channel = grpc.aio.secure_channel(target, credentials, options)
        else:
            self._channel = grpc.aio.insecure_channel(target, options)

    def begin(self, method, timeout=20, metadata=(), gzip=False, service=messages.SERVICE):
        options = {"timeout": timeout, "metadata": metadata}
        if gzip:
            options["compression"] = grpc.Compression.Gzip
        return Call(getattr(STUBS[service](self._channel), method), messages.METHODS[method], options)

    async def close(self):
        await self._channel.close()


if __name__ == "__main__":
    peer.run_case(CASES, CANNOT, Client)
