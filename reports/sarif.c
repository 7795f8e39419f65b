/* SPDX-License-Identifier: MIT
 *
 * The SARIF rendering, by jansson; see sarif.h. A case is a rule there, a failure a result. What is
 * judged is a server and no file, so a result's location is the target, as a logical one; a known
 * deviation is a result that is suppressed, with its reason. */
#include "reports/sarif.h"

#include "reports/text.h"

#include <jansson.h>
#include <stdlib.h>

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

/* NULL when out of memory, which the objects below take for a failed value. */
static json_t *text(const char *s)
{
    struct buf utf8 = {0};
    text_put_utf8(&utf8, s);
    json_t *value = utf8.failed ? NULL : json_stringn(buf_str(&utf8), utf8.len);
    buf_clear(&utf8);
    return value;
}

static json_t *message(const char *s)
{
    return json_pack("{s:o}", "text", text(s && *s ? s : "-"));
}

static const char *level_of(const struct report_result *result)
{
    if (result->verdict == REPORT_LENIENT)
        return "note";
    return result->verdict == REPORT_BROKEN ? "warning" : "error";
}

/* PASS and SKIP are no findings. */
static bool is_told(const struct report_result *result)
{
    return result->verdict != REPORT_PASS && result->verdict != REPORT_SKIP;
}

static json_t *rule_of(const struct report_result *result)
{
    struct buf help = {0};
    for (size_t i = 0; i < result->clause_count; i++) {
        const struct report_clause *clause = &result->clauses[i];
        buf_printf(&help, "%s%s (%s, %s): %s", i ? "\n" : "", clause->id ? clause->id : "",
                   clause->level ? clause->level : "", clause->source ? clause->source : "",
                   clause->text ? clause->text : "");
    }
    json_t *rule = json_pack("{s:o, s:o, s:o, s:{s:s}}", "id", text(result->id), "shortDescription",
                             message(result->title), "help", message(buf_str(&help)),
                             "defaultConfiguration", "level", level_of(result));
    if (help.failed) {
        json_decref(rule);
        rule = NULL;
    }
    buf_clear(&help);
    return rule;
}

static json_t *location_of(const struct report *report, const struct report_result *result)
{
    json_t *logical = json_pack("[{s:o, s:s}]", "name", text(report->target), "kind", "resource");
    if (!result->file)
        return json_pack("[{s:o}]", "logicalLocations", logical);
    return json_pack("[{s:o, s:{s:{s:o}, s:{s:i}}}]", "logicalLocations", logical,
                     "physicalLocation", "artifactLocation", "uri", text(result->file), "region",
                     "startLine", result->line > 0 ? result->line : 1);
}

static json_t *words_of(const struct report_result *result)
{
    struct buf words = {0};
    buf_printf(&words, "%s: %s", report_verdict_name(result->verdict),
               result->title ? result->title : "");
    if (result->expected && *result->expected)
        buf_printf(&words, "\nExpected: %s", result->expected);
    if (result->seen && *result->seen)
        buf_printf(&words, "\nSeen: %s", result->seen);
    if (result->repeat)
        buf_printf(&words, "\nRepeat: %s", result->repeat);
    json_t *value = words.failed ? NULL : message(buf_str(&words));
    buf_clear(&words);
    return value;
}

static json_t *result_of(const struct report *report, const struct report_result *result,
                         size_t rule)
{
    json_t *object = json_pack("{s:o, s:I, s:s, s:o, s:o, s:{s:o}}", "ruleId", text(result->id),
                               "ruleIndex", (json_int_t)rule, "level", level_of(result), "message",
                               words_of(result), "locations", location_of(report, result),
                               "partialFingerprints", "grpcspecId/v1", text(result->id));
    if (!object || !result->expected_by_baseline)
        return object;
    const char *reason = result->baseline_reason ? result->baseline_reason : "";
    json_t *suppressions = json_pack("[{s:s, s:o}]", "kind", "external", "justification",
                                     text(reason));
    if (json_object_set_new(object, "suppressions", suppressions) == 0)
        return object;
    json_decref(object);
    return NULL;
}

/* What is wrong with the run itself. */
static json_t *notifications_of(const struct report *report)
{
    json_t *array = json_array();
    for (size_t i = 0; i < report->problem_count && array; i++) {
        json_t *item = json_pack("{s:s, s:o}", "level", "error", "message",
                                 message(report->problems[i]));
        if (json_array_append_new(array, item) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *run_of(const struct report *report)
{
    json_t *rules = json_array(), *results = json_array();
    bool ok = rules && results;
    for (size_t i = 0; i < report->result_count && ok; i++) {
        const struct report_result *result = &report->results[i];
        if (!is_told(result))
            continue;
        ok = json_array_append_new(results, result_of(report, result, json_array_size(rules))) == 0;
        ok = ok && json_array_append_new(rules, rule_of(result)) == 0;
    }
    if (!ok) {
        json_decref(rules);
        json_decref(results);
        return NULL;
    }
    return json_pack("{s:{s:{s:s, s:o, s:o}}, s:[{s:b, s:o}], s:o, s:s}", "tool", "driver", "name",
                     "grpcspec", "version", text(report->tool ? report->tool : "0"), "rules", rules,
                     "invocations", "executionSuccessful", !report->interrupted,
                     "toolExecutionNotifications", notifications_of(report), "results", results,
                     "columnKind", "utf16CodeUnits");
}

bool report_put_sarif(const struct report *report, struct buf *out)
{
    json_t *root = json_pack("{s:s, s:s, s:[o]}", "$schema", SCHEMA, "version", "2.1.0", "runs",
                             run_of(report));
    char *json = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
    json_decref(root);
    if (!json)
        return false;
    buf_put_str(out, json);
    buf_put_u8(out, '\n');
    free(json);
    return !out->failed;
}
