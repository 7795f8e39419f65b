/* SPDX-License-Identifier: MIT
 *
 * h2load of nghttp2, a client that is not ours, as a second opinion where it is installed. */
#ifndef BENCH_H2LOAD_H
#define BENCH_H2LOAD_H

#include "results.h"

/* One more sample of unary 10 B, 10x100; none where h2load is absent or a call fails. */
void h2load_measure(const struct server *server, double seconds, struct samples *samples);

#endif
