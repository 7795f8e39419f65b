/* SPDX-License-Identifier: MIT
 *
 * What must be remembered of a call until its end travels with the call. */
#include "logging.h"

struct entry {
    gr_time began;
    unsigned in, out;
};

static const int key; /* its address is what counts */

static enum gr_status begin(struct gr_call *call, void *data)
{
    struct entry *entry = gr_call_alloc(call, sizeof(*entry));

    (void)data;
    if (entry == NULL || gr_call_put(call, &key, entry) != 0)
        return GR_STATUS_RESOURCE_EXHAUSTED;
    *entry = (struct entry){.began = clock_now_ns()};
    return GR_STATUS_OK;
}

static enum gr_status received(struct gr_call *call, const void *message, void *data)
{
    struct entry *entry = gr_call_get(call, &key);

    (void)message, (void)data;
    entry->in++;
    return GR_STATUS_OK;
}

static enum gr_status sending(struct gr_call *call, const void *message, void *data)
{
    struct entry *entry = gr_call_get(call, &key);

    (void)message, (void)data;
    entry->out++;
    return GR_STATUS_OK;
}

/* Told also when `begin` has refused: then there is no entry. */
static void ended(struct gr_call *call, void *data)
{
    const struct logging *logging = data;
    const struct entry *entry = gr_call_get(call, &key);

    if (entry == NULL)
        return;
    fprintf(logging->to, "%s: %s for %s: %s, %u in, %u out, %.1f ms\n", logging->who,
            gr_call_method(call)->path, gr_call_peer(call),
            gr_status_name(gr_call_result(call)->status), entry->in, entry->out,
            (double)(clock_now_ns() - entry->began) / 1e6);
}

struct gr_interceptor logging(struct logging *logging)
{
    return (struct gr_interceptor){
        .begin = begin, .received = received, .sending = sending, .ended = ended, .data = logging};
}
