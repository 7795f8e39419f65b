/* SPDX-License-Identifier: MIT
 *
 * Stream states (RFC 9113 5.1): what may come on a stream that is idle, half-closed or closed. A stream that must stay
 * open is a request the target cannot finish: incomplete, or with a response that has no window. */
#include "cases/cases.h"
#include "cases/http2/common.h"

/* ---- idle ------------------------------------------------------------------------------------ */

static void data_on_an_idle_stream(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);

    send_frame(call->conn, FRAME_DATA, FLAG_END_STREAM, call->stream, BYTES("\0\0\0\0\0"));
    expect_outcome(
        call, ONE_OF(GOAWAY(H2_PROTOCOL_ERROR),
                     LENIENT_GOAWAY(H2_STREAM_CLOSED, "a connection error of another code"),
                     LENIENT_RESET(H2_STREAM_CLOSED, "a stream error for a stream that never was"),
                     LENIENT_RESET(H2_PROTOCOL_ERROR, "a stream error for a stream that never was"),
                     LENIENT_CLOSE));
    expect_target_still_serves(t);
}

static void window_update_on_an_idle_stream(struct test *t)
{
    struct conn *conn = main_connection(t);

    send_window_update(conn, 5, 100);
    expect_connection_error(conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
}

/* ---- half-closed (remote) -------------------------------------------------------------------- */

static const struct outcome stream_is_closed[] = {
    RESET(H2_STREAM_CLOSED),
    GOAWAY(H2_STREAM_CLOSED),
    {OUTCOME_RESET, H2_PROTOCOL_ERROR, true, "a stream error of another code"},
    {OUTCOME_GOAWAY, H2_PROTOCOL_ERROR, true, "a connection error of another code"},
    {OUTCOME_GOAWAY, H2_INTERNAL_ERROR, true, "a connection error of another code"},
    {OUTCOME_CLOSE, 0, true,
     "a GOAWAY with the code SHOULD come before the close (RFC 9113 5.4.1)"},
    {.kind = OUTCOME_END},
};

static void data_after_end_stream(struct test *t)
{
    struct call *call = blocked_call(t, 100);

    send_frame(call->conn, FRAME_DATA, 0, call->stream, BYTES("\0\0\0\0\0"));
    expect_outcome(call, stream_is_closed);
    if (call->reset) {
        open_windows(call->conn);
        expect_connection_still_serves(call->conn);
    }
    expect_target_still_serves(t);
}

static void headers_after_end_stream(struct test *t)
{
    struct call *call = blocked_call(t, 100);
    const struct field late = FIELD("x-late", "trailer");

    send_fields(call->conn, call->stream, &late, 1, FLAG_END_STREAM);
    expect_outcome(call, stream_is_closed);
    if (call->reset) {
        open_windows(call->conn);
        expect_connection_still_serves(call->conn);
    }
    expect_target_still_serves(t);
}

static void window_update_after_end_stream(struct test *t)
{
    struct call *call = blocked_call(t, 100);

    send_window_update(call->conn, call->stream, 10);
    expect_exactly(call, 10);
    release_call(call);
    expect_connection_still_serves(call->conn);
}

static void reset_after_end_stream(struct test *t)
{
    struct call *call = blocked_call(t, 100);
    size_t since;

    cancel_call(call);
    since = t->transcript.count;
    open_windows(call->conn);
    expect_connection_still_serves(call->conn);
    expect(t, frames_received_since(call->conn, since, call->stream) == 0,
           "nothing more on a stream that was reset", "%zu more frames",
           frames_received_since(call->conn, since, call->stream));
}

/* ---- closed ---------------------------------------------------------------------------------- */

/* The server may refuse what comes after our own RST_STREAM or drop it; a second life of the stream is wrong. */
static const struct outcome refused_or_dropped[] = {
    IGNORED, /* or a stream error: the connection goes on */
    GOAWAY(H2_STREAM_CLOSED),
    {OUTCOME_GOAWAY, H2_PROTOCOL_ERROR, true, "a connection error of another code"},
    {OUTCOME_GOAWAY, H2_INTERNAL_ERROR, true, "a connection error of another code"},
    {OUTCOME_CLOSE, 0, true,
     "a GOAWAY with the code SHOULD come before the close (RFC 9113 5.4.1)"},
    {.kind = OUTCOME_END},
};

static void data_after_own_reset(struct test *t)
{
    struct call *call = open_call(t);

    cancel_call(call);
    send_frame(call->conn, FRAME_DATA, FLAG_END_STREAM, call->stream, BYTES("\0\0\0\0\0"));
    expect_connection_outcome(call->conn, refused_or_dropped);
    if (call->conn->goaways == 0 && call->conn->closed == NOT_CLOSED)
        expect_connection_still_serves(call->conn);
    expect(t, call_status(call) != GRPC_OK, "the request that was reset is not served",
           "it ended with OK");
    expect_target_still_serves(t);
}

static void headers_after_own_reset(struct test *t)
{
    struct call *call = open_call(t);
    const struct field late = FIELD("x-late", "trailer");

    cancel_call(call);
    send_fields(call->conn, call->stream, &late, 1, FLAG_END_STREAM);
    expect_connection_outcome(call->conn, refused_or_dropped);
    if (call->conn->goaways == 0 && call->conn->closed == NOT_CLOSED)
        expect_connection_still_serves(
            call->conn); /* its headers use the entry that the late block has made */
    expect_target_still_serves(t);
}

static void reset_twice(struct test *t)
{
    struct call *call = open_call(t);

    send_rst_stream(call->conn, call->stream, H2_CANCEL);
    send_rst_stream(call->conn, call->stream, H2_CANCEL);
    expect_connection_outcome(
        call->conn,
        ONE_OF(IGNORED, LENIENT_GOAWAY(H2_STREAM_CLOSED, "an error for a stream just closed"),
               LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "an error for a stream just closed")));
    expect_target_still_serves(t);
}

