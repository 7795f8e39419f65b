/* SPDX-License-Identifier: MIT
 *
 * Two runs side by side: what became good, what became bad, what differs otherwise. */
#ifndef REPORTS_COMPARE_H
#define REPORTS_COMPARE_H

#include "reports/model.h"

enum report_change {
    REPORT_SAME,
    REPORT_FIXED,  /* was FAIL, CRASH, HANG or BROKEN, and is none of these */
    REPORT_BROKE,  /* the other way round */
    REPORT_DIFFERS /* another verdict, as good or as bad */
};

/* How `result` differs from the result of the same id in `old`; an id that is not there is
 * REPORT_SAME.
 * before    NULL, or set to the old result when it is there */
enum report_change report_change_of(const struct report_result *result, const struct report *old,
                                    const struct report_result **before);
const char *report_change_name(enum report_change change); /* "fixed" */

/* Append what differs, a line each, for a terminal; and a last line that counts. */
void report_put_changes(const struct report *report, const struct report *old, struct buf *out);

/* How many results one report has and the other has not. */
size_t report_count_missing(const struct report *from, const struct report *in);

#endif
