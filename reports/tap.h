/* SPDX-License-Identifier: MIT
 *
 * The rendering in the Test Anything Protocol, version 13: a line for each result, and a YAML block
 * with the evidence of what is not as expected. */
#ifndef REPORTS_TAP_H
#define REPORTS_TAP_H

#include "reports/model.h"

/* Append it. returns false when out of memory */
MUST_USE bool report_put_tap(const struct report *report, struct buf *out);

#endif
