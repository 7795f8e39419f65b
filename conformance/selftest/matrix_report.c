/* SPDX-License-Identifier: MIT
 *
 * The kill matrix as text: a summary for the terminal, Markdown, JSON, and the table that `grpcspec explain` shows. Nothing is
 * judged here.
 *
 * The JSON (names are never taken away; new ones may come):
 *   schema          "grpcspec-kill-matrix"
 *   version         1
 *   of              "server", or "client": which half of the suite
 *   full            false: a knob met the cases that share a clause with it, and lint's carriers; true: nearly all, as long
 *                   as there was time: `ran` of each knob says how many
 *   seconds         how long all of it took
 *   setups          [{name, sentence}], in the order in which a case is tried
 *   knobs           one object for each:
 *     name, sentence what it is called, what the server then does
 *     effect        "fails", or "lenient": a case then says LENIENT and no more
 *     clauses       what it breaks, divided by spaces
 *     defects       where the defect was met before, divided by spaces; may be ""
 *     ran           how many cases met it
 *     noticed_by    ids of cases and lint rules that failed and share a clause with it, in the suite's order
 *     killers       how many those are; 0 is a blind spot
 *     first         the first three of them
 *     others        how many failed that share no clause with it: collateral
 *   cases           one object for each case, then for each lint rule ("lint/..."):
 *     id, clauses
 *     verdict       of the correct server: "PASS", or "SKIP" for a lint rule that nothing exercised
 *     setup         the setup in which it was judged; "" when the correct server did not run
 *     knobs         names of the knobs that it noticed, in the order of `knobs`
 *     kills         how many those are
 *     lenient       how many of them it could only call LENIENT
 *   correct_wrong   results of the correct server that are neither PASS nor a SKIP with a reason
 *   dropper_passes, dropper_cases: the server that drops everything behind the handshake
 *   client          where both halves ran: the same object for clients */
#include "lint/lint.h"
#include "selftest/matrix.h"

#include <jansson.h>
#include <stdlib.h>

#define MOST_SHOWN     3
#define MOST_EXPLAINED 12

static void put_correct_result(const struct report_result *result, struct buf *out)
{
    buf_printf(out, "  %s %s\n    expected: %s\n    seen:     %s\n",
               report_verdict_name(result->verdict), result->id,
               result->expected ? result->expected : "", result->seen ? result->seen : "");
    if (result->file)
        buf_printf(out, "    at %s:%d\n", result->file, result->line);
}

void matrix_put_correct(const struct matrix *matrix, struct buf *out)
{
    size_t count = 0, passed = 0, skipped = 0;
    struct buf details = {0};
    for (size_t i = 0; i < matrix->count; i++) {
        const struct report_result *result = matrix_correct(matrix, matrix->ids[i]);
        count += result != NULL; /* rules for clients have none */
        passed += result && result->verdict == REPORT_PASS;
        skipped += result && result->verdict == REPORT_SKIP;
        bool explained = result && result->verdict == REPORT_SKIP && result->seen &&
                         result->seen[0];
        if (result && result->verdict != REPORT_PASS && !explained)
            put_correct_result(result, &details);
    }
    buf_printf(out, "The correct %s: %zu results, %zu PASS, %zu SKIP, %zu other\n%s",
               matrix->half->word, count, passed, skipped, count - passed - skipped,
               buf_str(&details));
    buf_clear(&details);
}

static void put_knob(const struct matrix *matrix, size_t name, struct buf *out)
{
    const struct matrix_knob *row = &matrix->knobs[name];
    size_t shown = 0;
    buf_printf(out, "  %-40s %zu of %zu cases, %zu for other clauses: %s\n",
               matrix->half->knobs[name].name, row->killers, row->ran, row->others,
               matrix->half->knobs[name].sentence);
    for (size_t i = 0; i < matrix->count && shown < MOST_SHOWN; i++)
        if (matrix_cell(matrix, name, i) > CELL_COLLATERAL && ++shown)
            buf_printf(out, "      %s\n", matrix->ids[i]);
}

static void put_pairs(const struct matrix *matrix, struct buf *out)
{
    size_t pairs = 0, met_all = 0;
    for (size_t i = 1; i < matrix->half->knob_count; i++) {
        pairs += matrix->knobs[i].ran;
        met_all += matrix->knobs[i].met_all;
    }
    buf_printf(out, "Pairs of a knob and a case that were run: %zu of %zu\n", pairs,
               (matrix->half->knob_count - 1) * matrix->case_count);
    if (matrix->full)
        buf_printf(
            out,
            "Knobs that met every quick case before the time was over: %zu of %zu; the others "
            "met the cases that share a clause with them\n",
            met_all, matrix->half->knob_count - 1);
}

