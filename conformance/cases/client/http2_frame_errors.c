/* SPDX-License-Identifier: MIT
 *
 * Frames of a server that end the connection (RFC 9113 4.2, 5.4.1, 6): on streams where they must not be, too short
 * for their fields, with more padding than payload. Frames that are too long are in http2_frame_sizes.c. */
#include "cases/client/client_cases.h"
#include "cases/client/frame_row.h"

/* ends_the_connection() behind response headers: DATA is only legal there. */
static void ends_the_connection_after_headers(struct test *t)
{
    const struct some_frame *row = t->arg;
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_frame(call->conn, row->type, row->flags, stream_at(call, row->where), row->payload);
    finish_ok(call);
    expect_connection_lost(call, row->code);
}

/* Some make an error of the stream of it, which leaves the connection in step: the block is not decoded. */
static void headers_padding_too_long(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_frame(call->conn, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_PADDED, call->stream,
               BYTES("\2\x88"));
    await_let_go(call);
    if (call->reset && call->conn->closed == NOT_CLOSED && call->conn->goaways == 0) {
        test_lenient(t, HERE, "GOAWAY(PROTOCOL_ERROR)", "RST_STREAM: the stream's error only");
        expect_client_error(t);
        return;
    }
    finish_ok(call);
    expect_connection_lost(call, H2_PROTOCOL_ERROR);
}

static void push_promise(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct conn *conn = call->conn;
    bool off = conn->their_setting_seen[SETTING_ENABLE_PUSH] &&
               conn->their_settings[SETTING_ENABLE_PUSH] == 0;
    const struct field request[] = {FIELD(":method", "GET"), FIELD(":scheme", "http"),
                                    FIELD(":path", "/"), FIELD(":authority", "localhost")};

    send_push_promise(call, 2, request, ARRAY_LEN(request));
    if (off) {
        expect_connection_lost(call, H2_PROTOCOL_ERROR);
        return;
    }
    test_note(t, "the client has not sent ENABLE_PUSH=0, so it may be promised streams");
    await_answer_or_end(conn); /* or the response hides what the promise does to the call */
    serve_call(call);
    expect_client_outcome(t, ONE_OF(STATUS(GRPC_OK), ANY_ERROR));
}

static void priority_of_wrong_length(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_frame(call->conn, FRAME_PRIORITY, 0, call->stream, BYTES("\0\0\0\0"));
    expect_outcome(
        call, ONE_OF(RESET(H2_FRAME_SIZE_ERROR), GOAWAY(H2_FRAME_SIZE_ERROR),
                     LENIENT_RESET(H2_PROTOCOL_ERROR, "a stream error of another code"),
                     LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "a connection error of another code"),
                     LENIENT_CLOSE, LENIENT_IGNORED("PRIORITY is deprecated, and skipped unread")));
}

/* clang-format off */
#define FATAL(word, clauses, title, ...)                                                                           \
    {"client/http2/frames/" word, clauses, title, NEEDS_CLIENT, ends_the_connection, A_FRAME(__VA_ARGS__)}
#define FATAL_AFTER_HEADERS(word, clauses, title, ...)                                                             \
    {"client/http2/frames/" word, clauses, title, NEEDS_CLIENT, ends_the_connection_after_headers, A_FRAME(__VA_ARGS__)}
/* clang-format on */

static const struct test_case cases[] = {
    FATAL("data-on-stream-0", "H2-FRAME-028 H2-ERR-002", "DATA on stream 0 is a PROTOCOL_ERROR.",
          FRAME_DATA, 0, ON_STREAM_0, OCTETS("\0\0\0\0\0"), H2_PROTOCOL_ERROR),
    FATAL("headers-on-stream-0", "H2-FRAME-026", "HEADERS on stream 0 is a PROTOCOL_ERROR.",
          FRAME_HEADERS, FLAG_END_HEADERS, ON_STREAM_0, OCTETS("\x88"), H2_PROTOCOL_ERROR),
    FATAL("priority-on-stream-0", "H2-FRAME-010", "PRIORITY on stream 0 is a PROTOCOL_ERROR.",
          FRAME_PRIORITY, 0, ON_STREAM_0, OCTETS("\0\0\0\3\17"), H2_PROTOCOL_ERROR),
    FATAL("reset-on-stream-0", "H2-FRAME-014", "RST_STREAM on stream 0 is a PROTOCOL_ERROR.",
          FRAME_RST_STREAM, 0, ON_STREAM_0, OCTETS("\0\0\0\10"), H2_PROTOCOL_ERROR),
    FATAL("reset-on-an-idle-stream", "H2-FRAME-015",
          "RST_STREAM on an idle stream is a PROTOCOL_ERROR.", FRAME_RST_STREAM, 0,
          ON_AN_UNOPENED_STREAM, OCTETS("\0\0\0\10"), H2_PROTOCOL_ERROR),
    FATAL("reset-of-wrong-length", "H2-FRAME-016", "RST_STREAM of 3 octets is a FRAME_SIZE_ERROR.",
          FRAME_RST_STREAM, 0, ON_THE_CALL, OCTETS("\0\0\10"), H2_FRAME_SIZE_ERROR),
    FATAL("goaway-too-short", "H2-FRAME-008", "GOAWAY of 7 octets is a FRAME_SIZE_ERROR.",
          FRAME_GOAWAY, 0, ON_STREAM_0, OCTETS("\0\0\0\0\0\0\0"), H2_FRAME_SIZE_ERROR),
    FATAL("headers-too-short-for-priority", "H2-FRAME-008",
          "HEADERS too short for its priority fields is a FRAME_SIZE_ERROR.", FRAME_HEADERS,
          FLAG_END_HEADERS | FLAG_PRIORITY, ON_THE_CALL, OCTETS("\0\0\0\0"), H2_FRAME_SIZE_ERROR),
    {"client/http2/frames/headers-padding-too-long", "H2-FRAME-027",
     "HEADERS with more padding than payload is a PROTOCOL_ERROR.", NEEDS_CLIENT,
     headers_padding_too_long, NULL},
    FATAL_AFTER_HEADERS("data-padding-too-long", "H2-FRAME-029",
                        "DATA with more padding than payload is a PROTOCOL_ERROR.", FRAME_DATA,
                        FLAG_PADDED, ON_THE_CALL, OCTETS("\5\0\0\0\0"), H2_PROTOCOL_ERROR),
    {"client/http2/frames/push-promise", "H2-FRAME-020",
     "PUSH_PROMISE to a client that disabled push is a PROTOCOL_ERROR.", NEEDS_CLIENT, push_promise,
     NULL},
    {"client/http2/frames/priority-of-wrong-length", "H2-FRAME-011",
     "PRIORITY of 4 octets is a FRAME_SIZE_ERROR of its stream.", NEEDS_CLIENT,
     priority_of_wrong_length, NULL},
};
const struct case_list client_frame_error_cases = {cases, ARRAY_LEN(cases)};
