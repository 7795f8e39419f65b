/* SPDX-License-Identifier: MIT
 *
 * Judging connections: acknowledgements, PING, that it is open, and that it still serves. */
#include "peer/inside.h"

struct count {
    unsigned acks;
};

static bool has_acks(const struct conn *conn, const void *arg)
{
    const struct count *count = arg;
    return conn->settings_acks >= count->acks;
}

void expect_settings_acks_at(struct conn *conn, unsigned count, struct source_line where)
{
    struct count wanted = {count};
    struct buf expected = {0};
    gr_time since = clock_now_ns();
    if (test_is_over(conn->t))
        return;
    buf_printf(&expected, "%u acknowledgements of SETTINGS", count);
    if (!wait_until(conn, has_acks, &wanted)) {
        buf_printf(&expected, " (%u came)", conn->settings_acks);
        fail_conn_silent(conn, where, buf_str(&expected), since);
    } else if (conn->settings_acks > count) {
        test_fail(conn->t, where, buf_str(&expected), "%u acknowledgements", conn->settings_acks);
    }
    buf_clear(&expected);
}

static bool is_answered(const struct conn *conn, const void *unused)
{
    (void)unused;
    return conn->inside->awaited_ping_answered;
}

void expect_ping_answer_at(struct conn *conn, struct source_line where)
{
    static const char expected[] = "an answer to PING with the same octets";
    if (test_is_over(conn->t))
        return;
    gr_time since = clock_now_ns();
    send_awaited_ping(conn);
    if (wait_until(conn, is_answered, NULL) || test_is_over(conn->t))
        return;
    struct buf seen = {0};
    describe_conn(conn, &seen);
    if (!conn_is_over(conn))
        buf_printf(&seen, ", no answer in %.1f s",
                   (double)(clock_now_ns() - since) / (double)NS_PER_S);
    test_fail(conn->t, where, expected, "%s", buf_str(&seen));
    buf_clear(&seen);
}

static bool is_closing(const struct conn *conn, const void *unused)
{
    (void)unused;
    return conn->goaways > 0 || conn_is_over(conn);
}

void expect_nothing_closed_at(struct conn *conn, struct source_line where)
{
    static const char expected[] = "no GOAWAY, and the connection still open";
    gr_time since = clock_now_ns();
    if (test_is_over(conn->t))
        return;
    enum settled settled = settle(conn, is_closing, NULL, 0);
    if (is_closing(conn, NULL))
        fail_conn(conn, where, expected);
    else if (settled != SETTLED_IGNORED)
        fail_conn_silent(conn, where, expected, since);
}

/* ---- still serving ---- */

/* A case that withheld windows must not starve the call that follows it. */
static void give_windows(const struct call *call)
{
    struct conn *conn = call->conn;
    if (conn->receive_window < DEFAULT_WINDOW)
        send_window_update(conn, 0, (uint32_t)(DEFAULT_WINDOW - conn->receive_window));
    if (call->receive_window < DEFAULT_WINDOW)
        send_window_update(conn, call->stream, (uint32_t)(DEFAULT_WINDOW - call->receive_window));
}

static bool has_any_answer(const struct call *call)
{
    return call->header_blocks > 0 || call_is_over(call);
}

void expect_connection_still_serves_at(struct conn *conn, struct source_line where)
{
    static const char ok[] = "the connection still serves: an EmptyCall on it ends with OK";
    static const char any[] = "the connection still serves: a call on it is answered";
    struct test *t = conn->t;
    bool has_service = t->target->has_test_service;
    const char *expected = has_service ? ok : any;
    gr_time since = clock_now_ns();
    if (test_is_over(t))
        return;
    if (conn->serves) {
        expect_nothing_closed_at(conn, where);
        return;
    }
    if (conn->inside->end_accepted && (conn->goaways > 0 || conn_is_over(conn))) {
        expect_target_still_serves_at(t, where);
        return;
    }
    struct call *call = new_call_on(conn, EMPTY_CALL);
    send_request_headers(call, NO_EDITS, FLAG_NONE);
    give_windows(call);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    if (!call_until(call, has_service ? call_is_over : has_any_answer))
        fail_call_silent(call, where, expected, since);
    else if (has_service && call_status(call) != GRPC_OK)
        fail_call(call, where, expected);
    else if (call->header_blocks == 0 && !call->reset)
        fail_call(call, where, expected);
}

void expect_target_still_serves_at(struct test *t, struct source_line where)
{
    if (test_is_over(t))
        return;
    struct conn *conn = connect_h2(t);
    expect_connection_still_serves_at(conn, where);
    close_transport(conn);
}
