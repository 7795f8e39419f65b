/* SPDX-License-Identifier: MIT
 *
 * Known deviations of a target: a file of lines `ID VERDICT reason`, where ID may be a glob. A
 * listed deviation that is gone, and a line that names no case, are problems of the run: a baseline
 * never rots unseen. */
#ifndef RUN_BASELINE_H
#define RUN_BASELINE_H

#include "base/attr.h"
#include "reports/model.h"

struct baseline_entry {
    char *glob, *reason;
    enum report_verdict verdict;
    size_t line;
};
struct baseline {
    struct baseline_entry *entries;
    size_t count;
};

/* Text of a baseline: `#` begins a comment line. returns false with one sentence in why ("line 3:
 * ..."). */
MUST_USE bool baseline_parse(struct baseline *baseline, struct bytes text, char why[static 256]);
MUST_USE bool baseline_load(struct baseline *baseline, const char *path, char why[static 256]);
void baseline_clear(struct baseline *baseline);

/* Is this verdict for this id listed? */
bool baseline_lists(const struct baseline *baseline, const char *id, enum report_verdict verdict);

/* Mark the results that are as listed, and add a problem for each entry that no longer holds.
 * whole: every case ran, so a lint rule that nothing broke is kept; of a part of the cases nothing
 * follows for rules
 * known: whether an id like this exists at all, selected in this run or not */
void baseline_apply(const struct baseline *baseline, struct report *report, bool whole,
                    bool (*known)(const char *glob));

#endif
