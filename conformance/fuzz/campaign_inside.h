/* SPDX-License-Identifier: MIT
 *
 * What the files of a campaign share and others do not see. Cases hold `exclusive` for reading (campaign_join);
 * who must be alone with the target holds it for writing (campaign_be_alone). `lock` guards the list of findings. */
#ifndef FUZZ_CAMPAIGN_INSIDE_H
#define FUZZ_CAMPAIGN_INSIDE_H

#include "fuzz/campaign.h"
#include "fuzz/canary.h"

#include <pthread.h>

#define RECENT_CASES     48
#define CASES_PER_CANARY 32

struct worker {
    struct campaign *campaign;
    pthread_t thread;
    struct fuzz_canary canary;
    uint64_t recent[RECENT_CASES]; /* a ring: the cases it said last */
    uint64_t recent_count;
};

struct vitals {
    int64_t memory;  /* octets resident; -1: not known */
    int descriptors; /* -1: not known */
};

struct campaign_inside {
    pthread_mutex_t lock;
    pthread_rwlock_t exclusive;
    atomic_int wanted_alone; /* who waits for that; no case begins meanwhile */
    atomic_ullong next, begun;
    atomic_bool over;
    atomic_int working;
    struct worker *workers;
    size_t worker_count;
    struct vitals vitals;
    int64_t spent_on_slowness; /* ns; guarded by `exclusive` */
};

bool campaign_is_over(struct campaign *campaign);
struct execute_options campaign_execution(const struct campaign *campaign);
void campaign_join(struct campaign *campaign);
void campaign_be_alone(struct campaign *campaign);
void campaign_leave(struct campaign *campaign); /* ends either */

/* ---- confirm.c ---- */
/* Seen once: known already, or to be confirmed, made small and reported. */
void finding_note(struct campaign *campaign, const struct script *script,
                  const struct observed *observed);
/* A finding of the campaign's own, already confirmed as often as it could be. script may be NULL; copied. */
void finding_settle(struct campaign *campaign, enum finding_kind kind, const struct script *script,
                    const struct observed *observed, unsigned confirmed);
void growth_note(struct campaign *campaign, const char *what);

/* ---- recover.c ---- */
/* A connection could not be made, or the canary suffered: is the target alive, and which case was it? */
void life_in_question(struct campaign *campaign, const struct observed *observed);

/* ---- slow.c ---- */
/* A canary waited long for its answer: is there a case beside which it always does? */
void slowness_in_question(struct campaign *campaign);

#endif
