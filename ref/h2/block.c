/* SPDX-License-Identifier: MIT
 *
 * Header blocks that arrive: every one is decoded, whoever it is for, so that both ends' tables stay alike (RFC 9113
 * section 4.3). Fragments are decoded as they come; nothing waits for the last one. */
#include "h2/private.h"

#define MOST_OCTETS (256u << 10) /* of a block: CONTINUATION without end (CVE-2024-27316) */

static enum head_kind kind_of(const struct h2 *h2, const struct h2_stream *stream)
{
    if (stream && stream->has_head)
        return HEAD_TRAILERS;
    return h2->role == ROLE_SERVER ? HEAD_REQUEST : HEAD_RESPONSE;
}

/* Decoded, for HPACK's sake, and dropped when the list is longer than we said (SEC-016, SEC-020). */
static void take_field(struct h2 *h2, const struct field *field)
{
    struct block *block = &h2->block;
    struct field *kept;

    block->size += field->name.len + field->value.len + FIELD_OVERHEAD;
    block->too_large = block->too_large || block->size > h2->max_metadata;
    if (!block->stream || block->too_large)
        return;
    head_field(&block->head, field->name, field->value);
    if (block->head.malformed)
        return;
    kept = h2_new_field(h2);
    if (!kept)
        return;
    uint8_t *text = gr_arena_alloc(&h2->turn.text, field->name.len + field->value.len);
    if (!text) {
        h2->failed = true;
        return;
    }
    kept->name = bytes_of(text, field->name.len);
    kept->value = bytes_of(text + field->name.len, field->value.len);
    memcpy(text, field->name.data, field->name.len);
    if (field->value.len)
        memcpy(text + field->name.len, field->value.data, field->value.len);
}

static void trace_block(struct h2 *h2)
{
    const struct block *block = &h2->block;
    size_t count = h2->turn.field_count - block->first;

    trace_frame(h2->trace, &(struct trace_frame){
                               .type = HEADERS,
                               .flags = block->frame.flags | FLAG_END_HEADERS,
                               .stream = block->frame.stream,
                               .len = block->octets,
                               .fields = count ? h2->turn.fields + block->first : NULL,
                               .field_count = count,
                           });
}

static void tell(struct h2 *h2, struct h2_stream *stream, bool end)
{
    const struct block *block = &h2->block;
    struct h2_event *event = h2_push(h2, H2_EVENT_HEADERS, stream);

    if (!event)
        return;
    event->code = (uint32_t)block->first;
    event->field_count = h2->turn.field_count - block->first;
    event->end_stream = end;
    event->too_large = block->too_large;
}

static void end_block(struct h2 *h2)
{
    struct block *block = &h2->block;
    struct h2_stream *stream = block->stream;
    bool end = block->frame.flags & FLAG_END_STREAM;

    block->open = false;
    if (h2->trace)
        trace_block(h2);
    if (!stream || h2->failed)
        return;
    bool whole = block->too_large ? !block->head.malformed : head_is_complete(&block->head, end);
    if (!whole || (stream->has_head && !h2_keeps_length(stream, end))) {
        h2_reset(h2, stream, H2_PROTOCOL_ERROR);
        return;
    }
    block->stream = NULL;
    if (head_is_interim(&block->head))
        return; /* not the answer yet (H2-HDR-020) */
    if (!stream->has_head && block->head.status != 304)
        stream->content_length = block->head.content_length;
    stream->has_head = true;
    tell(h2, stream, end);
    if (end)
        h2_end_remote(h2, stream);
}

static bool decode(struct h2 *h2, struct bytes fragment, bool last)
{
    struct field field;

    for (;;) {
        switch (hpack_step(h2->hpack, &fragment, last, &field)) {
        case HPACK_FIELD:
            take_field(h2, &field);
            break;
        case HPACK_HUNGRY:
            return true;
        case HPACK_ENDED:
            end_block(h2);
            return !h2->done;
        default:
            h2_terminate(h2, H2_COMPRESSION_ERROR, "a header block is no HPACK");
            return false;
        }
    }
}

bool h2_begin_block(struct h2 *h2, const struct frame *frame, struct h2_stream *stream,
                    struct bytes fragment)
{
    h2->block = (struct block){.open = true,
                               .frame = *frame,
                               .stream = stream,
                               .octets = fragment.len,
                               .first = h2->turn.field_count};
    head_init(&h2->block.head, kind_of(h2, stream));
    return decode(h2, fragment, frame->flags & FLAG_END_HEADERS);
}

bool h2_continue_block(struct h2 *h2, const struct frame *frame, struct bytes fragment)
{
    size_t most = 2 * h2->max_metadata > MOST_OCTETS ? 2 * h2->max_metadata : MOST_OCTETS;

    h2->block.octets += fragment.len;
    if (h2->block.octets > most) {
        h2_terminate(h2, H2_ENHANCE_YOUR_CALM, "a header block without end");
        return false;
    }
    return decode(h2, fragment, frame->flags & FLAG_END_HEADERS);
}
