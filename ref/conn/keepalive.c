/* SPDX-License-Identifier: MIT
 *
 * The clockwork of keepalive.h. */
#include "conn/keepalive.h"

static gr_time after(gr_time since, int64_t span)
{
    return span ? clock_add(since, span) : TIME_NEVER;
}

/* Between 0.9 and 1.1 times the span, so that many connections made at once do not end at once (gRFC A9). */
static int64_t jittered(int64_t span, uint64_t random)
{
    random = random * 6364136223846793005u + 1442695040888963407u;
    return span >= TIME_NEVER / 2 ? span : span / 1000 * (900 + (int64_t)((random >> 33) % 201));
}

void keepalive_init(struct keepalive *keepalive, enum role role,
                    const struct keepalive_options *options, uint64_t random, gr_time now)
{
    *keepalive = (struct keepalive){
        .role = role,
        .options = options,
        .quiet_since = now,
        .answer_by = TIME_NEVER,
        .idle_since = now,
        .age_at = after(now, jittered(options->max_age, random)),
        .grace_at = TIME_NEVER,
        .pinged_at = -1,
    };
}

void keepalive_calls(struct keepalive *keepalive, size_t open, gr_time now)
{
    bool calls_open = open > 0;

    if (calls_open == keepalive->calls_open)
        return;
    keepalive->calls_open = calls_open;
    if (!calls_open)
        keepalive->idle_since = now;
    else if (keepalive->role == ROLE_CLIENT && !keepalive->options->without_calls)
        keepalive->quiet_since = now; /* it was not asked for a sign of life before */
}

bool keepalive_pinged(struct keepalive *keepalive, bool sent, gr_time now)
{
    const struct keepalive_options *options = keepalive->options;
    int64_t least = keepalive->calls_open ? options->min_interval : options->min_interval_idle;
    gr_time before = keepalive->pinged_at;

    keepalive->pinged_at = now;
    if (sent) { /* the client may have pinged for what it received: measuring, not nagging */
        keepalive->strikes = 0;
        return true;
    }
    if (before < 0 || now >= clock_add(before, least) || options->max_strikes == UINT32_MAX)
        return true;
    return ++keepalive->strikes <= options->max_strikes;
}

/* ---- What is due ----------------------------------------------------------------------------- */

static gr_time ping_at(const struct keepalive *keepalive)
{
    bool wanted = keepalive->role == ROLE_SERVER || keepalive->calls_open ||
                  keepalive->options->without_calls;

    if (!wanted || keepalive->dead || keepalive->answer_by != TIME_NEVER)
        return TIME_NEVER;
    return after(keepalive->quiet_since, keepalive->options->time);
}

static gr_time idle_at(const struct keepalive *keepalive)
{
    return keepalive->calls_open || keepalive->retired
               ? TIME_NEVER
               : after(keepalive->idle_since, keepalive->options->max_idle);
}

enum keepalive_due keepalive_due(struct keepalive *keepalive, gr_time now)
{
    if (now >= keepalive->answer_by) {
        keepalive->answer_by = TIME_NEVER;
        keepalive->dead = true;
        return KEEPALIVE_DEAD;
    }
    if (now >= keepalive->grace_at) {
        keepalive->grace_at = TIME_NEVER;
        return KEEPALIVE_GRACE_OVER;
    }
    if (now >= keepalive->age_at) {
        keepalive->age_at = TIME_NEVER;
        keepalive->retired = true;
        keepalive->grace_at = after(now, keepalive->options->max_age_grace);
        return KEEPALIVE_MAX_AGE;
    }
    if (now >= idle_at(keepalive)) {
        keepalive->retired = true;
        keepalive->age_at = TIME_NEVER;
        return KEEPALIVE_MAX_IDLE;
    }
    if (now >= ping_at(keepalive)) {
        keepalive->answer_by = clock_add(now, keepalive->options->timeout);
        return KEEPALIVE_PING;
    }
    return KEEPALIVE_NOTHING;
}

static gr_time sooner(gr_time a, gr_time b)
{
    return a < b ? a : b;
}

gr_time keepalive_next(const struct keepalive *keepalive)
{
    gr_time end = sooner(keepalive->age_at, keepalive->grace_at);
    gr_time ping = sooner(keepalive->answer_by, ping_at(keepalive));

    return sooner(sooner(end, ping), idle_at(keepalive));
}
