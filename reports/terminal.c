/* SPDX-License-Identifier: MIT
 *
 * The terminal's rendering; see terminal.h. */
#include "reports/terminal.h"

#include "reports/text.h"

/* A longer transcript is shown by its ends. */
#define SHOWN_HEAD 12
#define SHOWN_TAIL 36
#define REDRAW_NS  (50 * NS_PER_MS)

enum style { STYLE_PLAIN, STYLE_GOOD, STYLE_WARN, STYLE_BAD, STYLE_DIM, STYLE_BOLD };

static const char *const sequences[] = {
    [STYLE_PLAIN] = "",       [STYLE_GOOD] = "\033[32m", [STYLE_WARN] = "\033[33m",
    [STYLE_BAD] = "\033[31m", [STYLE_DIM] = "\033[2m",   [STYLE_BOLD] = "\033[1m",
};

static const enum style verdict_styles[REPORT_VERDICT_COUNT] = {
    [REPORT_PASS] = STYLE_GOOD,  [REPORT_LENIENT] = STYLE_WARN, [REPORT_FAIL] = STYLE_BAD,
    [REPORT_CRASH] = STYLE_BAD,  [REPORT_HANG] = STYLE_BAD,     [REPORT_SKIP] = STYLE_DIM,
    [REPORT_BROKEN] = STYLE_BAD,
};

static void style(const struct terminal *terminal, struct buf *out, enum style which)
{
    if (terminal->colour)
        buf_put_str(out, sequences[which]);
}

static void unstyle(const struct terminal *terminal, struct buf *out)
{
    if (terminal->colour)
        buf_put_str(out, "\033[0m");
}

static void put_styled(const struct terminal *terminal, struct buf *out, enum style which,
                       const char *text)
{
    style(terminal, out, which);
    text_put_plain(out, text);
    unstyle(terminal, out);
}

static void put_verdict(const struct terminal *terminal, struct buf *out,
                        enum report_verdict verdict)
{
    style(terminal, out, verdict_styles[verdict]);
    buf_printf(out, "%-7s", report_verdict_name(verdict));
    unstyle(terminal, out);
}

/* "  expected  text", continued lines under the text; nothing when there is no text. */
static void put_labelled(const struct terminal *terminal, struct buf *out, const char *label,
                         const char *text)
{
    if (!text || !*text)
        return;
    struct buf plain = {0};
    text_put_plain(&plain, text);
    struct bytes rest = buf_view(&plain);
    for (bool first = true; rest.len > 0; first = false) {
        struct bytes line = bytes_first(rest, bytes_find(rest, '\n'));
        buf_put_str(out, "  ");
        style(terminal, out, STYLE_DIM);
        buf_printf(out, "%-9s", first ? label : "");
        unstyle(terminal, out);
        buf_put_u8(out, ' ');
        buf_put(out, line);
        buf_put_u8(out, '\n');
        rest = bytes_skip(rest, line.len + 1);
    }
    out->failed |= plain.failed;
    buf_clear(&plain);
}

static void put_clauses(const struct terminal *terminal, struct buf *out,
                        const struct report_result *result)
{
    for (size_t i = 0; i < result->clause_count; i++) {
        const struct report_clause *clause = &result->clauses[i];
        struct buf text = {0};
        buf_printf(&text, "%s (%s, %s)\n%s", clause->id ? clause->id : "?",
                   clause->level ? clause->level : "?", clause->source ? clause->source : "?",
                   clause->text ? clause->text : "");
        put_labelled(terminal, out, i == 0 ? "clause" : "", buf_str(&text));
        out->failed |= text.failed;
        buf_clear(&text);
    }
}

static void put_frame(const struct terminal *terminal, struct buf *out,
                      const struct report_frame *frame)
{
    if (frame->offending)
        style(terminal, out, STYLE_BAD);
    buf_put_str(out, frame->offending ? "  => " : "     ");
    text_put_plain(out, frame->line);
    if (frame->offending)
        unstyle(terminal, out);
    buf_put_u8(out, '\n');
}

