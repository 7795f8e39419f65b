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

#endif
