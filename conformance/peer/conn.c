/* SPDX-License-Identifier: MIT
 *
 * The life of a connection: made, prefaced, closed, freed. */
#include "peer/inside.h"

#include <stdlib.h>

static const uint32_t initial_settings[8] = {
    [SETTING_HEADER_TABLE_SIZE] = INITIAL_TABLE,
    [SETTING_ENABLE_PUSH] = 1,
    [SETTING_MAX_CONCURRENT_STREAMS] = UINT32_MAX,
    [SETTING_INITIAL_WINDOW_SIZE] = DEFAULT_WINDOW,
    [SETTING_MAX_FRAME_SIZE] = DEFAULT_MAX_FRAME_SIZE,
    [SETTING_MAX_HEADER_LIST_SIZE] = UINT32_MAX,
};

/* ---- what the linter says ---- */

static void rule_broken(void *arg, size_t rule, const char *what)
{
    struct conn *conn = arg;
    struct test *t = conn->t;
    lint_bits_add(&t->lint_broken, rule);
    if (t->finding_count == ARRAY_LEN(t->findings))
        return;
    struct lint_finding *finding = &t->findings[t->finding_count++];
    size_t len = strlen(what) < sizeof finding->what - 1 ? strlen(what) : sizeof finding->what - 1;
    finding->rule = rule;
    finding->entry = conn->inside->entry;
    memcpy(finding->what, what, len);
    finding->what[len] = '\0';
}

static void rule_exercised(void *arg, size_t rule)
{
    struct conn *conn = arg;
    lint_bits_add(&conn->t->lint_exercised, rule);
}

void conn_end_lint(struct conn *conn, bool orderly)
{
    if (conn->inside->lint_ended || !conn->lint)
        return;
    conn->inside->lint_ended = true;
    lint_end(conn->lint, orderly && !conn->inside->undecoded);
}

/* ---- life ---- */

struct conn *conn_new(struct test *t)
{
    bool serves = t->target->drive != NULL;
    struct conn *conn = new_zeroed(sizeof *conn);
    *conn = (struct conn){
        .t = t,
        .serves = serves,
        .next = t->conns,
        .number = ++t->conn_count,
        .auto_settings_ack = true,
        .auto_ping_ack = true,
        .auto_window = true,
        .obey_windows = true,
        .our_max_frame_size = DEFAULT_MAX_FRAME_SIZE,
        .our_initial_window = DEFAULT_WINDOW,
        .next_stream = serves ? 2 : 1,
        .send_window = DEFAULT_WINDOW,
        .receive_window = DEFAULT_WINDOW,
        .encoder = hpack_encoder_new(INITIAL_TABLE),
        .decoder = hpack_decoder_new(INITIAL_TABLE),
        .inside = new_zeroed(sizeof *conn->inside),
    };
    struct lint_sink sink = {rule_broken, rule_exercised, conn};
    conn->lint = lint_new(serves ? LINT_CLIENT : LINT_SERVER, sink);
    if (conn->lint && t->target->tls)
        lint_set_tls(conn->lint);
    memcpy(conn->their_settings, initial_settings, sizeof initial_settings);
    struct inside *in = conn->inside;
    in->sent_decoder = hpack_decoder_new(INITIAL_TABLE);
    in->entry = in->goaway_entry = in->close_entry = NO_ENTRY;
    framing_init(&in->framing, !serves);
    if (!conn->encoder || !conn->decoder || !conn->lint || !in->sent_decoder)
        abort(); /* out of memory, as in new_zeroed */
    t->conns = conn;
    return conn;
}

static void call_free(struct call *call)
{
    while (call->kept) {
        struct kept *kept = call->kept;
        call->kept = kept->next;
        free(kept);
    }
    header_list_clear(&call->headers);
    header_list_clear(&call->trailers);
    buf_clear(&call->data);
    free(call);
}

