/* SPDX-License-Identifier: MIT
 *
 * A badge: "gRPC | 412 of 412 conform" as a small SVG picture, for a README. */
#ifndef REPORTS_BADGE_H
#define REPORTS_BADGE_H

#include "reports/model.h"

/* Append it. returns false when out of memory */
MUST_USE bool report_put_badge(const struct report *report, struct buf *out);

#endif
