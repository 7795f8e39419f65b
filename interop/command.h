/* SPDX-License-Identifier: MIT
 *
 * Running a manifest's command: words filled in, by /bin/sh, in a process group of its own. What
 * the program is for is not known here. */
#ifndef INTEROP_COMMAND_H
#define INTEROP_COMMAND_H

#include "interop/peers.h"
#include "interop/words.h"
#include "target/process.h"

#include <stdatomic.h>

/* The words that are the same for every command of this peer. Borrows from both. */
struct words command_words(const struct places *places, const struct manifest *manifest);

/* Start `text`, filled in, with `more` (may be NULL) behind it.
 * It runs in words->root.
 * line     when not NULL: the command as it is run is appended
 * returns NULL with one sentence in why */
MUST_USE struct process *command_start(const char *text, const char *more,
                                       const struct words *words, struct buf *line,
                                       char why[static 256]);
/* Wait for its end; false: the deadline came first, or *stop (may be NULL) was no longer 0. */
bool command_wait(struct process *process, gr_time deadline, atomic_int *stop);
/* Append how it ended, as said of it: "exited with status 1", "was killed by ..."; nothing while it
 * runs. returns whether it ended */
bool command_put_end(struct process *process, struct buf *out);
/* Sleep for a few milliseconds. */
void command_pause(void);

#endif
