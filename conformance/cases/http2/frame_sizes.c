/* SPDX-License-Identifier: MIT
 *
 * Frame lengths (RFC 9113 4.2): frames longer than allowed, and frames whose length is wrong for their type. SETTINGS
 * of a wrong length are in settings.c. */
#include "cases/cases.h"
#include "cases/http2/common.h"

enum { ON_STREAM_0, ON_AN_OPEN_STREAM };

struct sized_frame {
    uint8_t type, flags;
    int where;
    struct bytes payload;
    uint32_t code;
};
#define SIZED(...) (&(const struct sized_frame){__VA_ARGS__})

static void wrong_length(struct test *t)
{
    const struct sized_frame *row = t->arg;
    struct conn *conn = main_connection(t);
    struct call *call = row->where == ON_AN_OPEN_STREAM ? open_call(t) : NULL;

    send_frame(conn, row->type, row->flags, call ? call->stream : 0, row->payload);
    expect_connection_error(conn, row->code);
    expect_target_still_serves(t);
}

/* A frame that may be too short either for its fields or for its padding: both codes are right. */
static void too_short_for_its_fields(struct test *t)
{
    const struct sized_frame *row = t->arg;
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);

    if (row->type == FRAME_DATA)
        send_request_headers(call, NO_EDITS, 0);
    send_frame(conn, row->type, row->flags, row->type == FRAME_GOAWAY ? 0 : call->stream,
               row->payload);
    if (row->type ==
        FRAME_DATA) { /* alters no state of the connection: a stream error will do (RFC 9113 4.2) */
        expect_outcome(
            call, ONE_OF(GOAWAY(H2_FRAME_SIZE_ERROR), GOAWAY(H2_PROTOCOL_ERROR),
                         RESET(H2_FRAME_SIZE_ERROR),
                         LENIENT_RESET(H2_PROTOCOL_ERROR, "a stream error of another code"),
                         LENIENT_GOAWAY(H2_INTERNAL_ERROR, "a connection error of another code"),
                         LENIENT_CLOSE));
        expect_target_still_serves(t);
        return;
    }
    expect_connection_outcome(
        conn, ONE_OF(GOAWAY(H2_FRAME_SIZE_ERROR), GOAWAY(H2_PROTOCOL_ERROR),
                     LENIENT_GOAWAY(H2_COMPRESSION_ERROR, "a connection error of another code"),
                     LENIENT_GOAWAY(H2_INTERNAL_ERROR, "a connection error of another code"),
                     LENIENT_CLOSE));
    expect_target_still_serves(t);
}

static void priority_of_wrong_length(struct test *t)
{
    const struct sized_frame *row = t->arg;
    struct call *call = open_call(t);

    send_frame(call->conn, FRAME_PRIORITY, 0, call->stream, row->payload);
    expect_outcome(call,
                   ONE_OF(RESET(H2_FRAME_SIZE_ERROR), GOAWAY(H2_FRAME_SIZE_ERROR),
                          LENIENT_RESET(H2_PROTOCOL_ERROR, "a stream error of another code"),
                          LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "a connection error of another code"),
                          LENIENT_CLOSE));
    expect_target_still_serves(t);
}

/* Longer by one than the target allows. The connection windows must allow it, or another rule is broken too. */
static uint32_t one_too_long(struct conn *conn)
{
    uint32_t limit = conn->their_settings[SETTING_MAX_FRAME_SIZE];

    if (limit >= 1 << 20)
        test_skip(conn->t, "the target takes frames of %u octets", limit);
    return limit + 1;
}

static void data_too_long(struct test *t)
{
    struct call *call = open_call(t);
    uint32_t length = one_too_long(call->conn);
    struct buf payload = {0};

    if (call->send_window < length || call->conn->send_window < length)
        test_skip(t, "the target's windows are smaller than its MAX_FRAME_SIZE");
    buf_put_zeros(&payload, length);
    send_frame(call->conn, FRAME_DATA, 0, call->stream, buf_view(&payload));
    expect_outcome(call,
                   ONE_OF(RESET(H2_FRAME_SIZE_ERROR), GOAWAY(H2_FRAME_SIZE_ERROR),
                          LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "a connection error of another code"),
                          LENIENT_GOAWAY(H2_INTERNAL_ERROR, "a connection error of another code"),
                          LENIENT_CLOSE));
    expect_target_still_serves(t);
    buf_clear(&payload);
}

