/* SPDX-License-Identifier: MIT
 *
 * Flow control (RFC 9113 5.2, 6.9), both ways: that the target sends what the windows allow, not an octet more, and
 * that it gives back what it was sent. Octets are counted exactly; a further call after the count is the barrier. */
#include "cases/cases.h"
#include "cases/http2/common.h"

/* ---- the target sends ---------------------------------------------------------------------------------------- */

static void trailers_only_without_window(struct test *t)
{
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));
    struct call *call = send_unary_on(conn, UNIMPLEMENTED_CALL, NO_BYTES);

    expect_headers(call);
    if (t->target->has_test_service)
        expect_status(call, GRPC_UNIMPLEMENTED);
    open_windows(conn);
    expect_connection_still_serves(conn);
}

static void headers_without_window(struct test *t)
{
    struct call *call = blocked_call(t, 1000);

    expect_exactly(call, 0);
    release_call(call);
    expect_connection_still_serves(call->conn);
}

/* An empty response message is five octets: with a window of five, nothing is left when the trailers are due. */
static void trailers_without_window(struct test *t)
{
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 5}));
    struct call *call = send_unary_on(conn, EMPTY_CALL, NO_BYTES);

    conn->auto_window = false;
    expect_status(call, GRPC_OK);
    expect_data_octets(call, 5);
    open_windows(conn);
    expect_connection_still_serves(conn);
}

static void window_of_one(struct test *t)
{
    static const uint32_t steps[] = {1, 1, 2, 7, 100, 389};
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 1}));
    struct call *call;
    size_t allowed = 1;

    conn->auto_window = false;
    call = ask_for(conn, 1000);
    expect_exactly(call, allowed);
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        send_window_update(conn, call->stream, steps[i]);
        allowed += steps[i];
        expect_exactly(call, allowed);
    }
    release_call(call);
    expect_connection_still_serves(conn);
}

static void random_steps(struct test *t)
{
    struct call *call = blocked_call(t, 60000);
    size_t allowed = 0;

    for (int i = 0; i < 20 && !test_is_over(t); i++) {
        uint32_t step = (uint32_t)(1 + test_random(t) % 2500);
        send_window_update(call->conn, call->stream, step);
        allowed += step;
        expect_exactly(call, allowed);
    }
    release_call(call);
    expect_connection_still_serves(call->conn);
}

static void many_small_updates(struct test *t)
{
    struct call *call = blocked_call(t, 2000);

    for (int i = 0; i < 500; i++)
        send_window_update(call->conn, call->stream, 1);
    if (!connection_goes_on(call))
        test_skip(t, "the target takes five hundred small increments for a flood");
    expect_exactly(call, 500);
    release_call(call);
    expect_connection_still_serves(call->conn);
}

static void reserved_bit_of_increment(struct test *t)
{
    struct call *call = blocked_call(t, 1000);

    send_window_update(call->conn, call->stream, UINT32_C(0x80000000) | 10);
    expect_exactly(call, 10);
    release_call(call);
    expect_connection_still_serves(call->conn);
}

/* ---- the connection window ----------------------------------------------------------------------------------- */

/* Stream windows are wide, and nobody gives back the connection's. */
static struct conn *connect_with_wide_streams(struct test *t)
{
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 1 << 20}));

    conn->auto_window = false;
    return conn;
}

static void connection_window_limits(struct test *t)
{
    struct conn *conn = connect_with_wide_streams(t);
    struct call *call = ask_for(conn, 300000);

    expect_exactly(call, DEFAULT_WINDOW);
    send_window_update(conn, 0, 1000);
    expect_exactly(call, DEFAULT_WINDOW + 1000);
    release_call(call);
    expect_connection_still_serves(conn);
}

static bool connection_window_is_used_up(const struct conn *conn, const void *arg)
{
    (void)arg;
    return conn->receive_window <= 0;
}

static void connection_window_is_shared(struct test *t)
{
    struct conn *conn = connect_with_wide_streams(t);
    struct call *a = ask_for(conn, 50000);
    struct call *b = ask_for(conn, 50000);
    struct call *barrier;

    wait_until(conn, connection_window_is_used_up, NULL);
    barrier = send_unary_on(conn, UNIMPLEMENTED_CALL, NO_BYTES);
    expect_status(barrier, GRPC_UNIMPLEMENTED);
    expect(t, a->data.len + b->data.len == DEFAULT_WINDOW,
           "both responses together take the connection window", "%zu octets of %d",
           a->data.len + b->data.len, DEFAULT_WINDOW);
    open_windows(conn);
    expect_status(a, GRPC_OK);
    expect_status(b, GRPC_OK);
    expect_connection_still_serves(conn);
}

