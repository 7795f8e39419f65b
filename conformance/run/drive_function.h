/* SPDX-License-Identifier: MIT
 *
 * A client under test that is a function of this program: no process, so that a suite can be run against it hundreds of
 * times. It shows what an adapter shows, or only what a command shows. Used by the selftest and by unit tests. */
#ifndef RUN_DRIVE_FUNCTION_H
#define RUN_DRIVE_FUNCTION_H

#include "peer/drive.h"

/* One client: the function's view of the case that runs it. */
struct function_client;

struct client_function {
    /* Called on a thread of its own, once for each case that asks for a call; several at once. Returns soon after
     * function_client_next() says that it is over. */
    void (*run)(struct function_client *self, void *arg);
    void *arg;
};

enum function_shows { SHOWS_RESULT, SHOWS_EXIT_STATUS };

/* Fill *drive; `function` is borrowed for as long as it is used. SHOWS_EXIT_STATUS: as a command would, what it reports
 * turns into exit status 0 where the status is the one that the official case wants, else 1; calls without an official
 * case are not asked for. */
void drive_function_init(struct drive *drive, const struct client_function *function,
                         enum function_shows shows);

/* Where to connect; borrowed until run() returns. */
const struct client_address *function_client_address(const struct function_client *self);
/* The next call to make, and the index under which to report it; the same channel is to make all of them. Waits until
 * `deadline` (0: does not wait). NULL: none yet, or it is over. */
const struct client_call *function_client_next(struct function_client *self, gr_time deadline,
                                               size_t *index);
/* The case has ended: close everything and return. */
bool function_client_is_over(struct function_client *self);
/* How call `index` went: result->kind is RESULT_REPORTED, or RESULT_DIED with `how` for a client that plays dead.
 * *result is taken and is empty afterwards. */
void function_client_report(struct function_client *self, size_t index,
                            struct client_result *result);
/* A line for put_tail. */
void function_client_say(struct function_client *self, const char *line);

#endif
