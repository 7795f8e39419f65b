/* SPDX-License-Identifier: MIT
 *
 * The four call types, deadlines and cancellation, as a client makes them (PROTOCOL-HTTP2; deadline and cancellation
 * guides; interop-test-descriptions). */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

#include <stdio.h>

/* ---- the four types -------------------------------------------------------------------------- */

static void is_served(struct test *t)
{
    serve_call(first_call(t, t->arg));
    expect_client_ok(t);
}

/* A client stream: its messages are as long as they must be. A command sends those of the official case, others four
 * that are alike. */
static void client_stream_arrives(struct test *t)
{
    struct call *call = first_call(t, &client_streaming);
    size_t alike = client_streaming.messages * client_streaming.request_size;
    size_t least = t->target->drive->reports_status ? alike : 74922;

    expect_half_close(call);
    expect(t, call->data.len > least && call->data.len < least + 1000,
           least == alike ? "four messages of 27182 octets of payload"
                          : "messages of 27182, 8, 1828 and 45904 octets of payload",
           "%zu octets in all", call->data.len);
    serve_call(call);
    expect_client_ok(t);
}

static bool has_a_message(const struct conn *conn, const void *arg)
{
    const struct call *call = arg;

    (void)conn;
    return call->data.len >= 5 && call->data.len - 5 >= load_u32(call->data.data + 1);
}

/* A ping-pong client waits for each answer: it has not sent the next request before. */
static void one_at_a_time(struct test *t)
{
    struct call *call = first_call(t, &ping_pong);

    expect(t, wait_until(call->conn, has_a_message, call), "a request", "%zu octets",
           call->data.len);
    expect_nothing_closed(call->conn);
    expect(t, test_is_over(t) || call->data.len == 5 + load_u32(call->data.data + 1),
           "one request, and no other before its answer", "%zu octets", call->data.len);
    serve_call(call);
    expect_client_ok(t);
}

/* Headers of the response, while the request waits for a window: they end nothing, and all of it comes. */
static void early_headers(struct test *t)
{
    struct call *call = first_call_with(t, &large_unary,
                                        SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    expect_ping_answer(call->conn);
    send_settings(call->conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 1 << 20}));
    expect_half_close(call);
    expect(t, call->data.len > large_unary.request_size,
           "the whole request, 271828 octets and more", "%zu octets, and END_STREAM",
           call->data.len);
    serve_call(call);
    expect_client_ok(t);
}

/* A call with everything that a call can have, which fails, and then one with nothing. */
static void nothing_is_left_over(struct test *t)
{
    static const struct field own[] = {{OCTETS("x-own"), OCTETS("of the first")}};
    static const struct client_call full = {.type = CALL_UNARY,
                                            .path = UNARY_CALL,
                                            .messages = 1,
                                            .timeout_ms = 60000,
                                            .compression = "gzip",
                                            .metadata = own,
                                            .metadata_count = ARRAY_LEN(own)};
    const struct field trailers[] = {FIELD("grpc-status", "9"), FIELD("grpc-message", "the first"),
                                     FIELD("x-late", "of the first")};
    struct call *call = first_call(t, &full);

    send_response_headers(call, EDITS(ADD("x-early", "of the first"), ADD("grpc-encoding", "gzip")),
                          FLAG_NONE);
    send_trailers(call, trailers, ARRAY_LEN(trailers));
    expect_client_status(t, GRPC_FAILED_PRECONDITION);

    call = next_call(t, &empty_unary);
    static const char *const left[] = {"x-own", "grpc-timeout"};
    for (size_t i = 0; i < ARRAY_LEN(left); i++)
        expect_no_header(call, left[i]);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_trailers(call, &FIELD("grpc-status", "5"), 1);
    expect_client_status(t, GRPC_NOT_FOUND);
    expect_client_no_header(t, "x-early");
    expect_client_no_trailer(t, "x-late");
    const struct client_result *result = client_result(t);
    expect(t, !bytes_contains(buf_view(&result->message), BYTES("the first")),
           "no message of another call", "that of the first");
}

/* ---- the server ends first ------------------------------------------------------------------- */

