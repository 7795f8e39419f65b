/* SPDX-License-Identifier: MIT
 *
 * The faulty server: grpc.testing.TestService and health, correct by default, with one knob per defect. It listens
 * on a port the kernel chooses and serves each connection in a thread. For the selftest only. */
#ifndef SELFTEST_SERVER_H
#define SELFTEST_SERVER_H

#include "selftest/knobs.h"

#include <stdint.h>

struct faulty_server;

/* Listen on 127.0.0.1 (port 0: the kernel chooses) and serve with the knob turned.
 * returns NULL when it cannot */
struct faulty_server *faulty_server_start(enum knob_name name, uint16_t port);
/* The same on a port that the kernel chooses; its connections look every 10 ms whether they are to stop. */
struct faulty_server *faulty_server_start_to_stop(enum knob_name name);
/* Like SIGTERM for a process: no new connections, and the others end when their calls have. */
void faulty_server_stop_gracefully(struct faulty_server *server);
bool faulty_server_is_idle(const struct faulty_server *server); /* no connection is left */
uint16_t faulty_server_port(const struct faulty_server *server);
/* Cut every connection, wait for every thread, free. NULL is fine. */
void faulty_server_stop(struct faulty_server *server);

#endif
