/* SPDX-License-Identifier: MIT
 *
 * What a person reads after a run: the matrix, each failure with its reason, what changed, what
 * could not be judged, and one last line; on a terminal and as Markdown. */
#ifndef INTEROP_SUMMARY_H
#define INTEROP_SUMMARY_H

#include "interop/suite.h"
#include "reports/terminal.h"

struct summary {
    const struct report *report;
    const struct report *before;     /* an earlier run to compare with; NULL: none */
    const struct suite_rows *suites; /* of --suite; NULL: the report is a matrix */
};

void summary_put_text(const struct summary *summary, const struct terminal *terminal,
                      struct buf *out);
void summary_put_markdown(const struct summary *summary, struct buf *out);

#endif
