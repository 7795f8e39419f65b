/* SPDX-License-Identifier: MIT
 *
 * What a channel asks of whoever owns its sockets; loop/dial.c answers. */
#ifndef CHANNEL_IO_H
#define CHANNEL_IO_H

#include "channel/channel.h"

/* loop: NULL: make one. given: channel_io_free. NULL when out of memory or descriptors */
struct channel_io *channel_io_new(struct gr_channel *channel, struct gr_loop *loop);
/* GOAWAY, close everything. */
void channel_io_free(struct channel_io *io);
/* Its loop. */
struct gr_loop *channel_io_loop(struct channel_io *io);
/* Is it within a turn of its loop? */
bool channel_io_is_turning(const struct channel_io *io);
/* What happens between these two counts as one. before: what begin_turn returned */
bool channel_io_begin_turn(struct channel_io *io);
void channel_io_end_turn(struct channel_io *io, bool before);
/* Connect to the target. Ends in a dispatch with CONN_READY, or in channel_connect_failed. */
void channel_io_connect(struct channel_io *io);
/* Call channel_dispatch soon. */
void channel_io_wake(struct channel_io *io);

/* The :authority that a target stands for: "HOST:PORT"; "localhost" for a unix socket. given: free. NULL: out of
 * memory */
char *channel_io_authority(const char *target);

#endif
