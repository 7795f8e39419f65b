/* SPDX-License-Identifier: MIT
 *
 * The JUnit rendering; see junit.h. */
#include "reports/junit.h"

#include "reports/text.h"

enum kind { KIND_PASSED, KIND_SKIPPED, KIND_FAILED, KIND_ERROR };

static enum kind kind_of(const struct report_result *result)
{
    if (result->verdict == REPORT_SKIP || result->expected_by_baseline)
        return KIND_SKIPPED;
    if (report_verdict_is_fine(result->verdict))
        return KIND_PASSED;
    /* an error is the tool's own; a target that dies or hangs has failed the case */
    return result->verdict == REPORT_BROKEN ? KIND_ERROR : KIND_FAILED;
}

static const char *area_of(const struct report_result *result)
{
    return result->area ? result->area : "";
}

static void put_attribute(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, " %s=\"", name);
    text_put_xml(out, value, true);
    buf_put_u8(out, '"');
}

static void put_time(struct buf *out, int64_t ns)
{
    buf_printf(out, " time=\"%.6f\"", (double)ns / 1e9);
}

/* What a person reads when opening a failed test: the same in `failure`, `error` and the output of
 * a lenient one. */
static void put_story(struct buf *out, const struct report_result *result)
{
    struct buf text = {0};
    for (size_t i = 0; i < result->clause_count; i++) {
        const struct report_clause *clause = &result->clauses[i];
        buf_printf(&text, "%s (%s, %s): %s\n", clause->id ? clause->id : "",
                   clause->level ? clause->level : "", clause->source ? clause->source : "",
                   clause->text ? clause->text : "");
    }
    if (result->file)
        buf_printf(&text, "at %s:%d\n", result->file, result->line);
    if (result->expected && *result->expected)
        buf_printf(&text, "expected: %s\n", result->expected);
    if (result->seen && *result->seen)
        buf_printf(&text, "seen: %s\n", result->seen);
    if (result->notes && *result->notes)
        buf_printf(&text, "%s\n", result->notes);
    if (result->repeat)
        buf_printf(&text, "repeat: %s\n", result->repeat);
    text_put_xml(out, buf_str(&text), false);
    out->failed |= text.failed;
    buf_clear(&text);
}

static void put_judgement(struct buf *out, const char *element, const struct report_result *result)
{
    buf_printf(out, "      <%s", element);
    put_attribute(out, "message", result->seen ? result->seen : "");
    put_attribute(out, "type", report_verdict_name(result->verdict));
    buf_put_str(out, ">");
    put_story(out, result);
    buf_printf(out, "</%s>\n", element);
}

static void put_skipped(struct buf *out, const struct report_result *result)
{
    struct buf message = {0};
    if (result->expected_by_baseline)
        buf_printf(&message, "known deviation (%s): %s", report_verdict_name(result->verdict),
                   result->baseline_reason ? result->baseline_reason : "");
    else
        buf_put_str(&message, result->seen ? result->seen : "");
    buf_put_str(out, "      <skipped");
    put_attribute(out, "message", buf_str(&message));
    buf_put_str(out, "/>\n");
    out->failed |= message.failed;
    buf_clear(&message);
}

static void put_output(struct buf *out, const struct report_result *result)
{
    bool lenient = result->verdict == REPORT_LENIENT;
    if (!lenient && result->frame_count == 0)
        return;
    buf_put_str(out, "      <system-out>");
    if (lenient) {
        buf_put_str(out, "LENIENT\n");
        put_story(out, result);
    }
    for (size_t i = 0; i < result->frame_count; i++) {
        text_put_xml(out, result->frames[i].line, false);
        buf_put_str(out, result->frames[i].offending ? "   &lt;== here\n" : "\n");
    }
    buf_put_str(out, "</system-out>\n");
}

static void put_target_output(struct buf *out, const struct report_result *result)
{
    if (!result->output || !*result->output)
        return;
    buf_put_str(out, "      <system-err>");
    text_put_xml(out, result->output, false);
    buf_put_str(out, "</system-err>\n");
}

