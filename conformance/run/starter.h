/* SPDX-License-Identifier: MIT
 *
 * More servers like the one that the run started, for cases that need one of their own. */
#ifndef RUN_STARTER_H
#define RUN_STARTER_H

#include "peer/test.h"
#include "target/spawn.h"

/* Fill *starter so that it starts what `like` (borrowed for as long as the starter is used) runs.
 * returns false when it can run only once, because its command names a fixed port */
bool starter_init(struct starter *starter, struct spawned *like);

#endif