static void connection_window_is_not_a_streams(struct test *t)
{
    struct call *call = blocked_call(t, 1000);

    send_window_update(call->conn, 0, 1 << 20);
    expect_exactly(call, 0);
    release_call(call);
    expect_connection_still_serves(call->conn);
}

static void a_blocked_stream_does_not_block_others(struct test *t)
{
    struct conn *conn = connect_h2(t);
    struct call *blocked, *other;

    send_window_update(conn, 0, 1 << 20);
    conn->auto_window = false;
    blocked = ask_for(conn, 500000);
    expect_exactly(blocked, DEFAULT_WINDOW);
    for (int i = 0; i < 3; i++) {
        other = ask_for(conn, 60000);
        expect_status(other, GRPC_OK);
    }
    release_call(blocked);
    expect_connection_still_serves(conn);
}

/* ---- INITIAL_WINDOW_SIZE and open streams -------------------------------------------------------------------- */

static void set_initial_window(struct conn *conn, uint32_t size)
{
    unsigned acks = conn->settings_acks;

    send_settings(conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, size}));
    expect_settings_acks(conn, acks + 1);
}

static void raised_setting_opens_streams(struct test *t)
{
    struct call *call = blocked_call(t, 1000);

    expect_exactly(call, 0);
    set_initial_window(call->conn, 10);
    expect_exactly(call, 10);
    set_initial_window(call->conn, 300);
    expect_exactly(call, 300);
    release_call(call);
    expect_connection_still_serves(call->conn);
}

static void lowered_setting_makes_windows_negative(struct test *t)
{
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 100}));
    struct call *call;

    conn->auto_window = false;
    call = ask_for(conn, 1000);
    expect_exactly(call, 100);
    set_initial_window(conn, 10); /* the window is now -90 */
    send_window_update(conn, call->stream, 90);
    expect_exactly(call, 100);
    send_window_update(conn, call->stream, 1);
    expect_exactly(call, 101);
    release_call(call);
    expect_connection_still_serves(conn);
}

static void lowered_to_zero_and_back(struct test *t)
{
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 50}));
    struct call *call;

    conn->auto_window = false;
    call = ask_for(conn, 1000);
    expect_exactly(call, 50);
    set_initial_window(conn, 0);  /* -50 */
    set_initial_window(conn, 50); /* 0 */
    expect_exactly(call, 50);
    set_initial_window(conn, 60);
    expect_exactly(call, 60);
    release_call(call);
    expect_connection_still_serves(conn);
}

static void setting_overflows_a_window(struct test *t)
{
    struct call *call = open_call(t);

    send_window_update(call->conn, call->stream, 0x7fffffff - DEFAULT_WINDOW);
    send_settings(call->conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, DEFAULT_WINDOW + 1}));
    expect_outcome(call,
                   ONE_OF(GOAWAY(H2_FLOW_CONTROL_ERROR),
                          LENIENT_RESET(H2_FLOW_CONTROL_ERROR,
                                        "an error of the stream, not of the connection"),
                          LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "a connection error of another code"),
                          LENIENT_GOAWAY(H2_INTERNAL_ERROR, "a connection error of another code"),
                          LENIENT_CLOSE));
    expect_target_still_serves(t);
}

/* ---- WINDOW_UPDATE that is wrong ----------------------------------------------------------------------------- */

