/* SPDX-License-Identifier: MIT
 *
 * Base64 of the standard alphabet (RFC 4648 section 4), as the values of -bin fields use it:
 * sent without padding, taken with or without (PROTOCOL-HTTP2, Custom-Metadata; GRPC-MD-003,
 * GRPC-MD-004). */
#ifndef CODEC_BASE64_H
#define CODEC_BASE64_H

#include "base/buf.h"

/* Octets that gr_base64_encode writes for len octets. len is at most SIZE_MAX / 2. */
size_t gr_base64_encoded_len(size_t len);

/* Encode without padding to `text`, which holds gr_base64_encoded_len(octets.len); no NUL is
 * written. */
void gr_base64_encode(uint8_t *text, struct bytes octets);

/* Append `octets` encoded without padding. Fails as buf does. */
void gr_base64_put(struct buf *out, struct bytes octets);

/* Append what `text` stands for. text: borrowed.
 *
 * Whole padding or none: "AQ==" and "AQ", never "AQ=". Bits left over in the last character are
 * ignored, zero or not: RFC 4648 section 3.5 lets a decoder choose, and failing a call for them
 * would help nobody.
 *
 * returns false and leaves `out` as it was when text has a character outside the alphabet (also
 *         '-', '_', space and line ends) or a length that no octets have. Out of memory: true,
 *         and out->failed */
MUST_USE bool gr_base64_decode(struct buf *out, struct bytes text);

#endif
