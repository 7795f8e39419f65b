/* SPDX-License-Identifier: MIT
 *
 * See base64.h. */
#include "tools/adapter/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(char *text, struct bytes octets)
{
    uint32_t bits = 0;
    int held = 0;

    for (size_t i = 0; i < octets.len; i++) {
        bits = bits << 8 | octets.data[i];
        for (held += 8; held >= 6; held -= 6)
            *text++ = alphabet[bits >> (held - 6) & 63];
    }
    if (held > 0)
        *text++ = alphabet[bits << (6 - held) & 63];
    *text = '\0';
}

static struct bytes without_padding(struct bytes text)
{
    if (text.len % 4 != 0)
        return text;
    for (int i = 0; i < 2 && text.len > 0 && text.data[text.len - 1] == '='; i++)
        text.len--;
    return text;
}

bool base64_decode(struct buf *out, struct bytes text)
{
    size_t before = out->len;
    uint32_t bits = 0;
    int held = 0;

    text = without_padding(text);
    if (text.len % 4 == 1)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        const char *at = text.data[i] != '\0' ? strchr(alphabet, text.data[i]) : NULL;
        if (at == NULL) {
            out->len = before;
            return false;
        }
        bits = bits << 6 | (uint32_t)(at - alphabet);
        held += 6;
        if (held >= 8) {
            held -= 8;
            buf_put_u8(out, (uint8_t)(bits >> held));
        }
    }
    return true;
}
