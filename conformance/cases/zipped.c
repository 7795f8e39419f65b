/* SPDX-License-Identifier: MIT
 *
 * gzip and zlib streams by zlib; see zipped.h. */
#include "cases/zipped.h"

#include <zlib.h>

void compress_into(struct buf *out, struct bytes in, enum format format)
{
    z_stream z = {0};

    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, (int)format, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return;
    size_t room = deflateBound(&z, (uLong)in.len) + 32;
    uint8_t *to = buf_reserve(out, room);
    if (to) {
        z.next_in = (z_const Bytef *)(uintptr_t)(in.len ? in.data : (const uint8_t *)"");
        z.avail_in = (uInt)in.len;
        z.next_out = to;
        z.avail_out = (uInt)room;
        if (deflate(&z, Z_FINISH) == Z_STREAM_END)
            out->len += room - z.avail_out;
    }
    deflateEnd(&z);
}

bool inflate_into(struct buf *out, struct bytes in)
{
    z_stream z = {0};
    int result = Z_OK;

    if (inflateInit2(&z, FORMAT_ANY) != Z_OK)
        return false;
    z.next_in = (z_const Bytef *)(uintptr_t)in.data;
    z.avail_in = (uInt)in.len;
    while (result == Z_OK && out->len < (size_t)16 << 20) {
        uint8_t *to = buf_reserve(out, 65536);
        if (!to)
            break;
        z.next_out = to;
        z.avail_out = 65536;
        result = inflate(&z, Z_NO_FLUSH);
        out->len += 65536 - z.avail_out;
    }
    bool whole = result == Z_STREAM_END && z.avail_in == 0;
    inflateEnd(&z);
    return whole;
}

void put_gzip_header_with_all_fields(struct buf *out)
{
    size_t at = out->len;

    /* FHCRC, FEXTRA, FNAME, FCOMMENT; no time; of Unix; four octets extra */
    buf_put(out, BYTES("\x1f\x8b\x08\x1e\0\0\0\0\0\x03\x04\0"
                       "abcd"
                       "a name\0"
                       "a comment\0"));
    uLong check = crc32(0, out->data + at, (uInt)(out->len - at));
    buf_put_u8(out, (uint8_t)check);
    buf_put_u8(out, (uint8_t)(check >> 8));
}
