/* SPDX-License-Identifier: MIT
 *
 * Base64 (RFC 4648 section 4), as -bin metadata has it. What padding means is the callers' business: some tell a fault
 * by it, some make one. */
#ifndef WIRE_BASE64_H
#define WIRE_BASE64_H

#include "base/buf.h"

/* The 64 digits, by value; NUL-terminated. */
extern const char base64_digits[65];

/* The value of a digit, 0 to 63; -1: it is none, as '=' is none. */
int base64_digit(uint8_t c);
/* Append the digits of `in`; padded: and as many '=' as make a multiple of four. */
void base64_put(struct buf *out, struct bytes in, bool padded);
/* Append the octets that digits make, up to the first that is none; bits that make no octet are dropped. returns
 * whether all are digits */
bool base64_take(struct bytes digits, struct buf *out);

#endif
