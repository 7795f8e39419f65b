/* SPDX-License-Identifier: MIT
 *
 * What the files of a campaign share and others do not see. Cases hold `exclusive` for reading; who must be alone with the
 * target holds it for writing. `lock` guards the list of findings. */
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
    atomic_ullong next, begun;
    atomic_bool over;
    atomic_int working;
    struct worker *workers;
    size_t worker_count;
    struct vitals vitals;
};

bool campaign_is_over(struct campaign *campaign);
struct execute_options campaign_execution(const struct campaign *campaign);

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

#endif
