/* SPDX-License-Identifier: MIT
 *
 * What the HTTP/2 cases share: requests the target cannot finish yet, header blocks written octet by octet, and
 * looks into the transcript. Not verbs of the peer: each of these is a few verbs that many cases say alike. */
#ifndef CASES_HTTP2_COMMON_H
#define CASES_HTTP2_COMMON_H

#include "peer/peer.h"
#include "wire/pb.h"

/* A struct bytes member of a constant table: BYTES() is not constant enough inside another literal. */
#define OCTETS(literal)                                                                            \
    {                                                                                              \
        (const uint8_t *)("" literal), sizeof(literal) - 1                                         \
    }

/* ---- requests -------------------------------------------------------------------------------- */

/* An EmptyCall of which only the headers are sent. A TestService must wait for the message, so the stream stays
 * open; any other server may answer at once. */
struct call *open_call(struct test *t);
struct call *open_call_on(struct conn *conn);
/* The same, reset at once: a call that the target has no more use for. */
struct call *open_and_cancel(struct conn *conn);
/* The rest of open_call(): an empty message and END_STREAM, then expect_answer. */
void complete_call(struct call *call);
/* The call ends well: OK from a TestService; response headers, whatever they say, from any other server. */
void expect_answer(struct call *call);
/* A whole EmptyCall and its answer, on this connection. */
void expect_call_works(struct conn *conn);

/* A whole UnaryCall that asks for a payload of `size` octets. Nothing is awaited. */
struct call *ask_for(struct conn *conn, size_t size);
/* A whole StreamingOutputCall that asks for `count` payloads of `size` octets. Nothing is awaited. */
struct call *ask_for_stream(struct conn *conn, size_t size, size_t count);
/* A UnaryCall whose response is held back by a stream window of 0: the request is complete, the stream is
 * half-closed (remote) for the target, and it cannot end until a window is opened. Response headers have come, and
 * from now on windows are only given by the case. */
struct call *blocked_call(struct test *t, size_t response_size);
/* Raise every stream window of the connection, and the connection's, so that no call waits for us. */
void open_windows(struct conn *conn);
/* open_windows, then the call ends with OK. */
void release_call(struct call *call);

/* Whether the connection outlives an error of this call's stream. A PING behind it tells: some targets end the
 * connection for DATA that was already on its way when they refused the headers. */
bool connection_goes_on(struct call *call);
/* Blast radius of a stream error. A target that made a connection error of it (which gRPC servers may announce on the
 * stream as UNAVAILABLE, or give up the connection a moment later: LENIENT) must serve on a new connection, any other
 * on this one. */
void expect_only_the_call_is_lost(struct call *call);

/* The call's DATA is exactly so long: it arrives, a PING is answered, and a whole further call (whose answer needs
 * no window) is over, and there is no more. */
void expect_exactly(struct call *call, size_t octets);

/* ---- header blocks by hand ------------------------------------------------------------------- */

/* The request fields of the call, edited, all in one literal form with raw strings. The dynamic table of the target
 * is only changed by LITERAL_INDEXED. */
void put_request(struct buf *block, struct call *call, const struct edit *edits,
                 enum hpack_literal form);
/* Send the block on the call's stream, an empty message and END_STREAM behind it. The block is cleared. */
void send_request_block(struct call *call, struct buf *block);
/* Make the target forget its dynamic table, with a call that begins with size updates to 0 and back to 4096 (or
 * less when it advertised less). Afterwards the connection's own encoder may be used, if it has not been yet. */
void forget_dynamic_table(struct conn *conn);
/* What the target's dynamic table may hold: its SETTINGS_HEADER_TABLE_SIZE, at most 4096. */
uint32_t table_limit(const struct conn *conn);

/* Append n times the octet. */
void put_fill(struct buf *out, uint8_t octet, size_t n);

/* ---- the transcript -------------------------------------------------------------------------- */

/* How many frames the target has sent on this connection: of the type, any flags, on the stream. */
size_t frames_received(const struct conn *conn, uint8_t type, uint32_t stream);
/* The same, from entry `since` on, whatever their type. */
size_t frames_received_since(const struct conn *conn, size_t since, uint32_t stream);
/* The longest payload of any frame received on the connection from entry `since` on. */
size_t longest_frame_received(const struct conn *conn, size_t since);

#endif