static void zero_increment_on_the_connection(struct test *t)
{
    struct conn *conn = connect_h2(t);

    send_window_update(conn, 0, 0);
    expect_connection_error(conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
}

/* Any stream error may be made a connection error. */
#define STREAM_ERROR(code)                                                                         \
    ONE_OF(RESET(code), LENIENT_GOAWAY(code, "a connection error for a stream's fault"),           \
           LENIENT_GOAWAY(H2_INTERNAL_ERROR, "a connection error of another code"),                \
           LENIENT_ANY_RESET("a stream error of another code"), LENIENT_CLOSE)

static void zero_increment_on_a_stream(struct test *t)
{
    struct call *call = open_call(t);

    send_window_update(call->conn, call->stream, 0);
    expect_outcome(call, STREAM_ERROR(H2_PROTOCOL_ERROR));
    expect_only_the_call_is_lost(call);
}

static void overflow_of_the_connection_window(struct test *t)
{
    struct conn *conn = connect_h2(t);

    send_window_update(conn, 0, 0x7fffffff);
    send_window_update(conn, 0, 0x7fffffff);
    expect_connection_error(conn, H2_FLOW_CONTROL_ERROR);
    expect_target_still_serves(t);
}

static void overflow_of_a_stream_window(struct test *t)
{
    struct call *call = open_call(t);

    send_window_update(call->conn, call->stream, 0x7fffffff);
    send_window_update(call->conn, call->stream, 0x7fffffff);
    expect_outcome(call, STREAM_ERROR(H2_FLOW_CONTROL_ERROR));
    expect_only_the_call_is_lost(call);
}

static void largest_windows(struct test *t)
{
    struct conn *conn = connect_h2(t);
    struct call *call = open_call_on(conn);

    send_window_update(conn, 0, 0x7fffffff - DEFAULT_WINDOW);
    send_window_update(conn, call->stream, 0x7fffffff - DEFAULT_WINDOW);
    complete_call(call);
    expect_nothing_closed(conn);
    expect_connection_still_serves(conn);
}

/* ---- the target receives ------------------------------------------------------------------------------------- */

/* Append a StreamingInputCallRequest of so much payload, with its prefix. */
static void put_upload(struct buf *out, size_t payload)
{
    struct buf request = {0};

    pb_put_input_request(&request, payload, -1);
    put_message_prefix(out, 0, (uint32_t)request.len);
    buf_put(out, buf_view(&request));
    buf_clear(&request);
}

static struct call *begin_upload_on(struct conn *conn)
{
    struct call *call = new_call_on(conn, STREAMING_INPUT_CALL);

    send_request_headers(call, NO_EDITS, 0);
    return call;
}

static void end_upload(struct call *call, int64_t payload)
{
    struct message answer;

    half_close(call);
    answer = next_message(call);
    expect_status(call, GRPC_OK);
    expect(call->conn->t, pb_aggregated_size(answer.payload) == payload, "every octet sent arrives",
           "%lld octets of payload arrived of %lld", (long long)pb_aggregated_size(answer.payload),
           (long long)payload);
}

/* send_data waits for the windows, so a target that does not give them back lets the case run out of patience. */
static void upload(struct conn *conn, size_t payload, size_t messages)
{
    struct call *call = begin_upload_on(conn);
    struct buf message = {0};

    put_upload(&message, payload);
    for (size_t i = 0; i < messages; i++)
        send_data(call, buf_view(&message), 0);
    end_upload(call, (int64_t)(payload * messages));
    buf_clear(&message);
}

static void upload_larger_than_the_windows(struct test *t)
{
    struct conn *conn = main_connection(t);

    upload(conn, 100000, 40);
    expect_connection_still_serves(conn);
}

/* One message that is itself larger than the windows: the target must give them back before it has all of it. */
static void message_larger_than_the_windows(struct test *t)
{
    struct conn *conn = main_connection(t);

    upload(conn, 2000000, 1);
    expect_connection_still_serves(conn);
}

static void padding_is_given_back(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = begin_upload_on(conn);
    struct buf message = {0};

    put_upload(&message, 20000);
    for (size_t at = 0; at < message.len; at += 20)
        send_padded_data(call, bytes_first(bytes_skip(buf_view(&message), at), 20), 255, 0);
    end_upload(call, 20000);
    expect_connection_still_serves(conn);
    buf_clear(&message);
}

static void empty_data_ends_a_request(struct test *t)
{
    struct call *call = open_call(t);

    send_data(call, NO_BYTES, 0);
    send_message(call, 0, NO_BYTES, 0);
    send_data(call, NO_BYTES, 0);
    half_close(call);
    expect_answer(call);
    expect_connection_still_serves(call->conn);
}

#define LATE_FRAME       16000
#define LATE_STREAM_MAX  (1 << 20)
#define LATE_STREAMS_MAX 20 /* some servers take more resets for an attack */

static bool has_room_for_late_frame(const struct conn *conn, const void *arg)
{
    (void)arg;
    return conn->send_window >= LATE_FRAME || conn->goaways > 0;
}

/* DATA on a stream that the target has no more use for, as much as its window allows; keeps to the connection window.
 * returns how many octets */
static int64_t send_late_data(struct call *call, struct bytes frame)
{
    int64_t allowed = call->send_window < LATE_STREAM_MAX ? call->send_window : LATE_STREAM_MAX;
    int64_t sent = 0;

    for (; sent + LATE_FRAME <= allowed && !test_is_over(call->conn->t); sent += LATE_FRAME) {
        bool room = wait_until(call->conn, has_room_for_late_frame, NULL);
        expect(call->conn->t, room,
               "the connection window is given back for DATA that nobody reads",
               "%lld octets are left of it", (long long)call->conn->send_window);
        if (call->conn->goaways > 0)
            return sent;
        send_frame(call->conn, FRAME_DATA, 0, call->stream, frame);
    }
    return sent;
}

/* More late DATA than the connection window was wide at first: were none of it given back, the next call would wait
 * for ever. begin: a call of which the target wants no more DATA. */
static void late_data_is_given_back(struct test *t, struct call *(*begin)(struct conn *conn))
{
    struct conn *conn = main_connection(t);
    int64_t owed = conn->send_window + DEFAULT_WINDOW;
    struct buf late = {0};

    put_fill(&late, 0, LATE_FRAME);
    for (int i = 0; i < LATE_STREAMS_MAX && owed > 0 && conn->goaways == 0 && !test_is_over(t); i++)
        owed -= send_late_data(begin(conn), buf_view(&late));
    buf_clear(&late);
    if (owed > 0 && conn->goaways == 0)
        test_skip(t, "the target's connection window is wider than this case uses up");
    if (conn->goaways > 0) { /* DATA on a closed stream may be a connection error */
        expect_target_still_serves(t);
        return;
    }
    upload(conn, 100000, 2);
    expect_connection_still_serves(conn);
}

static struct call *begin_and_reset(struct conn *conn)
{
    struct call *call = open_call_on(conn);

    cancel_call(call);
    return call;
}

static struct call *begin_and_be_refused(struct conn *conn)
{
    struct call *call = new_call_on(conn, UNIMPLEMENTED_CALL);

    send_request_headers(call, NO_EDITS, 0);
    return call;
}

static void data_of_reset_streams_is_given_back(struct test *t)
{
    late_data_is_given_back(t, begin_and_reset);
}

static void data_of_refused_calls_is_given_back(struct test *t)
{
    late_data_is_given_back(t, begin_and_be_refused);
}

static bool has_window_for(const struct call *call, size_t octets)
{
    return call->send_window >= (int64_t)octets && call->conn->send_window >= (int64_t)octets;
}

/* Whether there is window for so much, if need be after further round trips, as long as each brings some. */
static bool gives_window_for(struct call *call, size_t octets)
{
    int64_t before = -1;

    while (!has_window_for(call, octets) && call->send_window > before &&
           !test_is_over(call->conn->t)) {
        before = call->send_window;
        expect_status(send_unary_on(call->conn, UNIMPLEMENTED_CALL, NO_BYTES), GRPC_UNIMPLEMENTED);
    }
    return has_window_for(call, octets);
}

#define ACCEPTED_MAX (32 << 20)

/* A handler that cannot write stops reading, and so must the window: what the target holds stays bounded. */
static void a_stuck_handler_stops_the_window(struct test *t)
{
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));
    struct call *call = new_call_on(conn, FULL_DUPLEX_CALL);
    struct buf request = {0};
    size_t sent = 0, length;

    pb_put_streaming_request(&request, TESTING_REQUEST(.payload_size = 16000),
                             &(struct response_parameters){.size = 16000}, 1);
    length = request.len + 5;
    send_request_headers(call, NO_EDITS, 0);
    for (; sent < ACCEPTED_MAX && gives_window_for(call, length); sent += length)
        send_message(call, 0, buf_view(&request), 0);
    if (!test_is_over(t) && sent >= ACCEPTED_MAX) /* no document says how much is too much */
        test_lenient(t, HERE, "no more stream window while the handler is stuck",
                     "%zu octets were accepted", sent);
    cancel_call(call);
    open_windows(conn);
    expect_connection_still_serves(conn);
    buf_clear(&request);
}

