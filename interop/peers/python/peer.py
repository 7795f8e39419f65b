# SPDX-License-Identifier: MIT
"""What the programs of the three Python peers have in common: the official flags, the gRPC project's test
certificates, and how a client says how its case went. No gRPC library is imported here."""

import argparse
import asyncio
import glob
import os
import sys

EXIT_UNSUPPORTED = 127

TESTDATA = (
    os.environ.get("GRPCREF_TESTDATA", "/nowhere"),
    "/usr/lib/*/rubygems-integration/*/gems/grpc-*/src/ruby/spec/testdata",
    os.environ.get("GOMODCACHE", os.path.expanduser("~/go/pkg/mod")) + "/google.golang.org/grpc@*/testdata",
)


class Failure(Exception):
    """An expectation that was not met; its text is a sentence for people."""


def truth(text):
    if text.lower() not in ("true", "false"):
        raise argparse.ArgumentTypeError(f'"{text}" is neither true nor false')
    return text.lower() == "true"


def find(path, name):
    """The path itself, or where it is empty that of the gRPC project's `name`."""
    found = path or next((hit for place in TESTDATA for hit in glob.glob(f"{place}/{name}")), None)
    if found is None:
        sys.exit(f"{name} is not on this machine (Debian's ruby-grpc has it): name your own by a flag")
    return found


def read(path, name):
    with open(find(path, name), "rb") as file:
        return file.read()


def flag(parser, name, default, kind=str):
    if kind is truth:
        parser.add_argument(name, type=truth, nargs="?", const=True, default=default)
    else:
        parser.add_argument(name, type=kind, default=default)


def server_flags():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    flag(parser, "--port", 0, int)
    flag(parser, "--use_tls", False, truth)
    flag(parser, "--tls_cert_file", "")
    flag(parser, "--tls_key_file", "")
    return parser.parse_args()


def client_flags():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    flag(parser, "--server_host", "localhost")
    flag(parser, "--server_port", 10000, int)
    flag(parser, "--server_host_override", "")
    flag(parser, "--test_case", "large_unary")
    flag(parser, "--use_tls", False, truth)
    flag(parser, "--use_test_ca", False, truth)
    flag(parser, "--ca_file", "")
    flag(parser, "--soak_iterations", 10, int)
    flag(parser, "--soak_max_failures", 0, int)
    flag(parser, "--soak_per_iteration_max_acceptable_latency_ms", 1000, int)
    flag(parser, "--soak_overall_timeout_seconds", 10, int)
    flag(parser, "--soak_request_size", 271828, int)
    flag(parser, "--soak_response_size", 314159, int)
    return parser.parse_args()


def roots(flags):
    """The certificates to trust, PEM, or None for the system's own."""
    return read(flags.ca_file, "ca.pem") if flags.use_test_ca or flags.ca_file else None


def ready(port):
    print(f"READY {port}", flush=True)


def run_case(cases, cannot, connect):
    """Run the case that the flags name, and exit.

    cases    name to coroutine function, which takes what connect returns, connect itself and the flags
    cannot   name to the reason why this library cannot do the case
    connect  given the flags, returns a client with begin() and close()
    """
    flags = client_flags()
    name = flags.test_case
    if name in cannot or name not in cases:
        why = cannot.get(name, "no such case here")
        print(f'test case "{name}" is unsupported: {why}', file=sys.stderr)
        sys.exit(EXIT_UNSUPPORTED)

    async def run():
        client = connect(flags)
        try:
            await cases[name](client, connect, flags)
        finally:
            await client.close()

    try:
        asyncio.run(run())
    except Failure as failure:
        print(f"FAILED: {name}: {failure}", flush=True)
        sys.exit(1)
    except Exception as error:  # the library's own way to say that a call, or a connection, could not be
        print(f"FAILED: {name}: {type(error).__name__}: {error}", flush=True)
        sys.exit(1)
    print(f"OK: {name}", flush=True)
    sys.exit(0)
