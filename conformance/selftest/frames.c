/* SPDX-License-Identifier: MIT
 *
 * Frames in: one after the other from what was read, which of them may come now, and those of the connection: PING,
 * GOAWAY, PRIORITY. SETTINGS are in settings.c, what belongs to streams in stream_frames.c and blocks.c. */
#include "selftest/h2.h"

#include <stdlib.h>

/* ---- PING, GOAWAY, PRIORITY, PUSH_PROMISE ---------------------------------------------------- */

static void take_ping(struct h2 *h2, const struct frame *frame)
{
    if (frame->stream != 0 && !knob(KNOB_ACCEPTS_PING_ON_STREAM)) {
        connection_error(h2, H2_PROTOCOL_ERROR);
        return;
    }
    if (frame->payload.len != 8 && !knob(KNOB_ACCEPTS_PING_LENGTH)) {
        connection_error(h2, H2_FRAME_SIZE_ERROR);
        return;
    }
    for (struct stream *stream = h2->streams; stream; stream = stream->next)
        if (stream->pending.len > 0 && knob(KNOB_PINGS_WAIT_FOR_WINDOW))
            return;
    if (frame->flags & FLAG_ACK)
        h2->pinged = 0;
    if ((frame->flags & FLAG_ACK) && !knob(KNOB_ACKS_ARE_STRIKES))
        take_ping_answer(h2, frame->payload);
    else if (ping_is_too_many(h2)) {
        end_for_pings(h2);
        return;
    }
    if (((frame->flags & FLAG_ACK) && !knob(KNOB_ANSWERS_PING_ACK)) ||
        knob(KNOB_NEVER_ANSWERS_PING))
        return;
    if (knob(KNOB_PINGS_ARE_ABUSE)) {
        connection_error(h2, H2_ENHANCE_YOUR_CALM);
        return;
    }
    if (knob(KNOB_NO_PONG_AFTER_GOAWAY) && h2->they_go_away)
        return;
    if (knob(KNOB_ANSWERS_LAST_PING_ONLY)) {
        buf_reset(&h2->ping);
        buf_put(&h2->ping, frame->payload);
        return;
    }
    uint8_t zeros[8] = {0};
    struct bytes opaque = knob(KNOB_ZEROES_PING) ? bytes_of(zeros, 8)
                                                 : bytes_first(frame->payload, 8);
    put_frame(h2, FRAME_PING, knob(KNOB_ANSWERS_PING_WITHOUT_ACK) ? 0 : FLAG_ACK, 0, opaque);
}

static void take_goaway(struct h2 *h2, const struct frame *frame)
{
    if (frame->stream != 0 && !knob(KNOB_ACCEPTS_GOAWAY_ON_STREAM))
        connection_error(h2, H2_PROTOCOL_ERROR);
    else if (frame->payload.len < 8 && !knob(KNOB_ACCEPTS_GOAWAY_LENGTH))
        connection_error(h2, H2_FRAME_SIZE_ERROR);
    if (knob(KNOB_CLOSES_ON_GOAWAY))
        h2->dropped = true;
    if (knob(KNOB_UNKNOWN_CODE_KILLS) && frame->payload.len >= 8 &&
        load_u32(frame->payload.data + 4) > 13)
        for (struct stream *stream = h2->streams; stream; stream = stream->next)
            stream_error(h2, stream, H2_CANCEL);
    h2->they_go_away = true;
}

static void take_priority(struct h2 *h2, const struct frame *frame)
{
    struct stream *stream = find_stream(h2, frame->stream);
    if (frame->stream == 0) {
        if (!knob(KNOB_ACCEPTS_PRIORITY_ON_0))
            connection_error(h2, H2_PROTOCOL_ERROR);
        return;
    }
    if (frame->payload.len != 5) {
        if (knob(KNOB_ACCEPTS_PRIORITY_LENGTH))
            return;
        if (stream)
            stream_error(h2, stream, H2_FRAME_SIZE_ERROR);
        else
            put_rst_stream(h2, frame->stream, H2_FRAME_SIZE_ERROR);
        return;
    }
    bool unusual = frame->stream % 2 == 0 || !stream || stream->local_closed ||
                   stream->remote_closed;
    if (unusual && knob(KNOB_PRIORITY_KILLS))
        connection_error(h2, H2_PROTOCOL_ERROR);
    if (knob(KNOB_PRIORITY_RESETS) && stream && !stream->local_closed)
        stream_error(h2, stream, H2_INTERNAL_ERROR);
    else if (knob(KNOB_PRIORITY_RESETS))
        connection_error(h2, H2_INTERNAL_ERROR);
}