/* These cross the server's END_STREAM on the wire in any busy connection. */
static void frames_just_after_close(struct test *t)
{
    uint8_t type = *(const uint8_t *)t->arg;
    struct conn *conn = main_connection(t);
    struct call *call = send_unary_on(conn, EMPTY_CALL, NO_BYTES);

    expect_answer(call);
    if (type == FRAME_WINDOW_UPDATE)
        send_window_update(conn, call->stream, 5);
    else
        send_rst_stream(conn, call->stream, H2_CANCEL);
    expect_call_works(conn);
    expect_nothing_closed(conn);
    expect_connection_still_serves(conn);
}

/* A request that needs no message to be refused, and DATA that was on its way. What is refused at once has been when
 * twenty calls have gone by. */
static void data_on_a_refused_stream(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, UNIMPLEMENTED_CALL);

    send_request_headers(call, NO_EDITS, 0);
    for (int i = 0; i < 20 && !call_has_all(call); i++)
        expect_connection_still_serves(conn);
    size_t before = frames_received(conn, FRAME_RST_STREAM, call->stream);
    for (int i = 0; i < 10; i++)
        send_frame(conn, FRAME_DATA, 0, call->stream, BYTES("\0\0\0\0\0"));
    send_frame(conn, FRAME_DATA, FLAG_END_STREAM, call->stream, NO_BYTES);
    wait_for_all(call);
    expect(t, conn->closed == NOT_CLOSED, "a refused request costs its own stream",
           "the connection was closed");
    expect_connection_still_serves(conn);
    size_t resets = frames_received(conn, FRAME_RST_STREAM, call->stream) - before;
    if (resets > 1)
        test_lenient(t, HERE, "one RST_STREAM for a stream and round trip",
                     "%zu of them for eleven frames at once", resets);
}

enum { LATE_WINDOW_UPDATE, LATE_TRAILERS };

/* The target has reset the stream of a malformed request; what was on its way then is discarded. */
static void frames_on_a_stream_it_has_reset(struct test *t)
{
    bool trailers = *(const int *)t->arg == LATE_TRAILERS;
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);

    send_request_headers(call, EDITS({EDIT_ADD, "connection", OCTETS("keep-alive")}), 0);
    wait_for_all(call);
    if (!call->reset || !connection_goes_on(call)) {
        test_skip(t, "the target does not reset the stream of a malformed request");
        return;
    }
    if (trailers)
        send_trailers(call, &FIELD("x-late", "trailers"), 1);
    else
        send_window_update(conn, call->stream, 1000);
    if (!connection_goes_on(call)) {
        test_lenient(t, HERE, "frames on a stream that was reset are discarded",
                     "the connection is closed for them");
        expect_target_still_serves(t);
        return;
    }
    expect_connection_still_serves(conn);
}

