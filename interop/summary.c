/* SPDX-License-Identifier: MIT
 *
 * The end of a run; see summary.h. */
#include "interop/summary.h"

#include "interop/table.h"
#include "reports/compare.h"
#include "reports/text.h"

#include <stdio.h>

static size_t count_known(const struct report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->result_count; i++)
        count += report->results[i].expected_by_baseline;
    return count;
}

/* "70 passed, 2 failed, 1 known to fail, 14 unsupported, 0 broken in 12.3 s" */
static void put_last_line(const struct summary *summary, struct buf *out)
{
    const struct report *report = summary->report;
    size_t known = count_known(report);
    size_t failed = report_count(report, REPORT_FAIL) + report_count(report, REPORT_CRASH) +
                    report_count(report, REPORT_HANG) - known;
    buf_printf(out, "%zu passed, %zu failed", report_count(report, REPORT_PASS), failed);
    if (known > 0)
        buf_printf(out, ", %zu known to fail", known);
    buf_printf(out, ", %zu unsupported, %zu broken", report_count(report, REPORT_SKIP),
               report_count(report, REPORT_BROKEN));
    if (report->problem_count > 0)
        buf_printf(out, ", %zu error%s", report->problem_count,
                   report->problem_count == 1 ? "" : "s");
    buf_put_str(out, " in ");
    text_put_duration(out, report->duration_ns);
    if (report->interrupted)
        buf_put_str(out, ", interrupted");
}

/* Lists are of unsupported cells, or of known failures. Why a cell is listed; NULL: it is not. */

static const char *unsupported_why(const struct report_result *result)
{
    return result->verdict == REPORT_SKIP ? (result->seen ? result->seen : "") : NULL;
}

static const char *known_why(const struct report_result *result)
{
    bool known = result->expected_by_baseline;
    return known ? (result->baseline_reason ? result->baseline_reason : "") : NULL;
}

static bool is_same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* "go, node": the clients of the cells with that reason; servers likewise. */
static void put_names(const struct report *report, const char *(*of)(const struct report_result *),
                      const char *why, bool clients, struct buf *out)
{
    char names[32][64];
    size_t count = 0;
    for (size_t i = 0; i < report->result_count; i++) {
        struct cell_name name;
        if (!is_same(of(&report->results[i]), why) ||
            !cell_name_parse(report->results[i].id, &name))
            continue;
        char *one = clients ? name.client : name.server;
        one[strcspn(one, " ")] = '\0';
        size_t k = 0;
        while (k < count && strcmp(names[k], one) != 0)
            k++;
        if (k < count || count == ARRAY_LEN(names))
            continue;
        snprintf(names[count++], sizeof(names[0]), "%.60s", one);
        buf_printf(out, "%s%.60s", count > 1 ? ", " : "", one);
    }
}

/* Once for each reason, with how many cells it is about. */
static void put_reasons(const struct report *report,
                        const char *(*of)(const struct report_result *), const char *bullet,
                        bool names, struct buf *out)
{
    for (size_t i = 0; i < report->result_count; i++) {
        const char *why = of(&report->results[i]);
        size_t all = 0, earlier = 0;
        for (size_t k = 0; why && k < report->result_count; k++) {
            bool same = is_same(why, of(&report->results[k]));
            all += same;
            earlier += same && k < i;
        }
        if (!why || earlier > 0)
            continue;
        buf_printf(out, "%s%zu", bullet, all);
        if (names) {
            struct cell_name name;
            buf_printf(out, " of %s, client ",
                       cell_name_parse(report->results[i].id, &name) ? name.test_case : "?");
            put_names(report, of, why, true, out);
            buf_put_str(out, ", server ");
            put_names(report, of, why, false, out);
        }
        buf_put_str(out, ": ");
        text_put_plain(out, why);
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
    if (!terminal->quiet)
        put_reasons(report, known_why, "known   ", true, out);
    if (terminal->verbose)
        put_reasons(report, unsupported_why, "unsupported  ", false, out);
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
    if (count_known(report) > 0) {
        buf_put_str(out, "\n## Known failures\n\n");
        put_reasons(report, known_why, "- ", true, out);
    }
    if (report_count(report, REPORT_SKIP) > 0) {
        buf_put_str(out, "\n## Unsupported\n\n");
        put_reasons(report, unsupported_why, "- ", false, out);
    }
    put_peers(report, out);
}