static void put_case(struct buf *out, const struct report_result *result)
{
    enum kind kind = kind_of(result);
    buf_put_str(out, "    <testcase");
    put_attribute(out, "classname", area_of(result));
    put_attribute(out, "name", result->id ? result->id : "");
    put_time(out, result->duration_ns);
    buf_put_str(out, ">\n");
    if (kind == KIND_SKIPPED)
        put_skipped(out, result);
    if (kind == KIND_FAILED)
        put_judgement(out, "failure", result);
    if (kind == KIND_ERROR)
        put_judgement(out, "error", result);
    /* a passing case's transcript would only make the file large */
    if (kind != KIND_PASSED || result->verdict == REPORT_LENIENT) {
        put_output(out, result);
        put_target_output(out, result);
    }
    buf_put_str(out, "    </testcase>\n");
}

struct totals {
    size_t of[KIND_ERROR + 1];
    int64_t duration_ns;
};

/* area NULL: all of them. */
static struct totals count(const struct report *report, const char *area)
{
    struct totals totals = {0};
    for (size_t i = 0; i < report->result_count; i++) {
        const struct report_result *result = &report->results[i];
        if (area && strcmp(area_of(result), area) != 0)
            continue;
        totals.of[kind_of(result)]++;
        totals.duration_ns += result->duration_ns;
    }
    return totals;
}

static void put_totals(struct buf *out, struct totals totals, size_t more_errors)
{
    size_t tests = totals.of[KIND_PASSED] + totals.of[KIND_SKIPPED] + totals.of[KIND_FAILED] +
                   totals.of[KIND_ERROR] + more_errors;
    buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", tests, totals.of[KIND_FAILED],
               totals.of[KIND_ERROR] + more_errors);
}

static bool is_first_of_its_area(const struct report *report, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(area_of(&report->results[i]), area_of(&report->results[at])) == 0)
            return false;
    return true;
}

static void put_suite(struct buf *out, const struct report *report, const char *area)
{
    struct totals totals = count(report, area);
    buf_put_str(out, "  <testsuite");
    put_attribute(out, "name", *area ? area : "grpcspec");
    put_totals(out, totals, 0);
    buf_printf(out, " skipped=\"%zu\"", totals.of[KIND_SKIPPED]);
    put_time(out, totals.duration_ns);
    if (report->started)
        put_attribute(out, "timestamp", report->started);
    buf_put_str(out, ">\n");
    for (size_t i = 0; i < report->result_count; i++)
        if (strcmp(area_of(&report->results[i]), area) == 0)
            put_case(out, &report->results[i]);
    buf_put_str(out, "  </testsuite>\n");
}

/* What is wrong with the run and not with a case has to turn a build red as well. */
static void put_problems(struct buf *out, const struct report *report)
{
    size_t problems = report->problem_count + report->interrupted;
    if (problems == 0)
        return;
    buf_printf(
        out,
        "  <testsuite name=\"run\" tests=\"%zu\" failures=\"0\" errors=\"%zu\" skipped=\"0\" "
        "time=\"0\">\n",
        problems, problems);
    for (size_t i = 0; i < problems; i++) {
        const char *text = i < report->problem_count
                               ? report->problems[i]
                               : "interrupted: cases that had not begun are missing";
        buf_printf(out, "    <testcase classname=\"run\" name=\"run/problem-%zu\" time=\"0\">\n",
                   i + 1);
        buf_put_str(out, "      <error");
        put_attribute(out, "message", text);
        buf_put_str(out, " type=\"BROKEN\"/>\n    </testcase>\n");
    }
    buf_put_str(out, "  </testsuite>\n");
}

bool report_put_junit(const struct report *report, struct buf *out)
{
    buf_put_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"grpcspec\"");
    put_totals(out, count(report, NULL), report->problem_count + report->interrupted);
    put_time(out, report->duration_ns);
    buf_put_str(out, ">\n");
    for (size_t i = 0; i < report->result_count; i++)
        if (is_first_of_its_area(report, i))
            put_suite(out, report, area_of(&report->results[i]));
    put_problems(out, report);
    buf_put_str(out, "</testsuites>\n");
    return !out->failed;
}
