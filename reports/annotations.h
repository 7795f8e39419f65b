/* SPDX-License-Identifier: MIT
 *
 * The GitHub rendering: workflow commands, one a line, that its runner shows beside the job
 * ("::error title=ID::SENTENCES"). Nothing for what is as expected. */
#ifndef REPORTS_ANNOTATIONS_H
#define REPORTS_ANNOTATIONS_H

#include "reports/model.h"

/* Append it. returns false when out of memory */
MUST_USE bool report_put_annotations(const struct report *report, struct buf *out);

#endif
