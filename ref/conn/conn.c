/* SPDX-License-Identifier: MIT
 *
 * The connection of conn.h: turns what happened on streams into what happens to calls. What calls want to send is
 * in send.c of this folder. */
#include "conn/private.h"

#include <stdlib.h>

#define OUTPUT_ENOUGH (256u << 10) /* octets that may wait for a slow socket (SEC-010) */
#define RESET_WEIGHT                                                                               \
    20 /* a stream reset costs as much as so many frames that move nothing (SEC-001) */

struct conn *conn_new(const struct conn_options *options, gr_time now)
{
    static const struct keepalive_options NONE = {0};
    const struct keepalive_options *keepalive = options->keepalive ? options->keepalive : &NONE;
    struct conn *conn = calloc(1, sizeof(*conn));

    if (!conn)
        return NULL;
    conn->role = options->role;
    conn->limits = options->limits;
    conn->host = options->host;
    conn->pool = options->pool;
    conn->output_ready = options->output_ready;
    conn->user = options->user;
    conn->host->settle = conn_settle;
    conn->host->now = now;
    conn->host->peer_max_metadata = SIZE_MAX;
    trace_init(&conn->trace, now, options->trace_line, options->trace_user);
    keepalive_init(&conn->keepalive, conn->role, keepalive, options->random, now);
    conn->h2 = h2_new(conn->role, &conn->limits, options->trace ? &conn->trace : NULL,
                      options->memory);
    if (!conn->h2) {
        free(conn);
        return NULL;
    }
    if (options->one_piece)
        h2_copy_all(conn->h2);
    return conn;
}

void conn_link(struct conn *conn, struct gr_call *call)
{
    call->conn = conn;
    call->prev = NULL;
    call->next = conn->calls;
    if (conn->calls)
        conn->calls->prev = call;
    conn->calls = call;
    conn->open++;
    keepalive_calls(&conn->keepalive, conn->open, conn->host->now);
}

void conn_unlink(struct conn *conn, struct gr_call *call)
{
    if (call->next)
        call->next->prev = call->prev;
    *(call->prev ? &call->prev->next : &conn->calls) = call->next;
    call->next = call->prev = NULL;
    call->conn = NULL;
    conn->open--;
    keepalive_calls(&conn->keepalive, conn->open, conn->host->now);
}

void conn_free(struct conn *conn)
{
    if (!conn)
        return;
    while (conn->calls) {
        struct gr_call *call = conn->calls;
        call->stream = NULL;
        conn_unlink(conn, call);
        host_forget(conn->host, call);
        if (call->role == ROLE_SERVER)
            call_pool_put(conn->pool, call);
    }
    h2_free(conn->h2);
    free(conn);
}

/* ---- Octets and time ------------------------------------------------------------------------- */

static void set_now(struct conn *conn, gr_time now)
{
    conn->host->now = now;
    conn->trace.now = now;
}

int conn_feed(struct conn *conn, struct bytes in, gr_time now)
{
    set_now(conn, now);
    keepalive_heard(&conn->keepalive, now);
    if (in.len && !conn_done(conn) && !h2_feed(conn->h2, in, now))
        conn->deaf = true;
    return h2_failed(conn->h2) ? GR_NOMEM : 0;
}

static void act(struct conn *conn, enum keepalive_due due)
{
    switch (due) {
    case KEEPALIVE_PING:
        h2_ping(conn->h2, H2_PING_KEEPALIVE);
        break;
    case KEEPALIVE_DEAD:
        conn->dead = true;
        conn_lost(conn, "the peer does not answer to pings");
        break;
    case KEEPALIVE_MAX_AGE:
        conn_shutdown(conn, "max_age");
        break;
    case KEEPALIVE_MAX_IDLE:
        conn_shutdown(conn, "max_idle");
        break;
    case KEEPALIVE_GRACE_OVER:
        conn_close(conn, H2_NO_ERROR, "max_age");
        conn_lost(conn, "the connection is too old");
        break;
    case KEEPALIVE_NOTHING:
        break;
    }
}

