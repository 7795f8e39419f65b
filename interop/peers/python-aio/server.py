# SPDX-License-Identifier: MIT
"""The interop server of the asyncio Python peer: grpc.testing.TestService on grpc.aio, with health and reflection.
Responses are compressed as asked; whether a request came compressed, grpcio does not show."""

import asyncio
import os
import signal
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))

import grpc  # noqa: E402
from grpc_health.v1 import health, health_pb2_grpc  # noqa: E402
from grpc_reflection.v1alpha import reflection  # noqa: E402

import answers  # noqa: E402
import messages  # noqa: E402
import peer  # noqa: E402
from grpc.testing import test_pb2, test_pb2_grpc  # noqa: E402

CODES = {code.value[0]: code for code in grpc.StatusCode}


async def refuse(context, refusal):
    await context.abort(CODES.get(refusal.code, grpc.StatusCode.INVALID_ARGUMENT), refusal.message)


async def echo(context, *more):
    """The metadata that goes back, and `more` before everything else. Always sent by hand: grpc.aio leaves out what
    set_compression() asked for when it sends a unary call's initial metadata by itself (aio/server.pyx.pxi)."""
    metadata = context.invocation_metadata()
    await context.send_initial_metadata(answers.echoes(metadata, answers.ECHO_INITIAL) + more)
    context.set_trailing_metadata(answers.echoes(metadata, answers.ECHO_TRAILING))


async def stream(context, request):
    try:
        for (wait, reply), parameters in zip(answers.streamed(request), request.response_parameters):
            await asyncio.sleep(wait)
            if not parameters.compressed.value:
                context.disable_next_message_compression()
            await context.write(reply)
    except answers.Refusal as refusal:
        await refuse(context, refusal)


class TestService(test_pb2_grpc.TestServiceServicer):
    async def EmptyCall(self, request, context):
        await echo(context)
        return messages.Empty()

    async def UnaryCall(self, request, context):
        if request.response_compressed.value:
            context.set_compression(grpc.Compression.Gzip)
        await echo(context)
        try:
            return answers.unary(request)
        except answers.Refusal as refusal:
            await refuse(context, refusal)

    async def CacheableUnaryCall(self, request, context):
        await echo(context, answers.CACHE_CONTROL)
        return answers.cacheable()

    async def StreamingOutputCall(self, request, context):
        if any(parameters.compressed.value for parameters in request.response_parameters):
            context.set_compression(grpc.Compression.Gzip)  # stream() takes it back for single messages
        await echo(context)
        await stream(context, request)

    async def StreamingInputCall(self, request_iterator, context):
        await echo(context)
        size = 0
        async for request in request_iterator:
            size += len(request.payload.body)
        return messages.StreamingInputCallResponse(aggregated_payload_size=size)

    async def FullDuplexCall(self, request_iterator, context):
        await echo(context)
        async for request in request_iterator:
            await stream(context, request)

    async def HalfDuplexCall(self, request_iterator, context):
        await echo(context)
        for request in [request async for request in request_iterator]:
            await stream(context, request)


async def main():
    flags = peer.server_flags()
    server = grpc.aio.server()
    test_pb2_grpc.add_TestServiceServicer_to_server(TestService(), server)
    health_pb2_grpc.add_HealthServicer_to_server(health.aio.HealthServicer(), server)
    service = test_pb2.DESCRIPTOR.services_by_name["TestService"].full_name  # loads what reflection tells
    reflection.enable_server_reflection((service, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
    address = f"127.0.0.1:{flags.port}"
    if flags.use_tls:
        pair = peer.read(flags.tls_key_file, "server1.key"), peer.read(flags.tls_cert_file, "server1.pem")
        port = server.add_secure_port(address, grpc.ssl_server_credentials([pair]))
    else:
        port = server.add_insecure_port(address)
    await server.start()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, os._exit, 0)
    peer.ready(port)
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main())
