/* SPDX-License-Identifier: MIT
 *
 * From struct test to the result model: what a case found out, in plain data. See suite.h. */
#include "clauses/clauses.h"
#include "run/suite.h"

#include <stdlib.h>

static const enum report_verdict verdicts[] = {
    [VERDICT_PASS] = REPORT_PASS,     [VERDICT_LENIENT] = REPORT_LENIENT,
    [VERDICT_FAIL] = REPORT_FAIL,     [VERDICT_CRASH] = REPORT_CRASH,
    [VERDICT_HANG] = REPORT_HANG,     [VERDICT_SKIP] = REPORT_SKIP,
    [VERDICT_BROKEN] = REPORT_BROKEN,
};

/* A copy of what a buffer holds as text; NULL for nothing. */
static char *text_of(struct report *report, const struct buf *buf)
{
    struct buf copy = {0};
    buf_put(&copy, buf_view(buf));
    char *text = copy.len > 0 ? report_string(report, buf_str(&copy)) : NULL;
    report->failed |= copy.failed;
    buf_clear(&copy);
    return text;
}

static char *slice(struct report *report, struct bytes bytes)
{
    struct buf copy = {0};
    buf_put(&copy, bytes);
    char *text = report_string(report, buf_str(&copy));
    buf_clear(&copy);
    return text;
}

void record_clauses(struct report *report, struct report_result *result, const char *clauses)
{
    for (struct bytes id; clause_next_id(&clauses, &id);) {
        const struct clause *clause = clause_find(id);
        if (clause) {
            report_add_clause(report, result, clause->id, clause->level, clause->requirement,
                              clause->source);
            continue;
        }
        char *unknown = slice(report, id);
        report_add_clause(report, result, unknown, NULL, NULL, NULL);
        free(unknown);
    }
    if (result->clause_count > 0 && !result->level)
        result->level = report_string(report, result->clauses[0].level);
}

void record_identity(struct report *report, struct report_result *result,
                     const struct test_case *test_case, const struct run_options *options)
{
    result->id = report_string(report, test_case->id);
    result->title = report_string(report, test_case->title);
    result->area = slice(report, run_area(test_case->id));
    record_clauses(report, result, test_case->clauses);
    struct buf command = {0};
    buf_printf(&command, "%s --case %s%s", options->repeat_prefix, test_case->id,
               options->repeat_suffix ? options->repeat_suffix : "");
    result->repeat = text_of(report, &command);
    buf_clear(&command);
}

static void record_entry(struct report *report, struct report_result *result,
                         const struct transcript_entry *entry)
{
    static const char signs[] = {[SENT] = '>', [RECEIVED] = '<', [REMARK] = '*'};
    struct report_frame *frame = report_add_frame(report, result);
    if (!frame)
        return;
    frame->at_ns = entry->at;
    frame->direction = signs[entry->direction];
    frame->connection = entry->connection;
    frame->is_frame = entry->is_frame;
    frame->offending = entry->offending;
    frame->length = entry->octets.len;
    if (entry->is_frame) {
        frame->type = entry->frame.type;
        frame->flags = entry->frame.flags;
        frame->stream = entry->frame.stream;
        frame->length = entry->frame.payload.len;
    }
    /* What passed is evidence kept short; what did not is kept to be read octet by octet. */
    bool block = entry->is_frame && entry->has_headers;
    bool short_form = result->verdict == REPORT_PASS && !entry->offending && !block;
    buf_put(&frame->octets, bytes_first(entry->octets, short_form ? 64 : REPORT_MAX_OCTETS));
    report->failed |= frame->octets.failed;

    struct buf line = {0};
    transcript_format_line(entry, &line);
    frame->line = text_of(report, &line);
    buf_clear(&line);
}

/* Paths in __FILE__ begin wherever the build was started; a reader wants them from the project's
 * folder. */
static const char *short_path(const char *file)
{
    const char *at = NULL;
    for (const char *next = file; (next = strstr(next, "conformance/")); next++)
        at = next;
    return at ? at : file;
}

void record_result(struct report *report, struct report_result *result, const struct test *t,
                   const struct run_options *options)
{
    record_identity(report, result, t->test_case, options);
    result->verdict = verdicts[t->verdict];
    if (t->where.file && t->verdict != VERDICT_PASS) {
        result->file = report_string(report, short_path(t->where.file));
        result->line = t->where.line;
    }
    result->expected = text_of(report, &t->expected);
    result->seen = text_of(report, &t->seen);
    result->notes = text_of(report, &t->notes);
    for (size_t i = 0; i < t->transcript.count; i++)
        record_entry(report, result, &t->transcript.entries[i]);
    result->frames_dropped = t->transcript.dropped;
    report->failed |= t->expected.failed || t->seen.failed || t->notes.failed;
}
