/* SPDX-License-Identifier: MIT
 *
 * What the linter remembers of the frames we send: what the target may do depends on it. Frames of ours that are
 * illegal count for nothing here, except that the target may answer them as it likes. */
#include "lint/state.h"

#include <stdlib.h>

static void note_value(struct settings_batch *batch, uint16_t id, uint32_t value)
{
    switch (id) {
    case SETTING_HEADER_TABLE_SIZE:
        batch->table_size = value;
        break;
    case SETTING_MAX_CONCURRENT_STREAMS:
        batch->max_streams = value;
        break;
    case SETTING_ENABLE_PUSH:
        batch->enable_push = value;
        break;
    case SETTING_INITIAL_WINDOW_SIZE:
        if (value <= MAX_WINDOW)
            batch->initial_window = value;
        break;
    case SETTING_MAX_FRAME_SIZE:
        if (value >= DEFAULT_MAX_FRAME_SIZE && value < 1u << 24)
            batch->max_frame_size = value;
        break;
    default:
        break;
    }
}

/* An illegal SETTINGS frame waits for an ACK too: that somebody acknowledges it is for its case to judge. */
static void note_settings(struct lint *lint, const struct frame *frame)
{
    struct our_settings *ours = &lint->ours;
    if (frame->flags & FLAG_ACK)
        return;
    if (ours->pending_count == BATCHES_REMEMBERED) {
        ours->lost_count = true;
        return;
    }
    struct settings_batch batch = {-1, -1, -1, -1, -1};
    for (size_t i = 0; frame->stream == 0 && i + 6 <= frame->payload.len; i += 6)
        note_value(&batch, load_u16(frame->payload.data + i),
                   load_u32(frame->payload.data + i + 2));
    ours->pending[ours->pending_count++] = batch;
}

static void note_ping(struct lint *lint, const struct frame *frame)
{
    if ((frame->flags & FLAG_ACK) || frame->payload.len != 8)
        return;
    lint->pings_sent++;
    if (lint->ping_count == PINGS_REMEMBERED) {
        lint->pings_lost = true;
        return;
    }
    struct sent_ping *ping = &lint->pings[lint->ping_count++];
    ping->number = lint->pings_sent;
    memcpy(ping->opaque, frame->payload.data, 8);
}

static void note_window_update(struct lint *lint, const struct frame *frame)
{
    if (frame->payload.len != 4)
        return;
    int64_t increment = load_u32(frame->payload.data) & 0x7fffffff;
    struct lint_stream *stream = frame->stream ? lint_find(lint, frame->stream) : NULL;
    if (stream)
        stream->their_credit += increment;
    if (frame->stream == 0)
        lint->their_connection_credit += increment;
}

static void note_data(struct lint *lint, const struct frame *frame, struct lint_stream *stream)
{
    int64_t octets = (int64_t)frame->payload.len;
    lint->our_connection_credit -= octets;
    stream->our_credit -= octets;
    stream->provoked |= !stream->opened;
    stream->our_end |= (frame->flags & FLAG_END_STREAM) != 0;
}

static void note_reset(struct lint *lint, const struct frame *frame, struct lint_stream *stream)
{
    if (frame->payload.len != 4) {
        stream->provoked = true;
        return;
    }
    stream->provoked |= !stream->opened;
    if (stream->our_reset)
        return;
    stream->our_reset = true;
    stream->our_reset_code = load_u32(frame->payload.data);
    stream->our_reset_ping = lint->pings_sent;
}

/* A frame on a stream: what it does to the stream, and whether the target may take offence. */
static void note_stream_frame(struct lint *lint, const struct frame *frame)
{
    if (frame->type == FRAME_PRIORITY && frame->payload.len == 5)
        return;
    struct lint_stream *stream = lint_stream_of(lint, frame->stream);
    if (!stream)
        return;
    bool carries = frame->type == FRAME_DATA || frame->type == FRAME_HEADERS;
    stream->touched = true;
    stream->provoked |= carries && (stream->our_end || stream->our_reset);
    stream->ours_after_their_reset |= stream->their_reset;
    lint->highest_touched = frame->stream > lint->highest_touched ? frame->stream
                                                                  : lint->highest_touched;
    switch (frame->type) {
    case FRAME_DATA:
        note_data(lint, frame, stream);
        break;
    case FRAME_HEADERS:
        if (lint->role == LINT_SERVER) /* a server's HEADERS open no stream */
            stream->opened = true;
        stream->provoked |= !stream->opened;
        stream->our_end |= (frame->flags & FLAG_END_STREAM) != 0;
        break;
    case FRAME_RST_STREAM:
        note_reset(lint, frame, stream);
        break;
    case FRAME_WINDOW_UPDATE:
    case FRAME_CONTINUATION:
        break;
    default:
        stream->provoked = true;
    }
}

/* The callers' list, or our own decoding of the fragments; NULL when there is nothing to be known. */
static const struct header_list *sent_list(struct lint *lint, const struct header_list *given,
                                           struct header_list *own)
{
    if (given)
        return given;
    struct hpack_result result = hpack_decode(lint->sent_decoder, buf_view(&lint->sent_block), own);
    return result.ok && !own->failed ? own : NULL;
}

static void note_block(struct lint *lint, const struct frame *frame,
                       const struct header_list *given)
{
    struct bytes fragment = frame->payload;
    if (frame->type == FRAME_HEADERS) {
        buf_reset(&lint->sent_block);
        lint->block_stream[SENT] = frame->stream;
        if (!frame_inner(frame, &fragment, NULL))
            return;
    }
    buf_put(&lint->sent_block, fragment);
    if (!(frame->flags & FLAG_END_HEADERS) || lint->block_stream[SENT] != frame->stream)
        return;
    lint->block_stream[SENT] = 0;

    struct header_list own = {0};
    const struct header_list *list = sent_list(lint, given, &own);
    struct lint_stream *stream = lint_find(lint, frame->stream);
    if (stream && stream->request_known)
        stream->request_plain = false; /* trailers of a request are HTTP's, not gRPC's */
    else if (list && stream && lint->role == LINT_SERVER)
        read_request(stream, list, lint);
    else if (stream && lint->role == LINT_CLIENT)
        stream->provoked |= !list || !response_is_plain(list);
    header_list_clear(&own);
}

/* A promise of ours: the stream it names is no longer idle, and a client may refuse it. */
static void note_promise(struct lint *lint, const struct frame *frame)
{
    struct bytes inner;
    if (!frame_inner(frame, &inner, NULL) || inner.len < 4)
        return;
    uint32_t id = load_u32(inner.data) & 0x7fffffffu;
    struct lint_stream *promised = id ? lint_stream_of(lint, id) : NULL;
    if (promised)
        promised->touched = true;
}

void note_sent(struct lint *lint, const struct frame *frame, const struct header_list *headers)
{
    if (frame->stream != 0)
        note_stream_frame(lint, frame);
    switch (frame->type) {
    case FRAME_SETTINGS:
        note_settings(lint, frame);
        break;
    case FRAME_PING:
        note_ping(lint, frame);
        break;
    case FRAME_GOAWAY:
        if (!lint->our_goaway)
            lint->our_goaway_ping = lint->pings_sent;
        lint->our_goaway = true;
        break;
    case FRAME_WINDOW_UPDATE:
        note_window_update(lint, frame);
        break;
    case FRAME_PUSH_PROMISE:
        note_promise(lint, frame);
        break;
    case FRAME_HEADERS:
    case FRAME_CONTINUATION:
        note_block(lint, frame, headers);
        break;
    default:
        break;
    }
}
