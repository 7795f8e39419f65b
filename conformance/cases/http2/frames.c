/* SPDX-License-Identifier: MIT
 *
 * Frames (RFC 9113 4.1, 4.3, 6): types, flags and bits nobody knows, padding, priority, header blocks in pieces, and
 * frames in places where they must not be. Lengths are in frame_sizes.c, stream states in streams.c. */
#include "cases/cases.h"
#include "cases/http2/common.h"

/* ---- to be ignored ------------------------------------------------------------------------------------------- */

enum { ON_STREAM_0, ON_AN_OPEN_STREAM, ON_AN_IDLE_STREAM };

struct some_frame {
    uint8_t type, flags;
    int where;
    struct bytes payload;
};
#define A_FRAME(...) (&(const struct some_frame){__VA_ARGS__})

static uint32_t stream_for(int where, const struct call *call)
{
    switch (where) {
    case ON_STREAM_0:
        return 0;
    case ON_AN_OPEN_STREAM:
        return call->stream;
    default:
        return call->stream + 100;
    }
}

/* Sent in the middle of a call, which then goes on as if nothing had been. */
static void ignored_frame(struct test *t)
{
    const struct some_frame *row = t->arg;
    struct call *call = open_call(t);

    send_frame(call->conn, row->type, row->flags, stream_for(row->where, call), row->payload);
    complete_call(call);
    expect_nothing_closed(call->conn);
    expect_connection_still_serves(call->conn);
}

struct odd_bits {
    uint8_t flags;
    bool reserved;
};
#define ODD(...)     (&(const struct odd_bits){__VA_ARGS__})
#define RESERVED_BIT (UINT32_C(1) << 31)

static void send_odd(struct conn *conn, uint8_t type, uint8_t flags, uint32_t stream,
                     struct bytes payload)
{
    const struct odd_bits *row = conn->t->arg;
    uint32_t stream_bits = row->reserved ? stream | RESERVED_BIT : stream;

    send_lying_frame(conn, (uint32_t)payload.len, type, (uint8_t)(flags | row->flags), stream_bits,
                     payload);
}

static void odd_bits_in_ping(struct test *t)
{
    struct conn *conn = main_connection(t);
    unsigned before = conn->ping_acks;

    send_odd(conn, FRAME_PING, 0, 0, BYTES("odd bits"));
    expect_call_works(conn);
    expect_nothing_closed(conn);
    expect(t, conn->ping_acks == before + 1, "the PING is answered once", "%u answers",
           conn->ping_acks - before);
    expect(t, memcmp(conn->last_ping_ack, "odd bits", 8) == 0, "the answer has the same octets",
           "it has others");
    expect_connection_still_serves(conn);
}

static void odd_bits_in_settings(struct test *t)
{
    struct conn *conn = main_connection(t);
    unsigned before = conn->settings_acks;

    send_odd(conn, FRAME_SETTINGS, 0, 0, NO_BYTES);
    expect_settings_acks(conn, before + 1);
    expect_connection_still_serves(conn);
}

static void odd_bits_in_request(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0}, message = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    put_message_prefix(&message, 0, 0);
    send_odd(conn, FRAME_HEADERS, FLAG_END_HEADERS, call->stream, buf_view(&block));
    send_data(call, buf_view(&message), FLAG_END_STREAM);
    expect_answer(call);
    expect_connection_still_serves(conn);
    buf_clear(&block);
    buf_clear(&message);
}

/* Were the odd bits taken for END_STREAM, the second frame would be refused. */
static void odd_bits_in_data(struct test *t)
{
    struct call *call = open_call(t);
    struct buf message = {0};

    put_message_prefix(&message, 0, 0);
    send_odd(call->conn, FRAME_DATA, 0, call->stream, bytes_first(buf_view(&message), 2));
    send_odd(call->conn, FRAME_DATA, FLAG_END_STREAM, call->stream,
             bytes_skip(buf_view(&message), 2));
    expect_answer(call);
    expect_connection_still_serves(call->conn);
    buf_clear(&message);
}

