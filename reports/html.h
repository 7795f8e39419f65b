/* SPDX-License-Identifier: MIT
 *
 * A report as one HTML file that needs nothing else: page.html with its style and script, and the
 * report's JSON in it. What came from a target is data there, never markup. */
#ifndef REPORTS_HTML_H
#define REPORTS_HTML_H

#include "reports/model.h"

/* Append the page.
 * against    an earlier report to compare with; NULL: none
 * returns false when out of memory */
MUST_USE bool report_put_html(const struct report *report, const struct report *against,
                              struct buf *out);

#endif
