/* SPDX-License-Identifier: MIT
 *
 * A report as JUnit XML, for CI systems: the shape that Jenkins, GitLab and others read; junit.xsd
 * says it exactly. A test suite per area; classname is the area and name the id, which never
 * change, so histories stay whole. */
#ifndef REPORTS_JUNIT_H
#define REPORTS_JUNIT_H

#include "reports/model.h"

/* Appends one XML document. FAIL is a failure, CRASH, HANG and BROKEN are errors; what the baseline
 * expects, and SKIP, is skipped with its reason; LENIENT passes and says so in its output. false:
 * out of memory. */
MUST_USE bool report_put_junit(const struct report *report, struct buf *out);

#endif