static void odd_bits_in_window_update(struct test *t)
{
    struct call *call = open_call(t);

    send_odd(call->conn, FRAME_WINDOW_UPDATE, 0, 0, BYTES("\0\0\0\1"));
    send_odd(call->conn, FRAME_WINDOW_UPDATE, 0, call->stream, BYTES("\0\0\0\1"));
    complete_call(call);
    expect_connection_still_serves(call->conn);
}

static void odd_bits_in_rst_stream(struct test *t)
{
    struct call *call = open_call(t);

    send_odd(call->conn, FRAME_RST_STREAM, 0, call->stream, BYTES("\0\0\0\10"));
    expect_nothing_closed(call->conn);
    expect_connection_still_serves(call->conn);
}

/* ---- PRIORITY ------------------------------------------------------------------------------------------------ */

static void priority_on_an_idle_stream(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);

    send_priority(conn, call->stream, 0, false, 255);
    send_priority(conn, call->stream + 50, call->stream, true, 0);
    send_request_headers(call, NO_EDITS, 0);
    complete_call(call);
    expect_connection_still_serves(conn);
}

static void priority_on_an_open_stream(struct test *t)
{
    struct call *call = open_call(t);

    send_priority(call->conn, call->stream, 0, true, 16);
    complete_call(call);
    expect_connection_still_serves(call->conn);
}

static void priority_on_a_half_closed_stream(struct test *t)
{
    struct call *call = blocked_call(t, 100);

    send_priority(call->conn, call->stream, 0, false, 3);
    release_call(call);
    expect_connection_still_serves(call->conn);
}

static void priority_on_a_closed_stream(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = send_unary(t, EMPTY_CALL, NO_BYTES);

    expect_answer(call);
    send_priority(conn, call->stream, 0, false, 3);
    send_priority(conn, 2, 0, false, 3); /* even streams are the server's, and idle */
    expect_call_works(conn);
    expect_connection_still_serves(conn);
}

static void priority_on_itself(struct test *t)
{
    struct call *call = open_call(t);

    send_priority(call->conn, call->stream, call->stream, false, 16);
    expect_outcome(
        call, ONE_OF(IGNORED, RESET(H2_PROTOCOL_ERROR),
                     LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "a connection error for a stream's fault"),
                     LENIENT_CLOSE));
    expect_target_still_serves(t);
}

/* ---- RST_STREAM ---------------------------------------------------------------------------------------------- */

static void reset_is_not_answered(struct test *t)
{
    struct call *call = open_call(t);
    struct conn *conn = call->conn;

    expect_ping_answer(conn);
    cancel_call(call);
    expect_call_works(conn);
    expect(t, frames_received(conn, FRAME_RST_STREAM, call->stream) == 0,
           "no RST_STREAM in answer to RST_STREAM", "RST_STREAM came back");
    expect_connection_still_serves(conn);
}

static void reset_with_code(struct test *t)
{
    uint32_t code = *(const uint32_t *)t->arg;
    struct call *call = open_call(t);
    struct call *sibling = open_call(t);

    send_rst_stream(call->conn, call->stream, code);
    complete_call(sibling);
    expect_nothing_closed(call->conn);
    expect_connection_still_serves(call->conn);
}

/* ---- connection errors --------------------------------------------------------------------------------------- */

struct misplaced {
    uint8_t type, flags;
    uint32_t stream; /* as it is; 0 is 0 */
    struct bytes payload;
};
#define MISPLACED(...) (&(const struct misplaced){__VA_ARGS__})

