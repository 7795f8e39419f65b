/* SPDX-License-Identifier: MIT
 *
 * A load generator that costs little: unary calls with their header blocks encoded beforehand, a
 * frame walk for what comes back, one write for each read. Closed loop: every stream that ends
 * begins the next. It keeps to the server's windows, answers SETTINGS and PING, and counts what is
 * not a whole reply. It does not decode the replies' headers: whether the server is right is asked
 * before, by the suite. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "base/bytes.h"
#include "base/clock.h"

#include <stddef.h>
#include <stdint.h>

struct load_options {
    uint16_t port;        /* on 127.0.0.1 */
    const char *path;     /* "/package.Service/Method" */
    struct bytes message; /* one request message, encoded, without its prefix; at most 4 KiB */
    size_t reply_octets;  /* DATA octets of a whole reply, prefix included */
    unsigned connections; /* 1 to 1000 */
    unsigned streams;     /* in flight on each connection, 1 to 1000 */
    int64_t duration_ns;
};

struct load_result {
    uint64_t calls; /* whole replies inside the measured time */
    uint64_t wrong; /* resets, replies of another size, connections lost */
    int64_t elapsed_ns;
    int64_t mean_ns, p50_ns,
        p99_ns; /* of a call, from the write of its request to the read of its end */
};

/* Returns 0, or -1 with one sentence in why. */
int load_run(const struct load_options *options, struct load_result *result, char why[static 256]);

#endif
