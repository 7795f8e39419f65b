/* SPDX-License-Identifier: MIT
 *
 * The heap of timers.h: parents are never later than their children. */
#include "call/timers.h"

#include <stdlib.h>

static void put(struct timers *timers, size_t i, struct timer *timer)
{
    timers->heap[i] = timer;
    timer->place = i + 1;
}

static void move_up(struct timers *timers, size_t i)
{
    struct timer *timer = timers->heap[i];

    while (i > 0 && timers->heap[(i - 1) / 2]->at > timer->at) {
        put(timers, i, timers->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    put(timers, i, timer);
}

static void move_down(struct timers *timers, size_t i)
{
    struct timer *timer = timers->heap[i];

    for (size_t child = 2 * i + 1; child < timers->count; child = 2 * i + 1) {
        if (child + 1 < timers->count && timers->heap[child + 1]->at < timers->heap[child]->at)
            child++;
        if (timers->heap[child]->at >= timer->at)
            break;
        put(timers, i, timers->heap[child]);
        i = child;
    }
    put(timers, i, timer);
}

static bool make_room(struct timers *timers)
{
    if (timers->count < timers->cap)
        return true;
    size_t cap = timers->cap ? 2 * timers->cap : 8;
    struct timer **heap = realloc(timers->heap, cap * sizeof(*heap));
    if (!heap)
        return false;
    timers->heap = heap;
    timers->cap = cap;
    return true;
}

void timers_clear(struct timers *timers)
{
    for (size_t i = 0; i < timers->count; i++)
        timers->heap[i]->place = 0;
    free(timers->heap);
    *timers = (struct timers){0};
}

bool timers_start(struct timers *timers, struct timer *timer, gr_time at)
{
    timers_stop(timers, timer);
    if (!make_room(timers))
        return false;
    timer->at = at;
    put(timers, timers->count++, timer);
    move_up(timers, timers->count - 1);
    return true;
}

void timers_stop(struct timers *timers, struct timer *timer)
{
    if (timer->place == 0)
        return;
    size_t i = timer->place - 1;
    struct timer *last = timers->heap[--timers->count];

    timer->place = 0;
    if (last == timer)
        return;
    put(timers, i, last);
    move_up(timers, i);
    move_down(timers, last->place - 1);
}

struct timer *timers_due(struct timers *timers, gr_time now)
{
    if (timers->count == 0 || timers->heap[0]->at > now)
        return NULL;
    struct timer *timer = timers->heap[0];
    timers_stop(timers, timer);
    return timer;
}

gr_time timers_next(const struct timers *timers)
{
    return timers->count ? timers->heap[0]->at : TIME_NEVER;
}
