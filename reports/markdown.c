/* SPDX-License-Identifier: MIT
 *
 * The Markdown rendering, GitHub's dialect; see markdown.h. Text of a target is put where no
 * markup of it takes effect: escaped in sentences, behind a fence that is longer than any of its
 * own in blocks. */
#include "reports/markdown.h"

#include "reports/compare.h"
#include "reports/sentence.h"
#include "reports/text.h"

/* A summary that is too long is refused by the services that show it. */
#define MAX_TOLD 50

/* One line, with everything that Markdown or HTML would obey escaped. */
static void put_text(struct buf *out, const char *s)
{
    struct buf plain = {0};
    text_put_plain(&plain, s);
    for (size_t i = 0; i < plain.len; i++) {
        uint8_t c = plain.data[i];
        if (c == '\n')
            buf_put_u8(out, ' ');
        else if (c == '<')
            buf_put_str(out, "&lt;");
        else if (c == '>')
            buf_put_str(out, "&gt;");
        else if (c == '&')
            buf_put_str(out, "&amp;");
        else if (c == '@') /* names nobody */
            buf_put_str(out, "&#64;");
        else if (strchr("\\`*_[]#!|~$", c) ||
                 (c == ':' && i + 1 < plain.len && plain.data[i + 1] == '/'))
            buf_printf(out, "\\%c", c);
        else
            buf_put_u8(out, c);
    }
    out->failed |= plain.failed;
    buf_clear(&plain);
}

/* The longest row of backticks in it. */
static size_t longest_fence(struct bytes text)
{
    size_t longest = 0, row = 0;
    for (size_t i = 0; i < text.len; i++) {
        row = text.data[i] == '`' ? row + 1 : 0;
        if (row > longest)
            longest = row;
    }
    return longest;
}

static void put_fence(struct buf *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_put_u8(out, '`');
}

static void put_command(struct buf *out, const char *command)
{
    struct buf plain = {0};
    text_put_plain(&plain, command);
    size_t fence = longest_fence(buf_view(&plain)) + 1;
    put_fence(out, fence < 3 ? 3 : fence);
    buf_put_str(out, "sh\n");
    buf_put(out, buf_view(&plain));
    buf_put_u8(out, '\n');
    put_fence(out, fence < 3 ? 3 : fence);
    buf_put_u8(out, '\n');
    out->failed |= plain.failed;
    buf_clear(&plain);
}

static void put_counts(const struct report *report, struct buf *out)
{
    bool any = false;
    for (int i = 0; i < REPORT_VERDICT_COUNT; i++) {
        size_t count = report_count(report, (enum report_verdict)i);
        if (count == 0)
            continue;
        buf_printf(out, "%s%zu %s", any ? ", " : "", count,
                   report_verdict_name((enum report_verdict)i));
        any = true;
    }
    buf_put_str(out, any ? " in " : "Nothing in ");
    text_put_duration(out, report->duration_ns);
    buf_put_str(out, ". Target: ");
    put_text(out, report->target);
    buf_put_str(out, "; grpcspec ");
    put_text(out, report->tool);
    buf_put_str(out, ".\n\n");
}

/* ---- areas ---- */

static const char *area_of(const struct report_result *result)
{
    return result->area ? result->area : "";
}

static void put_area(const struct report *report, const char *area, struct buf *out)
{
    size_t counts[REPORT_VERDICT_COUNT] = {0}, bad = 0;
    for (size_t i = 0; i < report->result_count; i++) {
        const struct report_result *result = &report->results[i];
        if (strcmp(area_of(result), area) != 0)
            continue;
        counts[result->verdict]++;
        bad += !report_result_is_expected(result);
    }
    buf_put_str(out, "| ");
    put_text(out, area);
    size_t failed = counts[REPORT_FAIL] + counts[REPORT_CRASH] + counts[REPORT_HANG] +
                    counts[REPORT_BROKEN];
    buf_printf(out, " | %zu | %zu | %s%zu%s | %zu |\n", counts[REPORT_PASS], counts[REPORT_LENIENT],
               bad ? "**" : "", failed, bad ? "**" : "", counts[REPORT_SKIP]);
}

