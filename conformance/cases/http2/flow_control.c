/* SPDX-License-Identifier: MIT
 *
 * Flow control where the target sends (RFC 9113 5.2, 6.9): what the windows allow, not an octet more, and windows
 * that go wrong. Octets are counted exactly; a further call after the count is the barrier. Where it receives is
 * in flow_control_receiving.c. */
#include "cases/cases.h"
#include "cases/http2/common.h"

/* ---- the target sends ------------------------------------------------------------------------ */

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

/* ---- the connection window ------------------------------------------------------------------- */

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

/* ---- INITIAL_WINDOW_SIZE and open streams ---------------------------------------------------- */

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

static void ask_for_more(struct call *call, size_t size)
{
    struct buf request = {0};

    pb_put_streaming_request(&request, TESTING_REQUEST(.payload_size = 0),
                             &(struct response_parameters){.size = size, .compressed = -1}, 1);
    send_message(call, 0, buf_view(&request), 0);
    buf_clear(&request);
}

/* The window of a stream that has nothing to send just then: what it sends later fits the new one. */
static void setting_changes_a_resting_stream(struct test *t)
{
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 100}));
    struct call *call = new_call_on(conn, FULL_DUPLEX_CALL);

    conn->auto_window = false;
    send_request_headers(call, NO_EDITS, 0);
    ask_for_more(call, 10);
    next_message(call);
    set_initial_window(conn, 1000);
    ask_for_more(call, 2000);
    expect_exactly(call, 1000);
    half_close(call);
    release_call(call);
    expect_connection_still_serves(conn);
}

/* Twice in one frame: the first value is gone when the second counts. */
static void setting_changes_twice(struct test *t)
{
    struct call *call = blocked_call(t, 1000);
    unsigned acks = call->conn->settings_acks;

    send_settings(call->conn,
                  SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 10}, {SETTING_INITIAL_WINDOW_SIZE, 300}));
    expect_settings_acks(call->conn, acks + 1);
    expect_exactly(call, 300);
    release_call(call);
    expect_connection_still_serves(call->conn);
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

/* ---- WINDOW_UPDATE that is wrong ------------------------------------------------------------- */

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
    {"http2/flow-control/initial-window-of-a-resting-stream", "H2-FLOW-006",
     "INITIAL_WINDOW_SIZE changes the window of a stream that has nothing to send.",
     NEEDS_TEST_SERVICE, setting_changes_a_resting_stream, NULL},
    {"http2/flow-control/initial-window-twice-in-a-frame", "H2-SET-012 H2-FLOW-006",
     "Of two INITIAL_WINDOW_SIZE in a frame an open stream keeps the last.", NEEDS_TEST_SERVICE,
     setting_changes_twice, NULL},
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
};
const struct case_list flow_control_cases = {cases, ARRAY_LEN(cases)};
