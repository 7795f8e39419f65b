/* SPDX-License-Identifier: MIT
 *
 * The connection; see conn.h. Lines are those of `grpcref-server --trace`. */
#include "conn.h"

#include "wire/transcript.h"

#include <stdio.h>

#define SHOWN      80 /* octets of a field value */
#define OUR_WINDOW (1 << 20)

bool conn_init(struct conn *conn, struct transport *transport, unsigned number, bool traced)
{
    *conn = (struct conn){.transport = transport,
                          .number = number,
                          .traced = traced,
                          .began = clock_now_ns(),
                          .decoder = hpack_decoder_new(4096),
                          .encoder = hpack_encoder_new(4096),
                          .window = DEFAULT_WINDOW,
                          .initial_window = DEFAULT_WINDOW};
    return conn->decoder && conn->encoder;
}

void conn_clear(struct conn *conn)
{
    for (size_t i = 0; i < conn->call_count; i++) {
        buf_clear(&conn->calls[i].request);
        buf_clear(&conn->calls[i].response);
    }
    buf_clear(&conn->in);
    buf_clear(&conn->out);
    hpack_decoder_free(conn->decoder);
    hpack_encoder_free(conn->encoder);
    transport_free(conn->transport);
}

/* ---- lines ---- */

static void put_flags(struct buf *line, uint8_t type, uint8_t flags)
{
    bool ack = type == FRAME_SETTINGS || type == FRAME_PING;
    bool ends = type == FRAME_DATA || type == FRAME_HEADERS;
    if (flags & FLAG_ACK && (ack || ends))
        buf_put_str(line, ack ? " ACK" : " END_STREAM");
    if (flags & FLAG_END_HEADERS && type == FRAME_HEADERS)
        buf_put_str(line, " END_HEADERS");
    if (flags & FLAG_PADDED && ends)
        buf_put_str(line, " PADDED");
    if (flags & FLAG_PRIORITY && type == FRAME_HEADERS)
        buf_put_str(line, " PRIORITY");
}

static uint32_t number_at(struct bytes payload, size_t at)
{
    uint32_t number = 0;
    for (size_t i = at; i < at + 4; i++)
        number = number << 8 | (i < payload.len ? payload.data[i] : 0u);
    return number;
}

static void put_settings(struct buf *line, struct bytes payload)
{
    for (size_t at = 0; at + 6 <= payload.len; at += 6) {
        char scratch[16];
        uint16_t id = (uint16_t)(payload.data[at] << 8 | payload.data[at + 1]);
        buf_printf(line, "%s%s=%u", at ? " " : "  ", setting_name(id, scratch),
                   number_at(payload, at + 2));
    }
}

static void put_payload(struct buf *line, uint8_t type, struct bytes payload)
{
    char scratch[16];
    if (type == FRAME_DATA)
        buf_printf(line, "  %zu octets", payload.len);
    else if (type == FRAME_RST_STREAM)
        buf_printf(line, "  %s", h2_error_name(number_at(payload, 0), scratch));
    else if (type == FRAME_WINDOW_UPDATE)
        buf_printf(line, "  +%u", number_at(payload, 0));
    else if (type == FRAME_GOAWAY)
        buf_printf(line, " last stream %u  %s", number_at(payload, 0),
                   h2_error_name(number_at(payload, 4), scratch));
    else if (type == FRAME_SETTINGS)
        put_settings(line, payload);
}

static void put_head(const struct conn *conn, struct buf *line, char direction, uint8_t type,
                     uint8_t flags, uint32_t stream)
{
    gr_time since = clock_now_ns() - conn->began;
    char scratch[16];
    buf_printf(line, "%7lld.%03lld ", (long long)(since / NS_PER_MS),
               (long long)(since / NS_PER_US % 1000));
    if (conn->number > 1)
        buf_printf(line, "[%u] ", conn->number);
    buf_printf(line, "%c %s stream %u", direction, frame_type_name(type, scratch), stream);
    put_flags(line, type, flags);
}

static void print(const struct conn *conn, struct buf *line)
{
    buf_put_u8(line, '\n');
    if (conn->traced)
        fputs(buf_str(line), stderr);
    buf_clear(line);
}

static void trace(const struct conn *conn, char direction, uint8_t type, uint8_t flags,
                  uint32_t stream, struct bytes payload)
{
    struct buf line = {0};
    put_head(conn, &line, direction, type, flags, stream);
    put_payload(&line, type, payload);
    print(conn, &line);
}

