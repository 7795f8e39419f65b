/* SPDX-License-Identifier: MIT
 *
 * When calls start: the channel's states, its queue of waiting calls, backoff. (connectivity-semantics-and-api.md,
 * connection-backoff.md, wait-for-ready.md.) */
#include "channel/io.h"

#include <stdio.h>

/* connection-backoff.md */
#define BACKOFF_FIRST     (1 * NS_PER_S)
#define BACKOFF_MAX       (120 * NS_PER_S)
#define BACKOFF_PER_MILLE 1600
#define BACKOFF_JITTER    200 /* per mille, up or down */

/* Calls that fail at once may be followed, in their observers, by others that do: after so many generations the loop
 * has its turn, or there would never be a connection. */
#define ROUNDS 4

/* ---- The queue ------------------------------------------------------------------------------- */

void channel_wait(struct gr_channel *channel, struct gr_call *call, bool first)
{
    call->waiting = true;
    call->prev = first ? NULL : channel->waiting_last;
    call->next = first ? channel->waiting_first : NULL;
    *(call->prev ? &call->prev->next : &channel->waiting_first) = call;
    *(call->next ? &call->next->prev : &channel->waiting_last) = call;
}

void channel_stop_waiting(struct gr_channel *channel, struct gr_call *call)
{
    if (!call->waiting)
        return;
    call->waiting = false;
    *(call->prev ? &call->prev->next : &channel->waiting_first) = call->next;
    *(call->next ? &call->next->prev : &channel->waiting_last) = call->prev;
    call->next = call->prev = NULL;
}

/* The server has not touched it: once more, with all that was sent (GRPC-RETRY-013). */
static void start_again(struct gr_channel *channel, struct gr_call *call)
{
    call->retried = true;
    call->submitted_headers = call->submitted_end = false;
    outbox_rewind(&call->outbox);
    channel_wait(channel, call, true);
}

/* ---- States ---------------------------------------------------------------------------------- */

static void set_state(struct gr_channel *channel, enum gr_channel_state state)
{
    if (channel->state == state)
        return;
    channel->state = state;
    if (channel->watch)
        channel->watch(channel, state, channel->watch_data);
}

static void connect_now(struct gr_channel *channel)
{
    set_state(channel, GR_CHANNEL_CONNECTING);
    channel_io_connect(channel->io);
}

/* Between 0.8 and 1.2 times the backoff, and the next one is longer (GRPC-LB-001, -002). */
static int64_t take_backoff(struct gr_channel *channel)
{
    int64_t wait = channel->backoff_ns ? channel->backoff_ns : BACKOFF_FIRST;
    int64_t next = wait / 1000 * BACKOFF_PER_MILLE;

    channel->backoff_ns = next < BACKOFF_MAX ? next : BACKOFF_MAX;
    channel->random = channel->random * 6364136223846793005u + 1442695040888963407u;
    return wait / 1000 *
           (1000 - BACKOFF_JITTER + (int64_t)((channel->random >> 33) % (2 * BACKOFF_JITTER)));
}

/* Calls that do not wait for better times end with why the channel failed (GRPC-LB-005). */
static void fail_waiting(struct gr_channel *channel)
{
    for (struct gr_call *call = channel->waiting_first, *next; call; call = next) {
        next = call->next;
        if (call->wait_for_ready)
            continue;
        channel_stop_waiting(channel, call);
        call_fail(call, GR_STATUS_UNAVAILABLE, channel->failure);
    }
}

void channel_connect_failed(struct gr_channel *channel, const char *why)
{
    snprintf(channel->failure, sizeof(channel->failure), "%s", why);
    channel->retry_at = clock_add(host_now(&channel->host), take_backoff(channel));
    set_state(channel, GR_CHANNEL_TRANSIENT_FAILURE);
    channel_dispatch(channel, NULL);
}

void channel_disconnected(struct gr_channel *channel, struct conn *conn, const char *why)
{
    if (channel->state == GR_CHANNEL_CONNECTING && !conn_is_ready(conn)) {
        channel_connect_failed(channel, why);
        return;
    }
    if (channel->conn == conn) {
        channel->conn = NULL;
        set_state(channel, GR_CHANNEL_IDLE);
    }
    channel_dispatch(channel, NULL);
}

