/* SPDX-License-Identifier: MIT
 *
 * The JSON rendering, by jansson; see json.h and schema.md. Members without a value are left out.
 */
#include "reports/json.h"

#include "reports/text.h"

#include <jansson.h>
#include <stdlib.h>

/* jansson's *_new functions take NULL as a failed value and report it: one check at the end, in
 * `ok`. */
struct writer {
    bool ok;
    size_t most_entries; /* of a fine result's transcript; 0: all */
};

static void put(struct writer *writer, json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        writer->ok = false;
}

static json_t *string_of(struct writer *writer, const char *s)
{
    struct buf text = {0};
    text_put_utf8(&text, s);
    json_t *string = text.failed ? NULL : json_stringn(buf_str(&text), text.len);
    buf_clear(&text);
    if (!string)
        writer->ok = false;
    return string;
}

static void put_string(struct writer *writer, json_t *object, const char *name, const char *s)
{
    if (s && *s)
        put(writer, object, name, string_of(writer, s));
}

static void put_int(struct writer *writer, json_t *object, const char *name, int64_t value)
{
    put(writer, object, name, json_integer(value));
}

static void append(struct writer *writer, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        writer->ok = false;
}

static void put_octets(struct writer *writer, json_t *object, const struct report_frame *frame)
{
    struct buf hex = {0};
    text_put_hex(&hex, buf_view(&frame->octets));
    put_string(writer, object, "octets", buf_str(&hex));
    writer->ok &= !hex.failed;
    buf_clear(&hex);
}

static json_t *frame_of(struct writer *writer, const struct report_frame *frame)
{
    json_t *object = json_object();
    const char *direction = frame->direction == '>'   ? "sent"
                            : frame->direction == '<' ? "received"
                                                      : "remark";
    put_int(writer, object, "at_ns", frame->at_ns);
    put_string(writer, object, "direction", direction);
    put_int(writer, object, "connection", frame->connection);
    if (frame->is_frame) {
        put_int(writer, object, "type", frame->type);
        put_int(writer, object, "flags", frame->flags);
        put_int(writer, object, "stream", frame->stream);
    }
    if (frame->direction != '*')
        put_int(writer, object, "length", (int64_t)frame->length);
    put_string(writer, object, "line", frame->line);
    put_octets(writer, object, frame);
    if (frame->offending)
        put(writer, object, "offending", json_true());
    return object;
}

static size_t entries_told(const struct writer *writer, const struct report_result *result)
{
    size_t most = writer->most_entries;
    bool cut = most > 0 && most < result->frame_count && report_verdict_is_fine(result->verdict);
    return cut ? most : result->frame_count;
}

static void put_transcript(struct writer *writer, json_t *object,
                           const struct report_result *result)
{
    size_t told = entries_told(writer, result);
    size_t dropped = result->frames_dropped + result->frame_count - told;
    json_t *array = json_array();
    for (size_t i = 0; i < told; i++)
        append(writer, array, frame_of(writer, &result->frames[i]));
    put(writer, object, "transcript", array);
    if (dropped > 0)
        put_int(writer, object, "transcript_dropped", (int64_t)dropped);
}

static json_t *clauses_of(struct writer *writer, const struct report_clause *clauses, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct report_clause *clause = &clauses[i];
        json_t *object = json_object();
        put_string(writer, object, "id", clause->id);
        put_string(writer, object, "level", clause->level);
        put_string(writer, object, "text", clause->text);
        put_string(writer, object, "source", clause->source);
        put_string(writer, object, "why", clause->why);
        append(writer, array, object);
    }
    return array;
}

/* The remarks, one each. */
static json_t *notes_of(struct writer *writer, const char *notes)
{
    json_t *array = json_array();
    struct buf text = {0};
    text_put_utf8(&text, notes);
    struct bytes rest = buf_view(&text);
    while (rest.len > 0) {
        struct bytes line = bytes_first(rest, bytes_find(rest, '\n'));
        if (line.len > 0)
            append(writer, array, json_stringn((const char *)line.data, line.len));
        rest = bytes_skip(rest, line.len + 1);
    }
    writer->ok &= !text.failed;
    buf_clear(&text);
    return array;
}

static void put_source(struct writer *writer, json_t *object, const struct report_result *result)
{
    if (!result->file || !*result->file)
        return;
    json_t *where = json_object();
    put_string(writer, where, "file", result->file);
    put_int(writer, where, "line", result->line);
    put(writer, object, "where", where);
}