static void trace_headers(const struct conn *conn, char direction, uint8_t flags, uint32_t stream,
                          const struct field *fields, size_t count)
{
    struct buf line = {0};
    put_head(conn, &line, direction, FRAME_HEADERS, flags, stream);
    for (size_t i = 0; i < count; i++) {
        buf_put_str(&line, i ? " " : "  ");
        put_escaped(&line, fields[i].name, SHOWN);
        buf_put_u8(&line, '=');
        put_escaped(&line, fields[i].value, SHOWN);
    }
    print(conn, &line);
}

/* ---- sending ---- */

static void put(struct conn *conn, uint8_t type, uint8_t flags, uint32_t stream,
                struct bytes payload)
{
    frame_put(&conn->out,
              &(struct frame){.type = type, .flags = flags, .stream = stream, .payload = payload});
}

void conn_send(struct conn *conn, uint8_t type, uint8_t flags, uint32_t stream,
               struct bytes payload)
{
    trace(conn, '>', type, flags, stream, payload);
    put(conn, type, flags, stream, payload);
}

void conn_send_settings(struct conn *conn, const struct setting *settings, size_t count)
{
    struct buf payload = {0};
    settings_put(&payload, settings, count);
    conn_send(conn, FRAME_SETTINGS, FLAG_NONE, 0, buf_view(&payload));
    buf_clear(&payload);
}

void conn_send_headers(struct conn *conn, uint32_t stream, uint8_t flags,
                       const struct field *fields, size_t count)
{
    struct buf block = {0};
    hpack_encode(conn->encoder, fields, count, &block);
    trace_headers(conn, '>', flags | FLAG_END_HEADERS, stream, fields, count);
    put(conn, FRAME_HEADERS, flags | FLAG_END_HEADERS, stream, buf_view(&block));
    buf_clear(&block);
}

void conn_send_code(struct conn *conn, uint8_t type, uint32_t stream, uint32_t number)
{
    struct buf payload = {0};
    buf_put_u32(&payload, number);
    conn_send(conn, type, FLAG_NONE, stream, buf_view(&payload));
    buf_clear(&payload);
}

void conn_send_goaway(struct conn *conn, uint32_t last_stream, enum h2_error code)
{
    struct buf payload = {0};
    buf_put_u32(&payload, last_stream);
    buf_put_u32(&payload, (uint32_t)code);
    conn_send(conn, FRAME_GOAWAY, FLAG_NONE, 0, buf_view(&payload));
    buf_clear(&payload);
}

void conn_send_ping(struct conn *conn)
{
    conn->pings++;
    conn_send(conn, FRAME_PING, FLAG_NONE, 0, BYTES("negative"));
}

/* RFC 9113 section 6.1: the length of the padding, the data, the padding. */
static size_t put_padded(struct conn *conn, uint32_t stream, struct bytes data, uint8_t padding)
{
    static const uint8_t zeros[255];
    struct buf payload = {0};
    buf_put_u8(&payload, padding);
    buf_put(&payload, data);
    buf_put(&payload, (struct bytes){zeros, padding});
    size_t len = payload.len;
    put(conn, FRAME_DATA, FLAG_PADDED, stream, buf_view(&payload));
    buf_clear(&payload);
    return len;
}

static void trace_run(struct conn *conn, uint32_t stream, size_t frames, size_t octets)
{
    struct buf line = {0};
    put_head(conn, &line, '>', FRAME_DATA, FLAG_PADDED, stream);
    buf_printf(&line, "  %zu octets in %zu frames", octets, frames);
    print(conn, &line);
}

bool conn_send_response(struct conn *conn, struct call *call, size_t end, size_t chunk,
                        uint8_t padding)
{
    size_t frames = 0, octets = 0;
    int64_t around = padding ? padding + 1 : 0;
    while (call->sent < end) {
        int64_t room = (conn->window < call->window ? conn->window : call->window) - around;
        size_t len = end - call->sent < chunk ? end - call->sent : chunk;
        if (room <= 0)
            break;
        len = (int64_t)len < room ? len : (size_t)room;
        struct bytes data = bytes_first(bytes_skip(buf_view(&call->response), call->sent), len);
        if (padding)
            octets += put_padded(conn, call->stream, data, padding);
        else
            conn_send(conn, FRAME_DATA, FLAG_NONE, call->stream, data);
        frames++;
        call->sent += len;
        call->window -= (int64_t)len + around;
        conn->window -= (int64_t)len + around;
    }
    if (padding && frames > 0)
        trace_run(conn, call->stream, frames, octets);
    return call->sent == end;
}

/* ---- receiving ---- */

static struct call *find_call(struct conn *conn, uint32_t stream)
{
    for (size_t i = 0; i < conn->call_count; i++)
        if (conn->calls[i].stream == stream)
            return &conn->calls[i];
    return NULL;
}

