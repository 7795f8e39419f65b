/* SPDX-License-Identifier: MIT
 *
 * Requests that insert a field in the target's dynamic table or refer to one by index, and the echo that shows what
 * the target has read. Their blocks are written by hand, so that the table holds what a case says;
 * forget_dynamic_table() then makes the connection's own encoder usable for the blast radius check. */
#ifndef CASES_HTTP2_HPACK_INDEXING_H
#define CASES_HTTP2_HPACK_INDEXING_H

#include "cases/http2/common.h"

#define ECHO          "x-grpc-test-echo-initial"
#define FIRST_DYNAMIC 62 /* the newest entry */

/* A request, literal, with one field that is an index. It begins with a size update when `update` is given. */
struct call *request_with_index(struct conn *conn, const char *path, const uint32_t *update,
                                uint64_t index);
/* A request, literal, that also inserts one field. */
struct call *request_with_insert(struct conn *conn, const char *path, struct bytes name,
                                 struct bytes value);
/* A UnaryCall ends well, and its ECHO had this value. */
void expect_echo(struct call *call, const char *value);

#endif