static void put_survivors(const struct matrix *matrix, struct buf *out)
{
    size_t survivors = 0, judged = 0;
    for (size_t i = 1; i < matrix->half->knob_count; i++) {
        judged += matrix->knobs[i].judged;
        survivors += matrix->knobs[i].judged && matrix->knobs[i].killers == 0;
    }
    buf_printf(out, "Knobs: %zu, of which %zu were noticed by nobody\n", judged, survivors);
    for (size_t i = 1; i < matrix->half->knob_count; i++)
        if (matrix->knobs[i].judged && matrix->knobs[i].killers == 0)
            put_knob(matrix, i, out);
}

static size_t count_rules(const struct matrix *matrix)
{
    size_t count = 0;
    for (size_t i = 0; i < lint_rule_count; i++)
        count += lint_rule_binds(&lint_rules[i], matrix->half->role);
    return count;
}

static void put_never_failed(const struct matrix *matrix, struct buf *out)
{
    size_t cases = 0, rules = 0;
    for (size_t i = 0; i < matrix->count; i++)
        *(i < matrix->case_count ? &cases : &rules) += matrix_never_failed(matrix, i);
    buf_printf(out,
               "Cases: %zu, of which %zu were never seen to fail; lint rules for %ss: %zu, of "
               "which %zu\n",
               matrix->case_count, cases, matrix->half->word, count_rules(matrix), rules);
    for (size_t i = 0; i < matrix->count; i++)
        if (matrix_never_failed(matrix, i))
            buf_printf(out, "  %s (%s)\n", matrix->ids[i], matrix->clauses[i]);
}

void matrix_put_summary(const struct matrix *matrix, const struct matrix_options *options,
                        struct buf *out)
{
    if (options->only != 0) {
        put_knob(matrix, options->only, out);
        return;
    }
    matrix_put_correct(matrix, out);
    put_pairs(matrix, out);
    put_survivors(matrix, out);
    put_never_failed(matrix, out);
    buf_printf(out, "A %s that drops everything after the handshake passes %zu of %zu cases%s\n",
               matrix->half->word, matrix->dropper_passes, matrix->dropper_cases,
               matrix_dropper_scores_near_zero(matrix) ? "" : ", which is too many");
    if (matrix->half->absent)
        buf_printf(out, "A %s that never connects passes %zu of %zu cases\n", matrix->half->word,
                   matrix->absent_passes, matrix->dropper_cases);
}

/* ---- Markdown ---- */

/* The knobs that a case noticed, at most `most` of them, divided by `between`. */
static void put_knobs_of(const struct matrix *matrix, size_t index, size_t most,
                         const char *between, struct buf *out)
{
    size_t kills = matrix_kills(matrix, index, NULL), shown = 0;
    for (size_t name = 1; name < matrix->half->knob_count && shown < most; name++)
        if (matrix_cell(matrix, name, index) > CELL_COLLATERAL)
            buf_printf(out, "%s%s", shown++ ? between : "", matrix->half->knobs[name].name);
    if (kills > most)
        buf_printf(out, "%sand %zu more", between, kills - most);
}

void matrix_put_markdown(const struct matrix *matrix, struct buf *out)
{
    buf_printf(
        out,
        "# Kill matrix: %ss\n\nThe correct %s: %zu results that are not as they should be. A "
        "%s that drops everything\npasses %zu of %zu cases.\n\n",
        matrix->half->word, matrix->half->word, matrix->correct_wrong, matrix->half->word,
        matrix->dropper_passes, matrix->dropper_cases);
    buf_printf(out, "| knob | the %s | clauses | noticed by | first |\n|---|---|---|---|---|\n",
               matrix->half->word);
    for (size_t i = 1; i < matrix->half->knob_count; i++) {
        const struct matrix_knob *row = &matrix->knobs[i];
        size_t first = 0;
        while (first < matrix->count && matrix_cell(matrix, i, first) <= CELL_COLLATERAL)
            first++;
        if (row->judged)
            buf_printf(out, "| %s | %s | %s | %zu | %s |\n", matrix->half->knobs[i].name,
                       matrix->half->knobs[i].sentence, matrix->half->knobs[i].clauses,
                       row->killers, first < matrix->count ? matrix->ids[first] : "**nobody**");
    }
    buf_put_str(out, "\n| case or lint rule | knobs | which |\n|---|---|---|\n");
    for (size_t i = 0; i < matrix->count; i++) {
        buf_printf(out, "| %s | %zu | ", matrix->ids[i], matrix_kills(matrix, i, NULL));
        put_knobs_of(matrix, i, MOST_SHOWN, ", ", out);
        buf_put_str(out, " |\n");
    }
}

/* ---- the table for explain: clauses/seen.tsv ------------------------------------------------- */

