/* SPDX-License-Identifier: MIT
 *
 * The faulty server: grpc.testing.TestService and health, correct by default, with one knob per defect. It listens
 * on a port the kernel chooses and serves each connection in a thread. For the selftest only. */
#ifndef SELFTEST_SERVER_H
#define SELFTEST_SERVER_H

#include "selftest/knobs.h"
#include "selftest/setup.h"

struct faulty_server;

struct faulty_options {
    enum knob_name knob;
    const struct setup *setup;               /* NULL: the plain one */
    const struct certificates *certificates; /* for a TLS setup; borrowed until stop */
    uint16_t port;                           /* 0: the kernel chooses */
    bool may_stop;                           /* in order; its connections look for it every 10 ms */
};

/* Listen on 127.0.0.1 and serve. returns NULL when it cannot */
struct faulty_server *faulty_server_start(const struct faulty_options *options);
/* Like SIGTERM for a process: no new connections, and the others end when their calls have. */
void faulty_server_stop_gracefully(struct faulty_server *server);
bool faulty_server_is_idle(const struct faulty_server *server); /* no connection is left */
bool faulty_server_is_dead(
    const struct faulty_server *server); /* of a knob: nobody gets in any more */
struct memory faulty_server_memory(const struct faulty_server *server);
uint16_t faulty_server_port(const struct faulty_server *server);
/* Cut every connection, wait for every thread, free. NULL is fine. */
void faulty_server_stop(struct faulty_server *server);

#endif
