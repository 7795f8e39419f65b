/* SPDX-License-Identifier: MIT
 *
 * What a server keeps of what is over. The same is done N, 2N and 4N times on connections that then close, and the
 * memory of the server's process is looked at behind each: what grows with the count is never given back. Needs a
 * server of the case's own (--spawn, or the bundled one) or --pid. Peaks that pass are in limit_unread_responses.c
 * and limit_messages.c. */
#include "cases/cases.h"
#include "cases/http2/flood.h"
#include "peer/own_target.h"

#define PER_CONNECTION 125                /* below the limits that stop a client early */
#define NOISE          (INT64_C(4) << 20) /* what a heap may grow by for reasons of its own */

/* Do it once on a connection. Nothing is judged. */
struct habit {
    void (*once)(struct conn *conn);
    size_t count;          /* N */
    size_t per_connection; /* 0: PER_CONNECTION */
};

static bool is_settled(const struct conn *conn, const void *arg)
{
    return conn->ping_acks > *(const unsigned *)arg || has_ended_connection(conn);
}

static void wait_until_settled(struct conn *conn)
{
    unsigned before = conn->ping_acks;
    if (has_ended_connection(conn))
        return;
    send_ping(conn, (const uint8_t *)"settled?", 0);
    bool settled = wait_until(conn, is_settled, &before);
    if (!settled && clock_now_ns() >= conn->t->deadline)
        test_skip(conn->t,
                  "the target takes its time to end connections: longer than the case has");
    expect(conn->t, settled, "an answer to PING, or the end of the connection", "neither");
}

static void repeat(struct test *t, const struct habit *habit, size_t count)
{
    size_t per_connection = habit->per_connection ? habit->per_connection : PER_CONNECTION;
    while (count > 0 && !test_is_over(t)) {
        struct conn *conn = connect_h2(t);
        for (size_t i = 0; i < per_connection && count > 0; i++, count--)
            habit->once(conn);
        wait_until_settled(conn);
        close_transport(conn);
    }
}

/* How much the process has grown by doing it so often. */
static int64_t growth_of(struct test *t, const struct habit *habit, size_t count)
{
    int64_t before = target_memory(t).now;
    repeat(t, habit, count);
    struct conn *conn = connect_h2(t);
    expect_served_in_the_end(conn);
    close_transport(conn);
    return target_memory(t).now - before;
}

/* Linear, and again when it is done again. */
static void expect_given_back(struct test *t)
{
    const struct habit *habit = t->arg;
    if (t->target->starter)
        start_own_target(t);
    t->patience_ns = 6 * NS_PER_S; /* how fast it is, others ask */
    expect_target_still_serves(t);
    if (!test_is_over(t) && target_memory(t).now < 0)
        test_skip(t, MEMORY_NOT_KNOWN);
    repeat(t, habit, habit->count);
    int64_t twice = growth_of(t, habit, 2 * habit->count);
    int64_t four_times = growth_of(t, habit, 4 * habit->count);
    if (!test_is_over(t))
        test_note(t, "%lld octets more after %zu times, %lld after %zu", (long long)twice,
                  2 * habit->count, (long long)four_times, 4 * habit->count);
    if (test_is_over(t) || four_times < NOISE || four_times < twice + twice / 2)
        return;
    int64_t least =
        four_times; /* collectors of garbage take their time: what is kept grows every time */
    for (int i = 0; i < 3 && least >= four_times / 4 * 3 && !test_is_over(t); i++) {
        int64_t again = growth_of(t, habit, 4 * habit->count);
        least = again < least ? again : least;
    }
    expect(t, least < four_times / 4 * 3, "memory is given back when it is over",
           "%lld octets each time are kept: %lld more after %zu times, and %lld at least after as "
           "many again",
           (long long)(four_times / (int64_t)(4 * habit->count)), (long long)four_times,
           4 * habit->count, (long long)least);
}

/* ---- what is done ---- */

static void reset_a_call(struct conn *conn)
{
    struct call *call = new_call_on(conn, EMPTY_CALL);
    send_request_headers(call, NO_EDITS, 0);
    cancel_call(call);
}

static void make_it_reset(struct conn *conn)
{
    struct call *call = new_call_on(conn, EMPTY_CALL);
    send_request_headers(call, NO_EDITS, 0);
    send_window_update(conn, call->stream, 0);
}