void matrix_put_seen(const struct matrix *matrix, struct buf *out)
{
    for (size_t i = 0; i < matrix->count; i++) {
        if (matrix_kills(matrix, i, NULL) == 0)
            continue;
        buf_printf(out, "%s\t", matrix->ids[i]);
        put_knobs_of(matrix, i, MOST_EXPLAINED, " ", out);
        buf_put_str(out, "\n");
    }
}

/* ---- JSON ---- */

static json_t *setups_json(const struct matrix *matrix)
{
    json_t *list = json_array();
    for (size_t i = 0; i < matrix->half->setup_count; i++)
        (void)json_array_append_new(list,
                                    json_pack("{s:s, s:s}", "name", matrix->half->setup_name(i),
                                              "sentence", matrix->half->setup_sentence(i)));
    return list;
}

static json_t *noticed_by(const struct matrix *matrix, size_t name, size_t most)
{
    json_t *ids = json_array();
    for (size_t i = 0; i < matrix->count && json_array_size(ids) < most; i++)
        if (matrix_cell(matrix, name, i) > CELL_COLLATERAL)
            (void)json_array_append_new(ids, json_string(matrix->ids[i]));
    return ids;
}

static json_t *knobs_json(const struct matrix *matrix)
{
    json_t *knobs = json_array();
    for (size_t i = 1; i < matrix->half->knob_count; i++) {
        const struct matrix_knob *row = &matrix->knobs[i];
        const struct knob_row *knob = &matrix->half->knobs[i];
        if (!row->judged)
            continue;
        json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", knob->name, "sentence",
                                   knob->sentence, "effect",
                                   knob->effect == KNOB_FAILS ? "fails" : "lenient", "clauses",
                                   knob->clauses, "defects", knob->defects);
        json_t *counts = json_pack(
            "{s:I, s:I, s:I, s:o, s:o}", "ran", (json_int_t)row->ran, "killers",
            (json_int_t)row->killers, "others", (json_int_t)row->others, "first",
            noticed_by(matrix, i, MOST_SHOWN), "noticed_by", noticed_by(matrix, i, SIZE_MAX));
        (void)json_object_update_missing(object, counts);
        json_decref(counts);
        (void)json_array_append_new(knobs, object);
    }
    return knobs;
}

static const char *setup_of(const struct matrix *matrix, size_t index)
{
    const struct report_result *result = matrix_correct(matrix, matrix->ids[index]);
    for (size_t i = 0; result && i < matrix->half->setup_count; i++)
        if (report_find(&matrix->correct[i], matrix->ids[index]) == result)
            return matrix->half->setup_name(i);
    return "";
}

static json_t *cases_json(const struct matrix *matrix)
{
    json_t *cases = json_array();
    for (size_t i = 0; i < matrix->count; i++) {
        const struct report_result *result = matrix_correct(matrix, matrix->ids[i]);
        json_t *knobs = json_array();
        json_int_t lenient = 0;
        for (size_t name = 1; name < matrix->half->knob_count; name++) {
            if (matrix_cell(matrix, name, i) > CELL_COLLATERAL)
                (void)json_array_append_new(knobs, json_string(matrix->half->knobs[name].name));
            lenient += matrix_cell(matrix, name, i) == CELL_LENIENT;
        }
        (void)json_array_append_new(
            cases,
            json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:o}", "id", matrix->ids[i], "clauses",
                      matrix->clauses[i], "verdict",
                      result ? report_verdict_name(result->verdict) : "", "setup",
                      setup_of(matrix, i), "kills", (json_int_t)matrix_kills(matrix, i, NULL),
                      "lenient", lenient, "knobs", knobs));
    }
    return cases;
}

static json_t *half_json(const struct matrix *matrix)
{
    return json_pack(
        "{s:s, s:i, s:s, s:b, s:f, s:o, s:o, s:o, s:I, s:I, s:I}", "schema", "grpcspec-kill-matrix",
        "version", 1, "of", matrix->half->word, "full", matrix->full, "seconds", matrix->seconds,
        "setups", setups_json(matrix), "knobs", knobs_json(matrix), "cases", cases_json(matrix),
        "correct_wrong", (json_int_t)matrix->correct_wrong, "dropper_passes",
        (json_int_t)matrix->dropper_passes, "dropper_cases", (json_int_t)matrix->dropper_cases);
}

void matrix_put_json(const struct matrix *const *halves, size_t count, struct buf *out)
{
    json_t *root = half_json(halves[0]);
    for (size_t i = 1; i < count; i++)
        (void)json_object_set_new(root, halves[i]->half->word, half_json(halves[i]));
    char *text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
    out->failed = out->failed || !text;
    buf_put_str(out, text ? text : "");
    buf_put_str(out, "\n");
    free(text);
    json_decref(root);
}
