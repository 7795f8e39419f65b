/* SPDX-License-Identifier: MIT
 *
 * struct gr_server: services, limits, and the connections being served. It calls handlers; sockets are the loop's
 * (loop/listen.c), which makes one struct served for each connection it accepts. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "conn/conn.h"
#include "h2/memory.h"
#include "server/registry.h"

enum server_state {
    SERVER_OPEN,
    SERVER_DRAINING, /* no new connections; calls in flight may finish */
    SERVER_STOPPED,
};

struct gr_server {
    struct gr_limits limits;
    struct gr_tls_options tls; /* copied; all NULL: cleartext */
    bool use_tls;
    int64_t handshake_timeout_ns;
    struct keepalive_options keepalive;
    uint64_t connections; /* ever served */
    uint64_t seed;        /* for the jitter of each */
    bool trace;
    int64_t spin_ns;
    struct registry registry;
    const struct registry *methods; /* its own; a worker's: that of its first server */
    /* threads: one server more for each thread but the first, on a loop of its own, alike in all but the services. */
    struct gr_server **workers;
    size_t worker_count;
    struct gr_interceptor *interceptors; /* copied */
    size_t interceptor_count;
    enum server_state state;

    struct call_pool pool;
    struct h2_memory memory; /* of its connections */
    struct gr_codec_state codec;
    struct buf scratch;
    struct spare spare;
    struct served *served; /* all of them */
    struct server_io *io;  /* the sockets */
};

/* One connection of a server. */
struct served {
    struct call_host host; /* of its calls; first, so that one is the other */
    struct gr_server *server;
    struct conn *conn;
    struct timers timers;
    /* gr_call_tls: asked of the loop, once. describe NULL: cleartext */
    bool (*describe)(struct served *served, struct gr_arena *memory, struct gr_tls_peer *peer);
    struct gr_tls_peer tls_peer;
    struct gr_arena tls_memory; /* what tls_peer points to */
    bool described;
    struct served *next, *prev;
    void *link;                          /* the loop's */
    void (*wake)(struct served *served); /* there is something to do outside of a turn */
    char peer[];                         /* who: gr_call_peer */
};

/* A connection has come. peer: for gr_call_peer; copied. given: served_free. NULL when out of memory */
struct served *served_new(struct gr_server *server, const char *peer, gr_time now);
/* Its calls go with it, also those that are to be finished later. */
void served_free(struct served *served);

/* Run handlers until nothing is left to tell them. */
void server_dispatch(struct served *served);

/* GOAWAY to every connection: politely, or now. */
void server_shutdown_all(struct gr_server *server);
void server_close_all(struct gr_server *server);

#endif
