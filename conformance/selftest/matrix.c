/* SPDX-License-Identifier: MIT
 *
 * The kill matrix: what each knob made each case and lint rule say, and whether that proves the suite. How the
 * cases are run is in matrix_run.c, how it is shown in matrix_report.c. */
#include "selftest/matrix.h"
#include "clauses/clauses.h"
#include "lint/lint.h"

#include <stdio.h>
#include <stdlib.h>

#define DROPPER_PERCENT 5

bool clauses_meet(const char *a, const char *b)
{
    struct bytes left, right;
    while (clause_next_id(&a, &left)) {
        const char *rest = b;
        while (clause_next_id(&rest, &right))
            if (bytes_equal(left, right))
                return true;
    }
    return false;
}

static bool name_all(struct matrix *matrix)
{
    for (size_t i = 0; i < matrix->case_count; i++) {
        matrix->ids[i] = matrix->cases[i]->id;
        matrix->clauses[i] = matrix->cases[i]->clauses;
    }
    for (size_t i = 0; i < lint_rule_count; i++) {
        matrix->ids[matrix->case_count + i] = lint_rules[i].id;
        matrix->clauses[matrix->case_count + i] = lint_rules[i].clauses;
    }
    return true;
}

bool matrix_init(struct matrix *matrix, const struct matrix_half *half, char why[static 256])
{
    *matrix = (struct matrix){.half = half};
    (void)snprintf(why, 256, "out of memory");
    matrix->cases = half->cases(&matrix->case_count);
    matrix->count = matrix->case_count + lint_rule_count;
    matrix->ids = calloc(matrix->count, sizeof *matrix->ids);
    matrix->clauses = calloc(matrix->count, sizeof *matrix->clauses);
    matrix->cells = calloc(matrix->count, half->knob_count);
    matrix->knobs = calloc(half->knob_count, sizeof *matrix->knobs);
    matrix->correct = calloc(half->setup_count, sizeof *matrix->correct);
    for (size_t i = 0; matrix->correct && i < half->setup_count; i++)
        report_init(&matrix->correct[i]);
    if (matrix->cases && matrix->ids && matrix->clauses && matrix->cells && matrix->knobs &&
        matrix->correct && name_all(matrix) && certificates_make(&matrix->certificates, why))
        return true;
    matrix_clear(matrix);
    return false;
}

void matrix_clear(struct matrix *matrix)
{
    free(matrix->cases);
    free(matrix->ids);
    free(matrix->clauses);
    free(matrix->cells);
    free(matrix->knobs);
    for (size_t i = 0; matrix->correct && i < matrix->half->setup_count; i++)
        report_clear(&matrix->correct[i]);
    free(matrix->correct);
    certificates_remove(&matrix->certificates);
    *matrix = (struct matrix){0};
}

const struct report_result *matrix_correct(const struct matrix *matrix, const char *id)
{
    const struct report_result *found = NULL;
    for (size_t i = 0; i < matrix->half->setup_count; i++) {
        const struct report_result *result = report_find(&matrix->correct[i], id);
        if (result && (!found || found->verdict == REPORT_SKIP))
            found = result;
        if (result && result->verdict != REPORT_SKIP && result->verdict != REPORT_PASS)
            return result; /* of a lint rule: it watches every setup */
    }
    return found;
}

/* ---- counting ---- */

static size_t find_id(const struct matrix *matrix, const char *id)
{
    size_t index = 0;
    while (index < matrix->count && strcmp(matrix->ids[index], id) != 0)
        index++;
    return index;
}

static bool is_lint(const struct report_result *result)
{
    return strncmp(result->id, "lint/", 5) == 0;
}

/* The verdicts with which a case or rule says: this endpoint errs. */
static bool noticed(const struct matrix *matrix, const struct report_result *result, size_t name)
{
    if (matrix->half->dies(name))
        return result->verdict == REPORT_CRASH;
    if (is_lint(result))
        return result->verdict == REPORT_FAIL || result->verdict == REPORT_LENIENT;
    return result->verdict == REPORT_FAIL || result->verdict == REPORT_CRASH ||
           result->verdict == REPORT_HANG;
}

static enum matrix_cell cell_of(const struct matrix *matrix, size_t name, size_t index,
                                const struct report_result *result)
{
    bool lenient = result->verdict == REPORT_LENIENT &&
                   matrix->half->knobs[name].effect == KNOB_LENIENT;
    if (!noticed(matrix, result, name) && !lenient)
        return CELL_NOTHING;
    if (!clauses_meet(matrix->clauses[index], matrix->half->knobs[name].clauses))
        return CELL_COLLATERAL;
    return noticed(matrix, result, name) ? CELL_FAILED : CELL_LENIENT;
}

void matrix_count(struct matrix *matrix, size_t name, const struct report *report)
{
    struct matrix_knob *row = &matrix->knobs[name];
    for (size_t i = 0; i < report->result_count; i++) {
        size_t index = find_id(matrix, report->results[i].id);
        if (index == matrix->count)
            continue;
        uint8_t *cell = &matrix->cells[name * matrix->count + index];
        enum matrix_cell found = cell_of(matrix, name, index, &report->results[i]);
        if (found <= *cell)
            continue; /* a lint rule is judged in each setup */
        row->others += found == CELL_COLLATERAL;
        row->others -= *cell == CELL_COLLATERAL;
        row->killers += found > CELL_COLLATERAL && *cell <= CELL_COLLATERAL;
        *cell = (uint8_t)found;
    }
}

enum matrix_cell matrix_cell(const struct matrix *matrix, size_t name, size_t index)
{
    return (enum matrix_cell)matrix->cells[name * matrix->count + index];
}

size_t matrix_kills(const struct matrix *matrix, size_t index, size_t *first)
{
    size_t kills = 0;
    for (size_t name = 1; name < matrix->half->knob_count; name++) {
        if (matrix_cell(matrix, name, index) <= CELL_COLLATERAL)
            continue;
        if (kills++ == 0 && first)
            *first = name;
    }
    return kills;
}

bool matrix_dropper_scores_near_zero(const struct matrix *matrix)
{
    return matrix->dropper_cases > 0 &&
           matrix->dropper_passes * 100 <= matrix->dropper_cases * DROPPER_PERCENT;
}

/* ---- what must hold ---- */

static bool all_knobs_noticed(const struct matrix *matrix)
{
    for (size_t i = 1; i < matrix->half->knob_count; i++)
        if (matrix->knobs[i].killers == 0)
            return false;
    return true;
}

bool matrix_never_failed(const struct matrix *matrix, size_t index)
{
    const struct report_result *result = matrix_correct(matrix, matrix->ids[index]);
    bool skipped = result && result->verdict == REPORT_SKIP && index < matrix->case_count;
    if (index >= matrix->case_count &&
        !lint_rule_binds(&lint_rules[index - matrix->case_count], matrix->half->role))
        return false;
    return !skipped && matrix_kills(matrix, index, NULL) == 0;
}

static bool all_cases_seen_to_fail(const struct matrix *matrix)
{
    for (size_t i = 0; i < matrix->count; i++)
        if (matrix_never_failed(matrix, i))
            return false;
    return true;
}

bool matrix_holds(const struct matrix *matrix, const struct matrix_options *options)
{
    if (matrix->lost)
        return false;
    if (options->only != 0)
        return matrix->knobs[options->only].killers > 0;
    return matrix->correct_wrong == 0 && matrix_dropper_scores_near_zero(matrix) &&
           matrix->absent_passes == 0 && all_knobs_noticed(matrix) &&
           all_cases_seen_to_fail(matrix);
}
