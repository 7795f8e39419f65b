/* SPDX-License-Identifier: MIT
 *
 * Streams (RFC 9113 5.1): identifiers, states, concurrency, and what one stream may do to the others. A stream that
 * must stay open is a request the target cannot finish: incomplete, or with a response that has no window. */
#include "cases/cases.h"
#include "cases/http2/common.h"

#define HIGHEST_STREAM UINT32_C(0x7fffffff)

/* A whole EmptyCall on a stream id of our choice. */
static struct call *call_on_stream(struct conn *conn, uint32_t stream)
{
    struct call *call = new_call_on(conn, EMPTY_CALL);

    call->stream = stream;
    send_request_headers(call, NO_EDITS, 0);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    return call;
}

/* ---- identifiers ----------------------------------------------------------------------------- */

static void even_identifier(struct test *t)
{
    struct conn *conn = main_connection(t);

    call_on_stream(conn, 2);
    expect_connection_error(conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
}

/* A skipped stream is a closed stream. Servers that do not remember which ids were skipped and which were used drop
 * HEADERS for both alike; what none may do is serve it. */
static const struct outcome refused_or_dropped_as_closed[] = {
    GOAWAY(H2_PROTOCOL_ERROR),
    {OUTCOME_GOAWAY, H2_STREAM_CLOSED, true, "a connection error of another code"},
    {OUTCOME_RESET, H2_STREAM_CLOSED, true, "refused as a stream error only"},
    {OUTCOME_RESET, H2_PROTOCOL_ERROR, true, "refused as a stream error only"},
    {OUTCOME_IGNORED, 0, true, "dropped, as on a stream that has ended before"},
    {OUTCOME_CLOSE, 0, true,
     "a GOAWAY with the code SHOULD come before the close (RFC 9113 5.4.1)"},
    {.kind = OUTCOME_END},
};

static void lower_identifier(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *late;

    expect_answer(call_on_stream(conn, 5));
    late = call_on_stream(conn, 3);
    expect_outcome(late, refused_or_dropped_as_closed);
    expect(t, late->header_blocks == 0, "no response on the lower stream",
           "the request was served");
    expect_target_still_serves(t);
}

static void lower_identifier_while_open(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct call *late;

    call->stream = 9;
    send_request_headers(call, NO_EDITS, 0);
    late = call_on_stream(conn, 7);
    expect_outcome(late, refused_or_dropped_as_closed);
    expect(t, late->header_blocks == 0, "no response on the lower stream",
           "the request was served");
    expect_target_still_serves(t);
}

static void gaps(struct test *t)
{
    struct conn *conn = main_connection(t);

    expect_answer(call_on_stream(conn, 1));
    expect_answer(call_on_stream(conn, 9));
    expect_answer(call_on_stream(conn, 1001));
    expect_nothing_closed(conn);
    conn->next_stream = 1003;
    expect_connection_still_serves(conn);
}

static void highest_identifier(struct test *t)
{
    struct conn *conn = main_connection(t);

    expect_answer(call_on_stream(conn, 1));
    expect_answer(call_on_stream(conn, HIGHEST_STREAM));
    expect_target_still_serves(t);
}

/* Which error it is depends on whether the server still knows the stream. What it must not do is serve it again. */
static void identifier_used_again(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *again;

    expect_answer(call_on_stream(conn, 1));
    again = call_on_stream(conn, 1);
    expect_outcome(again, ONE_OF(GOAWAY(H2_PROTOCOL_ERROR), GOAWAY(H2_STREAM_CLOSED),
                                 LENIENT_RESET(H2_STREAM_CLOSED, "refused as a stream error only"),
                                 LENIENT_IGNORED("dropped, not refused"), LENIENT_CLOSE));
    expect(t, again->header_blocks == 0, "no second response on the stream",
           "the request was served again");
    expect_target_still_serves(t);
}

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

/* ---- many streams ---------------------------------------------------------------------------- */

#define HELD_MAX 1000

/* The target's limit, or 0 (and SKIP) when it has none that can be reached here. */
static uint32_t reachable_limit(struct conn *conn)
{
    uint32_t limit = conn->their_settings[SETTING_MAX_CONCURRENT_STREAMS];

    if (test_is_over(conn->t))
        return 0;
    if (conn->their_setting_seen[SETTING_MAX_CONCURRENT_STREAMS] && limit > 0 && limit <= HELD_MAX)
        return limit;
    test_skip(conn->t, "the target announces no limit of concurrent streams, or one above %d",
              HELD_MAX);
    return 0;
}

static void hold_streams(struct conn *conn, uint32_t count, struct call **first)
{
    *first = NULL;
    for (uint32_t i = 0; i < count; i++) {
        struct call *call = open_call_on(conn);
        if (*first == NULL)
            *first = call;
    }
    expect_ping_answer(conn);
}

#define CONNECTION_LOST "a connection error for a stream's fault"

static void concurrency_limit_is_enforced(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *first, *extra;

    hold_streams(conn, reachable_limit(conn), &first);
    extra = send_unary_on(conn, EMPTY_CALL, NO_BYTES);
    expect_outcome(extra,
                   ONE_OF(RESET(H2_REFUSED_STREAM), RESET(H2_PROTOCOL_ERROR),
                          LENIENT_RESET(H2_ENHANCE_YOUR_CALM, "a stream error of another code"),
                          LENIENT_GOAWAY(H2_PROTOCOL_ERROR, CONNECTION_LOST),
                          LENIENT_GOAWAY(H2_REFUSED_STREAM, CONNECTION_LOST),
                          LENIENT_GOAWAY(H2_ENHANCE_YOUR_CALM, CONNECTION_LOST), LENIENT_CLOSE));
    if (conn->goaways > 0 || conn->closed != NOT_CLOSED) {
        expect_target_still_serves(t);
        return;
    }
    if (first != NULL)
        complete_call(first);
    expect_nothing_closed(conn);
}

static void closing_frees_a_slot(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *first;

    hold_streams(conn, reachable_limit(conn), &first);
    if (first != NULL)
        complete_call(first);
    expect_call_works(conn);
    expect_nothing_closed(conn);
}

/* No more than a server with a small pool of threads allows. Ended in the reverse of the order they began in. */
static void concurrent_calls(struct test *t)
{
    struct call *calls[8];

    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        calls[i] = open_call(t);
    for (size_t i = ARRAY_LEN(calls); i > 0; i--)
        complete_call(calls[i - 1]);
    expect_connection_still_serves(main_connection(t));
}

struct upload {
    struct call *call;
    struct buf message;
    size_t payload;
};

static void begin_upload(struct test *t, struct upload *upload, size_t payload)
{
    struct buf request = {0};

    upload->payload = payload;
    upload->call = new_call(t, STREAMING_INPUT_CALL);
    pb_put_input_request(&request, payload, -1);
    put_message_prefix(&upload->message, 0, (uint32_t)request.len);
    buf_put(&upload->message, buf_view(&request));
    send_request_headers(upload->call, NO_EDITS, 0);
    buf_clear(&request);
}

static void end_upload(struct test *t, struct upload *upload)
{
    struct message answer;

    half_close(upload->call);
    answer = next_message(upload->call);
    expect_status(upload->call, GRPC_OK);
    expect(t, pb_aggregated_size(answer.payload) == (int64_t)upload->payload,
           "each stream gets its own octets", "%lld octets of payload where %zu were sent",
           (long long)pb_aggregated_size(answer.payload), upload->payload);
    buf_clear(&upload->message);
}

/* Several uploads, an octet of each in turn. */
static void interleaved_streams(struct test *t)
{
    struct upload uploads[8] = {{0}};

    for (size_t i = 0; i < ARRAY_LEN(uploads); i++)
        begin_upload(t, &uploads[i], 10 + i);
    for (size_t at = 0; at < 64; at++)
        for (size_t i = 0; i < ARRAY_LEN(uploads); i++)
            if (at < uploads[i].message.len)
                send_data(uploads[i].call, bytes_of(uploads[i].message.data + at, 1), 0);
    for (size_t i = 0; i < ARRAY_LEN(uploads); i++)
        end_upload(t, &uploads[i]);
    expect_connection_still_serves(main_connection(t));
}

/* A stream error beside a call that is in the middle of its request and one that waits for a window. */
static bool has_failed(const struct conn *conn, const void *arg)
{
    const struct call *call = arg;
    return call->reset || call->remote_closed || conn->goaways > 0 || conn->closed != NOT_CLOSED;
}

/* RFC 9113 5.4.1 lets it be an error of the connection; then the others are lost with it. */
static void a_stream_error_is_local(struct test *t)
{
    struct call *blocked = blocked_call(t, 1000);
    struct conn *conn = blocked->conn;
    struct call *open = open_call_on(conn);
    struct call *bad = new_call_on(conn, EMPTY_CALL);

    send_request_headers(bad, EDITS({EDIT_ADD, "connection", OCTETS("keep-alive")}),
                         FLAG_END_STREAM);
    wait_until(conn, has_failed, bad);
    if (!connection_goes_on(bad)) {
        test_lenient(t, HERE, "an error of a stream", "a connection error for a stream's fault");
        expect_target_still_serves(t);
        return;
    }
    release_call(blocked);
    complete_call(open);
    expect_connection_still_serves(conn);
}

static const struct test_case cases[] = {
    {"http2/streams/even-identifier", "H2-STREAM-001",
     "A stream with an even identifier is a PROTOCOL_ERROR.", NEEDS_TRANSPORT, even_identifier,
     NULL},
    {"http2/streams/lower-identifier", "H2-STREAM-002 H2-STREAM-005",
     "A new stream below an earlier one is a PROTOCOL_ERROR.", NEEDS_TRANSPORT, lower_identifier,
     NULL},
    {"http2/streams/lower-identifier-while-open", "H2-STREAM-002",
     "A new stream below one that is still open is a PROTOCOL_ERROR.", NEEDS_TRANSPORT,
     lower_identifier_while_open, NULL},
    {"http2/streams/gaps", "H2-STREAM-005", "Stream identifiers may be skipped.", NEEDS_TRANSPORT,
     gaps, NULL},
    {"http2/streams/highest-identifier", "H2-STREAM-005", "Stream 2^31-1 is served like any other.",
     NEEDS_TRANSPORT, highest_identifier, NULL},
    {"http2/streams/identifier-used-again", "H2-STREAM-003",
     "HEADERS on a stream that has ended are an error of the connection and not served.",
     NEEDS_TRANSPORT, identifier_used_again, NULL},

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
    {"http2/streams/silent-after-end-stream", "H2-STREAM-017",
     "After END_STREAM a server sends nothing more on the stream.", NEEDS_TEST_SERVICE,
     silent_after_end_stream, NULL},

    {"http2/streams/concurrency-limit-enforced", "H2-STREAM-015",
     "A stream above the announced limit is refused, and only that one.", NEEDS_TEST_SERVICE,
     concurrency_limit_is_enforced, NULL},
    {"http2/streams/closing-frees-a-slot", "H2-STREAM-016",
     "At the limit, the end of one stream makes room for another.", NEEDS_TEST_SERVICE,
     closing_frees_a_slot, NULL},
    {"http2/streams/concurrent-calls", "H2-STREAM-020",
     "Eight calls open at once all end, in any order.", NEEDS_TRANSPORT, concurrent_calls, NULL},
    {"http2/streams/interleaved", "H2-STREAM-020",
     "Streams whose DATA comes octet by octet in turn stay apart.", NEEDS_TEST_SERVICE,
     interleaved_streams, NULL},
    {"http2/streams/error-is-local", "H2-STREAM-021",
     "A stream error leaves the other streams alone.", NEEDS_TEST_SERVICE, a_stream_error_is_local,
     NULL},
};
const struct case_list stream_cases = {cases, ARRAY_LEN(cases)};
