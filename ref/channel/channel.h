/* SPDX-License-Identifier: MIT
 *
 * struct gr_channel: calls to one target, and the connection they share. It decides when to connect, which calls
 * may start and which must wait or fail; sockets are the loop's (loop/dial.c). */
#ifndef CHANNEL_CHANNEL_H
#define CHANNEL_CHANNEL_H

#include "conn/conn.h"
#include "h2/memory.h"

struct gr_channel {
    struct call_host host; /* of its calls; first, so that one is the other */
    struct timers timers;
    struct gr_codec_state codec;
    struct h2_memory memory; /* of its connections */
    struct buf scratch;
    struct spare spare;
    char peer[80];

    struct gr_limits limits;
    char *target;
    char *authority;
    char *user_agent;
    struct gr_tls_options tls; /* copied; all NULL with use_tls: the system's trust */
    bool use_tls;
    struct gr_interceptor *interceptors; /* copied; host.layers */
    bool trace;
    int64_t spin_ns;
    int64_t connect_timeout_ns;
    struct keepalive_options keepalive; /* of the next connection */

    enum gr_channel_state state; /* changed by set_state alone */
    gr_channel_watch_fn *watch;  /* NULL: nobody */
    void *watch_data;
    bool connect_wanted; /* gr_channel_connect: as if a call waited */
    struct conn *conn;   /* the one that new calls go to; NULL unless READY */
    char failure[400];   /* why the last attempt failed */
    gr_time retry_at;    /* GR_CHANNEL_TRANSIENT_FAILURE: the next attempt */
    int64_t backoff_ns;  /* what the next failure will cost */
    uint64_t random;     /* for its jitter */
    struct gr_call *waiting_first, *waiting_last; /* calls without a stream, oldest first */
    size_t calls;                                 /* made and not freed */
    bool dispatching; /* events are being told: whoever tells them looks again */
    struct channel_io *io;
    struct gr_loop *loop;
};

/* ---- What the loop tells a channel ----------------------------------------------------------- */

/* Tell events: of conn and of all calls, or with NULL of the calls alone; then let calls start. */
void channel_dispatch(struct gr_channel *channel, struct conn *conn);
/* An attempt to connect has failed. why: one sentence; copied. */
void channel_connect_failed(struct gr_channel *channel, const char *why);
/* conn is gone, all its calls have been told; it will be freed. why: as for conn_lost */
void channel_disconnected(struct gr_channel *channel, struct conn *conn, const char *why);
/* Deadlines, timers and the next attempt. */
void channel_tick(struct gr_channel *channel, gr_time now);
gr_time channel_wakes_at(const struct gr_channel *channel);

/* ---- Between the files of channel/ ----------------------------------------------------------- */

/* Let waiting calls start, fail, or have a connection made for them. */
void channel_pump(struct gr_channel *channel);
/* Within a callback of its loop, which cannot be turned then. */
bool channel_is_busy(const struct gr_channel *channel);
void channel_wait(struct gr_channel *channel, struct gr_call *call, bool first);
void channel_stop_waiting(struct gr_channel *channel, struct gr_call *call);

#endif
