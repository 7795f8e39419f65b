/* SPDX-License-Identifier: MIT
 *
 * The target's life in question: everything stops, the target is asked, brought back, and the cases of the last
 * moments run again alone, newest first. The one that does it again is the finding. */
#include "fuzz/campaign_inside.h"
#include "fuzz/minimise.h"
#include "target/canary.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MAX_SUSPECTS     128
#define COMEBACK         (5 * NS_PER_S) /* of a target that somebody else restarts */
#define MINIMISING_TRIES 40

/* The campaign while it is alone with the target. */
struct inquest {
    struct campaign *campaign;
    struct execute_options options;
    struct fuzz_canary canary;
    struct buf how; /* the process ended */
    bool gone;      /* it cannot be brought back */
};

static bool has_died(struct inquest *inquest)
{
    const struct run_revival *revival = &inquest->campaign->options->revival;
    buf_reset(&inquest->how);
    return revival->has_died && revival->has_died(revival->arg, &inquest->how);
}

static bool serves(struct inquest *inquest)
{
    if (has_died(inquest))
        return false;
    struct canary canary = canary_ask(&inquest->campaign->target.endpoint,
                                      inquest->campaign->target.tls, inquest->options.patience_ns);
    return canary.answer == CANARY_SERVES;
}

static bool comes_back(struct inquest *inquest)
{
    const struct timespec moment = {0, 100 * NS_PER_MS};
    gr_time deadline = clock_now_ns() + COMEBACK;
    while (clock_now_ns() < deadline) {
        if (serves(inquest))
            return true;
        (void)nanosleep(&moment, NULL);
    }
    return false;
}

static bool revive(struct inquest *inquest)
{
    const struct run_revival *revival = &inquest->campaign->options->revival;
    char why[256];
    fuzz_canary_close(&inquest->canary);
    bool back = revival->restart
                    ? revival->restart(revival->arg, &inquest->campaign->target.endpoint, why)
                    : comes_back(inquest);
    inquest->gone = !back;
    return back;
}

/* Alone, with a canary beside it. returns whether the target, or the canary, did not survive */
static bool kills(void *arg, const struct script *script)
{
    struct inquest *inquest = arg;
    struct observed observed;
    if (inquest->gone || (!serves(inquest) && !revive(inquest)))
        return false;
    (void)fuzz_canary_check(&inquest->canary, &inquest->options, &observed);
    struct observed own = script_try(script, &inquest->options);
    bool fine = fuzz_canary_check(&inquest->canary, &inquest->options, &observed);
    bool dead = !fine || own.kind == SEEN_NO_CONNECTION || !serves(inquest);
    if (dead && !serves(inquest))
        (void)revive(inquest);
    return dead;
}

/* ---- who it was ---- */

static size_t list_suspects(const struct campaign *campaign, uint64_t *suspects)
{
    const struct campaign_inside *in = campaign->inside;
    size_t count = 0;
    for (uint64_t back = 1; back <= RECENT_CASES; back++)
        for (size_t i = 0; i < in->worker_count && count < MAX_SUSPECTS; i++)
            if (in->workers[i].recent_count >= back)
                suspects[count++] =
                    in->workers[i].recent[(in->workers[i].recent_count - back) % RECENT_CASES];
    return count;
}

static bool find_culprit(struct inquest *inquest, struct script *script)
{
    uint64_t suspects[MAX_SUSPECTS];
    size_t count = list_suspects(inquest->campaign, suspects);
    for (size_t i = 0; i < count && !inquest->gone; i++) {
        script_make(inquest->campaign->options->role, inquest->campaign->options->seed, suspects[i],
                    script);
        if (kills(inquest, script))
            return true;
        script_clear(script);
    }
    return false;
}

static unsigned confirm(struct inquest *inquest, const struct script *script)
{
    unsigned confirmed = 1;
    for (unsigned i = 1; i < CONFIRMATIONS && !inquest->gone; i++)
        confirmed += kills(inquest, script);
    return confirmed;
}

static void describe(struct inquest *inquest, enum finding_kind kind, const struct script *script,
                     const struct observed *sighting, struct observed *observed)
{
    *observed = (struct observed){.kind = SEEN_FAILURE};
    (void)snprintf(observed->clauses, sizeof observed->clauses, "%s",
                   script ? script->clauses : "H2-STREAM-021");
    (void)snprintf(observed->rule, sizeof observed->rule, "%s",
                   script ? script->fault : "liveness");
    (void)snprintf(observed->expected, sizeof observed->expected,
                   "whatever one connection says, the target goes on serving others");
    (void)snprintf(observed->seen, sizeof observed->seen, "%.440s",
                   inquest->how.len > 0 ? buf_str(&inquest->how) : sighting->seen);
    (void)snprintf(observed->key, sizeof observed->key, "%s: %s", finding_kind_name(kind),
                   observed->rule);
}

static void name_culprit(struct inquest *inquest, enum finding_kind kind,
                         const struct observed *sighting)
{
    struct campaign *campaign = inquest->campaign;
    struct script script;
    struct observed observed;
    if (!find_culprit(inquest, &script)) {
        describe(inquest, kind, NULL, sighting, &observed);
        if (kind == FINDING_COLLATERAL && !inquest->gone)
            atomic_fetch_add(&campaign->unconfirmed, 1);
        else
            finding_settle(campaign, kind, NULL, &observed, 0);
        return;
    }
    unsigned confirmed = confirm(inquest, &script);
    const struct minimise_options options = {kills, inquest, true, MINIMISING_TRIES};
    if (confirmed == CONFIRMATIONS && !campaign->options->no_minimising)
        script_minimise(&script, &options);
    describe(inquest, kind, &script, sighting, &observed);
    finding_settle(campaign, kind, &script, &observed, confirmed);
    script_clear(&script);
}

static enum finding_kind kind_of(struct inquest *inquest, bool died, bool answers)
{
    if (died)
        return FINDING_CRASH;
    if (answers)
        return FINDING_COLLATERAL;
    struct canary canary = canary_ask(&inquest->campaign->target.endpoint,
                                      inquest->campaign->target.tls, inquest->options.patience_ns);
    return canary.answer == CANARY_UNREACHABLE ? FINDING_CRASH : FINDING_HANG;
}

static void close_canaries(struct campaign *campaign)
{
    struct campaign_inside *in = campaign->inside;
    for (size_t i = 0; i < in->worker_count; i++)
        fuzz_canary_close(&in->workers[i].canary);
}

void life_in_question(struct campaign *campaign, const struct observed *sighting)
{
    struct inquest inquest = {.campaign = campaign, .options = campaign_execution(campaign)};
    campaign_be_alone(campaign);
    if (!campaign_is_over(campaign)) {
        bool died = has_died(&inquest);
        bool answers = !died && serves(&inquest);
        /* somebody else's inquest may have dealt with it meanwhile */
        if (!answers || sighting->kind != SEEN_NO_CONNECTION) {
            enum finding_kind kind = kind_of(&inquest, died, answers);
            close_canaries(campaign);
            if (!answers)
                (void)revive(&inquest);
            name_culprit(&inquest, kind, sighting);
            if (inquest.gone) {
                campaign->given_up = true;
                atomic_store(&campaign->inside->over, true);
            }
        }
    }
    fuzz_canary_close(&inquest.canary);
    buf_clear(&inquest.how);
    campaign_leave(campaign);
}
