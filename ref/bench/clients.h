/* SPDX-License-Identifier: MIT
 *
 * CPU of clients: programs that make calls of 10 octets, 100 at a time on one connection, against a server that
 * costs less than they do. */
#ifndef BENCH_CLIENTS_H
#define BENCH_CLIENTS_H

#include "results.h"

/* Run them all once, in an order that `round` turns, and append a sample to each: RATE and CLIENT_US. Those that are
 * absent are left out. */
void clients_measure(struct results *results, const struct server_places *places, unsigned round);
/* "grpcref", "h2load", "grpc++ async"; NULL when there are no more. */
const char *clients_name(size_t i);

#endif
