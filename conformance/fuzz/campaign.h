/* SPDX-License-Identifier: MIT
 *
 * A run of the fuzzer: cases on threads, the target's life watched, what is found confirmed, made small and kept
 * once for each class. Prints nothing; see show.h. */
#ifndef FUZZ_CAMPAIGN_H
#define FUZZ_CAMPAIGN_H

#include "fuzz/execute.h"
#include "fuzz/faults.h"
#include "run/run.h"

#include <stdatomic.h>

#define CONFIRMATIONS  5
#define ENOUGH_OF_THEM 3 /* fewer is chance: counted, not reported */

enum finding_kind {
    FINDING_FAILURE,    /* no outcome that is allowed */
    FINDING_LINT,       /* octets that break a MUST */
    FINDING_CRASH,      /* the target's process ended, or it accepts no more */
    FINDING_HANG,       /* the target accepts, and no longer answers */
    FINDING_COLLATERAL, /* another connection suffered */
    FINDING_GROWTH,     /* memory or descriptors of the process */
    FINDING_SLOW,       /* others wait much longer while it is said */
};
const char *finding_kind_name(enum finding_kind kind);

struct finding {
    enum finding_kind kind;
    struct observed observed;
    struct script script;  /* as small as it got; without steps: there is none (growth) */
    struct buf transcript; /* of the last time, a frame a line */
    unsigned confirmed;    /* of CONFIRMATIONS */
    bool settled;          /* confirmed and reported; false: being looked at */
    atomic_ulong count;    /* sightings */
    char file[512];        /* where it was written; "" nowhere */
};

struct campaign;
struct campaign_options {
    enum fuzz_role role;
    const char *layers; /* glob over ids of generators; NULL: all */
    uint64_t seed;
    uint64_t first;  /* the first case's index */
    uint64_t cases;  /* 0: no limit */
    int64_t span_ns; /* 0: no limit */
    unsigned jobs;   /* 0: 4 */
    unsigned rate;   /* cases a second at most; 0: no limit */
    int64_t patience_ns;
    int pid; /* of the target, to watch memory and descriptors; 0: not known */
    bool pid_is_group;
    bool stop_at_first; /* finding */
    bool no_minimising;
    struct run_revival revival;
    const atomic_int *stop; /* not 0: end; NULL: never */
    /* One call at a time: a finding was settled. */
    void (*found)(void *arg, const struct campaign *campaign, struct finding *finding);
    /* Some ten times a second, on the caller's thread. */
    void (*tick)(void *arg, const struct campaign *campaign);
    void *arg;
};

#define MAX_FINDINGS 256

struct campaign {
    const struct campaign_options *options;
    struct target_info target;
    gr_time began;
    int64_t took_ns;
    atomic_ullong executed, lenient, defended, unconfirmed, canaries;
    atomic_ullong unlisted;     /* sightings for which there was no room in `findings` */
    bool interrupted, given_up; /* given_up: the target is gone for good */
    struct finding *findings[MAX_FINDINGS];
    size_t finding_count;
    struct campaign_inside *inside;
};

/* Run until a limit is reached. returns false when no thread could be started; clear in any case */
bool campaign_run(struct campaign *campaign, const struct campaign_options *options,
                  const struct target_info *target);
void campaign_clear(struct campaign *campaign);
size_t campaign_settled(const struct campaign *campaign); /* findings */

#endif
