/* SPDX-License-Identifier: MIT
 *
 * HPACK as it should be: nghttp2's coder behind hpack.h, with a reason when a block does not
 * decode. The writer for blocks that should not be is hpack_write.c. */
#include "wire/hpack.h"

#include <nghttp2/nghttp2.h>
#include <stdlib.h>

#define INITIAL_TABLE_SIZE 4096 /* RFC 9113 6.5.2 */

#define STATIC_ENTRIES 61

struct hpack_decoder {
    nghttp2_hd_inflater *inflater;
    uint32_t max_table_size;
    uint32_t table_size; /* what the size updates so far chose */
    bool owes_update;    /* the maximum went below table_size: the next block must say so */
    bool broken;
};

struct hpack_encoder {
    nghttp2_hd_deflater *deflater;
};

/* nghttp2 allocates through these, so that a unit test can make it fail. */
static void *mem_malloc(size_t size, void *unused)
{
    (void)unused;
    return malloc(size);
}

static void mem_free(void *ptr, void *unused)
{
    (void)unused;
    free(ptr);
}

static void *mem_calloc(size_t count, size_t size, void *unused)
{
    (void)unused;
    return calloc(count, size);
}

static void *mem_realloc(void *ptr, size_t size, void *unused)
{
    (void)unused;
    return realloc(ptr, size);
}

static nghttp2_mem mem = {NULL, mem_malloc, mem_free, mem_calloc, mem_realloc};

struct hpack_decoder *hpack_decoder_new(uint32_t max_table_size)
{
    struct hpack_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder)
        return NULL;
    if (nghttp2_hd_inflate_new2(&decoder->inflater, &mem) != 0) {
        free(decoder);
        return NULL;
    }
    decoder->max_table_size = decoder->table_size = INITIAL_TABLE_SIZE;
    hpack_decoder_set_max_table_size(decoder, max_table_size);
    return decoder;
}

void hpack_decoder_free(struct hpack_decoder *decoder)
{
    if (!decoder)
        return;
    nghttp2_hd_inflate_del(decoder->inflater);
    free(decoder);
}

void hpack_decoder_set_max_table_size(struct hpack_decoder *decoder, uint32_t size)
{
    if (decoder->broken || size == decoder->max_table_size)
        return;
    decoder->max_table_size = size;
    if (size < decoder->table_size)
        decoder->owes_update = true;
    decoder->broken = nghttp2_hd_inflate_change_table_size(decoder->inflater, size) != 0;
}

size_t hpack_decoder_entries(const struct hpack_decoder *decoder)
{
    return nghttp2_hd_inflate_get_num_table_entries(decoder->inflater) - STATIC_ENTRIES;
}

size_t hpack_decoder_octets(const struct hpack_decoder *decoder)
{
    return nghttp2_hd_inflate_get_dynamic_table_size(decoder->inflater);
}

/* An integer with a 5-bit prefix from the front of *block; false when it is cut short or beyond 32
 * bits. */
static bool take_size(struct bytes *block, uint32_t *size)
{
    uint64_t value = block->data[0] & 0x1f;
    size_t at = 1;
    bool more = value == 0x1f;
    for (unsigned shift = 0; more; shift += 7) {
        if (at == block->len || shift > 28)
            return false;
        value += (uint64_t)(block->data[at] & 0x7f) << shift;
        more = (block->data[at++] & 0x80) != 0;
    }
    *block = bytes_skip(*block, at);
    *size = (uint32_t)value;
    return value <= UINT32_MAX;
}

static bool take_size_update(struct bytes *block, uint32_t *size)
{
    return block->len && (block->data[0] & 0xe0) == 0x20 && take_size(block, size);
}

struct bytes hpack_skip_size_updates(struct bytes block)
{
    uint32_t size;
    while (take_size_update(&block, &size))
        continue;
    return block;
}

/* Read the dynamic table size updates in front of the block, which nghttp2 applies but does not
 * report. */
static void note_size_updates(struct bytes block, struct hpack_result *result)
{
    uint32_t size = 0;
    while (take_size_update(&block, &size)) {
        if (result->size_updates == 0 || size < result->smallest_update)
            result->smallest_update = size;
        result->last_update = size;
        result->size_updates++;
    }
}

