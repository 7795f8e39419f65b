/* SPDX-License-Identifier: MIT
 *
 * Header blocks in: collected from HEADERS and CONTINUATION, decoded whatever becomes of the stream (the table is
 * shared), then given to the stream they open or end. */
#include "selftest/h2.h"

#define MOST_BLOCK_OCTETS        65536
#define MOST_EMPTY_CONTINUATIONS 32
#define NO_LENGTH                (INT64_C(1) << 60) /* no message has that: what is no number fits none */

static void end_block(struct h2 *h2);

static bool strip_head(struct h2 *h2, const struct frame *frame, struct bytes *fragment)
{
    size_t pad_len = 0;
    h2->padding_cut = 0;
    if (frame_inner(frame, fragment, &pad_len)) {
        h2->padding_cut = pad_len;
        if (knob(KNOB_PADDED_HEADERS_NOT_STRIPPED) && pad_len)
            *fragment = frame->payload;
        if (knob(KNOB_PRIORITY_NOT_STRIPPED) && (frame->flags & FLAG_PRIORITY))
            *fragment = bytes_of(fragment->data - 5, fragment->len + 5);
        return true;
    }
    if (knob(KNOB_ACCEPTS_HEADERS_PADDING_TOO_LONG))
        return false;
    bool padded = (frame->flags & FLAG_PADDED) != 0;
    if (knob(KNOB_ACCEPTS_EMPTY_PADDED) && padded && frame->payload.len == 0)
        return true;
    if (knob(KNOB_ACCEPTS_SHORT_PRIORITY_FIELDS) && !padded)
        return true;
    connection_error(h2, (frame->flags & FLAG_PADDED) ? H2_PROTOCOL_ERROR : H2_FRAME_SIZE_ERROR);
    return false;
}

void begin_block(struct h2 *h2, const struct frame *frame)
{
    struct bytes fragment;
    if (!strip_head(h2, frame, &fragment))
        return;
    buf_reset(&h2->block);
    buf_put(&h2->block, fragment);
    h2->block_stream = frame->stream;
    h2->block_ends_stream = (frame->flags & FLAG_END_STREAM) != 0;
    if (knob(KNOB_LONG_BLOCK_LOSES_END_STREAM) && !(frame->flags & FLAG_END_HEADERS))
        h2->block_ends_stream = false;
    h2->continuations = 0;
    if (frame->flags & FLAG_END_HEADERS)
        end_block(h2);
    else if (knob(KNOB_NO_CONTINUATION))
        connection_error(h2, H2_INTERNAL_ERROR);
}

void continue_block(struct h2 *h2, const struct frame *frame)
{
    h2->continuations++;
    if ((frame->flags & FLAG_END_STREAM) && knob(KNOB_CONTINUATION_FLAG_ENDS_STREAM))
        h2->block_ends_stream = true;
    bool dropped = h2->padding_cut > 0 && knob(KNOB_DROPS_CONTINUATION_AFTER_PADDING);
    if (!dropped)
        buf_put(&h2->block, frame->payload);
    bool endless = h2->block.len > MOST_BLOCK_OCTETS ||
                   h2->continuations > MOST_EMPTY_CONTINUATIONS * 8 ||
                   (frame->payload.len == 0 && h2->continuations > MOST_EMPTY_CONTINUATIONS);
    if (endless) {
        connection_error(h2, H2_ENHANCE_YOUR_CALM);
        return;
    }
    if (knob(KNOB_COUNTS_CONTINUATIONS) && h2->continuations > 2) {
        connection_error(h2, H2_ENHANCE_YOUR_CALM);
        return;
    }
    if (frame->flags & FLAG_END_HEADERS)
        end_block(h2);
}

/* ---- what a block is for ---- */

static bool id_is_wrong(struct h2 *h2, uint32_t id)
{
    if (id % 2 == 0 && !knob(KNOB_ACCEPTS_EVEN_STREAM))
        return true;
    if (knob(KNOB_GAPS_KILL) && id > h2->highest_stream + 2)
        return true;
    return id <= h2->highest_stream && !knob(KNOB_ACCEPTS_LOWER_STREAM);
}

static void take_content_length(struct stream *stream)
{
    const struct field *field = header_list_find(&stream->request, "content-length");
    stream->content_length = -1;
    if (!field || field->value.len == 0 || field->value.len > 15)
        return;
    int64_t length = 0;
    if (header_list_count(&stream->request, "content-length") > 1)
        length = NO_LENGTH;
    for (size_t i = 0; i < field->value.len && length < NO_LENGTH; i++) {
        if (field->value.data[i] < '0' || field->value.data[i] > '9') {
            length = NO_LENGTH;
            break;
        }
        length = length * 10 + (field->value.data[i] - '0');
    }
    stream->content_length = length;
}

