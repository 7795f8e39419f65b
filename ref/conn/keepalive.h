/* SPDX-License-Identifier: MIT
 *
 * When a connection has been silent, idle or alive for too long, and when the peer pings too often (gRFC A8, A9). It
 * knows neither frames nor timers: conn.c tells what happens and does what is due. */
#ifndef CONN_KEEPALIVE_H
#define CONN_KEEPALIVE_H

#include "base/clock.h"
#include "call/machine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All spans in nanoseconds; 0 is never, in each. */
struct keepalive_options {
    int64_t time;              /* of silence, before a ping */
    int64_t timeout;           /* for its answer; not 0 when time is not */
    bool without_calls;        /* ping without open calls too. A server always does */
    int64_t min_interval;      /* server: between the client's pings while calls are open */
    int64_t min_interval_idle; /* server: without */
    uint32_t max_strikes;      /* server: pings too early that are forgiven; UINT32_MAX: all */
    int64_t max_age;           /* server: of the connection, 10 % more or less */
    int64_t max_age_grace;     /* server: for the calls open then */
    int64_t max_idle;          /* server: without calls */
};

enum keepalive_due {
    KEEPALIVE_NOTHING,
    KEEPALIVE_PING,       /* send one */
    KEEPALIVE_DEAD,       /* no answer: the transport is lost */
    KEEPALIVE_MAX_AGE,    /* GOAWAY "max_age"; once */
    KEEPALIVE_MAX_IDLE,   /* GOAWAY "max_idle"; once */
    KEEPALIVE_GRACE_OVER, /* end what is still open; once */
};

struct keepalive {
    enum role role;
    const struct keepalive_options *options;
    gr_time
        quiet_since; /* the last octet of the peer; client: or the first call, if that came later */
    gr_time answer_by; /* a ping is under way; TIME_NEVER: none */
    bool calls_open;
    bool dead;          /* a ping was not answered: no more of them */
    bool retired;       /* GOAWAY for its age or idleness was said: no more of that */
    gr_time idle_since; /* while no calls are open */
    gr_time age_at;     /* TIME_NEVER: no limit, or said already */
    gr_time grace_at;
    gr_time pinged_at; /* by the peer; -1: not yet, or not since we have sent something */
    uint32_t strikes;
};

/* options: borrowed for as long as the keepalive lives. random: for the 10 % of max_age */
void keepalive_init(struct keepalive *keepalive, enum role role,
                    const struct keepalive_options *options, uint64_t random, gr_time now);
/* Octets came. */
static inline void keepalive_heard(struct keepalive *keepalive, gr_time now)
{
    keepalive->quiet_since = now;
    keepalive->answer_by = TIME_NEVER;
}
/* The number of open calls has changed. */
void keepalive_calls(struct keepalive *keepalive, size_t open, gr_time now);
/* server: a PING of the client. sent: HEADERS or DATA have left since the last one, which forgives all.
 * returns false when it is one too many */
bool keepalive_pinged(struct keepalive *keepalive, bool sent, gr_time now);

/* What is to be done now; ask until NOTHING. */
enum keepalive_due keepalive_due(struct keepalive *keepalive, gr_time now);
/* When to ask again; TIME_NEVER: when something happens. */
gr_time keepalive_next(const struct keepalive *keepalive);

#endif
