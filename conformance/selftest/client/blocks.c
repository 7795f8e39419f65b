/* SPDX-License-Identifier: MIT
 *
 * Header blocks in: collected from HEADERS and CONTINUATION, decoded whatever became of their stream (the table is
 * shared), then given to it. */
#include "selftest/client/client.h"
#include "selftest/hpack_faults.h"

#define MOST_OCTETS        65536
#define MOST_CONTINUATIONS 300
#define MOST_EMPTY         32

static bool strip_head(struct link *link, const struct frame *frame, struct bytes *fragment)
{
    size_t pad_len = 0;
    bool padded = (frame->flags & FLAG_PADDED) != 0;
    if (frame_inner(frame, fragment, &pad_len)) {
        if (errs(CLIENT_HEADERS_PADDING_NOT_STRIPPED) && pad_len)
            *fragment = frame->payload;
        if (errs(CLIENT_PRIORITY_NOT_STRIPPED) && (frame->flags & FLAG_PRIORITY))
            *fragment = bytes_of(fragment->data - 5, fragment->len + 5);
        return true;
    }
    if (padded && !errs(CLIENT_ACCEPTS_HEADERS_PADDING))
        link_error(link, H2_PROTOCOL_ERROR);
    if (!padded && !errs(CLIENT_ACCEPTS_SHORT_PRIORITY_FIELDS))
        link_error(link, H2_FRAME_SIZE_ERROR);
    return false;
}

/* ---- decoding, and the knobs that misread ---------------------------------------------------- */

static const enum client_knob overlooked_by[] = {
    [BLOCK_INDEX_0] = CLIENT_ACCEPTS_INDEX_0,
    [BLOCK_INDEX] = CLIENT_ACCEPTS_INDEX_BEYOND,
    [BLOCK_NAME_INDEX] = CLIENT_ACCEPTS_NAME_INDEX_BEYOND,
    [BLOCK_LATE_UPDATE] = CLIENT_ACCEPTS_LATE_UPDATE,
    [BLOCK_LARGE_UPDATE] = CLIENT_ACCEPTS_LARGE_UPDATE,
    [BLOCK_LONG_PADDING] = CLIENT_ACCEPTS_LONG_HUFFMAN_PADDING,
    [BLOCK_WRONG_PADDING] = CLIENT_ACCEPTS_WRONG_HUFFMAN_PADDING,
    [BLOCK_EOS] = CLIENT_ACCEPTS_HUFFMAN_EOS,
    [BLOCK_OVERFLOW] = CLIENT_ACCEPTS_INTEGER_OVERFLOW,
    [BLOCK_LONG_INTEGER] = CLIENT_ACCEPTS_INTEGER_OVERFLOW,
    [BLOCK_TRUNCATED] = CLIENT_ACCEPTS_TRUNCATED_BLOCK,
};

static void renew_decoder(struct link *link)
{
    hpack_decoder_free(link->decoder);
    link->decoder = hpack_decoder_new(OUR_TABLE);
}

static void resize_table(struct link *link, uint32_t size)
{
    struct buf block = {0};
    struct header_list none = {0};
    hpack_decoder_set_max_table_size(link->decoder, size > OUR_TABLE ? size : OUR_TABLE);
    hpack_put_size_update(&block, size);
    (void)hpack_decode(link->decoder, buf_view(&block), &none);
    header_list_clear(&none);
    buf_clear(&block);
}

/* A form that a knob does not know. */
static bool is_refused_form(void *unused, uint8_t first)
{
    (void)unused;
    if ((first & 0xc0) == 0x40)
        return errs(CLIENT_REFUSES_INDEXING_LITERALS);
    if ((first & 0xf0) == 0x10)
        return errs(CLIENT_REFUSES_NEVER_INDEXED);
    if ((first & 0xf0) == 0x00)
        return errs(CLIENT_REFUSES_PLAIN_LITERALS);
    if ((first & 0xe0) == 0x20)
        return errs(CLIENT_REFUSES_UPDATES);
    return errs(CLIENT_REFUSES_HALF_THE_STATIC_TABLE) && (first & 0x80) && (first & 0x7f) > 30 &&
           (first & 0x7f) < 62;
}

static bool has_large_entry(const struct header_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->fields[i].name.len + list->fields[i].value.len + 32 > OUR_TABLE)
            return true;
    return false;
}

static bool has_bad_base64(const struct header_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (bytes_ends_with(list->fields[i].name, BYTES("-bin")) &&
            !base64_is_acceptable(list->fields[i].value))
            return true;
    return false;
}

static bool forgets_table(const struct header_list *list, bool trailers)
{
    return errs(CLIENT_TABLE_PER_BLOCK) ||
           (errs(CLIENT_MALFORMED_FORGETS_TABLE) && response_is_malformed(list, trailers)) ||
           (errs(CLIENT_BAD_BASE64_FORGETS_TABLE) && has_bad_base64(list)) ||
           (errs(CLIENT_LARGE_LIST_FORGETS_TABLE) && list->size > OUR_HEADER_LIST) ||
           (errs(CLIENT_SKIPS_INFORMATIONAL_BLOCKS) && header_list_is_interim(list));
}

