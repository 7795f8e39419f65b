/* SPDX-License-Identifier: MIT
 *
 * Base64; see base64.h. */
#include "codec/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t gr_base64_encoded_len(size_t len)
{
    return len / 3 * 4 + (len % 3 ? len % 3 + 1 : 0);
}

/* The n-th character, 0 to 3, of 24 bits. */
static uint8_t character(uint32_t bits, unsigned n)
{
    return (uint8_t)alphabet[bits >> (18 - 6 * n) & 0x3f];
}

void gr_base64_encode(uint8_t *text, struct bytes octets)
{
    const uint8_t *in = octets.data;
    size_t left = octets.len;
    for (; left >= 3; left -= 3, in += 3, text += 4) {
        uint32_t bits = load_u24(in);
        for (unsigned n = 0; n < 4; n++)
            text[n] = character(bits, n);
    }
    if (left == 0)
        return;
    uint32_t bits = (uint32_t)in[0] << 16 | (left == 2 ? (uint32_t)in[1] << 8 : 0);
    for (unsigned n = 0; n < left + 1; n++)
        text[n] = character(bits, n);
}

void gr_base64_put(struct buf *out, struct bytes octets)
{
    size_t len = gr_base64_encoded_len(octets.len);
    uint8_t *text = buf_reserve(out, len);
    if (!text)
        return;
    gr_base64_encode(text, octets);
    out->len += len;
}

/* 0 to 63, or -1 for what is not in the alphabet. */
static int value_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

static struct bytes without_padding(struct bytes text)
{
    if (text.len == 0 || text.len % 4 != 0)
        return text;
    if (bytes_ends_with(text, BYTES("==")))
        return bytes_first(text, text.len - 2);
    return bytes_first(text, text.len - (text.data[text.len - 1] == '=' ? 1 : 0));
}

static bool is_base64(struct bytes text)
{
    if (text.len % 4 == 1)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (value_of(text.data[i]) < 0)
            return false;
    return true;
}

/* Write the octets of 2 to 4 characters: one less than there are characters. */
static void decode_group(uint8_t *at, struct bytes group)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; i++)
        bits = bits << 6 | (i < group.len ? (uint32_t)value_of(group.data[i]) : 0);
    for (size_t i = 0; i + 1 < group.len; i++)
        at[i] = (uint8_t)(bits >> (16 - 8 * i));
}

bool gr_base64_decode(struct buf *out, struct bytes text)
{
    text = without_padding(text);
    if (!is_base64(text))
        return false;
    size_t len = text.len / 4 * 3 + (text.len % 4 ? text.len % 4 - 1 : 0);
    uint8_t *at = buf_reserve(out, len);
    if (!at)
        return true;
    for (; text.len > 0; text = bytes_skip(text, 4), at += 3)
        decode_group(at, bytes_first(text, 4));
    out->len += len;
    return true;
}