static void misplaced_frame(struct test *t)
{
    const struct misplaced *row = t->arg;
    struct conn *conn = connect_h2(t);

    send_frame(conn, row->type, row->flags, row->stream, row->payload);
    expect_connection_error(conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
}

static void headers_on_stream_zero(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    send_frame(call->conn, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_END_STREAM, 0, buf_view(&block));
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
    buf_clear(&block);
}

static void push_promise(struct test *t)
{
    struct call *call = open_call(t);
    struct buf payload = {0};

    buf_put_u32(&payload, 2);
    put_request(&payload, call, NO_EDITS, LITERAL_NOT_INDEXED);
    send_frame(call->conn, FRAME_PUSH_PROMISE, FLAG_END_HEADERS, call->stream, buf_view(&payload));
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
    buf_clear(&payload);
}

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

/* The row's stream is relative: 0, or the request's own for ON_AN_OPEN_STREAM, or the next. The block is completed
 * behind the intruder, so that a server which lets it pass serves the request. */
static void intruder_in_a_block(struct test *t)
{
    const struct some_frame *row = t->arg;
    struct buf rest = {0}, message = {0};
    struct call *call = begin_block(t, &rest);
    uint32_t stream = row->where == ON_AN_IDLE_STREAM ? call->stream + 2
                                                      : stream_for(row->where, call);

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

/* ---- padding and priority fields ----------------------------------------------------------------------------- */

struct decorated {
    bool padded, priority,
        continued; /* continued: the second half of the block comes in CONTINUATION */
    uint8_t pad_len;
};
#define DECORATED(...) (&(const struct decorated){__VA_ARGS__})

static void decorated_headers(struct test *t)
{
    const struct decorated *row = t->arg;
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0}, payload = {0};
    size_t first;
    uint8_t flags = 0;

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    first = row->continued ? block.len / 2 : block.len;
    if (row->padded) {
        buf_put_u8(&payload, row->pad_len);
        flags |= FLAG_PADDED;
    }
    if (row->priority) {
        buf_put(&payload, BYTES("\0\0\0\0\17"));
        flags |= FLAG_PRIORITY;
    }
    buf_put(&payload, bytes_first(buf_view(&block), first));
    buf_put_zeros(&payload, row->pad_len);
    if (!row->continued)
        flags |= FLAG_END_HEADERS;
    send_frame(call->conn, FRAME_HEADERS, flags, call->stream, buf_view(&payload));
    if (row->continued)
        send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream,
                   bytes_skip(buf_view(&block), first));
    complete_call(call);
    expect_connection_still_serves(call->conn);
    buf_clear(&block);
    buf_clear(&payload);
}

/* The first half of a field section, then padding where the rest should be. */
static void headers_padding_too_long(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0}, payload = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    buf_put_u8(&payload, (uint8_t)(block.len + 1 < 255 ? block.len + 1 : 255));
    buf_put(&payload, bytes_first(buf_view(&block), 254));
    send_frame(call->conn, FRAME_HEADERS, FLAG_PADDED | FLAG_END_HEADERS, call->stream,
               buf_view(&payload));
    expect_outcome(
        call,
        ONE_OF(GOAWAY(H2_PROTOCOL_ERROR),
               LENIENT_RESET(H2_PROTOCOL_ERROR, "a stream error, though the block may be lost"),
               LENIENT_GOAWAY(H2_FRAME_SIZE_ERROR, "a connection error of another code"),
               LENIENT_GOAWAY(H2_COMPRESSION_ERROR, "a connection error of another code"),
               LENIENT_CLOSE));
    expect_target_still_serves(t);
    buf_clear(&block);
    buf_clear(&payload);
}

static void data_padding_too_long(struct test *t)
{
    const struct bytes *payload = t->arg;
    struct call *call = open_call(t);

    send_frame(call->conn, FRAME_DATA, FLAG_PADDED, call->stream, *payload);
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
}

/* Padding that reached the message parser would change the sum of payload octets. */
static void padded_data(struct test *t)
{
    uint8_t pad_len = *(const uint8_t *)t->arg;
    struct call *call = new_call(t, STREAMING_INPUT_CALL);
    struct buf request = {0}, message = {0};
    struct message answer;

    pb_put_input_request(&request, 301, -1);
    put_message_prefix(&message, 0, (uint32_t)request.len);
    buf_put(&message, buf_view(&request));
    send_request_headers(call, NO_EDITS, 0);
    for (size_t at = 0; at < message.len; at += 5)
        send_padded_data(call, bytes_first(bytes_skip(buf_view(&message), at), 5), pad_len, 0);
    send_padded_data(call, NO_BYTES, pad_len, 0); /* nothing but padding */
    half_close(call);
    answer = next_message(call);
    expect_status(call, GRPC_OK);
    expect(t, pb_aggregated_size(answer.payload) == 301, "301 octets of payload arrive",
           "%lld arrived", (long long)pb_aggregated_size(answer.payload));
    expect_connection_still_serves(call->conn);
    buf_clear(&request);
    buf_clear(&message);
}