/* Trailers while the request is blocked by a window of 0: the client must let go of the stream. */
static void server_ends_first(struct test *t)
{
    struct call *call = first_call_with(t, &large_unary,
                                        SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));

    send_trailers_only(call, EDITS(SET("grpc-status", "8")));
    expect_client_status(t, GRPC_RESOURCE_EXHAUSTED);
    expect_outcome(call,
                   ONE_OF(RESET(H2_NO_ERROR), RESET(H2_CANCEL),
                          LENIENT_ANY_RESET("NO_ERROR or CANCEL is the code"), LENIENT_CLOSE,
                          LENIENT_GOAWAY(H2_NO_ERROR, "the whole connection instead of the stream"),
                          LENIENT_IGNORED("the stream stays half open")));
}

/* ---- deadlines ------------------------------------------------------------------------------- */

static int64_t unit_ns(char unit)
{
    switch (unit) {
    case 'H':
        return 3600 * NS_PER_S;
    case 'M':
        return 60 * NS_PER_S;
    case 'S':
        return NS_PER_S;
    case 'm':
        return NS_PER_MS;
    case 'u':
        return NS_PER_MS / 1000;
    default:
        return 1;
    }
}

/* grpc-timeout in nanoseconds; -1: there is none, or it is malformed (the linter says so). */
static int64_t timeout_of(const struct call *call)
{
    const struct field *field = header_list_find(&call->headers, "grpc-timeout");
    int64_t value = 0;

    if (!field || field->value.len < 2 || field->value.len > 9)
        return -1;
    for (size_t i = 0; i + 1 < field->value.len; i++)
        value = value * 10 + (field->value.data[i] - '0');
    char unit = (char)field->value.data[field->value.len - 1];
    return value > INT64_MAX / unit_ns(unit) ? INT64_MAX : value * unit_ns(unit);
}

/* What is said is what was asked for, or a little less. */
static void timeout_is_close(struct test *t)
{
    const struct client_call *wanted = t->arg;
    struct call *call = first_call(t, wanted);
    int64_t said = timeout_of(call), asked = wanted->timeout_ms * NS_PER_MS;

    expect(t, said > 0, "grpc-timeout", "none, or one that is malformed");
    expect(t, said <= asked + asked / 100 + NS_PER_MS && said > asked / 2,
           "the deadline's time that is left, with 1 % of rounding at most", "%.3f ms of %.3f ms",
           (double)said / (double)NS_PER_MS, (double)asked / (double)NS_PER_MS);
    serve_call(call);
    expect_client_ok(t);
}

/* A silent server: the client must say DEADLINE_EXCEEDED by itself, and let go of the stream. */
static void expires(struct test *t)
{
    struct call *call = sleeping_call(t);

    expect(t, timeout_of(call) > 0, "grpc-timeout", "none, or one that is malformed");
    serve_a_probe(call, true);
    expect_client_status(t, GRPC_DEADLINE_EXCEEDED);
    await_let_go(call);
    expect_outcome(call, ONE_OF(RESET(H2_CANCEL), LENIENT_ANY_RESET("CANCEL is the code"),
                                LENIENT_GOAWAY(H2_NO_ERROR, "the connection instead of the stream"),
                                LENIENT_CLOSE));
    expect_client_still_works(t);
}

#define LATE_CLOCK "it heard of this before it looked at its clock"

static const struct client_call half_a_second = {
    .type = CALL_UNARY, .path = UNARY_CALL, .messages = 1, .timeout_ms = 500};

/* The client's clock began before the request came, so that it is past the deadline now. */
static struct call *call_past_its_deadline(struct test *t)
{
    struct call *call = first_call(t, &half_a_second);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    pass_client_time(t, 650 * NS_PER_MS);
    return call;
}

/* The deadline has passed when the server's own reset comes: it is still the deadline that ended the call. */
static void cancel_after_the_deadline(struct test *t)
{
    struct call *call = call_past_its_deadline(t);

    send_rst_stream(call->conn, call->stream, H2_CANCEL);
    expect_client_outcome(
        t, ONE_OF(STATUS(GRPC_DEADLINE_EXCEEDED), LENIENT_STATUS(GRPC_CANCELLED, LATE_CLOCK)));
}