struct hpack_result link_decode(struct link *link, struct stream *stream, struct bytes block,
                                struct header_list *list)
{
    if (link->blocks_in++ == 0 && errs(CLIENT_TABLE_TOO_LARGE))
        resize_table(link, 1u << 20);
    if (link->blocks_in == 1 && errs(CLIENT_TABLE_TOO_SMALL))
        resize_table(link, OUR_TABLE - 64);
    struct bytes fields = hpack_skip_size_updates(block);
    if (fields.len < block.len && errs(CLIENT_UPDATES_EMPTY_TABLE))
        renew_decoder(link);
    if (errs(CLIENT_UPDATES_EVICT_NOTHING))
        block = fields;
    struct hpack_result result = hpack_decode(link->decoder, block, list);
    if (!result.ok && errs(overlooked_by[find_block_fault(block)])) {
        result.ok = true;
        renew_decoder(link);
    }
    if (result.ok && block_has(block, is_refused_form, NULL))
        result.ok = false;
    if (errs(CLIENT_LARGE_ENTRY_IS_ERROR) && has_large_entry(list))
        result.ok = false;
    if (forgets_table(list, stream && stream->has_headers))
        renew_decoder(link);
    return result;
}

/* ---- blocks ---- */

static void end_block(struct link *link)
{
    struct stream *stream = link_find_stream(link, link->block_stream);
    struct header_list list = {0};
    link->in_block = false;
    bool dead = stream && (stream->we_reset || stream->they_reset);
    if (dead && errs(CLIENT_SKIPS_DEAD_BLOCKS))
        return;
    struct hpack_result result = link_decode(link, stream, buf_view(&link->block), &list);
    if (!result.ok)
        link_error(link, H2_COMPRESSION_ERROR);
    else if (stream && !dead && !stream->remote_closed && stream->rpc)
        take_response_block(link, stream, &list, link->block_ends);
    header_list_clear(&list);
}

/* HEADERS on a stream of ours that was opened, whatever has become of it; anything else is an error. */
static bool is_for_a_stream(struct link *link, uint32_t id)
{
    if (link_find_stream(link, id))
        return true;
    if (id == 0 && errs(CLIENT_HEADERS_ON_0_KILL_IT)) {
        channel_die(link->channel, link->channel->rpcs,
                    "the client was killed by signal 6 (HEADERS on stream 0)");
        return false;
    }
    if ((id == 0 && errs(CLIENT_ACCEPTS_HEADERS_ON_0)) ||
        (id != 0 && errs(CLIENT_ACCEPTS_IDLE_STREAMS)))
        return false;
    if (id != 0 && errs(CLIENT_RESETS_IDLE_STREAMS)) {
        link_put_frame(link, FRAME_RST_STREAM, 0, id, BYTES("\0\0\0\5"));
        return false;
    }
    if (id != 0 && errs(CLIENT_IDLE_FRAMES_COLLIDE)) {
        channel_die(link->channel, link->channel->rpcs,
                    "the client was killed by signal 6 (an idle stream)");
        return false;
    }
    link_error(link, H2_PROTOCOL_ERROR);
    return false;
}

void link_begin_block(struct link *link, const struct frame *frame)
{
    struct bytes fragment;
    if (link->in_block || !strip_head(link, frame, &fragment) ||
        !is_for_a_stream(link, frame->stream))
        return;
    buf_reset(&link->block);
    buf_put(&link->block, fragment);
    link->block_stream = frame->stream;
    link->block_ends = (frame->flags & FLAG_END_STREAM) != 0;
    if (!(frame->flags & FLAG_END_HEADERS) && errs(CLIENT_END_LOST_WITH_CONTINUATION))
        link->block_ends = false;
    link->in_block = true;
    link->continuations = 0;
    if (frame->flags & FLAG_END_HEADERS)
        end_block(link);
    else if (errs(CLIENT_NO_CONTINUATION))
        link_error(link, H2_INTERNAL_ERROR);
}

void link_continue_block(struct link *link, const struct frame *frame)
{
    size_t most = errs(CLIENT_OWN_LIMIT_IS_ADVICE) ? 4 * MOST_OCTETS : MOST_OCTETS;
    bool counts = frame->payload.len > 0 || !errs(CLIENT_EMPTY_FRAMES_NOT_COUNTED);
    bool endless = (counts && ++link->continuations > MOST_CONTINUATIONS) ||
                   link->block.len + frame->payload.len > most ||
                   (frame->payload.len == 0 && link->continuations > MOST_EMPTY);
    if (endless && !errs(CLIENT_ENDLESS_BLOCKS)) {
        link_error(link, H2_ENHANCE_YOUR_CALM);
        return;
    }
    buf_put(&link->block, frame->payload);
    if (frame->flags & FLAG_END_HEADERS)
        end_block(link);
}