void conn_tick(struct conn *conn, gr_time now)
{
    enum keepalive_due due;

    struct timer *timer;

    set_now(conn, now);
    while ((timer = timers_due(conn->host->timers, now)))
        call_timer_fired(timer);
    while (!conn_done(conn) && (due = keepalive_due(&conn->keepalive, now)) != KEEPALIVE_NOTHING)
        act(conn, due);
}

gr_time conn_wakes_at(const struct conn *conn)
{
    gr_time keepalive = conn_done(conn) ? TIME_NEVER : keepalive_next(&conn->keepalive);
    gr_time calls = conn->role == ROLE_SERVER ? timers_next(conn->host->timers) : TIME_NEVER;

    return calls < keepalive ? calls : keepalive;
}

struct bytes conn_output(struct conn *conn)
{
    return h2_output(conn->h2, OUTPUT_ENOUGH);
}

const struct gather *conn_gather(struct conn *conn)
{
    return h2_gather(conn->h2, OUTPUT_ENOUGH);
}

void conn_sent(struct conn *conn, size_t n)
{
    h2_sent(conn->h2, n);
}

struct gather conn_take_output(struct conn *conn)
{
    return h2_take_output(conn->h2);
}

bool conn_done(const struct conn *conn)
{
    return conn->deaf || h2_failed(conn->h2) || h2_done(conn->h2);
}

bool conn_is_ready(const struct conn *conn)
{
    return conn->ready;
}

bool conn_is_dead(const struct conn *conn)
{
    return conn->dead;
}

bool conn_pings_too_often(const struct conn *conn)
{
    return conn->too_many_pings;
}

size_t conn_open_calls(const struct conn *conn)
{
    return conn->open;
}

/* ---- What happened on streams ---------------------------------------------------------------- */

/* A request's header block opens a call, unless there are too many (H2-STREAM-015). */
static struct gr_call *open_call(struct conn *conn, struct h2_stream *stream)
{
    struct gr_call *call;

    if (conn->open >= conn->limits.max_concurrent_streams || h2_is_clogged(conn->h2)) {
        h2_reset(conn->h2, stream, H2_REFUSED_STREAM);
        return NULL;
    }
    call = call_pool_get(conn->pool);
    if (!call) {
        h2_reset(conn->h2, stream, H2_INTERNAL_ERROR);
        return NULL;
    }
    call_init(call, ROLE_SERVER, conn->host, &conn->limits);
    call->owner = conn->pool;
    call->stream = stream;
    stream->call = call;
    conn_link(conn, call);
    return call;
}

static void on_headers(struct conn *conn, const struct h2_event *event)
{
    struct gr_call *call = event->stream->call;

    if (!call && conn->role == ROLE_SERVER && !event->stream->reset_by_us)
        call = open_call(conn, event->stream);
    if (call)
        call_headers(call, event->fields, event->field_count, event->end_stream, event->too_large);
}

/* The stream's window is given back when its call has taken the octets: conn_settle. */
static void on_data(const struct h2_event *event)
{
    if (event->stream->call)
        call_data(event->stream->call, event->data, event->end_stream);
}

/* May this call be tried on another stream? Only if the server says that it did nothing (GRPC-RETRY-012). */
static bool may_retry(const struct gr_call *call, uint32_t code)
{
    return call->role == ROLE_CLIENT && code == H2_REFUSED_STREAM && call->keep_out &&
           !call->retried && !call->ended && call->receiving == AWAIT_HEADERS;
}

