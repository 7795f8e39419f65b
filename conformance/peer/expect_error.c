/* SPDX-License-Identifier: MIT
 *
 * Judging errors of HTTP/2: that a connection error is a GOAWAY and a close, and a stream error a
 * RST_STREAM; and what is accepted in their place. (RFC 9113 section 5.4) */
#include "peer/inside.h"

#define CLOSE_SPAN       (5 * NS_PER_S / 2) /* grpc-go closes a second after its GOAWAY */
#define CONNECTION_GRACE (100 * NS_PER_MS)
#define STREAM_GRACE     (500 * NS_PER_MS)

static int64_t shorter(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- connection errors ---- */

static bool has_goaway_or_is_over(const struct conn *conn, const void *unused)
{
    (void)unused;
    return conn->goaways > 0 || conn_is_over(conn);
}

static bool is_over(const struct conn *conn, const void *unused)
{
    (void)unused;
    return conn_is_over(conn);
}

static void judge_goaway(struct conn *conn, uint32_t code, struct source_line where,
                         const char *expected)
{
    struct test *t = conn->t;
    (void)turn_until(conn, is_over, NULL, deadline_in(t, shorter(t->patience_ns, CLOSE_SPAN)));
    if (conn->goaway.code == H2_NO_ERROR && conn->serves && conn_is_over(conn))
        lenient_conn(conn, where, expected,
                     "the GOAWAY SHOULD have the error's code (RFC 9113 5.4.1)");
    else if (conn->goaway.code == H2_NO_ERROR)
        fail_conn(conn, where, expected);
    else if (conn->goaway.code != code)
        lenient_conn(conn, where, expected, "a connection error, but with another code");
    else if (!conn_is_over(conn))
        lenient_conn(conn, where, expected,
                     "the TCP connection must be closed after the GOAWAY (RFC 9113 5.4.1)");
}

static void judge_close(struct conn *conn, struct source_line where, const char *expected)
{
    if (conn->t->target->answers_requests)
        lenient_conn(conn, where, expected,
                     "a GOAWAY with the code SHOULD come before the close (RFC 9113 5.4.1)");
    else
        fail_conn(conn, where, expected);
}

void expect_connection_error_at(struct conn *conn, uint32_t code, struct source_line where)
{
    struct buf expected = {0};
    gr_time since = clock_now_ns();
    if (test_is_over(conn->t))
        return;
    put_error(&expected, "GOAWAY", code);
    conn->inside->end_accepted = true;
    buf_put_str(&expected, ", then the connection closed");
    enum settled settled = settle(conn, has_goaway_or_is_over, NULL, CONNECTION_GRACE);
    if (conn->goaways > 0)
        judge_goaway(conn, code, where, buf_str(&expected));
    else if (conn_is_over(conn))
        judge_close(conn, where, buf_str(&expected));
    else if (settled == SETTLED_IGNORED)
        test_fail(conn->t, where, buf_str(&expected),
                  "the offence was ignored: a PING sent after it was answered");
    else
        fail_conn_silent(conn, where, buf_str(&expected), since);
    buf_clear(&expected);
}

/* ---- stream errors ---- */

static bool is_stream_decided(const struct conn *conn, const void *arg)
{
    const struct call *call = arg;
    return call->reset || conn->goaways > 0 || conn_is_over(conn);
}

static bool has_ended(const struct conn *conn, const void *arg)
{
    const struct call *call = arg;
    return (call->remote_closed && !conn->serves) || is_stream_decided(conn, arg);
}

static void judge_response(struct call *call, struct source_line where, const char *expected)
{
    int http = http_status(call);
    if (call_status(call) > 0)
        lenient_call(call, where, expected, "answered with a grpc-status instead of RST_STREAM");
    else if (call_status(call) < 0 && http >= 400)
        lenient_call(call, where, expected, "answered with an HTTP status instead of RST_STREAM");
    else
        fail_call(call, where, expected);
}

static void accept_goaway(struct conn *conn, struct source_line where, const char *expected)
{
    conn->inside->end_accepted = true;
    lenient_conn(conn, where, expected,
                 "a stream error treated as a connection error (RFC 9113 5.4 allows it)");
}

static void judge_stream(struct call *call, uint32_t code, enum settled settled,
                         struct source_line where, const char *expected, gr_time since)
{
    struct conn *conn = call->conn;
    if (call->reset && call->reset_code == code)
        return;
    if (call->reset)
        lenient_call(call, where, expected, "a stream error, but with another code");
    else if (conn_has_error(conn))
        accept_goaway(conn, where, expected);
    else if (conn->serves && (conn_is_over(conn) || conn->goaways > 0))
        lenient_conn(conn, where, expected,
                     "the client ended the connection instead of the stream");
    else if (conn_is_over(conn) && !call->remote_closed)
        fail_conn(conn, where, expected);
    else if (call->remote_closed && !conn->serves)
        judge_response(call, where, expected);
    else if (settled == SETTLED_IGNORED)
        test_fail(conn->t, where, expected,
                  "the offence was ignored: a PING sent after it was answered, stream still open");
    else
        fail_call_silent(call, where, expected, since);
}

/* Trailers do not decide at once: a RST_STREAM may be right behind them. */
void expect_stream_error_at(struct call *call, uint32_t code, struct source_line where)
{
    struct conn *conn = call->conn;
    struct buf expected = {0};
    gr_time since = clock_now_ns();
    if (test_is_over(conn->t))
        return;
    put_error(&expected, "RST_STREAM", code);
    enum settled settled = settle(conn, is_stream_decided, call, 0);
    if (settled == SETTLED_IGNORED)
        (void)turn_until(conn, has_ended, call,
                         deadline_in(conn->t, shorter(conn->t->patience_ns, STREAM_GRACE)));
    judge_stream(call, code, settled, where, buf_str(&expected), since);
    buf_clear(&expected);
}
