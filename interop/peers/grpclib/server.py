# SPDX-License-Identifier: MIT
"""The interop server of the grpclib peer: grpc.testing.TestService on grpclib, whose HTTP/2 is the pure Python h2, with
health and reflection."""

import asyncio
import os
import socket
import ssl
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))

from grpclib import GRPCError, Status  # noqa: E402
from grpclib.health.service import Health  # noqa: E402
from grpclib.reflection.service import ServerReflection  # noqa: E402
from grpclib.server import Server  # noqa: E402
from grpclib.utils import graceful_exit  # noqa: E402

import answers  # noqa: E402
import messages  # noqa: E402
import peer  # noqa: E402
from grpc.testing import test_grpc  # noqa: E402


async def only_message(stream):
    """grpclib does not count a unary call's messages: without one it hands out None."""
    request = await stream.recv_message()
    if request is None:
        raise GRPCError(Status.UNIMPLEMENTED, "the call has no message")
    return request


async def begin(stream, *more):
    """Send the initial metadata, `more` with it."""
    echoed = answers.echoes(stream.metadata.items(), answers.ECHO_INITIAL)
    await stream.send_initial_metadata(metadata=list(echoed + more))


async def end(stream):
    """Send the trailing metadata, and status OK."""
    echoed = answers.echoes(stream.metadata.items(), answers.ECHO_TRAILING)
    await stream.send_trailing_metadata(metadata=list(echoed))


async def refuse(stream, refusal):
    echoed = answers.echoes(stream.metadata.items(), answers.ECHO_TRAILING)
    try:
        status = Status(refusal.code)
    except ValueError:
        raise GRPCError(Status.INVALID_ARGUMENT, "response_status.code is not a status code") from None
    await stream.send_trailing_metadata(status=status, status_message=refusal.message, metadata=list(echoed))


async def answer(stream, reply):
    await begin(stream)
    await stream.send_message(reply)
    await end(stream)


async def send_all(stream, request):
    for wait, reply in answers.streamed(request):
        await asyncio.sleep(wait)
        await stream.send_message(reply)


class TestService(test_grpc.TestServiceBase):
    async def EmptyCall(self, stream):
        await only_message(stream)
        await answer(stream, messages.Empty())

    async def UnaryCall(self, stream):
        request = await only_message(stream)
        try:
            await answer(stream, answers.unary(request))
        except answers.Refusal as refusal:
            await begin(stream)
            await refuse(stream, refusal)

    async def CacheableUnaryCall(self, stream):
        await only_message(stream)
        await begin(stream, answers.CACHE_CONTROL)
        await stream.send_message(answers.cacheable())
        await end(stream)

    async def StreamingOutputCall(self, stream):
        request = await only_message(stream)
        await begin(stream)
        try:
            await send_all(stream, request)
            await end(stream)
        except answers.Refusal as refusal:
            await refuse(stream, refusal)

    async def StreamingInputCall(self, stream):
        size = sum([len(request.payload.body) async for request in stream])
        await answer(stream, messages.StreamingInputCallResponse(aggregated_payload_size=size))

    async def FullDuplexCall(self, stream):
        await begin(stream)
        try:
            async for request in stream:
                await send_all(stream, request)
            await end(stream)
        except answers.Refusal as refusal:
            await refuse(stream, refusal)

    async def HalfDuplexCall(self, stream):
        await begin(stream)
        try:
            for request in [request async for request in stream]:
                await send_all(stream, request)
            await end(stream)
        except answers.Refusal as refusal:
            await refuse(stream, refusal)

    async def UnimplementedCall(self, stream):
        raise GRPCError(Status.UNIMPLEMENTED)


async def main():
    flags = peer.server_flags()
    context = None
    if flags.use_tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(
            peer.find(flags.tls_cert_file, "server1.pem"), peer.find(flags.tls_key_file, "server1.key")
        )
        context.set_alpn_protocols(["h2"])
    listener = socket.create_server(("127.0.0.1", flags.port))
    server = Server(ServerReflection.extend([TestService(), Health()]))
    with graceful_exit([server]):
        await server.start(sock=listener, ssl=context)
        peer.ready(listener.getsockname()[1])
        await server.wait_closed()


if __name__ == "__main__":
    asyncio.run(main())
