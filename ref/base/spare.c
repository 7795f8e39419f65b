/* SPDX-License-Identifier: MIT
 *
 * See spare.h. */
#include "base/spare.h"

#include <stdlib.h>

void spare_clear(struct spare *spare)
{
    for (size_t i = 0; i < spare->count; i++)
        buf_clear(&spare->bufs[i]);
    *spare = (struct spare){0};
}

/* The smallest that is large enough; count: none. */
static size_t best_fit(const struct spare *spare, size_t len)
{
    size_t best = spare->count;

    for (size_t i = 0; i < spare->count; i++)
        if (spare->bufs[i].cap >= len &&
            (best == spare->count || spare->bufs[i].cap < spare->bufs[best].cap))
            best = i;
    return best;
}

static struct buf take_out(struct spare *spare, size_t i)
{
    struct buf taken = spare->bufs[i];

    spare->kept -= taken.cap;
    spare->count--;
    memmove(&spare->bufs[i], &spare->bufs[i + 1], (spare->count - i) * sizeof(taken));
    return taken;
}

void spare_take(struct spare *spare, struct buf *buf, size_t len)
{
    if (!spare || len < SPARE_SMALLEST || buf->data)
        return;
    size_t best = best_fit(spare, len);
    if (best == spare->count)
        return;
    *buf = take_out(spare, best);
}

void spare_give(struct spare *spare, struct buf *buf)
{
    if (!spare || buf->cap < SPARE_SMALLEST || buf->cap > SPARE_KEPT) {
        buf_clear(buf);
        return;
    }
    while (spare->count == SPARE_COUNT || spare->kept + buf->cap > SPARE_KEPT) {
        struct buf oldest = take_out(spare, 0);
        buf_clear(&oldest);
    }
    buf_reset(buf);
    spare->kept += buf->cap;
    spare->bufs[spare->count++] = *buf;
    *buf = (struct buf){0};
}

struct shared *shared_new(struct spare *home, size_t len)
{
    struct shared *shared = malloc(sizeof(*shared));

    if (!shared)
        return NULL;
    *shared = (struct shared){.holders = 1, .home = home};
    spare_take(home, &shared->buf, len);
    return shared;
}

struct shared *shared_hold(struct shared *shared)
{
    shared->holders++;
    return shared;
}

void shared_drop(struct shared *shared)
{
    if (!shared || --shared->holders > 0)
        return;
    spare_give(shared->home, &shared->buf);
    free(shared);
}
