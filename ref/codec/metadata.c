/* SPDX-License-Identifier: MIT
 *
 * Lists of metadata and the rules for their names and values; see metadata.h and grpcref.h. */
#include "codec/metadata.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/contract.h"
#include "codec/base64.h"

/* Where an entry lies in the list's octets: the key, and the value right behind it. */
struct span {
    size_t start;
    size_t key_len;
    size_t value_len;
};

struct gr_metadata {
    struct buf octets; /* all keys and values */
    struct span *spans;
    size_t count; /* entries; <= cap */
    size_t cap;
};

/* ---- The rules ---- */

bool gr_is_protocol_field(struct bytes name)
{
    static const char *const names[] = {
        "te",
        "host",
        "trailer",
        "connection",
        "keep-alive",
        "user-agent",
        "upgrade",
        "content-type",
        "content-length",
        "proxy-connection",
        "transfer-encoding",
    };

    if (bytes_starts_with(name, BYTES(":")) || bytes_starts_with(name, BYTES("grpc-")))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (bytes_equal_str(name, names[i]))
            return true;
    return false;
}

bool gr_is_binary_field(struct bytes name)
{
    return bytes_ends_with(name, BYTES("-bin"));
}

static bool is_key_octet(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_' || c == '-' || c == '.';
}

static bool is_key(struct bytes name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!is_key_octet(name.data[i]))
            return false;
    return name.len > 0;
}

static bool is_ascii_value(struct bytes value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.data[i] < 0x20 || value.data[i] > 0x7e)
            return false;
    return true;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static struct bytes stripped(struct bytes value)
{
    while (value.len > 0 && is_blank(value.data[0]))
        value = bytes_skip(value, 1);
    while (value.len > 0 && is_blank(value.data[value.len - 1]))
        value = bytes_first(value, value.len - 1);
    return value;
}

/* ---- The list ---- */

struct gr_metadata *gr_metadata_new(void)
{
    return calloc(1, sizeof(struct gr_metadata));
}

void gr_metadata_free(struct gr_metadata *metadata)
{
    if (!metadata)
        return;
    buf_clear(&metadata->octets);
    free(metadata->spans);
    free(metadata);
}

/* Back to the first `count` entries, which end at `octets`, whatever went wrong behind them. */
static void roll_back(struct gr_metadata *metadata, size_t count, size_t octets)
{
    metadata->count = count;
    metadata->octets.len = octets;
    metadata->octets.failed = false;
}

/* The octets behind the last entry are one more, with a key of key_len. */
static bool commit(struct gr_metadata *metadata, size_t start, size_t key_len)
{
    if (metadata->octets.failed)
        return false;
    if (metadata->count == metadata->cap) {
        size_t cap = metadata->cap ? metadata->cap * 2 : 8;
        struct span *spans = realloc(metadata->spans, cap * sizeof *spans);
        if (!spans)
            return false;
        metadata->spans = spans;
        metadata->cap = cap;
    }
    size_t value_len = metadata->octets.len - start - key_len;
    metadata->spans[metadata->count++] = (struct span){start, key_len, value_len};
    return true;
}

static bool append(struct gr_metadata *metadata, struct bytes key, struct bytes value)
{
    size_t start = metadata->octets.len;
    buf_put(&metadata->octets, key);
    buf_put(&metadata->octets, value);
    if (commit(metadata, start, key.len))
        return true;
    roll_back(metadata, metadata->count, start);
    return false;
}

static struct bytes lower_cased(const char *key, struct buf *storage)
{
    for (; *key; key++)
        buf_put_u8(storage, (uint8_t)(*key >= 'A' && *key <= 'Z' ? *key - 'A' + 'a' : *key));
    return buf_view(storage);
}

static int add_checked(struct gr_metadata *metadata, struct bytes key, struct bytes value)
{
    if (!is_key(key) || gr_is_protocol_field(key))
        return GR_INVALID;
    if (!gr_is_binary_field(key)) {
        value = stripped(value);
        if (!is_ascii_value(value))
            return GR_INVALID;
    }
    return append(metadata, key, value) ? 0 : GR_NOMEM;
}

int gr_metadata_add(struct gr_metadata *metadata, const char *key, struct bytes value)
{
    if (!metadata) /* gr_metadata_new was out of memory: one check for both */
        return GR_NOMEM;
    struct buf storage = {0};
    struct bytes lower = lower_cased(key, &storage);
    int error = storage.failed ? GR_NOMEM : add_checked(metadata, lower, value);
    buf_clear(&storage);
    return error;
}

