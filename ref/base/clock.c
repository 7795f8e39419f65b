/* SPDX-License-Identifier: MIT
 *
 * The one place that reads a clock; see clock.h. */
#include "base/clock.h"

#include <time.h>

gr_time clock_now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (gr_time)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}
