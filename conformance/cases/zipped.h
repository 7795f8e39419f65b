/* SPDX-License-Identifier: MIT
 *
 * gzip and zlib streams for cases about compressed messages: whole ones, to be sent as they are or damaged first. */
#ifndef CASES_ZIPPED_H
#define CASES_ZIPPED_H

#include "base/buf.h"

/* zlib's windowBits */
enum format { FORMAT_GZIP = 15 + 16, FORMAT_ZLIB = 15, FORMAT_ANY = 15 + 32 };

/* Append `in` as one whole stream. */
void compress_into(struct buf *out, struct bytes in, enum format format);
/* Append what one whole gzip or zlib stream, with nothing behind it, holds. At most 16 MiB. */
bool inflate_into(struct buf *out, struct bytes in);

/* Append the header of a gzip stream with every optional field (RFC 1952 2.3.1). One of compress_into() has none. */
#define GZIP_HEADER_LEN 10
void put_gzip_header_with_all_fields(struct buf *out);

#endif
