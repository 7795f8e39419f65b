/* SPDX-License-Identifier: MIT
 *
 * h2load of nghttp2, a client that is not ours, as a second opinion where it is installed. */
#ifndef BENCH_H2LOAD_H
#define BENCH_H2LOAD_H

#include "results.h"

/* One more sample of unary 10 B, 10x100; none where h2load is absent or a call fails. */
void h2load_measure(const struct server *server, double seconds, struct samples *samples);

/* Its request, a message of 10 octets with its prefix, as a new file for it to read: the caller unlinks it. */
bool h2load_write_request(char path[static 32]);
/* CPU time of all children that have ended. */
double h2load_children_cpu_us(void);

#endif
