/* SPDX-License-Identifier: MIT
 *
 * Frames that leave. All but DATA are put into the output at once; DATA when the output has room for more, turn by turn,
 * as far as the windows allow. */
#include "h2/private.h"

#define GATHER_FROM 4096       /* octets of a frame that is sent from where it lies */
#define CLOGGED     (1u << 20) /* octets of output: DATA is not made that far ahead (SEC-010) */

/* Where octets of output are put; they come from shared memory when there are none. */
static struct buf *output(struct h2 *h2)
{
    if (h2->out.own.cap == 0 && !h2->out.own.failed)
        h2->out = h2_output_take(h2->memory);
    return &h2->out.own;
}

/* ---- Frames of the connection, and RST_STREAM ------------------------------------------------ */

static void put_header(struct buf *out, const struct frame *frame)
{
    uint8_t *to = buf_reserve(out, FRAME_HEADER);

    if (!to)
        return;
    store_u24(to, (uint32_t)frame->len);
    to[3] = frame->type;
    to[4] = frame->flags;
    store_u32(to + 5, (uint32_t)frame->stream);
    out->len += FRAME_HEADER;
}

void h2_trace(struct h2 *h2, bool sent, const struct frame *frame, uint32_t code)
{
    if (!h2->trace)
        return;
    trace_frame(h2->trace, &(struct trace_frame){.sent = sent,
                                                 .type = frame->type,
                                                 .flags = frame->flags,
                                                 .stream = frame->stream,
                                                 .len = frame->len,
                                                 .code = code});
}

static void put(struct h2 *h2, const struct frame *frame, struct bytes payload)
{
    struct buf *out = output(h2);

    put_header(out, frame);
    buf_put(out, payload);
}

void h2_put_magic(struct h2 *h2)
{
    buf_put(output(h2), bytes_of(MAGIC, MAGIC_LEN));
}

void h2_put_ack(struct h2 *h2, uint8_t type, struct bytes payload)
{
    struct frame frame = {.len = payload.len, .type = type, .flags = FLAG_ACK};

    put(h2, &frame, payload);
    h2_trace(h2, true, &frame, 0);
}

/* RST_STREAM, WINDOW_UPDATE: one number. */
static void put_number(struct h2 *h2, uint8_t type, int32_t stream, uint32_t number)
{
    struct frame frame = {.len = 4, .type = type, .stream = stream};
    uint8_t octets[4];

    store_u32(octets, number);
    put(h2, &frame, bytes_of(octets, sizeof(octets)));
    h2_trace(h2, true, &frame, number);
}

void h2_put_window_update(struct h2 *h2, int32_t stream, int32_t increment)
{
    put_number(h2, WINDOW_UPDATE, stream, (uint32_t)increment);
}

void h2_reset_id(struct h2 *h2, int32_t id, enum h2_error code)
{
    put_number(h2, RST_STREAM, id, code);
    h2_mark_reset(h2, id); /* so that it is not said twice (H2-STREAM-019) */
}

void h2_reset(struct h2 *h2, struct h2_stream *stream, enum h2_error code)
{
    if (stream->closed)
        return;
    stream->reset_by_us = true;
    put_number(h2, RST_STREAM, stream->id, code);
    h2_close(h2, stream, code);
}

void h2_ping(struct h2 *h2, enum h2_ping which)
{
    const uint8_t octets[8] = {[7] = (uint8_t)which};
    struct frame frame = {.len = sizeof(octets), .type = PING};

    put(h2, &frame, bytes_of(octets, sizeof(octets)));
    h2_trace(h2, true, &frame, 0);
}

void h2_put_settings(struct h2 *h2, const struct trace_setting *settings, size_t count)
{
    struct buf *out = output(h2);

    put_header(out, &(struct frame){.len = 6 * count, .type = SETTINGS});
    for (size_t i = 0; i < count; i++) {
        buf_put_u16(out, settings[i].id);
        buf_put_u32(out, settings[i].value);
    }
    if (h2->trace)
        trace_frame(h2->trace, &(struct trace_frame){.sent = true,
                                                     .type = SETTINGS,
                                                     .len = 6 * count,
                                                     .settings = settings,
                                                     .setting_count = count});
}

void h2_put_goaway(struct h2 *h2, int32_t last_stream, enum h2_error code, struct bytes debug)
{
    struct buf *out = output(h2);

    put_header(out, &(struct frame){.len = 8 + debug.len, .type = GOAWAY});
    buf_put_u32(out, (uint32_t)last_stream);
    buf_put_u32(out, code);
    buf_put(out, debug);
    if (h2->trace)
        trace_frame(h2->trace, &(struct trace_frame){.sent = true,
                                                     .type = GOAWAY,
                                                     .len = 8 + debug.len,
                                                     .code = code,
                                                     .last = last_stream,
                                                     .debug = debug});
}

