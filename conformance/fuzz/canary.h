/* SPDX-License-Identifier: MIT
 *
 * The connection that was there before: whatever other connections say, plain calls on it go on being answered. */
#ifndef FUZZ_CANARY_H
#define FUZZ_CANARY_H

#include "fuzz/execute.h"

/* Slow is so many times the usual, and so long at least: a machine that does other things too is not the target's. */
#define SLOW_TIMES    10
#define SLOW_AT_LEAST (50 * NS_PER_MS)

struct fuzz_canary {
    bool open;
    struct test t;
    struct conn *conn;
    uint32_t next_stream;
    unsigned answers;
    int64_t usual_ns, last_ns; /* how long an answer takes: the shortest so far, and the last */
};

/* One call; opens the connection first when there is none. returns false with *observed when it suffered; the
 * connection is closed then */
bool fuzz_canary_check(struct fuzz_canary *canary, const struct execute_options *options,
                       struct observed *observed);
void fuzz_canary_close(struct fuzz_canary *canary);
/* The last answer took many times longer than the usual one: worth a closer look, no more. */
bool canary_was_slow(const struct fuzz_canary *canary);

#endif
