/* SPDX-License-Identifier: MIT
 *
 * Text that came over a network, made fit for a terminal, for JSON and for XML. What has no place
 * there is shown as \xNN, never dropped. */
#ifndef REPORTS_TEXT_H
#define REPORTS_TEXT_H

#include "base/buf.h"

/* The length of the well-formed UTF-8 sequence at the front (RFC 3629: shortest form, no
 * surrogates); 0: none. */
size_t text_utf8_len(struct bytes text);
/* Append s as well-formed UTF-8: octets that are not become \xNN. NULL is "". */
void text_put_utf8(struct buf *out, const char *s);
/* The same for a terminal: control characters too become \xNN, except a newline, and a tab becomes
 * a space. */
void text_put_plain(struct buf *out, const char *s);
/* The same for XML 1.0, in content and in attribute values: markup is escaped, characters that
 * XML 1.0 does not have become \xNN; newlines and tabs become character references when
 * `attribute`. */
void text_put_xml(struct buf *out, const char *s, bool attribute);
void text_put_hex(struct buf *out, struct bytes octets); /* lower case, no spaces */
/* "12 ms", "1.3 s", "2 min 5 s". */
void text_put_duration(struct buf *out, int64_t ns);

#endif
