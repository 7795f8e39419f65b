/* SPDX-License-Identifier: MIT
 *
 * Reading traces; see wire.h. A line is
 *
 *     12.345 < HEADERS stream 1 END_HEADERS  :method=POST :path=/x.Y/Z te=trailers */
#include "interop/wire.h"

#include <stdio.h>
#include <stdlib.h>

struct frame {
    bool sent;     /* by the program whose trace it is */
    bool request;  /* from client to server */
    char type[16]; /* "HEADERS" */
    int stream;
    const char *flags;   /* until payload */
    const char *payload; /* behind two spaces; "" when there is none */
};

/* Reads one line; false when it is no frame. */
static bool read_frame(const char *line, enum wire_view view, struct frame *frame)
{
    long long ms = 0, us = 0;
    char direction = 0;
    int used = 0;
    if (sscanf(line, " %lld.%3lld %c %15s stream %d%n", &ms, &us, &direction, frame->type,
               &frame->stream, &used) != 5 ||
        (direction != '<' && direction != '>'))
        return false;
    frame->sent = direction == '>';
    frame->request = frame->sent == (view == SEEN_BY_CLIENT);
    frame->flags = line + used;
    const char *payload = strstr(frame->flags, "  ");
    frame->payload = payload ? payload : "";
    return true;
}

static bool is(const struct frame *frame, const char *type)
{
    return strcmp(frame->type, type) == 0;
}

static bool has_flag(const struct frame *frame, const char *flag)
{
    const char *at = strstr(frame->flags, flag);
    return at && (!*frame->payload || at < frame->payload);
}

static struct wire_call *find_call(struct wire *wire, int stream)
{
    for (size_t i = wire->count; i-- > 0;)
        if (wire->calls[i].stream == stream)
            return &wire->calls[i];
    return NULL;
}

/* The trace does not say which connection a frame is of: a new one ends what was open before. It begins with the
 * program's own SETTINGS; or, when the peer's first frames came in one read before those were written (over TLS they
 * often do), with a call on a stream that cannot be new otherwise. */
static void begin_connection(struct wire *wire)
{
    wire->connections++;
    wire->highest = 0;
    for (size_t i = 0; i < wire->count; i++)
        wire->calls[i].stream = 0;
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
    *call = (struct wire_call){.stream = frame->stream};
    buf_put_str(&call->request, frame->payload);
    wire_find_field(&call->request, ":path", &path);
    snprintf(call->path, sizeof(call->path), "%s", buf_str(&path));
    buf_clear(&path);
}

static void take_headers(struct wire *wire, const struct frame *frame)
{
    struct wire_call *call = find_call(wire, frame->stream);
    bool opens = frame->request && (!call || strstr(frame->payload, " :path="));
    if (opens && (wire->connections == 0 || frame->stream <= wire->highest)) {
        begin_connection(wire);
        wire->preface_owed = true;
    }
    if (opens) {
        begin_call(wire, frame);
        wire->highest = frame->stream;
    } else if (call && !frame->request && strstr(frame->payload, " grpc-status="))
        buf_put_str(&call->trailers, frame->payload);
    else if (call && !frame->request)
        buf_put_str(&call->response, frame->payload);
}

static void take_data(struct wire *wire, const struct frame *frame)
{
    struct wire_call *call = find_call(wire, frame->stream);
    size_t octets = strtoul(frame->payload, NULL, 10);
    if (!call || octets == 0)
        return;
    *(frame->request ? &call->request_octets : &call->response_octets) += octets;
    call->turns += call->answering == frame->request;
    call->answering = !frame->request;
}

static void take_frame(struct wire *wire, const struct frame *frame)
{
    wire->frames++;
    bool own_preface = is(frame, "SETTINGS") && frame->sent && !has_flag(frame, " ACK");
    if (own_preface && !wire->preface_owed)
        begin_connection(wire);
    else if (own_preface)
        wire->preface_owed = false;
    else if (is(frame, "HEADERS"))
        take_headers(wire, frame);
    else if (is(frame, "DATA"))
        take_data(wire, frame);
    else if (is(frame, "RST_STREAM") && frame->request && strstr(frame->payload, "CANCEL")) {
        struct wire_call *call = find_call(wire, frame->stream);
        if (call)
            call->cancelled = true;
    }
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
