/* SPDX-License-Identifier: MIT
 *
 * Is there a case that makes others wait? One slow answer says nothing on a machine that does other things too. So
 * everything stops, and each of the last cases is said again while calls go on beside it on a connection of their
 * own; and, just before, a harmless case in the same way. A finding is slow five times of five, each many times
 * longer than the slowest harmless one. */
#include "fuzz/campaign_inside.h"
#include "fuzz/minimise.h"

#include <stdio.h>

#define MINIMISING_TRIES 30
#define CASES_OF_EACH    3 /* newest of each worker that are suspected */
#define MAX_SUSPECTS     24
#define LARGEST_SHARE    10 /* of the run's time, one part in so many, goes into this */

struct beside {
    struct campaign *campaign;
    struct execute_options options;
    struct fuzz_canary canary;
    struct script harmless;
    int64_t slowest_harmless, fastest_suspect; /* ns, of all measurements so far */
};

/* ---- measuring ---- */

struct saying {
    const struct script *script;
    const struct execute_options *options;
    atomic_bool done;
};

static void *say(void *arg)
{
    struct saying *saying = arg;
    (void)script_try(saying->script, saying->options);
    atomic_store(&saying->done, true);
    return NULL;
}

/* The slowest answer to a call while `script` is said; -1: there was none. */
static int64_t slowest_beside(struct beside *beside, const struct script *script)
{
    struct saying saying = {.script = script, .options = &beside->options};
    struct observed unused;
    pthread_t thread;
    int64_t slowest = -1;
    bool fine = fuzz_canary_check(&beside->canary, &beside->options, &unused);
    if (!fine || pthread_create(&thread, NULL, say, &saying) != 0)
        return -1;
    do {
        fine = fuzz_canary_check(&beside->canary, &beside->options, &unused);
        if (fine && beside->canary.last_ns > slowest)
            slowest = beside->canary.last_ns;
    } while (fine && !atomic_load(&saying.done));
    (void)pthread_join(thread, NULL);
    return fine ? slowest : -1;
}

/* One harmless case, one suspect. */
static bool is_slow(void *arg, const struct script *script)
{
    struct beside *beside = arg;
    int64_t harmless = slowest_beside(beside, &beside->harmless);
    int64_t suspect = slowest_beside(beside, script);
    if (harmless > beside->slowest_harmless)
        beside->slowest_harmless = harmless;
    if (suspect < beside->fastest_suspect || beside->fastest_suspect == 0)
        beside->fastest_suspect = suspect;
    return harmless >= 0 && suspect > SLOW_AT_LEAST &&
           suspect > SLOW_TIMES * beside->slowest_harmless;
}

static unsigned confirm(struct beside *beside, const struct script *script)
{
    unsigned confirmed = 0;
    beside->slowest_harmless = beside->fastest_suspect = 0;
    for (unsigned i = 0; i < CONFIRMATIONS && confirmed == i; i++)
        confirmed += is_slow(beside, script);
    return confirmed;
}

/* ---- suspects ---- */

static bool find_suspect(struct beside *beside, struct script *script)
{
    const struct campaign *campaign = beside->campaign;
    const struct campaign_inside *in = campaign->inside;
    size_t asked = 0;
    for (uint64_t back = 1; back <= CASES_OF_EACH; back++)
        for (size_t i = 0; i < in->worker_count && asked < MAX_SUSPECTS; i++) {
            const struct worker *worker = &in->workers[i];
            if (worker->recent_count < back || campaign_is_over(beside->campaign))
                continue;
            asked++;
            beside->slowest_harmless = 0;
            script_make(campaign->options->role, campaign->options->seed,
                        worker->recent[(worker->recent_count - back) % RECENT_CASES], script);
            if (is_slow(beside, script))
                return true;
            script_clear(script);
        }
    return false;
}

static void settle(struct beside *beside, const struct script *script, unsigned confirmed)
{
    struct observed observed = {.kind = SEEN_FAILURE, .clauses = "H2-STREAM-021"};
    (void)snprintf(observed.rule, sizeof observed.rule, "%s", script->fault);
    (void)snprintf(observed.expected, sizeof observed.expected,
                   "calls on another connection do not wait for it");
    (void)snprintf(observed.seen, sizeof observed.seen,
                   "while it is said they take %.1f ms and more, beside a harmless case at most "
                   "%.1f ms",
                   (double)beside->fastest_suspect / 1e6, (double)beside->slowest_harmless / 1e6);
    (void)snprintf(observed.key, sizeof observed.key, "slow: %s", script->fault);
    finding_settle(beside->campaign, FINDING_SLOW, script, &observed, confirmed);
}

static void look_closer(struct beside *beside)
{
    struct script script;
    if (!find_suspect(beside, &script))
        return;
    unsigned confirmed = confirm(beside, &script);
    const struct minimise_options options = {is_slow, beside, true, MINIMISING_TRIES};
    if (confirmed == CONFIRMATIONS && !beside->campaign->options->no_minimising) {
        struct script small;
        script_copy(&small, &script);
        script_minimise(&small, &options);
        bool stays = confirm(beside, &small) == CONFIRMATIONS;
        script_clear(stays ? &script : &small);
        if (stays)
            script = small;
    }
    if (confirmed == CONFIRMATIONS)
        settle(beside, &script, confirmed);
    else
        atomic_fetch_add(&beside->campaign->unconfirmed, 1);
    script_clear(&script);
}

/* A connection, and one plain call. */
static void make_harmless(const struct campaign *campaign, struct script *script)
{
    struct maker m = {.draw = draw_for(0, 0),
                      .script = script,
                      .next_stream = 1,
                      .secure = campaign->target.tls != NULL,
                      .plain = true};
    make_open(&m);
    must_be_ok(&m, make_empty_call(&m));
    hpack_encoder_free(m.encoder);
}

void slowness_in_question(struct campaign *campaign)
{
    struct campaign_inside *in = campaign->inside;
    struct beside beside = {.campaign = campaign, .options = campaign_execution(campaign)};
    campaign_be_alone(campaign);
    gr_time now = clock_now_ns();
    if (!campaign_is_over(campaign) &&
        in->spent_on_slowness <= (now - campaign->began) / LARGEST_SHARE) {
        make_harmless(campaign, &beside.harmless);
        look_closer(&beside);
        script_clear(&beside.harmless);
        fuzz_canary_close(&beside.canary);
        in->spent_on_slowness += clock_now_ns() - now;
    }
    campaign_leave(campaign);
}
