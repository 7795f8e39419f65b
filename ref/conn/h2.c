/* SPDX-License-Identifier: MIT
 *
 * nghttp2, and all differences between its versions: 1.52 (Debian 12) and newer. */
#include "conn/h2_private.h"

#include "conn/trace.h"

#include <nghttp2/nghttp2.h>

#include <stdlib.h>

#if NGHTTP2_VERSION_NUM >= 0x013c00 /* 1.60.0 renamed what had ssize_t in it */
typedef nghttp2_ssize h2_ssize;
typedef nghttp2_data_provider2 h2_data_provider;
#define mem_recv        nghttp2_session_mem_recv2
#define mem_send        nghttp2_session_mem_send2
#define submit_request  nghttp2_submit_request2
#define submit_response nghttp2_submit_response2
#else
typedef ssize_t h2_ssize;
typedef nghttp2_data_provider h2_data_provider;
#define mem_recv        nghttp2_session_mem_recv
#define mem_send        nghttp2_session_mem_send
#define submit_request  nghttp2_submit_request
#define submit_response nghttp2_submit_response
#endif

struct h2_stream *h2_find(struct h2 *h2, int32_t id)
{
    struct h2_stream *stream = h2->recent;

    if (stream && stream->id == id && !stream->closed)
        return stream;
    stream = nghttp2_session_get_stream_user_data(h2->session, id);
    h2->recent = stream;
    return stream;
}

/* ---- Trace ----------------------------------------------------------------------------------- */

#define TRACE_FIELDS   64
#define TRACE_SETTINGS 16

static void trace_headers(const nghttp2_headers *headers, struct field fields[static TRACE_FIELDS],
                          struct trace_frame *line)
{
    line->fields = fields;
    for (size_t i = 0; i < headers->nvlen && i < TRACE_FIELDS; i++) {
        fields[i].name = bytes_of(headers->nva[i].name, headers->nva[i].namelen);
        fields[i].value = bytes_of(headers->nva[i].value, headers->nva[i].valuelen);
        line->field_count = i + 1;
    }
}

static void trace_settings(const nghttp2_settings *frame,
                           struct trace_setting settings[static TRACE_SETTINGS],
                           struct trace_frame *line)
{
    line->settings = settings;
    for (size_t i = 0; i < frame->niv && i < TRACE_SETTINGS; i++) {
        settings[i].id = (uint16_t)frame->iv[i].settings_id;
        settings[i].value = frame->iv[i].value;
        line->setting_count = i + 1;
    }
}

static void h2_trace_frame(struct h2 *h2, const nghttp2_frame *frame, bool sent)
{
    struct field fields[TRACE_FIELDS];
    struct trace_setting settings[TRACE_SETTINGS];
    struct trace_frame line = {.sent = sent,
                               .type = frame->hd.type,
                               .flags = frame->hd.flags,
                               .stream = frame->hd.stream_id,
                               .len = frame->hd.length};

    if (frame->hd.type == NGHTTP2_HEADERS && sent) {
        trace_headers(&frame->headers, fields, &line);
    } else if (frame->hd.type == NGHTTP2_HEADERS) {
        line.fields = h2->turn.fields + h2->block.first;
        line.field_count = h2->turn.field_count - h2->block.first;
    } else if (frame->hd.type == NGHTTP2_SETTINGS) {
        trace_settings(&frame->settings, settings, &line);
        if (sent && h2->max_streams &&
            line.setting_count < TRACE_SETTINGS) /* put_max_streams adds it */
            settings[line.setting_count++] = (struct trace_setting){
                NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, h2->max_streams};
    } else if (frame->hd.type == NGHTTP2_RST_STREAM) {
        line.code = frame->rst_stream.error_code;
    } else if (frame->hd.type == NGHTTP2_WINDOW_UPDATE) {
        line.code = (uint32_t)frame->window_update.window_size_increment;
    } else if (frame->hd.type == NGHTTP2_GOAWAY) {
        line.code = frame->goaway.error_code;
        line.last = frame->goaway.last_stream_id;
        line.debug = bytes_of(frame->goaway.opaque_data, frame->goaway.opaque_data_len);
    }
    trace_frame(h2->trace, &line);
}

