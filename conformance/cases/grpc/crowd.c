/* SPDX-License-Identifier: MIT
 *
 * Many calls at once on one connection, each with a fate of its own: deadlines that pass in another order than the
 * calls began, calls that are cancelled among others that go on, failures among successes. What belongs to one
 * must not touch its neighbours. Crowds in which all calls do the same are in endurance.c. */
#include "base/clock.h"
#include "cases/cases.h"
#include "cases/grpc/common.h"

#include <stdio.h>

#define ECHO_INITIAL  "x-grpc-test-echo-initial"
#define ECHO_TRAILING "x-grpc-test-echo-trailing-bin"
#define CROWD         10   /* some servers have few threads */
#define LAST_MS       1200 /* the deadline of the call that begins first */

/* ---- deadlines ------------------------------------------------------------------------------- */

static int64_t deadline_ms(size_t number)
{
    return number == 0 ? LAST_MS : 500 - 20 * (int64_t)number;
}

static struct call *call_with_deadline(struct test *t, size_t number)
{
    char timeout[16];
    (void)snprintf(timeout, sizeof timeout, "%dm", (int)deadline_ms(number));
    const struct edit edits[] = {{EDIT_ADD, "grpc-timeout", bytes_str(timeout)},
                                 {.kind = EDIT_END}};
    return start_call(t, FULL_DUPLEX_CALL, edits);
}

static void expect_expired(struct call *call, size_t number, gr_time begun)
{
    expect_outcome(call,
                   ONE_OF(RESET(H2_CANCEL), STATUS(GRPC_DEADLINE_EXCEEDED),
                          LENIENT_STATUS(GRPC_CANCELLED,
                                         "DEADLINE_EXCEEDED is the code for a passed deadline")));
    int64_t ms = (clock_now_ns() - begun) / NS_PER_MS;
    expect(call->conn->t, ms >= deadline_ms(number) - 30, "a call lasts until its own deadline",
           "a deadline of %lld ms was over after %lld ms", (long long)deadline_ms(number),
           (long long)ms);
}

/* The first to begin has the last deadline; others have none. Their order is judged, not their time: a busy machine is
 * late with all. */
static void deadlines(struct test *t)
{
    struct call *timed[CROWD], *others[CROWD];
    struct conn *conn = main_connection(t);
    gr_time begun = clock_now_ns();

    for (size_t i = 0; i < CROWD; i++) {
        timed[i] = call_with_deadline(t, i);
        others[i] = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    }
    flush(conn);
    for (size_t i = CROWD - 1; i > 0; i--) {
        skip_if_turned_away(timed[i]);
        expect_expired(timed[i], i, begun);
        expect(t, !call_has_all(timed[0]) || timed[i]->last_entry < timed[0]->last_entry,
               "deadlines pass in their own order",
               "one of %lld ms passed behind one of %d ms of an older call",
               (long long)deadline_ms(i), LAST_MS);
    }
    expect_expired(timed[0], 0, begun);
    for (size_t i = 0; i < CROWD; i++) {
        send_duplex(others[i], i + 1, FLAG_END_STREAM);
        skip_if_turned_away(others[i]);
        expect_reply(others[i], i + 1);
        expect_status(others[i], GRPC_OK);
    }
}

/* ---- cancellations --------------------------------------------------------------------------- */

#define RESPONSES 20