static void send_malformed(struct conn *conn)
{
    struct call *call = new_call_on(conn, EMPTY_CALL);
    send_request_headers(call,
                         EDITS(REMOVE(":path"), ADD("x-malformed", "a request without a path")),
                         FLAG_END_STREAM);
}

static void send_empty_names(struct conn *conn)
{
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0};
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    for (int i = 0; i < 1000; i++)
        hpack_put_literal(&block, LITERAL_NOT_INDEXED, NO_BYTES, NO_BYTES);
    send_block(conn, call->stream, buf_view(&block), FLAG_END_STREAM);
    buf_clear(&block);
}

static void break_off_a_block(struct conn *conn)
{
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0};
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    buf_put_u8(&block, LITERAL_NOT_INDEXED);
    hpack_put_string(&block, BYTES("x-cut"));
    hpack_put_int(&block, 7, 0, 40000);
    put_fill(&block, 'c', 16000 - block.len);
    send_frame(conn, FRAME_HEADERS, 0, call->stream, buf_view(&block));
    finish_writing(conn);
    (void)ends_connection_within(conn, 50 * NS_PER_MS);
    buf_clear(&block);
}

static void break_off_a_message(struct conn *conn)
{
    struct call *call = new_call_on(conn, UNARY_CALL);
    struct buf data = {0};
    send_request_headers(call, NO_EDITS, 0);
    put_message_prefix(&data, 0, 4000000);
    put_fill(&data, 'm', 1000);
    send_data(call, buf_view(&data), 0);
    cancel_call(call);
    buf_clear(&data);
}

static void overflow_the_connection(struct conn *conn)
{
    send_window_update(conn, 0, (uint32_t)MAX_WINDOW);
    send_window_update(conn, 0, (uint32_t)MAX_WINDOW);
}

static void call_once(struct conn *conn)
{
    (void)send_unary_on(conn, EMPTY_CALL, NO_BYTES);
    pass_time(conn, 0);
}

#define HABIT(...) (&(const struct habit){__VA_ARGS__})

static const struct test_case cases[] = {
    {"http2/limits/memory-after-calls", "SEC-001",
     "Calls that are over leave nothing: 500, 1000, 2000.", NEEDS_TEST_SERVICE, expect_given_back,
     HABIT(call_once, 500, 50)},
    {"http2/limits/memory-after-rapid-resets", "SEC-001",
     "Requests that were reset at once leave nothing: 500, 1000, 2000.", NEEDS_TRANSPORT,
     expect_given_back, HABIT(reset_a_call, 500, 0)},
    {"http2/limits/memory-after-made-resets", "SEC-003",
     "Streams that the server was made to reset leave nothing: 500, 1000, 2000.", NEEDS_TRANSPORT,
     expect_given_back, HABIT(make_it_reset, 500, 0)},
    {"http2/limits/memory-after-malformed-requests", "SEC-014",
     "Malformed requests leave nothing: 500, 1000, 2000.", NEEDS_TRANSPORT, expect_given_back,
     HABIT(send_malformed, 500, 50)},
    {"http2/limits/memory-after-empty-names", "SEC-009",
     "Blocks of a thousand empty names leave nothing: 50, 100, 200.", NEEDS_TRANSPORT,
     expect_given_back, HABIT(send_empty_names, 50, 1)},
    {"http2/limits/memory-after-cut-blocks", "SEC-004",
     "Connections that end inside a header block leave nothing: 50, 100, 200.", NEEDS_TRANSPORT,
     expect_given_back, HABIT(break_off_a_block, 50, 1)},
    {"http2/limits/memory-after-cut-messages", "SEC-001",
     "Calls that end inside a message leave nothing: 500, 1000, 2000.", NEEDS_TEST_SERVICE,
     expect_given_back, HABIT(break_off_a_message, 500, 25)},
    {"http2/limits/memory-after-connection-errors", "SEC-003",
     "Connections that end by an overflow of their window leave nothing: 50, 100, 200.",
     NEEDS_TRANSPORT, expect_given_back, HABIT(overflow_the_connection, 50, 1)},
};
const struct case_list memory_cases = {cases, ARRAY_LEN(cases)};
