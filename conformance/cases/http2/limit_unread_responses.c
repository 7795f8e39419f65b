/* SPDX-License-Identifier: MIT
 *
 * Responses that nobody reads: windows are wide open and the socket is not read (RFC 9113 10.5; CVE-2019-9517). */
#include "cases/cases.h"
#include "cases/http2/flood.h"
#include "peer/own_target.h"

/* 64 MiB in eight streams, all windows open, and the socket is not read for half a second. */
static void ask_for_much(struct conn *conn)
{
    struct response_parameters parameters[64];
    struct buf request = {0};

    for (size_t i = 0; i < ARRAY_LEN(parameters); i++)
        parameters[i] = (struct response_parameters){.size = 128 << 10, .compressed = -1};
    pb_put_streaming_request(&request, TESTING_REQUEST(.payload_size = 0), parameters,
                             ARRAY_LEN(parameters));
    send_window_update(conn, 0, (uint32_t)MAX_WINDOW - DEFAULT_WINDOW);
    for (int i = 0; i < 8; i++)
        (void)send_unary_on(conn, STREAMING_OUTPUT_CALL, buf_view(&request));
    flush(conn);
    buf_clear(&request);
}

static void unread_responses(struct test *t)
{
    struct flood flood = begin_flood(t,
                                     SETTINGS({SETTING_INITIAL_WINDOW_SIZE, (uint32_t)MAX_WINDOW}));
    struct memory before = target_memory(t);

    ask_for_much(flood.conn);
    pass_time(flood.canary, 500 * NS_PER_MS);
    expect_others_served(&flood);
    struct memory after = target_memory(t);
    if (!t->own && before.now >= 0 && after.now - before.now > MOST_GROWTH)
        test_lenient(t, HERE, "what waits for the socket is bounded",
                     "the target has grown by %lld octets for 64 MiB unread",
                     (long long)(after.now - before.now));
    abort_transport(flood.conn);
}

/* How much the target grows, until it has grown no more for a second, or too much. */
static int64_t growth_until_quiet(struct conn *canary, int64_t before)
{
    int64_t growth = 0;

    for (int turns = 0, quiet = 0; turns < 24 && quiet < 4 && growth < MOST_GROWTH; turns++) {
        int64_t last = growth;
        pass_time(canary, 250 * NS_PER_MS);
        growth = target_memory(canary->t).peak - before;
        quiet = growth == last ? quiet + 1 : 0;
    }
    return growth;
}

static void memory_of_unread_responses(struct test *t)
{
    if (t->target->starter)
        start_own_target(t);
    struct conn *canary = connect_h2(t);
    expect_call_works(canary);
    struct conn *conn = connect_with(t,
                                     SETTINGS({SETTING_INITIAL_WINDOW_SIZE, (uint32_t)MAX_WINDOW}));
    struct memory before = target_memory(t);
    if (before.peak < 0) {
        test_skip(t, MEMORY_NOT_KNOWN);
        return;
    }
    ask_for_much(conn);
    int64_t growth = growth_until_quiet(canary, before.now);
    test_note(t, "%lld octets at most", (long long)growth);
    if (growth >= MOST_GROWTH)
        test_lenient(
            t, HERE,
            "what waits for a socket that is not read stays far below the 64 MiB asked for",
            "the target has grown by %lld octets", (long long)growth);
    abort_transport(conn);
}

static const struct test_case cases[] = {
    {"http2/limits/unread-responses", "SEC-010",
     "Others are served beside 64 MiB of responses that nobody reads.", NEEDS_TEST_SERVICE,
     unread_responses, NULL},
    {"http2/limits/memory-of-unread-responses", "SEC-010",
     "64 MiB of responses that nobody reads are not all made at once.", NEEDS_TEST_SERVICE,
     memory_of_unread_responses, NULL},
};
const struct case_list limit_unread_response_cases = {cases, ARRAY_LEN(cases)};
