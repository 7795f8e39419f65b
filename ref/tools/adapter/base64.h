/* SPDX-License-Identifier: MIT
 *
 * Base64 (RFC 4648 section 4) as the values of Header have it for -bin keys: written without
 * padding, read with or without. The library does this for the wire, but not for its users. */
#ifndef TOOLS_ADAPTER_BASE64_H
#define TOOLS_ADAPTER_BASE64_H

#include "base/buf.h"

/* Characters for `len` octets, and a NUL. */
#define BASE64_SIZE(len) (((len)*4 + 2) / 3 + 1)

/* text: room for BASE64_SIZE(octets.len). */
void base64_encode(char *text, struct bytes octets);

/* Append what text stands for. returns false, with `out` as it was, when it is no base64. Out of memory: true, and
 * out->failed */
MUST_USE bool base64_decode(struct buf *out, struct bytes text);

#endif