/* ---- HEADERS --------------------------------------------------------------------------------- */

/* The block behind the header at `start` is too long for one frame: put CONTINUATION headers between. */
static void split_block(struct buf *out, size_t start, int32_t stream, size_t len)
{
    size_t more = (len - 1) / MAX_FRAME_SIZE;

    if (!buf_reserve(out, more * FRAME_HEADER))
        return;
    out->len += more * FRAME_HEADER;
    for (size_t i = more; i > 0; i--) {
        size_t from = start + FRAME_HEADER + i * MAX_FRAME_SIZE, to = from + i * FRAME_HEADER;
        size_t octets = i == more ? len - i * MAX_FRAME_SIZE : MAX_FRAME_SIZE;
        uint8_t *header = out->data + to - FRAME_HEADER;
        memmove(out->data + to, out->data + from, octets);
        store_u24(header, (uint32_t)octets);
        header[3] = CONTINUATION;
        header[4] = i == more ? FLAG_END_HEADERS : 0;
        store_u32(header + 5, (uint32_t)stream);
    }
    store_u24(out->data + start, MAX_FRAME_SIZE);
    out->data[start + 4] &= (uint8_t)~FLAG_END_HEADERS;
}

static bool put_headers(struct h2 *h2, int32_t stream, const struct field_list *fields, bool end)
{
    struct buf *out = output(h2);
    size_t start = out->len, len;
    struct frame frame = {
        .type = HEADERS, .flags = FLAG_END_HEADERS | (end ? FLAG_END_STREAM : 0), .stream = stream};

    put_header(out, &frame);
    if (!hpack_put(h2->hpack, fields, out)) {
        h2->failed = true;
        return false;
    }
    len = out->len - start - FRAME_HEADER;
    if (len > MAX_FRAME_SIZE)
        split_block(out, start, stream, len);
    else
        store_u24(out->data + start, (uint32_t)len);
    h2->sent = true;
    if (h2->trace)
        trace_frame(h2->trace, &(struct trace_frame){.sent = true,
                                                     .type = HEADERS,
                                                     .flags = frame.flags,
                                                     .stream = stream,
                                                     .len = len,
                                                     .fields = fields->fields,
                                                     .field_count = fields->count});
    return true;
}

struct h2_stream *h2_request(struct h2 *h2, struct gr_call *call, const struct field_list *fields)
{
    struct h2_stream *stream = NULL;

    if (h2->next_id <= INT32_MAX && !fields->failed)
        stream = h2_open(h2, (int32_t)h2->next_id);
    if (!stream)
        return NULL;
    h2->next_id += 2;
    stream->call = call;
    stream->has_source = true;
    (void)!put_headers(h2, stream->id, fields, false);
    h2_enqueue(h2, stream);
    return stream;
}

bool h2_respond(struct h2 *h2, struct h2_stream *stream, const struct field_list *fields, bool end)
{
    if (stream->closed)
        return true;
    if (!put_headers(h2, stream->id, fields, end))
        return false;
    if (end) {
        h2_end_local(h2, stream);
        return true;
    }
    stream->has_source = true;
    h2_enqueue(h2, stream);
    return true;
}

bool h2_trailers(struct h2 *h2, struct h2_stream *stream, const struct field_list *fields)
{
    if (stream->closed)
        return true;
    if (!put_headers(h2, stream->id, fields, true))
        return false;
    h2_end_local(h2, stream);
    return true;
}

void h2_resume(struct h2 *h2, struct h2_stream *stream)
{
    if (!stream->waiting)
        return;
    stream->waiting = false;
    h2_enqueue(h2, stream);
}

/* ---- DATA ------------------------------------------------------------------------------------ */

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* The call's next octets, at most `room`, copied or referred to. returns how many; their header is before them */
static size_t put_data(struct h2 *h2, const struct h2_stream *stream, size_t room)
{
    struct gr_call *call = stream->call;
    struct buf *out = output(h2);
    struct bytes octets = call_peek_out(call, room);
    struct frame frame = {.type = DATA, .stream = stream->id};
    size_t start = out->len;

    if (octets.len >= GATHER_FROM && !h2->copies) {
        frame.len = octets.len;
        put_header(out, &frame);
        gather_refer(&h2->out, octets, call_take_out(call, octets.len));
        return octets.len;
    }
    put_header(out, &frame);
    room = call_out_waiting(call) < room ? call_out_waiting(call) : room;
    uint8_t *to = buf_reserve(out, room);
    if (!to)
        return 0;
    frame.len = call_read_out(call, to, room);
    out->len += frame.len;
    store_u24(out->data + start, (uint32_t)frame.len);
    return frame.len;
}

