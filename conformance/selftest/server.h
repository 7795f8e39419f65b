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
uint16_t faulty_server_port(const struct faulty_server *server);
/* Cut every connection, wait for every thread, free. NULL is fine. */
void faulty_server_stop(struct faulty_server *server);

#endif