/* The message is the client's own, whatever the server's is, which came before anybody asked. */
static void late_trailers_are_not_used(struct test *t)
{
    struct call *call = call_past_its_deadline(t);

    send_status(call, GRPC_ABORTED, "too late");
    expect_client_outcome(
        t, ONE_OF(STATUS(GRPC_DEADLINE_EXCEEDED), LENIENT_STATUS(GRPC_ABORTED, LATE_CLOCK)));
    const struct client_result *result = client_result(t);
    if (!test_is_over(t) && result->status == GRPC_DEADLINE_EXCEEDED)
        expect(t, !bytes_contains(buf_view(&result->message), BYTES("too late")),
               "a message of the client's own", "the server's, which came after");
}

/* Nothing but time passes for a call that waits for a stream, or for a connection. */
static void expires_in_the_queue(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_settings(call->conn, SETTINGS({SETTING_MAX_CONCURRENT_STREAMS, 1}));
    expect_settings_acks(call->conn, 2);
    struct asked *asked = ask_client(t, &half_a_second);
    expect_asked_outcome(asked, ONE_OF(STATUS(GRPC_DEADLINE_EXCEEDED)));
    serve_call(call);
}

static void expires_before_settings(struct test *t)
{
    struct asked *asked = ask_client(t, &half_a_second);

    accept_transport(t)->auto_settings_ack = false; /* nothing at all is said */
    expect_asked_outcome(asked, ONE_OF(STATUS(GRPC_DEADLINE_EXCEEDED)));
}

/* Half a second is gone when the call is refused: the second attempt has only the rest. */
static void second_attempt_has_the_rest(struct test *t)
{
    static const struct client_call two_seconds = {
        .type = CALL_UNARY, .path = UNARY_CALL, .messages = 1, .timeout_ms = 2000};
    struct call *call = first_call(t, &two_seconds);
    int64_t first = timeout_of(call);

    pass_client_time(t, 500 * NS_PER_MS);
    send_rst_stream(call->conn, call->stream, H2_REFUSED_STREAM);
    call = await_call(t);
    expect(t, timeout_of(call) > 0 && timeout_of(call) < first - 400 * NS_PER_MS,
           "a grpc-timeout of what is left", "%.3f ms, where it was %.3f ms half a second ago",
           (double)timeout_of(call) / (double)NS_PER_MS, (double)first / (double)NS_PER_MS);
    serve_call(call);
    expect_client_ok(t);
}

/* ---- cancellation ---------------------------------------------------------------------------- */

static bool has_call_or_is_closed(const struct conn *conn, const void *arg)
{
    (void)arg;
    for (const struct call *call = conn->calls; call; call = call->next)
        if (!call->handed_out)
            return true;
    return conn->closed != NOT_CLOSED;
}

/* The call that is cancelled. Some send nothing of it, and some make an EmptyCall before it. */
static struct call *call_to_cancel(struct test *t, const struct client_call *wanted)
{
    (void)ask_client(t, wanted);
    if (wanted == &cancel_after_begin && strcmp(t->target->drive->name, "adapter") == 0)
        test_skip(t, "an adapter cancels before it has connected");
    struct conn *conn = accept_transport(t);
    struct call *call = NULL;

    send_settings(conn, NULL, 0);
    while (!call || (!test_is_over(t) && strcmp(call->path, EMPTY_CALL) == 0)) {
        if (call)
            serve_call(call);
        if (!test_is_over(t))
            (void)wait_until(conn, has_call_or_is_closed, NULL);
        if (!test_is_over(t) && conn->closed != NOT_CLOSED)
            test_skip(t, "the call was cancelled before the client sent it");
        call = await_call_on(conn);
    }
    return call;
}

static void cancels(struct test *t)
{
    const struct client_call *wanted = t->arg;
    struct call *call = call_to_cancel(t, wanted);

    if (wanted == &cancel_after_first_response) {
        size_t size = 0;
        (void)wanted_responses(call, &size, 1);
        send_response_headers(call, NO_EDITS, FLAG_NONE);
        send_response_message(call, size);
    }
    serve_a_probe(call, false);
    await_let_go(call);
    expect_outcome(call, ONE_OF(RESET(H2_CANCEL), LENIENT_ANY_RESET("CANCEL is the code"),
                                LENIENT_GOAWAY(H2_NO_ERROR, "the connection instead of the stream"),
                                LENIENT_CLOSE));
    serve_a_probe(call, true);
    expect_client_status(t, GRPC_CANCELLED);
    expect_client_still_works(t);
}

