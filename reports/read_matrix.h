/* SPDX-License-Identifier: MIT
 *
 * The kill matrix that `grpcspec selftest --json` writes, read as a report, so that every rendering
 * shows it: a result for each knob (was the defect noticed?) and one for each case (was it ever
 * seen to fail?). Private to reading. */
#ifndef REPORTS_READ_MATRIX_H
#define REPORTS_READ_MATRIX_H

#include "reports/model.h"

#include <jansson.h>

#define KILL_MATRIX_SCHEMA "grpcspec-kill-matrix"

/* returns false with one sentence in why */
MUST_USE bool read_kill_matrix(struct report *report, const json_t *root, char why[static 256]);

#endif
