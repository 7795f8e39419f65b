/* SPDX-License-Identifier: MIT
 *
 * Frames to octets and back; see frame.h. Nothing here judges: a length, a flag or a stream
 * identifier is written and read as it is. */
#include "wire/frame.h"

#include <assert.h>
#include <stdio.h>

#define MAX_LENGTH_FIELD 0xffffffu
#define RESERVED_BIT     0x80000000u

static const char *const frame_type_names[] = {
#define FRAME_TYPE_NAME(name, value) [value] = #name,
    FRAME_TYPES(FRAME_TYPE_NAME)
#undef FRAME_TYPE_NAME
};

static const char *const error_names[] = {
#define ERROR_NAME(name, value) [value] = #name,
    H2_ERRORS(ERROR_NAME)
#undef ERROR_NAME
};

static const char *const setting_names[] = {
#define SETTING_NAME(name, value) [value] = #name,
    SETTINGS_IDS(SETTING_NAME)
#undef SETTING_NAME
};

const char *frame_type_name(uint8_t type, char scratch[static 16])
{
    if (type < ARRAY_LEN(frame_type_names))
        return frame_type_names[type];
    (void)snprintf(scratch, 16, "type 0x%02x", type);
    return scratch;
}

const char *h2_error_name(uint32_t code, char scratch[static 16])
{
    if (code < ARRAY_LEN(error_names))
        return error_names[code];
    (void)snprintf(scratch, 16, "code 0x%x", (unsigned)code);
    return scratch;
}

const char *setting_name(uint16_t id, char scratch[static 16])
{
    if (id < ARRAY_LEN(setting_names) && setting_names[id])
        return setting_names[id];
    (void)snprintf(scratch, 16, "setting 0x%x", id);
    return scratch;
}

void frame_put_header(struct buf *out, uint32_t length, uint8_t type, uint8_t flags,
                      uint32_t stream_bits)
{
    buf_put_u24(out, length);
    buf_put_u8(out, type);
    buf_put_u8(out, flags);
    buf_put_u32(out, stream_bits);
}

void frame_put(struct buf *out, const struct frame *frame)
{
    assert(frame->payload.len <= MAX_LENGTH_FIELD);
    uint32_t stream_bits = frame->stream | (frame->reserved ? RESERVED_BIT : 0);
    frame_put_header(out, (uint32_t)frame->payload.len, frame->type, frame->flags, stream_bits);
    buf_put(out, frame->payload);
}

void settings_put(struct buf *payload, const struct setting *settings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_put_u16(payload, settings[i].id);
        buf_put_u32(payload, settings[i].value);
    }
}

bool frame_take(struct bytes *in, struct frame *frame)
{
    if (in->len < FRAME_HEADER_LEN)
        return false;
    size_t length = load_u24(in->data);
    if (in->len - FRAME_HEADER_LEN < length)
        return false;

    uint32_t stream_bits = load_u32(in->data + 5);
    *frame = (struct frame){
        .type = in->data[3],
        .flags = in->data[4],
        .reserved = (stream_bits & RESERVED_BIT) != 0,
        .stream = stream_bits & ~RESERVED_BIT,
        .payload = bytes_of(in->data + FRAME_HEADER_LEN, length),
    };
    *in = bytes_of(in->data + FRAME_HEADER_LEN + length, in->len - FRAME_HEADER_LEN - length);
    return true;
}

/* Only these carry a Pad Length field (RFC 9113 6.1, 6.2, 6.6). */
static bool may_be_padded(uint8_t type)
{
    return type == FRAME_DATA || type == FRAME_HEADERS || type == FRAME_PUSH_PROMISE;
}

bool frame_inner(const struct frame *frame, struct bytes *inner, size_t *pad_len)
{
    struct bytes rest = frame->payload;
    size_t padding = 0;
    *inner = NO_BYTES;
    if (pad_len)
        *pad_len = 0;

    if ((frame->flags & FLAG_PADDED) && may_be_padded(frame->type)) {
        if (rest.len < 1)
            return false;
        padding = rest.data[0];
        rest = bytes_of(rest.data + 1, rest.len - 1);
        if (pad_len)
            *pad_len = padding + 1;
    }
    size_t priority = frame->type == FRAME_HEADERS && (frame->flags & FLAG_PRIORITY) ? 5 : 0;
    if (rest.len < priority + padding)
        return false;
    *inner = bytes_first(bytes_skip(rest, priority), rest.len - priority - padding);
    return true;
}