static bool on_closed(struct conn *conn, const struct h2_event *event, struct conn_event *out)
{
    struct h2_stream *stream = event->stream;
    struct gr_call *call = stream->call;
    bool retry = call && may_retry(call, event->code);

    if (conn->role == ROLE_SERVER &&
        (stream->reset_by_peer || (event->code && event->code != H2_CANCEL)) &&
        !h2_count(conn->h2, RESET_WEIGHT, conn->host->now))
        conn_close(conn, H2_ENHANCE_YOUR_CALM, "too many streams were reset");
    h2_release(conn->h2, stream);
    if (call) {
        call->stream = NULL;
        conn_unlink(conn, call);
        if (call->role == ROLE_SERVER && call->submitted_end)
            call_stream_done(call);
        else if (!retry)
            call_reset(call, event->code);
        call_touch(call);
    }
    *out = (struct conn_event){.kind = retry ? CONN_REFUSED : CONN_ROOM, .call = call};
    return conn->role == ROLE_CLIENT;
}

static bool on_settings(struct conn *conn, struct conn_event *out)
{
    conn->host->peer_max_metadata = h2_peer_max_metadata(conn->h2);
    *out = (struct conn_event){.kind = conn->ready ? CONN_ROOM : CONN_READY};
    conn->ready = true;
    return true;
}

/* The peer has seen our first GOAWAY; what it sent before is here (H2-GOAWAY-004). */
static void on_ping_ack(struct conn *conn, uint32_t which)
{
    if (which != H2_PING_SHUTDOWN)
        return;
    if (conn->shutting_down)
        h2_shutdown(conn->h2, conn->why_shut);
    conn->shutting_down = false;
}

static void on_ping(struct conn *conn)
{
    if (conn->role == ROLE_SERVER && conn->keepalive.options->max_strikes != UINT32_MAX &&
        !keepalive_pinged(&conn->keepalive, h2_take_sent(conn->h2), conn->host->now))
        conn_close(conn, H2_ENHANCE_YOUR_CALM, "too_many_pings");
}

/* returns whether there is an event to tell */
static bool apply(struct conn *conn, const struct h2_event *event, struct conn_event *out)
{
    switch (event->kind) {
    case H2_EVENT_HEADERS:
        on_headers(conn, event);
        return false;
    case H2_EVENT_DATA:
        on_data(event);
        return false;
    case H2_EVENT_CLOSED:
        return on_closed(conn, event, out);
    case H2_EVENT_SETTINGS:
        return on_settings(conn, out);
    case H2_EVENT_PING:
        on_ping(conn);
        return false;
    case H2_EVENT_PING_ACK:
        on_ping_ack(conn, event->code);
        return false;
    case H2_EVENT_GOAWAY:
        conn->goaway = true;
        conn->too_many_pings = conn->too_many_pings || event->too_many_pings;
        *out = (struct conn_event){.kind = CONN_GOAWAY};
        return conn->role == ROLE_CLIENT;
    }
    return false;
}

bool conn_next(struct conn *conn, struct conn_event *event)
{
    struct h2_event happened;

    for (;;) {
        event->kind = CONN_CALL;
        if (host_next(conn->host, &event->call, &event->event, &event->message))
            return true;
        if (!h2_next(conn->h2, &happened))
            return false;
        if (apply(conn, &happened, event))
            return true;
    }
}

/* ---- The end of a connection ----------------------------------------------------------------- */

void conn_lost(struct conn *conn, const char *reason)
{
    conn->deaf = true;
    while (conn->calls) {
        struct gr_call *call = conn->calls;
        ((struct h2_stream *)call->stream)->call = NULL;
        call->stream = NULL;
        conn_unlink(conn, call);
        call_lost(call, reason);
        if (call->role == ROLE_SERVER)
            call_stream_done(call);
        call_touch(call);
    }
}

void conn_shutdown(struct conn *conn, const char *reason)
{
    if (conn->why_shut)
        return; /* under way, or done: a last stream never grows again (RFC 9113 section 6.8) */
    conn->shutting_down = true;
    conn->why_shut = reason;
    h2_shutdown_notice(conn->h2, reason);
    h2_ping(conn->h2, H2_PING_SHUTDOWN);
}

void conn_close(struct conn *conn, enum h2_error code, const char *reason)
{
    h2_terminate(conn->h2, code, reason);
}
