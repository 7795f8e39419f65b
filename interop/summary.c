/* SPDX-License-Identifier: MIT
 *
 * The end of a run; see summary.h. */
#include "interop/summary.h"

#include "interop/table.h"
#include "reports/compare.h"
#include "reports/text.h"

/* "70 passed, 2 failed, 14 unsupported, 0 broken in 12.3 s" */
static void put_last_line(const struct summary *summary, struct buf *out)
{
    const struct report *report = summary->report;
    size_t failed = report_count(report, REPORT_FAIL) + report_count(report, REPORT_CRASH) +
                    report_count(report, REPORT_HANG);
    buf_printf(out, "%zu passed, %zu failed, %zu unsupported, %zu broken",
               report_count(report, REPORT_PASS) + report_count(report, REPORT_LENIENT), failed,
               report_count(report, REPORT_SKIP), report_count(report, REPORT_BROKEN));
    if (report->problem_count > 0)
        buf_printf(out, ", %zu error%s", report->problem_count,
                   report->problem_count == 1 ? "" : "s");
    buf_put_str(out, " in ");
    text_put_duration(out, report->duration_ns);
    if (report->interrupted)
        buf_put_str(out, ", interrupted");
}

static bool same_skip(const struct report_result *a, const struct report_result *b)
{
    return b->verdict == REPORT_SKIP && strcmp(a->seen ? a->seen : "", b->seen ? b->seen : "") == 0;
}

/* Once for each reason, with how many cells it is about. */
static void put_unsupported(const struct report *report, const char *bullet, struct buf *out)
{
    for (size_t i = 0; i < report->result_count; i++) {
        const struct report_result *result = &report->results[i];
        size_t all = 0, earlier = 0;
        if (result->verdict != REPORT_SKIP)
            continue;
        for (size_t k = 0; k < report->result_count; k++) {
            bool same = same_skip(result, &report->results[k]);
            all += same;
            earlier += same && k < i;
        }
        if (earlier > 0)
            continue;
        buf_printf(out, "%s%zu: ", bullet, all);
        text_put_plain(out, result->seen);
        buf_put_u8(out, '\n');
    }
}

static void put_table(const struct summary *summary, bool colour, struct buf *out)
{
    if (summary->suites)
        suite_put_text(summary->suites, out);
    else
        table_put_text(summary->report, colour, out);
    buf_put_u8(out, '\n');
}

static void put_absent(const struct report *report, struct buf *out)
{
    for (size_t i = 0; i < report->fact_count; i++) {
        const struct report_fact *fact = &report->facts[i];
        if (fact->name && fact->value && strncmp(fact->value, "absent", 6) == 0)
            buf_printf(out, "absent  %s%s\n", fact->name, fact->value + 6);
    }
}

void summary_put_text(const struct summary *summary, const struct terminal *terminal,
                      struct buf *out)
{
    const struct report *report = summary->report;
    if (!terminal->quiet)
        put_table(summary, terminal->colour, out);
    for (size_t i = 0; i < report->result_count; i++)
        if (!report_result_is_expected(&report->results[i]))
            terminal_put_story(terminal, &report->results[i], out);
    if (terminal->verbose)
        put_unsupported(report, "unsupported  ", out);
    if (!terminal->quiet)
        put_absent(report, out);
    if (summary->before)
        report_put_changes(report, summary->before, out);
    for (size_t i = 0; i < report->problem_count; i++) {
        buf_put_str(out, "error   ");
        text_put_plain(out, report->problems[i]);
        buf_put_u8(out, '\n');
    }
    if (terminal->colour)
        buf_put_str(out, report_is_success(report) ? "\033[32m" : "\033[31m");
    put_last_line(summary, out);
    buf_put_str(out, terminal->colour ? "\033[0m\n" : "\n");
}

/* ---- Markdown ---- */

/* One line, with what Markdown would take for markup escaped. */
static void put_inline(const char *text, struct buf *out)
{
    struct buf plain = {0};
    text_put_plain(&plain, text);
    for (const char *at = buf_str(&plain); *at; at++) {
        if (strchr("\\`*_{}[]<>|#", *at))
            buf_put_u8(out, '\\');
        buf_put_u8(out, *at == '\n' ? ' ' : (uint8_t)*at);
    }
    out->failed |= plain.failed;
    buf_clear(&plain);
}

static void put_failures(const struct report *report, struct buf *out)
{
    bool any = false;
    for (size_t i = 0; i < report->result_count; i++) {
        const struct report_result *result = &report->results[i];
        if (report_result_is_expected(result))
            continue;
        buf_put_str(out, any ? "" : "\n## Failures\n\n");
        any = true;
        buf_printf(out, "- %s `%s`: ", report_verdict_name(result->verdict),
                   result->id ? result->id : "?");
        put_inline(result->seen, out);
        buf_printf(out, " (`%s`)\n", result->repeat ? result->repeat : "");
    }
    for (size_t i = 0; i < report->problem_count; i++) {
        buf_put_str(out, "- error: ");
        put_inline(report->problems[i], out);
        buf_put_u8(out, '\n');
    }
}

static void put_peers(const struct report *report, struct buf *out)
{
    buf_put_str(out, "\n## Peers\n\n");
    for (size_t i = 0; i < report->fact_count; i++) {
        buf_printf(out, "- %s: ", report->facts[i].name);
        put_inline(report->facts[i].value, out);
        buf_put_u8(out, '\n');
    }
}

void summary_put_markdown(const struct summary *summary, struct buf *out)
{
    const struct report *report = summary->report;
    buf_put_str(out, "# Interop\n\n");
    if (summary->suites)
        suite_put_markdown(summary->suites, out);
    else
        table_put_markdown(report, out);
    buf_put_u8(out, '\n');
    put_last_line(summary, out);
    buf_printf(out, "; started %s.\n", report->started ? report->started : "?");
    put_failures(report, out);
    if (summary->before) {
        buf_put_str(out, "\n## Differences\n\n```\n");
        report_put_changes(report, summary->before, out);
        buf_put_str(out, "```\n");
    }
    if (report_count(report, REPORT_SKIP) > 0) {
        buf_put_str(out, "\n## Unsupported\n\n");
        put_unsupported(report, "- ", out);
    }
    put_peers(report, out);
}
