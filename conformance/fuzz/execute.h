/* SPDX-License-Identifier: MIT
 *
 * Saying a script to a target and judging what comes: the steps are verbs of peer/, the linter watches every
 * octet, and what was observed is put into a class, so that the same thing seen twice is known to be the same. */
#ifndef FUZZ_EXECUTE_H
#define FUZZ_EXECUTE_H

#include "fuzz/script.h"

enum seen_kind {
    SEEN_FINE,
    SEEN_LENIENT,       /* works, but is not what the document says */
    SEEN_DEFENDED,      /* the target called it abuse (ENHANCE_YOUR_CALM): never a failure */
    SEEN_FAILURE,       /* none of the outcomes that the script allows */
    SEEN_LINT,          /* the outcome is allowed, but octets of the target break a MUST */
    SEEN_NO_CONNECTION, /* the target did not let us in: its life is in question */
};

struct observed {
    enum seen_kind kind;
    char clauses[96]; /* of what was broken */
    char rule[64];    /* lint rule, or the generator */
    char expected[320], seen[480];
    char key[360]; /* the class: equal for what is the same finding */
};

struct execute_options {
    const struct target_info *target;
    int64_t patience_ns; /* for one thing that is awaited */
};

/* Say it. *t is initialised here, and to be cleared by the caller; it holds the transcript.
 * returns the index of the step that decided; script->count: none did */
size_t script_execute(const struct script *script, const struct execute_options *options,
                      struct test *t);
/* What the finished test *t shows. decided: as script_execute returned it */
void script_observe(const struct script *script, const struct test *t, size_t decided,
                    struct observed *observed);
/* Both, the transcript thrown away. */
struct observed script_try(const struct script *script, const struct execute_options *options);

#endif
