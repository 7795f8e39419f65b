/* SPDX-License-Identifier: MIT
 *
 * The command line of `grpcspec interop`. */
#ifndef INTEROP_OPTIONS_H
#define INTEROP_OPTIONS_H

#include "interop/grid.h"
#include "reports/terminal.h"

#define INTEROP_MAX_OUTPUTS 8

enum interop_format { INTEROP_JSON, INTEROP_JUNIT, INTEROP_HTML, INTEROP_MARKDOWN };

/* Strings are borrowed from argv. */
struct interop_options {
    struct grid_selection selection;
    struct globs required; /* peers that must be there */
    const char *peers, *certs, *against, *logs;
    unsigned jobs;      /* 0: as many as processors */
    int64_t timeout_ns; /* of a cell */
    struct {
        enum interop_format format;
        const char *path;
    } outputs[INTEROP_MAX_OUTPUTS];
    size_t output_count;
    enum colour colour;
    bool suite, client_suite, list, quiet, verbose;
};

extern const struct command interop_command;
/* OPTIONS_WRONG with one sentence in why. */
enum options_result interop_options_parse(struct interop_options *options, int argc,
                                          char *const argv[], char why[static 256]);

#endif
