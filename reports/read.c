/* SPDX-License-Identifier: MIT
 *
 * Reading JSON reports, by jansson; see read.h. Members that are not there, or of another type, are
 * as if empty: only what makes a report a report is insisted on. */
#include "reports/read.h"

#include "reports/json.h"
#include "reports/read_matrix.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define CHUNK 65536

static char *read_string(struct report *report, const json_t *object, const char *name)
{
    return report_string(report, json_string_value(json_object_get(object, name)));
}

static int64_t read_int(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static char *read_notes(struct report *report, const json_t *array)
{
    struct buf lines = {0};
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *line = json_string_value(json_array_get(array, i));
        buf_printf(&lines, "%s\n", line ? line : "");
    }
    char *notes = lines.len ? report_string(report, buf_str(&lines)) : NULL;
    report->failed |= lines.failed;
    buf_clear(&lines);
    return notes;
}

static void read_clauses(struct report *report, struct report_result *result, const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *clause = json_array_get(array, i);
        report_add_clause(report, result, json_string_value(json_object_get(clause, "id")),
                          json_string_value(json_object_get(clause, "level")),
                          json_string_value(json_object_get(clause, "text")),
                          json_string_value(json_object_get(clause, "source")));
    }
}

static char direction_of(const json_t *entry)
{
    const char *name = json_string_value(json_object_get(entry, "direction"));
    if (!name)
        return '*';
    return strcmp(name, "sent") == 0 ? '>' : strcmp(name, "received") == 0 ? '<' : '*';
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* As far as it is hexadecimal, and not more than a report keeps. */
static void read_octets(struct buf *octets, const char *hex)
{
    for (; hex && hex[0] && octets->len < REPORT_MAX_OCTETS; hex += 2) {
        int high = nibble(hex[0]), low = nibble(hex[1]);
        if (high < 0 || low < 0)
            return;
        buf_put_u8(octets, (uint8_t)(high << 4 | low));
    }
}

static void read_entry(struct report *report, struct report_result *result, const json_t *entry)
{
    struct report_frame *frame = report_add_frame(report, result);
    if (!frame)
        return;
    frame->at_ns = read_int(entry, "at_ns");
    frame->direction = direction_of(entry);
    frame->connection = (unsigned)read_int(entry, "connection");
    frame->is_frame = json_is_integer(json_object_get(entry, "type"));
    frame->offending = json_is_true(json_object_get(entry, "offending"));
    frame->type = (uint8_t)read_int(entry, "type");
    frame->flags = (uint8_t)read_int(entry, "flags");
    frame->stream = (uint32_t)read_int(entry, "stream");
    frame->length = (size_t)read_int(entry, "length");
    frame->line = read_string(report, entry, "line");
    read_octets(&frame->octets, json_string_value(json_object_get(entry, "octets")));
    report->failed |= frame->octets.failed;
}

static void read_transcript(struct report *report, struct report_result *result,
                            const json_t *object)
{
    const json_t *entries = json_object_get(object, "transcript");
    for (size_t i = 0; i < json_array_size(entries); i++)
        read_entry(report, result, json_array_get(entries, i));
    result->frames_dropped = (size_t)read_int(object, "transcript_dropped");
}

static void read_where(struct report *report, struct report_result *result, const json_t *where)
{
    int64_t line = read_int(where, "line");
    result->file = read_string(report, where, "file");
    result->line = line > 0 && line < INT_MAX ? (int)line : 0;
}

static bool read_result(struct report *report, const json_t *object, char why[static 256])
{
    const char *id = json_string_value(json_object_get(object, "id"));
    const char *verdict = json_string_value(json_object_get(object, "verdict"));
    const char *kind = json_string_value(json_object_get(object, "kind"));
    enum report_verdict parsed;
    if (!id || !*id || !verdict || !report_verdict_parse(verdict, &parsed)) {
        snprintf(why, 256, "result %zu has no id, or no verdict that is known",
                 report->result_count + 1);
        return false;
    }
    struct report_result *result = report_add_result(report);
    if (!result)
        return true; /* report->failed says so */
    result->is_rule = kind && strcmp(kind, "rule") == 0;
    result->id = report_string(report, id);
    result->verdict = parsed;
    result->title = read_string(report, object, "title");
    result->area = read_string(report, object, "area");
    result->level = read_string(report, object, "level");
    result->expected = read_string(report, object, "expected");
    result->seen = read_string(report, object, "seen");
    result->repeat = read_string(report, object, "repeat");
    result->output = read_string(report, object, "output");
    result->notes = read_notes(report, json_object_get(object, "notes"));
    result->duration_ns = read_int(object, "duration_ns");
    result->findings = (size_t)read_int(object, "findings");
    result->expected_by_baseline = json_is_true(json_object_get(object, "expected_by_baseline"));
    result->baseline_reason = read_string(report, object, "baseline_reason");
    result->first_case = read_string(report, object, "first_case");
    read_where(report, result, json_object_get(object, "where"));
    read_clauses(report, result, json_object_get(object, "clauses"));
    read_transcript(report, result, object);
    return true;
}

static void read_run(struct report *report, json_t *run)
{
    const char *seed = json_string_value(json_object_get(run, "seed"));
    report->tool = read_string(report, run, "tool");
    report->nghttp2 = read_string(report, run, "nghttp2");
    report->target = read_string(report, run, "target");
    report->started = read_string(report, run, "started");
    report->segmentation = read_string(report, run, "segmentation");
    report->seed = seed ? strtoull(seed, NULL, 10) : 0;
    report->duration_ns = read_int(run, "duration_ns");
    report->interrupted = json_is_true(json_object_get(run, "interrupted"));
    const char *name;
    json_t *value, *facts = json_object_get(run, "facts");
    json_object_foreach(facts, name, value)
    {
        report_add_fact(report, name, json_string_value(value));
    }
    json_t *problems = json_object_get(run, "problems");
    for (size_t i = 0; i < json_array_size(problems); i++) {
        const char *problem = json_string_value(json_array_get(problems, i));
        report_add_problem(report, "%s", problem ? problem : "");
    }
}

static void read_unjudged(struct report *report, const json_t *array)
{
    static const char *const names[] = {"id", "level", "text", "source", "why"};
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *values[ARRAY_LEN(names)];
        for (size_t k = 0; k < ARRAY_LEN(names); k++)
            values[k] = json_string_value(json_object_get(json_array_get(array, i), names[k]));
        report_add_unjudged(report, values[0], values[1], values[2], values[3], values[4]);
    }
}

