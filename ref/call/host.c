/* SPDX-License-Identifier: MIT
 *
 * The list of calls that have something to tell or to send, and the pool of calls to be used again. */
#include "call/call.h"

#include <stdlib.h>

#define POOL_MAX 1024

void call_touch(struct gr_call *call)
{
    struct call_host *host = call->host;

    if (call->queued || call == host->current)
        return;
    call->queued = true;
    call->touched_next = NULL;
    call->touched_prev = host->touched_last;
    *(host->touched_last ? &host->touched_last->touched_next : &host->touched_first) = call;
    host->touched_last = call;
    if (host->wake)
        host->wake(host);
}

gr_time host_now(struct call_host *host)
{
    if (host->clock)
        host->now = host->clock();
    return host->now;
}

static void unlink_touched(struct call_host *host, struct gr_call *call)
{
    if (!call->queued)
        return;
    call->queued = false;
    *(call->touched_prev ? &call->touched_prev->touched_next
                         : &host->touched_first) = call->touched_next;
    *(call->touched_next ? &call->touched_next->touched_prev
                         : &host->touched_last) = call->touched_prev;
}

void host_forget(struct call_host *host, struct gr_call *call)
{
    unlink_touched(host, call);
    if (host->current == call)
        host->current = NULL;
}

bool host_next(struct call_host *host, struct gr_call **call, enum gr_event *event,
               const void **message)
{
    while (host->current || host->touched_first) {
        if (!host->current) {
            host->current = host->touched_first;
            unlink_touched(host, host->current);
        }
        *call = host->current;
        if (call_next(*call, event, message))
            return true;
        host->current = NULL;
        call_keep(*call);
        host->settle(host, *call);
    }
    return false;
}

void call_later(struct gr_call *call)
{
    struct call_host *host = call->host;

    call->later_next = host->later;
    call->later_at = &host->later;
    if (call->later_next)
        call->later_next->later_at = &call->later_next;
    host->later = call;
}

void call_not_later(struct gr_call *call)
{
    call->later = false;
    if (!call->later_at)
        return;
    *call->later_at = call->later_next;
    if (call->later_next)
        call->later_next->later_at = call->later_at;
    call->later_at = NULL;
}

struct gr_call *call_pool_get(struct call_pool *pool)
{
    struct gr_call *call = pool->first;

    if (!call)
        return calloc(1, sizeof(*call));
    pool->first = call->next;
    pool->count--;
    call->next = NULL;
    return call;
}

void call_pool_put(struct call_pool *pool, struct gr_call *call)
{
    if (pool->count == POOL_MAX) {
        call_clear(call);
        free(call);
        return;
    }
    call_recycle(call);
    call->next = pool->first;
    pool->first = call;
    pool->count++;
}

void call_pool_clear(struct call_pool *pool)
{
    while (pool->first) {
        struct gr_call *call = call_pool_get(pool);
        outbox_clear(&call->outbox);
        buf_clear(&call->backlog);
        gr_arena_clear(&call->arena);
        gr_arena_clear(&call->message_arena);
        free(call);
    }
}
