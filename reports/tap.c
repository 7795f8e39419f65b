/* SPDX-License-Identifier: MIT
 *
 * The TAP rendering; see tap.h. SKIP is TAP's own directive; a known deviation is what TAP calls
 * TODO: not ok, and not counted as a failure. */
#include "reports/tap.h"

#include "reports/text.h"

/* A description or a reason: one line, in which '#' would begin a directive. */
static void put_text(struct buf *out, const char *s)
{
    struct buf plain = {0};
    text_put_plain(&plain, s);
    for (size_t i = 0; i < plain.len; i++) {
        uint8_t c = plain.data[i];
        if (c == '#' || c == '\\')
            buf_put_u8(out, '\\');
        buf_put_u8(out, c == '\n' ? ' ' : c);
    }
    out->failed |= plain.failed;
    buf_clear(&plain);
}

/* A member of the YAML block, its value in double quotes. */
static void put_member(struct buf *out, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    struct buf plain = {0};
    text_put_plain(&plain, value);
    buf_printf(out, "  %s: \"", name);
    for (size_t i = 0; i < plain.len; i++) {
        uint8_t c = plain.data[i];
        if (c == '"' || c == '\\')
            buf_put_u8(out, '\\');
        if (c == '\n')
            buf_put_str(out, "\\n");
        else
            buf_put_u8(out, c);
    }
    buf_put_str(out, "\"\n");
    out->failed |= plain.failed;
    buf_clear(&plain);
}

static void put_evidence(struct buf *out, const struct report_result *result)
{
    buf_put_str(out, "  ---\n");
    put_member(out, "verdict", report_verdict_name(result->verdict));
    put_member(out, "message", result->title);
    if (result->clause_count > 0) {
        put_member(out, "clause", result->clauses[0].id);
        put_member(out, "source", result->clauses[0].source);
    }
    put_member(out, "expected", result->expected);
    put_member(out, "seen", result->seen);
    put_member(out, "repeat", result->repeat);
    buf_put_str(out, "  ...\n");
}

static void put_result(struct buf *out, const struct report_result *result, size_t number)
{
    bool fine = report_verdict_is_fine(result->verdict);
    buf_printf(out, "%s %zu - ", fine ? "ok" : "not ok", number);
    put_text(out, result->id);
    if (result->verdict == REPORT_SKIP) {
        buf_put_str(out, " # SKIP ");
        put_text(out, result->seen);
    } else if (!fine && result->expected_by_baseline) {
        buf_put_str(out, " # TODO known deviation: ");
        put_text(out, result->baseline_reason);
    }
    buf_put_u8(out, '\n');
    if (!fine || result->verdict == REPORT_LENIENT)
        put_evidence(out, result);
}

bool report_put_tap(const struct report *report, struct buf *out)
{
    size_t problems = report->problem_count + report->interrupted;
    buf_printf(out, "TAP version 13\n1..%zu\n", report->result_count + problems);
    for (size_t i = 0; i < report->result_count; i++)
        put_result(out, &report->results[i], i + 1);
    for (size_t i = 0; i < problems; i++) {
        buf_printf(out, "not ok %zu - run: ", report->result_count + i + 1);
        put_text(out, i < report->problem_count
                          ? report->problems[i]
                          : "interrupted, cases that had not begun are missing");
        buf_put_u8(out, '\n');
    }
    return !out->failed;
}
