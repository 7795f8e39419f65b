/* SPDX-License-Identifier: MIT
 *
 * The clause registry: every rule that a case may be about, from the *.tsv files of this folder,
 * which are part of the program (no file is read at run time). An id never changes its meaning and
 * is never used again. */
#ifndef CLAUSES_CLAUSES_H
#define CLAUSES_CLAUSES_H

#include "base/attr.h"
#include "base/bytes.h"

struct clause {
    const char *id;          /* "H2-PING-001" */
    const char *level;       /* "MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "DE-FACTO" */
    const char *subject;     /* who has to keep it: "server", "client", "both" */
    const char *area;        /* "ping/keepalive" */
    const char *requirement; /* the rule, in our words */
    const char *source;      /* document and section */
    const char *how_to_test;
    const char *needs; /* comma list: what a test of it needs of the target */
};

/* How much a clause binds; in this order. */
enum clause_rank { CLAUSE_MUST, CLAUSE_SHOULD, CLAUSE_OTHER /* MAY, DE-FACTO */ };

size_t clause_count(void);
const struct clause *clause_at(size_t index); /* by id */
/* NULL: there is none of that id (len octets of it). */
const struct clause *clause_find(struct bytes id);
enum clause_rank clause_rank(const struct clause *clause);

/* Why no black-box case is about a clause, or which other tool covers it. */
struct clause_reason {
    const char *id;
    const char *half;   /* whose half of the clause: "server" or "client" */
    const char *reason; /* one sentence */
};
/* NULL: none is written down for that half. */
const char *clause_reason(const struct clause *clause, const char *half);
size_t clause_reason_count(void);
const struct clause_reason *clause_reason_at(size_t index);

/* A bug that some stack had, and what would have caught it. */
struct past_bug {
    const char *id;        /* "B43"; several rows may share one */
    const char *where;     /* component and reference */
    const char *what;      /* what came over the wire */
    const char *caught_by; /* id of a case or lint rule; "-": nothing can, and `what` says why */
};
size_t past_bug_count(void);
const struct past_bug *past_bug_at(size_t index);

/* The knobs of the faulty server that made a case or lint rule fail, divided by spaces, as `grpcspec selftest --seen`
 * wrote them; NULL: it was not seen to fail. */
const char *knobs_seen_by(const char *id);

/* Take the next word of a space separated list of ids; false at its end. */
bool clause_next_id(const char **list, struct bytes *id);

/* A table read from text, for tests; the registry itself is one. */
struct clause_table {
    struct clause *clauses; /* sorted by id */
    size_t count;
    struct clause_reason *reasons;
    size_t reason_count;
    struct past_bug *bugs;
    size_t bug_count;
    struct seen_row {
        const char *id, *knobs;
    } * seen;
    size_t seen_count;
    char *text; /* what the strings point into */
};
/* Lines of fields divided by tabs: eight are a clause, four a past bug, three a reason, two a case and what it has
 * noticed; a line that begins with "id\t" is a heading. `text` is copied. returns false with one sentence in why;
 * the table is then empty */
MUST_USE bool clause_table_parse(struct clause_table *table, struct bytes text,
                                 char why[static 256]);
void clause_table_clear(struct clause_table *table);

#endif