void conn_free(struct conn *conn)
{
    while (conn->calls) {
        struct call *call = conn->calls;
        conn->calls = call->next;
        call_free(call);
    }
    struct inside *in = conn->inside;
    header_block_clear(&in->sent_block);
    header_block_clear(&in->block);
    hpack_decoder_free(in->sent_decoder);
    buf_clear(&in->goaway_debug);
    free(in->boundaries);
    free(in);
    transport_free(conn->transport);
    hpack_encoder_free(conn->encoder);
    hpack_decoder_free(conn->decoder);
    lint_free(conn->lint);
    buf_clear(&conn->queue);
    buf_clear(&conn->received);
    free(conn);
}

struct call *conn_find_call(const struct conn *conn, uint32_t stream)
{
    struct call *call = conn->calls;
    while (call && call->stream != stream)
        call = call->next;
    return call;
}

bool conn_is_over(const struct conn *conn)
{
    return !conn->transport || conn->closed != NOT_CLOSED;
}

bool conn_is_idle(const struct conn *conn)
{
    for (const struct call *call = conn->calls; call; call = call->next)
        if (!call_is_over(call))
            return false;
    return true;
}

/* ---- connecting ---- */

/* That the first connection cannot be made is our trouble; that a later one cannot is the target's.
 */
static void cannot_connect(struct conn *conn, const char *why)
{
    struct test *t = conn->t;
    transcript_add_remark(&t->transcript, conn->number, clock_now_ns(), "no connection: %s", why);
    if (conn->number == 1)
        test_broken(t, HERE, "the target could not be reached: %s", why);
    else
        test_fail(t, HERE, "the target accepts a new connection", "%s", why);
}

struct conn *open_transport(struct test *t)
{
    struct conn *conn = conn_new(t);
    char why[256] = "";
    if (test_is_over(t))
        return conn;
    conn->transport = transport_connect(&t->target->endpoint, t->target->tls,
                                        deadline_in(t, t->patience_ns), why);
    if (!conn->transport)
        cannot_connect(conn, why);
    return conn;
}

static bool is_ready(const struct conn *conn, const void *unused)
{
    (void)unused;
    return conn->got_settings && conn->settings_acks > 0;
}

struct conn *connect_with(struct test *t, const struct setting *settings, size_t count)
{
    struct conn *conn = open_transport(t);
    gr_time since = clock_now_ns();
    send_preface(conn);
    send_settings(conn, settings, count);
    if (!wait_until(conn, is_ready, NULL))
        fail_conn_silent(conn, HERE, "SETTINGS from the target, and its acknowledgement of ours",
                         since);
    return conn;
}

struct conn *connect_h2(struct test *t)
{
    return connect_with(t, NULL, 0);
}

struct conn *main_connection(struct test *t)
{
    if (!t->main_conn)
        t->main_conn = connect_h2(t);
    return t->main_conn;
}

/* ---- closing ---- */

static bool may_close(const struct conn *conn)
{
    return !test_is_over(conn->t) && conn->transport;
}

void finish_writing(struct conn *conn)
{
    if (!may_close(conn))
        return;
    write_queue(conn);
    if (!conn->transport || conn->inside->write_shut)
        return;
    conn->inside->write_shut = true;
    transcript_add_remark(&conn->t->transcript, conn->number, clock_now_ns(),
                          "grpcspec ended its half of the connection (FIN)");
    transport_shutdown_write(conn->transport);
}

void close_transport(struct conn *conn)
{
    if (!may_close(conn))
        return;
    write_queue(conn);
    transcript_add_remark(&conn->t->transcript, conn->number, clock_now_ns(),
                          "grpcspec closed the connection");
    conn_end_lint(conn, conn_is_idle(conn));
    transport_free(conn->transport);
    conn->transport = NULL;
}

void abort_transport(struct conn *conn)
{
    if (!may_close(conn))
        return;
    transcript_add_remark(&conn->t->transcript, conn->number, clock_now_ns(),
                          "grpcspec reset the connection; %zu octets were never sent",
                          conn->queue.len);
    conn_end_lint(conn, false);
    transport_abort(conn->transport);
    conn->transport = NULL;
}
