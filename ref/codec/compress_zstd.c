/* SPDX-License-Identifier: MIT
 *
 * zstd, by libzstd; see compress_more.h. */
#include "codec/compress_more.h"

#include <zstd.h>
#include <zstd_errors.h>

#define WINDOW_LOG_MAX 23             /* 8 MiB */
#define MIN_ROOM       ((size_t)1024) /* octets of output to offer at least */

static int error_of(size_t code)
{
    return ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation ? GR_NOMEM : GR_INVALID;
}

int gr_zstd_compress(void **context, struct bytes in, struct buf *out)
{
    size_t bound = ZSTD_compressBound(in.len);
    uint8_t *at = buf_reserve(out, bound);

    if (!*context)
        *context = ZSTD_createCCtx();
    if (!at || !*context)
        return GR_NOMEM;
    size_t len = ZSTD_compressCCtx(*context, at, bound, in.data, in.len, ZSTD_CLEVEL_DEFAULT);
    if (ZSTD_isError(len))
        return error_of(len);
    out->len += len;
    return 0;
}

static int decompress_all(ZSTD_DCtx *context, ZSTD_inBuffer in, size_t left, struct buf *out)
{
    for (;;) {
        uint8_t *at = buf_reserve(out, left < MIN_ROOM ? left : MIN_ROOM);
        if (!at)
            return GR_NOMEM;
        size_t room = out->cap - out->len;
        ZSTD_outBuffer to = {at, room < left ? room : left, 0};
        size_t rest = ZSTD_decompressStream(context, &to, &in);
        if (ZSTD_isError(rest))
            return error_of(rest);
        out->len += to.pos;
        left -= to.pos;
        if (left == 0)
            return GR_TOO_LARGE;
        if (rest == 0 &&
            in.pos == in.size) /* the end of the last frame, and all of it is written */
            return 0;
        if (in.pos == in.size && to.pos < to.size) /* it wants more, and there is no more */
            return GR_INVALID;
    }
}

int gr_zstd_decompress(void **context, struct bytes in, size_t max, struct buf *out)
{
    size_t start = out->len;

    if (!*context)
        *context = ZSTD_createDCtx();
    if (!*context)
        return GR_NOMEM;
    (void)ZSTD_DCtx_reset(*context, ZSTD_reset_session_only);
    (void)ZSTD_DCtx_setParameter(*context, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
    /* One more than allowed, to see that there is more. */
    int error = in.len ? decompress_all(*context, (ZSTD_inBuffer){in.data, in.len, 0},
                                        max < SIZE_MAX ? max + 1 : max, out)
                       : GR_INVALID;
    if (error)
        out->len = start;
    return error;
}

void gr_zstd_free(void *compressor, void *decompressor)
{
    ZSTD_freeCCtx(compressor);
    ZSTD_freeDCtx(decompressor);
}
