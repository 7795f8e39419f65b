/* SPDX-License-Identifier: MIT
 *
 * The client ends a call with RST_STREAM: the server stops sending, whatever the code and the
 * moment, and the other calls of the connection do not notice (PROTOCOL-HTTP2.md, Errors and
 * Client Cancellation). */
#include "cases/cases.h"
#include "cases/grpc/common.h"

/* Two round trips through the server, and no new DATA in the second. Trailers that a handler sends
 * when it learns of its end may come at any time: remarked, not judged. */
static void expect_stopped(struct call *call)
{
    struct test *t = call->conn->t;

    expect_connection_still_serves(call->conn);
    size_t octets = call->data.len;
    expect_connection_still_serves(call->conn);
    expect(t, call->data.len == octets, "no more DATA on a stream the client has reset",
           "%zu octets more", call->data.len - octets);
    if (!test_is_over(t) && call->remote_closed)
        test_note(t, "trailers came for a call that the client had reset");
}

struct code_row {
    uint32_t code;
};

/* A response of 3 MiB is on its way when the client resets the stream. The stream's window lets
 * all of it through: a server that does not stop goes on as fast as the connection's window is
 * given back. */
static void reset_while_receiving(struct test *t)
{
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 1 << 24}));
    struct call *call = new_call_on(conn, STREAMING_OUTPUT_CALL);
    struct response_parameters large[50];

    send_request_headers(call, NO_EDITS, FLAG_NONE);
    for (size_t i = 0; i < ARRAY_LEN(large); i++)
        large[i] = (struct response_parameters){60000, 0, -1};
    send_output_request(call, large, ARRAY_LEN(large), FLAG_END_STREAM);
    expect_reply(call, 60000);
    send_rst_stream(conn, call->stream, ROW(t, code_row)->code);
    expect_stopped(call);
    expect(t, call->data.len < ARRAY_LEN(large) * large[0].size, "a response cut short",
           "all %zu octets came", call->data.len);
}

static const struct code_row no_error = {H2_NO_ERROR}, protocol_error = {H2_PROTOCOL_ERROR},
                             internal_error = {H2_INTERNAL_ERROR},
                             flow_control_error = {H2_FLOW_CONTROL_ERROR},
                             settings_timeout = {H2_SETTINGS_TIMEOUT},
                             stream_closed = {H2_STREAM_CLOSED},
                             frame_size_error = {H2_FRAME_SIZE_ERROR},
                             refused_stream = {H2_REFUSED_STREAM}, cancel = {H2_CANCEL},
                             compression_error = {H2_COMPRESSION_ERROR},
                             connect_error = {H2_CONNECT_ERROR},
                             enhance_your_calm = {H2_ENHANCE_YOUR_CALM},
                             inadequate_security = {H2_INADEQUATE_SECURITY},
                             http_1_1_required = {H2_HTTP_1_1_REQUIRED}, not_defined = {0xf00dcafe};

/* interop cancel_after_begin */
static void after_begin(struct test *t)
{
    struct call *call = start_call(t, STREAMING_INPUT_CALL, NO_EDITS);

    cancel_call(call);
    expect_stopped(call);
    expect(t, call->data.len == 0, "no response to a cancelled call", "%zu octets", call->data.len);
}

/* interop cancel_after_first_response */
static void after_first_response(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    send_duplex(call, 31415, FLAG_NONE);
    expect_reply(call, 31415);
    cancel_call(call);
    expect_stopped(call);
}

static void inside_message(struct test *t)
{
    struct call *call = start_call(t, UNARY_CALL, NO_EDITS);
    struct buf data = {0};

    put_message_prefix(&data, 0, 1000);
    buf_put_zeros(&data, 500);
    send_data(call, buf_view(&data), FLAG_NONE);
    expect_ping_answer(call->conn);
    cancel_call(call);
    expect_stopped(call);
    buf_clear(&data);
}

/* The stream's flow-control window is used up; what the server still holds for it must go away
 * with it. */
static void while_blocked(struct test *t)
{
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 1000}));
    const struct response_parameters large = {.size = 100000, .compressed = -1};

    conn->auto_window = false;
    struct call *call = new_call_on(conn, STREAMING_OUTPUT_CALL);
    send_request_headers(call, NO_EDITS, FLAG_NONE);
    send_output_request(call, &large, 1, FLAG_END_STREAM);
    expect_data_octets(call, 1000);
    cancel_call(call);
    conn->auto_window = true;
    expect_stopped(call);
}

static void neighbour_goes_on(struct test *t)
{
    struct call *cancelled = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    struct call *other = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    send_duplex(cancelled, 10, FLAG_NONE);
    send_duplex(other, 20, FLAG_NONE);
    expect_reply(cancelled, 10);
    expect_reply(other, 20);
    cancel_call(cancelled);
    for (size_t size = 21; size <= 25; size++) {
        send_duplex(other, size, FLAG_NONE);
        expect_reply(other, size);
    }
    half_close(other);
    expect_status(other, GRPC_OK);
    expect_stopped(cancelled);
}

/* Fifty calls begun and cancelled, few enough for servers that count resets. */
static void fifty_cancelled(struct test *t)
{
    for (size_t i = 0; i < 50 && !test_is_over(t); i++) {
        struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
        send_duplex(call, 100, FLAG_NONE);
        cancel_call(call);
        if (i % 10 == 9)
            expect_status(empty_call(t, NO_EDITS), GRPC_OK);
    }
    expect_connection_still_serves(main_connection(t));
}

/* The call is over for the server, not yet for the client: its RST_STREAM comes late, and is
 * nothing bad. */
