/* SPDX-License-Identifier: MIT
 *
 * What a server asks of whoever owns its sockets. loop/listen.c answers, and gives the rest of the public interface:
 * gr_server_listen, gr_server_serve, gr_server_stop, gr_server_stop_gracefully. */
#ifndef SERVER_IO_H
#define SERVER_IO_H

#include "server/server.h"

/* loop: NULL: make one. given: server_io_free. NULL when out of memory or descriptors */
struct server_io *server_io_new(struct gr_server *server, struct gr_loop *loop);
/* Its loop. */
struct gr_loop *server_io_loop(const struct server_io *io);
/* Is it within a turn of its loop? */
bool server_io_is_turning(const struct server_io *io);
/* Close all sockets; calls end. */
void server_io_free(struct server_io *io);

#endif
