/* SPDX-License-Identifier: MIT
 *
 * Flow control (RFC 9113 5.2, 6.9), in both directions: how the client keeps to our windows with its requests, and
 * how it gives back its own for our responses. The linter counts every octet in every case; these make the windows
 * tight. */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

#define LARGE (1 << 20)

/* ---- our windows ----------------------------------------------------------------------------- */

/* The client knows that INITIAL_WINDOW_SIZE is 0: its HEADERS come, and no DATA. */
static void headers_need_no_window(struct test *t)
{
    struct call *call = call_behind_settings(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));

    expect_nothing_closed(call->conn);
    expect(t, call->data.len == 0, "no DATA without a window", "%zu octets", call->data.len);
    call->conn->auto_window = true;
    send_settings(call->conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, LARGE}));
    serve_call(call);
    expect_client_ok(t);
}

static struct call *call_with_window(struct test *t, uint32_t window)
{
    return call_behind_settings(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, window}));
}

static void one_octet_at_a_time(struct test *t)
{
    struct call *call = call_with_window(t, 1);

    expect_data_octets(call, 1);
    for (uint32_t i = 0; i < 5; i++)
        send_window_update(call->conn, call->stream, 1);
    expect_data_octets(call, 6);
    send_window_update(call->conn, call->stream, LARGE);
    call->conn->auto_window = true;
    send_window_update(call->conn, 0, LARGE);
    serve_call(call);
    expect_client_ok(t);
}

/* The stream's window is a megabyte, the connection's 65535 whatever SETTINGS say. */
static void connection_window(struct test *t)
{
    struct call *call = call_with_window(t, LARGE);

    expect_data_octets(call, DEFAULT_WINDOW);
    send_window_update(call->conn, 0, 1000);
    expect_data_octets(call, DEFAULT_WINDOW + 1000);
    call->conn->auto_window = true;
    send_window_update(call->conn, 0, LARGE);
    serve_call(call);
    expect_client_ok(t);
}

static void setting_moves_open_streams(struct test *t)
{
    struct call *call = call_with_window(t, 0);

    send_settings(call->conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 10}));
    expect_data_octets(call, 10);
    call->conn->auto_window = true;
    send_settings(call->conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, LARGE}));
    serve_call(call);
    expect_client_ok(t);
}

/* 100 used up, then 10: the window is -90, and 90 makes it 0. */
static void negative_window(struct test *t)
{
    struct call *call = call_with_window(t, 100);

    expect_data_octets(call, 100);
    send_settings(call->conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 10}));
    send_window_update(call->conn, call->stream, 90);
    expect_data_octets(call, 100);
    send_window_update(call->conn, call->stream, 1);
    expect_data_octets(call, 101);
    call->conn->auto_window = true;
    send_window_update(call->conn, call->stream, LARGE);
    send_window_update(call->conn, 0, LARGE);
    serve_call(call);
    expect_client_ok(t);
}

/* Both windows are 0 when first the stream's and then the connection's is raised to 2^31-1, which is legal. */
static void largest_windows(struct test *t)
{
    struct call *call = call_with_window(t, DEFAULT_WINDOW);

    expect_data_octets(call, DEFAULT_WINDOW);
    send_window_update(call->conn, call->stream, MAX_WINDOW);
    expect_data_octets(call, DEFAULT_WINDOW);
    send_window_update(call->conn, 0, MAX_WINDOW);
    serve_call(call);
    expect_client_ok(t);
}

/* Two requests at once; the second gets a window, and must not wait for the first. */
static void one_waits_alone(struct test *t)
{
    struct call *call = first_call(t, &max_streams);
    struct conn *conn = call->conn;

    expect_half_close(call);
    send_settings(conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));
    expect_settings_acks(conn, 2);
    for (unsigned i = 0; i < 2; i++)
        (void)ask_client(t, &max_streams);
    serve_call(call);
    struct call *waits = await_call(t), *goes = await_call(t);
    if (!test_is_over(t) && (waits->conn != conn || goes->conn != conn))
        test_skip(t, "the client made a connection for each call");
    send_window_update(conn, goes->stream, LARGE);
    serve_call(goes);
    send_window_update(conn, waits->stream, LARGE);
    serve_call(waits);
    expect_nothing_closed(conn);
    expect(t, !waits->reset && !goes->reset, "both calls end well", "stream %u was reset",
           waits->reset ? waits->stream : goes->stream);
}

