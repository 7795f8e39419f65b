/* SPDX-License-Identifier: MIT
 *
 * The GitHub rendering; see annotations.h. A workflow command ends at the end of its line, and a
 * property at a comma or a colon: those are percent-encoded, as the runner decodes them. */
#include "reports/annotations.h"

#include "reports/sentence.h"
#include "reports/text.h"

/* The runner shows ten of a kind for each step, and a log of thousands helps nobody. */
#define MAX_SHOWN 50

static void put_data(struct buf *out, const char *s, bool property)
{
    struct buf plain = {0};
    text_put_plain(&plain, s);
    for (size_t i = 0; i < plain.len; i++) {
        uint8_t c = plain.data[i];
        if (c == '%' || c == '\n' || (property && (c == ':' || c == ',')))
            buf_printf(out, "%%%02X", c);
        else
            buf_put_u8(out, c);
    }
    out->failed |= plain.failed;
    buf_clear(&plain);
}

static void put_labelled(struct buf *text, const char *label, const char *sentence)
{
    if (sentence && *sentence)
        buf_printf(text, "\n%s: %s", label, sentence);
}

static void put_result(struct buf *out, const struct report_result *result)
{
    struct buf text = {0};
    buf_put_str(&text, result->title ? result->title : "");
    for (size_t i = 0; i < result->clause_count; i++) {
        const struct report_clause *clause = &result->clauses[i];
        buf_printf(&text, "\n%s, %s", clause->id ? clause->id : "",
                   clause->source ? clause->source : "");
    }
    put_labelled(&text, "expected", result->expected);
    put_labelled(&text, "seen", result->seen);
    put_labelled(&text, "repeat", result->repeat);

    buf_put_str(out, "::error title=");
    put_data(out, report_verdict_name(result->verdict), true);
    buf_put_u8(out, ' ');
    put_data(out, result->id, true);
    buf_put_str(out, "::");
    put_data(out, buf_str(&text), false);
    buf_put_u8(out, '\n');
    out->failed |= text.failed;
    buf_clear(&text);
}

static void put_sentence(struct buf *out, const char *command, const char *sentence)
{
    buf_printf(out, "::%s title=grpcspec::", command);
    put_data(out, sentence, false);
    buf_put_u8(out, '\n');
}

bool report_put_annotations(const struct report *report, struct buf *out)
{
    struct buf sentence = {0};
    report_put_sentence(report, &sentence);
    put_sentence(out, report_is_success(report) ? "notice" : "error", buf_str(&sentence));
    out->failed |= sentence.failed;
    buf_clear(&sentence);
    for (size_t i = 0; i < report->problem_count; i++)
        put_sentence(out, "error", report->problems[i]);

    size_t shown = 0;
    for (size_t i = 0; i < report->result_count; i++)
        if (!report_result_is_expected(&report->results[i]) && shown++ < MAX_SHOWN)
            put_result(out, &report->results[i]);
    return !out->failed;
}