#define FIELD_OVERHEAD 32 /* RFC 9113 section 6.5.2 */
#define FRAME_HEADER   9
#define KEEP_OUTPUT    16384 /* octets of an output buffer that is kept while it is empty */
#define GATHER_FROM    4096  /* octets of a frame that is sent from where it lies */

/* ---- Callbacks: append, and nothing else ----------------------------------------------------- */

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    struct h2 *h2 = user;
    struct h2_stream *stream;

    if (frame->hd.type != NGHTTP2_HEADERS)
        return 0;
    if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
        stream = h2_new_stream(h2, frame->hd.stream_id);
        if (!stream)
            return NGHTTP2_ERR_CALLBACK_FAILURE;
        h2->last_stream = stream->id;
        nghttp2_session_set_stream_user_data(session, stream->id, stream);
        h2->recent = stream;
    } else {
        stream = h2_find(h2, frame->hd.stream_id);
    }
    h2->block = (struct block){.stream = stream, .first = h2->turn.field_count};
    return 0;
}

static bool copy_text(struct h2 *h2, nghttp2_rcbuf *from, struct bytes *to)
{
    nghttp2_vec text = nghttp2_rcbuf_get_buf(from);

    *to = bytes_of(text.base, text.len);
    if (nghttp2_rcbuf_is_static(from))
        return true;
    if (text.len == 0) {
        *to = BYTES(""); /* present, though empty */
        return true;
    }
    return gr_arena_copy(&h2->turn.text, *to, to);
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, nghttp2_rcbuf *name,
                     nghttp2_rcbuf *value, uint8_t flags, void *user)
{
    struct h2 *h2 = user;
    struct block *block = &h2->block;
    struct field *field;

    (void)session, (void)frame, (void)flags;
    block->size += nghttp2_rcbuf_get_buf(name).len + nghttp2_rcbuf_get_buf(value).len +
                   FIELD_OVERHEAD;
    if (block->size > h2->max_metadata) {
        block->too_large = true; /* decoded, for HPACK's sake, and dropped (SEC-016, SEC-020) */
        return 0;
    }
    field = h2_new_field(h2);
    if (!field || !copy_text(h2, name, &field->name) || !copy_text(h2, value, &field->value)) {
        h2->failed = true;
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    return 0;
}

/* A field with an octet that HTTP forbids makes the message malformed (H2-HDR-003, H2-HDR-004). */
static int on_invalid_header(nghttp2_session *session, const nghttp2_frame *frame,
                             nghttp2_rcbuf *name, nghttp2_rcbuf *value, uint8_t flags, void *user)
{
    (void)name, (void)value, (void)flags, (void)user;
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                              NGHTTP2_PROTOCOL_ERROR);
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int on_data_chunk(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data,
                         size_t len, void *user)
{
    struct h2 *h2 = user;
    struct h2_event *event = h2_push(h2, H2_EVENT_DATA, h2_find(h2, id));

    (void)session, (void)flags;
    if (!event)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    event->data = bytes_of(data, len);
    return 0;
}

static void headers_complete(struct h2 *h2, const nghttp2_frame *frame)
{
    struct block *block = &h2->block;
    struct h2_event *event = h2_push(h2, H2_EVENT_HEADERS, block->stream);

    if (event) {
        event->code = (uint32_t)block->first;
        event->field_count = h2->turn.field_count - block->first;
        event->end_stream = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
        event->too_large = block->too_large;
    }
    block->stream = NULL;
}

/* END_STREAM goes with the last chunk of the same frame when there was one. */
static void data_complete(struct h2 *h2, struct h2_stream *stream)
{
    struct h2_event *last = h2->turn.event_count ? &h2->turn.events[h2->turn.event_count - 1]
                                                 : NULL;

    if (!last || h2->turn.event_next == h2->turn.event_count || last->kind != H2_EVENT_DATA ||
        last->stream != stream)
        last = h2_push(h2, H2_EVENT_DATA, stream);
    if (last)
        last->end_stream = true;
}

static void stream_frame(struct h2 *h2, const nghttp2_frame *frame)
{
    struct h2_stream *stream = h2_find(h2, frame->hd.stream_id);
    bool end = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;

    if (!stream)
        return;
    if (frame->hd.type == NGHTTP2_HEADERS)
        headers_complete(h2, frame);
    else if (frame->hd.type == NGHTTP2_DATA && end)
        data_complete(h2, stream);
    else if (frame->hd.type == NGHTTP2_RST_STREAM)
        stream->reset_by_peer = true;
    if (end && (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA))
        stream->remote_ended = true;
}

void h2_note_windows(struct h2 *h2)
{
    for (struct h2_stream *stream = h2->streams; stream; stream = stream->next)
        stream->window = nghttp2_session_get_stream_remote_window_size(h2->session, stream->id);
}

/* nghttp2 resets the one stream whose window overflows; RFC 9113 section 6.9.2 wants the connection to end. */
static void check_windows(struct h2 *h2, const nghttp2_settings *settings)
{
    int64_t before = h2->peer_window;

    for (size_t i = 0; i < settings->niv; i++)
        if (settings->iv[i].settings_id == NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE)
            h2->peer_window = settings->iv[i].value;
    for (struct h2_stream *stream = h2->streams; stream; stream = stream->next)
        if (!stream->closed && stream->window + (int64_t)h2->peer_window - before > INT32_MAX)
            h2->overflow = true;
}

static void on_ping(struct h2 *h2, const nghttp2_ping *ping)
{
    bool ack = ping->hd.flags & NGHTTP2_FLAG_ACK;
    struct h2_event *event = h2_push(h2, ack ? H2_EVENT_PING_ACK : H2_EVENT_PING, NULL);

    if (event)
        event->code = ping->opaque_data[7];
}

static void on_goaway(struct h2 *h2, const nghttp2_goaway *goaway)
{
    struct h2_event *event = h2_push(h2, H2_EVENT_GOAWAY, NULL);
    struct bytes debug = bytes_of(goaway->opaque_data, goaway->opaque_data_len);

    if (!event)
        return;
    event->code = goaway->error_code;
    event->too_many_pings = goaway->error_code == NGHTTP2_ENHANCE_YOUR_CALM &&
                            bytes_equal(debug, BYTES("too_many_pings"));
}

static int on_frame_recv(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    struct h2 *h2 = user;

    (void)session;
    if (h2->trace)
        h2_trace_frame(h2, frame, false);
    if (frame->hd.type == NGHTTP2_SETTINGS && !(frame->hd.flags & NGHTTP2_FLAG_ACK)) {
        check_windows(h2, &frame->settings);
        h2_push(h2, H2_EVENT_SETTINGS, NULL);
    } else if (frame->hd.type == NGHTTP2_PING) {
        on_ping(h2, &frame->ping);
    } else if (frame->hd.type == NGHTTP2_GOAWAY) {
        on_goaway(h2, &frame->goaway);
    } else if (frame->hd.stream_id) {
        stream_frame(h2, frame);
    }
    return h2->failed ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
}

static int on_stream_close(nghttp2_session *session, int32_t id, uint32_t code, void *user)
{
    struct h2 *h2 = user;
    struct h2_stream *stream = h2_find(h2, id);
    struct h2_event *event;

    (void)session;
    if (!stream)
        return 0;
    stream->closed = true;
    h2_remember_closed(h2, stream);
    if (h2->block.stream == stream)
        h2->block.stream = NULL;
    event = h2_push(h2, H2_EVENT_CLOSED, stream);
    if (!event)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    event->code = code;
    return 0;
}

/* The server's last word has left, and the client is still talking: tell it to stop (GRPC-CALL-015). Not sooner:
 * nghttp2 forgets what waits on a stream as soon as it is asked to reset it. */
static void end_early(struct h2 *h2, int32_t id)
{
    struct h2_stream *stream = h2_find(h2, id);

    if (stream && !stream->remote_ended)
        h2_reset(h2, stream, H2_NO_ERROR);
}

static int on_frame_send(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    struct h2 *h2 = user;

    (void)session;
    if (h2->trace)
        h2_trace_frame(h2, frame, true);
    if (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA)
        h2->sent = true;
    if (h2->role == ROLE_SERVER && frame->hd.type == NGHTTP2_HEADERS &&
        frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
        end_early(h2, frame->hd.stream_id);
    return 0;
}

/* Where octets of output are put; with shared memory, when there are any. */
static struct buf *output_buf(struct h2 *h2)
{
    if (h2->memory && h2->out.own.cap == 0) {
        h2->out = h2->memory->out;
        h2->memory->out = (struct gather){0};
    }
    return &h2->out.own;
}

/* ---- What we send ---------------------------------------------------------------------------- */

/* The list as nghttp2 wants it, in memory that is used again for the next one; NULL when out of memory. */
static const nghttp2_nv *nv_array(struct h2 *h2, const struct field_list *list)
{
    if (list->failed)
        return NULL;
    if (list->count > h2->turn.nv_cap && h2->memory)
        h2_turn_take(&h2->turn, h2->memory);
    if (list->count > h2->turn.nv_cap) {
        void *more = realloc(h2->turn.nv, 2 * list->count * sizeof(nghttp2_nv));
        if (!more)
            return NULL;
        h2->turn.nv = more;
        h2->turn.nv_cap = 2 * list->count;
    }
    nghttp2_nv *nv = h2->turn.nv;
    for (size_t i = 0; i < list->count; i++) {
        const struct field *field = &list->fields[i];
        nv[i] = (nghttp2_nv){
            .name = (uint8_t *)(uintptr_t)field->name.data,
            .namelen = field->name.len,
            .value = (uint8_t *)(uintptr_t)field->value.data,
            .valuelen = field->value.len,
            .flags = field->lasting ? NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE
                                    : NGHTTP2_NV_FLAG_NONE,
        };
    }
    return nv;
}

bool h2_trailers(struct h2 *h2, struct h2_stream *stream, const struct field_list *fields)
{
    const nghttp2_nv *nv = nv_array(h2, fields);
    int error = nv ? nghttp2_submit_trailer(h2->session, stream->id, nv, fields->count)
                   : NGHTTP2_ERR_NOMEM;

    stream->local_ended = true;
    return error == 0;
}

/* All of the call's octets have left: trailers follow at once, or END_STREAM goes with them. */
static bool end_of_source(struct h2 *h2, struct h2_stream *stream, uint32_t *flags)
{
    struct gr_call *call = stream->call;
    struct field_list trailers;
    bool fine;

    *flags |= NGHTTP2_DATA_FLAG_EOF;
    call->submitted_end = true;
    stream->local_ended = true;
    if (call->role == ROLE_CLIENT)
        return true;
    *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    fields_init(&trailers);
    call_trailer_fields(call, &trailers);
    fine = h2_trailers(h2, stream, &trailers);
    fields_clear(&trailers);
    return fine;
}

/* A frame's worth of the call's octets: in `to`, or left to send_data. */
static size_t read_call(const struct h2 *h2, struct gr_call *call, uint8_t *to, size_t room,
                        uint32_t *flags)
{
    size_t len = call_peek_out(call, room).len;

    if (len < GATHER_FROM || h2->copies)
        return call_read_out(call, to, room);
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    return len;
}

/* The frame that read_call has promised. */
static int send_data(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *header,
                     size_t len, nghttp2_data_source *source, void *user)
{
    struct h2 *h2 = user;
    struct h2_stream *stream = source->ptr;
    struct bytes octets = call_peek_out(stream->call, len);

    (void)session, (void)frame;
    buf_put(output_buf(h2), bytes_of(header, FRAME_HEADER));
    gather_refer(&h2->out, octets, call_take_out(stream->call, len));
    h2->gathered = true;
    return NGHTTP2_ERR_PAUSE; /* this frame is done; more is asked for only while it is wanted */
}

static h2_ssize read_source(nghttp2_session *session, int32_t id, uint8_t *to, size_t room,
                            uint32_t *flags, nghttp2_data_source *source, void *user)
{
    struct h2_stream *stream = source->ptr;
    struct gr_call *call = stream->call;
    size_t len = 0;

    (void)session, (void)id;
    if (call)
        len = read_call(user, call, to, room, flags);
    bool last = call && (*flags & NGHTTP2_DATA_FLAG_NO_COPY ? len : 0) == call_out_waiting(call);
    if (last && call->sending == FINISHED && !call->submitted_end) {
        if (!end_of_source(user, stream, flags))
            return NGHTTP2_ERR_CALLBACK_FAILURE;
        return (h2_ssize)len;
    }
    stream->waiting = len == 0;
    return len ? (h2_ssize)len : NGHTTP2_ERR_DEFERRED;
}

struct h2_stream *h2_request(struct h2 *h2, struct gr_call *call, const struct field_list *fields)
{
    struct h2_stream *stream = h2_new_stream(h2, 0);
    h2_data_provider provider = {.source.ptr = stream, .read_callback = read_source};
    const nghttp2_nv *nv = nv_array(h2, fields);
    int32_t id = NGHTTP2_ERR_NOMEM;

    if (stream && nv)
        id = submit_request(h2->session, NULL, nv, fields->count, &provider, stream);
    if (id < 0) {
        if (stream)
            h2_release(h2, stream);
        return NULL;
    }
    stream->id = id;
    stream->call = call;
    return stream;
}

bool h2_respond(struct h2 *h2, struct h2_stream *stream, const struct field_list *fields, bool end)
{
    h2_data_provider provider = {.source.ptr = stream, .read_callback = read_source};
    const nghttp2_nv *nv = nv_array(h2, fields);
    int error = NGHTTP2_ERR_NOMEM;

    if (nv)
        error = submit_response(h2->session, stream->id, nv, fields->count, end ? NULL : &provider);
    stream->local_ended = end;
    return error == 0;
}

void h2_resume(struct h2 *h2, struct h2_stream *stream)
{
    if (!stream->waiting || stream->closed)
        return;
    stream->waiting = false;
    nghttp2_session_resume_data(h2->session, stream->id);
}

void h2_reset_id(struct h2 *h2, int32_t id, enum h2_error code)
{
    h2_mark_reset(h2, id); /* so that it is not said twice (H2-STREAM-019) */
    if (nghttp2_submit_rst_stream(h2->session, NGHTTP2_FLAG_NONE, id, code) != 0)
        h2->failed = true;
}

void h2_reset(struct h2 *h2, struct h2_stream *stream, enum h2_error code)
{
    if (stream->closed || stream->reset_by_us)
        return;
    stream->reset_by_us = true;
    h2_reset_id(h2, stream->id, code);
}

/* Out of memory in nghttp2 is found at the next call that says so; until then less is given back. */
void h2_consume(struct h2 *h2, struct h2_stream *stream, size_t len)
{
    if (!stream->closed &&
        nghttp2_session_consume_stream(h2->session, stream->id, len) == NGHTTP2_ERR_NOMEM)
        h2->failed = true;
}

void h2_consume_connection(struct h2 *h2, size_t len)
{
    if (nghttp2_session_consume_connection(h2->session, len) == NGHTTP2_ERR_NOMEM)
        h2->failed = true;
}

/* ---- Octets ---------------------------------------------------------------------------------- */

static void put_goaway_frame(struct h2 *h2, uint32_t last_stream, enum h2_error code,
                             struct bytes debug)
{
    struct buf *out = output_buf(h2);

    buf_put_u24(out, 8 + (uint32_t)debug.len);
    buf_put_u8(out, NGHTTP2_GOAWAY);
    buf_put_u8(out, 0);
    buf_put_u32(out, 0);
    buf_put_u32(out, last_stream);
    buf_put_u32(out, code);
    buf_put(out, debug);
    if (h2->trace)
        trace_frame(h2->trace, &(struct trace_frame){.sent = true,
                                                     .type = NGHTTP2_GOAWAY,
                                                     .len = 8 + debug.len,
                                                     .code = code,
                                                     .last = (int32_t)last_stream,
                                                     .debug = debug});
}

/* nghttp2 gave up in a way that sends nothing: say GOAWAY in its place. */
static void put_goaway(struct h2 *h2, enum h2_error code, struct bytes debug)
{
    put_goaway_frame(h2, (uint32_t)h2->last_stream, code, debug);
    h2->done = true;
}

/* nghttp2 makes one stream too many an error of the whole connection, where RFC 9113 section 5.1.2 asks for a stream
 * error. So it is not told of our limit: the setting joins its first SETTINGS frame here, and conn.c refuses the
 * stream. */
static void put_max_streams(struct h2 *h2, size_t frame)
{
    struct buf *out = output_buf(h2);
    uint32_t len = load_u24(out->data + frame);

    buf_put_u16(out, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
    buf_put_u32(out, h2->max_streams);
    if (!out->failed)
        store_u24(out->data + frame, len + 6);
    h2->max_streams = 0;
}

static bool flush_one(struct h2 *h2)
{
    const uint8_t *data;
    h2_ssize len;

    h2->gathered = false;
    len = mem_send(h2->session, &data);
    if (len > 0) {
        struct buf *out = output_buf(h2);
        size_t start = out->len;
        buf_put(out, bytes_of(data, (size_t)len));
        if (h2->max_streams && !out->failed)
            put_max_streams(h2, start);
        return true;
    }
    if (len < 0)
        h2->failed = true;
    return h2->gathered;
}

bool h2_feed(struct h2 *h2, struct bytes in)
{
    h2_ssize taken = mem_recv(h2->session, in.data, in.len);
    if (h2->overflow)
        h2_terminate(h2, H2_FLOW_CONTROL_ERROR, "SETTINGS_INITIAL_WINDOW_SIZE overflows a window");
    if (taken >= 0)
        return !h2->failed && !h2->overflow;
    if (taken == NGHTTP2_ERR_FLOODED || taken == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS)
        put_goaway(h2, H2_ENHANCE_YOUR_CALM, BYTES("too much to ask of one connection"));
    else if (taken == NGHTTP2_ERR_NOMEM || h2->failed)
        h2->failed = true;
    else
        put_goaway(h2, H2_PROTOCOL_ERROR, NO_BYTES);
    return false;
}

/* All of it has left: the buffer waits for the next one, with whoever shares memory. */
static void reset_output(struct h2 *h2)
{
    gather_reset(&h2->out);
    if (h2->out.own.cap > KEEP_OUTPUT && !h2->memory)
        gather_clear(&h2->out);
    if (!h2->memory || h2->out.own.cap == 0)
        return;
    gather_clear(&h2->memory->out);
    h2->memory->out = h2->out;
    h2->out = (struct gather){0};
}

const struct gather *h2_gather(struct h2 *h2, size_t enough)
{
    if (gather_waiting(&h2->out) == 0)
        reset_output(h2);
    while (!h2->done && !h2->failed && gather_waiting(&h2->out) < enough && flush_one(h2))
        ;
    h2->failed = h2->failed || h2->out.own.failed;
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
    return taken;
}

void h2_flush_reset(struct h2 *h2, struct h2_stream *stream)
{
    while (!stream->closed && !h2->done && !h2->failed && flush_one(h2))
        ;
}

void h2_sent(struct h2 *h2, size_t n)
{
    gather_sent(&h2->out, n);
}

bool h2_done(const struct h2 *h2)
{
    return h2->done ||
           (!nghttp2_session_want_read(h2->session) && !nghttp2_session_want_write(h2->session));
}

bool h2_failed(const struct h2 *h2)
{
    return h2->failed;
}

/* ---- The connection -------------------------------------------------------------------------- */

void h2_ping(struct h2 *h2, enum h2_ping which)
{
    const uint8_t octets[8] = {[7] = (uint8_t)which};

    nghttp2_submit_ping(h2->session, NGHTTP2_FLAG_NONE, octets);
}

bool h2_take_sent(struct h2 *h2)
{
    bool sent = h2->sent;

    h2->sent = false;
    return sent;
}

/* nghttp2's own notice cannot say why. */
void h2_shutdown_notice(struct h2 *h2, const char *reason)
{
    h2_output(h2, gather_waiting(&h2->out) + 1); /* our own SETTINGS come first */
    bool over = h2->done || !nghttp2_session_want_read(h2->session); /* it has said a last GOAWAY */
    if (!over)
        put_goaway_frame(h2, INT32_MAX, H2_NO_ERROR, bytes_str(reason));
}

void h2_shutdown(struct h2 *h2, const char *reason)
{
    nghttp2_submit_goaway(h2->session, NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(h2->session), NGHTTP2_NO_ERROR,
                          (const uint8_t *)reason, strlen(reason));
}

void h2_terminate(struct h2 *h2, enum h2_error code, const char *reason)
{
    if (h2->done)
        return;
    h2_output(h2, gather_waiting(&h2->out) +
                      1); /* our own SETTINGS come first (RFC 9113 section 3.4) */
    put_goaway(h2, code, bytes_str(reason));
}

int32_t h2_last_stream(const struct h2 *h2)
{
    return h2->last_stream;
}

uint32_t h2_peer_max_streams(const struct h2 *h2)
{
    return nghttp2_session_get_remote_settings(h2->session,
                                               NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

size_t h2_peer_max_metadata(const struct h2 *h2)
{
    return nghttp2_session_get_remote_settings(h2->session, NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE);
}

const char *h2_library_version(void)
{
    return nghttp2_version(0)->version_str;
}

/* ---- Life ------------------------------------------------------------------------------------ */

static nghttp2_session_callbacks *make_callbacks(void)
{
    nghttp2_session_callbacks *callbacks = NULL;

    if (nghttp2_session_callbacks_new(&callbacks) != 0)
        return NULL;
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback2(callbacks, on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback2(callbacks, on_invalid_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_send);
    nghttp2_session_callbacks_set_send_data_callback(callbacks, send_data);
    return callbacks;
}

static nghttp2_option *make_options(void)
{
    nghttp2_option *option = NULL;

    if (nghttp2_option_new(&option) != 0)
        return NULL;
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_no_closed_streams(option, 1);
    nghttp2_option_set_no_recv_client_magic(option, 1); /* conn/guard.c reads it */
    nghttp2_option_set_peer_max_concurrent_streams(option, 100);
    nghttp2_option_set_max_send_header_block_length(option, 1u << 20);
    return option;
}

static void *alloc_shared(size_t size, void *memory)
{
    return h2_memory_alloc(size, memory);
}

static void free_shared(void *block, void *memory)
{
    h2_memory_free(block, memory);
}

static void *zeroed_shared(size_t count, size_t size, void *memory)
{
    return h2_memory_zeroed(count, size, memory);
}

static void *resize_shared(void *block, size_t size, void *memory)
{
    return h2_memory_resize(block, size, memory);
}

static int open_session(struct h2 *h2)
{
    nghttp2_session_callbacks *callbacks = make_callbacks();
    nghttp2_option *option = make_options();
    nghttp2_mem shared = {h2->memory, alloc_shared, free_shared, zeroed_shared, resize_shared};
    nghttp2_mem *mem = h2->memory ? &shared : NULL; /* copied */
    int error = NGHTTP2_ERR_NOMEM;

    if (callbacks && option && h2->role == ROLE_SERVER)
        error = nghttp2_session_server_new3(&h2->session, callbacks, h2, option, mem);
    else if (callbacks && option)
        error = nghttp2_session_client_new3(&h2->session, callbacks, h2, option, mem);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_option_del(option);
    return error;
}

static int submit_preface(struct h2 *h2, const struct gr_limits *limits)
{
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits->stream_window},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, (uint32_t)limits->max_metadata},
        {NGHTTP2_SETTINGS_ENABLE_PUSH,
         0}, /* a client's; a server's word on it would mean nothing */
    };
    size_t count = h2->role == ROLE_CLIENT ? ARRAY_LEN(settings) : ARRAY_LEN(settings) - 1;
    int error = nghttp2_submit_settings(h2->session, NGHTTP2_FLAG_NONE, settings, count);

    h2->max_streams = h2->role == ROLE_SERVER ? limits->max_concurrent_streams : 0;
    if (error)
        return error;
    return nghttp2_session_set_local_window_size(h2->session, NGHTTP2_FLAG_NONE, 0,
                                                 (int32_t)limits->connection_window);
}

struct h2 *h2_new(enum role role, const struct gr_limits *limits, struct trace *trace,
                  struct h2_memory *memory)
{
    struct h2 *h2 = calloc(1, sizeof(*h2));

    if (!h2)
        return NULL;
    h2->role = role;
    h2->trace = trace;
    h2->memory = memory;
    h2->peer_window = NGHTTP2_INITIAL_WINDOW_SIZE;
    h2->max_metadata = limits->max_metadata;
    if (open_session(h2) != 0 || submit_preface(h2, limits) != 0) {
        h2_free(h2);
        return NULL;
    }
    return h2;
}

void h2_copy_all(struct h2 *h2)
{
    h2->copies = true;
}

void h2_free(struct h2 *h2)
{
    if (!h2)
        return;
    nghttp2_session_del(h2->session);
    h2_clear_events(h2);
    gather_clear(&h2->out);
    free(h2);
}