/* ---- all of them ---- */

static void take_headers(struct h2 *h2, const struct frame *frame)
{
    if (frame->stream == 0 && knob(KNOB_ACCEPTS_HEADERS_ON_0))
        return;
    if (frame->stream == 0)
        connection_error(h2, H2_PROTOCOL_ERROR);
    else
        begin_block(h2, frame);
}

static void take_unknown(struct h2 *h2, const struct frame *frame)
{
    if (knob(KNOB_UNKNOWN_FRAME_KILLS))
        connection_error(h2, H2_PROTOCOL_ERROR);
    if (frame->type > 0x0a && frame->type < 0x10 && knob(KNOB_NEWER_FRAMES_KILL))
        h2->dropped = true;
    if (frame->type == 0x0a && knob(KNOB_ALTSVC_KILLS))
        h2->dropped = true;
}

static bool is_for_half_closed(struct h2 *h2, const struct frame *frame)
{
    bool allowed = frame->type == FRAME_PRIORITY || frame->type == FRAME_WINDOW_UPDATE ||
                   frame->type == FRAME_RST_STREAM;
    struct stream *stream = frame->stream && allowed ? find_stream(h2, frame->stream) : NULL;
    return stream && stream->remote_closed && !stream->local_closed;
}

static void dispatch(struct h2 *h2, const struct frame *frame)
{
    switch (frame->type) {
    case FRAME_DATA:
        take_data(h2, frame);
        break;
    case FRAME_HEADERS:
        take_headers(h2, frame);
        break;
    case FRAME_PRIORITY:
        take_priority(h2, frame);
        break;
    case FRAME_RST_STREAM:
        take_rst_stream(h2, frame);
        break;
    case FRAME_SETTINGS:
        take_settings(h2, frame);
        break;
    case FRAME_PUSH_PROMISE:
        if (!knob(KNOB_ACCEPTS_PUSH_PROMISE))
            connection_error(h2, H2_PROTOCOL_ERROR);
        break;
    case FRAME_PING:
        take_ping(h2, frame);
        break;
    case FRAME_GOAWAY:
        take_goaway(h2, frame);
        break;
    case FRAME_WINDOW_UPDATE:
        take_window_update(h2, frame);
        break;
    case FRAME_CONTINUATION:
        if (!knob(KNOB_ACCEPTS_LONE_CONTINUATION))
            connection_error(h2, H2_PROTOCOL_ERROR);
        break;
    default:
        take_unknown(h2, frame);
    }
}

/* Inside a header block nothing but its CONTINUATION may come (4.3, 6.10). */
static void take_in_block(struct h2 *h2, const struct frame *frame)
{
    bool continues = frame->type == FRAME_CONTINUATION;
    bool same = frame->stream == h2->block_stream;
    if (continues && (same || knob(KNOB_ACCEPTS_FOREIGN_CONTINUATION))) {
        continue_block(h2, frame);
        return;
    }
    if (continues || !knob(KNOB_ACCEPTS_INTERLEAVED_FRAMES)) {
        if (frame->type <= FRAME_CONTINUATION || !knob(KNOB_ACCEPTS_UNKNOWN_FRAME_IN_BLOCK))
            connection_error(h2, H2_PROTOCOL_ERROR);
        return;
    }
    if (frame->type != FRAME_HEADERS && frame->stream != h2->block_stream)
        dispatch(h2, frame);
}

