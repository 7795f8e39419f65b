/* SPDX-License-Identifier: MIT
 *
 * Length-prefixed messages; see message.h. */
#include "codec/message.h"

void gr_prefix_write(uint8_t prefix[static GR_PREFIX_LEN], bool compressed, uint32_t len)
{
    prefix[0] = compressed;
    store_u32(prefix + 1, len);
}

void gr_deframer_init(struct gr_deframer *deframer, size_t max_message)
{
    *deframer = (struct gr_deframer){.max_message = max_message};
}

void gr_deframer_clear(struct gr_deframer *deframer)
{
    spare_give(deframer->spare, &deframer->held);
    *deframer = (struct gr_deframer){.max_message = deframer->max_message,
                                     .spare = deframer->spare};
}

static struct bytes take(struct bytes *piece, size_t n)
{
    struct bytes taken = bytes_first(*piece, n);
    *piece = bytes_skip(*piece, n);
    return taken;
}

/* Gather the prefix. A bad flag is known by its first octet, a bad length by its last. */
static enum gr_deframed take_prefix(struct gr_deframer *deframer, struct bytes *piece)
{
    struct bytes taken = take(piece, GR_PREFIX_LEN - deframer->prefix_len);
    if (taken.len > 0)
        memcpy(deframer->prefix + deframer->prefix_len, taken.data, taken.len);
    deframer->prefix_len += taken.len;

    if (deframer->prefix_len > 0 && deframer->prefix[0] > 1)
        return GR_DEFRAMED_BAD_FLAG;
    if (deframer->prefix_len < GR_PREFIX_LEN)
        return GR_DEFRAMED_NONE;
    bool too_large = load_u32(deframer->prefix + 1) > deframer->max_message;
    return too_large ? GR_DEFRAMED_TOO_LARGE : GR_DEFRAMED_MESSAGE;
}

/* With the prefix whole: gather the payload, or view it where it lies. */
static enum gr_deframed take_payload(struct gr_deframer *deframer, struct bytes *piece,
                                     struct gr_message *message)
{
    size_t len = load_u32(deframer->prefix + 1);
    struct bytes taken = take(piece, len - deframer->held.len);
    bool whole_here = taken.len == len;
    if (!whole_here) {
        spare_take(deframer->spare, &deframer->held, len);
        buf_put(&deframer->held, taken);
        if (deframer->held.failed)
            return GR_DEFRAMED_NOMEM;
        if (deframer->held.len < len)
            return GR_DEFRAMED_NONE;
    }
    message->compressed = deframer->prefix[0] == 1;
    message->payload = whole_here ? taken : buf_view(&deframer->held);
    deframer->held_given = !whole_here;
    deframer->prefix_len = 0;
    return GR_DEFRAMED_MESSAGE;
}

enum gr_deframed gr_deframer_next(struct gr_deframer *deframer, struct bytes *piece,
                                  struct gr_message *message)
{
    if (deframer->held_given)
        buf_reset(&deframer->held);
    deframer->held_given = false;

    enum gr_deframed result = deframer->stuck;
    if (result == GR_DEFRAMED_NONE)
        result = take_prefix(deframer, piece);
    if (result == GR_DEFRAMED_MESSAGE)
        result = take_payload(deframer, piece, message);
    if (result == GR_DEFRAMED_MESSAGE)
        return result;
    deframer->stuck = result;
    *piece = NO_BYTES;
    return result;
}

size_t gr_deframer_length(const struct gr_deframer *deframer)
{
    return deframer->prefix_len == GR_PREFIX_LEN ? load_u32(deframer->prefix + 1) : 0;
}

bool gr_deframer_at_boundary(const struct gr_deframer *deframer)
{
    return deframer->prefix_len == 0 && deframer->stuck == GR_DEFRAMED_NONE;
}
