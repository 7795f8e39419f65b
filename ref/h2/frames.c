/* SPDX-License-Identifier: MIT
 *
 * What each frame means (RFC 9113 section 6), which may come when, and how bad it is when one may not: an error of its
 * stream, or of the connection. */
#include "h2/private.h"

/* Busywork: this many at once, and so many more each second (CVE-2019-9511 to 9518, CVE-2023-44487). */
#define BUSYWORK_BURST     10000
#define BUSYWORK_PER_S     500
#define EMPTY_CONTINUATION 20   /* nobody has a reason to send one */
#define MOST_ACKS          1000 /* that wait because the peer does not read */

static bool stop(struct h2 *h2, enum h2_error code, const char *reason)
{
    h2_terminate(h2, code, reason);
    return false;
}

/* ---- Streams --------------------------------------------------------------------------------- */

/* Has nobody opened it yet? Then only HEADERS and PRIORITY may come. */
static bool is_idle(const struct h2 *h2, int32_t id)
{
    if (h2->role == ROLE_SERVER)
        return id % 2 == 0 || id > h2->newest;
    return id % 2 == 0 || (uint32_t)id >= h2->next_id; /* servers open none: we refuse pushes */
}

/* HEADERS or DATA of a client on a stream that is no more (RFC 9113 section 5.1, "closed"). */
static bool judge_closed(struct h2 *h2, const struct frame *frame)
{
    enum h2_closed how = h2_how_closed(h2, frame->stream);

    if (how == H2_CLOSED_BY_US || h2->role == ROLE_CLIENT)
        return true;
    if (how == H2_CLOSED_ENDED)
        return stop(h2, H2_STREAM_CLOSED, "a frame on a closed stream");
    if (frame->type == HEADERS && how == H2_CLOSED_BY_PEER)
        return stop(h2, H2_STREAM_CLOSED, "HEADERS on a stream that was reset");
    if (frame->type == HEADERS)
        return stop(h2, H2_PROTOCOL_ERROR, "a stream id lower than one before");
    if (how == H2_CLOSED_BY_PEER)
        h2_reset_id(h2, frame->stream, H2_STREAM_CLOSED);
    return true;
}

/* The stream that HEADERS or DATA are for, if it can take them. *stream: NULL: what comes is to be ignored. false: the
 * session is over */
static bool find_open(struct h2 *h2, const struct frame *frame, struct h2_stream **stream)
{
    *stream = h2_find(h2, frame->stream);
    if (!*stream)
        return judge_closed(h2, frame);
    if (!(*stream)->remote_ended)
        return true;
    if (h2->role == ROLE_CLIENT)
        return stop(h2, H2_STREAM_CLOSED, "a frame after END_STREAM");
    h2_reset(h2, *stream, H2_STREAM_CLOSED); /* half-closed (remote): the stream's error */
    *stream = NULL;
    return true;
}

/* ---- DATA ------------------------------------------------------------------------------------ */

bool h2_keeps_length(const struct h2_stream *stream, bool end)
{
    if (stream->content_length < 0)
        return true;
    return end ? stream->received == stream->content_length
               : stream->received <= stream->content_length;
}

struct h2_stream *h2_begin_data(struct h2 *h2, const struct frame *frame)
{
    size_t padding = frame->flags & FLAG_PADDED ? 1 + h2->input.padding : 0;
    struct h2_stream *stream;

    if (is_idle(h2, frame->stream)) {
        stop(h2, H2_PROTOCOL_ERROR, "DATA on an idle stream");
        return NULL;
    }
    if (!find_open(h2, frame, &stream) || !h2_receive(h2, &stream, frame->len) || !stream)
        return NULL;
    stream->received += (int64_t)(frame->len - padding);
    if (!stream->has_head || !h2_keeps_length(stream, frame->flags & FLAG_END_STREAM)) {
        h2_reset(h2, stream, H2_PROTOCOL_ERROR);
        return NULL;
    }
    if (padding)
        h2_consume(h2, stream, padding);
    return stream;
}

/* ---- HEADERS, CONTINUATION ------------------------------------------------------------------- */

/* Without its padding and its priority, which means nothing any more (RFC 9113 section 5.3.2). */
static bool strip(struct h2 *h2, const struct frame *frame, struct bytes *payload)
{
    size_t padding = 0, priority = frame->flags & FLAG_PRIORITY ? 5 : 0;

    if (frame->flags & FLAG_PADDED) {
        if (payload->len == 0)
            return stop(h2, H2_FRAME_SIZE_ERROR, "HEADERS without its pad length");
        padding = payload->data[0];
        *payload = bytes_skip(*payload, 1);
    }
    if (payload->len < priority)
        return stop(h2, H2_FRAME_SIZE_ERROR, "HEADERS without its priority");
    *payload = bytes_skip(*payload, priority);
    if (padding > payload->len)
        return stop(h2, H2_PROTOCOL_ERROR, "more padding than HEADERS");
    *payload = bytes_first(*payload, payload->len - padding);
    return true;
}

