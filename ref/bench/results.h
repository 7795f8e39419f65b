/* SPDX-License-Identifier: MIT
 *
 * What was measured: for each server and scenario one sample a round, and what a row of a report says of them. */
#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H

#include "scenario.h"
#include "server.h"

enum { ROUNDS_MAX = 99, SERVERS_MAX = 24, CLIENTS_MAX = 3 };

/* Calls and messages are the same for unary calls; of streams, messages are counted. */
enum metric {
    RATE,      /* messages each second */
    CPU_US,    /* the server's, of one message */
    CLIENT_US, /* the generator's */
    MEAN_US,
    P50_US,
    P99_US,
    P999_US,
    OCTETS, /* read by the generator, of one message */
    METRICS
};

struct samples {
    double values[METRICS][ROUNDS_MAX];
    unsigned count;
    uint64_t wrong;
    const char *missing; /* why there is no sample; NULL: there is, or it was not asked for */
};

struct summary {
    double median, low, high; /* the lowest and highest round */
};

struct footprint {
    double base_kib, base_anonymous_kib; /* after start */
    double idle_kib,
        many_kib; /* what one connection more costs, of 1000 and of 10000 that are idle */
};

struct results {
    struct server servers[SERVERS_MAX];
    size_t server_count;
    unsigned rounds;
    double seconds;
    bool quick;
    struct samples samples[SCENARIOS_MAX][SERVERS_MAX];
    struct samples h2load[SERVERS_MAX];  /* unary 10 B, 10x100: RATE, CPU_US and CLIENT_US */
    struct samples clients[CLIENTS_MAX]; /* as clients.h says */
    struct footprint footprint[SERVERS_MAX];
    char machine[256];
};

struct summary results_summary(const struct samples *samples, enum metric metric);
/* Of each round's own quotient of two servers, a / b: what the machine did to both is not in it. */
struct summary results_ratio(const struct samples *a, const struct samples *b, enum metric metric);
/* The server that others of a scenario are compared with: the first of its setting. */
size_t results_reference(const struct results *results, const struct scenario *scenario);
/* The generator was the limit: calls each second say nothing, CPU still does. With a schedule it polls, and never is. */
bool results_client_bound(const struct scenario *scenario, const struct samples *samples);
/* What this machine is, in one line. */
void results_describe_machine(struct results *results);

#endif
