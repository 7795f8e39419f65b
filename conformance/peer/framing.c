/* SPDX-License-Identifier: MIT
 *
 * Following our own octets as a strict reader would; see framing.h. */
#include "peer/framing.h"

void framing_init(struct framing *framing, bool expects_preface)
{
    *framing = (struct framing){.preface_left = expects_preface ? CONNECTION_PREFACE.len : 0};
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t feed_preface(struct framing *framing, struct bytes octets)
{
    struct bytes due = bytes_skip(CONNECTION_PREFACE,
                                  CONNECTION_PREFACE.len - framing->preface_left);
    size_t n = least(due.len, octets.len);
    framing->lost = !bytes_equal(bytes_first(due, n), bytes_first(octets, n));
    framing->preface_left -= n;
    return n;
}

static void note_frame(struct framing *framing)
{
    uint8_t type = framing->header[3];
    bool ends = (framing->header[4] & FLAG_END_HEADERS) != 0;
    framing->payload_left = load_u24(framing->header);
    if (type == FRAME_HEADERS || type == FRAME_PUSH_PROMISE)
        framing->block_open = !ends;
    else if (type == FRAME_CONTINUATION && ends)
        framing->block_open = false;
}

static size_t feed_header(struct framing *framing, struct bytes octets)
{
    size_t n = least(FRAME_HEADER_LEN - framing->header_len, octets.len);
    memcpy(framing->header + framing->header_len, octets.data, n);
    framing->header_len += n;
    if (framing->header_len < FRAME_HEADER_LEN)
        return n;
    framing->header_len = 0;
    note_frame(framing);
    return n;
}

static size_t feed_some(struct framing *framing, struct bytes octets)
{
    if (framing->preface_left > 0)
        return feed_preface(framing, octets);
    if (framing->payload_left == 0)
        return feed_header(framing, octets);
    size_t n = least(framing->payload_left, octets.len);
    framing->payload_left -= n;
    return n;
}

void framing_feed(struct framing *framing, struct bytes octets)
{
    while (octets.len > 0 && !framing->lost)
        octets = bytes_skip(octets, feed_some(framing, octets));
}

bool framing_at_boundary(const struct framing *framing)
{
    return !framing->lost && framing->preface_left == 0 && framing->header_len == 0 &&
           framing->payload_left == 0;
}

bool framing_can_probe(const struct framing *framing)
{
    return framing_at_boundary(framing) && !framing->block_open;
}