/* All of the call's octets have left: trailers follow at once, or END_STREAM was on the last DATA. */
static void end_data(struct h2 *h2, struct h2_stream *stream)
{
    struct field_list trailers;

    if (h2->role == ROLE_CLIENT) {
        h2_end_local(h2, stream);
        return;
    }
    fields_init(&trailers);
    call_trailer_fields(stream->call, &trailers);
    h2->failed = !h2_trailers(h2, stream, &trailers) || h2->failed;
    fields_clear(&trailers);
}

static bool is_finished(const struct gr_call *call)
{
    return call_out_waiting(call) == 0 && call->sending == FINISHED && !call->submitted_end;
}

/* May octets of the stream leave now? If not, it waits where what it needs will find it. */
static bool has_window(struct h2 *h2, struct h2_stream *stream)
{
    if (stream->send_window <= 0)
        return false; /* h2_widen has it take its turn again */
    if (h2->send_window <= 0)
        h2_stall(h2, stream);
    return h2->send_window > 0;
}

/* Some of its octets. END_STREAM is on a client's last ones, or on a frame without any. */
static void send_data(struct h2 *h2, struct h2_stream *stream)
{
    int32_t room = least(least(stream->send_window, h2->send_window), MAX_FRAME_SIZE);
    size_t header = output(h2)->len;
    size_t len = call_out_waiting(stream->call) ? put_data(h2, stream, (size_t)room) : 0;
    bool last = h2->role == ROLE_CLIENT && is_finished(stream->call);
    struct frame frame = {len, DATA, last ? FLAG_END_STREAM : 0, stream->id};

    if (len == 0 && !last)
        return;
    if (len == 0)
        put_header(output(h2), &frame);
    else if (last && !h2->out.own.failed)
        h2->out.own.data[header + 4] |= FLAG_END_STREAM;
    h2_trace(h2, true, &frame, 0);
    h2->sent = true;
    stream->send_window -= (int32_t)len;
    h2->send_window -= (int32_t)len;
}

/* The stream has its turn: one frame; or its end; or nothing, and it waits to be resumed. */
static void send_one(struct h2 *h2, struct h2_stream *stream)
{
    struct gr_call *call = stream->call;

    h2_dequeue(h2, stream);
    stream->waiting = !call;
    if (!call || (call_out_waiting(call) && !has_window(h2, stream)))
        return;
    send_data(h2, stream);
    if (is_finished(call)) {
        call->submitted_end = true;
        end_data(h2, stream);
        return;
    }
    stream->waiting = call_out_waiting(call) == 0;
    h2_enqueue(h2, stream);
}

/* ---- What the transport takes ---------------------------------------------------------------- */

/* All of it has left: the buffer waits for the next one, with whoever shares memory. */
static void reset_output(struct h2 *h2)
{
    gather_reset(&h2->out);
    h2->acks = 0;
    if (h2->out.own.cap)
        h2_output_give(&h2->out, h2->memory);
}

const struct gather *h2_gather(struct h2 *h2, size_t enough)
{
    h2->failed = h2_failed(h2);
    h2->acks_lent = 0; /* who took them has written them */
    if (gather_waiting(&h2->out) == 0)
        reset_output(h2);
    while (!h2->done && !h2_failed(h2) && h2->ready.first && gather_waiting(&h2->out) < enough)
        send_one(h2, h2->ready.first);
    h2->failed = h2_failed(h2);
    return &h2->out;
}

struct bytes h2_output(struct h2 *h2, size_t enough)
{
    struct bytes first = NO_BYTES;

    gather_list(h2_gather(h2, enough), &first, 1);
    return first;
}

struct gather h2_take_output(struct h2 *h2)
{
    struct gather taken = h2->out;

    h2->out = (struct gather){0};
    h2->acks_lent += h2->acks;
    h2->acks = 0;
    return taken;
}

void h2_sent(struct h2 *h2, size_t n)
{
    gather_sent(&h2->out, n);
}

bool h2_is_clogged(const struct h2 *h2)
{
    return gather_waiting(&h2->out) > CLOGGED;
}

bool h2_take_sent(struct h2 *h2)
{
    bool sent = h2->sent;

    h2->sent = false;
    return sent;
}
