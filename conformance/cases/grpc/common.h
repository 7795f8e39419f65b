/* SPDX-License-Identifier: MIT
 *
 * What the gRPC cases say again and again: a request of the test service in one verb, and
 * judgements about a reply that need more than one look. Not a layer: every verb here is a few
 * verbs of peer/peer.h. */
#ifndef CASES_GRPC_COMMON_H
#define CASES_GRPC_COMMON_H

#include "base/attr.h"
#include "peer/peer.h"
#include "wire/pb.h"

/* Case functions find their row here. */
#define ROW(t, type) ((const struct type *)(t)->arg)

#define NO_SUCH_METHOD "/grpc.testing.NoSuchService/Method"
/* How a call of it ends. */
#define UNKNOWN_METHOD                                                                             \
    ONE_OF(STATUS(GRPC_UNIMPLEMENTED),                                                             \
           LENIENT_HTTP(404, "answered by HTTP, before gRPC; clients make UNIMPLEMENTED of it"))

/* Why an outcome that ends the connection is only lenient. */
#define CONNECTION_LOST "the whole connection is closed for a fault of the request"

/* A call whose request headers, edited, are sent; the stream is open for messages. */
struct call *start_call(struct test *t, const char *path, const struct edit *edits);

/* One request message. flags: FLAG_END_STREAM or 0. */
void send_simple_request(struct call *call, struct testing_request request, uint8_t flags);
void send_input(struct call *call, size_t payload_size, uint8_t flags);
/* StreamingOutputCallRequest that asks for one response of this size. */
void send_duplex(struct call *call, size_t response_size, uint8_t flags);
void send_output_request(struct call *call, const struct response_parameters *parameters,
                         size_t count, uint8_t flags);

/* A whole UnaryCall or EmptyCall with edited headers. */
struct call *unary_call(struct test *t, const struct edit *edits, struct testing_request request);
struct call *empty_call(struct test *t, const struct edit *edits);
/* A UnaryCall whose handler is asked to end it with this status. */
struct call *failing_unary(struct test *t, const struct edit *edits, int code, const char *message);

/* A whole call that is refused as unimplemented: of a method that the test service leaves out. A target without it is
 * asked for a service that does not exist; an HTTP server in front of gRPC may answer that by 404. */
struct call *unimplemented_call(struct test *t);

/* The next message; a call that ends without it fails the case. */
#define one_message(call) one_message_at((call), HERE)
struct message one_message_at(struct call *call, struct source_line where);
/* The next message is there, uncompressed, a well-formed response whose payload.body has `size`
 * octets. */
#define expect_reply(call, size) expect_reply_at((call), (size), HERE)
void expect_reply_at(struct call *call, size_t size, struct source_line where);
/* One StreamingInputCallResponse with this sum, and OK behind it. */
#define expect_sum(call, sum) expect_sum_at((call), (sum), HERE)
void expect_sum_at(struct call *call, int64_t sum, struct source_line where);
/* One response of `size`, no other, and OK: what a unary call ends with. */
#define expect_unary_reply(call, size) expect_unary_reply_at((call), (size), HERE)
void expect_unary_reply_at(struct call *call, size_t size, struct source_line where);

/* Wait until the target has begun to answer the call, or ended it. One that has no room for so many at once says
 * RESOURCE_EXHAUSTED: then the case is a SKIP. */
void skip_if_turned_away(struct call *call);
/* The call has ended, and not with OK. Said behind outcomes that allow any RST_STREAM: one that only
 * follows the trailers of a success is not a refusal. */
#define expect_not_ok(call)                                                                        \
    expect((call)->conn->t, call_status(call) != GRPC_OK, "an error", "grpc-status 0 (OK)")

/* The blast radius of a bad call: the connection still serves; where the target closed it (and the
 * case allowed that), a new one must. */
#define expect_still_serves(call) expect_still_serves_at((call), HERE)
void expect_still_serves_at(struct call *call, struct source_line where);

/* The header block that holds the status: the trailers, or for Trailers-Only the one block there
 * is. */
const struct header_list *final_block(const struct call *call);
/* A field of either block, or NULL. */
const struct field *response_field(const struct call *call, const char *name);
/* Remark how an ended call ended, for clauses that allow several ways. */
void note_end(struct call *call);

#endif
