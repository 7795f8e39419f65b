/* SPDX-License-Identifier: MIT
 *
 * nghttp2's HPACK coder, and the differences between its versions: 1.52 (Debian 12) and newer. */
#include "h2/hpack.h"

#include "h2/memory.h"

#include <nghttp2/nghttp2.h>

#include <stdlib.h>

#if NGHTTP2_VERSION_NUM >= 0x013c00 /* 1.60.0 renamed what had ssize_t in it */
typedef nghttp2_ssize hpack_ssize;
#define deflate_hd nghttp2_hd_deflate_hd2
#define inflate_hd nghttp2_hd_inflate_hd3
#else
typedef ssize_t hpack_ssize;
#define deflate_hd nghttp2_hd_deflate_hd
#define inflate_hd nghttp2_hd_inflate_hd2
#endif

#define TABLE_SIZE                                                                                 \
    4096 /* SETTINGS_HEADER_TABLE_SIZE at its default, and what we use of the peer's at most */

struct hpack {
    nghttp2_hd_deflater *deflater;
    nghttp2_hd_inflater *inflater;
    nghttp2_mem mem; /* both look here for as long as they live */
};

static void *alloc(size_t size, void *memory)
{
    return h2_memory_alloc(size, memory);
}

static void give_back(void *block, void *memory)
{
    h2_memory_free(block, memory);
}

static void *zeroed(size_t count, size_t size, void *memory)
{
    return h2_memory_zeroed(count, size, memory);
}

static void *resize(void *block, size_t size, void *memory)
{
    return h2_memory_resize(block, size, memory);
}

struct hpack *hpack_new(struct h2_memory *memory)
{
    struct hpack *hpack = calloc(1, sizeof(*hpack));

    if (!hpack)
        return NULL;
    hpack->mem = (nghttp2_mem){memory, alloc, give_back, zeroed, resize};
    if (nghttp2_hd_deflate_new2(&hpack->deflater, TABLE_SIZE, &hpack->mem) != 0 ||
        nghttp2_hd_inflate_new2(&hpack->inflater, &hpack->mem) != 0) {
        hpack_free(hpack);
        return NULL;
    }
    return hpack;
}

void hpack_free(struct hpack *hpack)
{
    if (!hpack)
        return;
    if (hpack->deflater)
        nghttp2_hd_deflate_del(hpack->deflater);
    if (hpack->inflater)
        nghttp2_hd_inflate_del(hpack->inflater);
    free(hpack);
}

/* ---- Out ------------------------------------------------------------------------------------- */

static void copy_list(const struct field_list *list, nghttp2_nv *nv)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct field *field = &list->fields[i];
        nv[i] = (nghttp2_nv){.name = (uint8_t *)(uintptr_t)field->name.data,
                             .namelen = field->name.len,
                             .value = (uint8_t *)(uintptr_t)field->value.data,
                             .valuelen = field->value.len};
    }
}

static bool put_block(struct hpack *hpack, const nghttp2_nv *nv, size_t count, struct buf *out)
{
    size_t most = nghttp2_hd_deflate_bound(hpack->deflater, nv, count);
    uint8_t *to = buf_reserve(out, most);
    hpack_ssize len = to ? deflate_hd(hpack->deflater, to, most, nv, count) : -1;

    if (len < 0) {
        out->failed = true;
        return false;
    }
    out->len += (size_t)len;
    return true;
}

bool hpack_put(struct hpack *hpack, const struct field_list *list, struct buf *out)
{
    nghttp2_nv few[FIELDS_INLINE], *nv = few;
    bool fine = false;

    if (list->count > ARRAY_LEN(few))
        nv = malloc(list->count * sizeof(*nv));
    if (nv && !list->failed) {
        copy_list(list, nv);
        fine = put_block(hpack, nv, list->count, out);
    }
    if (nv != few)
        free(nv);
    return fine;
}

bool hpack_set_peer_table(struct hpack *hpack, uint32_t size)
{
    return nghttp2_hd_deflate_change_table_size(hpack->deflater, size) == 0;
}

/* ---- In -------------------------------------------------------------------------------------- */

enum hpack_step hpack_step(struct hpack *hpack, struct bytes *in, bool last, struct field *field)
{
    nghttp2_nv nv;
    int flags = 0;
    hpack_ssize eaten = inflate_hd(hpack->inflater, &nv, &flags, in->data, in->len, last);

    if (eaten < 0)
        return HPACK_BROKEN;
    *in = bytes_skip(*in, (size_t)eaten);
    if (flags & NGHTTP2_HD_INFLATE_EMIT) {
        field->name = bytes_of(nv.name, nv.namelen);
        field->value = bytes_of(nv.value, nv.valuelen);
        return HPACK_FIELD;
    }
    if (!(flags & NGHTTP2_HD_INFLATE_FINAL))
        return HPACK_HUNGRY;
    nghttp2_hd_inflate_end_headers(hpack->inflater);
    return HPACK_ENDED;
}

/* ---- What fields consist of ------------------------------------------------------------------ */

bool hpack_is_name(struct bytes name)
{
    return nghttp2_check_header_name(name.data, name.len);
}

/* Visible ASCII alone, as most values are: eight octets at a time, some of which may be looked at twice. */
static bool is_visible(struct bytes text)
{
    const uint64_t ones = UINT64_MAX / 255, tops = ones << 7;
    uint64_t bad = 0;

    if (text.len < 8)
        return false;
    for (size_t at = 0; at < text.len; at += 8) {
        uint64_t octets;
        memcpy(&octets, text.data + (at + 8 <= text.len ? at : text.len - 8), 8);
        uint64_t above = octets + ones; /* 0x7f: the top bit is set */
        uint64_t below = octets - 0x21 * ones;
        bad |= octets | above | below;
    }
    return !(bad & tops);
}

bool hpack_is_value(struct bytes value)
{
    return is_visible(value) || nghttp2_check_header_value_rfc9113(value.data, value.len);
}

bool hpack_is_method(struct bytes value)
{
    return nghttp2_check_method(value.data, value.len);
}

bool hpack_is_path(struct bytes value)
{
    return nghttp2_check_path(value.data, value.len);
}

bool hpack_is_authority(struct bytes value)
{
    return nghttp2_check_authority(value.data, value.len);
}

const char *hpack_library_version(void)
{
    return nghttp2_version(0)->version_str;
}
