/* SPDX-License-Identifier: MIT
 *
 * The kill matrix: which knobs of the faulty server, or client, which cases and lint rules have noticed. It proves the
 * suite: a knob nobody notices is a blind spot, a case no knob can fail may be unable to fail at all. */
#ifndef SELFTEST_MATRIX_H
#define SELFTEST_MATRIX_H

#include "lint/lint.h"
#include "reports/model.h"
#include "run/run.h"
#include "selftest/knobs.h"
#include "wire/certificates.h"

struct matrix;

/* Half of the suite, and the endpoint that it judges: one whose faults are known. */
struct matrix_half {
    const char *word; /* "server", "client" */
    enum lint_role role;
    const struct knob_row *knobs; /* the first is no defect at all */
    size_t knob_count;
    size_t dropper; /* the knob that shakes hands, then drops everything */
    size_t
        absent; /* the knob that is not even there, and must score nothing; 0: there is none such */
    const struct test_case **(*cases)(size_t *count); /* given; caller frees with free */
    const char *const *
        carriers; /* ids of cases in which the endpoint says something of every kind; ends with NULL */

    /* a case is judged in the first setup that does not make it a SKIP */
    size_t setup_count;
    const char *(*setup_name)(size_t setup);
    const char *(*setup_sentence)(size_t setup);

    bool (*dies)(size_t name);        /* what this knob does is a CRASH */
    int64_t (*patience)(size_t name); /* with it, of one expectation */
    bool (*cuts)(size_t name);        /* it only shows when octets come in pieces */
    /* The options' cases against the endpoint with a knob, in one of the setups. false: it could not be done */
    bool (*run)(const struct matrix *matrix, size_t name, size_t setup,
                const struct run_options *options, struct report *report);
};
extern const struct matrix_half server_half, client_half;

struct matrix_options {
    bool full;     /* every case against every knob, not only those that share a clause with it */
    size_t only;   /* 0: all */
    unsigned jobs; /* knobs side by side; 0: 8 */
    enum segmentation segmentation;
    void (*progress)(void *arg, size_t done, size_t total); /* one call at a time; NULL: none */
    void *arg;
};

/* What became of one knob. */
struct matrix_knob {
    size_t ran,
        killers; /* cases run; cases and lint rules that failed and share a clause with the knob */
    size_t others; /* that failed for other clauses: collateral */
    bool
        met_all; /* with matrix_options.full: every quick case, not only as many as there was time for */
    bool judged;
};

/* What one knob made one case or lint rule say; the later one wins. */
enum matrix_cell {
    CELL_NOTHING,
    CELL_COLLATERAL, /* it failed, for other clauses than the knob's */
    CELL_LENIENT,    /* LENIENT, which is all that is to be said of this knob */
    CELL_FAILED,
};

struct matrix {
    const struct matrix_half *half;
    const struct test_case **cases; /* every case of the suite */
    size_t case_count;
    size_t count;                /* of columns: the cases, then the lint rules */
    const char **ids, **clauses; /* by column */
    uint8_t *cells;              /* enum matrix_cell, by knob, then column; see matrix_cell() */
    struct matrix_knob *knobs;
    bool full;
    double seconds;
    bool lost; /* out of memory, or an endpoint that did not start: nothing is proved */

    struct certificates certificates; /* of TLS setups */
    struct report *correct; /* by setup: the suite against an endpoint that errs nowhere */
    size_t correct_wrong;   /* results of it that are neither PASS nor a SKIP with a reason */
    size_t dropper_passes,
        dropper_cases;    /* the endpoint that shakes hands and then drops everything */
    size_t absent_passes; /* the one that is not there */
};

/* false, with one sentence in why. */
MUST_USE bool matrix_init(struct matrix *matrix, const struct matrix_half *half,
                          char why[static 256]);
void matrix_clear(struct matrix *matrix);

/* The three runs. */
void matrix_run_correct(struct matrix *matrix, const struct matrix_options *options);
void matrix_run_knobs(struct matrix *matrix, const struct matrix_options *options);
void matrix_run_dropper(struct matrix *matrix, const struct matrix_options *options);

/* What the correct endpoint made of a case or lint rule: in the first setup that did not skip it; NULL: it did not
 * run. */
const struct report_result *matrix_correct(const struct matrix *matrix, const char *id);

/* Count what the report of a run against a knob's endpoint says. A run may have several: one for each setup. */
void matrix_count(struct matrix *matrix, size_t name, const struct report *report);
enum matrix_cell matrix_cell(const struct matrix *matrix, size_t name, size_t index);
/* How many knobs the case or rule noticed; *first (or NULL) is the first of them, when there is one. */
size_t matrix_kills(const struct matrix *matrix, size_t index, size_t *first);
/* No knob made it fail (or be LENIENT, where that is all there is to say), though it can be judged here. */
bool matrix_never_failed(const struct matrix *matrix, size_t index);

/* Everything that must hold, holds (for one knob: only what concerns it). */
bool matrix_holds(const struct matrix *matrix, const struct matrix_options *options);
bool matrix_dropper_scores_near_zero(const struct matrix *matrix);
/* Shares at least one word. */
bool clauses_meet(const char *a, const char *b);

/* Renderings (matrix_report.c), appended. */
void matrix_put_correct(const struct matrix *matrix, struct buf *out);
void matrix_put_summary(const struct matrix *matrix, const struct matrix_options *options,
                        struct buf *out);
void matrix_put_markdown(const struct matrix *matrix, struct buf *out);
/* The rows of clauses/seen.tsv, which `grpcspec explain` shows. */
void matrix_put_seen(const struct matrix *matrix, struct buf *out);
/* The first, with the others as members of it. */
void matrix_put_json(const struct matrix *const *halves, size_t count, struct buf *out);

#endif