static void after_trailers(struct test *t)
{
    struct call *call = start_call(t, NO_SUCH_METHOD, NO_EDITS);

    expect_outcome(call, UNKNOWN_METHOD);
    send_rst_stream(call->conn, call->stream, H2_CANCEL);
    expect_connection_still_serves(call->conn);
}

static void after_completion(struct test *t)
{
    struct call *call = empty_call(t, NO_EDITS);

    expect_status(call, GRPC_OK);
    send_rst_stream(call->conn, call->stream, H2_CANCEL);
    expect_connection_still_serves(call->conn);
}

/* ---- the server's side: errors are trailers -------------------------------------------------- */

static void expect_error_as_trailers(struct call *call)
{
    expect_outcome(call, ONE_OF(STATUS(GRPC_INTERNAL)));
    expect_status_message(call, "told in trailers");
    expect_connection_still_serves(call->conn);
}

static struct testing_request failing(void)
{
    return TESTING_REQUEST(.has_status = true, .status_code = GRPC_INTERNAL,
                           .status_message = "told in trailers");
}

static void error_as_trailers_unary(struct test *t)
{
    expect_error_as_trailers(unary_call(t, NO_EDITS, failing()));
}

/* The client has not half-closed: trailers come first, RST_STREAM(NO_ERROR) may follow. */
static void error_as_trailers_stream(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    struct buf message = {0};

    pb_put_streaming_request(&message, failing(), NULL, 0);
    send_message(call, 0, buf_view(&message), FLAG_NONE);
    expect_error_as_trailers(call);
    buf_clear(&message);
}

#define RESET_CASE(words, name, row)                                                               \
    {                                                                                              \
        "grpc/cancellation/reset-" words, "GRPC-CANCEL-004",                                       \
            "RST_STREAM(" name ") from the client stops the response.", NEEDS_TEST_SERVICE,        \
            reset_while_receiving, &(row)                                                          \
    }

/* clang-format off */
static const struct test_case cases[] = {
    RESET_CASE("no-error", "NO_ERROR", no_error),
    RESET_CASE("protocol-error", "PROTOCOL_ERROR", protocol_error),
    RESET_CASE("internal-error", "INTERNAL_ERROR", internal_error),
    RESET_CASE("flow-control-error", "FLOW_CONTROL_ERROR", flow_control_error),
    RESET_CASE("settings-timeout", "SETTINGS_TIMEOUT", settings_timeout),
    RESET_CASE("stream-closed", "STREAM_CLOSED", stream_closed),
    RESET_CASE("frame-size-error", "FRAME_SIZE_ERROR", frame_size_error),
    RESET_CASE("refused-stream", "REFUSED_STREAM", refused_stream),
    RESET_CASE("cancel", "CANCEL", cancel),
    RESET_CASE("compression-error", "COMPRESSION_ERROR", compression_error),
    RESET_CASE("connect-error", "CONNECT_ERROR", connect_error),
    RESET_CASE("enhance-your-calm", "ENHANCE_YOUR_CALM", enhance_your_calm),
    RESET_CASE("inadequate-security", "INADEQUATE_SECURITY", inadequate_security),
    RESET_CASE("http-1-1-required", "HTTP_1_1_REQUIRED", http_1_1_required),
    RESET_CASE("undefined-code", "an undefined code", not_defined),
    {"grpc/cancellation/after-begin", "GRPC-CANCEL-004",
     "A call cancelled right after its headers gets no response.",
     NEEDS_TEST_SERVICE, after_begin, NULL},
    {"grpc/cancellation/after-first-response", "GRPC-CANCEL-004",
     "A stream cancelled after its first response gets no other.",
     NEEDS_TEST_SERVICE, after_first_response, NULL},
    {"grpc/cancellation/inside-message", "GRPC-CANCEL-004",
     "A call cancelled inside a message leaves nothing behind.",
     NEEDS_TEST_SERVICE, inside_message, NULL},
    {"grpc/cancellation/while-blocked", "GRPC-CANCEL-004",
     "A call cancelled while its window is closed leaves nothing behind.",
     NEEDS_TEST_SERVICE, while_blocked, NULL},
    {"grpc/cancellation/neighbour-goes-on", "GRPC-CANCEL-004 GRPC-CALL-019",
     "Cancelling one call of a connection leaves the other alone.",
     NEEDS_TEST_SERVICE, neighbour_goes_on, NULL},
    {"grpc/cancellation/fifty", "GRPC-CANCEL-004",
     "After fifty cancelled calls the connection serves the next.",
     NEEDS_TEST_SERVICE, fifty_cancelled, NULL},
    {"grpc/cancellation/after-trailers", "GRPC-CANCEL-004",
     "RST_STREAM that crosses the server's trailers is nothing bad.",
     NEEDS_TRANSPORT, after_trailers, NULL},
    {"grpc/cancellation/after-completion", "GRPC-CANCEL-004",
     "RST_STREAM for a call that has ended both ways is nothing bad.",
     NEEDS_TEST_SERVICE, after_completion, NULL},
    {"grpc/cancellation/error-is-trailers-unary", "GRPC-CANCEL-007 GRPC-STAT-008",
     "A unary handler's error is sent as trailers, not as RST_STREAM.",
     NEEDS_TEST_SERVICE, error_as_trailers_unary, NULL},
    {"grpc/cancellation/error-is-trailers-stream", "GRPC-CANCEL-007 GRPC-STAT-008",
     "A streaming handler's error is sent as trailers before any RST_STREAM.",
     NEEDS_TEST_SERVICE, error_as_trailers_stream, NULL},
};
/* clang-format on */

const struct case_list cancellation_cases = {cases, ARRAY_LEN(cases)};