static void start_waiting(struct gr_channel *channel)
{
    while (channel->waiting_first && conn_has_room(channel->conn)) {
        struct gr_call *call = channel->waiting_first;
        channel_stop_waiting(channel, call);
        if (!call->ended)
            conn_start(channel->conn, call);
    }
}

void channel_pump(struct gr_channel *channel)
{
    if ((channel->waiting_first || channel->connect_wanted) && channel->state == GR_CHANNEL_IDLE)
        connect_now(channel);
    channel->connect_wanted = false;
    if (channel->state == GR_CHANNEL_TRANSIENT_FAILURE)
        fail_waiting(channel);
    else if (channel->state == GR_CHANNEL_READY)
        start_waiting(channel);
}

/* ---- Events ---------------------------------------------------------------------------------- */

static void tell(struct gr_channel *channel, struct gr_call *call, enum gr_event event,
                 const void *message)
{
    if (event == GR_EVENT_BEGAN)
        call->keep_out = false; /* committed (GRPC-RETRY-005) */
    if (event == GR_EVENT_ENDED)
        channel_stop_waiting(channel, call);
    if (call->layers_begun && !layers_pass(call, event, message))
        return;
    if (event == GR_EVENT_MESSAGE)
        call->received = message;
    if (call->observer)
        call->observer(call, event, message);
}

static void leave(struct gr_channel *channel, const struct conn *conn)
{
    if (channel->conn != conn)
        return;
    channel->conn = NULL;
    set_state(channel, GR_CHANNEL_IDLE);
}

/* gRFC A8, Client-side Keepalive: the interval doubles, for all connections to come. */
static void ping_less_often(struct gr_channel *channel)
{
    int64_t time = channel->keepalive.time;

    channel->keepalive.time = time < TIME_NEVER / 2 ? 2 * time : TIME_NEVER;
}

static void handle(struct gr_channel *channel, struct conn *conn, const struct conn_event *event)
{
    switch (event->kind) {
    case CONN_CALL:
        tell(channel, event->call, event->event, event->message);
        break;
    case CONN_READY:
        channel->conn = conn;
        channel->backoff_ns = 0; /* GRPC-LB-004 */
        set_state(channel, GR_CHANNEL_READY);
        break;
    case CONN_REFUSED:
        start_again(channel, event->call);
        break;
    case CONN_GOAWAY:
        if (conn_pings_too_often(conn))
            ping_less_often(channel);
        leave(channel, conn);
        break;
    case CONN_ROOM:
        break;
    }
}

static bool next_event(struct gr_channel *channel, struct conn *conn, struct conn_event *event)
{
    if (conn)
        return conn_next(conn, event);
    event->kind = CONN_CALL;
    return host_next(&channel->host, &event->call, &event->event, &event->message);
}

void channel_dispatch(struct gr_channel *channel, struct conn *conn)
{
    struct conn_event event;
    int rounds = 0;

    if (channel->dispatching) /* an observer made it happen */
        return;
    channel->dispatching = true;
    do {
        while (next_event(channel, conn, &event))
            handle(channel, conn, &event);
        channel_pump(channel);
    } while (channel->host.touched_first && ++rounds < ROUNDS);
    channel->dispatching = false;
    if (channel->host.touched_first)
        channel_io_wake(channel->io);
}

/* ---- Time ------------------------------------------------------------------------------------ */

void channel_tick(struct gr_channel *channel, gr_time now)
{
    struct timer *timer;

    channel->host.now = now;
    while ((timer = timers_due(&channel->timers, now)))
        call_timer_fired(timer);
    if (channel->state == GR_CHANNEL_TRANSIENT_FAILURE && now >= channel->retry_at)
        set_state(channel, GR_CHANNEL_IDLE); /* and connecting, if a call waits for it */
    channel_dispatch(channel, NULL);
}

gr_time channel_wakes_at(const struct gr_channel *channel)
{
    gr_time at = timers_next(&channel->timers);

    return channel->state == GR_CHANNEL_TRANSIENT_FAILURE && channel->retry_at < at
               ? channel->retry_at
               : at;
}