static bool read_root(struct report *report, const json_t *root, char why[static 256])
{
    const char *schema = json_string_value(json_object_get(root, "schema"));
    if (schema && strcmp(schema, KILL_MATRIX_SCHEMA) == 0)
        return read_kill_matrix(report, root, why);
    json_t *results = json_object_get(root, "results");
    int64_t version = read_int(root, "version");
    if (!schema || strcmp(schema, "grpcspec-report") != 0 || !json_is_array(results)) {
        snprintf(why, 256, "it is no report of grpcspec (--json writes one)");
        return false;
    }
    if (version > REPORT_JSON_VERSION) {
        snprintf(why, 256, "its version is %lld, of a later grpcspec; this one reads up to %d",
                 (long long)version, REPORT_JSON_VERSION);
        return false;
    }
    read_run(report, json_object_get(root, "run"));
    for (size_t i = 0; i < json_array_size(results); i++)
        if (!read_result(report, json_array_get(results, i), why))
            return false;
    read_unjudged(report, json_object_get(root, "unjudged"));
    if (report->failed)
        snprintf(why, 256, "out of memory");
    return !report->failed;
}

bool report_read_json(struct report *report, struct bytes text, char why[static 256])
{
    json_error_t error;
    json_t *root = json_loadb((const char *)text.data, text.len, JSON_ALLOW_NUL, &error);
    if (!root) {
        snprintf(why, 256, "it is no JSON: line %d: %.180s", error.line, error.text);
        return false;
    }
    bool ok = read_root(report, root, why);
    json_decref(root);
    return ok;
}

static bool read_whole(const char *path, struct buf *text)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    for (size_t n = 1; n > 0;) {
        uint8_t *space = buf_reserve(text, CHUNK);
        n = space ? fread(space, 1, CHUNK, file) : 0;
        text->len += n;
    }
    bool ok = !ferror(file) && !text->failed;
    fclose(file);
    return ok;
}

bool report_read_file(struct report *report, const char *path, char why[static 256])
{
    struct buf text = {0};
    char reason[256];
    bool ok = read_whole(path, &text);
    if (!ok)
        snprintf(why, 256, "cannot read %.150s: %s", path, strerror(errno));
    else if (!(ok = report_read_json(report, buf_view(&text), reason)))
        snprintf(why, 256, "cannot use %.120s: %.120s", path, reason);
    buf_clear(&text);
    return ok;
}