static void padding_that_is_not_zero(struct test *t)
{
    struct call *call = open_call(t);

    send_frame(call->conn, FRAME_DATA, FLAG_PADDED, call->stream,
               BYTES("\4\0\0\0\0\0\xff\xff\xff\xff"));
    expect_outcome(call,
                   ONE_OF(IGNORED, STATUS(GRPC_OK), GOAWAY(H2_PROTOCOL_ERROR),
                          LENIENT_RESET(H2_PROTOCOL_ERROR,
                                        "a stream error, where only a connection error is allowed"),
                          LENIENT_CLOSE));
    test_note(t, "padding octets that are not zero: %s",
              call->conn->goaways ? "a connection error" : "ignored");
    expect_target_still_serves(t);
}

/* ---- header blocks in pieces --------------------------------------------------------------------------------- */

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

/* ---- cut off ------------------------------------------------------------------------------------------------- */

static bool is_closed(const struct conn *conn, const void *arg)
{
    (void)arg;
    return conn->closed != NOT_CLOSED;
}

/* The frame that would complete the request is announced in full, and never comes in full. */
static void cut_off_inside_data(struct test *t)
{
    struct call *call = open_call(t);

    send_lying_frame(call->conn, 5, FRAME_DATA, FLAG_END_STREAM, call->stream, BYTES("\0\0\0"));
    finish_writing(call->conn);
    wait_until(call->conn, is_closed, NULL);
    expect(t, call_status(call) != GRPC_OK, "half a message is no message",
           "the call ended with OK");
    expect_target_still_serves(t);
}

#define INTRUDER(name, clause, what, ...)                                                          \
    {                                                                                              \
        "http2/frames/block-interrupted-by-" name, clause,                                         \
            what " inside a header block is a PROTOCOL_ERROR.", NEEDS_TRANSPORT,                   \
            intruder_in_a_block, A_FRAME(__VA_ARGS__)                                              \
    }