/* nghttp2 says only that it failed; this says why, as far as the front of the block tells. */
static const char *reason(const struct hpack_decoder *decoder, const struct hpack_result *result)
{
    if (decoder->owes_update && result->size_updates == 0)
        return "the block lacks the dynamic table size update that the smaller table demands";
    if (decoder->owes_update && result->smallest_update > decoder->max_table_size)
        return "the dynamic table size update is above SETTINGS_HEADER_TABLE_SIZE";
    if (result->size_updates > 0 && result->last_update > decoder->max_table_size)
        return "the dynamic table size update is above SETTINGS_HEADER_TABLE_SIZE";
    return "the block holds an invalid index, integer, string or Huffman code";
}

static void keep(struct header_list *list, const nghttp2_nv *nv)
{
    if (list->size <= MAX_DECODED_LIST)
        header_list_add(list, bytes_of(nv->name, nv->namelen), bytes_of(nv->value, nv->valuelen));
}

static void inflate(struct hpack_decoder *decoder, struct bytes block, struct header_list *list,
                    struct hpack_result *result)
{
    size_t consumed = 0;
    int flags = 0;
    while (!(flags & NGHTTP2_HD_INFLATE_FINAL)) {
        nghttp2_nv nv;
        const uint8_t *at = block.len ? block.data + consumed : (const uint8_t *)"";
        ssize_t n = nghttp2_hd_inflate_hd2(decoder->inflater, &nv, &flags, at, block.len - consumed,
                                           1);
        if (n < 0) {
            bool no_memory = n == NGHTTP2_ERR_NOMEM || n == NGHTTP2_ERR_BUFFER_ERROR;
            list->failed = list->failed || n == NGHTTP2_ERR_NOMEM;
            result->why = no_memory ? "out of memory" : reason(decoder, result);
            return;
        }
        consumed += (size_t)n;
        if (flags & NGHTTP2_HD_INFLATE_EMIT)
            keep(list, &nv);
    }
    result->ok = true;
}

struct hpack_result hpack_decode(struct hpack_decoder *decoder, struct bytes block,
                                 struct header_list *list)
{
    struct hpack_result result = {0};
    note_size_updates(block, &result);
    if (decoder->broken) {
        result.why = "an earlier block did not decode, so this one cannot";
        return result;
    }
    inflate(decoder, block, list, &result);
    (void)nghttp2_hd_inflate_end_headers(decoder->inflater);
    decoder->broken = !result.ok;
    if (result.ok && result.size_updates > 0) {
        decoder->table_size = result.last_update;
        decoder->owes_update = false;
    }
    return result;
}

struct hpack_encoder *hpack_encoder_new(uint32_t max_table_size)
{
    struct hpack_encoder *encoder = calloc(1, sizeof *encoder);
    if (!encoder)
        return NULL;
    if (nghttp2_hd_deflate_new2(&encoder->deflater, max_table_size, &mem) != 0) {
        free(encoder);
        return NULL;
    }
    return encoder;
}

void hpack_encoder_free(struct hpack_encoder *encoder)
{
    if (!encoder)
        return;
    nghttp2_hd_deflate_del(encoder->deflater);
    free(encoder);
}

void hpack_encoder_set_max_table_size(struct hpack_encoder *encoder, uint32_t size)
{
    (void)nghttp2_hd_deflate_change_table_size(encoder->deflater, size);
}

void hpack_encode(struct hpack_encoder *encoder, const struct field *fields, size_t count,
                  struct buf *block)
{
    nghttp2_nv *list = calloc(count ? count : 1, sizeof *list);
    if (!list) {
        block->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        list[i] = (nghttp2_nv){
            .name = (uint8_t *)(uintptr_t)fields[i].name.data,
            .value = (uint8_t *)(uintptr_t)fields[i].value.data,
            .namelen = fields[i].name.len,
            .valuelen = fields[i].value.len,
        };
    size_t bound = nghttp2_hd_deflate_bound(encoder->deflater, list, count);
    uint8_t *at = buf_reserve(block, bound);
    ssize_t n = at ? nghttp2_hd_deflate_hd(encoder->deflater, at, bound, list, count) : -1;
    free(list);
    if (n < 0)
        block->failed = true;
    else
        block->len += (size_t)n;
}
