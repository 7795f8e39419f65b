/* SPDX-License-Identifier: MIT
 *
 * Deadlines and alarms of many calls, the earliest first: a binary heap of timers that live inside their calls.
 * It knows no clock; whoever has one asks what is due. */
#ifndef CALL_TIMERS_H
#define CALL_TIMERS_H

#include "base/attr.h"
#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>

/* One timer, inside what it belongs to. All zeros is not running. Must not move while it runs. */
struct timer {
    gr_time at;
    size_t place; /* 1 + its index in the heap; 0 when it does not run */
    void *of;     /* what it belongs to; set by whoever starts it */
};

/* All zeros is empty. */
struct timers {
    struct timer **heap; /* heap[0] is the earliest */
    size_t count;
    size_t cap;
};

/* Free the heap itself; timers still running are forgotten. */
void timers_clear(struct timers *timers);

/* Start `timer`, or move it when it runs already. timer: borrowed until it fires or is stopped.
 * returns false when out of memory; the timer then does not run */
MUST_USE bool timers_start(struct timers *timers, struct timer *timer, gr_time at);

/* No effect on a timer that does not run. */
void timers_stop(struct timers *timers, struct timer *timer);

/* Take the earliest timer that is due, at <= now; NULL when none is. */
struct timer *timers_due(struct timers *timers, gr_time now);

/* When the earliest one is due; TIME_NEVER when none runs. */
gr_time timers_next(const struct timers *timers);

#endif