/* Knobs about a connection that goes wrong altogether. */
static bool fails_altogether(struct h2 *h2, const struct frame *frame)
{
    bool handshake = frame->type == FRAME_SETTINGS || frame->type == FRAME_WINDOW_UPDATE;
    if (knob(KNOB_DROPS_AFTER_HANDSHAKE) && !handshake)
        h2->dropped = true;
    if (knob(KNOB_DROPS_ON_REQUEST) && frame->type == FRAME_HEADERS)
        h2->dropped = true;
    if (knob(KNOB_DIES) && frame->type == FRAME_HEADERS)
        h2->fatal = h2->dropped = true;
    if (knob(KNOB_HANGS) && frame->type == FRAME_HEADERS)
        h2->stuck = true;
    return h2->dropped || h2->stuck;
}

static bool has_undefined_flags(const struct frame *frame)
{
    static const uint8_t defined[] = {
        [FRAME_DATA] = FLAG_END_STREAM | FLAG_PADDED,
        [FRAME_HEADERS] = FLAG_END_STREAM | FLAG_END_HEADERS | FLAG_PADDED | FLAG_PRIORITY,
        [FRAME_SETTINGS] = FLAG_ACK,
        [FRAME_PING] = FLAG_ACK,
        [FRAME_CONTINUATION] = FLAG_END_HEADERS,
    };
    return frame->type < ARRAY_LEN(defined) && (frame->flags & ~defined[frame->type]);
}

static void take_frame(struct h2 *h2, struct frame *frame)
{
    if (knob(KNOB_RESERVED_BIT_NOT_MASKED) && frame->reserved)
        frame->stream |= 0x80000000u;
    if (fails_altogether(h2, frame))
        return;
    h2->frames_in++;
    bool settings = frame->type == FRAME_SETTINGS && !(frame->flags & FLAG_ACK);
    if (!h2->settings_seen && !settings && !knob(KNOB_ACCEPTS_FRAMES_BEFORE_SETTINGS)) {
        connection_error(h2, H2_PROTOCOL_ERROR);
        return;
    }
    if (knob(KNOB_UNDEFINED_FLAGS_KILL) && has_undefined_flags(frame)) {
        connection_error(h2, H2_PROTOCOL_ERROR);
        return;
    }
    if (knob(KNOB_HALF_CLOSED_TAKES_NOTHING) && is_for_half_closed(h2, frame))
        connection_error(h2, H2_STREAM_CLOSED);
    else if (h2->block_stream)
        take_in_block(h2, frame);
    else
        dispatch(h2, frame);
}

static size_t longest_frame(struct bytes in)
{
    bool continues = in.len > 3 && in.data[3] == FRAME_CONTINUATION;
    bool any = knob(KNOB_ACCEPTS_LONG_FRAMES) ||
               (continues && knob(KNOB_ACCEPTS_LONG_CONTINUATION));
    return any ? 1u << 24 : DEFAULT_MAX_FRAME_SIZE;
}

/* The length is judged as soon as it is known: the payload may never come. */
static bool is_too_long(struct h2 *h2, struct bytes in)
{
    size_t length = in.len > 3 ? load_u24(in.data) : 0;
    if (length <= longest_frame(in)) {
        if (length > 16000 && knob(KNOB_LONG_FRAMES_HANG))
            h2->stuck = true;
        return false;
    }
    connection_error(h2, H2_FRAME_SIZE_ERROR);
    return true;
}

void take_all_frames(struct h2 *h2)
{
    struct bytes in = buf_view(&h2->in);
    struct frame frame;
    while (!h2->closing && !h2->dropped && !h2->stuck && !is_too_long(h2, in) &&
           frame_take(&in, &frame))
        take_frame(h2, &frame);
    if (h2->ping.len > 0)
        put_frame(h2, FRAME_PING, FLAG_ACK, 0, buf_view(&h2->ping));
    buf_reset(&h2->ping);
    buf_consume(&h2->in, h2->in.len - in.len);
}

void take_cut_off_frame(struct h2 *h2)
{
    struct bytes in = buf_view(&h2->in);
    if (in.len < FRAME_HEADER_LEN || in.data[3] != FRAME_DATA)
        return;
    size_t missing = FRAME_HEADER_LEN + load_u24(in.data) - in.len;
    buf_put_zeros(&h2->in, missing);
    take_all_frames(h2);
}