static void silent_after_end_stream(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = send_unary_on(conn, UNARY_CALL, NO_BYTES);
    size_t since;

    expect_status(call, GRPC_OK);
    since = t->transcript.count;
    send_window_update(conn, call->stream, 1000);
    expect_call_works(conn);
    expect(t,
           frames_received_since(conn, since, call->stream) <=
               frames_received(conn, FRAME_RST_STREAM, call->stream),
           "after END_STREAM only RST_STREAM may come", "other frames came");
    expect_connection_still_serves(conn);
}

static const struct test_case cases[] = {
    {"http2/streams/data-on-an-idle-stream", "H2-STREAM-006",
     "DATA on an idle stream is a PROTOCOL_ERROR.", NEEDS_TRANSPORT, data_on_an_idle_stream, NULL},
    {"http2/streams/window-update-on-an-idle-stream", "H2-STREAM-007",
     "WINDOW_UPDATE on an idle stream is a PROTOCOL_ERROR.", NEEDS_TRANSPORT,
     window_update_on_an_idle_stream, NULL},

    {"http2/streams/data-after-end-stream", "H2-STREAM-009",
     "DATA after END_STREAM is a STREAM_CLOSED error of the stream.", NEEDS_TEST_SERVICE,
     data_after_end_stream, NULL},
    {"http2/streams/headers-after-end-stream", "H2-STREAM-010",
     "HEADERS after END_STREAM is a STREAM_CLOSED error of the stream.", NEEDS_TEST_SERVICE,
     headers_after_end_stream, NULL},
    {"http2/streams/window-update-after-end-stream", "H2-STREAM-011",
     "WINDOW_UPDATE on a half-closed stream opens its window.", NEEDS_TEST_SERVICE,
     window_update_after_end_stream, NULL},
    {"http2/streams/rst-stream-after-end-stream", "H2-STREAM-011 H2-STREAM-018",
     "RST_STREAM on a half-closed stream ends its response.", NEEDS_TEST_SERVICE,
     reset_after_end_stream, NULL},

    {"http2/streams/data-after-own-reset", "H2-STREAM-012",
     "DATA after the client's own RST_STREAM is refused or dropped, and never served.",
     NEEDS_TEST_SERVICE, data_after_own_reset, NULL},
    {"http2/streams/headers-after-own-reset", "H2-STREAM-012 H2-STREAM-013",
     "HEADERS after the client's own RST_STREAM are refused, or dropped with the table kept in "
     "step.",
     NEEDS_TEST_SERVICE, headers_after_own_reset, NULL},
    {"http2/streams/reset-twice", "H2-STREAM-014", "A second RST_STREAM for a stream does no harm.",
     NEEDS_TRANSPORT, reset_twice, NULL},
    {"http2/streams/window-update-just-after-close", "H2-STREAM-014",
     "WINDOW_UPDATE for a stream that has just ended does no harm.", NEEDS_TRANSPORT,
     frames_just_after_close, &(const uint8_t){FRAME_WINDOW_UPDATE}},
    {"http2/streams/rst-stream-just-after-close", "H2-STREAM-014",
     "RST_STREAM for a stream that has just ended does no harm.", NEEDS_TRANSPORT,
     frames_just_after_close, &(const uint8_t){FRAME_RST_STREAM}},
    {"http2/streams/data-on-a-refused-stream", "H2-STREAM-019 H2-STREAM-021",
     "DATA on its way to a request that was refused does no harm, and is answered by one "
     "RST_STREAM at most.",
     NEEDS_TRANSPORT, data_on_a_refused_stream, NULL},
    {"http2/streams/window-update-on-a-refused-stream", "H2-STREAM-013",
     "WINDOW_UPDATE on its way to a stream that was reset does no harm.", NEEDS_TRANSPORT,
     frames_on_a_stream_it_has_reset, &(const int){LATE_WINDOW_UPDATE}},
    {"http2/streams/trailers-on-a-refused-stream", "H2-STREAM-013",
     "Trailers on their way to a stream that was reset do no harm.", NEEDS_TRANSPORT,
     frames_on_a_stream_it_has_reset, &(const int){LATE_TRAILERS}},
    {"http2/streams/silent-after-end-stream", "H2-STREAM-017",
     "After END_STREAM a server sends nothing more on the stream.", NEEDS_TEST_SERVICE,
     silent_after_end_stream, NULL},
};
const struct case_list stream_state_cases = {cases, ARRAY_LEN(cases)};