/* HEADERS, SETTINGS and everything on stream 0 alter the state of the connection. */
static void frame_too_long(struct test *t)
{
    const struct sized_frame *row = t->arg;
    struct conn *conn = main_connection(t);
    uint32_t length = one_too_long(conn);
    uint32_t stream = row->where == ON_AN_OPEN_STREAM ? new_call_on(conn, EMPTY_CALL)->stream : 0;
    struct buf payload = {0};

    length += (6 - length % 6) % 6; /* else wrong twice, for SETTINGS */
    buf_put_zeros(&payload, length);
    send_frame(conn, row->type, row->flags, stream, buf_view(&payload));
    expect_connection_error(conn, H2_FRAME_SIZE_ERROR);
    expect_target_still_serves(t);
    buf_clear(&payload);
}

/* ---- the longest that is allowed ------------------------------------------------------------- */

/* A message of two frames, of which the first is exactly `length` long. */
static void send_in_frames_of(struct call *call, size_t length)
{
    struct buf request = {0}, message = {0};

    pb_put_input_request(&request, length + 100, -1);
    put_message_prefix(&message, 0, (uint32_t)request.len);
    buf_put(&message, buf_view(&request));
    send_data(call, bytes_first(buf_view(&message), length), 0);
    send_data(call, bytes_skip(buf_view(&message), length), FLAG_END_STREAM);
    buf_clear(&request);
    buf_clear(&message);
}

static void data_of_16384(struct test *t)
{
    struct call *call = new_call(t, STREAMING_INPUT_CALL);
    struct message answer;

    send_request_headers(call, NO_EDITS, 0);
    send_in_frames_of(call, DEFAULT_MAX_FRAME_SIZE);
    answer = next_message(call);
    expect_status(call, GRPC_OK);
    expect(t, pb_aggregated_size(answer.payload) == DEFAULT_MAX_FRAME_SIZE + 100,
           "the handler sees every octet of the message", "it saw %lld of %d",
           (long long)pb_aggregated_size(answer.payload), DEFAULT_MAX_FRAME_SIZE + 100);
    expect_connection_still_serves(call->conn);
}

static void unknown_type_of_16384(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct buf payload = {0};

    put_fill(&payload, 0xbb, DEFAULT_MAX_FRAME_SIZE);
    send_frame(conn, 0xbb, 0xff, 0, buf_view(&payload));
    expect_call_works(conn);
    expect_connection_still_serves(conn);
    buf_clear(&payload);
}

/* Whoever keeps the frames of a block apart reads the lengths of all; the harm of another reading is bounded by what a
 * block may have. */
static void continuation_too_long(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    uint32_t length = one_too_long(conn);
    struct buf block = {0}, rest = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    send_frame(conn, FRAME_HEADERS, 0, call->stream, buf_view(&block));
    hpack_put_literal(&rest, LITERAL_NOT_INDEXED, BYTES("x-pad"), NO_BYTES);
    size_t around = rest.len + 3; /* its name, and a length of four octets */
    buf_reset(&rest);
    buf_reset(&block);
    put_fill(&block, 'c', length - around);
    hpack_put_literal(&rest, LITERAL_NOT_INDEXED, BYTES("x-pad"), buf_view(&block));
    while (rest.len < length)
        hpack_put_indexed(&rest, 16); /* accept-encoding */
    send_frame(conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream, buf_view(&rest));
    expect_connection_outcome(
        conn, ONE_OF(GOAWAY(H2_FRAME_SIZE_ERROR),
                     LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "a connection error of another code"),
                     LENIENT_GOAWAY(H2_INTERNAL_ERROR, "a connection error of another code"),
                     LENIENT_GOAWAY(H2_COMPRESSION_ERROR, "a connection error of another code"),
                     LENIENT_CLOSE,
                     LENIENT_IGNORED("the frame's length is not looked at, that of the whole block "
                                     "is (nghttp2)")));
    expect_target_still_serves(t);
    buf_clear(&block);
    buf_clear(&rest);
}

