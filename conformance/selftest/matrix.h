/* SPDX-License-Identifier: MIT
 *
 * The kill matrix: which knobs of the faulty server which cases and lint rules have noticed. It proves the suite: a
 * knob nobody notices is a blind spot, a case no knob can fail may be unable to fail at all. */
#ifndef SELFTEST_MATRIX_H
#define SELFTEST_MATRIX_H

#include "reports/model.h"
#include "run/run.h"
#include "selftest/knobs.h"

struct matrix_options {
    bool full; /* every case against every knob, not only those that share a clause with it */
    enum knob_name only; /* KNOB_NONE: all */
    unsigned jobs;       /* knobs side by side; 0: 8 */
    enum segmentation segmentation;
    void (*progress)(void *arg, size_t done, size_t total); /* one call at a time; NULL: none */
    void *arg;
};

/* What became of one knob. */
struct matrix_knob {
    size_t ran,
        killers; /* cases run; cases and lint rules that failed and share a clause with the knob */
    size_t others; /* that failed for other clauses: collateral */
    bool judged;
    char first[3][96]; /* ids of the first killers */
};

struct matrix {
    const struct test_case **cases; /* every case of the suite */
    size_t case_count;
    struct matrix_knob knobs[KNOB_COUNT];
    size_t *case_kills;          /* by case: knobs that failed it */
    enum knob_name *case_killer; /* by case: the first of them */
    size_t *rule_kills;          /* by lint rule */
    bool lost; /* out of memory, or a server that did not start: nothing is proved */

    struct report correct; /* the whole suite against the server that errs nowhere */
    size_t correct_wrong;  /* results of it that are neither PASS nor a SKIP with a reason */
    size_t dropper_passes,
        dropper_cases; /* the server that shakes hands and then drops everything */
};

/* false: out of memory. */
MUST_USE bool matrix_init(struct matrix *matrix);
void matrix_clear(struct matrix *matrix);

/* The three runs. */
void matrix_run_correct(struct matrix *matrix, const struct matrix_options *options);
void matrix_run_knobs(struct matrix *matrix, const struct matrix_options *options);
void matrix_run_dropper(struct matrix *matrix, const struct matrix_options *options);

/* Everything that must hold, holds (for one knob: only what concerns it). */
bool matrix_holds(const struct matrix *matrix, const struct matrix_options *options);
bool matrix_dropper_scores_near_zero(const struct matrix *matrix);
/* Shares at least one word. */
bool clauses_meet(const char *a, const char *b);
/* A lint rule that only servers can break, so that a knob must be able to. */
bool rule_is_for_servers(const char *clauses);

/* Renderings (matrix_report.c), appended. */
void matrix_put_correct(const struct matrix *matrix, struct buf *out);
void matrix_put_summary(const struct matrix *matrix, const struct matrix_options *options,
                        struct buf *out);
void matrix_put_markdown(const struct matrix *matrix, struct buf *out);
void matrix_put_json(const struct matrix *matrix, struct buf *out);

#endif
