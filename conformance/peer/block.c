/* SPDX-License-Identifier: MIT
 *
 * Collecting header blocks; see block.h. */
#include "peer/block.h"

#define PROMISED_STREAM_LEN 4

void header_block_clear(struct header_block *block)
{
    buf_clear(&block->octets);
    *block = (struct header_block){0};
}

static void append(struct header_block *block, struct bytes fragment)
{
    if (fragment.len > MAX_BLOCK - block->octets.len)
        block->too_large = true;
    else
        buf_put(&block->octets, fragment);
}

static bool begin(struct header_block *block, const struct frame *frame)
{
    struct bytes fragment;
    buf_reset(&block->octets);
    block->open = false;
    block->too_large = false;
    if (!frame_inner(frame, &fragment, NULL))
        return false;
    if (frame->type == FRAME_PUSH_PROMISE && fragment.len < PROMISED_STREAM_LEN)
        return false;
    if (frame->type == FRAME_PUSH_PROMISE)
        fragment = bytes_skip(fragment, PROMISED_STREAM_LEN);
    block->type = frame->type;
    block->flags = frame->flags;
    block->stream = frame->stream;
    block->open = !(frame->flags & FLAG_END_HEADERS);
    append(block, fragment);
    return !block->open;
}

static bool go_on(struct header_block *block, const struct frame *frame)
{
    if (!block->open || frame->stream != block->stream)
        return false;
    append(block, frame->payload);
    block->open = !(frame->flags & FLAG_END_HEADERS);
    return !block->open;
}

bool header_block_collect(struct header_block *block, const struct frame *frame)
{
    if (frame->type == FRAME_HEADERS || frame->type == FRAME_PUSH_PROMISE)
        return begin(block, frame);
    return frame->type == FRAME_CONTINUATION && go_on(block, frame);
}

struct hpack_result header_block_decode(const struct header_block *block,
                                        struct hpack_decoder *decoder, struct header_list *list)
{
    if (block->too_large)
        return (struct hpack_result){
            .why = "a header block of more than 1 MiB, which was not kept"};
    if (block->octets.failed)
        return (struct hpack_result){.why = "out of memory"};
    return hpack_decode(decoder, buf_view(&block->octets), list);
}
