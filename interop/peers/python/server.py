# SPDX-License-Identifier: MIT
"""The interop server of the Python peer: grpc.testing.TestService on grpcio's blocking API, with health and
reflection. Responses are compressed as asked; whether a request came compressed, grpcio does not show."""

import time
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

import answers
import messages
import peer
from grpc.testing import test_pb2, test_pb2_grpc

CODES = {code.value[0]: code for code in grpc.StatusCode}


def refuse(context, refusal):
    context.abort(CODES.get(refusal.code, grpc.StatusCode.INVALID_ARGUMENT), refusal.message)


def echo(context, *more):
    """The metadata that goes back, and `more` before everything else."""
    metadata = context.invocation_metadata()
    initial = answers.echoes(metadata, answers.ECHO_INITIAL) + more
    if initial:
        context.send_initial_metadata(initial)
    context.set_trailing_metadata(answers.echoes(metadata, answers.ECHO_TRAILING))


def stream(context, request):
    try:
        for (wait, reply), parameters in zip(answers.streamed(request), request.response_parameters):
            time.sleep(wait)
            if not parameters.compressed.value:
                context.disable_next_message_compression()
            yield reply
    except answers.Refusal as refusal:
        refuse(context, refusal)


class TestService(test_pb2_grpc.TestServiceServicer):
    def EmptyCall(self, request, context):
        echo(context)
        return messages.Empty()

    def UnaryCall(self, request, context):
        if request.response_compressed.value:
            context.set_compression(grpc.Compression.Gzip)
        echo(context)
        try:
            return answers.unary(request)
        except answers.Refusal as refusal:
            refuse(context, refusal)

    def CacheableUnaryCall(self, request, context):
        echo(context, answers.CACHE_CONTROL)
        return answers.cacheable()

    def StreamingOutputCall(self, request, context):
        if any(parameters.compressed.value for parameters in request.response_parameters):
            context.set_compression(grpc.Compression.Gzip)  # stream() takes it back for single messages
        echo(context)
        yield from stream(context, request)

    def StreamingInputCall(self, request_iterator, context):
        echo(context)
        size = sum(len(request.payload.body) for request in request_iterator)
        return messages.StreamingInputCallResponse(aggregated_payload_size=size)

    def FullDuplexCall(self, request_iterator, context):
        echo(context)
        for request in request_iterator:
            yield from stream(context, request)

    def HalfDuplexCall(self, request_iterator, context):
        echo(context)
        for request in list(request_iterator):
            yield from stream(context, request)


def main():
    flags = peer.server_flags()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=64))
    test_pb2_grpc.add_TestServiceServicer_to_server(TestService(), server)
    health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
    service = test_pb2.DESCRIPTOR.services_by_name["TestService"].full_name  # loads what reflection tells
    reflection.enable_server_reflection((service, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
    address = f"127.0.0.1:{flags.port}"
    if flags.use_tls:
        pair = peer.read(flags.tls_key_file, "server1.key"), peer.read(flags.tls_cert_file, "server1.pem")
        port = server.add_secure_port(address, grpc.ssl_server_credentials([pair]))
    else:
        port = server.add_insecure_port(address)
    server.start()
    peer.ready(port)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
