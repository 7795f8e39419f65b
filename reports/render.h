/* SPDX-License-Identifier: MIT
 *
 * The forms a report can be written in, as one list. */
#ifndef REPORTS_RENDER_H
#define REPORTS_RENDER_H

#include "reports/model.h"

enum output_format { OUTPUT_JSON, OUTPUT_JUNIT, OUTPUT_HTML, OUTPUT_MARKDOWN };

/* Append the report in that form.
 * against    an earlier report, for the forms that compare (HTML, Markdown); NULL: none
 * returns false when out of memory */
MUST_USE bool report_render(const struct report *report, enum output_format format,
                            const struct report *against, struct buf *out);

#endif
