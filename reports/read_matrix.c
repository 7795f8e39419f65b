/* SPDX-License-Identifier: MIT
 *
 * The kill matrix as a report; see read_matrix.h. */
#include "reports/read_matrix.h"

#include <stdio.h>

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static long long count_of(const json_t *object, const char *name)
{
    return (long long)json_integer_value(json_object_get(object, name));
}

static struct report_result *add(struct report *report, const char *area, const char *id)
{
    struct buf whole = {0};
    struct report_result *result = report_add_result(report);
    buf_printf(&whole, "%s/%s", area, id);
    if (result) {
        result->id = report_string(report, buf_str(&whole));
        result->area = report_string(report, area);
    }
    report->failed |= whole.failed;
    buf_clear(&whole);
    return result;
}

/* The ids of a list divided by spaces. */
static void add_clauses(struct report *report, struct report_result *result, const char *ids)
{
    while (*ids) {
        char id[64];
        size_t len = strcspn(ids, " ");
        snprintf(id, sizeof(id), "%.*s", (int)(len < 63 ? len : 63), ids);
        if (len > 0)
            report_add_clause(report, result, id, NULL, NULL, NULL);
        ids += len + (ids[len] == ' ');
    }
}

static void read_knob(struct report *report, const json_t *knob)
{
    struct report_result *result = add(report, "knob", text_of(knob, "name"));
    if (!result)
        return;
    struct buf notes = {0};
    char seen[128];
    const json_t *first = json_object_get(knob, "first");
    snprintf(seen, sizeof(seen), "%lld of %lld cases notice it, %lld more for other clauses",
             count_of(knob, "killers"), count_of(knob, "ran"), count_of(knob, "others"));
    for (size_t i = 0; i < json_array_size(first); i++)
        buf_printf(&notes, "noticed by %s\n", json_string_value(json_array_get(first, i)));
    result->verdict = count_of(knob, "killers") > 0 ? REPORT_PASS : REPORT_FAIL;
    result->title = report_string(report, text_of(knob, "sentence"));
    result->expected = report_string(report, "some case or lint rule fails");
    result->seen = report_string(report, seen);
    result->notes = report_string(report, buf_str(&notes));
    add_clauses(report, result, text_of(knob, "clauses"));
    report->failed |= notes.failed;
    buf_clear(&notes);
}

/* A case that nothing makes fail may be one that the faulty server cannot be asked: no verdict. */
static void read_case(struct report *report, const json_t *row)
{
    struct report_result *result = add(report, "seen to fail", text_of(row, "id"));
    if (!result)
        return;
    char seen[64];
    long long kills = count_of(row, "kills");
    snprintf(seen, sizeof(seen), "%lld knob%s make%s it fail", kills, kills == 1 ? "" : "s",
             kills == 1 ? "s" : "");
    result->verdict = kills > 0 ? REPORT_PASS : REPORT_SKIP;
    result->title = report_string(report, "Some defect makes it fail.");
    result->seen = report_string(report, kills > 0 ? seen : "no knob of this run makes it fail");
}

bool read_kill_matrix(struct report *report, const json_t *root, char why[static 256])
{
    const json_t *knobs = json_object_get(root, "knobs"), *cases = json_object_get(root, "cases");
    report->target = report_string(report, "the faulty server (kill matrix)");
    for (size_t i = 0; i < json_array_size(knobs); i++)
        read_knob(report, json_array_get(knobs, i));
    for (size_t i = 0; i < json_array_size(cases); i++)
        read_case(report, json_array_get(cases, i));
    if (count_of(root, "correct_wrong") > 0)
        report_add_problem(report, "%lld results of the correct server are not PASS",
                           count_of(root, "correct_wrong"));
    char dropper[96];
    snprintf(dropper, sizeof(dropper), "passes %lld of %lld cases",
             count_of(root, "dropper_passes"), count_of(root, "dropper_cases"));
    report_add_fact(report, "a server that drops everything", dropper);
    if (report->failed)
        snprintf(why, 256, "out of memory");
    return !report->failed;
}
