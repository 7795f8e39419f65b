/* SPDX-License-Identifier: MIT
 *
 * struct conn, for the files of conn/ alone. */
#ifndef CONN_PRIVATE_H
#define CONN_PRIVATE_H

#include "conn/conn.h"
#include "conn/keepalive.h"
#include "h2/trace.h"

struct conn {
    enum role role;
    struct gr_limits limits;
    struct call_host *host;
    struct call_pool *pool;
    void (*output_ready)(void *user);
    void *user;
    struct h2 *h2;
    struct keepalive keepalive;
    struct trace trace;
    struct gr_call *calls; /* those with a stream */
    size_t open;           /* how many */
    bool ready;            /* the peer's first SETTINGS are here */
    bool goaway;           /* client: the server's GOAWAY is */
    bool shutting_down;    /* our first GOAWAY has left, the last not yet */
    const char *why_shut;  /* what the last one says; static */
    bool too_many_pings;   /* client: the server's GOAWAY says so */
    bool dead;             /* the peer does not answer */
    bool deaf;             /* no more input: the peer broke HTTP/2, or the transport is gone */
};

void conn_link(struct conn *conn, struct gr_call *call);
void conn_unlink(struct conn *conn, struct gr_call *call);

/* struct call_host's settle. */
void conn_settle(struct call_host *host, struct gr_call *call);

#endif
