/* SPDX-License-Identifier: MIT
 *
 * See base64.h. */
#include "wire/base64.h"

const char base64_digits[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_digit(uint8_t c)
{
    const char *at = c ? strchr(base64_digits, c) : NULL;
    return at ? (int)(at - base64_digits) : -1;
}

void base64_put(struct buf *out, struct bytes in, bool padded)
{
    for (size_t i = 0; i < in.len; i += 3) {
        size_t have = in.len - i < 3 ? in.len - i : 3;
        uint32_t bits = (uint32_t)in.data[i] << 16;
        bits |= have > 1 ? (uint32_t)in.data[i + 1] << 8 : 0;
        bits |= have > 2 ? in.data[i + 2] : 0;
        for (size_t k = 0; k <= have; k++)
            buf_put_u8(out, (uint8_t)base64_digits[bits >> (18 - 6 * k) & 63]);
        for (size_t k = have; k < 3 && padded; k++)
            buf_put_u8(out, '=');
    }
}

bool base64_take(struct bytes digits, struct buf *out)
{
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = base64_digit(digits.data[i]);
        if (digit < 0)
            return false;
        bits = bits << 6 | (uint32_t)digit;
        held += 6;
        if (held >= 8) {
            held -= 8;
            buf_put_u8(out, (uint8_t)(bits >> held));
        }
    }
    return true;
}