static const struct outcome refused_or_tolerated[] = {
    RESET(H2_FLOW_CONTROL_ERROR),
    GOAWAY(H2_FLOW_CONTROL_ERROR),
    IGNORED,
    LENIENT_ANY_ERROR("a gRPC status in place of FLOW_CONTROL_ERROR"),
    {OUTCOME_GOAWAY, H2_PROTOCOL_ERROR, true, "a connection error of another code"},
    {OUTCOME_GOAWAY, H2_INTERNAL_ERROR, true, "a connection error of another code"},
    {OUTCOME_ANY_RESET, 0, true, "a stream error of another code"},
    {OUTCOME_CLOSE, 0, true,
     "a GOAWAY with the code SHOULD come before the close (RFC 9113 5.4.1)"},
    {.kind = OUTCOME_END},
};

/* Never complete, and below the usual limit of 4 MiB, so that it is not refused for its size. */
#define OVERRUN_MESSAGE 4000000

static void stream_window_is_overrun(struct test *t)
{
    struct call *call = open_call(t);
    struct conn *conn = call->conn;
    struct buf data = {0};
    int64_t target = (call->send_window > conn->send_window ? call->send_window
                                                            : conn->send_window) +
                     200000;

    if (target >= OVERRUN_MESSAGE)
        test_skip(t, "the target's windows are wider than this case overruns");
    conn->obey_windows = false;
    put_message_prefix(&data, 0, OVERRUN_MESSAGE);
    send_frame(conn, FRAME_DATA, 0, call->stream, buf_view(&data));
    put_fill(&data, 0, DEFAULT_MAX_FRAME_SIZE - data.len);
    for (int64_t sent = 0; sent < target && !test_is_over(t); sent += DEFAULT_MAX_FRAME_SIZE)
        send_frame(conn, FRAME_DATA, 0, call->stream, buf_view(&data));
    expect_outcome(call, refused_or_tolerated);
    test_note(t, "DATA beyond the window: %s",
              call->reset || conn->goaways ? "refused" : "tolerated or refused by a status");
    expect_target_still_serves(t);
    buf_clear(&data);
}

