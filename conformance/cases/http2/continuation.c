/* SPDX-License-Identifier: MIT
 *
 * Header blocks over several frames (RFC 9113 4.3, 6.10): split anywhere, interrupted by others, CONTINUATION
 * where none may be. What a block may cost is in limit_blocks.c. */
#include "cases/cases.h"
#include "cases/http2/common.h"

/* ---- CONTINUATION in the wrong place --------------------------------------------------------- */

/* The first half of a request's block in HEADERS, without END_HEADERS; the rest is left in *rest, which the caller
 * clears. */
static struct call *begin_block(struct test *t, struct buf *rest)
{
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    send_frame(call->conn, FRAME_HEADERS, 0, call->stream,
               bytes_first(buf_view(&block), block.len / 2));
    buf_put(rest, bytes_skip(buf_view(&block), block.len / 2));
    buf_clear(&block);
    return call;
}

enum { ON_STREAM_0, ON_THE_SAME, ON_THE_NEXT };

struct intruder {
    uint8_t type, flags;
    int where;
    struct bytes payload;
};

/* The block is completed behind the intruder, so that a server which lets it pass serves the request. */
static void intruder_in_a_block(struct test *t)
{
    const struct intruder *row = t->arg;
    struct buf rest = {0}, message = {0};
    struct call *call = begin_block(t, &rest);
    uint32_t stream = row->where == ON_STREAM_0   ? 0
                      : row->where == ON_THE_NEXT ? call->stream + 2
                                                  : call->stream;

    send_frame(call->conn, row->type, row->flags, stream, row->payload);
    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream, buf_view(&rest));
    put_message_prefix(&message, 0, 0);
    send_frame(call->conn, FRAME_DATA, FLAG_END_STREAM, call->stream, buf_view(&message));
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
    buf_clear(&rest);
    buf_clear(&message);
}

static void continuation_on_another_stream(struct test *t)
{
    uint32_t other = *(const uint32_t *)t->arg; /* 0, or so much above the request's */
    struct buf rest = {0};
    struct call *call = begin_block(t, &rest);

    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, other ? call->stream + other : 0,
               buf_view(&rest));
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
    buf_clear(&rest);
}

/* A field that would be legal, so that only its place is wrong. */
#define STRAY_FIELD "\x00\x06x-late\x01v"

static void continuation_first(struct test *t)
{
    struct conn *conn = connect_h2(t);

    send_frame(conn, FRAME_CONTINUATION, FLAG_END_HEADERS, 1, BYTES(STRAY_FIELD));
    expect_connection_error(conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
}

static void continuation_after_headers(struct test *t)
{
    struct call *call = open_call(t);

    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream, BYTES(STRAY_FIELD));
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
}

static void continuation_after_continuation(struct test *t)
{
    struct buf rest = {0};
    struct call *call = begin_block(t, &rest);

    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream, buf_view(&rest));
    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream, BYTES(STRAY_FIELD));
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
    buf_clear(&rest);
}

/* The DATA itself is legal: the block before it is complete. */
static void continuation_after_data(struct test *t)
{
    struct call *call = open_call(t);

    send_data(call, BYTES("\0\0\0"), 0);
    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream, BYTES(STRAY_FIELD));
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
}

/* ---- header blocks in pieces ----------------------------------------------------------------- */

static void send_block_in_two(struct call *call, struct bytes block, size_t first)
{
    send_frame(call->conn, FRAME_HEADERS, 0, call->stream, bytes_first(block, first));
    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream,
               bytes_skip(block, first));
}

/* Every octet is a place to split: inside integers, between length and string, inside a string. One call each. */
static void block_split_everywhere(struct test *t)
{
    struct conn *conn = main_connection(t);
    size_t len = 1;

    for (size_t first = 0; first <= len && !test_is_over(t); first++) {
        struct call *call = new_call_on(conn, EMPTY_CALL);
        struct buf block = {0};

        put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
        len = block.len;
        send_block_in_two(call, buf_view(&block), first);
        complete_call(call);
        buf_clear(&block);
    }
    expect_connection_still_serves(conn);
}

/* Into HEADERS and three CONTINUATIONs; servers may refuse more than a handful. */
static void block_in_four(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0};
    size_t quarter;

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    quarter = block.len / 4;
    send_frame(call->conn, FRAME_HEADERS, 0, call->stream, bytes_first(buf_view(&block), quarter));
    for (size_t i = 1; i < 4; i++) {
        struct bytes rest = bytes_skip(buf_view(&block), i * quarter);
        send_frame(call->conn, FRAME_CONTINUATION, i == 3 ? FLAG_END_HEADERS : 0, call->stream,
                   i == 3 ? rest : bytes_first(rest, quarter));
    }
    complete_call(call);
    expect_connection_still_serves(call->conn);
    buf_clear(&block);
}

/* END_STREAM is HEADERS' own, also where the block goes on in CONTINUATION: the message behind it comes too late. */
static void end_stream_before_continuation(struct test *t)
{
    struct call *call = new_call(t, UNARY_CALL);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    send_frame(call->conn, FRAME_HEADERS, FLAG_END_STREAM, call->stream,
               bytes_first(buf_view(&block), 10));
    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream,
               bytes_skip(buf_view(&block), 10));
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    expect_outcome(call,
                   ONE_OF(ANY_ERROR, ANY_RESET, GOAWAY(H2_STREAM_CLOSED),
                          LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "a connection error of another code"),
                          LENIENT_CLOSE));
    expect(t, call_status(call) != GRPC_OK, "no message behind END_STREAM is served",
           "grpc-status 0 (OK)");
    expect_target_still_serves(t);
    buf_clear(&block);
}