/* One of two calls is cancelled; the other goes on, on the same connection. */
static void cancel_is_one_calls(struct test *t)
{
    static const struct client_call cancelled = {.type = CALL_UNARY,
                                                 .path = UNARY_CALL,
                                                 .messages = 1,
                                                 .cancel = CANCEL_AFTER_HALF_CLOSE,
                                                 .cancel_after_ms = 50};
    struct call *call = first_call(t, &cancelled);
    struct asked *asked = ask_client(t, &empty_unary);
    struct call *sibling = await_call(t);

    await_let_go(call);
    expect_outcome(call, ONE_OF(RESET(H2_CANCEL), LENIENT_ANY_RESET("CANCEL is the code")));
    serve_call(sibling);
    expect_asked_outcome(asked, ONE_OF(STATUS(GRPC_OK)));
    expect(t, sibling->conn->closed == NOT_CLOSED, "the connection stays open", "it was closed");
}

/* The request waits for a window when its stream is reset: nothing more of it may come, whatever windows there are. */
static void stops_sending(struct test *t)
{
    struct call *call = call_behind_settings(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 10}));
    struct conn *conn = call->conn;

    expect_data_octets(call, 10);
    send_rst_stream(conn, call->stream, H2_CANCEL);
    await_answer_or_end(conn);
    size_t sent = call->data.len;
    conn->auto_window = true;
    send_settings(conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 1 << 20}));
    send_window_update(conn, 0, 1 << 20);
    await_answer_or_end(conn);
    expect(t, call->data.len == sent, "no DATA behind a RST_STREAM that was read",
           "%zu octets more", call->data.len - sent);
    expect_client_error(t);
}

/* Ten calls in a row are cancelled. A few PINGs may measure the connection; one for each is keepalive gone wrong. */
static void few_pings(struct test *t)
{
    enum { CALLS = 10 };
    unsigned pings = 0;

    for (unsigned i = 0; i < CALLS && !test_is_over(t); i++) {
        struct call *call = i ? next_call(t, &cancel_after_begin)
                              : first_call(t, &cancel_after_begin);
        serve_a_probe(call, false);
        expect_client_status(t, GRPC_CANCELLED);
    }
    for (const struct conn *conn = t->conns; conn; conn = conn->next)
        pings += conn->pings_received;
    expect(t, pings <= CALLS / 2, "no PING of the client's own, or a few that measure",
           "%u PINGs with %u calls that were cancelled", pings, CALLS);
}

static const struct client_call of_1500_ms = {
    .type = CALL_UNARY, .path = UNARY_CALL, .messages = 1, .timeout_ms = 1500};
static const struct client_call of_an_hour = {
    .type = CALL_UNARY, .path = UNARY_CALL, .messages = 1, .timeout_ms = 3600000};
static const struct client_call of_a_month = {.type = CALL_UNARY,
                                              .path = UNARY_CALL,
                                              .messages = 1,
                                              .timeout_ms = INT64_C(30) * 24 * 3600000};

/* clang-format off */
#define SERVED(word, clause, title, call) \
    {"client/grpc/calls/" word, clause, title, NEEDS_CLIENT, is_served, &(call)}
#define TIMEOUT(word, title, call) \
    {"client/grpc/deadline/" word, "GRPC-DL-002 GRPC-DL-001", title, NEEDS_REPORTED_STATUS, timeout_is_close, &(call)}

