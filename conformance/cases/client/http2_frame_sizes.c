/* SPDX-License-Identifier: MIT
 *
 * The length of frames (RFC 9113 4.2): the longest that is allowed, longer ones, and one that the end of the
 * connection cuts off. */
#include "cases/client/client_cases.h"
#include "cases/client/frame_row.h"

#define ANY_FIELD_SIZE 9

static void longest_frame(struct test *t)
{
    struct call *call = first_call(t, &large_unary);
    struct buf message = {0};

    put_response_message(call, 314159, &message);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    for (struct bytes rest = buf_view(&message); rest.len > 0;) {
        struct bytes piece = bytes_first(rest, rest.len < 16384 ? rest.len : 16384);
        send_data(call, piece, FLAG_NONE);
        rest = bytes_skip(rest, piece.len);
    }
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
    buf_clear(&message);
}

static uint32_t one_too_long(struct call *call)
{
    uint32_t limit = call->conn->their_settings[SETTING_MAX_FRAME_SIZE];

    if (limit >= 1 << 20)
        test_skip(call->conn->t, "the client takes frames of %u octets", limit);
    return limit + 1;
}

static void data_too_long(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    uint32_t length = one_too_long(call);
    struct buf payload = {0};

    if (call->send_window < length || call->conn->send_window < length)
        test_skip(t, "the client's windows are smaller than its MAX_FRAME_SIZE");
    put_octets(&payload, 0, length);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_frame(call->conn, FRAME_DATA, 0, call->stream, buf_view(&payload));
    expect_outcome(call,
                   ONE_OF(RESET(H2_FRAME_SIZE_ERROR), GOAWAY(H2_FRAME_SIZE_ERROR),
                          LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "a connection error of another code"),
                          LENIENT_GOAWAY(H2_INTERNAL_ERROR, "a connection error of another code"),
                          LENIENT_CLOSE));
    expect_client_error(t);
    buf_clear(&payload);
}

static void headers_too_long(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    uint32_t length = one_too_long(call);
    struct buf block = {0};

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    while (block.len + ANY_FIELD_SIZE < length)
        buf_put(&block, BYTES(A_FIELD));
    hpack_put_literal(&block, LITERAL_NOT_INDEXED, BYTES("x-fill"), BYTES("0123456789"));
    send_frame(call->conn, FRAME_HEADERS, FLAG_END_HEADERS, call->stream, buf_view(&block));
    finish_ok(call);
    expect_connection_lost(call, H2_FRAME_SIZE_ERROR);
    buf_clear(&block);
}

/* A setting that nobody knows, as often as it takes. */
static void settings_too_long(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    uint32_t length = one_too_long(call);
    struct buf settings = {0};

    while (settings.len < length)
        buf_put(&settings, BYTES("\xf0\xf0\0\0\0\1"));
    send_frame(call->conn, FRAME_SETTINGS, 0, 0, buf_view(&settings));
    finish_ok(call);
    expect_connection_lost(call, H2_FRAME_SIZE_ERROR);
    buf_clear(&settings);
}

/* The frame would end the message; half of it comes, then the end of the connection. */
static void close_inside_a_frame(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_lying_frame(call->conn, 5, FRAME_DATA, 0, call->stream, BYTES("\0\0\0"));
    close_transport(call->conn);
    expect_client_outcome(
        t, ONE_OF(STATUS(GRPC_UNAVAILABLE), LENIENT_ANY_ERROR("a lost connection is UNAVAILABLE")));
}

static const struct test_case cases[] = {
    {"client/http2/frames/longest-allowed", "H2-FRAME-005",
     "DATA of exactly 16384 octets is accepted.", NEEDS_CLIENT, longest_frame, NULL},
    {"client/http2/frames/data-too-long", "H2-FRAME-006",
     "DATA longer than MAX_FRAME_SIZE is a FRAME_SIZE_ERROR.", NEEDS_CLIENT, data_too_long, NULL},
    {"client/http2/frames/headers-too-long", "H2-FRAME-007",
     "HEADERS longer than MAX_FRAME_SIZE is a FRAME_SIZE_ERROR of the connection.", NEEDS_CLIENT,
     headers_too_long, NULL},
    {"client/http2/frames/settings-too-long", "H2-FRAME-007",
     "SETTINGS longer than MAX_FRAME_SIZE is a FRAME_SIZE_ERROR of the connection.", NEEDS_CLIENT,
     settings_too_long, NULL},
    {"client/http2/frames/close-inside-a-frame", "H2-FRAME-035",
     "A connection that ends inside a frame fails the call.", NEEDS_CLIENT, close_inside_a_frame,
     NULL},
};
const struct case_list client_frame_size_cases = {cases, ARRAY_LEN(cases)};
