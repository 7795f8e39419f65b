/* SPDX-License-Identifier: MIT
 *
 * The conformance suite on each server, or on each client: `grpcspec test` is started against it,
 * and its report is read. A result for each, with how many cases came out how. */
#ifndef INTEROP_SUITE_H
#define INTEROP_SUITE_H

#include "interop/run.h"

struct suite_row {
    char name[128]; /* "ruby tls" */
    bool ran;
    size_t counts[REPORT_VERDICT_COUNT]; /* cases, and rules that were broken */
};
struct suite_rows {
    struct suite_row *items;
    size_t count;
};

/* Of the grid's servers, or clients where it has these. One after the other, because the suite measures time.
 * run->jobs does not matter; run->logs keeps each server's report. Fills the report like grid_run();
 * free(rows->items).
 * returns false when out of memory */
MUST_USE bool suite_run(const struct grid_run *run, struct report *report, struct suite_rows *rows);

/* Append a row for each. */
void suite_put_text(const struct suite_rows *rows, struct buf *out);
void suite_put_markdown(const struct suite_rows *rows, struct buf *out);

#endif
