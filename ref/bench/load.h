/* SPDX-License-Identifier: MIT
 *
 * A load generator that costs little: calls with their header blocks encoded beforehand, a frame walk for what comes
 * back, one write for each read. Closed loop: every call that ends begins the next. Open loop: calls begin when a
 * schedule says so, and latency counts from there, so that a server which stops for a moment cannot hide the calls
 * that would have been made meanwhile. It keeps to the server's windows, answers SETTINGS and PING, compares every
 * octet of every reply with what it must be, and wants trailers at its end. It does not decode header blocks: an
 * error is noticed by the reply it has not, and whether the server is right in all else is asked by the suite. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "base/buf.h"
#include "base/clock.h"

#include <stddef.h>
#include <stdint.h>

enum load_kind {
    LOAD_UNARY,
    LOAD_SERVER_STREAM, /* one request, `messages` replies */
    LOAD_PING_PONG, /* the next request when the reply to the last one is here, `messages` times */
};

struct load_options {
    uint16_t port; /* on 127.0.0.1 */
    enum load_kind kind;
    const char *path; /* "/package.Service/Method" */
    struct bytes
        message;        /* one request message, encoded, without its prefix; at most 16000 octets */
    struct bytes reply; /* one reply, with its prefix; not of load_once */
    unsigned messages;  /* replies of each call */
    unsigned connections; /* 1 to 10000 */
    unsigned streams;     /* in flight on each connection, 1 to 1000; open loop: at most */
    unsigned rate;        /* calls each second; 0: closed loop */
    bool tls;
    int64_t duration_ns; /* to be measured; before that, a fifth of it to warm up */
    /* Called once when the measured time begins and when it is over; NULL: nobody. */
    void (*mark)(void *user);
    void *user;
};

struct load_result {
    uint64_t calls;    /* whole ones inside the measured time */
    uint64_t messages; /* their replies; also those of calls that go on */
    uint64_t wrong;    /* resets, replies of other octets, calls without trailers */
    uint64_t octets;   /* read in that time */
    int64_t elapsed_ns;
    /* of a call, or of a message in ping-pong: from the write of the request, or when it was due, to the read of the
     * reply's end */
    int64_t mean_ns, p50_ns, p99_ns, p999_ns;
};

/* Make one call, and append its first reply, with its prefix. returns 0, or -1 with one sentence in why */
int load_once(const struct load_options *options, struct buf *reply, char why[static 256]);

/* Returns 0, or -1 with one sentence in why. */
int load_run(const struct load_options *options, struct load_result *result, char why[static 256]);

#endif
