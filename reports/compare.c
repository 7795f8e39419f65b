/* SPDX-License-Identifier: MIT
 *
 * Comparing two reports; see compare.h. */
#include "reports/compare.h"

#include "reports/text.h"

static const char *const names[] = {[REPORT_SAME] = "same",
                                    [REPORT_FIXED] = "fixed",
                                    [REPORT_BROKE] = "broken",
                                    [REPORT_DIFFERS] = "changed"};

enum report_change report_change_of(const struct report_result *result, const struct report *old,
                                    const struct report_result **before)
{
    const struct report_result *then = result->id ? report_find(old, result->id) : NULL;
    if (before)
        *before = then;
    if (!then || then->verdict == result->verdict)
        return REPORT_SAME;
    bool was_fine = report_verdict_is_fine(then->verdict);
    bool is_fine = report_verdict_is_fine(result->verdict);
    if (was_fine == is_fine)
        return REPORT_DIFFERS;
    return is_fine ? REPORT_FIXED : REPORT_BROKE;
}

const char *report_change_name(enum report_change change)
{
    return names[change];
}

size_t report_count_missing(const struct report *from, const struct report *in)
{
    size_t count = 0;
    for (size_t i = 0; i < in->result_count; i++)
        count += in->results[i].id && !report_find(from, in->results[i].id);
    return count;
}

static size_t put_kind(const struct report *report, const struct report *old,
                       enum report_change kind, struct buf *out)
{
    size_t count = 0;
    for (size_t i = 0; i < report->result_count; i++) {
        const struct report_result *result = &report->results[i], *before;
        if (report_change_of(result, old, &before) != kind)
            continue;
        count++;
        buf_printf(out, "%-8s ", report_change_name(kind));
        text_put_plain(out, result->id);
        buf_printf(out, ": %s, was %s\n", report_verdict_name(result->verdict),
                   report_verdict_name(before->verdict));
    }
    return count;
}

void report_put_changes(const struct report *report, const struct report *old, struct buf *out)
{
    size_t broke = put_kind(report, old, REPORT_BROKE, out);
    size_t differs = put_kind(report, old, REPORT_DIFFERS, out);
    size_t fixed = put_kind(report, old, REPORT_FIXED, out);
    buf_printf(out, "%zu fixed, %zu broken, %zu changed against ", fixed, broke, differs);
    text_put_plain(out, old->target);
    buf_put_str(out, " of ");
    text_put_plain(out, old->started);
    size_t added = report_count_missing(old, report), gone = report_count_missing(report, old);
    if (added > 0)
        buf_printf(out, "; %zu not in the old report", added);
    if (gone > 0)
        buf_printf(out, "; %zu only in the old report", gone);
    buf_put_u8(out, '\n');
}
