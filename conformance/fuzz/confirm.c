/* SPDX-License-Identifier: MIT
 *
 * From a sighting to a finding: one entry for each class, confirmed, minimised, reported once. */
#include "fuzz/campaign_inside.h"
#include "fuzz/minimise.h"

#include <stdio.h>
#include <stdlib.h>

#define MINIMISING_TRIES 250

/* The entry of that class, which counts it; a new one (*is_new) when there is none. NULL: there are too many. */
static struct finding *find_entry(struct campaign *campaign, const struct observed *observed,
                                  bool *is_new)
{
    *is_new = false;
    for (size_t i = 0; i < campaign->finding_count; i++)
        if (strcmp(campaign->findings[i]->observed.key, observed->key) == 0) {
            atomic_fetch_add(&campaign->findings[i]->count, 1);
            return campaign->findings[i];
        }
    struct finding *finding = campaign->finding_count < MAX_FINDINGS ? calloc(1, sizeof *finding)
                                                                     : NULL;
    if (!finding) {
        atomic_fetch_add(&campaign->unlisted, 1);
        return NULL;
    }
    finding->observed = *observed;
    atomic_store(&finding->count, 1);
    campaign->findings[campaign->finding_count++] = finding;
    *is_new = true;
    return finding;
}

static void forget(struct campaign *campaign, struct finding *finding)
{
    size_t i = 0;
    while (campaign->findings[i] != finding)
        i++;
    campaign->findings[i] = campaign->findings[--campaign->finding_count];
    script_clear(&finding->script);
    buf_clear(&finding->transcript);
    free(finding);
}

/* ---- again, and smaller ---- */

struct sighting {
    struct campaign *campaign;
    const struct observed *observed;
};

static bool shows(void *arg, const struct script *script)
{
    const struct sighting *sighting = arg;
    struct execute_options options = campaign_execution(sighting->campaign);
    campaign_join(sighting->campaign);
    struct observed again = script_try(script, &options);
    campaign_leave(sighting->campaign);
    return again.kind == sighting->observed->kind &&
           strcmp(again.key, sighting->observed->key) == 0;
}

static unsigned confirm(struct sighting *sighting, const struct script *script)
{
    unsigned confirmed = 0;
    for (unsigned i = 0; i < CONFIRMATIONS; i++)
        confirmed += shows(sighting, script);
    return confirmed;
}

static void make_small(struct sighting *sighting, struct script *script)
{
    const struct minimise_options options = {
        .shows = shows,
        .arg = sighting,
        .anything_goes = sighting->observed->kind == SEEN_LINT,
        .tries = MINIMISING_TRIES,
    };
    struct script small;
    script_copy(&small, script);
    script_minimise(&small, &options);
    if (!shows(sighting, &small)) {
        script_clear(&small); /* it was chance */
        return;
    }
    script_clear(script);
    *script = small;
}

/* What is said and seen, for the report. */
static void take_transcript(struct campaign *campaign, const struct script *script, struct buf *out)
{
    struct test t;
    struct execute_options options = campaign_execution(campaign);
    campaign_join(campaign);
    (void)script_execute(script, &options, &t);
    campaign_leave(campaign);
    for (size_t i = 0; i < t.transcript.count && out->len < (64 << 10); i++) {
        transcript_format_line(&t.transcript.entries[i], out);
        buf_put_u8(out, '\n');
    }
    test_clear(&t);
}

static void report(struct campaign *campaign, struct finding *finding)
{
    const struct campaign_options *options = campaign->options;
    finding->settled = true;
    if (options->found)
        options->found(options->arg, campaign, finding);
    if (options->stop_at_first)
        atomic_store(&campaign->inside->over, true);
}

void finding_note(struct campaign *campaign, const struct script *script,
                  const struct observed *observed)
{
    struct campaign_inside *in = campaign->inside;
    bool is_new;
    (void)pthread_mutex_lock(&in->lock);
    struct finding *finding = find_entry(campaign, observed, &is_new);
    (void)pthread_mutex_unlock(&in->lock);
    if (!finding || !is_new)
        return;

    struct sighting sighting = {campaign, observed};
    struct script small;
    struct buf transcript = {0};
    unsigned confirmed = confirm(&sighting, script);
    script_copy(&small, script);
    if (confirmed >= ENOUGH_OF_THEM && !campaign->options->no_minimising)
        make_small(&sighting, &small);
    if (confirmed >= ENOUGH_OF_THEM)
        take_transcript(campaign, &small, &transcript);

    (void)pthread_mutex_lock(&in->lock);
    finding->kind = observed->kind == SEEN_LINT ? FINDING_LINT : FINDING_FAILURE;
    finding->confirmed = confirmed;
    finding->script = small;
    finding->transcript = transcript;
    if (confirmed >= ENOUGH_OF_THEM) {
        report(campaign, finding);
    } else {
        atomic_fetch_add(&campaign->unconfirmed, 1);
        forget(campaign, finding);
    }
    (void)pthread_mutex_unlock(&in->lock);
}

/* ---- the campaign's own ---- */

void finding_settle(struct campaign *campaign, enum finding_kind kind, const struct script *script,
                    const struct observed *observed, unsigned confirmed)
{
    struct campaign_inside *in = campaign->inside;
    bool is_new;
    (void)pthread_mutex_lock(&in->lock);
    struct finding *finding = find_entry(campaign, observed, &is_new);
    if (finding && is_new) {
        finding->kind = kind;
        finding->confirmed = confirmed;
        if (script)
            script_copy(&finding->script, script);
        report(campaign, finding);
    }
    (void)pthread_mutex_unlock(&in->lock);
}

void growth_note(struct campaign *campaign, const char *what)
{
    struct observed observed = {.kind = SEEN_FAILURE};
    (void)snprintf(observed.key, sizeof observed.key, "liveness/growth");
    (void)snprintf(observed.rule, sizeof observed.rule, "liveness/growth");
    (void)snprintf(observed.clauses, sizeof observed.clauses, "SEC-001");
    (void)snprintf(observed.expected, sizeof observed.expected,
                   "what connections took is given back when they are gone");
    (void)snprintf(observed.seen, sizeof observed.seen, "%s", what);
    finding_settle(campaign, FINDING_GROWTH, NULL, &observed, CONFIRMATIONS);
}
