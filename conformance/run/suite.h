/* SPDX-License-Identifier: MIT
 *
 * Private to the runner: the state that the workers share, and its steps. */
#ifndef RUN_SUITE_H
#define RUN_SUITE_H

#include "run/run.h"
#include "target/canary.h"

#include <pthread.h>

/* What a case left behind besides its result. */
struct slot {
    bool suspect; /* it ran while the target died; nobody knows yet who did it */
    bool crowded; /* it failed because of other cases; it will be judged again */
    struct lint_bits lint_broken, lint_exercised;
    struct lint_finding *findings; /* owned */
    size_t finding_count;
};

struct suite {
    const struct run_options *options; /* with the defaults filled in */
    struct target_info target;         /* the endpoint changes only while no case runs */
    struct report *report;
    const struct test_case *const *cases;
    size_t count;
    size_t judged; /* results of cases, at the front of the report's, once all threads have ended */
    bool judges_again;    /* suite_judge_crowded has begun */
    bool canary_pings;    /* it answered a PING before the first case, so it should after each */
    bool canary_connects; /* it could be connected to before the first case */

    /* below: under the lock, except a case's slot and result, which belong to who runs it */
    pthread_mutex_t lock;
    pthread_cond_t recovered;
    struct slot *slots;
    size_t next, running, done;
    bool recovering; /* the target died: no new case begins until those that run have ended */
    size_t finder;   /* the case whose canary told so first */
    struct canary death;
    bool gone; /* it could not be brought back */
    char gone_why[256];
};

/* Run a case, record its result and its slot, and look whether the target still serves (*after). */
void suite_judge(struct suite *suite, size_t index, struct canary *after);
bool suite_is_alive(const struct suite *suite, const struct canary *after);
bool suite_is_stopped(const struct suite *suite);
/* The case has ended: finish it, or see to it that somebody will. Under the lock, which is released while the target is
 * brought back. */
void suite_settle(struct suite *suite, size_t index, const struct canary *after);
/* The result is final: tell the reporter. Under the lock. */
void suite_finish(struct suite *suite, size_t index);

/* The target died and nothing runs: bring it back and find out who did it. Not under the lock;
 * finishes every suspect. */
void suite_recover(struct suite *suite);

/* Was this a failure for want of room? `t` is finished. */
bool suite_was_crowded(const struct suite *suite, const struct test *t);
/* All threads have ended: judge those again that were, alone. */
void suite_judge_crowded(struct suite *suite);

/* result from what the case left; `t` is finished. The report only remembers a lost allocation. */
void record_result(struct report *report, struct report_result *result, const struct test *t,
                   const struct run_options *options);
/* What is known of a case before it runs: id, title, clauses, the command. */
void record_identity(struct report *report, struct report_result *result,
                     const struct test_case *test_case, const struct run_options *options);
/* Add clauses by a space separated list of ids; an unknown id is added bare. */
void record_clauses(struct report *report, struct report_result *result, const char *clauses);
/* A result for each lint rule, from all slots. */
void record_lint(struct suite *suite);

#endif
