/* SPDX-License-Identifier: MIT
 *
 * What was seen, in words that a person understands without the transcript; and the verdicts that
 * are made of them. */
#include "peer/inside.h"

#define MAX_SHOWN  120
#define ALIVE_SPAN NS_PER_S

void put_status(struct buf *out, uint32_t code)
{
    buf_printf(out, "grpc-status %u (%s)", (unsigned)code, grpc_status_name(code));
}

void put_error(struct buf *out, const char *frame, uint32_t code)
{
    char scratch[16];
    buf_printf(out, "%s(%s)", frame, h2_error_name(code, scratch));
}

static void put_quoted(struct buf *out, struct bytes text)
{
    buf_put_str(out, "\"");
    put_escaped(out, text, MAX_SHOWN);
    buf_put_str(out, "\"");
}

/* ---- connections ---- */

static void put_goaway(struct buf *out, const struct conn *conn)
{
    put_error(out, "GOAWAY", conn->goaway.code);
    buf_printf(out, ", last stream %u", (unsigned)conn->goaway.last_stream);
    if (conn->goaway.debug.len > 0) {
        buf_put_str(out, ", ");
        put_quoted(out, conn->goaway.debug);
    }
}

static void put_received_so_far(struct buf *out, const struct conn *conn)
{
    struct bytes left = buf_view(&conn->received);
    if (bytes_starts_with(left, BYTES("HTTP/1."))) {
        buf_put_str(out, "an HTTP/1 answer: ");
        put_quoted(out, bytes_first(left, bytes_find(left, '\r')));
        buf_put_str(out, "; ");
    } else if (left.len > 0 && !conn->got_settings) {
        buf_put_str(out, "octets that are no whole frame: ");
        put_quoted(out, left);
        buf_put_str(out, "; ");
    }
}

static void put_closed(struct buf *out, const struct conn *conn)
{
    bool reset = conn->closed == CLOSED_RESET;
    if (conn->inside->preface_wrong)
        buf_put_str(out, "octets that are no connection preface; ");
    if (conn->closed == NOT_CLOSED)
        buf_put_str(out, conn->transport ? "connection open" : "connection closed by grpcspec");
    else if (conn->goaways > 0)
        buf_put_str(out, reset ? "then the connection reset" : "then the connection closed");
    else
        buf_put_str(out,
                    reset ? "connection reset without GOAWAY" : "connection closed without GOAWAY");
}

void describe_conn(const struct conn *conn, struct buf *out)
{
    put_received_so_far(out, conn);
    if (conn->goaways > 0) {
        put_goaway(out, conn);
        buf_put_str(out, ", ");
    }
    put_closed(out, conn);
    if (conn->inside->undecoded)
        buf_printf(out, "; a header block did not decode: %s", conn->inside->undecoded);
}

/* ---- calls ---- */

static void put_grpc_message(struct buf *out, const struct call *call)
{
    const struct field *message = header_list_find(&call->trailers, "grpc-message");
    if (!message)
        return;
    buf_put_str(out, ", grpc-message ");
    put_quoted(out, message->value);
}

static void put_end(struct buf *out, const struct call *call)
{
    int http = http_status(call);
    if (http != 200 && http >= 0)
        buf_printf(out, "HTTP status %d, ", http);
    const struct field *status = header_list_find(&call->trailers, "grpc-status");
    if (call->ended_by_data)
        buf_put_str(out, "END_STREAM on DATA, so no trailers");
    else if (!status)
        buf_put_str(out, "no grpc-status in the trailers");
    else if (call_status(call) >= 0)
        put_status(out, (uint32_t)call_status(call));
    else {
        buf_put_str(out, "grpc-status that is no number: ");
        put_quoted(out, status->value);
    }
    put_grpc_message(out, call);
}

/* The other half: the target's request, on a connection that we serve. */
static void put_request(struct buf *out, const struct call *call)
{
    buf_printf(out, "request of %zu octets of DATA%s", call->data.len,
               call->remote_closed ? ", ended with END_STREAM" : "");
    if (call->reset) {
        buf_put_str(out, ", then ");
        put_error(out, "RST_STREAM", call->reset_code);
        return;
    }
    buf_put_str(out, call->local_closed ? ", response sent; " : ", stream open; ");
    describe_conn(call->conn, out);
}

