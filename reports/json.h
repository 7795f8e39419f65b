/* SPDX-License-Identifier: MIT
 *
 * A report as JSON: everything the model holds, for programs. The schema is schema.md. */
#ifndef REPORTS_JSON_H
#define REPORTS_JSON_H

#include "reports/model.h"

/* Counts up when a member changes its meaning or goes away; new members do not change it. */
#define REPORT_JSON_VERSION 1

/* Appends one JSON text and a newline. false: out of memory. */
MUST_USE bool report_put_json(const struct report *report, struct buf *out);
/* The same without spaces and line ends between its parts.
 * most_entries    that a fine result's transcript may have, the rest is counted as dropped; 0: all */
MUST_USE bool report_put_compact_json(const struct report *report, size_t most_entries,
                                      struct buf *out);

#endif
