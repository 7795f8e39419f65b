/* SPDX-License-Identifier: MIT
 *
 * The channels of one loop: one for each server and set of certificates that the runner's requests
 * name, kept until the end, so that many calls share a connection. */
#ifndef TOOLS_ADAPTER_CHANNELS_H
#define TOOLS_ADAPTER_CHANNELS_H

#include "tools/adapter/adapter.h"

struct known_channel;

struct channels {
    struct gr_loop *loop;
    struct known_channel *first;
};

/* The channel for this request. NULL: out of memory, or its certificates cannot be written. */
struct gr_channel *channels_find(struct channels *channels,
                                 const CC(ClientCompatRequest) * request);

/* Frees them; the loop is the caller's. */
void channels_clear(struct channels *channels);

#endif