static void put_transcript(const struct terminal *terminal, struct buf *out,
                           const struct report_result *result)
{
    size_t count = result->frame_count;
    bool whole = terminal->transcripts || count <= SHOWN_HEAD + SHOWN_TAIL;
    for (size_t i = 0; i < count; i++) {
        const struct report_frame *frame = &result->frames[i];
        if (whole || i < SHOWN_HEAD || i >= count - SHOWN_TAIL || frame->offending)
            put_frame(terminal, out, frame);
        else if (i == SHOWN_HEAD)
            buf_printf(out, "     ... %zu lines left out (--transcript prints all)\n",
                       count - SHOWN_HEAD - SHOWN_TAIL);
    }
    if (result->frames_dropped > 0)
        buf_printf(out, "     ... and %zu more that were not kept\n", result->frames_dropped);
}

static void put_head(const struct terminal *terminal, struct buf *out,
                     const struct report_result *result)
{
    put_verdict(terminal, out, result->verdict);
    buf_put_u8(out, ' ');
    put_styled(terminal, out, STYLE_BOLD, result->id);
    if (result->expected_by_baseline)
        put_styled(terminal, out, STYLE_DIM, " (known deviation)");
}

static void put_source(const struct terminal *terminal, struct buf *out,
                       const struct report_result *result)
{
    if (!result->file)
        return;
    struct buf where = {0};
    buf_printf(&where, "%s:%d", result->file, result->line);
    put_labelled(terminal, out, "source", buf_str(&where));
    buf_clear(&where);
}

void terminal_put_story(const struct terminal *terminal, const struct report_result *result,
                        struct buf *out)
{
    put_head(terminal, out, result);
    buf_put_u8(out, '\n');
    put_labelled(terminal, out, "", result->title);
    put_clauses(terminal, out, result);
    put_source(terminal, out, result);
    put_labelled(terminal, out, "expected", result->expected);
    put_labelled(terminal, out, "seen", result->seen);
    put_labelled(terminal, out, "notes", result->notes);
    put_labelled(terminal, out, "printed", result->output);
    put_labelled(terminal, out, "baseline", result->baseline_reason);
    put_transcript(terminal, out, result);
    put_labelled(terminal, out, "repeat", result->repeat);
    buf_put_u8(out, '\n');
}

/* ---- while it runs ---- */

static void emit(const struct terminal *terminal, struct buf *text)
{
    if (text->len > 0)
        fwrite(text->data, 1, text->len, terminal->out);
    fflush(terminal->out);
    buf_clear(text);
}

void terminal_begin(struct terminal *terminal, const struct report *report, size_t total)
{
    terminal->began_at = clock_now_ns();
    if (terminal->quiet)
        return;
    struct buf out = {0};
    text_put_plain(&out, report->target);
    buf_printf(&out, ": %zu case%s\n", total, total == 1 ? "" : "s");
    for (size_t i = 0; i < report->fact_count; i++)
        put_labelled(terminal, &out, report->facts[i].name, report->facts[i].value);
    buf_put_u8(&out, '\n');
    emit(terminal, &out);
}

static void put_progress_line(const struct terminal *terminal, struct buf *out, size_t done,
                              size_t total, gr_time now)
{
    double seconds = (double)(now - terminal->began_at) / (double)NS_PER_S;
    buf_printf(out, "\r\033[K%zu/%zu", done, total);
    if (seconds > 0.2 && done > 0) {
        double rate = (double)done / seconds;
        buf_printf(out, "  %.0f/s", rate);
        if (done < total)
            buf_printf(out, "  %.0f s left", (double)(total - done) / rate + 0.5);
    }
    if (terminal->unexpected == 0)
        return;
    buf_put_str(out, "  ");
    style(terminal, out, STYLE_BAD);
    buf_printf(out, "%zu failed", terminal->unexpected);
    unstyle(terminal, out);
}