/* Windows that hold less than two responses, so that all of them are at work when every second one is cancelled. */
static void cancellations(struct test *t)
{
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 4000}));
    struct response_parameters sizes[RESPONSES];
    struct call *calls[CROWD];
    struct buf request = {0};

    for (size_t i = 0; i < RESPONSES; i++)
        sizes[i] = (struct response_parameters){.size = 3000 + i, .compressed = -1};
    pb_put_streaming_request(&request, TESTING_REQUEST(.payload_size = 0), sizes, RESPONSES);
    for (size_t i = 0; i < CROWD; i++)
        calls[i] = send_unary_on(conn, STREAMING_OUTPUT_CALL, buf_view(&request));
    for (size_t i = 0; i < CROWD; i++)
        skip_if_turned_away(calls[i]);
    for (size_t i = 0; i < CROWD; i++)
        expect_reply(calls[i], sizes[0].size);
    for (size_t i = 1; i < CROWD; i += 2)
        cancel_call(calls[i]);
    for (size_t i = 0; i < CROWD && !test_is_over(t); i += 2) {
        for (size_t k = 1; k < RESPONSES; k++)
            expect_reply(calls[i], sizes[k].size);
        expect_no_more_messages(calls[i]);
        expect_status(calls[i], GRPC_OK);
    }
    expect_connection_still_serves(conn);
    buf_clear(&request);
}

/* ---- failures -------------------------------------------------------------------------------- */

static void put_own_message(char text[static 32], size_t number)
{
    (void)snprintf(text, 32, "of call %zu", number);
}

/* Every second one fails, with a code and message of its own; all want their metadata back. */
static struct call *one_of_many(struct conn *conn, size_t number)
{
    char text[32], base64[16];
    struct call *call = new_call_on(conn, UNARY_CALL);

    put_own_message(text, number);
    (void)snprintf(base64, sizeof base64, "%08zu", number);
    send_request_headers(call,
                         EDITS({EDIT_ADD, ECHO_INITIAL, bytes_str(text)},
                               {EDIT_ADD, ECHO_TRAILING, bytes_str(base64)}),
                         0);
    if (number % 2)
        send_simple_request(call,
                            TESTING_REQUEST(.has_status = true,
                                            .status_code = (int)(1 + number % 15),
                                            .status_message = text),
                            FLAG_END_STREAM);
    else
        send_simple_request(call, TESTING_REQUEST(.response_size = number), FLAG_END_STREAM);
    return call;
}

static void expect_own_field(struct call *call, const char *name, const char *value)
{
    const struct field *field = response_field(call, name);
    expect(call->conn->t, !field || bytes_equal_str(field->value, value),
           "the metadata of the call itself", "%s: %.*s, where it sent %s", name,
           field ? (int)field->value.len : 0, field ? (const char *)field->value.data : "", value);
}

static void expect_own_fate(struct call *call, size_t number)
{
    char text[32], base64[16];

    put_own_message(text, number);
    (void)snprintf(base64, sizeof base64, "%08zu", number);
    if (number % 2) {
        expect_status(call, (uint32_t)(1 + number % 15));
        expect_status_message(call, text);
    } else {
        expect_unary_reply(call, number);
    }
    expect_own_field(call, ECHO_INITIAL, text);
    expect_own_field(call, ECHO_TRAILING, base64);
}

static void failures(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *calls[CROWD];

    for (size_t round = 0; round < 4 && !test_is_over(t); round++) {
        for (size_t i = 0; i < CROWD; i++)
            calls[i] = one_of_many(conn, round * CROWD + i);
        for (size_t i = 0; i < CROWD; i += 2) /* those that do not ask for an error */
            skip_if_turned_away(calls[i]);
        for (size_t i = CROWD; i > 0; i--)
            expect_own_fate(calls[i - 1], round * CROWD + i - 1);
    }
    expect_connection_still_serves(conn);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/crowd/deadlines", "GRPC-DL-011 GRPC-DL-006",
     "Of 20 calls each ends at its own deadline, or not at all.",
     NEEDS_TEST_SERVICE, deadlines, NULL},
    {"grpc/crowd/cancellations", "GRPC-CANCEL-004 GRPC-CALL-019",
     "When every second of ten calls is cancelled, the others get all of their responses.",
     NEEDS_TEST_SERVICE, cancellations, NULL},
    {"grpc/crowd/failures", "GRPC-STAT-022 GRPC-CALL-019 GRPC-MD-002",
     "Of ten calls at once, each has its own status, message and metadata, four times.",
     NEEDS_TEST_SERVICE, failures, NULL},
};
/* clang-format on */

const struct case_list crowd_cases = {cases, ARRAY_LEN(cases)};
