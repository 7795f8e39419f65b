/* SPDX-License-Identifier: MIT
 *
 * Windows that hardly open, or not at all, under responses that wait for them (RFC 9113 10.5; CVE-2019-9511). */
#include "cases/cases.h"
#include "cases/http2/flood.h"

static void dribble(struct test *t)
{
    struct flood flood = begin_flood(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 1}));
    struct call *calls[50];

    flood.conn->auto_window = false;
    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        calls[i] = ask_for(flood.conn, 100000);
    for (int round = 0; round < 20 && !has_ended_connection(flood.conn); round++) {
        for (size_t i = 0; i < ARRAY_LEN(calls); i++)
            if (!calls[i]->reset && !calls[i]->remote_closed)
                send_window_update(flood.conn, calls[i]->stream, 1);
        turn_once(flood.conn);
    }
    expect_borne_or_refused(&flood);
    abort_transport(flood.conn);
}

#define SLOW_READERS 50

static size_t count_over(struct call *const *calls)
{
    size_t over = 0;
    for (size_t i = 0; i < SLOW_READERS; i++)
        over += calls[i]->remote_closed || calls[i]->reset;
    return over;
}

static bool all_over(const struct conn *conn, const void *arg)
{
    return count_over((struct call *const *)arg) == SLOW_READERS || has_ended_connection(conn);
}

/* The deadline ends what no window lets go. */
static void slow_readers(struct test *t)
{
    struct flood flood = begin_flood(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));
    struct call *calls[SLOW_READERS];
    struct buf request = {0};

    pb_put_simple_request(&request, TESTING_REQUEST(.response_size = 100000));
    for (size_t i = 0; i < SLOW_READERS; i++) {
        calls[i] = new_call_on(flood.conn, UNARY_CALL);
        send_request_headers(calls[i], EDITS(ADD("grpc-timeout", "300m")), 0);
        send_message(calls[i], 0, buf_view(&request), FLAG_END_STREAM);
    }
    bool over = wait_until(flood.conn, all_over, calls);
    if (!over)
        test_lenient(
            t, HERE,
            "calls whose deadline has passed end, also when no window lets their response go",
            "%zu of %d are still there %.0f seconds later", SLOW_READERS - count_over(calls),
            SLOW_READERS, (double)t->patience_ns / (double)NS_PER_S);
    expect_others_served(&flood);
    buf_clear(&request);
}

static const struct test_case cases[] = {
    {"http2/limits/dribble", "SEC-012",
     "Others are served beside 50 streams with windows of one octet.", NEEDS_TEST_SERVICE, dribble,
     NULL},
    {"http2/limits/slow-readers", "SEC-026",
     "50 calls without a window end when their deadline of 300 ms has passed.", NEEDS_TEST_SERVICE,
     slow_readers, NULL},
};
const struct case_list limit_window_cases = {cases, ARRAY_LEN(cases)};
