/* SPDX-License-Identifier: MIT
 *
 * The connection that was there before: whatever other connections say, plain calls on it go on being answered. */
#ifndef FUZZ_CANARY_H
#define FUZZ_CANARY_H

#include "fuzz/execute.h"

struct fuzz_canary {
    bool open;
    struct test t;
    struct conn *conn;
    uint32_t next_stream;
    int64_t usual_ns, last_ns; /* how long an answer takes */
};

/* One call; opens the connection first when there is none. returns false with *observed when it suffered; the
 * connection is closed then */
bool fuzz_canary_check(struct fuzz_canary *canary, const struct execute_options *options,
                       struct observed *observed);
void fuzz_canary_close(struct fuzz_canary *canary);

#endif