void terminal_progress(struct terminal *terminal, const struct report_result *result, size_t done,
                       size_t total, gr_time now)
{
    bool expected = report_result_is_expected(result);
    terminal->unexpected += !expected;
    struct buf out = {0};
    if (terminal->verbose || (!expected && !terminal->quiet && !terminal->live)) {
        if (terminal->live)
            buf_put_str(&out, "\r\033[K");
        put_head(terminal, &out, result);
        buf_put_u8(&out, '\n');
    }
    bool due = now - terminal->drawn_at >= REDRAW_NS || out.len > 0;
    if (terminal->live && !terminal->quiet && due) {
        put_progress_line(terminal, &out, done, total, now);
        terminal->drawn_at = now;
    }
    if (out.len > 0)
        emit(terminal, &out);
}

/* ---- afterwards ---- */

static bool tells_its_story(const struct terminal *terminal, const struct report_result *result)
{
    if (!report_result_is_expected(result) || (terminal->transcripts && result->frame_count > 0))
        return true;
    return terminal->verbose && (result->verdict == REPORT_LENIENT || result->expected_by_baseline);
}

/* Whether a result stands in the groups of a verdict, rather than telling its own story. */
static bool is_grouped(const struct terminal *terminal, const struct report_result *result,
                       enum report_verdict verdict)
{
    if (result->verdict != verdict || tells_its_story(terminal, result))
        return false;
    return verdict != REPORT_SKIP || !result->is_rule; /* a rule with nothing to judge is no news */
}

static bool same_reason(const struct report_result *a, const struct report_result *b)
{
    return strcmp(a->seen ? a->seen : "", b->seen ? b->seen : "") == 0;
}

static bool has_earlier(const struct terminal *terminal, const struct report *report, size_t index)
{
    const struct report_result *result = &report->results[index];
    for (size_t i = 0; i < index; i++)
        if (is_grouped(terminal, &report->results[i], result->verdict) &&
            same_reason(&report->results[i], result))
            return true;
    return false;
}

static void put_group(const struct terminal *terminal, const struct report *report, size_t first,
                      struct buf *out)
{
    const struct report_result *result = &report->results[first];
    size_t count = 0;
    for (size_t i = first; i < report->result_count; i++)
        count += is_grouped(terminal, &report->results[i], result->verdict) &&
                 same_reason(&report->results[i], result);
    put_verdict(terminal, out, result->verdict);
    if (count == 1)
        buf_printf(out, " %s: ", result->id ? result->id : "");
    else
        buf_printf(out, " %zu cases: ", count);
    text_put_plain(out, result->seen);
    buf_put_u8(out, '\n');
    for (size_t i = first; i < report->result_count && terminal->verbose && count > 1; i++)
        if (is_grouped(terminal, &report->results[i], result->verdict) &&
            same_reason(&report->results[i], result))
            buf_printf(out, "          %s\n", report->results[i].id ? report->results[i].id : "");
}

/* Once for each reason, not for each case; which cases, with --verbose. */
static void put_groups(const struct terminal *terminal, const struct report *report,
                       enum report_verdict verdict, struct buf *out)
{
    size_t before = out->len;
    for (size_t i = 0; i < report->result_count; i++)
        if (is_grouped(terminal, &report->results[i], verdict) && !has_earlier(terminal, report, i))
            put_group(terminal, report, i, out);
    if (out->len > before)
        buf_put_u8(out, '\n');
}

/* "http2/ping" and, as a table, how many of its cases are fine. */
static void put_area(const struct terminal *terminal, const struct report *report, size_t first,
                     struct buf *out)
{
    const char *area = report->results[first].area ? report->results[first].area : "";
    size_t judged = 0, fine = 0, skipped = 0;
    for (size_t i = first; i < report->result_count; i++) {
        const struct report_result *result = &report->results[i];
        if (strcmp(result->area ? result->area : "", area) != 0)
            continue;
        bool skip = result->verdict == REPORT_SKIP;
        skipped += skip;
        judged += !skip;
        fine += !skip && report_verdict_is_fine(result->verdict);
    }
    buf_printf(out, "  %-28s ", area);
    style(terminal, out, fine == judged ? STYLE_GOOD : STYLE_BAD);
    buf_printf(out, "%3zu/%zu", fine, judged);
    unstyle(terminal, out);
    if (skipped > 0)
        buf_printf(out, "  %zu skipped", skipped);
    buf_put_u8(out, '\n');
}

