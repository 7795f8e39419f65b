/* SPDX-License-Identifier: MIT
 *
 * The lines of trace.h. Names are those of RFC 9113. */
#include "h2/trace.h"

#include "h2/frame.h"

#include <ctype.h>
#include <stdatomic.h>
#include <stdio.h>

#define VALUE_MAX 80 /* octets of a field value that are shown */

static const char *const TYPES[] = {"DATA",          "HEADERS",      "PRIORITY", "RST_STREAM",
                                    "SETTINGS",      "PUSH_PROMISE", "PING",     "GOAWAY",
                                    "WINDOW_UPDATE", "CONTINUATION"};

static const char *const ERRORS[] = {"NO_ERROR",
                                     "PROTOCOL_ERROR",
                                     "INTERNAL_ERROR",
                                     "FLOW_CONTROL_ERROR",
                                     "SETTINGS_TIMEOUT",
                                     "STREAM_CLOSED",
                                     "FRAME_SIZE_ERROR",
                                     "REFUSED_STREAM",
                                     "CANCEL",
                                     "COMPRESSION_ERROR",
                                     "CONNECT_ERROR",
                                     "ENHANCE_YOUR_CALM",
                                     "INADEQUATE_SECURITY",
                                     "HTTP_1_1_REQUIRED"};

static const char *const SETTING_NAMES[] = {"?",
                                            "HEADER_TABLE_SIZE",
                                            "ENABLE_PUSH",
                                            "MAX_CONCURRENT_STREAMS",
                                            "INITIAL_WINDOW_SIZE",
                                            "MAX_FRAME_SIZE",
                                            "MAX_HEADER_LIST_SIZE"};

static void to_stderr(void *user, const char *line)
{
    (void)user;
    fputs(line, stderr);
}

void trace_init(struct trace *trace, gr_time start, void (*line)(void *user, const char *line),
                void *user)
{
    *trace = (struct trace){start, start, line ? line : to_stderr, user, 0};
}

/* Connections of several threads write to the same stderr: only what is the program's can tell them apart. */
static unsigned next_number(void)
{
    static atomic_uint connections;

    return atomic_fetch_add(&connections, 1) + 1;
}

static void put_time(struct buf *out, const struct trace *trace)
{
    gr_time since = trace->now - trace->start;

    buf_printf(out, "%7lld.%03lld ", (long long)(since / NS_PER_MS),
               (long long)(since / NS_PER_US % 1000));
    if (trace->connection > 1)
        buf_printf(out, "[%u] ", trace->connection);
}

static void put_flags(struct buf *out, const struct trace_frame *frame)
{
    bool ack = frame->type == SETTINGS || frame->type == PING;

    if (frame->flags & FLAG_END_STREAM && (ack || frame->type == DATA || frame->type == HEADERS))
        buf_put_str(out, ack ? " ACK" : " END_STREAM");
    if (frame->flags & FLAG_END_HEADERS && (frame->type == HEADERS || frame->type == CONTINUATION))
        buf_put_str(out, " END_HEADERS");
    if (frame->flags & FLAG_PADDED && (frame->type == HEADERS || frame->type == DATA))
        buf_put_str(out, " PADDED");
    if (frame->flags & FLAG_PRIORITY && frame->type == HEADERS)
        buf_put_str(out, " PRIORITY");
}

/* Printable as it is, the rest as \xNN. */
static void put_text(struct buf *out, struct bytes text)
{
    struct bytes shown = bytes_first(text, VALUE_MAX);

    for (size_t i = 0; i < shown.len; i++) {
        if (isprint(shown.data[i]))
            buf_put_u8(out, shown.data[i]);
        else
            buf_printf(out, "\\x%02x", shown.data[i]);
    }
    if (shown.len < text.len)
        buf_printf(out, "...(%zu octets)", text.len);
}

static void put_fields(struct buf *out, const struct trace_frame *frame)
{
    for (size_t i = 0; i < frame->field_count; i++) {
        buf_put_str(out, i ? " " : "  ");
        put_text(out, frame->fields[i].name);
        buf_put_str(out, "=");
        put_text(out, frame->fields[i].value);
    }
}

static void put_settings(struct buf *out, const struct trace_frame *frame)
{
    for (size_t i = 0; i < frame->setting_count; i++) {
        const struct trace_setting *setting = &frame->settings[i];
        buf_put_str(out, i ? " " : "  ");
        if (setting->id < ARRAY_LEN(SETTING_NAMES))
            buf_printf(out, "%s=%u", SETTING_NAMES[setting->id], setting->value);
        else
            buf_printf(out, "0x%x=%u", setting->id, setting->value);
    }
}

static void put_code(struct buf *out, uint32_t code)
{
    if (code < ARRAY_LEN(ERRORS))
        buf_printf(out, "  %s", ERRORS[code]);
    else
        buf_printf(out, "  0x%x", code);
}

static void put_payload(struct buf *out, const struct trace_frame *frame)
{
    switch (frame->type) {
    case DATA:
        buf_printf(out, "  %zu octets", frame->len);
        break;
    case HEADERS:
        put_fields(out, frame);
        break;
    case SETTINGS:
        put_settings(out, frame);
        break;
    case RST_STREAM:
        put_code(out, frame->code);
        break;
    case GOAWAY:
        buf_printf(out, " last stream %d", frame->last);
        put_code(out, frame->code);
        buf_put_str(out, frame->debug.len ? " " : "");
        put_text(out, frame->debug);
        break;
    case WINDOW_UPDATE:
        buf_printf(out, "  +%u", frame->code);
        break;
    default:
        break;
    }
}

void trace_frame(struct trace *trace, const struct trace_frame *frame)
{
    struct buf out = {0};

    if (trace->connection == 0)
        trace->connection = next_number();
    put_time(&out, trace);
    buf_put_str(&out, frame->sent ? "> " : "< ");
    if (frame->type < ARRAY_LEN(TYPES))
        buf_put_str(&out, TYPES[frame->type]);
    else
        buf_printf(&out, "0x%02x", frame->type);
    buf_printf(&out, " stream %d", frame->stream);
    put_flags(&out, frame);
    put_payload(&out, frame);
    buf_put_str(&out, "\n");
    trace->line(trace->user, buf_str(&out));
    buf_clear(&out);
}
