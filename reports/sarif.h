/* SPDX-License-Identifier: MIT
 *
 * The SARIF 2.1.0 rendering, for code scanning: what is not as expected as results, the cases and
 * rules behind them with their clauses as rules. */
#ifndef REPORTS_SARIF_H
#define REPORTS_SARIF_H

#include "reports/model.h"

/* Append it. returns false when out of memory */
MUST_USE bool report_put_sarif(const struct report *report, struct buf *out);

#endif
