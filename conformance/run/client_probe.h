/* SPDX-License-Identifier: MIT
 *
 * What kind of client is this? Asked before the cases: does it connect, speak HTTP/2, make a call, and what can its
 * drive show. */
#ifndef RUN_CLIENT_PROBE_H
#define RUN_CLIENT_PROBE_H

#include "run/run.h"

/* Let it make one plain call to a correct server; adds what it learned to the report as facts (may be NULL).
 * target  with `drive` and what goes with it; answers_requests is filled in
 * returns false with one sentence in why: it never made a call */
bool probe_client(struct target_info *target, const struct run_options *options,
                  struct report *report, char why[static 1024]);

#endif
