/* SPDX-License-Identifier: MIT
 *
 * A child process in a process group of its own, its output kept (the newest part) instead of
 * shown, and ended with everything it started. What it serves is not known here. */
#ifndef TARGET_PROCESS_H
#define TARGET_PROCESS_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/clock.h"

struct process;

/* argv: as for execvp, ends with NULL; borrowed. Standard input is /dev/null.
 * returns NULL with one sentence in why */
MUST_USE struct process *process_start(char *const argv[], char why[static 256]);
/* The same, with more to say. */
struct process_options {
    const char *const *environment; /* "NAME=VALUE" besides ours, ends with NULL; NULL: none */
    bool piped; /* its standard input and output are pipes of ours; only its stderr is kept */
};
MUST_USE struct process *
process_start_with(char *const argv[], const struct process_options *options, char why[static 256]);
/* Of a piped process: our ends of its standard input (-1 once closed) and output. The output does not block. */
int process_input(const struct process *process);
int process_output(const struct process *process);
void process_close_input(struct process *process);
/* Processor time of the process itself so far, in seconds; -1: not known. */
double process_processor_time(const struct process *process);
/* Its process id, which is also that of its group. */
int process_pid(const struct process *process);
/* Has it ended by itself? Then how is appended to *how ("exited with status 1", "killed by signal
 * 11 (...)"). */
bool process_has_ended(struct process *process, struct buf *how);
/* What it exited with; -1 while it runs, and when a signal killed it. */
int process_exit_code(struct process *process);
/* Waits until `deadline` for an output line that contains `text`; the line is appended to *line.
 * returns false at the deadline, and when the process ended without saying it */
bool process_wait_for_line(struct process *process, const char *text, struct buf *line,
                           gr_time deadline);
/* Append the last `lines` lines of what it printed, on stdout and stderr; SIZE_MAX: all that is
 * kept. */
void process_put_tail(struct process *process, size_t lines, struct buf *out);
/* How many octets it has printed so far; for process_put_since(). */
size_t process_printed(struct process *process);
/* Append what it printed since process_printed() was `mark`, at most the last `most` octets of it.
 */
void process_put_since(struct process *process, size_t mark, size_t most, struct buf *out);
/* End it and its group: SIGTERM, after a second SIGKILL. Afterwards everything that it printed is
 * there for process_put_tail(). Once or more. */
void process_end(struct process *process);
/* process_end(), and free; NULL is nothing. */
void process_stop(struct process *process);

/* SIGKILL to every group that is still running; safe in a signal handler. */
void process_kill_all(void);

#endif