struct gr_metadata *gr_metadata_copy(const struct gr_metadata *from)
{
    struct gr_metadata *copy = gr_metadata_new();
    bool ok = copy != NULL;

    for (size_t i = 0; ok && i < gr_metadata_count(from); i++) {
        struct gr_metadata_entry entry = gr_metadata_at(from, i);
        ok = append(copy, entry.key, entry.value);
    }
    if (ok)
        return copy;
    gr_metadata_free(copy);
    return NULL;
}

size_t gr_metadata_count(const struct gr_metadata *metadata)
{
    return metadata ? metadata->count : 0;
}

struct gr_metadata_entry gr_metadata_at(const struct gr_metadata *metadata, size_t i)
{
    CONTRACT(metadata && i < metadata->count, "there is no such entry");
    const struct span *span = &metadata->spans[i];
    const uint8_t *key = metadata->octets.data + span->start;
    return (struct gr_metadata_entry){
        .key = bytes_of(key, span->key_len),
        .value = bytes_of(key + span->key_len, span->value_len),
    };
}

bool gr_metadata_find(const struct gr_metadata *metadata, const char *key, struct bytes *value)
{
    for (size_t i = 0; i < gr_metadata_count(metadata); i++) {
        struct gr_metadata_entry entry = gr_metadata_at(metadata, i);
        if (bytes_equal_str(entry.key, key)) {
            *value = entry.value;
            return true;
        }
    }
    return false;
}

/* ---- From the wire and to it ---- */

/* One entry from one part of a -bin value. */
static enum gr_field append_decoded(struct gr_metadata *metadata, struct bytes name,
                                    struct bytes part)
{
    size_t start = metadata->octets.len;
    buf_put(&metadata->octets, name);
    if (!gr_base64_decode(&metadata->octets, stripped(part)))
        return GR_FIELD_BAD_BASE64;
    return commit(metadata, start, name.len) ? GR_FIELD_ADDED : GR_FIELD_NOMEM;
}

static enum gr_field add_binary(struct gr_metadata *metadata, struct bytes name, struct bytes value)
{
    size_t count = metadata->count;
    size_t octets = metadata->octets.len;
    enum gr_field result = GR_FIELD_ADDED;
    bool more = true;
    while (result == GR_FIELD_ADDED && more) {
        size_t comma = bytes_find(value, ',');
        more = comma < value.len;
        result = append_decoded(metadata, name, bytes_first(value, comma));
        value = bytes_skip(value, comma + 1);
    }
    if (result != GR_FIELD_ADDED)
        roll_back(metadata, count, octets);
    return result;
}

enum gr_field gr_metadata_add_received(struct gr_metadata **list, struct bytes name,
                                       struct bytes value)
{
    if (gr_is_protocol_field(name))
        return GR_FIELD_OURS;
    bool binary = gr_is_binary_field(name);
    if (!binary)
        value = stripped(value);
    if (!is_key(name) || (!binary && !is_ascii_value(value)))
        return GR_FIELD_DROPPED;

    if (!*list)
        *list = gr_metadata_new();
    if (!*list)
        return GR_FIELD_NOMEM;
    if (binary)
        return add_binary(*list, name, value);
    return append(*list, name, value) ? GR_FIELD_ADDED : GR_FIELD_NOMEM;
}

bool gr_metadata_wire_value(struct gr_metadata_entry entry, struct gr_arena *arena,
                            struct bytes *value)
{
    *value = entry.value;
    if (!gr_is_binary_field(entry.key))
        return true;
    size_t len = gr_base64_encoded_len(entry.value.len);
    uint8_t *text = gr_arena_alloc(arena, len);
    if (!text)
        return false;
    gr_base64_encode(text, entry.value);
    *value = bytes_of(text, len);
    return true;
}

size_t gr_metadata_wire_size(const struct gr_metadata *metadata)
{
    size_t size = 0;
    for (size_t i = 0; i < gr_metadata_count(metadata); i++) {
        struct gr_metadata_entry entry = gr_metadata_at(metadata, i);
        bool binary = gr_is_binary_field(entry.key);
        size += entry.key.len + 32;
        size += binary ? gr_base64_encoded_len(entry.value.len) : entry.value.len;
    }
    return size;
}
