/* SPDX-License-Identifier: MIT
 *
 * The percent-encoding of grpc-message (PROTOCOL-HTTP2, Status-Message). Not that of URIs: a
 * space stays a space, '+' means itself. */
#ifndef CODEC_PERCENT_H
#define CODEC_PERCENT_H

#include "base/buf.h"

/* Append `text` encoded: 0x20 to 0x7e stand for themselves except '%'; every other octet is %XX
 * in upper case (GRPC-STAT-003, GRPC-STAT-004). text: borrowed; UTF-8 by contract, but any
 * octets pass. Fails as buf does. */
void gr_percent_encode(struct buf *out, struct bytes text);

/* Append `text` decoded. Never fails and never loses anything: a '%' without two hexadecimal
 * digits after it stands for itself, digits may be of either case, and whether the result is
 * UTF-8 is not asked (GRPC-STAT-006, GRPC-STAT-007). out grows by at most text.len. Fails as buf
 * does. */
void gr_percent_decode(struct buf *out, struct bytes text);

#endif