static void huffman_string_in_pieces(struct test *t)
{
    struct call *call = new_call(t, UNARY_CALL);
    struct buf block = {0}, huffman = {0};
    size_t before;

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    hpack_huffman_encode(&huffman, BYTES("a value long enough to be cut in two"));
    buf_put_u8(&block, LITERAL_NOT_INDEXED);
    hpack_put_string(&block, BYTES("x-grpc-test-echo-initial"));
    before = block.len;
    hpack_put_huffman(&block, buf_view(&huffman));
    send_block_in_two(call, buf_view(&block), before + 8);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    expect_header(call, "x-grpc-test-echo-initial", "a value long enough to be cut in two");
    expect_status(call, GRPC_OK);
    expect_connection_still_serves(call->conn);
    buf_clear(&block);
    buf_clear(&huffman);
}

#define INTRUDER(name, clause, what, ...)                                                          \
    {                                                                                              \
        "http2/frames/block-interrupted-by-" name, clause,                                         \
            what " inside a header block is a PROTOCOL_ERROR.", NEEDS_TRANSPORT,                   \
            intruder_in_a_block, (&(const struct intruder){__VA_ARGS__})                           \
    }

static const struct test_case cases[] = {
    {"http2/frames/continuation-first", "H2-FRAME-021",
     "CONTINUATION without HEADERS before it is a PROTOCOL_ERROR.", NEEDS_TRANSPORT,
     continuation_first, NULL},
    {"http2/frames/continuation-after-headers", "H2-FRAME-021",
     "CONTINUATION after HEADERS with END_HEADERS is a PROTOCOL_ERROR.", NEEDS_TRANSPORT,
     continuation_after_headers, NULL},
    {"http2/frames/continuation-after-continuation", "H2-FRAME-021",
     "CONTINUATION after CONTINUATION with END_HEADERS is a PROTOCOL_ERROR.", NEEDS_TRANSPORT,
     continuation_after_continuation, NULL},
    {"http2/frames/continuation-after-data", "H2-FRAME-021",
     "CONTINUATION after DATA is a PROTOCOL_ERROR.", NEEDS_TRANSPORT, continuation_after_data,
     NULL},
    {"http2/frames/continuation-on-stream-0", "H2-FRAME-022",
     "CONTINUATION on stream 0 is a PROTOCOL_ERROR.", NEEDS_TRANSPORT,
     continuation_on_another_stream, &(const uint32_t){0}},
    {"http2/frames/continuation-on-another-stream", "H2-FRAME-023",
     "CONTINUATION on another stream than its HEADERS is a PROTOCOL_ERROR.", NEEDS_TRANSPORT,
     continuation_on_another_stream, &(const uint32_t){2}},
    INTRUDER("data", "H2-FRAME-024", "DATA", FRAME_DATA, 0, ON_THE_SAME, OCTETS("\0\0\0\0\0")),
    INTRUDER("headers", "H2-FRAME-024", "A second HEADERS", FRAME_HEADERS, FLAG_END_HEADERS,
             ON_THE_SAME, OCTETS(STRAY_FIELD)),
    INTRUDER("headers-of-another-stream", "H2-FRAME-025", "HEADERS of another stream",
             FRAME_HEADERS, FLAG_END_HEADERS, ON_THE_NEXT, OCTETS(STRAY_FIELD)),
    INTRUDER("priority", "H2-FRAME-024", "PRIORITY", FRAME_PRIORITY, 0, ON_THE_SAME,
             OCTETS("\0\0\0\0\17")),
    INTRUDER("rst-stream", "H2-FRAME-024", "RST_STREAM", FRAME_RST_STREAM, 0, ON_THE_SAME,
             OCTETS("\0\0\0\10")),
    INTRUDER("settings", "H2-FRAME-024", "SETTINGS", FRAME_SETTINGS, 0, ON_STREAM_0, OCTETS("")),
    INTRUDER("ping", "H2-FRAME-024", "PING", FRAME_PING, 0, ON_STREAM_0, OCTETS("intruder")),
    INTRUDER("goaway", "H2-FRAME-024", "GOAWAY", FRAME_GOAWAY, 0, ON_STREAM_0,
             OCTETS("\0\0\0\0\0\0\0\0")),
    INTRUDER("window-update", "H2-FRAME-024", "WINDOW_UPDATE", FRAME_WINDOW_UPDATE, 0, ON_STREAM_0,
             OCTETS("\0\0\0\1")),
    INTRUDER("unknown-type", "H2-FRAME-009", "A frame of unknown type", 0xbb, 0, ON_THE_SAME,
             OCTETS("intruder")),
    {"http2/frames/block-split-at-every-octet", "H2-FRAME-034",
     "A header block may be split between HEADERS and CONTINUATION at any octet.", NEEDS_TRANSPORT,
     block_split_everywhere, NULL},
    {"http2/frames/block-in-four-pieces", "H2-FRAME-034",
     "A header block may come in HEADERS and three CONTINUATIONs.", NEEDS_TRANSPORT, block_in_four,
     NULL},
    {"http2/frames/end-stream-before-continuation", "H2-FRAME-034",
     "END_STREAM on HEADERS ends the request also when CONTINUATION follows.", NEEDS_TEST_SERVICE,
     end_stream_before_continuation, NULL},
    {"http2/frames/huffman-string-split", "H2-FRAME-034",
     "A Huffman string may be split between HEADERS and CONTINUATION.", NEEDS_TEST_SERVICE,
     huffman_string_in_pieces, NULL},
};
const struct case_list continuation_cases = {cases, ARRAY_LEN(cases)};