/* A client's next request. NULL: out of memory, or we have said that we take no more (RFC 9113 section 6.8) */
static struct h2_stream *open_request(struct h2 *h2, int32_t id)
{
    h2->newest = id;
    if (h2->goaway_sent)
        return NULL;
    h2->last_stream = id;
    return h2_open(h2, id);
}

static bool on_headers(struct h2 *h2, const struct frame *frame, struct bytes payload)
{
    struct h2_stream *stream = NULL;
    bool idle = is_idle(h2, frame->stream);

    if (!strip(h2, frame, &payload))
        return false;
    if (idle && (h2->role == ROLE_CLIENT || frame->stream % 2 == 0))
        return stop(h2, H2_PROTOCOL_ERROR, "HEADERS on a stream that its sender may not open");
    if (idle)
        stream = open_request(h2, frame->stream);
    else if (!find_open(h2, frame, &stream))
        return false;
    return h2_begin_block(h2, frame, stream, payload);
}

static bool on_continuation(struct h2 *h2, const struct frame *frame, struct bytes payload)
{
    return h2_continue_block(h2, frame, payload);
}

/* ---- Frames of one stream -------------------------------------------------------------------- */

/* PRIORITY is read by nobody; a wrong length is an error of its stream only (RFC 9113 section 6.3). */
static bool on_priority(struct h2 *h2, const struct frame *frame, struct bytes payload)
{
    struct h2_stream *stream = h2_find(h2, frame->stream);

    if (payload.len == 5)
        return true;
    if (!stream)
        return stop(h2, H2_FRAME_SIZE_ERROR, "PRIORITY of a wrong length on no stream");
    h2_reset(h2, stream, H2_FRAME_SIZE_ERROR);
    return true;
}

static bool on_rst_stream(struct h2 *h2, const struct frame *frame, struct bytes payload)
{
    struct h2_stream *stream = h2_find(h2, frame->stream);
    uint32_t code = load_u32(payload.data);

    h2_trace(h2, false, frame, code);
    if (is_idle(h2, frame->stream))
        return stop(h2, H2_PROTOCOL_ERROR, "RST_STREAM on an idle stream");
    if (!stream)
        return true;
    stream->reset_by_peer = true;
    h2_close(h2, stream, code);
    return true;
}

static bool on_window_update(struct h2 *h2, const struct frame *frame, struct bytes payload)
{
    struct h2_stream *stream = frame->stream ? h2_find(h2, frame->stream) : NULL;
    uint32_t increment = load_u32(payload.data) & INT32_MAX;

    h2_trace(h2, false, frame, increment);
    if (frame->stream && is_idle(h2, frame->stream))
        return stop(h2, H2_PROTOCOL_ERROR, "WINDOW_UPDATE on an idle stream");
    if (frame->stream && !stream)
        return true; /* closed: it may have crossed that */
    if (increment && h2_widen(h2, stream, increment))
        return true;
    enum h2_error error = increment ? H2_FLOW_CONTROL_ERROR : H2_PROTOCOL_ERROR;
    if (!stream)
        return stop(h2, error, "WINDOW_UPDATE with an increment of 0, or too large a one");
    h2_reset(h2, stream, error);
    return true;
}

/* ---- SETTINGS -------------------------------------------------------------------------------- */

static bool apply(struct h2 *h2, uint16_t id, uint32_t value)
{
    switch (id) {
    case HEADER_TABLE_SIZE:
        h2->failed = h2->failed || !hpack_set_peer_table(h2->hpack, value);
        return true;
    case ENABLE_PUSH:
        if (value > 1 || (value && h2->role == ROLE_CLIENT))
            return stop(h2, H2_PROTOCOL_ERROR, "SETTINGS_ENABLE_PUSH has a value it may not have");
        return true;
    case ENABLE_CONNECT_PROTOCOL:
    case NO_RFC7540_PRIORITIES:
        return value <= 1 || stop(h2, H2_PROTOCOL_ERROR, "a setting is neither 0 nor 1");
    case MAX_CONCURRENT_STREAMS:
        h2->peer_max_streams = value;
        return true;
    case INITIAL_WINDOW_SIZE:
        return (value <= INT32_MAX && h2_set_peer_window(h2, value)) ||
               stop(h2, H2_FLOW_CONTROL_ERROR, "SETTINGS_INITIAL_WINDOW_SIZE overflows a window");
    case SETTING_MAX_FRAME_SIZE:
        return (value >= MAX_FRAME_SIZE && value <= 0xffffff) ||
               stop(h2, H2_PROTOCOL_ERROR, "SETTINGS_MAX_FRAME_SIZE is out of its range");
    case MAX_HEADER_LIST_SIZE:
        h2->peer_max_metadata = value;
        return true;
    default:
        return true;
    }
}

