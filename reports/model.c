/* SPDX-License-Identifier: MIT
 *
 * The result model's memory and its few questions; see model.h. Growing arrays double; a lost
 * allocation sets report->failed and leaves the rest readable. */
#include "reports/model.h"

#include <stdlib.h>
#include <strings.h>

static const char *const verdict_names[] = {
#define VERDICT_NAME(name) [REPORT_##name] = #name,
    REPORT_VERDICTS(VERDICT_NAME)
#undef VERDICT_NAME
};

const char *report_verdict_name(enum report_verdict verdict)
{
    return verdict_names[verdict];
}

bool report_verdict_parse(const char *name, enum report_verdict *verdict)
{
    for (int i = 0; i < REPORT_VERDICT_COUNT; i++) {
        if (strcasecmp(name, verdict_names[i]) == 0) {
            *verdict = (enum report_verdict)i;
            return true;
        }
    }
    return false;
}

bool report_verdict_is_fine(enum report_verdict verdict)
{
    return verdict == REPORT_PASS || verdict == REPORT_LENIENT || verdict == REPORT_SKIP;
}

void report_init(struct report *report)
{
    memset(report, 0, sizeof(*report));
}

static void clear_frames(struct report_result *result)
{
    for (size_t i = 0; i < result->frame_count; i++) {
        free(result->frames[i].line);
        buf_clear(&result->frames[i].octets);
    }
    free(result->frames);
}

static void clear_clauses(struct report_clause *clauses, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(clauses[i].id);
        free(clauses[i].level);
        free(clauses[i].text);
        free(clauses[i].source);
        free(clauses[i].why);
    }
    free(clauses);
}

void report_result_clear(struct report_result *result)
{
    clear_frames(result);
    clear_clauses(result->clauses, result->clause_count);
    free(result->id);
    free(result->title);
    free(result->area);
    free(result->level);
    free(result->baseline_reason);
    free(result->file);
    free(result->expected);
    free(result->seen);
    free(result->notes);
    free(result->first_case);
    free(result->repeat);
    free(result->output);
    memset(result, 0, sizeof(*result));
}

void report_clear(struct report *report)
{
    for (size_t i = 0; i < report->result_count; i++)
        report_result_clear(&report->results[i]);
    for (size_t i = 0; i < report->fact_count; i++) {
        free(report->facts[i].name);
        free(report->facts[i].value);
    }
    for (size_t i = 0; i < report->problem_count; i++)
        free(report->problems[i]);
    clear_clauses(report->unjudged, report->unjudged_count);
    free(report->results);
    free(report->facts);
    free(report->problems);
    free(report->tool);
    free(report->nghttp2);
    free(report->target);
    free(report->started);
    free(report->segmentation);
    report_init(report);
}

char *report_string(struct report *report, const char *s)
{
    if (!s)
        return NULL;
    char *copy = strdup(s);
    if (!copy)
        report->failed = true;
    return copy;
}

/* Room for one more behind `count` items of `size` octets; the new one is all zeros. The array's
 * capacity is the next power of two, so that no member is needed for it. NULL: out of memory, the
 * array is as it was. */
static void *append(struct report *report, void **array, size_t count, size_t size)
{
    if ((count & (count - 1)) == 0) { /* 0, 1, 2, 4 ...: full */
        void *grown = realloc(*array, (count ? count * 2 : 1) * size);
        if (!grown) {
            report->failed = true;
            return NULL;
        }
        *array = grown;
    }
    void *item = (char *)*array + count * size;
    memset(item, 0, size);
    return item;
}

void report_add_fact(struct report *report, const char *name, const char *value)
{
    void *array = report->facts;
    struct report_fact *fact = append(report, &array, report->fact_count, sizeof(*fact));
    report->facts = array;
    if (!fact)
        return;
    report->fact_count++;
    fact->name = report_string(report, name);
    fact->value = report_string(report, value);
}

void report_add_problem(struct report *report, const char *fmt, ...)
{
    struct buf text = {0};
    va_list args;
    va_start(args, fmt);
    buf_vprintf(&text, fmt, args);
    va_end(args);

    void *array = report->problems;
    char **problem = append(report, &array, report->problem_count, sizeof(*problem));
    report->problems = array;
    if (problem) {
        report->problem_count++;
        *problem = report_string(report, buf_str(&text));
    }
    buf_clear(&text);
}

bool report_make_results(struct report *report, size_t count)
{
    size_t cap = 1;
    while (cap < count)
        cap *= 2;
    report->results = calloc(cap, sizeof(*report->results));
    if (!report->results) {
        report->failed = true;
        return false;
    }
    report->result_count = count;
    return true;
}

struct report_result *report_add_result(struct report *report)
{
    void *array = report->results;
    struct report_result *result = append(report, &array, report->result_count, sizeof(*result));
    report->results = array;
    if (result)
        report->result_count++;
    return result;
}

void report_add_clause(struct report *report, struct report_result *result, const char *id,
                       const char *level, const char *text, const char *source)
{
    void *array = result->clauses;
    struct report_clause *clause = append(report, &array, result->clause_count, sizeof(*clause));
    result->clauses = array;
    if (!clause)
        return;
    result->clause_count++;
    clause->id = report_string(report, id);
    clause->level = report_string(report, level);
    clause->text = report_string(report, text);
    clause->source = report_string(report, source);
}

void report_add_unjudged(struct report *report, const char *id, const char *level, const char *text,
                         const char *source, const char *why)
{
    void *array = report->unjudged;
    struct report_clause *clause = append(report, &array, report->unjudged_count, sizeof(*clause));
    report->unjudged = array;
    if (!clause)
        return;
    report->unjudged_count++;
    clause->id = report_string(report, id);
    clause->level = report_string(report, level);
    clause->text = report_string(report, text);
    clause->source = report_string(report, source);
    clause->why = report_string(report, why);
}

struct report_frame *report_add_frame(struct report *report, struct report_result *result)
{
    void *array = result->frames;
    struct report_frame *frame = append(report, &array, result->frame_count, sizeof(*frame));
    result->frames = array;
    if (frame)
        result->frame_count++;
    return frame;
}

void report_copy_frames(struct report *report, struct report_result *to,
                        const struct report_result *from)
{
    for (size_t i = 0; i < from->frame_count; i++) {
        const struct report_frame *source = &from->frames[i];
        struct report_frame *frame = report_add_frame(report, to);
        if (!frame)
            return;
        *frame = *source;
        frame->line = report_string(report, source->line);
        frame->octets = (struct buf){0};
        buf_put(&frame->octets, buf_view(&source->octets));
        report->failed |= frame->octets.failed;
    }
    to->frames_dropped += from->frames_dropped;
}

const struct report_result *report_find(const struct report *report, const char *id)
{
    for (size_t i = 0; i < report->result_count; i++)
        if (report->results[i].id && strcmp(report->results[i].id, id) == 0)
            return &report->results[i];
    return NULL;
}

bool report_result_is_expected(const struct report_result *result)
{
    return report_verdict_is_fine(result->verdict) || result->expected_by_baseline;
}

size_t report_count(const struct report *report, enum report_verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < report->result_count; i++)
        count += report->results[i].verdict == verdict;
    return count;
}

bool report_is_success(const struct report *report)
{
    if (report->failed || report->interrupted || report->problem_count > 0)
        return false;
    for (size_t i = 0; i < report->result_count; i++)
        if (!report_result_is_expected(&report->results[i]))
            return false;
    return true;
}
