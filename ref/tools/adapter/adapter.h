/* SPDX-License-Identifier: MIT
 *
 * The adapter protocol of connectconformance, both programs under test: its runner starts us, says
 * on stdin what to serve or which calls to make, and reads on stdout what came of it. Only gRPC on
 * HTTP/2 with protobuf; the verdicts are the runner's. */
#ifndef TOOLS_ADAPTER_ADAPTER_H
#define TOOLS_ADAPTER_ADAPTER_H

#include "grpcref.h"

#include "adapter.pb-c.h"

/* The types of adapter.proto: CC(Header). */
#define CC(name) Connectrpc__Conformance__V1__##name

/* What --adapter takes. */
#define ADAPTER_NAME "connectconformance"

/* Be the server under test until SIGTERM or SIGINT. returns the exit code: 0 stopped, 1 could not start, said on
 * stderr */
int adapter_server(void);

/* Be the client under test: `workers` threads make the calls that stdin asks for, until its end.
 * returns the exit code: 0 all answered, 1 stdin or stdout broke, said on stderr */
int adapter_client(int workers);

#endif