static void last_setting_wins(struct test *t)
{
    struct call *call = call_behind_settings(
        t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 100}, {SETTING_INITIAL_WINDOW_SIZE, 1}));

    expect_data_octets(call, 1);
    call->conn->auto_window = true;
    send_settings(call->conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, LARGE}));
    serve_call(call);
    expect_client_ok(t);
}

/* The request's only message fits; the empty DATA with END_STREAM that may follow needs no window. */
static void end_of_stream_needs_no_window(struct test *t)
{
    (void)ask_client(t, &empty_unary);
    struct conn *conn = accept_transport(t);

    conn->auto_window = false;
    send_settings(conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 5}));
    expect_preface(conn);
    struct call *call = await_call_on(conn);
    expect_half_close(call);
    conn->auto_window = true;
    serve_call(call);
    expect_client_ok(t);
}

struct bad_update {
    bool on_the_call;
    struct bytes payload;
    unsigned times;
    uint32_t code;
};
#define UPDATE(...) (&(const struct bad_update){__VA_ARGS__})

static void bad_update_ends_the_connection(struct test *t)
{
    const struct bad_update *row = t->arg;
    struct call *call = first_call(t, &empty_unary);

    for (unsigned i = 0; i < row->times; i++)
        send_frame(call->conn, FRAME_WINDOW_UPDATE, 0, row->on_the_call ? call->stream : 0,
                   row->payload);
    finish_ok(call);
    expect_connection_lost(call, row->code);
}

static void bad_update_ends_the_stream(struct test *t)
{
    const struct bad_update *row = t->arg;
    struct call *call = first_call(t, &large_unary);

    for (unsigned i = 0; i < row->times; i++)
        send_frame(call->conn, FRAME_WINDOW_UPDATE, 0, call->stream, row->payload);
    expect_outcome(call,
                   ONE_OF(RESET(row->code), GOAWAY(row->code),
                          LENIENT_ANY_RESET("a stream error of another code"),
                          LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "a connection error of another code"),
                          LENIENT_CLOSE));
    expect_client_error(t);
}

static void setting_overflows_a_window(struct test *t)
{
    struct call *call = first_call(t, &large_unary);

    send_window_update(call->conn, call->stream, 0x7fffffff - DEFAULT_WINDOW);
    send_settings(call->conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 2 * LARGE}));
    expect_connection_lost(call, H2_FLOW_CONTROL_ERROR);
}

/* ---- the client's windows -------------------------------------------------------------------- */

/* Each response of a megabyte has to pass; ours goes only as far as the client's windows allow. */
static void large_response_flows(struct test *t)
{
    struct call *call = first_call(t, &large_unary);

    serve_call(call);
    expect_client_ok(t);
}

static bool has_window(const struct conn *conn, const void *arg)
{
    const struct call *call = arg;

    return conn->send_window >= 400 && call->send_window >= 400;
}

/* The response in DATA of 97 octets of payload and 251 of padding, as the windows allow: they must come back. */
static void padding_is_given_back(struct test *t)
{
    struct call *call = first_call(t, &large_unary);
    struct buf message = {0};

    put_response_message(call, 314159, &message);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    for (struct bytes rest = buf_view(&message); rest.len > 0 && !test_is_over(t);) {
        struct bytes piece = bytes_first(rest, rest.len < 97 ? rest.len : 97);
        expect(t, wait_until(call->conn, has_window, call), "windows that padding took come back",
               "they did not, after %zu of %zu octets", message.len - rest.len, message.len);
        send_padded_data(call, piece, 250, FLAG_NONE);
        rest = bytes_skip(rest, piece.len);
    }
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
    buf_clear(&message);
}

