/* SPDX-License-Identifier: MIT
 *
 * What came out, in the one sentence that heads a report. */
#ifndef REPORTS_SENTENCE_H
#define REPORTS_SENTENCE_H

#include "reports/model.h"

/* Append it, as "3 of 564 cases failed, and 1 linter rule was broken." No newline. */
void report_put_sentence(const struct report *report, struct buf *out);

#endif