static const struct test_case cases[] = {
    {"http2/frames/unknown-type-on-stream-0", "H2-FRAME-001",
     "A frame of unknown type on stream 0 is ignored.", NEEDS_TRANSPORT, ignored_frame,
     A_FRAME(0xbb, 0, ON_STREAM_0, OCTETS("grpcspec"))},
    {"http2/frames/unknown-type-with-all-flags", "H2-FRAME-001",
     "A frame of unknown type is ignored whatever its flags are.", NEEDS_TRANSPORT, ignored_frame,
     A_FRAME(0xff, 0xff, ON_STREAM_0, OCTETS(""))},
    {"http2/frames/unknown-type-on-an-open-stream", "H2-FRAME-001",
     "A frame of unknown type on an open stream is ignored.", NEEDS_TRANSPORT, ignored_frame,
     A_FRAME(0xbb, 0, ON_AN_OPEN_STREAM, OCTETS("grpcspec"))},
    {"http2/frames/unknown-type-on-an-idle-stream", "H2-FRAME-001",
     "A frame of unknown type on an idle stream is ignored.", NEEDS_TRANSPORT, ignored_frame,
     A_FRAME(0xbb, 0, ON_AN_IDLE_STREAM, OCTETS("grpcspec"))},
    {"http2/frames/altsvc-from-a-client", "H2-FRAME-001", "ALTSVC from a client is ignored.",
     NEEDS_TRANSPORT, ignored_frame,
     A_FRAME(0x0a, 0, ON_STREAM_0, OCTETS("\0\11localhosth2=\":1\""))},
    {"http2/frames/undefined-flags-on-ping", "H2-FRAME-002", "Undefined flags of PING are ignored.",
     NEEDS_TRANSPORT, odd_bits_in_ping, ODD(.flags = 0xfe)},
    {"http2/frames/undefined-flags-on-settings", "H2-FRAME-002",
     "Undefined flags of SETTINGS are ignored.", NEEDS_TRANSPORT, odd_bits_in_settings,
     ODD(.flags = 0xfe)},
    {"http2/frames/undefined-flags-on-headers", "H2-FRAME-002",
     "Undefined flags of HEADERS are ignored.", NEEDS_TRANSPORT, odd_bits_in_request,
     ODD(.flags = 0xd2)},
    {"http2/frames/undefined-flags-on-data", "H2-FRAME-002", "Undefined flags of DATA are ignored.",
     NEEDS_TRANSPORT, odd_bits_in_data, ODD(.flags = 0xf6)},
    {"http2/frames/undefined-flags-on-window-update", "H2-FRAME-002",
     "Undefined flags of WINDOW_UPDATE are ignored.", NEEDS_TRANSPORT, odd_bits_in_window_update,
     ODD(.flags = 0xff)},
    {"http2/frames/undefined-flags-on-rst-stream", "H2-FRAME-002",
     "Undefined flags of RST_STREAM are ignored.", NEEDS_TRANSPORT, odd_bits_in_rst_stream,
     ODD(.flags = 0xff)},
    {"http2/frames/reserved-bit-on-ping", "H2-FRAME-003",
     "The reserved bit beside stream 0 is ignored.", NEEDS_TRANSPORT, odd_bits_in_ping,
     ODD(.reserved = true)},
    {"http2/frames/reserved-bit-on-headers", "H2-FRAME-003",
     "The reserved bit beside a new stream's id is ignored.", NEEDS_TRANSPORT, odd_bits_in_request,
     ODD(.reserved = true)},
    {"http2/frames/reserved-bit-on-data", "H2-FRAME-003",
     "The reserved bit beside an open stream's id is ignored.", NEEDS_TRANSPORT, odd_bits_in_data,
     ODD(.reserved = true)},

    {"http2/frames/priority-on-an-idle-stream", "H2-FRAME-012",
     "PRIORITY on an idle stream changes nothing: the stream can still be opened.", NEEDS_TRANSPORT,
     priority_on_an_idle_stream, NULL},
    {"http2/frames/priority-on-an-open-stream", "H2-FRAME-012",
     "PRIORITY on an open stream changes nothing.", NEEDS_TRANSPORT, priority_on_an_open_stream,
     NULL},
    {"http2/frames/priority-on-a-half-closed-stream", "H2-FRAME-012 H2-STREAM-011",
     "PRIORITY on a half-closed stream changes nothing.", NEEDS_TEST_SERVICE,
     priority_on_a_half_closed_stream, NULL},
    {"http2/frames/priority-on-a-closed-stream", "H2-FRAME-012",
     "PRIORITY on a closed stream, and on one of the server's ids, changes nothing.",
     NEEDS_TRANSPORT, priority_on_a_closed_stream, NULL},
    {"http2/frames/priority-on-itself", "H2-FRAME-013",
     "A stream that depends on itself is ignored or a PROTOCOL_ERROR of that stream.",
     NEEDS_TEST_SERVICE, priority_on_itself, NULL},
    {"http2/frames/priority-on-stream-0", "H2-FRAME-010",
     "PRIORITY on stream 0 is a PROTOCOL_ERROR.", NEEDS_TRANSPORT, misplaced_frame,
     MISPLACED(FRAME_PRIORITY, .payload = OCTETS("\0\0\0\3\17"))},

    {"http2/frames/rst-stream-on-stream-0", "H2-FRAME-014",
     "RST_STREAM on stream 0 is a PROTOCOL_ERROR.", NEEDS_TRANSPORT, misplaced_frame,
     MISPLACED(FRAME_RST_STREAM, .payload = OCTETS("\0\0\0\10"))},
    {"http2/frames/rst-stream-on-an-idle-stream", "H2-FRAME-015",
     "RST_STREAM on an idle stream is a PROTOCOL_ERROR.", NEEDS_TRANSPORT, misplaced_frame,
     MISPLACED(FRAME_RST_STREAM, 0, 5, OCTETS("\0\0\0\10"))},
    {"http2/frames/rst-stream-not-answered", "H2-FRAME-018",
     "RST_STREAM is not answered by RST_STREAM.", NEEDS_TEST_SERVICE, reset_is_not_answered, NULL},
    {"http2/frames/rst-stream-unknown-code", "H2-FRAME-017",
     "RST_STREAM with a code nobody knows ends its own stream only.", NEEDS_TRANSPORT,
     reset_with_code, &(const uint32_t){0xdeadbeef}},
    {"http2/frames/rst-stream-no-error", "H2-STREAM-021",
     "RST_STREAM(NO_ERROR) ends its own stream only.", NEEDS_TRANSPORT, reset_with_code,
     &(const uint32_t){H2_NO_ERROR}},
    {"http2/frames/rst-stream-cancel", "H2-STREAM-021",
     "RST_STREAM(CANCEL) ends its own stream only.", NEEDS_TRANSPORT, reset_with_code,
     &(const uint32_t){H2_CANCEL}},
    {"http2/frames/rst-stream-protocol-error", "H2-STREAM-021",
     "RST_STREAM(PROTOCOL_ERROR) ends its own stream only.", NEEDS_TRANSPORT, reset_with_code,
     &(const uint32_t){H2_PROTOCOL_ERROR}},

    {"http2/frames/push-promise", "H2-FRAME-019", "PUSH_PROMISE from a client is a PROTOCOL_ERROR.",
     NEEDS_TRANSPORT, push_promise, NULL},
    {"http2/frames/headers-on-stream-0", "H2-FRAME-026", "HEADERS on stream 0 is a PROTOCOL_ERROR.",
     NEEDS_TRANSPORT, headers_on_stream_zero, NULL},
    {"http2/frames/data-on-stream-0", "H2-FRAME-028", "DATA on stream 0 is a PROTOCOL_ERROR.",
     NEEDS_TRANSPORT, misplaced_frame, MISPLACED(FRAME_DATA, .payload = OCTETS("\0\0\0\0\0"))},

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

    INTRUDER("data", "H2-FRAME-024", "DATA", FRAME_DATA, 0, ON_AN_OPEN_STREAM,
             OCTETS("\0\0\0\0\0")),
    INTRUDER("headers", "H2-FRAME-024", "A second HEADERS", FRAME_HEADERS, FLAG_END_HEADERS,
             ON_AN_OPEN_STREAM, OCTETS(STRAY_FIELD)),
    INTRUDER("headers-of-another-stream", "H2-FRAME-025", "HEADERS of another stream",
             FRAME_HEADERS, FLAG_END_HEADERS, ON_AN_IDLE_STREAM, OCTETS(STRAY_FIELD)),
    INTRUDER("priority", "H2-FRAME-024", "PRIORITY", FRAME_PRIORITY, 0, ON_AN_OPEN_STREAM,
             OCTETS("\0\0\0\0\17")),
    INTRUDER("rst-stream", "H2-FRAME-024", "RST_STREAM", FRAME_RST_STREAM, 0, ON_AN_OPEN_STREAM,
             OCTETS("\0\0\0\10")),
    INTRUDER("settings", "H2-FRAME-024", "SETTINGS", FRAME_SETTINGS, 0, ON_STREAM_0, OCTETS("")),
    INTRUDER("ping", "H2-FRAME-024", "PING", FRAME_PING, 0, ON_STREAM_0, OCTETS("intruder")),
    INTRUDER("goaway", "H2-FRAME-024", "GOAWAY", FRAME_GOAWAY, 0, ON_STREAM_0,
             OCTETS("\0\0\0\0\0\0\0\0")),
    INTRUDER("window-update", "H2-FRAME-024", "WINDOW_UPDATE", FRAME_WINDOW_UPDATE, 0, ON_STREAM_0,
             OCTETS("\0\0\0\1")),
    INTRUDER("unknown-type", "H2-FRAME-009", "A frame of unknown type", 0xbb, 0, ON_AN_OPEN_STREAM,
             OCTETS("intruder")),

    {"http2/frames/headers-padding-too-long", "H2-FRAME-027",
     "HEADERS with more padding than octets is a PROTOCOL_ERROR.", NEEDS_TRANSPORT,
     headers_padding_too_long, NULL},
    {"http2/frames/data-padding-as-long-as-payload", "H2-FRAME-029",
     "DATA whose pad length is the payload's length is a PROTOCOL_ERROR.", NEEDS_TEST_SERVICE,
     data_padding_too_long, &BYTES("\5\0\0\0\0")},
    {"http2/frames/data-padding-too-long", "H2-FRAME-029",
     "DATA whose pad length is above the payload's length is a PROTOCOL_ERROR.", NEEDS_TEST_SERVICE,
     data_padding_too_long, &BYTES("\xff\0\0\0\0")},
    {"http2/frames/headers-pad-length-0", "H2-FRAME-030",
     "HEADERS with PADDED and no padding are understood.", NEEDS_TRANSPORT, decorated_headers,
     DECORATED(.padded = true)},
    {"http2/frames/headers-pad-length-1", "H2-FRAME-030",
     "HEADERS with one octet of padding are understood.", NEEDS_TRANSPORT, decorated_headers,
     DECORATED(.padded = true, .pad_len = 1)},
    {"http2/frames/headers-pad-length-255", "H2-FRAME-030",
     "HEADERS with 255 octets of padding are understood.", NEEDS_TRANSPORT, decorated_headers,
     DECORATED(.padded = true, .pad_len = 255)},
    {"http2/frames/headers-with-priority", "H2-FRAME-032",
     "HEADERS with priority fields are understood.", NEEDS_TRANSPORT, decorated_headers,
     DECORATED(.priority = true)},
    {"http2/frames/headers-with-padding-and-priority", "H2-FRAME-032 H2-FRAME-030",
     "HEADERS with padding and priority fields are understood.", NEEDS_TRANSPORT, decorated_headers,
     DECORATED(.padded = true, .priority = true, .pad_len = 7)},
    {"http2/frames/padded-headers-with-continuation", "H2-FRAME-034 H2-FRAME-030",
     "A block whose HEADERS are padded goes on in CONTINUATION.", NEEDS_TRANSPORT,
     decorated_headers,
     DECORATED(.padded = true, .priority = true, .continued = true, .pad_len = 7)},
    {"http2/frames/data-pad-length-0", "H2-FRAME-031",
     "DATA with PADDED and no padding are understood.", NEEDS_TEST_SERVICE, padded_data,
     &(const uint8_t){0}},
    {"http2/frames/data-pad-length-255", "H2-FRAME-031",
     "DATA with 255 octets of padding are understood.", NEEDS_TEST_SERVICE, padded_data,
     &(const uint8_t){255}},
    {"http2/frames/padding-not-zero", "H2-FRAME-033",
     "Padding octets that are not zero are ignored or a PROTOCOL_ERROR.", NEEDS_TEST_SERVICE,
     padding_that_is_not_zero, NULL},

    {"http2/frames/block-split-at-every-octet", "H2-FRAME-034",
     "A header block may be split between HEADERS and CONTINUATION at any octet.", NEEDS_TRANSPORT,
     block_split_everywhere, NULL},
    {"http2/frames/block-in-four-pieces", "H2-FRAME-034",
     "A header block may come in HEADERS and three CONTINUATIONs.", NEEDS_TRANSPORT, block_in_four,
     NULL},
    {"http2/frames/huffman-string-split", "H2-FRAME-034",
     "A Huffman string may be split between HEADERS and CONTINUATION.", NEEDS_TEST_SERVICE,
     huffman_string_in_pieces, NULL},
    {"http2/frames/cut-off-inside-data", "H2-FRAME-035",
     "Half a DATA frame before the end of the connection is not a message.", NEEDS_TEST_SERVICE,
     cut_off_inside_data, NULL},
};
const struct case_list frame_cases = {cases, ARRAY_LEN(cases)};