static const struct test_case cases[] = {
    SERVED("empty-unary", "GRPC-CALL-001", "An empty unary call succeeds.", empty_unary),
    SERVED("large-unary", "GRPC-CALL-002", "A large unary call succeeds.", large_unary),
    SERVED("server-streaming", "GRPC-CALL-004", "A server stream succeeds.", server_streaming),
    SERVED("ping-pong", "GRPC-CALL-005", "A bidirectional stream succeeds, one message at a time.", ping_pong),
    SERVED("empty-stream", "GRPC-CALL-006 GRPC-CALL-018", "A bidirectional stream of no messages succeeds.", empty_stream),
    {"client/grpc/calls/client-streaming", "GRPC-CALL-003 GRPC-MSG-001", "A client stream arrives whole and in order.", NEEDS_CLIENT,
     client_stream_arrives, NULL},
    {"client/grpc/calls/one-at-a-time", "GRPC-CALL-005", "A ping-pong client waits for each answer.", NEEDS_CLIENT, one_at_a_time, NULL},
    {"client/grpc/calls/early-headers", "GRPC-MSG-001", "A response that has begun leaves the rest of the request alone.", NEEDS_CLIENT,
     early_headers, NULL},
    {"client/grpc/calls/nothing-is-left-over", "GRPC-CALL-019 GRPC-MD-015 GRPC-STAT-008",
     "Nothing of one call is left over in the next.", NEEDS_REPORTED_RESULT, nothing_is_left_over, NULL},
    {"client/grpc/calls/server-ends-first", "GRPC-CALL-016", "A client lets go of a stream that the server ended.", NEEDS_CLIENT,
     server_ends_first, NULL},
    TIMEOUT("of-1500-ms", "A deadline of 1.5 s is sent as what it is.", of_1500_ms),
    TIMEOUT("of-an-hour", "A deadline of an hour is sent in at most 8 digits.", of_an_hour),
    TIMEOUT("of-a-month", "A deadline of 30 days is sent in at most 8 digits.", of_a_month),
    {"client/grpc/deadline/expires", "GRPC-DL-008 GRPC-DL-011", "A call that nobody answers ends by its deadline.", NEEDS_CLIENT,
     expires, NULL},
    {"client/grpc/deadline/in-the-queue", "GRPC-DL-012 GRPC-DL-008", "A call that waits for a stream ends by its deadline.",
     NEEDS_REPORTED_STATUS, expires_in_the_queue, NULL},
    {"client/grpc/deadline/before-settings", "GRPC-DL-012 GRPC-DL-008", "A call that waits for a connection ends by its deadline.",
     NEEDS_REPORTED_STATUS, expires_before_settings, NULL},
    {"client/grpc/deadline/of-a-second-attempt", "GRPC-RETRY-016", "A call that is made again is sent with the time that is left.",
     NEEDS_REPORTED_STATUS, second_attempt_has_the_rest, NULL},
    {"client/grpc/deadline/cancel-after-it", "GRPC-DL-009", "A reset after the deadline is still the deadline.", NEEDS_REPORTED_STATUS,
     cancel_after_the_deadline, NULL},
    {"client/grpc/deadline/late-trailers", "GRPC-DL-010", "Nothing of trailers that came too late is used.", NEEDS_REPORTED_STATUS,
     late_trailers_are_not_used, NULL},
    {"client/grpc/cancellation/at-once", "GRPC-CANCEL-001 GRPC-CANCEL-002", "A call that is cancelled at once is reset and CANCELLED.",
     NEEDS_CLIENT, cancels, &cancel_after_begin},
    {"client/grpc/cancellation/after-a-response", "GRPC-CANCEL-001 GRPC-CANCEL-003",
     "A call that is cancelled after a response is reset and CANCELLED.", NEEDS_CLIENT, cancels, &cancel_after_first_response},
    {"client/grpc/cancellation/stops-sending", "GRPC-CANCEL-004 H2-STREAM-018", "A client whose call is reset sends no more of it.",
     NEEDS_CLIENT, stops_sending, NULL},
    {"client/grpc/cancellation/few-pings", "GRPC-KA-015", "Calls that are cancelled bring no PINGs with them.", NEEDS_SHARED_CONNECTION,
     few_pings, NULL},
    {"client/grpc/cancellation/only-its-own", "GRPC-CANCEL-005", "Cancelling a call leaves the others alone.", NEEDS_SHARED_CONNECTION,
     cancel_is_one_calls, NULL},
};
/* clang-format on */
const struct case_list client_call_cases = {cases, ARRAY_LEN(cases)};
