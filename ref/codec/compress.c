/* SPDX-License-Identifier: MIT
 *
 * Message compression over zlib, and the table of all compressions; see compress.h. */
#define ZLIB_CONST
#include "codec/compress.h"

#include "codec/compress_more.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

/* zlib's windowBits: the largest window, with a zlib or a gzip wrapper. */
#define ZLIB_WRAPPER MAX_WBITS
#define GZIP_WRAPPER (MAX_WBITS + 16)

#define MEM_LEVEL 8              /* zlib's default */
#define MIN_ROOM  ((size_t)1024) /* octets of output to offer zlib at least */

/* ---- Names ---- */

#define OWN_MAX 8
#define ALL_MAX (GR_COMPRESSION_OWN + OWN_MAX)

/* NULL: this build does not have it. */
static const char *names[ALL_MAX] = {
    [GR_IDENTITY] = "identity", [GR_GZIP] = "gzip", [GR_DEFLATE] = "deflate",
#ifdef GRPCREF_ZSTD
    [GR_ZSTD] = "zstd",
#endif
#ifdef GRPCREF_SNAPPY
    [GR_SNAPPY] = "snappy",
#endif
};

static char accepted_names[64 + OWN_MAX * 34] = "identity,deflate,gzip"
#ifdef GRPCREF_SNAPPY
                                                ",snappy"
#endif
#ifdef GRPCREF_ZSTD
                                                ",zstd"
#endif
    ;

/* Filled before any server or channel is made, then only read. */
static const struct gr_compressor *own[OWN_MAX];
static size_t own_count;

const char *gr_accept_encoding(void)
{
    return accepted_names;
}

bool gr_compression_available(enum gr_compression compression)
{
    return (size_t)compression < ALL_MAX && names[compression] != NULL;
}

const char *gr_compression_name(enum gr_compression compression)
{
    return names[compression];
}

bool gr_compression_of_name(struct bytes name, enum gr_compression *compression)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (names[i] && bytes_equal_str(name, names[i])) {
            *compression = (enum gr_compression)i;
            return true;
        }
    }
    return false;
}

int gr_register_compressor(const struct gr_compressor *compressor)
{
    size_t len = strspn(compressor->name, "abcdefghijklmnopqrstuvwxyz0123456789._-");
    enum gr_compression taken;

    if (len == 0 || len > 32 || compressor->name[len] != '\0' || own_count == OWN_MAX ||
        !compressor->compress || !compressor->decompress ||
        gr_compression_of_name(bytes_str(compressor->name), &taken))
        return GR_INVALID;
    strcat(accepted_names, ",");
    strcat(accepted_names, compressor->name);
    names[GR_COMPRESSION_OWN + own_count] = compressor->name;
    own[own_count] = compressor;
    return (int)(GR_COMPRESSION_OWN + own_count++);
}

static struct bytes without_blanks(struct bytes token)
{
    while (token.len > 0 && (token.data[0] == ' ' || token.data[0] == '\t'))
        token = bytes_skip(token, 1);
    while (token.len > 0 && (token.data[token.len - 1] == ' ' || token.data[token.len - 1] == '\t'))
        token = bytes_first(token, token.len - 1);
    return token;
}

unsigned gr_accept_encoding_parse(struct bytes list)
{
    unsigned accepted = 1u << GR_IDENTITY;
    while (list.len > 0) {
        size_t comma = bytes_find(list, ',');
        enum gr_compression compression;
        if (gr_compression_of_name(without_blanks(bytes_first(list, comma)), &compression))
            accepted |= 1u << compression;
        list = bytes_skip(list, comma + 1);
    }
    return accepted;
}

/* ---- zlib's states ---- */

static void *allocate(void *opaque, uInt items, uInt size)
{
    (void)opaque;
    return size && items > SIZE_MAX / size ? NULL : malloc((size_t)items * size);
}

static void release(void *opaque, void *address)
{
    (void)opaque;
    free(address);
}

static z_stream *new_stream(void)
{
    z_stream *z = calloc(1, sizeof *z);
    if (z) {
        z->zalloc = allocate;
        z->zfree = release;
    }
    return z;
}

static void drop_deflater(struct gr_codec_state *state)
{
    if (state->deflater)
        (void)deflateEnd(state->deflater);
    free(state->deflater);
    state->deflater = NULL;
}

static void drop_inflater(struct gr_codec_state *state)
{
    if (state->inflater)
        (void)inflateEnd(state->inflater);
    free(state->inflater);
    state->inflater = NULL;
}

void gr_codec_clear(struct gr_codec_state *state)
{
    drop_deflater(state);
    drop_inflater(state);
#ifdef GRPCREF_ZSTD
    gr_zstd_free(state->zstd_compressor, state->zstd_decompressor);
#endif
    *state = (struct gr_codec_state){0};
}

static int wrapper_of(enum gr_compression compression)
{
    return compression == GR_GZIP ? GZIP_WRAPPER : ZLIB_WRAPPER;
}