static const struct test_case cases[] = {
    {"http2/frame-size/ping-length-0", "H2-PING-004",
     "A PING without payload is a FRAME_SIZE_ERROR.", NEEDS_TRANSPORT, wrong_length,
     SIZED(FRAME_PING, .code = H2_FRAME_SIZE_ERROR)},
    {"http2/frame-size/ping-length-7", "H2-PING-004 H2-ERR-001",
     "A PING of 7 octets is a FRAME_SIZE_ERROR.", NEEDS_TRANSPORT, wrong_length,
     SIZED(FRAME_PING, .payload = OCTETS("1234567"), .code = H2_FRAME_SIZE_ERROR)},
    {"http2/frame-size/ping-length-9", "H2-PING-004", "A PING of 9 octets is a FRAME_SIZE_ERROR.",
     NEEDS_TRANSPORT, wrong_length,
     SIZED(FRAME_PING, .payload = OCTETS("123456789"), .code = H2_FRAME_SIZE_ERROR)},
    {"http2/frame-size/rst-stream-length-3", "H2-FRAME-016",
     "A RST_STREAM of 3 octets is a FRAME_SIZE_ERROR.", NEEDS_TRANSPORT, wrong_length,
     SIZED(FRAME_RST_STREAM, 0, ON_AN_OPEN_STREAM, OCTETS("\0\0\0"), H2_FRAME_SIZE_ERROR)},
    {"http2/frame-size/rst-stream-length-5", "H2-FRAME-016",
     "A RST_STREAM of 5 octets is a FRAME_SIZE_ERROR.", NEEDS_TRANSPORT, wrong_length,
     SIZED(FRAME_RST_STREAM, 0, ON_AN_OPEN_STREAM, OCTETS("\0\0\0\10\0"), H2_FRAME_SIZE_ERROR)},
    {"http2/frame-size/window-update-length-3", "H2-FLOW-011",
     "A WINDOW_UPDATE of 3 octets on the connection is a FRAME_SIZE_ERROR.", NEEDS_TRANSPORT,
     wrong_length,
     SIZED(FRAME_WINDOW_UPDATE, 0, ON_STREAM_0, OCTETS("\0\0\1"), H2_FRAME_SIZE_ERROR)},
    {"http2/frame-size/window-update-length-5", "H2-FLOW-011",
     "A WINDOW_UPDATE of 5 octets on the connection is a FRAME_SIZE_ERROR.", NEEDS_TRANSPORT,
     wrong_length,
     SIZED(FRAME_WINDOW_UPDATE, 0, ON_STREAM_0, OCTETS("\0\0\0\1\0"), H2_FRAME_SIZE_ERROR)},
    {"http2/frame-size/window-update-length-5-on-a-stream", "H2-FLOW-011",
     "A WINDOW_UPDATE of 5 octets on a stream is a FRAME_SIZE_ERROR.", NEEDS_TRANSPORT,
     wrong_length,
     SIZED(FRAME_WINDOW_UPDATE, 0, ON_AN_OPEN_STREAM, OCTETS("\0\0\0\1\0"), H2_FRAME_SIZE_ERROR)},
    {"http2/frame-size/goaway-length-7", "H2-FRAME-008",
     "A GOAWAY of 7 octets is a connection error.", NEEDS_TRANSPORT, too_short_for_its_fields,
     SIZED(FRAME_GOAWAY, .payload = OCTETS("\0\0\0\0\0\0\0"))},
    {"http2/frame-size/padded-headers-without-pad-length", "H2-FRAME-008",
     "HEADERS with PADDED but no octets is a connection error.", NEEDS_TRANSPORT,
     too_short_for_its_fields,
     SIZED(FRAME_HEADERS, FLAG_PADDED | FLAG_END_HEADERS, .payload = OCTETS(""))},
    {"http2/frame-size/headers-too-short-for-priority", "H2-FRAME-008",
     "HEADERS with PRIORITY and only 4 octets is a connection error.", NEEDS_TRANSPORT,
     too_short_for_its_fields,
     SIZED(FRAME_HEADERS, FLAG_PRIORITY | FLAG_END_HEADERS, .payload = OCTETS("\0\0\0\0"))},
    {"http2/frame-size/padded-data-without-pad-length", "H2-FRAME-008",
     "DATA with PADDED but no octets is a connection error.", NEEDS_TEST_SERVICE,
     too_short_for_its_fields, SIZED(FRAME_DATA, FLAG_PADDED, .payload = OCTETS(""))},
    {"http2/frame-size/priority-length-4", "H2-FRAME-011",
     "A PRIORITY of 4 octets is a FRAME_SIZE_ERROR.", NEEDS_TEST_SERVICE, priority_of_wrong_length,
     SIZED(.payload = OCTETS("\0\0\0\0"))},
    {"http2/frame-size/priority-length-6", "H2-FRAME-011",
     "A PRIORITY of 6 octets is a FRAME_SIZE_ERROR.", NEEDS_TEST_SERVICE, priority_of_wrong_length,
     SIZED(.payload = OCTETS("\0\0\0\0\17\0"))},

    {"http2/frame-size/data-too-long", "H2-FRAME-006",
     "DATA longer than the announced MAX_FRAME_SIZE is a FRAME_SIZE_ERROR.", NEEDS_TEST_SERVICE,
     data_too_long, NULL},
    {"http2/frame-size/headers-too-long", "H2-FRAME-007",
     "HEADERS longer than the announced MAX_FRAME_SIZE is a FRAME_SIZE_ERROR of the connection.",
     NEEDS_TRANSPORT, frame_too_long,
     SIZED(.type = FRAME_HEADERS, .flags = FLAG_END_HEADERS, .where = ON_AN_OPEN_STREAM)},
    {"http2/frame-size/continuation-too-long", "H2-FRAME-007",
     "CONTINUATION longer than the announced MAX_FRAME_SIZE is a FRAME_SIZE_ERROR of the "
     "connection.",
     NEEDS_TRANSPORT, continuation_too_long, NULL},
    {"http2/frame-size/settings-too-long", "H2-FRAME-007",
     "SETTINGS longer than the announced MAX_FRAME_SIZE is a FRAME_SIZE_ERROR.", NEEDS_TRANSPORT,
     frame_too_long, SIZED(.type = FRAME_SETTINGS)},
    {"http2/frame-size/goaway-too-long", "H2-FRAME-007",
     "GOAWAY longer than the announced MAX_FRAME_SIZE is a FRAME_SIZE_ERROR.", NEEDS_TRANSPORT,
     frame_too_long, SIZED(.type = FRAME_GOAWAY)},
    {"http2/frame-size/unknown-type-too-long", "H2-FRAME-007",
     "A frame of unknown type on stream 0 and longer than MAX_FRAME_SIZE is a FRAME_SIZE_ERROR.",
     NEEDS_TRANSPORT, frame_too_long, SIZED(.type = 0xbb)},

    {"http2/frame-size/data-of-16384", "H2-FRAME-005", "DATA of exactly 16384 octets is accepted.",
     NEEDS_TEST_SERVICE, data_of_16384, NULL},
    {"http2/frame-size/unknown-type-of-16384", "H2-FRAME-005 H2-FRAME-001",
     "A frame of unknown type and exactly 16384 octets is skipped whole.", NEEDS_TRANSPORT,
     unknown_type_of_16384, NULL},
};
const struct case_list frame_size_cases = {cases, ARRAY_LEN(cases)};
