/* SPDX-License-Identifier: MIT
 *
 * A link: one socket, TCP or unix, with or without TLS, that carries one struct conn. It reads, feeds, lets its owner
 * dispatch, and writes all that came of it in one go; it knows neither servers nor channels. */
#ifndef LOOP_LINK_H
#define LOOP_LINK_H

#include "conn/conn.h"
#include "h2/gather.h"
#include "loop/loop.h"
#include "loop/tls.h"

struct link {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket;
    struct gr_loop *loop;
    struct conn *conn; /* the owner's */
    struct tls *tls;   /* NULL: cleartext. Freed with the link */
    /* Events wait in conn: run them. */
    void (*dispatch)(struct link *link);
    /* The socket is closed and the link may be freed; conn_lost has been called and dispatched before. */
    void (*closed)(struct link *link);
    void *owner;

    uv_timer_t timer;
    gr_time timer_at;           /* what it is set to; TIME_NEVER: stopped */
    gr_time give_up_at;         /* the peer must be ready by then */
    struct link_write *writing; /* what did not fit into the socket is libuv's; NULL: nothing */
    bool tls_over;              /* TLS has failed, or the peer has said close_notify */
    struct loop_job job;        /* link_wake */
    bool lingering;             /* FIN is sent; wait for the peer's */
    bool closing;
    int open_handles;
    const char *why_lost; /* static; for conn_lost */
};

/* The socket must have been initialised and connected or accepted; conn, tls, dispatch, closed, owner are set. Reads
 * from now on. give_up_ns: how long the peer may take for TLS and its first SETTINGS. */
void link_start(struct link *link, int64_t give_up_ns);

/* Dispatch and write soon: something was done to conn outside of a turn of this link. */
void link_wake(struct link *link);

/* Write what can be written at once. */
void link_flush(struct link *link);

/* Close without a word more. closed follows in a later turn. */
void link_close(struct link *link, const char *why);

#endif
