/* SPDX-License-Identifier: MIT
 *
 * What time does to a connection of the faulty server, where it is set up for it (gRFC A8, A9): no preface, no calls,
 * old age, and pings of its own that nobody answers. */
#include "selftest/h2.h"

static gr_time earlier(gr_time a, gr_time b)
{
    return a < b ? a : b;
}

/* Closed without a word: nobody spoke HTTP/2 yet. */
static gr_time await_preface(struct h2 *h2)
{
    int64_t patience = setup_here()->handshake_ns;
    if (patience == 0 || h2->settings_seen || knob(KNOB_HANDSHAKES_LAST_FOR_EVER))
        return TIME_NEVER;
    if (h2->now >= h2->born + patience)
        h2->dropped = true;
    return h2->born + patience;
}

static gr_time await_calls(struct h2 *h2)
{
    int64_t most = setup_here()->max_idle_ns;
    if (most == 0 || h2->closing || !h2->settings_seen || knob(KNOB_IDLE_IS_NEVER_OVER))
        return TIME_NEVER;
    if (count_open(h2) > 0)
        h2->idle_since = h2->now;
    if (h2->now < h2->idle_since + most)
        return h2->idle_since + most;
    put_goaway(h2, h2->highest_stream, H2_NO_ERROR, BYTES("max_idle"));
    h2->closing = true;
    return TIME_NEVER;
}

static gr_time await_old_age(struct h2 *h2)
{
    const struct setup *setup = setup_here();
    if (setup->max_age_ns == 0 || knob(KNOB_AGE_IS_NO_MATTER))
        return TIME_NEVER;
    gr_time old = h2->born + setup->max_age_ns, dead = old + setup->max_age_grace_ns;
    if (h2->now >= old && h2->stopping == STOPPING_NOT)
        begin_stopping(h2, BYTES("max_age"));
    if (h2->now >= dead && !knob(KNOB_GRACE_IS_ENDLESS))
        h2->closing = true;
    return h2->now < old ? old : h2->now < dead ? dead : TIME_NEVER;
}

static gr_time ping_them(struct h2 *h2)
{
    const struct setup *setup = setup_here();
    if (setup->keepalive_ns == 0 || !h2->settings_seen || knob(KNOB_NEVER_PINGS))
        return TIME_NEVER;
    if (h2->pinged == 0 && h2->now >= h2->heard + setup->keepalive_ns) {
        put_frame(h2, FRAME_PING, 0, 0, BYTES("anybody?"));
        h2->pinged = h2->now;
    }
    if (h2->pinged == 0)
        return h2->heard + setup->keepalive_ns;
    if (h2->now < h2->pinged + setup->keepalive_timeout_ns)
        return h2->pinged + setup->keepalive_timeout_ns;
    if (!knob(KNOB_UNANSWERED_PINGS_DO_NOT_MATTER))
        h2->closing = true;
    return TIME_NEVER;
}

gr_time turn_ageing(struct h2 *h2)
{
    return earlier(earlier(await_preface(h2), await_calls(h2)),
                   earlier(await_old_age(h2), ping_them(h2)));
}
