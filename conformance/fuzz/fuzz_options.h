/* SPDX-License-Identifier: MIT
 *
 * The command line of `grpcspec fuzz`. */
#ifndef FUZZ_FUZZ_OPTIONS_H
#define FUZZ_FUZZ_OPTIONS_H

#include "run/options.h"
#include "wire/transport.h"

struct fuzz_options {
    const char *target; /* as it was written; NULL: --spawn, or the bundled server */
    struct endpoint endpoint;
    const char *spawn;
    bool use_tls, insecure;
    struct transport_tls tls;
    bool client;
    char *const *client_command;   /* argv behind `--`; ends with NULL */
    const char *replay, *minimise; /* files */
    bool show_case;
    uint64_t shown_case;
    bool list, quiet, allow_remote, no_minimising;
    const char *layers, *findings, *json, *knobs;
    char layer_glob[80];
    uint64_t seed, cases, first;
    int64_t span_ns, patience_ns;
    unsigned jobs, rate;
    int pid;
};

extern const struct command fuzz_command;
/* options: filled from zeros. OPTIONS_WRONG with one sentence in why. */
enum options_result fuzz_options_parse(struct fuzz_options *options, int argc, char **argv,
                                       char why[static 256]);

#endif
