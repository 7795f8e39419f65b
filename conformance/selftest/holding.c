/* SPDX-License-Identifier: MIT
 *
 * What the faulty server holds in memory, counted by itself: it lives in the process that tests it, so nobody can look
 * from outside. Cases that watch a server's memory are proved with this. */
#include "selftest/h2.h"

static size_t held_by_stream(const struct stream *stream)
{
    return sizeof *stream + stream->request.size + stream->raw.cap + stream->assembly.cap +
           stream->kept.cap + stream->pending.cap + stream->status_message.cap +
           stream->plan_len * sizeof *stream->plan;
}

static int64_t held_by(const struct h2 *h2)
{
    size_t held = sizeof *h2 + h2->in.cap + h2->out.cap + h2->block.cap;
    for (const struct stream *stream = h2->streams; stream; stream = stream->next)
        held += held_by_stream(stream);
    return (int64_t)held;
}

static void change(struct common *common, int64_t by)
{
    long long now = atomic_fetch_add(&common->held, by) + by;
    long long peak = atomic_load(&common->peak);
    while (now > peak && !atomic_compare_exchange_weak(&common->peak, &peak, now))
        continue;
}

void note_holding(struct h2 *h2)
{
    int64_t held = held_by(h2);
    change(h2->common, held - h2->held);
    h2->held = held;
}

void note_release(struct h2 *h2)
{
    if (!knob(KNOB_CONNECTIONS_ARE_NEVER_FREED))
        change(h2->common, -h2->held);
}

void note_passing(struct h2 *h2, size_t octets)
{
    change(h2->common, (int64_t)octets);
    change(h2->common, -(int64_t)octets);
}
