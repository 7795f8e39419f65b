/* SPDX-License-Identifier: MIT
 *
 * The steps of a script that wait and judge: what came of what was said. Failures go into the test. */
#ifndef FUZZ_ANSWER_H
#define FUZZ_ANSWER_H

#include "fuzz/script.h"
#include "peer/inside.h"

void answer_step(struct conn *conn, const struct step *step);
/* A plain call on `stream` of this connection is answered, with OK where there is a test service. A connection
 * that ended as it might is not asked. */
void answer_serves(struct conn *conn, uint32_t stream);

#endif
