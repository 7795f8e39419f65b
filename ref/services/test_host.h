/* SPDX-License-Identifier: MIT
 *
 * For tests: a server and a channel to it on one loop, over TCP; a blocking call turns both sides. All static:
 * each test program that wants it includes it once. */
#ifndef SERVICES_TEST_HOST_H
#define SERVICES_TEST_HOST_H

#include "base/test.h"

#include "grpcref.h"

#include <stdio.h>

struct host {
    struct gr_loop *loop;
    struct gr_server *server;
    struct gr_channel *channel;
};

static const struct gr_call_options a_minute = {.timeout_ns = 60 * NS_PER_S};

/* Register what is to be served between the two. */
static MAYBE_UNUSED void host_new(struct host *host)
{
    host->loop = gr_loop_new();
    assert_non_null(host->loop);
    host->server = gr_server_new(&(struct gr_server_options){.loop = host->loop});
    assert_non_null(host->server);
}

static MAYBE_UNUSED void host_open(struct host *host)
{
    char target[40];
    int port;

    assert_int_equal(gr_server_listen(host->server, "127.0.0.1:0", &port), 0);
    snprintf(target, sizeof(target), "127.0.0.1:%d", port);
    host->channel = gr_channel_new(target, &(struct gr_channel_options){.loop = host->loop});
    assert_non_null(host->channel);
}

static MAYBE_UNUSED void host_close(struct host *host)
{
    gr_channel_free(host->channel);
    gr_server_free(host->server);
    gr_loop_free(host->loop);
}

/* Turn the loop for a while: what is under way arrives. */
static MAYBE_UNUSED void host_settle(struct host *host)
{
    for (int i = 0; i < 20; i++)
        (void)gr_loop_turn(host->loop, NS_PER_MS);
}

#endif
