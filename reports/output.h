/* SPDX-License-Identifier: MIT
 *
 * A place to write a report to: a file that appears whole or not at all, or standard output. Opened
 * before the run, so that a bad path is known before the work is done. */
#ifndef REPORTS_OUTPUT_H
#define REPORTS_OUTPUT_H

#include "base/attr.h"
#include "base/buf.h"

struct output {
    char *path;      /* as given */
    char *temporary; /* what is written until the commit; NULL: written in place (standard output, a
                        device, a pipe) */
    int fd;          /* -1 when closed; all zeros is not a closed output: use OUTPUT_CLOSED */
};
#define OUTPUT_CLOSED ((struct output){NULL, NULL, -1})

/* path: "-" is standard output.
 * returns false with one sentence in why ("cannot write /x/y.json: No such file or directory") */
MUST_USE bool output_open(struct output *output, const char *path, char why[static 512]);
/* Write everything and put it in place; the output is closed afterwards, whatever happens.
 * returns false with one sentence in why; a file that was there before is then still there */
MUST_USE bool output_commit(struct output *output, struct bytes content, char why[static 512]);
/* Close without writing; nothing is left behind. */
void output_abandon(struct output *output);

#endif