static void trace_settings(struct h2 *h2, const struct frame *frame, struct bytes payload)
{
    struct trace_setting settings[16];
    size_t count = 0;

    for (; payload.len >= 6 && count < ARRAY_LEN(settings); payload = bytes_skip(payload, 6))
        settings[count++] = (struct trace_setting){load_u16(payload.data),
                                                   load_u32(payload.data + 2)};
    trace_frame(h2->trace, &(struct trace_frame){.type = SETTINGS,
                                                 .flags = frame->flags,
                                                 .len = frame->len,
                                                 .settings = settings,
                                                 .setting_count = count});
}

/* A peer that lets our answers pile up does not want to be served. */
static bool acknowledge(struct h2 *h2, uint8_t type, struct bytes payload)
{
    if (++h2->acks + h2->acks_lent > MOST_ACKS)
        return stop(h2, H2_ENHANCE_YOUR_CALM, "too much to ask of one connection");
    h2_put_ack(h2, type, payload);
    return true;
}

static bool on_settings_ack(struct h2 *h2, struct bytes payload)
{
    if (payload.len)
        return stop(h2, H2_FRAME_SIZE_ERROR, "SETTINGS with ACK and a payload");
    if (h2->settings_acknowledged)
        return stop(h2, H2_PROTOCOL_ERROR, "an ACK for SETTINGS that were not sent");
    h2->settings_acknowledged = true;
    h2_use_stream_window(h2);
    return true;
}

static bool on_settings(struct h2 *h2, const struct frame *frame, struct bytes payload)
{
    if (h2->trace)
        trace_settings(h2, frame, payload);
    if (frame->flags & FLAG_ACK)
        return on_settings_ack(h2, payload);
    if (payload.len % 6)
        return stop(h2, H2_FRAME_SIZE_ERROR, "SETTINGS whose length is not a multiple of 6");
    if (!h2_count(h2, (uint32_t)payload.len / 6, h2->input.now)) /* each may visit every stream */
        return stop(h2, H2_ENHANCE_YOUR_CALM, "too many settings");
    for (; payload.len; payload = bytes_skip(payload, 6))
        if (!apply(h2, load_u16(payload.data), load_u32(payload.data + 2)))
            return false;
    h2_push(h2, H2_EVENT_SETTINGS, NULL);
    return acknowledge(h2, SETTINGS, NO_BYTES);
}

/* ---- PING, GOAWAY, pushes -------------------------------------------------------------------- */

static bool on_ping(struct h2 *h2, const struct frame *frame, struct bytes payload)
{
    bool ack = frame->flags & FLAG_ACK;
    struct h2_event *event = h2_push(h2, ack ? H2_EVENT_PING_ACK : H2_EVENT_PING, NULL);

    h2_trace(h2, false, frame, 0);
    if (event)
        event->code = payload.data[7];
    return ack || acknowledge(h2, PING, payload);
}

/* Our streams that the server has not looked at, and will not. */
static void refuse_above(struct h2 *h2, int32_t last)
{
    for (struct h2_stream *stream = h2->streams; stream; stream = stream->next)
        if (!stream->closed && stream->id > last)
            h2_close(h2, stream, H2_REFUSED_STREAM);
}

static void tell_goaway(struct h2 *h2, uint32_t code, struct bytes debug)
{
    struct h2_event *event = h2_push(h2, H2_EVENT_GOAWAY, NULL);

    if (!event)
        return;
    event->code = code;
    event->too_many_pings = code == H2_ENHANCE_YOUR_CALM &&
                            bytes_equal(debug, BYTES("too_many_pings"));
}

static bool on_goaway(struct h2 *h2, const struct frame *frame, struct bytes payload)
{
    struct trace_frame line = {.type = GOAWAY, .len = frame->len};

    if (payload.len < 8)
        return stop(h2, H2_FRAME_SIZE_ERROR, "GOAWAY of less than 8 octets");
    line.last = (int32_t)(load_u32(payload.data) & INT32_MAX);
    line.code = load_u32(payload.data + 4);
    line.debug = bytes_skip(payload, 8);
    if (h2->trace)
        trace_frame(h2->trace, &line);
    if (h2->role == ROLE_CLIENT && line.last > h2->peer_last_stream)
        return stop(h2, H2_PROTOCOL_ERROR, "GOAWAY whose last stream grows");
    tell_goaway(h2, line.code, line.debug);
    if (h2->role == ROLE_SERVER)
        return true; /* it speaks of streams that we would open, and there are none */
    h2->goaway_received = true;
    h2->peer_last_stream = line.last;
    refuse_above(h2, line.last);
    return true;
}