static void take_headers(struct conn *conn, const struct frame *frame)
{
    struct header_list list = {0};
    struct bytes block;
    bool ok = frame_inner(frame, &block, NULL) && frame->flags & FLAG_END_HEADERS &&
              conn->call_count < MAX_CALLS && hpack_decode(conn->decoder, block, &list).ok;
    trace_headers(conn, '<', frame->flags, frame->stream, list.fields, list.count);
    header_list_clear(&list);
    conn->failed |= !ok; /* no client sends so many fields that CONTINUATION is needed */
    if (!ok || find_call(conn, frame->stream))
        return;
    conn->calls[conn->call_count++] = (struct call){.stream = frame->stream,
                                                    .window = conn->initial_window,
                                                    .whole = frame->flags & FLAG_END_STREAM};
}

static void take_data(struct conn *conn, const struct frame *frame)
{
    struct call *call = find_call(conn, frame->stream);
    struct bytes data;
    if (frame->payload.len > 0)
        conn_send_code(conn, FRAME_WINDOW_UPDATE, 0, (uint32_t)frame->payload.len);
    if (!call || !frame_inner(frame, &data, NULL))
        return;
    buf_put(&call->request, data);
    call->whole |= (frame->flags & FLAG_END_STREAM) != 0;
}

static void take_settings(struct conn *conn, struct bytes payload)
{
    for (size_t at = 0; at + 6 <= payload.len; at += 6) {
        int64_t value = number_at(payload, at + 2);
        if ((payload.data[at] << 8 | payload.data[at + 1]) != SETTING_INITIAL_WINDOW_SIZE)
            continue;
        for (size_t i = 0; i < conn->call_count; i++)
            conn->calls[i].window += value - conn->initial_window;
        conn->initial_window = value;
    }
    conn_send(conn, FRAME_SETTINGS, FLAG_ACK, 0, NO_BYTES);
}

static void take_window_update(struct conn *conn, const struct frame *frame)
{
    struct call *call = find_call(conn, frame->stream);
    int64_t increment = number_at(frame->payload, 0);
    if (frame->stream == 0)
        conn->window += increment;
    else if (call)
        call->window += increment;
}

static void take_reset(struct conn *conn, const struct frame *frame)
{
    struct call *call = find_call(conn, frame->stream);
    if (call)
        call->over = true;
}

static void take_frame(struct conn *conn, const struct frame *frame)
{
    bool ack = frame->flags & FLAG_ACK;
    if (frame->type == FRAME_HEADERS) {
        take_headers(conn, frame);
        return;
    }
    trace(conn, '<', frame->type, frame->flags, frame->stream, frame->payload);
    if (frame->type == FRAME_DATA)
        take_data(conn, frame);
    else if (frame->type == FRAME_SETTINGS && !ack)
        take_settings(conn, frame->payload);
    else if (frame->type == FRAME_WINDOW_UPDATE)
        take_window_update(conn, frame);
    else if (frame->type == FRAME_RST_STREAM)
        take_reset(conn, frame);
    else if (frame->type == FRAME_PING && ack)
        conn->pings -= conn->pings > 0;
    else if (frame->type == FRAME_PING)
        conn_send(conn, FRAME_PING, FLAG_ACK, 0, frame->payload);
}

static bool flush(struct conn *conn, gr_time deadline)
{
    bool ok = !conn->out.failed &&
              transport_write(conn->transport, buf_view(&conn->out), deadline) == TRANSPORT_OK;
    buf_reset(&conn->out);
    return ok;
}

bool conn_turn(struct conn *conn, gr_time deadline)
{
    size_t got = 0;
    if (!flush(conn, deadline))
        return false;
    uint8_t *room = buf_reserve(&conn->in, DEFAULT_MAX_FRAME_SIZE);
    if (!room || transport_read(conn->transport, room, DEFAULT_MAX_FRAME_SIZE, &got, deadline) !=
                     TRANSPORT_OK)
        return false;
    conn->in.len += got;
    struct bytes in = buf_view(&conn->in);
    struct frame frame;
    if (bytes_starts_with(in, CONNECTION_PREFACE))
        in = bytes_skip(in, CONNECTION_PREFACE.len);
    else if (in.len < CONNECTION_PREFACE.len && bytes_starts_with(CONNECTION_PREFACE, in))
        return true;
    while (!conn->failed && frame_take(&in, &frame))
        take_frame(conn, &frame);
    struct buf rest = {0};
    buf_put(&rest, in);
    buf_clear(&conn->in);
    conn->in = rest;
    return !conn->failed && !rest.failed;
}
