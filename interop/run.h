/* SPDX-License-Identifier: MIT
 *
 * The whole grid: cells side by side, a server started once for all its cells and started again
 * when it died, the outcomes in a report. An interrupt ends what runs and keeps what was judged. */
#ifndef INTEROP_RUN_H
#define INTEROP_RUN_H

#include "interop/cell.h"

struct grid_run {
    struct cell_settings settings;
    unsigned jobs;    /* cells at the same time, at least 1 */
    const char *logs; /* a folder; NULL: logs are not kept */
    /* Called for each cell that was judged, by one thread at a time. */
    void (*finished)(void *arg, const struct report_result *result, size_t done, size_t total);
    void *arg;
};

/* Fills report->results (in the grid's order), problems, duration and interrupted; the rest is the
 * caller's.
 * returns false when out of memory */
MUST_USE bool grid_run(const struct grid_run *run, struct report *report);

#endif