/* Messages of no octets, eight in a frame, until the windows have been used up: prefixes come back like payload. */
static void prefixes_are_given_back(struct test *t)
{
    static const struct client_call stream = {.type = CALL_SERVER_STREAM,
                                              .path = STREAMING_OUTPUT_CALL,
                                              .messages = 1,
                                              .responses = 1,
                                              .response_size = 1};
    struct call *call = first_call(t, &stream);
    int64_t window = call->send_window < call->conn->send_window ? call->send_window
                                                                 : call->conn->send_window;
    static const uint8_t eight[8 * 5];

    if (!test_is_over(t) && window > 2 * DEFAULT_WINDOW)
        test_skip(t, "the client's windows are wider than this case fills");
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    for (int64_t sent = 0; sent < 2 * DEFAULT_WINDOW + 40 && !test_is_over(t); sent += 40)
        send_data(call, bytes_of(eight, sizeof eight), FLAG_NONE);
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
}

static bool has_room_for_more(const struct conn *conn, const void *arg)
{
    return conn->closed != NOT_CLOSED || conn->send_window >= *(const int64_t *)arg;
}

/* Each of some calls gets a message above every limit, and 30000 octets of it before the client can have let go of the
 * call: they have taken the connection's window like any other. */
static void refused_messages_are_given_back(struct test *t)
{
    enum { CALLS = 5 };
    static const int64_t room = 30000;
    struct call *open = first_call(t, &empty_unary); /* so that the connection stays in use */
    struct conn *conn = open->conn;
    struct buf octets = {0};

    put_message_prefix(&octets, 0, UINT32_MAX);
    put_octets(&octets, 0, (size_t)room - 5);
    for (unsigned i = 0; i < CALLS && !test_is_over(t); i++) {
        struct call *call = next_call(t, &empty_unary);
        if (!test_is_over(t) && call->conn != conn)
            test_skip(t, "the client made another connection for its next call");
        send_response_headers(call, NO_EDITS, FLAG_NONE);
        (void)wait_until(conn, has_room_for_more, &room);
        expect(t, conn->send_window >= room,
               "the connection's window for DATA of refused messages comes back", "it did not");
        send_data(call, buf_view(&octets), FLAG_NONE);
        expect_client_error(t);
    }
    serve_call(open);
    expect_client_still_works(t);
    buf_clear(&octets);
}

/* More than the stream's window, at once. A receiver may take it (RFC 9113 6.9: MAY), one that gives back as it
 * reads even without noticing. */
