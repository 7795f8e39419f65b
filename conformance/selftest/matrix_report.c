/* SPDX-License-Identifier: MIT
 *
 * The kill matrix as text: a summary for the terminal, Markdown, JSON. Nothing is judged here. */
#include "lint/lint.h"
#include "selftest/matrix.h"

#include <jansson.h>
#include <stdlib.h>

static bool was_skipped(const struct matrix *matrix, const char *id)
{
    const struct report_result *result = report_find(&matrix->correct, id);
    return result && result->verdict == REPORT_SKIP;
}

static bool never_failed(const struct matrix *matrix, size_t index)
{
    return matrix->case_kills[index] == 0 && !was_skipped(matrix, matrix->cases[index]->id);
}

static bool rule_never_broken(const struct matrix *matrix, size_t rule)
{
    return matrix->rule_kills[rule] == 0 && rule_is_for_servers(lint_rules[rule].clauses);
}

void matrix_put_correct(const struct matrix *matrix, struct buf *out)
{
    const struct report *report = &matrix->correct;
    buf_printf(out, "The correct server: %zu results, %zu PASS, %zu SKIP, %zu other\n",
               report->result_count, report_count(report, REPORT_PASS),
               report_count(report, REPORT_SKIP), matrix->correct_wrong);
    for (size_t i = 0; i < report->result_count; i++) {
        const struct report_result *result = &report->results[i];
        bool explained = result->verdict == REPORT_SKIP && result->seen && result->seen[0];
        if (result->verdict == REPORT_PASS || explained)
            continue;
        buf_printf(out, "  %s %s\n    expected: %s\n    seen:     %s\n",
                   report_verdict_name(result->verdict), result->id,
                   result->expected ? result->expected : "", result->seen ? result->seen : "");
        if (result->file)
            buf_printf(out, "    at %s:%d\n", result->file, result->line);
    }
}

static void put_knob(const struct matrix *matrix, size_t name, struct buf *out)
{
    const struct matrix_knob *row = &matrix->knobs[name];
    buf_printf(out, "  %-40s %zu of %zu cases, %zu for other clauses: %s\n", knob_table[name].name,
               row->killers, row->ran, row->others, knob_table[name].sentence);
    for (size_t i = 0; i < row->killers && i < ARRAY_LEN(row->first); i++)
        buf_printf(out, "      %s\n", row->first[i]);
}

static void put_survivors(const struct matrix *matrix, struct buf *out)
{
    size_t survivors = 0, judged = 0;
    for (size_t i = KNOB_NONE + 1; i < KNOB_COUNT; i++) {
        judged += matrix->knobs[i].judged;
        survivors += matrix->knobs[i].judged && matrix->knobs[i].killers == 0;
    }
    buf_printf(out, "Knobs: %zu, of which %zu were noticed by nobody\n", judged, survivors);
    for (size_t i = KNOB_NONE + 1; i < KNOB_COUNT; i++)
        if (matrix->knobs[i].judged && matrix->knobs[i].killers == 0)
            put_knob(matrix, i, out);
}

static void put_never_failed(const struct matrix *matrix, struct buf *out)
{
    size_t cases = 0, rules = 0;
    for (size_t i = 0; i < matrix->case_count; i++)
        cases += never_failed(matrix, i);
    for (size_t i = 0; i < lint_rule_count; i++)
        rules += rule_never_broken(matrix, i);
    buf_printf(out,
               "Cases: %zu, of which %zu were never seen to fail; lint rules: %zu, of which %zu\n",
               matrix->case_count, cases, lint_rule_count, rules);
    for (size_t i = 0; i < matrix->case_count; i++)
        if (never_failed(matrix, i))
            buf_printf(out, "  %s (%s)\n", matrix->cases[i]->id, matrix->cases[i]->clauses);
    for (size_t i = 0; i < lint_rule_count; i++)
        if (rule_never_broken(matrix, i))
            buf_printf(out, "  %s (%s)\n", lint_rules[i].id, lint_rules[i].clauses);
}

