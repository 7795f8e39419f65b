/* SPDX-License-Identifier: MIT
 *
 * What the program can be told to do: one file and one function for each verb. argv[0] is the
 * verb's name; the return value is the program's exit status. */
#ifndef VERBS_H
#define VERBS_H

#include "run/options.h"

/* Exit statuses, the same for every verb. */
enum exit_status {
    EXIT_AS_EXPECTED = 0,
    EXIT_NOT_AS_EXPECTED = 1,
    EXIT_USAGE = 2, /* also: nothing selected, a report that cannot be written */
    EXIT_UNREACHABLE = 3,
    EXIT_INTERRUPTED = 130,
};

struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const struct command *command; /* what its --help is made from; NULL: it has no options */
    const char *summary;           /* NULL: not shown in --help */
};
extern const struct verb verbs[]; /* main.c; up to a name that is NULL */

extern const struct command report_command, list_command, explain_command, selftest_command;

int test_verb(int argc, char **argv);
int report_verb(int argc, char **argv);
int list_verb(int argc, char **argv);
int explain_verb(int argc, char **argv);
int completion_verb(int argc, char **argv); /* a shell's completion script, from the tables */
int man_verb(int argc, char **argv);        /* a manual page, from the tables */

/* "grpcspec: SENTENCE" on stderr. */
void complain(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* The end of a verb whose command line asks for help, or is wrong: one sentence, why. returns the exit
 * status */
int print_usage(const struct command *command, enum options_result result, const char *why);
/* Flush what was printed; a full disk is an error. returns status, or EXIT_USAGE after a complaint
 */
int finish_printing(int status);

#endif
