/* SPDX-License-Identifier: MIT
 *
 * Time is a parameter: monotonic nanoseconds, read once per turn by whoever owns the socket and
 * passed down. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

typedef int64_t
    gr_time; /* nanoseconds on CLOCK_MONOTONIC, or on a test's own clock; never negative */

#define NS_PER_US  INT64_C(1000)
#define NS_PER_MS  INT64_C(1000000)
#define NS_PER_S   INT64_C(1000000000)
#define TIME_NEVER INT64_MAX /* a deadline that does not come */

/* The time now, on CLOCK_MONOTONIC. */
gr_time clock_now_ns(void);

/* now + span, where a sum beyond the range is TIME_NEVER. span >= 0. */
static inline gr_time clock_add(gr_time now, int64_t span)
{
    return span > TIME_NEVER - now ? TIME_NEVER : now + span;
}

#endif
