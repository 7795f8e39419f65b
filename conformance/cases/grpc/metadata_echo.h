/* SPDX-License-Identifier: MIT
 *
 * Metadata and its echo: what the test service sends back of x-grpc-test-echo-initial and
 * x-grpc-test-echo-trailing-bin shows how the server read it. */
#ifndef CASES_GRPC_METADATA_ECHO_H
#define CASES_GRPC_METADATA_ECHO_H

#include "cases/grpc/common.h"

#define INITIAL  "x-grpc-test-echo-initial"
#define TRAILING "x-grpc-test-echo-trailing-bin"

/* A whole UnaryCall with this pair, that asks for a response of one octet. */
struct call *call_with(struct test *t, const char *name, struct bytes value);

/* The initial metadata has INITIAL with this value. */
void expect_initial(struct call *call, struct bytes value);
/* The one value of TRAILING, decoded, is `octets`. */
void expect_trailing_octets(struct call *call, struct bytes octets);
/* Append all values of `name`, fields and comma-joined ones alike, in order, joined by ','. */
void join_values(const struct header_list *list, const char *name, struct buf *out);

#endif
