/* SPDX-License-Identifier: MIT
 *
 * Frames in that belong to a stream: RST_STREAM, WINDOW_UPDATE (also of the connection) and DATA, with the rules
 * about idle and closed streams (RFC 9113 5.1). Header blocks are in blocks.c. */
#include "selftest/h2.h"

/* ---- RST_STREAM and WINDOW_UPDATE ------------------------------------------------------------ */

/* A stream that was never opened: everything but HEADERS and PRIORITY is a connection error (5.1). */
static bool is_idle(const struct h2 *h2, uint32_t id)
{
    return id > h2->highest_stream || (id % 2 == 0 && !knob(KNOB_ACCEPTS_EVEN_STREAM));
}

static bool refuse_idle(struct h2 *h2, const struct frame *frame, enum knob_name overlooks)
{
    bool zero_matters = frame->stream == 0 && frame->type != FRAME_WINDOW_UPDATE;
    if (zero_matters || (frame->stream != 0 && is_idle(h2, frame->stream))) {
        if (!knob(overlooks))
            connection_error(h2, H2_PROTOCOL_ERROR);
        return true;
    }
    return false;
}

void take_rst_stream(struct h2 *h2, const struct frame *frame)
{
    if (frame->payload.len != 4 && !knob(KNOB_ACCEPTS_RST_STREAM_LENGTH)) {
        connection_error(h2, H2_FRAME_SIZE_ERROR);
        return;
    }
    if (refuse_idle(h2, frame,
                    frame->stream ? KNOB_ACCEPTS_RST_STREAM_ON_IDLE : KNOB_ACCEPTS_RST_STREAM_ON_0))
        return;
    uint32_t known = knob(KNOB_RESETS_IN_16_BITS) ? 0xffff : UINT32_MAX;
    struct stream *stream = find_stream(h2, frame->stream & known);
    if (!stream)
        return;
    if (knob(KNOB_CUT_MESSAGES_NOT_CREDITED))
        h2->uncredited += stream->assembly.len;
    bool over = stream->they_reset || (stream->local_closed && stream->remote_closed);
    if (stream->they_reset && knob(KNOB_SECOND_RESET_KILLS))
        h2->dropped = true;
    if (!over && knob(KNOB_RESET_KILLS))
        connection_error(h2, H2_PROTOCOL_ERROR);
    if (over && knob(KNOB_RESET_AFTER_CLOSE_KILLS))
        connection_error(h2, H2_STREAM_CLOSED);
    if (frame->payload.len >= 4 && load_u32(frame->payload.data) > 13 &&
        knob(KNOB_UNKNOWN_CODE_KILLS))
        h2->dropped = true;
    if (knob(KNOB_ANSWERS_RESET) && !stream->we_reset) {
        put_rst_stream(h2, stream->id, H2_STREAM_CLOSED);
        stream->we_reset = true;
    }
    if (knob(KNOB_IGNORES_RESET))
        return;
    stream->they_reset = true;
    if (knob(KNOB_RESET_LOSES_SEND_WINDOW))
        h2->send_window -= (int64_t)stream->pending.len;
    if (knob(KNOB_RESET_MUTES_NEIGHBOUR) && stream->next && count_open(h2) > 4)
        buf_reset(&stream->next->pending);
    credit(h2, NULL, stream->raw.len);
    close_stream_silently(stream);
}

static void raise_window(struct h2 *h2, struct stream *stream, uint32_t increment)
{
    int64_t *window = stream ? &stream->send_window : &h2->send_window;
    int64_t most = knob(KNOB_LARGEST_WINDOW_OVERFLOWS) ? MAX_WINDOW - 1 : MAX_WINDOW;
    if (stream && knob(KNOB_IGNORES_STREAM_WINDOW_UPDATE))
        return;
    if (!stream && knob(KNOB_IGNORES_CONNECTION_WINDOW_UPDATE))
        return;
    if (*window + increment <= most) {
        *window += increment;
        return;
    }
    if (knob(KNOB_WINDOW_OVERFLOW_HANGS)) {
        h2->stuck = true;
        return;
    }
    if (knob(KNOB_ACCEPTS_WINDOW_OVERFLOW))
        return;
    if (stream)
        stream_error(h2, stream, H2_FLOW_CONTROL_ERROR);
    else
        connection_error(h2, H2_FLOW_CONTROL_ERROR);
}

void take_window_update(struct h2 *h2, const struct frame *frame)
{
    if (frame->payload.len != 4 && !knob(KNOB_ACCEPTS_WINDOW_UPDATE_LENGTH)) {
        connection_error(h2, H2_FRAME_SIZE_ERROR);
        return;
    }
    if (refuse_idle(h2, frame, KNOB_ACCEPTS_WINDOW_UPDATE_ON_IDLE) || frame->payload.len < 4)
        return;
    struct stream *stream = find_stream(h2, frame->stream);
    bool over = frame->stream && (!stream || stream->local_closed);
    if (over && stream && stream->we_reset && knob(KNOB_WINDOW_UPDATE_AFTER_REFUSAL_KILLS))
        connection_error(h2, H2_STREAM_CLOSED);
    if (over && knob(KNOB_ANSWERS_ON_CLOSED_STREAM))
        put_frame(h2, FRAME_DATA, 0, frame->stream, NO_BYTES);
    if (over && knob(KNOB_WINDOW_UPDATE_AFTER_CLOSE_KILLS))
        connection_error(h2, H2_STREAM_CLOSED);
    if (over)
        return;
    uint32_t bits = load_u32(frame->payload.data);
    uint32_t increment = knob(KNOB_INCREMENT_RESERVED_BIT) ? bits : bits & 0x7fffffff;
    if (increment > 0) {
        raise_window(h2, stream, increment);
        return;
    }
    if (knob(KNOB_ACCEPTS_INCREMENT_ZERO))
        return;
    if (stream && !knob(KNOB_INCREMENT_ZERO_KILLS))
        stream_error(h2, stream, H2_PROTOCOL_ERROR);
    else
        connection_error(h2, H2_PROTOCOL_ERROR);
}

