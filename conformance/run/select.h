/* SPDX-License-Identifier: MIT
 *
 * Which cases a run is about: globs over ids, clauses and areas, levels, and shards of it all. A
 * selector that matches nothing is an error and never an empty success. */
#ifndef RUN_SELECT_H
#define RUN_SELECT_H

#include "base/attr.h"
#include "peer/test.h"

#define MAX_GLOBS 64

struct globs {
    const char *glob[MAX_GLOBS]; /* borrowed */
    size_t count;
};

enum level { LEVEL_ALL, LEVEL_SHOULD /* and MUST */, LEVEL_MUST };

/* All zeros selects every case. Globs of one kind are alternatives; kinds restrict each other. */
struct selection {
    struct globs cases, clauses, areas, skip;
    enum level level;       /* of the clause a case is about, its first */
    unsigned shard, shards; /* 1 to shards; 0, 0: everything */
};

MUST_USE bool globs_add(struct globs *globs, const char *glob); /* false: too many */
/* "2/5"; false unless 1 <= I <= N. */
MUST_USE bool shard_parse(const char *text, unsigned *shard, unsigned *shards);
MUST_USE bool level_parse(const char *text, enum level *level);

bool selection_includes(const struct selection *selection, const struct test_case *test_case);

/* The selected of `cases`, in order. given: free(*selected).
 * returns false with one sentence in why: a glob that matches no case at all, nothing selected, out
 * of memory */
MUST_USE bool select_cases(const struct selection *selection, const struct test_case *const *cases,
                           size_t count, const struct test_case ***selected, size_t *selected_count,
                           char why[static 256]);

/* Depends on the octets of the id only: the same on every machine. */
uint64_t id_hash(const char *id);

#endif
