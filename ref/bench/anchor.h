/* SPDX-License-Identifier: MIT
 *
 * What the two anchor servers share: one thread, epoll, a socket read once and written once for each time it is ready.
 * An anchor answers UnaryCall of the official test service and nothing else; it is a yardstick, not a server. */
#ifndef BENCH_ANCHOR_H
#define BENCH_ANCHOR_H

#include "base/buf.h"

struct anchor_conn {
    int fd;
    struct buf out; /* what feed wants written */
    void *state;    /* the anchor's */
};

struct anchor {
    /* returns false to refuse */
    bool (*open)(struct anchor_conn *conn);
    /* Octets just read; borrowed. returns false to close */
    bool (*feed)(struct anchor_conn *conn, struct bytes in);
    void (*close)(struct anchor_conn *conn);
};

/* Serve 127.0.0.1 on the port of "--port=N" (0: any), print which, and never return but on failure. */
int anchor_serve(const struct anchor *anchor, int argc, char **argv);

#endif
