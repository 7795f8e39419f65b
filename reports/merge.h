/* SPDX-License-Identifier: MIT
 *
 * The parts of one run, judged on several machines (--shard I/N), as one report. */
#ifndef REPORTS_MERGE_H
#define REPORTS_MERGE_H

#include "reports/model.h"

/* Append what `part` holds to `whole`, as if one run had found it. Each case stands in one part; a
 * lint rule, which every part has, becomes one result with the worst of the verdicts.
 * The run's duration becomes the longest, its beginning the earliest.
 * part      emptied, also on failure
 * returns false with one sentence in why: a case that both have, parts by different versions of the
 *           tool, out of memory. `whole` is then to be cleared */
MUST_USE bool report_merge(struct report *whole, struct report *part, char why[static 256]);

#endif