static const struct test_case cases[] = {
    {"http2/flow-control/trailers-only-without-window", "H2-FLOW-001",
     "A response without DATA needs no window.", NEEDS_TRANSPORT, trailers_only_without_window,
     NULL},
    {"http2/flow-control/headers-without-window", "H2-FLOW-001 H2-FLOW-002",
     "Response headers come without a window, DATA does not.", NEEDS_TEST_SERVICE,
     headers_without_window, NULL},
    {"http2/flow-control/trailers-without-window", "H2-FLOW-001",
     "Trailers come although the message before them used up the window.", NEEDS_TEST_SERVICE,
     trailers_without_window, NULL},
    {"http2/flow-control/window-of-one", "H2-FLOW-002",
     "With a window of one octet, one octet comes, and then as many as are given.",
     NEEDS_TEST_SERVICE, window_of_one, NULL},
    {"http2/flow-control/random-steps", "H2-FLOW-002",
     "DATA follows the stream window step by step, to the octet.", NEEDS_TEST_SERVICE, random_steps,
     NULL},
    {"http2/flow-control/many-small-updates", "H2-FLOW-002",
     "Five hundred increments of one make a window of 500.", NEEDS_TEST_SERVICE, many_small_updates,
     NULL},
    {"http2/flow-control/reserved-bit-of-increment", "H2-FLOW-021",
     "The reserved bit of an increment is ignored.", NEEDS_TEST_SERVICE, reserved_bit_of_increment,
     NULL},

    {"http2/flow-control/connection-window-limits", "H2-FLOW-003 H2-FLOW-004",
     "The connection window starts at 65535 whatever INITIAL_WINDOW_SIZE says, and limits wide "
     "streams.",
     NEEDS_TEST_SERVICE, connection_window_limits, NULL},
    {"http2/flow-control/connection-window-shared", "H2-FLOW-003",
     "All streams together keep to the connection window.", NEEDS_TEST_SERVICE,
     connection_window_is_shared, NULL},
    {"http2/flow-control/connection-window-is-not-a-streams", "H2-FLOW-002",
     "Connection window does not open a stream.", NEEDS_TEST_SERVICE,
     connection_window_is_not_a_streams, NULL},
    {"http2/flow-control/blocked-stream-beside-others", "H2-FLOW-019",
     "A stream without window does not hold up the others.", NEEDS_TEST_SERVICE,
     a_blocked_stream_does_not_block_others, NULL},

    {"http2/flow-control/raised-initial-window", "H2-FLOW-006",
     "A higher INITIAL_WINDOW_SIZE opens streams that are already there, by the difference.",
     NEEDS_TEST_SERVICE, raised_setting_opens_streams, NULL},
    {"http2/flow-control/negative-window", "H2-FLOW-007",
     "A window that a setting made negative stays closed until it is positive again.",
     NEEDS_TEST_SERVICE, lowered_setting_makes_windows_negative, NULL},
    {"http2/flow-control/initial-window-down-and-up", "H2-FLOW-006 H2-FLOW-007",
     "Lowering INITIAL_WINDOW_SIZE and raising it again leaves windows as they were.",
     NEEDS_TEST_SERVICE, lowered_to_zero_and_back, NULL},
    {"http2/flow-control/initial-window-overflow", "H2-FLOW-008",
     "A setting that takes an open stream's window above 2^31-1 is a FLOW_CONTROL_ERROR.",
     NEEDS_TEST_SERVICE, setting_overflows_a_window, NULL},

    {"http2/flow-control/zero-increment-on-the-connection", "H2-FLOW-009",
     "An increment of 0 on the connection is a PROTOCOL_ERROR.", NEEDS_TRANSPORT,
     zero_increment_on_the_connection, NULL},
    {"http2/flow-control/zero-increment-on-a-stream", "H2-FLOW-010",
     "An increment of 0 on a stream is a PROTOCOL_ERROR of the stream.", NEEDS_TEST_SERVICE,
     zero_increment_on_a_stream, NULL},
    {"http2/flow-control/overflow-of-the-connection-window", "H2-FLOW-012",
     "An increment that takes the connection window above 2^31-1 is a FLOW_CONTROL_ERROR.",
     NEEDS_TRANSPORT, overflow_of_the_connection_window, NULL},
    {"http2/flow-control/overflow-of-a-stream-window", "H2-FLOW-013",
     "An increment that takes a stream's window above 2^31-1 is a FLOW_CONTROL_ERROR of the "
     "stream.",
     NEEDS_TEST_SERVICE, overflow_of_a_stream_window, NULL},
    {"http2/flow-control/largest-windows", "H2-FLOW-012 H2-FLOW-013",
     "Windows of exactly 2^31-1 are accepted.", NEEDS_TRANSPORT, largest_windows, NULL},

    {"http2/flow-control/upload-larger-than-the-windows", "H2-FLOW-018",
     "A server that reads gives back its windows, so that 4 MB arrive.", NEEDS_TEST_SERVICE,
     upload_larger_than_the_windows, NULL},
    {"http2/flow-control/message-larger-than-the-windows", "H2-FLOW-018",
     "One message of 2 MB arrives, though it is larger than the windows.", NEEDS_TEST_SERVICE,
     message_larger_than_the_windows, NULL},
    {"http2/flow-control/padding-given-back", "H2-FLOW-016",
     "Windows are given back for padding too.", NEEDS_TEST_SERVICE, padding_is_given_back, NULL},
    {"http2/flow-control/empty-data", "H2-FLOW-005",
     "Empty DATA is accepted, and with END_STREAM ends a request.", NEEDS_TRANSPORT,
     empty_data_ends_a_request, NULL},
    {"http2/flow-control/data-of-reset-streams-given-back", "H2-FLOW-017 H2-STREAM-013",
     "DATA that comes for reset streams is given back to the connection window.",
     NEEDS_TEST_SERVICE, data_of_reset_streams_is_given_back, NULL},
    {"http2/flow-control/data-of-refused-calls-given-back", "H2-FLOW-017",
     "DATA that comes for calls already refused is given back to the connection window.",
     NEEDS_TEST_SERVICE, data_of_refused_calls_is_given_back, NULL},
    {"http2/flow-control/stuck-handler", "H2-FLOW-020",
     "A server whose handler cannot write gives no more stream window for its requests.",
     NEEDS_TEST_SERVICE, a_stuck_handler_stops_the_window, NULL},
    {"http2/flow-control/stream-window-overrun", "H2-FLOW-014 H2-FLOW-015",
     "DATA beyond the windows is refused or tolerated, and the server goes on.", NEEDS_TEST_SERVICE,
     stream_window_is_overrun, NULL},
};
const struct case_list flow_control_cases = {cases, ARRAY_LEN(cases)};
