/* SPDX-License-Identifier: MIT
 *
 * The value of grpc-timeout: 1 to 8 digits and a unit (PROTOCOL-HTTP2, Timeout). Deadlines
 * themselves are not known here. */
#ifndef CODEC_TIMEOUT_H
#define CODEC_TIMEOUT_H

#include "base/attr.h"
#include "base/bytes.h"

/* The digits, the unit and a NUL fit in this. */
#define GR_TIMEOUT_TEXT 12

/* Read a value from the wire: "1500m", "99999999H".
 *
 * text        borrowed; the whole field value
 * timeout_ns  >= 0; a span beyond the range is INT64_MAX, which clock_add makes TIME_NEVER. "0n"
 *             is 0: already expired (GRPC-DL-014). Untouched on false
 * returns     false when malformed: empty, no unit, an unknown unit, no digit, more than 8
 *         digits, a sign, a space (GRPC-DL-005) */
MUST_USE bool gr_timeout_parse(struct bytes text, int64_t *timeout_ns);

/* Write a value for the wire, NUL-terminated: the finest unit in which it takes at most 8
 * digits, rounded up, so that the peer is never told less time than there is (GRPC-DL-001,
 * GRPC-DL-002).
 *
 * timeout_ns  > 0 (asserted): a call whose time is up is not sent */
void gr_timeout_format(int64_t timeout_ns, char out[static GR_TIMEOUT_TEXT]);

#endif