/* ---- DATA ---- */

/* The payload without padding; false after a connection error. */
static bool strip_padding(struct h2 *h2, const struct frame *frame, struct bytes *data)
{
    size_t pad_len = 0;
    if (frame_inner(frame, data, &pad_len)) {
        if (pad_len > 1 && frame->payload.data[frame->payload.len - 1] != 0 &&
            knob(KNOB_REFUSES_NONZERO_PADDING))
            connection_error(h2, H2_INTERNAL_ERROR);
        if (knob(KNOB_PADDING_IS_DATA))
            *data = frame->payload;
        if ((frame->flags & FLAG_PADDED) && frame->payload.data[0] == 255 &&
            knob(KNOB_PADDING_255_OVERFLOWS))
            *data = NO_BYTES;
        if ((frame->flags & FLAG_PADDED) && data->len == 0 && knob(KNOB_PADDING_ONLY_HANGS))
            h2->stuck = true;
        return true;
    }
    if (knob(KNOB_ACCEPTS_PADDING_TOO_LONG) ||
        (frame->payload.len == 0 && knob(KNOB_ACCEPTS_EMPTY_PADDED)))
        return true;
    connection_error(h2, H2_PROTOCOL_ERROR);
    return false;
}

static bool has_closed(struct h2 *h2, struct stream *stream, const struct frame *frame,
                       size_t data_len)
{
    if (stream && !stream->remote_closed && !stream->we_reset)
        return false;
    if (!knob(KNOB_STOP_KEEPS_WINDOW) || !stream || !is_too_late(h2, stream->id))
        credit(h2, NULL, knob(KNOB_LATE_PADDING_NOT_CREDITED) ? data_len : frame->payload.len);
    if (!stream || stream->we_reset)
        return true;
    if (!knob(KNOB_ACCEPTS_DATA_AFTER_END) && !(stream->they_reset && knob(KNOB_IGNORES_RESET)))
        stream_error(h2, stream, H2_STREAM_CLOSED);
    return true;
}

static void end_request(struct h2 *h2, struct stream *stream)
{
    bool wrong = stream->content_length >= 0 &&
                 (uint64_t)stream->content_length != stream->body_octets;
    if (wrong && !knob(KNOB_ACCEPTS_CONTENT_LENGTH)) {
        stream_error(h2, stream, H2_PROTOCOL_ERROR);
        return;
    }
    if (knob(KNOB_EMPTY_END_STREAM_IGNORED) && stream->body_octets > 0 && stream->raw.len == 0)
        return;
    stream->remote_closed = true;
    take_messages(h2, stream);
}

/* A stream in the middle of a message, if there is one. */
static struct stream *stream_with_part(struct h2 *h2, struct stream *otherwise)
{
    for (struct stream *stream = h2->streams; stream; stream = stream->next)
        if (stream->assembly.len > 0 && !stream->finished)
            return stream;
    return otherwise;
}

void take_data(struct h2 *h2, const struct frame *frame)
{
    struct bytes data;
    if (refuse_idle(h2, frame,
                    frame->stream ? KNOB_ACCEPTS_DATA_ON_IDLE : KNOB_ACCEPTS_DATA_ON_0) ||
        !strip_padding(h2, frame, &data))
        return;
    struct stream *stream = find_stream(h2, frame->stream);
    if (knob(KNOB_MIXES_STREAMS))
        stream = stream_with_part(h2, stream);
    size_t octets = frame->payload.len;
    h2->receive_window -= (int64_t)octets;
    if (stream && stream->finished && knob(KNOB_DATA_ON_ENDED_STREAM_KILLS))
        connection_error(h2, H2_STREAM_CLOSED);
    if (has_closed(h2, stream, frame, data.len))
        return;
    stream->receive_window -= (int64_t)octets;
    if (h2->receive_window < 0 || stream->receive_window < 0) {
        connection_error(h2, H2_FLOW_CONTROL_ERROR);
        return;
    }
    if (stream->body_octets + data.len > DEFAULT_WINDOW && knob(KNOB_RESET_IS_CREDITED)) {
        stream_error(h2, stream, H2_FLOW_CONTROL_ERROR);
        put_window_update(h2, stream->id, 1000);
        return;
    }
    stream->body_octets += data.len;
    buf_put(&stream->raw, data);
    if (!knob(KNOB_PADDING_NOT_CREDITED))
        credit(h2, stream, octets - data.len);
    if (octets == 0 && !(frame->flags & FLAG_END_STREAM) && knob(KNOB_EMPTY_DATA_ENDS_STREAM))
        stream->remote_closed = true;
    if (octets == 0 && knob(KNOB_EMPTY_DATA_STOPS_ALL) && ++h2->empty_data > 50)
        atomic_store(&h2->common->frozen, true);
    if (octets == 0 && knob(KNOB_EMPTY_DATA_KILLS))
        connection_error(h2, H2_PROTOCOL_ERROR);
    if (data.len > 0 && (frame->flags & FLAG_END_STREAM) &&
        knob(KNOB_END_STREAM_WITH_DATA_IGNORED)) {
        take_messages(h2, stream);
        return;
    }
    bool ends = (frame->flags & FLAG_END_STREAM) ||
                (frame->flags && knob(KNOB_ANY_FLAG_ENDS_STREAM));
    if (ends)
        end_request(h2, stream);
    else
        take_messages(h2, stream);
}