static void put_areas(const struct terminal *terminal, const struct report *report, struct buf *out)
{
    for (size_t i = 0; i < report->result_count; i++) {
        bool first = true;
        for (size_t k = 0; k < i && first; k++)
            first = strcmp(report->results[k].area ? report->results[k].area : "",
                           report->results[i].area ? report->results[i].area : "") != 0;
        if (first)
            put_area(terminal, report, i, out);
    }
    buf_put_u8(out, '\n');
}

static void put_problems(const struct terminal *terminal, const struct report *report,
                         struct buf *out)
{
    for (size_t i = 0; i < report->problem_count; i++) {
        put_styled(terminal, out, STYLE_BAD, "error   ");
        text_put_plain(out, report->problems[i]);
        buf_put_u8(out, '\n');
    }
}

static void put_count(struct buf *out, size_t count, const char *what, bool always)
{
    if (count > 0 || always)
        buf_printf(out, "%s%zu %s", out->len ? ", " : "", count, what);
}

static size_t known_deviations(const struct report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->result_count; i++)
        count += report->results[i].expected_by_baseline;
    return count;
}

/* Cases, and rules that were broken: that a rule was kept, or had nothing to judge, is no result of
 * its own here. */
static size_t count_of(const struct report *report, enum report_verdict verdict)
{
    bool rules_too = verdict != REPORT_PASS && verdict != REPORT_SKIP;
    size_t count = 0;
    for (size_t i = 0; i < report->result_count; i++)
        count += report->results[i].verdict == verdict &&
                 (rules_too || !report->results[i].is_rule);
    return count;
}

/* "82 passed, 3 lenient, 0 failed, 4 skipped in 0.9 s" */
static void put_last_line(const struct terminal *terminal, const struct report *report,
                          struct buf *out)
{
    struct buf line = {0};
    put_count(&line, count_of(report, REPORT_PASS), "passed", true);
    put_count(&line, count_of(report, REPORT_LENIENT), "lenient", false);
    put_count(&line, count_of(report, REPORT_FAIL), "failed", true);
    put_count(&line, count_of(report, REPORT_CRASH), "crashed the target", false);
    put_count(&line, count_of(report, REPORT_HANG), "hung the target", false);
    put_count(&line, count_of(report, REPORT_BROKEN), "broken", false);
    put_count(&line, count_of(report, REPORT_SKIP), "skipped", false);
    put_count(&line, known_deviations(report), "of these known deviations", false);
    put_count(&line, report->problem_count, report->problem_count == 1 ? "error" : "errors", false);
    buf_put_str(&line, " in ");
    text_put_duration(&line, report->duration_ns);
    if (report->interrupted)
        buf_put_str(&line, ", interrupted");
    put_styled(terminal, out, report_is_success(report) ? STYLE_GOOD : STYLE_BAD, buf_str(&line));
    buf_put_u8(out, '\n');
    buf_clear(&line);
}

void terminal_put_summary(const struct terminal *terminal, const struct report *report,
                          struct buf *out)
{
    if (!terminal->quiet) {
        put_groups(terminal, report, REPORT_LENIENT, out);
        put_groups(terminal, report, REPORT_SKIP, out);
        put_areas(terminal, report, out);
    }
    put_problems(terminal, report, out);
    put_last_line(terminal, report, out);
}

void terminal_end(struct terminal *terminal, const struct report *report)
{
    struct buf out = {0};
    if (terminal->live && !terminal->quiet)
        buf_put_str(&out, "\r\033[K");
    else if (terminal->unexpected > 0 && !terminal->quiet)
        buf_put_u8(&out, '\n');
    for (size_t i = 0; i < report->result_count; i++)
        if (tells_its_story(terminal, &report->results[i]))
            terminal_put_story(terminal, &report->results[i], &out);
    terminal_put_summary(terminal, report, &out);
    emit(terminal, &out);
}
