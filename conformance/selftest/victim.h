/* SPDX-License-Identifier: MIT
 *
 * A faulty server as the target of a run: where it is, and how it comes back when a knob made it die. */
#ifndef SELFTEST_VICTIM_H
#define SELFTEST_VICTIM_H

#include "run/run.h"
#include "selftest/server.h"

struct victim {
    struct faulty_options options;
    struct faulty_server *server;
};

/* options are copied, what they point to is borrowed. returns false when it cannot listen */
MUST_USE bool victim_start(struct victim *victim, const struct faulty_options *options);
void victim_stop(struct victim *victim);

/* What may be said of it to the suite. TLS is the caller's to fill in. */
struct target_info victim_target(const struct victim *victim);
/* Holds the victim, which stays where it is. */
struct run_revival victim_revival(struct victim *victim);

#endif