static bool is_first_of_its_area(const struct report *report, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(area_of(&report->results[i]), area_of(&report->results[at])) == 0)
            return false;
    return true;
}

static void put_areas(const struct report *report, struct buf *out)
{
    if (report->result_count == 0)
        return;
    buf_put_str(out, "| area | pass | lenient | not as they must be | skipped |\n"
                     "|---|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < report->result_count; i++)
        if (is_first_of_its_area(report, i))
            put_area(report, area_of(&report->results[i]), out);
    buf_put_u8(out, '\n');
}

/* ---- failures ---- */

static void put_item(struct buf *out, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    buf_printf(out, "- %s: ", name);
    put_text(out, text);
    buf_put_u8(out, '\n');
}

static void put_failure(const struct report_result *result, struct buf *out)
{
    buf_printf(out, "#### %s ", report_verdict_name(result->verdict));
    put_text(out, result->id);
    buf_put_str(out, "\n\n");
    put_text(out, result->title);
    buf_put_str(out, "\n\n");
    for (size_t i = 0; i < result->clause_count; i++) {
        const struct report_clause *clause = &result->clauses[i];
        buf_put_str(out, "- clause ");
        put_text(out, clause->id);
        buf_put_str(out, " (");
        put_text(out, clause->level);
        buf_put_str(out, ", ");
        put_text(out, clause->source);
        buf_put_str(out, "): ");
        put_text(out, clause->text);
        buf_put_u8(out, '\n');
    }
    put_item(out, "expected", result->expected);
    put_item(out, "seen", result->seen);
    if (result->repeat) {
        buf_put_u8(out, '\n');
        put_command(out, result->repeat);
    }
    buf_put_u8(out, '\n');
}

static void put_failures(const struct report *report, struct buf *out)
{
    size_t count = 0;
    for (size_t i = 0; i < report->result_count; i++) {
        if (report_result_is_expected(&report->results[i]))
            continue;
        if (count == 0)
            buf_put_str(out, "### What is not as expected\n\n");
        if (count++ < MAX_TOLD)
            put_failure(&report->results[i], out);
    }
    if (count > MAX_TOLD)
        buf_printf(out, "And %zu more.\n\n", count - MAX_TOLD);
}

static void put_problems(const struct report *report, struct buf *out)
{
    for (size_t i = 0; i < report->problem_count; i++)
        put_item(out, "error", report->problems[i]);
    if (report->problem_count > 0)
        buf_put_u8(out, '\n');
}

static void put_changes(const struct report *report, const struct report *against, struct buf *out)
{
    struct buf rows = {0};
    for (size_t i = 0; i < report->result_count; i++) {
        const struct report_result *result = &report->results[i], *before;
        enum report_change change = report_change_of(result, against, &before);
        if (change == REPORT_SAME)
            continue;
        buf_printf(&rows, "| %s | ", report_change_name(change));
        put_text(&rows, result->id);
        buf_printf(&rows, " | %s | %s |\n", report_verdict_name(before->verdict),
                   report_verdict_name(result->verdict));
    }
    buf_put_str(out, "### Against ");
    put_text(out, against->target);
    buf_put_str(out, " of ");
    put_text(out, against->started);
    buf_put_str(out, rows.len ? "\n\n| change | id | was | is |\n|---|---|---|---|\n"
                              : "\n\nNothing changed.\n");
    buf_put(out, buf_view(&rows));
    buf_put_u8(out, '\n');
    out->failed |= rows.failed;
    buf_clear(&rows);
}

bool report_put_markdown(const struct report *report, const struct report *against, struct buf *out)
{
    buf_printf(out, "## %s ", report_is_success(report) ? "\u2705" : "\u274c");
    report_put_sentence(report, out);
    buf_put_str(out, "\n\n");
    put_counts(report, out);
    put_problems(report, out);
    if (against)
        put_changes(report, against, out);
    put_areas(report, out);
    put_failures(report, out);
    return !out->failed;
}