static bool on_push_promise(struct h2 *h2, const struct frame *frame, struct bytes payload)
{
    (void)frame, (void)payload;
    return stop(h2, H2_PROTOCOL_ERROR, "PUSH_PROMISE, which was not allowed");
}

/* ---- Any frame ------------------------------------------------------------------------------- */

enum where { ON_STREAM, ON_CONNECTION, ANYWHERE };

static const struct rule {
    bool (*handle)(struct h2 *h2, const struct frame *frame, struct bytes payload);
    enum where where;
    size_t len;        /* 0: any */
    uint32_t busywork; /* it costs us work and moves nothing */
} rules[] = {
    [DATA] = {NULL, ON_STREAM, 0, 0},
    [HEADERS] = {on_headers, ON_STREAM, 0, 0},
    [PRIORITY] = {on_priority, ON_STREAM, 0, 1},
    [RST_STREAM] = {on_rst_stream, ON_STREAM, 4, 0},
    [SETTINGS] = {on_settings, ON_CONNECTION, 0, 1},
    [PUSH_PROMISE] = {on_push_promise, ON_STREAM, 0, 1},
    [PING] = {on_ping, ON_CONNECTION, 8, 1},
    [GOAWAY] = {on_goaway, ON_CONNECTION, 0, 1},
    [WINDOW_UPDATE] = {on_window_update, ANYWHERE, 4, 0},
    [CONTINUATION] = {on_continuation, ON_STREAM, 0, 1},
};

static const struct rule unknown = {NULL, ANYWHERE, 0, 1}; /* to be ignored: section 4.1 */

static const struct rule *rule_of(const struct frame *frame)
{
    return frame->type < ARRAY_LEN(rules) ? &rules[frame->type] : &unknown;
}

/* Which frames follow which: SETTINGS first (section 3.4); nothing but CONTINUATION within a block (section 6.10). */
static bool is_in_order(struct h2 *h2, const struct frame *frame)
{
    bool continues = frame->type == CONTINUATION;

    if (!h2->input.settings) {
        if (frame->type != SETTINGS || frame->flags & FLAG_ACK)
            return stop(h2, H2_PROTOCOL_ERROR, "the first frame is not SETTINGS");
        h2->input.settings = true;
    }
    if (h2->block.open != continues || (continues && frame->stream != h2->block.frame.stream))
        return stop(h2, H2_PROTOCOL_ERROR,
                    continues ? "CONTINUATION that continues nothing"
                              : "a header block is interrupted");
    return true;
}

bool h2_count(struct h2 *h2, uint32_t weight, gr_time now)
{
    struct input *input = &h2->input;
    int64_t paid = (now - input->busywork_at) / (NS_PER_S / BUSYWORK_PER_S);

    if (paid > 0) {
        input->busywork = paid > input->busywork ? 0 : input->busywork - (uint32_t)paid;
        input->busywork_at = now;
    }
    input->busywork += weight;
    return input->busywork <= BUSYWORK_BURST;
}

static uint32_t busywork_of(const struct frame *frame, const struct rule *rule)
{
    if (frame->len || frame->flags & FLAG_END_STREAM)
        return rule->busywork;
    if (frame->type == CONTINUATION)
        return EMPTY_CONTINUATION;
    return frame->type == DATA ? 1 : rule->busywork;
}

bool h2_admit(struct h2 *h2, const struct frame *frame)
{
    const struct rule *rule = rule_of(frame);
    uint32_t busywork = busywork_of(frame, rule);

    if (frame->len > MAX_FRAME_SIZE)
        return stop(h2, H2_FRAME_SIZE_ERROR, "a frame is longer than MAX_FRAME_SIZE");
    if (!is_in_order(h2, frame))
        return false;
    if (rule->where != ANYWHERE && (frame->stream != 0) != (rule->where == ON_STREAM))
        return stop(h2, H2_PROTOCOL_ERROR,
                    frame->stream ? "a frame on a stream that belongs to the connection"
                                  : "a frame on stream 0 that belongs to a stream");
    if (rule->len && frame->len != rule->len)
        return stop(h2, H2_FRAME_SIZE_ERROR, "a frame has not the length of its type");
    if (busywork && !h2_count(h2, busywork, h2->input.now))
        return stop(h2, H2_ENHANCE_YOUR_CALM, "too many frames that move nothing");
    return true;
}

void h2_handle(struct h2 *h2, const struct frame *frame, struct bytes payload)
{
    const struct rule *rule = rule_of(frame);

    if (rule->handle)
        (void)rule->handle(h2, frame, payload);
    else if (h2->trace)
        h2_trace(h2, false, frame, 0);
}
