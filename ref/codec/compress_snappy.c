/* SPDX-License-Identifier: MIT
 *
 * Snappy's framing format around libsnappy's blocks; see compress_more.h. The library is C++: it is loaded when the
 * first message wants it, so that who never meets snappy does without 1.3 MB of C++ runtime. */
#include "codec/compress_more.h"

#include <dlfcn.h>
#include <pthread.h>
#include <snappy-c.h>

#define BLOCK_MAX ((size_t)65536) /* octets of a chunk, uncompressed */
#define HEADER    4               /* type, and a length of 3 octets */
#define CHECKSUM  4

enum chunk { COMPRESSED = 0x00, UNCOMPRESSED = 0x01, SKIPPABLE = 0x80, STREAM_ID = 0xff };

static struct {
    bool loaded;
    snappy_status (*compress)(const char *in, size_t in_len, char *out, size_t *out_len);
    size_t (*max_compressed_length)(size_t len);
    snappy_status (*uncompress)(const char *in, size_t in_len, char *out, size_t *out_len);
    snappy_status (*uncompressed_length)(const char *in, size_t in_len, size_t *out_len);
} snappy;

static void load(void)
{
    void *library = dlopen("libsnappy.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return;
    *(void **)&snappy.compress = dlsym(library, "snappy_compress");
    *(void **)&snappy.max_compressed_length = dlsym(library, "snappy_max_compressed_length");
    *(void **)&snappy.uncompress = dlsym(library, "snappy_uncompress");
    *(void **)&snappy.uncompressed_length = dlsym(library, "snappy_uncompressed_length");
    snappy.loaded = snappy.compress && snappy.max_compressed_length && snappy.uncompress &&
                    snappy.uncompressed_length;
}

/* Where it has gone missing, what we send is legal still, and as large as before. */
static bool is_loaded(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    return pthread_once(&once, load) == 0 && snappy.loaded;
}

static const uint8_t STREAM_START[] = {STREAM_ID, 6, 0, 0, 's', 'N', 'a', 'P', 'p', 'Y'};

/* CRC-32C, masked as the format has it. */
static uint32_t checksum(struct bytes octets)
{
    uint32_t crc = 0xffffffffu;

    for (size_t i = 0; i < octets.len; i++) {
        crc ^= octets.data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0x82f63b78u & -(crc & 1));
    }
    crc = ~crc;
    return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

static void put_little_endian(uint8_t *to, uint32_t value, int octets)
{
    for (int i = 0; i < octets; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t little_endian(const uint8_t *from, int octets)
{
    uint32_t value = 0;

    for (int i = 0; i < octets; i++)
        value |= (uint32_t)from[i] << (8 * i);
    return value;
}

/* ---- Out ------------------------------------------------------------------------------------- */

static int put_chunk(struct bytes block, struct buf *out)
{
    size_t len = is_loaded() ? snappy.max_compressed_length(block.len) : block.len;
    uint8_t *at = buf_reserve(out, HEADER + CHECKSUM + len);
    enum chunk type = COMPRESSED;

    if (!at)
        return GR_NOMEM;
    uint8_t *data = at + HEADER + CHECKSUM;
    if (!is_loaded() ||
        snappy.compress((const char *)block.data, block.len, (char *)data, &len) != SNAPPY_OK ||
        len >= block.len) {
        type = UNCOMPRESSED;
        len = block.len;
        memcpy(data, block.data, len);
    }
    at[0] = (uint8_t)type;
    put_little_endian(at + 1, (uint32_t)(CHECKSUM + len), 3);
    put_little_endian(at + HEADER, checksum(block), CHECKSUM);
    out->len += HEADER + CHECKSUM + len;
    return 0;
}

int gr_snappy_compress(struct bytes in, struct buf *out)
{
    int error = 0;

    buf_put(out, bytes_of(STREAM_START, sizeof(STREAM_START)));
    while (in.len > 0 && !error) {
        error = put_chunk(bytes_first(in, BLOCK_MAX), out);
        in = bytes_skip(in, BLOCK_MAX);
    }
    return out->failed ? GR_NOMEM : error;
}

/* ---- In -------------------------------------------------------------------------------------- */

/* One block, at most `left` octets of it. */
static int take_block(enum chunk type, struct bytes data, size_t left, struct buf *out)
{
    struct bytes sum = bytes_first(data, CHECKSUM);
    struct bytes block = bytes_skip(data, CHECKSUM);
    size_t len = block.len;

    if (sum.len < CHECKSUM ||
        (type == COMPRESSED &&
         (!is_loaded() ||
          snappy.uncompressed_length((const char *)block.data, block.len, &len) != SNAPPY_OK)) ||
        len > BLOCK_MAX)
        return GR_INVALID;
    if (len > left)
        return GR_TOO_LARGE;
    uint8_t *at = buf_reserve(out, len);
    if (!at)
        return GR_NOMEM;
    if (type == UNCOMPRESSED && len)
        memcpy(at, block.data, len);
    if (type == COMPRESSED &&
        snappy.uncompress((const char *)block.data, block.len, (char *)at, &len) != SNAPPY_OK)
        return GR_INVALID;
    if (checksum(bytes_of(at, len)) != little_endian(sum.data, CHECKSUM))
        return GR_INVALID;
    out->len += len;
    return 0;
}

static int take_chunk(uint8_t type, struct bytes data, size_t left, struct buf *out)
{
    if (type == COMPRESSED || type == UNCOMPRESSED)
        return take_block((enum chunk)type, data, left, out);
    if (type == STREAM_ID)
        return bytes_equal(data, bytes_of(STREAM_START + HEADER, 6)) ? 0 : GR_INVALID;
    return type >= SKIPPABLE ? 0 : GR_INVALID;
}

static int take_all(struct bytes in, size_t max, struct buf *out)
{
    size_t start = out->len;
    int error = 0;

    while (in.len > 0 && !error) {
        if (in.len < HEADER)
            return GR_INVALID;
        size_t len = little_endian(in.data + 1, 3);
        struct bytes data = bytes_first(bytes_skip(in, HEADER), len);
        if (data.len < len)
            return GR_INVALID;
        error = take_chunk(in.data[0], data, max - (out->len - start), out);
        in = bytes_skip(in, HEADER + len);
    }
    return error;
}

int gr_snappy_decompress(struct bytes in, size_t max, struct buf *out)
{
    size_t start = out->len;
    bool begins = bytes_starts_with(in, bytes_of(STREAM_START, sizeof(STREAM_START)));
    int error = begins ? take_all(in, max, out) : GR_INVALID;

    if (error)
        out->len = start;
    return error;
}
