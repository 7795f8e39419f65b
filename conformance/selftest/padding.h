/* SPDX-License-Identifier: MIT
 *
 * DATA with padding as nobody may send it, for the faulty server and the faulty client. (RFC 9113 section 6.1) */
#ifndef SELFTEST_PADDING_H
#define SELFTEST_PADDING_H

#include "base/buf.h"

/* Append it. too_much: it says more padding than the frame has room for; otherwise its octets are not zero. */
void put_badly_padded(struct buf *out, uint8_t flags, uint32_t stream, struct bytes payload,
                      bool too_much);

#endif