static void put_baseline(struct writer *writer, json_t *object, const struct report_result *result)
{
    if (!result->expected_by_baseline)
        return;
    put(writer, object, "expected_by_baseline", json_true());
    put_string(writer, object, "baseline_reason", result->baseline_reason);
}

static json_t *result_of(struct writer *writer, const struct report_result *result)
{
    json_t *object = json_object();
    put_string(writer, object, "id", result->id);
    put_string(writer, object, "kind", result->is_rule ? "rule" : "case");
    put_string(writer, object, "title", result->title);
    put_string(writer, object, "area", result->area);
    put_string(writer, object, "level", result->level);
    put(writer, object, "clauses", clauses_of(writer, result->clauses, result->clause_count));
    put_string(writer, object, "verdict", report_verdict_name(result->verdict));
    put_baseline(writer, object, result);
    put_source(writer, object, result);
    put_string(writer, object, "expected", result->expected);
    put_string(writer, object, "seen", result->seen);
    put(writer, object, "notes", notes_of(writer, result->notes));
    put_int(writer, object, "duration_ns", result->duration_ns);
    if (result->findings > 0)
        put_int(writer, object, "findings", (int64_t)result->findings);
    put_string(writer, object, "first_case", result->first_case);
    put_string(writer, object, "repeat", result->repeat);
    put_string(writer, object, "output", result->output);
    put_transcript(writer, object, result);
    return object;
}

static json_t *results_of(struct writer *writer, const struct report *report)
{
    json_t *array = json_array();
    for (size_t i = 0; i < report->result_count; i++)
        append(writer, array, result_of(writer, &report->results[i]));
    return array;
}

static json_t *counts_of(struct writer *writer, const struct report *report)
{
    json_t *object = json_object();
    for (int i = 0; i < REPORT_VERDICT_COUNT; i++) {
        enum report_verdict verdict = (enum report_verdict)i;
        put_int(writer, object, report_verdict_name(verdict),
                (int64_t)report_count(report, verdict));
    }
    return object;
}

static json_t *facts_of(struct writer *writer, const struct report *report)
{
    json_t *object = json_object();
    for (size_t i = 0; i < report->fact_count; i++)
        put_string(writer, object, report->facts[i].name, report->facts[i].value);
    return object;
}

static json_t *problems_of(struct writer *writer, const struct report *report)
{
    json_t *array = json_array();
    for (size_t i = 0; i < report->problem_count; i++)
        append(writer, array, string_of(writer, report->problems[i]));
    return array;
}

static json_t *run_of(struct writer *writer, const struct report *report)
{
    json_t *object = json_object();
    put_string(writer, object, "tool", report->tool);
    put_string(writer, object, "nghttp2", report->nghttp2);
    put_string(writer, object, "target", report->target);
    put_string(writer, object, "started", report->started);
    put_int(writer, object, "duration_ns", report->duration_ns);
    /* a string, because a number of 64 bits does not survive every reader */
    char seed[24];
    snprintf(seed, sizeof(seed), "%llu", (unsigned long long)report->seed);
    put_string(writer, object, "seed", seed);
    put_string(writer, object, "segmentation", report->segmentation);
    put(writer, object, "interrupted", json_boolean(report->interrupted));
    put(writer, object, "success", json_boolean(report_is_success(report)));
    put(writer, object, "facts", facts_of(writer, report));
    put(writer, object, "problems", problems_of(writer, report));
    put(writer, object, "counts", counts_of(writer, report));
    return object;
}

static bool put_json(const struct report *report, size_t how, size_t most_entries, struct buf *out)
{
    struct writer writer = {.ok = true, .most_entries = most_entries};
    json_t *root = json_object();
    put_string(&writer, root, "schema", "grpcspec-report");
    put_int(&writer, root, "version", REPORT_JSON_VERSION);
    put(&writer, root, "run", run_of(&writer, report));
    put(&writer, root, "results", results_of(&writer, report));
    put(&writer, root, "unjudged", clauses_of(&writer, report->unjudged, report->unjudged_count));

    char *text = writer.ok ? json_dumps(root, how) : NULL;
    json_decref(root);
    if (!text)
        return false;
    buf_put_str(out, text);
    buf_put_u8(out, '\n');
    free(text);
    return !out->failed;
}

bool report_put_json(const struct report *report, struct buf *out)
{
    return put_json(report, JSON_INDENT(1), 0, out);
}

bool report_put_compact_json(const struct report *report, size_t most_entries, struct buf *out)
{
    return put_json(report, JSON_COMPACT, most_entries, out);
}