static void put_progress(struct buf *out, const struct call *call)
{
    if (call->header_blocks > 0)
        buf_printf(out, "headers with :status %d", http_status(call));
    else
        buf_put_str(out, "no headers");
    buf_printf(out, ", %zu octets of DATA, stream still open", call->data.len);
}

void describe_call(const struct call *call, struct buf *out)
{
    const struct conn *conn = call->conn;
    if (conn->serves) {
        put_request(out, call);
        return;
    }
    if (call->remote_closed)
        put_end(out, call);
    if (call->reset) {
        buf_put_str(out, call->remote_closed ? ", then " : "");
        put_error(out, "RST_STREAM", call->reset_code);
    }
    if (call->remote_closed || call->reset)
        return;
    if (!conn_is_over(conn) && conn->goaways == 0)
        put_progress(out, call);
    else
        describe_conn(conn, out);
}

/* ---- verdicts ---- */

static size_t conn_entry(const struct conn *conn)
{
    const struct inside *in = conn->inside;
    return conn->goaways > 0 ? in->goaway_entry : in->close_entry;
}

static size_t call_entry(const struct call *call)
{
    if (call->remote_closed || call->reset || conn_entry(call->conn) == NO_ENTRY)
        return call->last_entry;
    return conn_entry(call->conn);
}

/* Takes *seen. */
static void fail_with(struct test *t, struct source_line where, size_t entry, const char *expected,
                      struct buf *seen)
{
    if (!test_is_over(t))
        mark_entry(t, entry);
    test_fail(t, where, expected, "%s", buf_str(seen));
    buf_clear(seen);
}

static void lenient_with(struct test *t, struct source_line where, size_t entry,
                         const char *expected, const char *remark, struct buf *seen)
{
    if (remark)
        buf_printf(seen, ": %s", remark);
    if (t->verdict == VERDICT_PASS)
        mark_entry(t, entry);
    test_lenient(t, where, expected, "%s", buf_str(seen));
    buf_clear(seen);
}

void fail_call(struct call *call, struct source_line where, const char *expected)
{
    struct buf seen = {0};
    describe_call(call, &seen);
    fail_with(call->conn->t, where, call_entry(call), expected, &seen);
}

void fail_conn(struct conn *conn, struct source_line where, const char *expected)
{
    struct buf seen = {0};
    describe_conn(conn, &seen);
    fail_with(conn->t, where, conn_entry(conn), expected, &seen);
}

void lenient_call(struct call *call, struct source_line where, const char *expected,
                  const char *remark)
{
    struct buf seen = {0};
    describe_call(call, &seen);
    lenient_with(call->conn->t, where, call_entry(call), expected, remark, &seen);
}

void lenient_conn(struct conn *conn, struct source_line where, const char *expected,
                  const char *remark)
{
    struct buf seen = {0};
    describe_conn(conn, &seen);
    lenient_with(conn->t, where, conn_entry(conn), expected, remark, &seen);
}

/* ---- timeouts ---- */

static void put_silence(struct buf *out, struct conn *conn, gr_time since)
{
    static const char *const answers[] = {"no PING could be sent", "PING unanswered",
                                          "PING answered"};
    double waited = (double)(clock_now_ns() - since) / (double)NS_PER_S;
    if (conn_is_over(conn))
        return;
    bool out_of_time = clock_now_ns() >= conn->t->deadline;
    buf_printf(out, "; nothing more for %.1f s, %s", waited,
               out_of_time ? "and the case's time is over"
                           : answers[probe_alive(conn, ALIVE_SPAN) + 1]);
}

void fail_call_silent(struct call *call, struct source_line where, const char *expected,
                      gr_time since)
{
    struct buf seen = {0};
    if (test_is_over(call->conn->t))
        return;
    describe_call(call, &seen);
    put_silence(&seen, call->conn, since);
    fail_with(call->conn->t, where, call_entry(call), expected, &seen);
}

void fail_conn_silent(struct conn *conn, struct source_line where, const char *expected,
                      gr_time since)
{
    struct buf seen = {0};
    if (test_is_over(conn->t))
        return;
    describe_conn(conn, &seen);
    put_silence(&seen, conn, since);
    fail_with(conn->t, where, conn_entry(conn), expected, &seen);
}
