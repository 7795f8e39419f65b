/* SPDX-License-Identifier: MIT
 *
 * Reading traces; see wire.h. */
#include "interop/wire.h"

#include "interop/trace_line.h"

#include <stdio.h>
#include <stdlib.h>

struct frame {
    struct trace_line line;
    bool request; /* from client to server */
};

static bool read_frame(const char *text, enum wire_view view, struct frame *frame)
{
    if (!trace_line_read(text, &frame->line))
        return false;
    frame->request = frame->line.sent == (view == SEEN_BY_CLIENT);
    return true;
}

static bool is(const struct frame *frame, const char *type)
{
    return strcmp(frame->line.type, type) == 0;
}

static bool has_flag(const struct frame *frame, const char *flag)
{
    return trace_line_has_flag(&frame->line, flag);
}

static bool is_of(const struct wire_call *call, const struct frame *frame)
{
    return call->connection == frame->line.connection && call->stream == frame->line.stream;
}

static struct wire_call *find_call(struct wire *wire, const struct frame *frame)
{
    for (size_t i = wire->count; i-- > 0;)
        if (is_of(&wire->calls[i], frame))
            return &wire->calls[i];
    return NULL;
}

/* The call was just added. */
static void count_connection(struct wire *wire, unsigned connection)
{
    unsigned calls = 0, at_once = 0;
    for (size_t i = 0; i < wire->count; i++) {
        bool same = wire->calls[i].connection == connection;
        calls += same;
        at_once += same && !wire->calls[i].over;
    }
    wire->connections += calls == 1;
    if (at_once > wire->most_at_once)
        wire->most_at_once = at_once;
}

static void begin_call(struct wire *wire, const struct frame *frame)
{
    struct wire_call *calls = realloc(wire->calls, (wire->count + 1) * sizeof(*calls));
    struct buf path = {0};
    if (!calls) {
        wire->failed = true;
        return;
    }
    wire->calls = calls;
    struct wire_call *call = &calls[wire->count++];
    *call = (struct wire_call){.connection = frame->line.connection, .stream = frame->line.stream};
    buf_put_str(&call->request, frame->line.payload);
    wire_find_field(&call->request, ":path", &path);
    snprintf(call->path, sizeof(call->path), "%s", buf_str(&path));
    buf_clear(&path);
    count_connection(wire, frame->line.connection);
}

static void take_headers(struct wire *wire, const struct frame *frame)
{
    struct wire_call *call = find_call(wire, frame);
    if (!call && frame->request)
        begin_call(wire, frame);
    else if (call && !frame->request && strstr(frame->line.payload, " grpc-status="))
        buf_put_str(&call->trailers, frame->line.payload);
    else if (call && !frame->request)
        buf_put_str(&call->response, frame->line.payload);
    if (call && !frame->request)
        call->over |= has_flag(frame, " END_STREAM");
}

static void take_data(struct wire *wire, const struct frame *frame)
{
    struct wire_call *call = find_call(wire, frame);
    size_t octets = strtoul(frame->line.payload, NULL, 10);
    if (!call)
        return;
    if (!frame->request) {
        call->over |= has_flag(frame, " END_STREAM");
        call->padded |= has_flag(frame, " PADDED");
    }
    if (octets == 0)
        return;
    *(frame->request ? &call->request_octets : &call->response_octets) += octets;
    call->turns += call->answering == frame->request;
    call->answering = !frame->request;
}

static void take_reset(struct wire *wire, const struct frame *frame)
{
    struct wire_call *call = find_call(wire, frame);
    if (!call)
        return;
    call->over = true;
    if (frame->request)
        call->cancelled |= strstr(frame->line.payload, "CANCEL") != NULL;
    else
        call->was_reset |= strstr(frame->line.payload, "NO_ERROR") != NULL;
}

static void take_frame(struct wire *wire, const struct frame *frame)
{
    bool ack = has_flag(frame, " ACK");
    wire->frames++;
    if (is(frame, "HEADERS"))
        take_headers(wire, frame);
    else if (is(frame, "DATA"))
        take_data(wire, frame);
    else if (is(frame, "RST_STREAM"))
        take_reset(wire, frame);
    else if (is(frame, "GOAWAY"))
        wire->goes_away |= !frame->request;
    else if (is(frame, "PING") && !frame->request)
        wire->pings += !ack;
    else if (is(frame, "PING"))
        wire->replies += ack;
}

void wire_read(struct wire *wire, struct bytes trace, enum wire_view view)
{
    struct buf line = {0};
    wire->view = view;
    while (trace.len > 0) {
        struct bytes octets = bytes_first(trace, bytes_find(trace, '\n'));
        struct frame frame;
        buf_reset(&line);
        buf_put(&line, octets);
        if (read_frame(buf_str(&line), view, &frame))
            take_frame(wire, &frame);
        trace = bytes_skip(trace, octets.len + 1);
    }
    wire->failed |= line.failed;
    buf_clear(&line);
}

void wire_clear(struct wire *wire)
{
    for (size_t i = 0; i < wire->count; i++) {
        buf_clear(&wire->calls[i].request);
        buf_clear(&wire->calls[i].response);
        buf_clear(&wire->calls[i].trailers);
    }
    free(wire->calls);
    *wire = (struct wire){0};
}

/* ---- fields ---- */

static const char FIELD_NAME[] = ":abcdefghijklmnopqrstuvwxyz0123456789-_.";

/* Values may have spaces: one ends where " name=" follows. */
static size_t value_len(const char *value)
{
    const char *at = value;
    while ((at = strchr(at, ' '))) {
        size_t name = strspn(at + 1, FIELD_NAME);
        if (name > 0 && at[1 + name] == '=')
            return (size_t)(at - value);
        at++;
    }
    return strlen(value);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put_decoded(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int high = i + 2 < len && text[i] == '%' ? hex_digit(text[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low < 0) {
            buf_put_u8(out, (uint8_t)text[i]);
            continue;
        }
        buf_put_u8(out, (uint8_t)(high << 4 | low));
        i += 2;
    }
}

bool wire_find_field(struct buf *fields, const char *name, struct buf *value)
{
    struct buf wanted = {0};
    buf_printf(&wanted, " %s=", name);
    const char *at = strstr(buf_str(fields), buf_str(&wanted));
    if (at) {
        at += wanted.len;
        put_decoded(value, at, value_len(at));
    }
    buf_clear(&wanted);
    return at != NULL;
}
