/* SPDX-License-Identifier: MIT
 *
 * See later.h. */
#include "tools/adapter/later.h"

struct later {
    struct gr_call *call;
    enum gr_status status;
    gr_time due;
    struct later *next;
};

enum gr_status later_answer(struct laters *laters, struct gr_call *call, enum gr_status status,
                            uint32_t delay_ms)
{
    if (delay_ms == 0)
        return status;
    struct later *later = gr_call_alloc(call, sizeof(*later));
    if (later == NULL)
        return GR_STATUS_RESOURCE_EXHAUSTED;
    *later = (struct later){.call = call,
                            .status = status,
                            .due = clock_now_ns() + (int64_t)delay_ms * NS_PER_MS,
                            .next = laters->first};
    laters->first = later;
    return GR_LATER;
}

int64_t laters_wait(const struct laters *laters, gr_time now)
{
    int64_t wait_ns = TIME_NEVER;

    for (const struct later *later = laters->first; later != NULL; later = later->next) {
        int64_t left = later->due > now ? later->due - now : 0;
        if (left < wait_ns)
            wait_ns = left;
    }
    return wait_ns;
}

void laters_run(struct laters *laters, gr_time now)
{
    struct later **at = &laters->first;

    while (*at != NULL) {
        struct later later = **at;
        if (later.due > now) {
            at = &(*at)->next;
            continue;
        }
        *at = later.next;
        gr_finish_unary(later.call, later.status); /* the entry may be gone now */
    }
}
