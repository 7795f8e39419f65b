/* SPDX-License-Identifier: MIT
 *
 * Findings as files, as lines on the terminal, and as results of a report. */
#ifndef FUZZ_SHOW_H
#define FUZZ_SHOW_H

#include "fuzz/campaign.h"
#include "reports/model.h"

#include <stdio.h>

struct show {
    FILE *out;
    bool live; /* out is a terminal: a line of progress */
    bool quiet;
    const char *folder; /* where findings are written; NULL: nowhere */
    const char *target; /* for the command that says it again */
    bool cannot_write;  /* a finding could not be written */
    bool progress_shown;
};

/* The file of a finding: the script, and in comments everything about it. */
void finding_put(const struct finding *finding, const char *target, struct buf *out);
/* As struct campaign_options wants them; arg is the struct show. */
void show_found(void *arg, const struct campaign *campaign, struct finding *finding);
void show_tick(void *arg, const struct campaign *campaign);
void show_summary(struct show *show, const struct campaign *campaign);
/* A result for each finding, one for the run itself. */
void show_report(const struct campaign *campaign, const char *target, struct report *report);

#endif
