# SPDX-License-Identifier: MIT
"""The interop client of the Python peer: cases.py over grpcio's blocking API, the generated stub and futures."""

import queue

import grpc

import messages
import peer
from cases import CANNOT, CASES
from grpc.testing import test_pb2_grpc

STUBS = {
    "grpc.testing.TestService": test_pb2_grpc.TestServiceStub,
    "grpc.testing.UnimplementedService": test_pb2_grpc.UnimplementedServiceStub,
}


class Call:
    """One RPC. A client that does not stream has its call begin with its message."""

    def __init__(self, method, streams, options):
        self._client_streams, self._server_streams = streams
        self._requests = queue.SimpleQueue()
        self._begin = method if self._server_streams else method.future
        self._options = options
        self._call = self._begin(iter(self._requests.get, None), **options) if self._client_streams else None
        self._received = False

    async def send_headers(self):
        pass  # they went out when the call began

    async def send(self, message):
        if self._client_streams:
            self._requests.put(message)
        else:
            self._call = self._begin(message, **self._options)

    async def half_close(self):
        self._requests.put(None)

    async def receive(self):
        try:
            if self._server_streams:
                return next(self._call, None)
            if not self._received:
                self._received = True
                return self._call.result()
        except (grpc.RpcError, grpc.FutureCancelledError):
            pass
        return None

    async def cancel(self):
        self._call.cancel()

    async def status(self):
        code = self._call.code().value[0]
        self._requests.put(None)  # or the library's thread would wait for a message for ever
        return code, self._call.details()

    async def initial(self):
        return self._call.initial_metadata()

    async def trailing(self):
        return self._call.trailing_metadata()


class Client:
    def __init__(self, flags):
        target = f"{flags.server_host}:{flags.server_port}"
        options = [("grpc.use_local_subchannel_pool", 1)]  # a new channel is a new connection
        if flags.server_host_override:
            options.append(("grpc.default_authority", flags.server_host_override))
        if flags.use_tls:
            options.append(("grpc.ssl_target_name_override", flags.server_host_override or flags.server_host))
            self._channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(peer.roots(flags)), options)
        else:
            self._channel = grpc.insecure_channel(target, options)

    def begin(self, method, timeout=20, metadata=(), gzip=False, service=messages.SERVICE):
        options = {"timeout": timeout, "metadata": metadata}
        if gzip:
            options["compression"] = grpc.Compression.Gzip
        return Call(getattr(STUBS[service](self._channel), method), messages.METHODS[method], options)

    async def close(self):
        self._channel.close()


if __name__ == "__main__":
    peer.run_case(CASES, CANNOT, Client)