static void stream_window_overrun(struct test *t)
{
    struct call *call = first_call(t, &large_unary);
    struct buf much = {0};
    int64_t window = call->send_window < call->conn->send_window ? call->send_window
                                                                 : call->conn->send_window;

    if (!test_is_over(t) && window > 8 * LARGE)
        test_skip(t, "the client's windows are wider than this case overruns");
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    put_octets(&much, 0, 16384);
    call->conn->obey_windows = false;
    for (int64_t sent = 0; sent <= window; sent += 16384)
        send_frame(call->conn, FRAME_DATA, 0, call->stream, buf_view(&much));
    expect_outcome(call, ONE_OF(RESET(H2_FLOW_CONTROL_ERROR), GOAWAY(H2_FLOW_CONTROL_ERROR),
                                LENIENT_ANY_RESET("an error of another code"), LENIENT_CLOSE,
                                LENIENT_GOAWAY(H2_NO_ERROR, "an error of another code"), IGNORED));
    buf_clear(&much);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"client/http2/flow-control/headers-need-no-window", "H2-FLOW-001", "HEADERS are sent while every window is 0.",
     NEEDS_CLIENT, headers_need_no_window, NULL},
    {"client/http2/flow-control/stream-window", "H2-FLOW-002", "A stream window of 1 lets one octet pass, and one for each more.",
     NEEDS_CLIENT, one_octet_at_a_time, NULL},
    {"client/http2/flow-control/connection-window", "H2-FLOW-003 H2-FLOW-004",
     "The connection window begins at 65535, and only WINDOW_UPDATE changes it.", NEEDS_CLIENT, connection_window, NULL},
    {"client/http2/flow-control/setting-moves-open-streams", "H2-FLOW-006 H2-SET-013",
     "INITIAL_WINDOW_SIZE changes the windows of open streams.", NEEDS_CLIENT, setting_moves_open_streams, NULL},
    {"client/http2/flow-control/negative-window", "H2-FLOW-007", "A negative window blocks until it is positive.",
     NEEDS_CLIENT, negative_window, NULL},
    {"client/http2/flow-control/last-setting-wins", "H2-SET-012", "Of two values of a setting in one frame the last counts.",
     NEEDS_CLIENT, last_setting_wins, NULL},
    {"client/http2/flow-control/end-of-stream-needs-no-window", "H2-FLOW-005", "END_STREAM on empty DATA needs no window.",
     NEEDS_CLIENT, end_of_stream_needs_no_window, NULL},
    {"client/http2/flow-control/increment-of-0", "H2-FLOW-009", "WINDOW_UPDATE of 0 on the connection is a PROTOCOL_ERROR.",
     NEEDS_CLIENT, bad_update_ends_the_connection, UPDATE(false, OCTETS("\0\0\0\0"), 1, H2_PROTOCOL_ERROR)},
    {"client/http2/flow-control/increment-of-0-on-a-stream", "H2-FLOW-010", "WINDOW_UPDATE of 0 on a stream is its PROTOCOL_ERROR.",
     NEEDS_CLIENT, bad_update_ends_the_stream, UPDATE(true, OCTETS("\0\0\0\0"), 1, H2_PROTOCOL_ERROR)},
    {"client/http2/flow-control/update-of-wrong-length", "H2-FLOW-011", "WINDOW_UPDATE of 3 octets is a FRAME_SIZE_ERROR.",
     NEEDS_CLIENT, bad_update_ends_the_connection, UPDATE(false, OCTETS("\0\0\1"), 1, H2_FRAME_SIZE_ERROR)},
    {"client/http2/flow-control/connection-window-overflow", "H2-FLOW-012",
     "A connection window above 2^31-1 is a FLOW_CONTROL_ERROR.", NEEDS_CLIENT, bad_update_ends_the_connection,
     UPDATE(false, OCTETS("\x7f\xff\xff\xff"), 2, H2_FLOW_CONTROL_ERROR)},
    {"client/http2/flow-control/stream-window-overflow", "H2-FLOW-013", "A stream window above 2^31-1 is its FLOW_CONTROL_ERROR.",
     NEEDS_CLIENT, bad_update_ends_the_stream, UPDATE(true, OCTETS("\x7f\xff\xff\xff"), 2, H2_FLOW_CONTROL_ERROR)},
    {"client/http2/flow-control/setting-overflows-a-window", "H2-FLOW-008",
     "INITIAL_WINDOW_SIZE that overflows an open stream's window is a FLOW_CONTROL_ERROR.", NEEDS_CLIENT,
     setting_overflows_a_window, NULL},
    {"client/http2/flow-control/large-response", "H2-FLOW-018", "A response larger than the windows flows.", NEEDS_CLIENT,
     large_response_flows, NULL},
    {"client/http2/flow-control/padding-is-given-back", "H2-FLOW-016", "Windows that padding took come back.", NEEDS_CLIENT,
     padding_is_given_back, NULL},
    {"client/http2/flow-control/prefixes-are-given-back", "H2-FLOW-018 GRPC-MSG-003",
     "Windows that messages of no octets took come back.", NEEDS_REPORTED_RESULT, prefixes_are_given_back, NULL},
    {"client/http2/flow-control/refused-messages-are-given-back", "H2-FLOW-017",
     "The connection's window that messages took comes back when they are refused.", NEEDS_SHARED_CONNECTION,
     refused_messages_are_given_back, NULL},
    {"client/http2/flow-control/largest-windows", "H2-FLOW-012 H2-FLOW-013 H2-FLOW-003", "Windows may be raised to 2^31-1.", NEEDS_CLIENT,
     largest_windows, NULL},
    {"client/http2/flow-control/one-waits-alone", "GRPC-CALL-019 H2-FLOW-002", "A request without a window keeps no other waiting.",
     NEEDS_CLIENT, one_waits_alone, NULL},
    {"client/http2/flow-control/window-overrun", "H2-FLOW-014 H2-FLOW-015",
     "DATA beyond the client's window is refused, or taken; never without bound.", NEEDS_CLIENT, stream_window_overrun, NULL},
};
/* clang-format on */
const struct case_list client_flow_control_cases = {cases, ARRAY_LEN(cases)};
