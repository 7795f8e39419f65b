/* SPDX-License-Identifier: MIT
 *
 * Header blocks over several frames (RFC 9113 4.3, 6.10): cut anywhere, interrupted by others, CONTINUATION where none
 * may be. */
#include "cases/client/client_cases.h"
#include "cases/client/frame_row.h"

/* HEADERS with the first octets, three CONTINUATIONs of one octet, and one with the rest: as many frames as hardened
 * clients take. */
static void block_in_pieces(struct test *t)
{
    size_t first = *(const size_t *)t->arg;
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};
    struct bytes rest;

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    rest = buf_view(&block);
    send_frame(call->conn, FRAME_HEADERS, 0, call->stream, bytes_first(rest, first));
    rest = bytes_skip(rest, first);
    for (unsigned i = 0; i < 3; i++) {
        send_frame(call->conn, FRAME_CONTINUATION, 0, call->stream, bytes_first(rest, 1));
        rest = bytes_skip(rest, 1);
    }
    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream, rest);
    finish_ok(call);
    expect_client_ok(t);
    buf_clear(&block);
}

/* END_STREAM is on HEADERS, the end of the block on CONTINUATION behind it. */
static void trailers_in_pieces(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_response_message(call, 0);
    put_ok_trailer(&block, LITERAL_NOT_INDEXED);
    send_frame(call->conn, FRAME_HEADERS, FLAG_END_STREAM, call->stream,
               bytes_first(buf_view(&block), 5));
    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream,
               bytes_skip(buf_view(&block), 5));
    expect_client_ok(t);
    buf_clear(&block);
}

/* The block is completed behind the intruder, so that a client which lets it pass has a good response. */
static void intruder_in_a_block(struct test *t)
{
    const struct some_frame *row = t->arg;
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    send_frame(call->conn, FRAME_HEADERS, 0, call->stream, bytes_first(buf_view(&block), 8));
    send_frame(call->conn, row->type, row->flags, stream_at(call, row->where), row->payload);
    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream,
               bytes_skip(buf_view(&block), 8));
    finish_ok(call);
    expect_connection_lost(call, H2_PROTOCOL_ERROR);
    buf_clear(&block);
}

static void continuation_elsewhere(struct test *t)
{
    const struct some_frame *row = t->arg;
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    send_frame(call->conn, FRAME_HEADERS, 0, call->stream, bytes_first(buf_view(&block), 8));
    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, stream_at(call, row->where),
               bytes_skip(buf_view(&block), 8));
    expect_connection_lost(call, H2_PROTOCOL_ERROR);
    buf_clear(&block);
}

static void continuation_after_the_end(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream, BYTES(A_FIELD));
    finish_ok(call);
    expect_connection_lost(call, H2_PROTOCOL_ERROR);
}

/* clang-format off */
#define INTRUDER(word, clauses, ...)                                                                               \
    {"client/http2/frames/in-a-block-" word, clauses, "Inside a header block nothing but CONTINUATION may come: " word ".", \
     NEEDS_CLIENT, intruder_in_a_block, A_FRAME(__VA_ARGS__, H2_PROTOCOL_ERROR)}
/* clang-format on */

static const struct test_case cases[] = {
    {"client/http2/frames/block-in-pieces", "H2-FRAME-034",
     "A header block in CONTINUATION frames is the same block.", NEEDS_CLIENT, block_in_pieces,
     &(const size_t){1}},
    {"client/http2/frames/block-begins-empty", "H2-FRAME-034",
     "HEADERS may hold nothing of its block.", NEEDS_CLIENT, block_in_pieces, &(const size_t){0}},
    {"client/http2/frames/block-cut-in-a-value", "H2-FRAME-034",
     "A header block may be cut inside a value.", NEEDS_CLIENT, block_in_pieces,
     &(const size_t){30}},
    {"client/http2/frames/trailers-in-pieces", "H2-FRAME-034",
     "Trailers may be continued; the END_STREAM of their HEADERS counts.", NEEDS_CLIENT,
     trailers_in_pieces, NULL},
    INTRUDER("data", "H2-FRAME-024", FRAME_DATA, 0, ON_THE_CALL, OCTETS("\0\0\0\0\0")),
    INTRUDER("ping", "H2-FRAME-024", FRAME_PING, 0, ON_STREAM_0, OCTETS("12345678")),
    INTRUDER("settings", "H2-FRAME-024", FRAME_SETTINGS, 0, ON_STREAM_0, OCTETS("")),
    INTRUDER("window-update", "H2-FRAME-024", FRAME_WINDOW_UPDATE, 0, ON_STREAM_0,
             OCTETS("\0\0\0\1")),
    INTRUDER("priority", "H2-FRAME-024", FRAME_PRIORITY, 0, ON_THE_CALL, OCTETS("\0\0\0\0\17")),
    INTRUDER("reset", "H2-FRAME-024", FRAME_RST_STREAM, 0, ON_THE_CALL, OCTETS("\0\0\0\10")),
    INTRUDER("unknown-type", "H2-FRAME-009", 0xbb, 0, ON_THE_CALL, OCTETS("grpcspec")),
    INTRUDER("headers", "H2-FRAME-025", FRAME_HEADERS, FLAG_END_HEADERS, ON_AN_UNOPENED_STREAM,
             OCTETS("\x88")),
    {"client/http2/frames/continuation-on-stream-0", "H2-FRAME-022",
     "CONTINUATION on stream 0 is a PROTOCOL_ERROR.", NEEDS_CLIENT, continuation_elsewhere,
     A_FRAME(.where = ON_STREAM_0)},
    {"client/http2/frames/continuation-on-another-stream", "H2-FRAME-023",
     "CONTINUATION on another stream than its block's is a PROTOCOL_ERROR.", NEEDS_CLIENT,
     continuation_elsewhere, A_FRAME(.where = ON_AN_UNOPENED_STREAM)},
    {"client/http2/frames/continuation-first", "H2-FRAME-021",
     "CONTINUATION without HEADERS is a PROTOCOL_ERROR.", NEEDS_CLIENT, ends_the_connection,
     A_FRAME(FRAME_CONTINUATION, FLAG_END_HEADERS, ON_THE_CALL, OCTETS(A_FIELD),
             H2_PROTOCOL_ERROR)},
    {"client/http2/frames/continuation-after-the-end", "H2-FRAME-021",
     "CONTINUATION behind END_HEADERS is a PROTOCOL_ERROR.", NEEDS_CLIENT,
     continuation_after_the_end, NULL},
};
const struct case_list client_continuation_cases = {cases, ARRAY_LEN(cases)};