/* A deflater at the start of a message, or NULL when out of memory. */
static z_stream *fresh_deflater(struct gr_codec_state *state, enum gr_compression compression)
{
    if (state->deflater && state->deflater_for == compression) {
        (void)deflateReset(state->deflater); /* fails only on a state that is none */
        return state->deflater;
    }
    drop_deflater(state);
    state->deflater = new_stream();
    if (!state->deflater)
        return NULL;
    if (deflateInit2(state->deflater, Z_DEFAULT_COMPRESSION, Z_DEFLATED, wrapper_of(compression),
                     MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        drop_deflater(state);
    state->deflater_for = compression;
    return state->deflater;
}

/* An inflater at the start of a message, or NULL when out of memory. */
static z_stream *fresh_inflater(struct gr_codec_state *state, enum gr_compression compression)
{
    int wrapper = wrapper_of(compression);
    if (!state->inflater) {
        state->inflater = new_stream();
        if (state->inflater && inflateInit2(state->inflater, wrapper) != Z_OK)
            drop_inflater(state);
    } else {
        (void)inflateReset2(state->inflater, wrapper); /* as for deflateReset */
    }
    return state->inflater;
}

/* ---- Messages ---- */

/* Append in as it is. */
static int copy(struct bytes in, struct buf *out)
{
    buf_put(out, in);
    return out->failed ? GR_NOMEM : 0;
}

static int deflate_all(struct gr_codec_state *state, enum gr_compression compression,
                       struct bytes in, struct buf *out)
{
    z_stream *z = fresh_deflater(state, compression);
    if (!z)
        return GR_NOMEM;
    uLong bound = deflateBound(z, (uLong)in.len);
    z->next_out = buf_reserve(out, bound);
    if (!z->next_out)
        return GR_NOMEM;
    z->avail_out = (uInt)bound;
    z->next_in = in.data;
    z->avail_in = (uInt)in.len;
    if (deflate(z, Z_FINISH) != Z_STREAM_END) /* cannot be: the bound holds */
        return GR_NOMEM;
    out->len += bound - z->avail_out;
    return 0;
}

int gr_compress(struct gr_codec_state *state, enum gr_compression compression, struct bytes in,
                struct buf *out)
{
    if (in.len > INT32_MAX)
        return GR_TOO_LARGE;
    switch (compression) {
    case GR_IDENTITY:
        return copy(in, out);
    case GR_GZIP:
    case GR_DEFLATE:
        return deflate_all(state, compression, in, out);
#ifdef GRPCREF_ZSTD
    case GR_ZSTD:
        return gr_zstd_compress(&state->zstd_compressor, in, out);
#endif
#ifdef GRPCREF_SNAPPY
    case GR_SNAPPY:
        return gr_snappy_compress(in, out);
#endif
    default:
        return own[compression - GR_COMPRESSION_OWN]->compress(in, (struct gr_out *)out);
    }
}

/* Offer zlib the free octets of `out`, at least one and at most `most`. */
static bool give_room(z_stream *z, struct buf *out, size_t most)
{
    size_t room = most < MIN_ROOM ? most : MIN_ROOM;
    z->next_out = buf_reserve(out, room);
    if (!z->next_out)
        return false;
    room = out->cap - out->len;
    if (room > most)
        room = most;
    z->avail_out = room > UINT_MAX ? UINT_MAX : (uInt)room;
    return true;
}

static int inflate_all(z_stream *z, enum gr_compression compression, size_t max, struct buf *out)
{
    /* One more than allowed, to see that there is more. */
    size_t left = max < SIZE_MAX ? max + 1 : max;
    for (;;) {
        if (!give_room(z, out, left))
            return GR_NOMEM;
        uInt room = z->avail_out;
        int result = inflate(z, Z_NO_FLUSH);
        size_t produced = room - z->avail_out;
        out->len += produced;
        left -= produced;
        if (left == 0)
            return GR_TOO_LARGE;
        if (result == Z_MEM_ERROR)
            return GR_NOMEM;
        if (result == Z_STREAM_END && z->avail_in == 0)
            return 0;
        if (result == Z_STREAM_END && compression == GR_GZIP)
            result = inflateReset(z); /* the next member */
        if (result != Z_OK)
            return GR_INVALID; /* corrupt; cut short (Z_BUF_ERROR); followed by something */
    }
}

static int unzip(struct gr_codec_state *state, enum gr_compression compression, struct bytes in,
                 size_t max, struct buf *out)
{
    z_stream *z = fresh_inflater(state, compression);
    if (!z)
        return GR_NOMEM;
    z->next_in = in.data;
    z->avail_in = (uInt)in.len;
    return inflate_all(z, compression, max, out);
}

static int decompress(struct gr_codec_state *state, enum gr_compression compression,
                      struct bytes in, size_t max, struct buf *out)
{
    switch (compression) {
    case GR_IDENTITY:
        return in.len > max ? GR_TOO_LARGE : copy(in, out);
    case GR_GZIP:
    case GR_DEFLATE:
        return in.len > UINT32_MAX ? GR_TOO_LARGE : unzip(state, compression, in, max, out);
#ifdef GRPCREF_ZSTD
    case GR_ZSTD:
        return gr_zstd_decompress(&state->zstd_decompressor, in, max, out);
#endif
#ifdef GRPCREF_SNAPPY
    case GR_SNAPPY:
        return gr_snappy_decompress(in, max, out);
#endif
    default:
        return own[compression - GR_COMPRESSION_OWN]->decompress(in, max, (struct gr_out *)out);
    }
}

int gr_decompress(struct gr_codec_state *state, enum gr_compression compression, struct bytes in,
                  size_t max, struct buf *out)
{
    size_t start = out->len;
    int error = decompress(state, compression, in, max, out);

    if (error)
        out->len = start;
    return error;
}
