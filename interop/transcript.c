/* SPDX-License-Identifier: MIT
 *
 * Transcripts; see transcript.h. */
#include "interop/transcript.h"

#include "base/clock.h"
#include "interop/trace_line.h"

#include <stdio.h>
#include <stdlib.h>

#define MOST_FRAMES 200

/* RFC 9113 section 6; in the order of their numbers. */
static const char *const types[] = {"DATA",          "HEADERS",      "PRIORITY", "RST_STREAM",
                                    "SETTINGS",      "PUSH_PROMISE", "PING",     "GOAWAY",
                                    "WINDOW_UPDATE", "CONTINUATION"};

static const struct {
    const char *name;
    uint8_t flag;
} flags[] = {{" ACK", 0x1},
             {" END_STREAM", 0x1},
             {" END_HEADERS", 0x4},
             {" PADDED", 0x8},
             {" PRIORITY", 0x20}};

static uint8_t type_of(const struct trace_line *line)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (strcmp(line->type, types[i]) == 0)
            return (uint8_t)i;
    return (uint8_t)strtoul(line->type, NULL, 16); /* "0x42" */
}

static uint8_t flags_of(const struct trace_line *line)
{
    uint8_t set = 0;
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        if (trace_line_has_flag(line, flags[i].name))
            set |= flags[i].flag;
    return set;
}

static void put_remark(struct report *report, struct report_result *result, bool by_client,
                       const char *name)
{
    char text[200];
    struct report_frame *frame = report_add_frame(report, result);
    if (!frame)
        return;
    snprintf(text, sizeof(text), "as the %s %.60s saw it: > is from the client, < from the server",
             by_client ? "client" : "server", name);
    frame->direction = '*';
    frame->connection = 1;
    frame->line = report_string(report, text);
}

static void put_frame(struct report *report, struct report_result *result,
                      const struct trace_line *line, bool by_client)
{
    struct report_frame *frame = report_add_frame(report, result);
    struct buf text = {0};
    if (!frame)
        return;
    frame->at_ns = line->at_ns;
    frame->direction = line->sent == by_client ? '>' : '<';
    frame->connection = line->connection;
    frame->is_frame = true;
    frame->type = type_of(line);
    frame->flags = flags_of(line);
    frame->stream = (uint32_t)line->stream;
    frame->length = frame->type == 0 ? strtoul(line->payload, NULL, 10) : 0;
    buf_printf(&text, "%5.1f ms ", (double)line->at_ns / (double)NS_PER_MS);
    if (line->connection > 1)
        buf_printf(&text, "[%u]", line->connection);
    buf_printf(&text, " %c %s", frame->direction, line->said);
    frame->line = report_string(report, buf_str(&text));
    report->failed |= text.failed;
    buf_clear(&text);
}

void transcript_put(struct report *report, struct report_result *result, struct bytes trace,
                    bool by_client, const char *name)
{
    struct buf text = {0};
    put_remark(report, result, by_client, name);
    while (trace.len > 0) {
        struct bytes octets = bytes_first(trace, bytes_find(trace, '\n'));
        struct trace_line line;
        buf_reset(&text);
        buf_put(&text, octets);
        trace = bytes_skip(trace, octets.len + 1);
        if (!trace_line_read(buf_str(&text), &line))
            continue;
        if (result->frame_count > MOST_FRAMES)
            result->frames_dropped++;
        else
            put_frame(report, result, &line, by_client);
    }
    report->failed |= text.failed;
    buf_clear(&text);
}