void matrix_put_summary(const struct matrix *matrix, const struct matrix_options *options,
                        struct buf *out)
{
    if (options->only != KNOB_NONE) {
        put_knob(matrix, options->only, out);
        return;
    }
    matrix_put_correct(matrix, out);
    put_survivors(matrix, out);
    put_never_failed(matrix, out);
    buf_printf(out,
               "A server that drops everything after the handshake passes %zu of %zu cases%s\n",
               matrix->dropper_passes, matrix->dropper_cases,
               matrix_dropper_scores_near_zero(matrix) ? "" : ", which is too many");
}

void matrix_put_markdown(const struct matrix *matrix, struct buf *out)
{
    buf_put_str(out, "# Kill matrix\n\n| knob | the server | clauses | noticed by | first "
                     "|\n|---|---|---|---|---|\n");
    for (size_t i = KNOB_NONE + 1; i < KNOB_COUNT; i++) {
        const struct matrix_knob *row = &matrix->knobs[i];
        if (row->judged)
            buf_printf(out, "| %s | %s | %s | %zu | %s |\n", knob_table[i].name,
                       knob_table[i].sentence, knob_table[i].clauses, row->killers,
                       row->killers ? row->first[0] : "nobody");
    }
    buf_put_str(out, "\n| case | failed by knobs | first |\n|---|---|---|\n");
    for (size_t i = 0; i < matrix->case_count; i++)
        buf_printf(out, "| %s | %zu | %s |\n", matrix->cases[i]->id, matrix->case_kills[i],
                   matrix->case_kills[i] ? knob_table[matrix->case_killer[i]].name : "none");
    for (size_t i = 0; i < lint_rule_count; i++)
        buf_printf(out, "| %s | %zu | |\n", lint_rules[i].id, matrix->rule_kills[i]);
}

static json_t *knobs_json(const struct matrix *matrix)
{
    json_t *knobs = json_array();
    for (size_t i = KNOB_NONE + 1; i < KNOB_COUNT; i++) {
        const struct matrix_knob *row = &matrix->knobs[i];
        if (!row->judged)
            continue;
        json_t *first = json_array();
        for (size_t k = 0; k < row->killers && k < ARRAY_LEN(row->first); k++)
            (void)json_array_append_new(first, json_string(row->first[k]));
        (void)json_array_append_new(
            knobs,
            json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:o}", "name", knob_table[i].name,
                      "defects", knob_table[i].defects, "clauses", knob_table[i].clauses,
                      "sentence", knob_table[i].sentence, "ran", (json_int_t)row->ran, "killers",
                      (json_int_t)row->killers, "others", (json_int_t)row->others, "first", first));
    }
    return knobs;
}

static json_t *cases_json(const struct matrix *matrix)
{
    json_t *cases = json_array();
    for (size_t i = 0; i < matrix->case_count; i++)
        (void)json_array_append_new(cases, json_pack("{s:s, s:I}", "id", matrix->cases[i]->id,
                                                     "kills", (json_int_t)matrix->case_kills[i]));
    for (size_t i = 0; i < lint_rule_count; i++)
        (void)json_array_append_new(cases, json_pack("{s:s, s:I}", "id", lint_rules[i].id, "kills",
                                                     (json_int_t)matrix->rule_kills[i]));
    return cases;
}

void matrix_put_json(const struct matrix *matrix, struct buf *out)
{
    json_t *root = json_pack(
        "{s:i, s:o, s:o, s:I, s:I, s:I}", "version", 1, "knobs", knobs_json(matrix), "cases",
        cases_json(matrix), "correct_wrong", (json_int_t)matrix->correct_wrong, "dropper_passes",
        (json_int_t)matrix->dropper_passes, "dropper_cases", (json_int_t)matrix->dropper_cases);
    char *text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
    out->failed = out->failed || !text;
    buf_put_str(out, text ? text : "");
    buf_put_str(out, "\n");
    free(text);
    json_decref(root);
}
