/* SPDX-License-Identifier: MIT
 *
 * The starter over spawn.c; see starter.h. */
#include "run/starter.h"

#include "peer/own_target.h"

#include <signal.h>
#include <stdio.h>

static void *start(void *arg, struct endpoint *endpoint, char why[static 256])
{
    char reason[1024] = "";
    struct spawned *server = spawn_another(arg, endpoint, reason);
    if (!server)
        snprintf(why, 256, "%.250s", reason);
    return server;
}

static void stop_gracefully(void *server)
{
    kill(-spawn_pid(server), SIGTERM); /* the group: a shell may stand before it */
}

static bool has_ended(void *server)
{
    return spawn_is_gone(server);
}

static struct memory memory(void *server)
{
    return process_memory(spawn_pid(server), true);
}

/* What it was told to do in order it is not given the time to do. */
static void end(void *server)
{
    if (!spawn_is_gone(server))
        kill(-spawn_pid(server), SIGKILL);
    spawn_stop(server);
}

bool starter_init(struct starter *starter, struct spawned *like)
{
    *starter = (struct starter){
        .start = start,
        .stop_gracefully = stop_gracefully,
        .has_ended = has_ended,
        .memory = memory,
        .end = end,
        .arg = like,
        .stops_gracefully = spawn_is_bundled(like),
    };
    return spawn_can_run_twice(like);
}
