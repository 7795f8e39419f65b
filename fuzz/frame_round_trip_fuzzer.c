/* SPDX-License-Identifier: MIT
 *
 * Frames from a typed description, written by conformance/wire/frame.h and read again. Input: for each frame a
 * type, its flags, a stream, a length, padding, then that many octets of payload. Oracles: O6 every member reads
 * back as it was written, however many frames stand before it, and the inner payload is what was put inside the
 * padding; O1 a reader given any prefix takes exactly the frames that are whole in it; a header written alone
 * reads as it was told, lies included, and so does a list of settings. */
#include "fuzz.h"

#include "wire/frame.h"

#define MOST 16

struct written {
    struct frame frame;
    struct bytes inner;
    bool has_inner;
    struct buf payload; /* what frame.payload views */
};

static bool is_padded(const struct frame *frame)
{
    return (frame->flags & FLAG_PADDED) &&
           (frame->type == FRAME_DATA || frame->type == FRAME_HEADERS ||
            frame->type == FRAME_PUSH_PROMISE);
}

/* With padding and priority as the flags promise. */
static void describe(struct bytes *input, struct written *w)
{
    struct frame *frame = &w->frame;
    frame->type = take_octet(input) % 12;
    frame->flags = take_octet(input);
    frame->reserved = frame->flags & 0x80;
    frame->stream = (uint32_t)take_octet(input) << (take_octet(input) % 24) & 0x7fffffff;
    size_t len = take_octet(input), pad = take_octet(input);
    struct bytes content = bytes_first(*input, len);
    *input = bytes_skip(*input, len);

    w->has_inner = is_padded(frame) || frame->type == FRAME_DATA || frame->type == FRAME_HEADERS;
    if (is_padded(frame))
        buf_put_u8(&w->payload, (uint8_t)pad);
    if (frame->type == FRAME_HEADERS && (frame->flags & FLAG_PRIORITY))
        buf_put_zeros(&w->payload, 5);
    size_t at = w->payload.len;
    buf_put(&w->payload, content);
    if (is_padded(frame))
        buf_put_zeros(&w->payload, pad);
    frame->payload = buf_view(&w->payload);
    w->inner = bytes_of(w->payload.data ? w->payload.data + at : NULL, content.len);
}

static void must_equal(const struct frame *got, const struct written *w)
{
    const struct frame *put = &w->frame;
    struct bytes inner;
    must(got->type == put->type && got->flags == put->flags,
         "O6: type or flags read back as another");
    must(got->stream == put->stream && got->reserved == put->reserved,
         "O6: a stream reads back as another");
    must(bytes_equal(got->payload, put->payload), "O6: a payload reads back as another");
    if (!w->has_inner)
        return;
    bool ok = frame_inner(got, &inner, NULL);
    must(ok && bytes_equal(inner, w->inner),
         "O6: what is inside the padding reads back as another");
    reach(is_padded(got) ? "padded" : "inner");
}

/* O1: of each prefix, as many frames as are whole in it. */
static void check_prefixes(struct bytes wire, const size_t *ends, size_t count)
{
    for (size_t len = 0, whole = 0; len <= wire.len; len += 1 + len / 16) {
        struct bytes left = bytes_first(wire, len);
        struct frame frame;
        size_t taken = 0;
        while (frame_take(&left, &frame))
            taken++;
        while (whole < count && ends[whole] <= len)
            whole++;
        must(taken == whole, "O1: another number of frames is taken from a prefix");
    }
}

static void check_lie(struct bytes input)
{
    struct buf out = {0};
    uint32_t length = (uint32_t)take_octet(&input) << (take_octet(&input) % 17);
    uint8_t type = take_octet(&input), flags = take_octet(&input);
    uint32_t stream = (uint32_t)take_octet(&input) << (take_octet(&input) % 25);
    frame_put_header(&out, length, type, flags, stream);
    must(out.len == FRAME_HEADER_LEN && load_u24(out.data) == length && out.data[3] == type &&
             out.data[4] == flags && load_u32(out.data + 5) == stream,
         "O6: a frame header is not what was told");
    buf_clear(&out);
}

static void check_settings(struct bytes input)
{
    struct setting told[4];
    struct buf payload = {0};
    size_t count = take_octet(&input) % (ARRAY_LEN(told) + 1);
    for (size_t i = 0; i < count; i++) {
        told[i].id = (uint16_t)(take_octet(&input) << 8 | take_octet(&input));
        told[i].value = (uint32_t)take_octet(&input) << (take_octet(&input) % 25);
    }
    settings_put(&payload, told, count);
    must(payload.len == 6 * count, "O6: settings have another length");
    for (size_t i = 0; i < count; i++)
        must(load_u16(payload.data + 6 * i) == told[i].id &&
                 load_u32(payload.data + 6 * i + 2) == told[i].value,
             "O6: a setting reads back as another");
    buf_clear(&payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    struct written w[MOST];
    size_t ends[MOST], count = 0;
    struct buf wire = {0};
    struct frame frame;

    memset(w, 0, sizeof w);
    check_lie(input);
    check_settings(input);
    for (; count < MOST && input.len > 0; count++) {
        describe(&input, &w[count]);
        frame_put(&wire, &w[count].frame);
        if (planted(w[count].frame.type == FRAME_PING && w[count].inner.len > 0))
            wire.data[wire.len - 1] ^= 1;
        ends[count] = wire.len;
    }
    struct bytes left = buf_view(&wire);
    for (size_t i = 0; i < count; i++) {
        must(frame_take(&left, &frame), "O6: a frame that was written is not taken");
        must_equal(&frame, &w[i]);
    }
    must(left.len == 0, "O6: something stands behind the last frame");
    check_prefixes(buf_view(&wire), ends, count);
    for (size_t i = 0; i < count; i++)
        buf_clear(&w[i].payload);
    buf_clear(&wire);
    return 0;
}
