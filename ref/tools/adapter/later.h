/* SPDX-License-Identifier: MIT
 *
 * Unary calls that are answered some time from now, by whoever turns the loop. Needed because
 * gr_call_timer tells only handlers of streams. */
#ifndef TOOLS_ADAPTER_LATER_H
#define TOOLS_ADAPTER_LATER_H

#include "grpcref.h"

struct later;

/* All zeros is an empty list. Its entries live in their calls. */
struct laters {
    struct later *first;
};

/* The answer of a unary handler that has filled its reply: `status`, or GR_LATER when it is to come in delay_ms;
 * RESOURCE_EXHAUSTED when out of memory. */
enum gr_status later_answer(struct laters *laters, struct gr_call *call, enum gr_status status,
                            uint32_t delay_ms);

/* How long until the next one is due; TIME_NEVER when there is none. */
int64_t laters_wait(const struct laters *laters, gr_time now);

/* Finish all calls that are due. */
void laters_run(struct laters *laters, gr_time now);

#endif