static void start_request(struct h2 *h2, uint32_t id, struct header_list *list, bool ends)
{
    bool full = count_open(h2) >= OUR_MAX_STREAMS && !knob(KNOB_NO_STREAM_LIMIT);
    full = full || (knob(KNOB_SIX_STREAMS) && count_open(h2) >= 6);
    full = full || (knob(KNOB_FIRST_OF_MANY_ONLY) && count_open(h2) > 0);
    if (id > 300 && knob(KNOB_STOPS_AFTER_150_CALLS))
        h2->stuck = true;
    struct stream *stream = open_stream(h2, id);
    if (!stream) {
        header_list_clear(list);
        h2->dropped = true;
        return;
    }
    stream->request = *list;
    if (is_too_late(h2, id)) {
        stream->we_reset = true; /* as if: nothing is said, and nothing more is taken on it */
        close_stream_silently(stream);
        return;
    }
    stream->remote_closed = ends;
    take_content_length(stream);
    if (full && knob(KNOB_EXCESS_STREAM_KILLS)) {
        connection_error(h2, H2_PROTOCOL_ERROR);
        return;
    }
    if (full) {
        stream_error(h2, stream, H2_REFUSED_STREAM);
        return;
    }
    if (request_is_malformed(&stream->request, false)) {
        if (knob(KNOB_MALFORMED_KILLS))
            connection_error(h2, H2_INTERNAL_ERROR);
        stream_error(h2, stream, H2_PROTOCOL_ERROR);
        return;
    }
    if (ends && stream->content_length > 0 && !knob(KNOB_ACCEPTS_CONTENT_LENGTH)) {
        stream_error(h2, stream, H2_PROTOCOL_ERROR);
        return;
    }
    bool silent = (h2->they_go_away && knob(KNOB_NO_ANSWER_AFTER_GOAWAY)) ||
                  (!h2->acknowledged && knob(KNOB_WAITS_FOR_SETTINGS_ACK)) ||
                  (knob(KNOB_HOST_HANGS) && header_list_find(&stream->request, "host"));
    if (silent) {
        stream->finished = true;
        return;
    }
    if (request_is_refused_needlessly(&stream->request)) {
        connection_error(h2, H2_INTERNAL_ERROR);
        return;
    }
    if (ends && knob(KNOB_END_ON_HEADERS_IGNORED))
        stream->remote_closed = ends = false;
    service_begin(h2, stream);
    if (ends)
        take_messages(h2, stream);
}

/* A second block of a stream: trailers, or malformed. */
static void take_trailers(struct h2 *h2, struct stream *stream, const struct header_list *list,
                          bool ends)
{
    if (knob(KNOB_TRAILERS_KILL)) {
        connection_error(h2, H2_INTERNAL_ERROR);
        return;
    }
    bool malformed = (!ends && !knob(KNOB_ACCEPTS_MIDDLE_BLOCK)) ||
                     (request_is_malformed(list, true) && !knob(KNOB_ACCEPTS_PSEUDO_IN_TRAILERS));
    if (malformed) {
        stream_error(h2, stream, H2_PROTOCOL_ERROR);
        return;
    }
    stream->remote_closed |= ends;
    take_messages(h2, stream);
}

static void take_known(struct h2 *h2, struct stream *stream, const struct header_list *list,
                       bool ends)
{
    if (stream->we_reset && knob(KNOB_TRAILERS_AFTER_REFUSAL_KILL))
        connection_error(h2, H2_STREAM_CLOSED);
    if (stream->we_reset)
        return;
    if (!stream->remote_closed) {
        take_trailers(h2, stream, list, ends);
        return;
    }
    if (knob(KNOB_ACCEPTS_HEADERS_AFTER_END))
        return;
    if (stream->local_closed && !stream->they_reset)
        connection_error(h2, H2_STREAM_CLOSED);
    else
        stream_error(h2, stream, H2_STREAM_CLOSED);
}

static void give_block(struct h2 *h2, struct header_list *list, uint32_t id, bool ends)
{
    struct stream *stream = find_stream(h2, id);
    if (stream && knob(KNOB_CLOSED_STREAM_REOPENS) && stream->local_closed) {
        stream->id = 0;
        stream = NULL;
        h2->highest_stream = id - 1;
    }
    if (stream) {
        take_known(h2, stream, list, ends);
        header_list_clear(list);
        return;
    }
    if (id_is_wrong(h2, id)) {
        header_list_clear(list);
        connection_error(h2, H2_PROTOCOL_ERROR);
        return;
    }
    start_request(h2, id, list, ends);
}

/* The block is for a stream that is over, or for one more than are allowed. */
static bool is_for_dead_stream(struct h2 *h2, uint32_t id)
{
    struct stream *stream = find_stream(h2, id);
    return stream ? stream->we_reset || stream->they_reset : count_open(h2) >= OUR_MAX_STREAMS;
}

static void end_block(struct h2 *h2)
{
    struct header_list list = {0};
    if (knob(KNOB_SKIPS_DEAD_BLOCKS) && is_for_dead_stream(h2, h2->block_stream)) {
        put_rst_stream(h2, h2->block_stream, H2_REFUSED_STREAM);
        h2->block_stream = 0;
        return;
    }
    struct hpack_result result = decode_block(h2, buf_view(&h2->block), &list);
    uint32_t id = h2->block_stream;
    h2->block_stream = 0;
    h2->blocks_in++;
    if (!result.ok || h2->stuck) {
        header_list_clear(&list);
        if (h2->stuck)
            return;
        connection_error(h2, H2_COMPRESSION_ERROR);
        return;
    }
    give_block(h2, &list, id, h2->block_ends_stream);
}
