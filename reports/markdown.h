/* SPDX-License-Identifier: MIT
 *
 * A report as Markdown, for the summary of a CI job: the verdict, the areas, what failed and why,
 * what became of an earlier run's failures. */
#ifndef REPORTS_MARKDOWN_H
#define REPORTS_MARKDOWN_H

#include "reports/model.h"

/* Append it.
 * against    an earlier report to compare with; NULL: none
 * returns false when out of memory */
MUST_USE bool report_put_markdown(const struct report *report, const struct report *against,
                                  struct buf *out);

#endif
