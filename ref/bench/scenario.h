/* SPDX-License-Identifier: MIT
 *
 * What is asked of a server: calls of the official test service, and how many at once. */
#ifndef BENCH_SCENARIO_H
#define BENCH_SCENARIO_H

#include "load.h"
#include "server.h"

struct scenario {
    const char *name; /* stable: results are compared by it */
    enum load_kind kind;
    unsigned payload;  /* octets of a reply's body */
    unsigned messages; /* replies of one call */
    unsigned connections, streams;
    unsigned rate; /* calls each second, whether answered or not; 0: the next when one ends */
    bool quick;    /* part of the short comparison */
    enum setting setting;
};

extern const struct scenario scenarios[];
extern const size_t scenario_count;
enum { SCENARIOS_MAX = 32 };

/* The request message of a scenario, without its prefix, and one reply with it. */
void scenario_request(const struct scenario *scenario, struct buf *out);
void scenario_reply(const struct scenario *scenario, struct buf *out);
/* Is it the same message, though maybe encoded otherwise: protobuf lets who writes it put in what is the default
 * anyway? Both with their prefixes. */
bool scenario_same_reply(struct bytes reply, struct bytes expected);
const char *scenario_path(const struct scenario *scenario);

#endif
