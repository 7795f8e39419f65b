/* SPDX-License-Identifier: MIT
 *
 * The four call types at the sizes of the interop tests, the number of messages each may carry,
 * and how calls on one connection keep out of each other's way (interop-test-descriptions.md,
 * statuscodes.md). */
#include "base/clock.h"
#include "cases/cases.h"
#include "cases/grpc/common.h"

/* ---- the interop shapes ---------------------------------------------------------------------- */

static void empty_unary(struct test *t)
{
    struct call *call = empty_call(t, NO_EDITS);

    expect_message(call, NO_BYTES);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

static void large_unary(struct test *t)
{
    struct call *call = unary_call(
        t, NO_EDITS, TESTING_REQUEST(.payload_size = 271828, .response_size = 314159));
    expect_unary_reply(call, 314159);
}

static void client_streaming(struct test *t)
{
    struct call *call = start_call(t, STREAMING_INPUT_CALL, NO_EDITS);

    send_input(call, 27182, FLAG_NONE);
    send_input(call, 8, FLAG_NONE);
    send_input(call, 1828, FLAG_NONE);
    send_input(call, 45904, FLAG_END_STREAM);
    expect_sum(call, 74922);
}

static const struct response_parameters four_responses[] = {
    {31415, 0, -1}, {9, 0, -1}, {2653, 0, -1}, {58979, 0, -1}};

static void server_streaming(struct test *t)
{
    struct call *call = start_call(t, STREAMING_OUTPUT_CALL, NO_EDITS);

    send_output_request(call, four_responses, ARRAY_LEN(four_responses), FLAG_END_STREAM);
    for (size_t i = 0; i < ARRAY_LEN(four_responses); i++)
        expect_reply(call, four_responses[i].size);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

static void ping_pong(struct test *t)
{
    static const size_t request_sizes[] = {27182, 8, 1828, 45904};
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    for (size_t i = 0; i < ARRAY_LEN(request_sizes); i++) {
        struct buf message = {0};
        pb_put_streaming_request(&message, TESTING_REQUEST(.payload_size = request_sizes[i]),
                                 &four_responses[i], 1);
        send_message(call, 0, buf_view(&message), FLAG_NONE);
        expect_reply(call, four_responses[i].size);
        buf_clear(&message);
    }
    half_close(call);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

static void empty_stream(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    half_close(call);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

/* ---- how many messages ----------------------------------------------------------------------- */

struct method_row {
    const char *path;
};
static const struct method_row on_empty = {EMPTY_CALL}, on_unary = {UNARY_CALL},
                               on_output = {STREAMING_OUTPUT_CALL};

/* statuscodes.md: UNIMPLEMENTED for a request cardinality violation; grpc-go, grpc-java and tonic
 * say INTERNAL. */
#define OUTCOMES_CARDINALITY                                                                       \
    ONE_OF(STATUS(GRPC_UNIMPLEMENTED),                                                             \
           LENIENT_STATUS(GRPC_INTERNAL, "statuscodes.md says UNIMPLEMENTED; many say INTERNAL"),  \
           LENIENT_STATUS(GRPC_UNKNOWN, "statuscodes.md says UNIMPLEMENTED"),                      \
           LENIENT_ANY_RESET("reset instead of a status"))

static void no_message(struct test *t)
{
    struct call *call = start_call(t, ROW(t, method_row)->path, NO_EDITS);

    half_close(call);
    expect_outcome(call, OUTCOMES_CARDINALITY);
    expect_not_ok(call);
    expect_still_serves(call);
}

static void two_messages(struct test *t)
{
    struct call *call = start_call(t, ROW(t, method_row)->path, NO_EDITS);

    send_message(call, 0, NO_BYTES, FLAG_NONE);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    expect_outcome(call, OUTCOMES_CARDINALITY);
    expect_not_ok(call);
    expect_still_serves(call);
}

static void no_responses(struct test *t)
{
    struct call *call = start_call(t, STREAMING_OUTPUT_CALL, NO_EDITS);

    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

static void no_requests(struct test *t)
{
    struct call *call = start_call(t, STREAMING_INPUT_CALL, NO_EDITS);

    half_close(call);
    expect_sum(call, 0);
}

/* ---- half-close and early end ---------------------------------------------------------------- */

static void responses_around_half_close(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    send_duplex(call, 10, FLAG_NONE);
    expect_reply(call, 10);
    send_output_request(call, four_responses, ARRAY_LEN(four_responses), FLAG_END_STREAM);
    for (size_t i = 0; i < ARRAY_LEN(four_responses); i++)
        expect_reply(call, four_responses[i].size);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

/* Two calls that answer each other's turns, and end in the other order than they began. */
static void two_conversations(struct test *t)
{
    struct call *first = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    struct call *second = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    for (size_t size = 1; size <= 5; size++) {
        send_duplex(first, size, FLAG_NONE);
        send_duplex(second, 100 + size, FLAG_NONE);
        expect_reply(second, 100 + size);
        expect_reply(first, size);
    }
    half_close(second);
    expect_status(second, GRPC_OK);
    send_duplex(first, 6, FLAG_END_STREAM);
    expect_reply(first, 6);
    expect_status(first, GRPC_OK);
}

static void expect_no_error_reset(struct call *call)
{
    struct test *t = call->conn->t;
    char scratch[16];

    if (test_is_over(t))
        return;
    if (!call->reset)
        test_lenient(t, HERE, "RST_STREAM(NO_ERROR) behind the trailers: the request had not ended",
                     "no RST_STREAM");
    else if (call->reset_code != H2_NO_ERROR)
        test_lenient(t, HERE, "RST_STREAM(NO_ERROR) behind the trailers", "RST_STREAM(%s)",
                     h2_error_name(call->reset_code, scratch));
}

static void early_end_unknown_method(struct test *t)
{
    struct call *call = start_call(t, NO_SUCH_METHOD, NO_EDITS);

    expect_outcome(call, UNKNOWN_METHOD);
    expect_connection_still_serves(call->conn);
    expect_no_error_reset(call);
}

static void early_end_mid_stream(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    struct buf message = {0};

    send_duplex(call, 10, FLAG_NONE);
    expect_reply(call, 10);
    pb_put_streaming_request(&message,
                             TESTING_REQUEST(.has_status = true, .status_code = GRPC_ABORTED,
                                             .status_message = "enough"),
                             NULL, 0);
    send_message(call, 0, buf_view(&message), FLAG_NONE);
    expect_status(call, GRPC_ABORTED);
    expect_status_message(call, "enough");
    expect_connection_still_serves(call->conn);
    expect_no_error_reset(call);
    buf_clear(&message);
}

/* What the client still had in flight when the server ended the call breaks nothing. */
static void late_data_after_early_end(struct test *t)
{
    struct call *call = start_call(t, NO_SUCH_METHOD, NO_EDITS);

    for (size_t i = 0; i < 10; i++)
        send_message(call, 0, BYTES("in flight when the call ended"), FLAG_NONE);
    half_close(call);
    expect_outcome(call, UNKNOWN_METHOD);
    expect_connection_still_serves(call->conn);
}

/* ---- many calls ------------------------------------------------------------------------------ */

#define MANY 100

static size_t allowed_streams(const struct conn *conn, size_t wish)
{
    uint32_t limit = conn->their_settings[SETTING_MAX_CONCURRENT_STREAMS];

    if (!conn->their_setting_seen[SETTING_MAX_CONCURRENT_STREAMS] || limit > wish)
        return wish;
    return limit;
}

#define TOO_MANY "refused: too many at once, though MAX_CONCURRENT_STREAMS allows them"

/* All headers, then all messages backwards, then all ends: nothing of a call is next to another
 * piece of it. */
static void ask_all_at_once(struct test *t, struct call **calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        calls[i] = start_call(t, UNARY_CALL, NO_EDITS);
    pass_time(main_connection(t), 0);
    for (size_t i = count; i-- > 0;)
        send_simple_request(calls[i], TESTING_REQUEST(.response_size = 10 * i + 1), FLAG_NONE);
    for (size_t i = 0; i < count; i++)
        half_close(calls[i]);
}

/* Four times, because it is a matter of luck how many of them a pool of threads has room for. */
static void hundred_at_once(struct test *t)
{
    struct call *calls[MANY];
    size_t count = allowed_streams(main_connection(t), MANY);

    for (int round = 0; round < 4 && t->verdict == VERDICT_PASS; round++) {
        ask_all_at_once(t, calls, count);
        for (size_t i = 0; i < count; i++) {
            expect_outcome(calls[i], ONE_OF(STATUS(GRPC_OK),
                                            LENIENT_STATUS(GRPC_RESOURCE_EXHAUSTED, TOO_MANY),
                                            LENIENT_STATUS(GRPC_UNAVAILABLE, TOO_MANY),
                                            LENIENT_RESET(H2_REFUSED_STREAM, TOO_MANY)));
            if (call_status(calls[i]) == GRPC_OK)
                expect_unary_reply(calls[i], 10 * i + 1);
        }
    }
}

/* What breaks only now and then should break here; octet by octet, once has to do. */
#define LARGE_ROUNDS(t) ((t)->segmentation == SEGMENT_BYTE ? 1 : 8)

static void large_at_once(struct test *t)
{
    struct call *calls[10];
    size_t count = allowed_streams(main_connection(t), ARRAY_LEN(calls));

    for (int round = 0; round < LARGE_ROUNDS(t) && !test_is_over(t); round++) {
        for (size_t i = 0; i < count; i++)
            calls[i] = unary_call(
                t, NO_EDITS, TESTING_REQUEST(.payload_size = 271828, .response_size = 314159 + i));
        for (size_t i = 0; i < count; i++)
            expect_unary_reply(calls[i], 314159 + i);
    }
}

/* ---- the test service's own promises --------------------------------------------------------- */

static void interval(struct test *t)
{
    static const struct response_parameters spaced[] = {
        {1, 200000, -1}, {2, 200000, -1}, {3, 200000, -1}};
    struct call *call = start_call(t, STREAMING_OUTPUT_CALL, NO_EDITS);
    gr_time begun = clock_now_ns();

    send_output_request(call, spaced, ARRAY_LEN(spaced), FLAG_END_STREAM);
    for (size_t i = 0; i < ARRAY_LEN(spaced); i++)
        expect_reply(call, spaced[i].size);
    expect_status(call, GRPC_OK);

    /* from before the request: a busy machine can only make it longer */
    int64_t ms = (clock_now_ns() - begun) / NS_PER_MS;
    if (!test_is_over(t) && ms < 150)
        test_skip(t, "the test service ignores interval_us");
    expect(t, ms >= 390, "two pauses of 200 ms between three responses", "%lld ms in all",
           (long long)ms);
}

/* The service pauses before its first answer; what is asked meanwhile, in the same octets, waits for it. */
static void requests_while_busy(struct test *t)
{
    static const struct response_parameters late = {10, 100000, -1};
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    send_output_request(call, &late, 1, FLAG_NONE);
    for (size_t size = 1; size <= 5; size++)
        send_duplex(call, size, size == 5 ? FLAG_END_STREAM : FLAG_NONE);
    expect_reply(call, 10);
    for (size_t size = 1; size <= 5; size++)
        expect_reply(call, size);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

static void unknown_response_type(struct test *t)
{
    struct call *call = start_call(t, UNARY_CALL, NO_EDITS);
    struct buf message = {0};

    pb_put_varint(&message, 1, 99);
    pb_put_varint(&message, 2, 8);
    send_message(call, 0, buf_view(&message), FLAG_END_STREAM);
    expect_outcome(
        call, ONE_OF(STATUS(GRPC_INVALID_ARGUMENT),
                     LENIENT_ANY_ERROR("the test service uses another code"),
                     LENIENT_STATUS(GRPC_OK, "the test service does not look at response_type")));
    expect_connection_still_serves(call->conn);
    buf_clear(&message);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/call/empty-unary", "GRPC-CALL-001",
     "An empty unary call succeeds with one empty response.",
     NEEDS_TEST_SERVICE, empty_unary, NULL},
    {"grpc/call/large-unary", "GRPC-CALL-002",
     "271828 octets up and 314159 down succeed.",
     NEEDS_TEST_SERVICE, large_unary, NULL},
    {"grpc/call/client-streaming", "GRPC-CALL-003",
     "Client streaming adds up all requests and answers once.",
     NEEDS_TEST_SERVICE, client_streaming, NULL},
    {"grpc/call/server-streaming", "GRPC-CALL-004",
     "Server streaming returns exactly the messages asked for, in order, then OK.",
     NEEDS_TEST_SERVICE, server_streaming, NULL},
    {"grpc/call/ping-pong", "GRPC-CALL-005",
     "Full duplex answers each request before the next is sent.",
     NEEDS_TEST_SERVICE, ping_pong, NULL},
    {"grpc/call/empty-stream", "GRPC-CALL-006",
     "A stream without messages either way ends with OK.",
     NEEDS_TEST_SERVICE, empty_stream, NULL},
    {"grpc/call/no-message-empty-call", "GRPC-CALL-007",
     "EmptyCall without a message is a cardinality violation: UNIMPLEMENTED.",
     NEEDS_TEST_SERVICE, no_message, &on_empty},
    {"grpc/call/no-message-unary", "GRPC-CALL-007",
     "UnaryCall without a message is a cardinality violation: UNIMPLEMENTED.",
     NEEDS_TEST_SERVICE, no_message, &on_unary},
    {"grpc/call/no-message-server-streaming", "GRPC-CALL-007",
     "Server streaming without a request is a cardinality violation: UNIMPLEMENTED.",
     NEEDS_TEST_SERVICE, no_message, &on_output},
    {"grpc/call/two-messages-empty-call", "GRPC-CALL-008",
     "EmptyCall with two messages is a cardinality violation: UNIMPLEMENTED.",
     NEEDS_TEST_SERVICE, two_messages, &on_empty},
    {"grpc/call/two-messages-unary", "GRPC-CALL-008",
     "UnaryCall with two messages is a cardinality violation: UNIMPLEMENTED.",
     NEEDS_TEST_SERVICE, two_messages, &on_unary},
    {"grpc/call/two-messages-server-streaming", "GRPC-CALL-008",
     "Server streaming with two requests is a cardinality violation: UNIMPLEMENTED.",
     NEEDS_TEST_SERVICE, two_messages, &on_output},
    {"grpc/call/no-responses", "GRPC-CALL-018",
     "Server streaming may return no messages and OK.",
     NEEDS_TEST_SERVICE, no_responses, NULL},
    {"grpc/call/no-requests", "GRPC-CALL-018",
     "Client streaming may carry no requests.",
     NEEDS_TEST_SERVICE, no_requests, NULL},
    {"grpc/call/responses-around-half-close", "GRPC-CALL-022",
     "A streaming handler answers before and after the client's half-close.",
     NEEDS_TEST_SERVICE, responses_around_half_close, NULL},
    {"grpc/call/two-conversations", "GRPC-CALL-005 GRPC-CALL-019",
     "Two full-duplex calls on one connection do not wait for each other.",
     NEEDS_TEST_SERVICE, two_conversations, NULL},
    {"grpc/call/early-end-unknown-method", "GRPC-CALL-015 GRPC-CALL-012",
     "Trailers before the client's half-close are followed by RST_STREAM(NO_ERROR).",
     NEEDS_TRANSPORT, early_end_unknown_method, NULL},
    {"grpc/call/early-end-mid-stream", "GRPC-CALL-015 GRPC-STAT-008",
     "An error in mid-stream is delivered as trailers, then RST_STREAM(NO_ERROR).",
     NEEDS_TEST_SERVICE, early_end_mid_stream, NULL},
    {"grpc/call/late-data-after-early-end", "GRPC-CALL-015 GRPC-CALL-012",
     "Messages in flight when the server ended the call break nothing.",
     NEEDS_TRANSPORT, late_data_after_early_end, NULL},
    {"grpc/call/hundred-at-once", "GRPC-CALL-019",
     "A hundred calls interleaved on one connection each get their own result.",
     NEEDS_TEST_SERVICE, hundred_at_once, NULL},
    {"grpc/call/large-at-once", "GRPC-CALL-019 GRPC-CALL-002",
     "Ten large calls at once on one connection each get their own result.",
     NEEDS_TEST_SERVICE, large_at_once, NULL},
    {"grpc/call/interval", "GRPC-CALL-020",
     "interval_us is the pause before each streamed response.",
     NEEDS_TEST_SERVICE, interval, NULL},
    {"grpc/call/requests-while-busy", "GRPC-MSG-012",
     "Requests that come while an answer is being prepared are served after it, in order.",
     NEEDS_TEST_SERVICE, requests_while_busy, NULL},
    {"grpc/call/unknown-response-type", "GRPC-CALL-021",
     "An unsupported response_type fails with INVALID_ARGUMENT.",
     NEEDS_TEST_SERVICE, unknown_response_type, NULL},
};
/* clang-format on */

const struct case_list call_type_cases = {cases, ARRAY_LEN(cases)};
