/* SPDX-License-Identifier: MIT
 *
 * What the client cases share: a call in the middle of which something is said that no server may say, and header
 * blocks of responses written octet by octet. */
#ifndef CASES_CLIENT_COMMON_H
#define CASES_CLIENT_COMMON_H

#include "peer/client.h"

/* A struct bytes member of a constant table: BYTES() is not constant enough inside another literal. */
#define OCTETS(literal)                                                                            \
    {                                                                                              \
        (const uint8_t *)("" literal), sizeof(literal) - 1                                         \
    }

/* Where a frame goes, relative to the client's call. */
enum where { ON_STREAM_0, ON_THE_CALL, ON_AN_UNOPENED_STREAM, ON_AN_EVEN_STREAM };
uint32_t stream_at(const struct call *call, enum where where);

/* The next call of an official case that makes several: a command makes it by itself, others are asked for it. */
struct call *next_call(struct test *t, const struct client_call *wanted);
/* A large request on a connection whose client knows of these SETTINGS for sure, and is given nothing more than their
 * windows: the second of two calls, as before the first a client may have spoken before it listened. */
struct call *call_behind_settings(struct test *t, const struct setting *settings, size_t count);
/* The client is driven by an adapter, between whose protocol and the client somebody else's program stands. */
bool by_adapter(const struct test *t);
/* Clients may make an EmptyCall beside the call that is tested, to see that there is a server at all where a dead port
 * would show the same: serve it, if it comes before the call ends (or, after_reset, before the client does). */
void serve_a_probe(struct call *call, bool after_reset);
/* The call of timeout_on_sleeping_server. A deadline of 1 ms may be over before anything is sent: SKIP then. */
struct call *sleeping_call(struct test *t);

/* Wait until the client has let go of the call by itself, by a reset or with its connection: what its own clock or
 * application makes it do, no answer to a PING proves to be over. Judges nothing. */
void await_let_go(struct call *call);
bool has_let_go(const struct conn *conn, const void *call);
/* A barrier: all that was sent has been read, or nobody is there any more (a program may end with its call). */
void await_answer_or_end(struct conn *conn);
/* The client must end the connection with this code and its call with an error. */
void expect_connection_lost(struct call *call, uint32_t code);
/* The client must end the call, or the whole connection, with a PROTOCOL_ERROR (a malformed response is a stream
 * error, RFC 9113 8.1.1; gRPC clients may also only report it), and report anything but success. */
void expect_malformed(struct call *call);
/* Nothing came of it: the connection lives, the call is served and ends well. */
void expect_call_goes_on(struct call *call);

/* put_response() with its prefix: the octets of one whole message. */
void put_response_message(const struct call *call, size_t size, struct buf *message);
/* :status 200 and content-type, all literals of this form with raw strings. */
void put_response_fields(struct buf *block, enum hpack_literal form);
/* grpc-status: 0 in the same way. */
void put_ok_trailer(struct buf *block, enum hpack_literal form);
/* Append n times the octet. */
void put_octets(struct buf *out, uint8_t octet, size_t n);
/* Send a header block in one HEADERS frame on the call and clear it. */
void send_call_block(struct call *call, struct buf *block, uint8_t flags);

#endif
