/* SPDX-License-Identifier: MIT
 *
 * Percent-encoding of status messages; see percent.h. */
#include "codec/percent.h"

static bool is_literal(uint8_t octet)
{
    return octet >= 0x20 && octet <= 0x7e && octet != '%';
}

void gr_percent_encode(struct buf *out, struct bytes text)
{
    static const char hex[] = "0123456789ABCDEF";

    while (text.len > 0) {
        size_t literal = 0;
        while (literal < text.len && is_literal(text.data[literal]))
            literal++;
        buf_put(out, bytes_first(text, literal));
        text = bytes_skip(text, literal);
        if (text.len == 0)
            return;
        char escaped[3] = {'%', hex[text.data[0] >> 4], hex[text.data[0] & 0xf]};
        buf_put(out, bytes_of(escaped, sizeof escaped));
        text = bytes_skip(text, 1);
    }
}

/* 0 to 15, or -1. */
static int hex_value(uint8_t digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

/* The octet that the escape at the front of `text` stands for, or -1 when there is no whole escape.
 */
static int escaped_octet(struct bytes text)
{
    if (text.len < 3)
        return -1;
    int high = hex_value(text.data[1]);
    int low = hex_value(text.data[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

void gr_percent_decode(struct buf *out, struct bytes text)
{
    while (text.len > 0) {
        size_t literal = bytes_find(text, '%');
        buf_put(out, bytes_first(text, literal));
        text = bytes_skip(text, literal);
        if (text.len == 0)
            return;
        int octet = escaped_octet(text);
        buf_put_u8(out, octet < 0 ? '%' : (uint8_t)octet);
        text = bytes_skip(text, octet < 0 ? 1 : 3);
    }
}
