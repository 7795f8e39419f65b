/* SPDX-License-Identifier: MIT
 *
 * The conformance suite's header coding: nghttp2's decoder and encoder behind wire/hpack.h, and the writer by
 * hand. Input: one octet, how many header blocks; then the blocks, each behind an octet of length; the rest is the
 * last. Oracles: a list is as large as its fields; what decodes, encoded again by nghttp2's coder or by hand,
 * plain, Huffman or by index, decodes to the same list; a copy of it is the same. */
#include "fuzz.h"

#include "wire/hpack.h"

#define TABLE_SIZE 4096

static void must_equal(const struct header_list *a, const struct header_list *b)
{
    must(a->count == b->count && a->size == b->size, "a list coded again has another size");
    for (size_t i = 0; i < a->count; i++) {
        must(bytes_equal(a->fields[i].name, b->fields[i].name), "a name coded again is another");
        must(bytes_equal(a->fields[i].value, b->fields[i].value), "a value coded again is another");
    }
}

static void check_size(const struct header_list *list)
{
    size_t size = 0;
    for (size_t i = 0; i < list->count; i++)
        size += list->fields[i].name.len + list->fields[i].value.len + 32;
    must(size == list->size, "a list has another size than its fields");
}

static void must_decode_to(struct bytes block, const struct header_list *expected)
{
    struct hpack_decoder *decoder = hpack_decoder_new(TABLE_SIZE);
    struct header_list list = {0};
    must(hpack_decode(decoder, block, &list).ok, "what was encoded is refused");
    must_equal(&list, expected);
    header_list_clear(&list);
    hpack_decoder_free(decoder);
}

enum how { PLAIN, HUFFMAN, BY_INDEX, HOWS };

static void put_huffman(struct buf *block, const struct field *field)
{
    struct buf coded = {0};
    buf_put_u8(block, LITERAL_INDEXED);
    hpack_huffman_encode(&coded, field->name);
    hpack_put_huffman(block, buf_view(&coded));
    buf_reset(&coded);
    hpack_huffman_encode(&coded, field->value);
    hpack_put_huffman(block, buf_view(&coded));
    buf_clear(&coded);
}

/* Some of the static table (RFC 7541 Appendix A). */
static const struct {
    uint64_t index;
    const char *name, *value;
} entries[] = {
    {3, ":method", "POST"}, {4, ":path", "/"},        {6, ":scheme", "http"},
    {8, ":status", "200"},  {31, "content-type", ""}, {58, "user-agent", ""},
};

static void put_by_index(struct buf *block, const struct field *field)
{
    for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
        if (!bytes_equal_str(field->name, entries[i].name))
            continue;
        reach("indexed");
        if (bytes_equal_str(field->value, entries[i].value))
            hpack_put_indexed(block, entries[i].index);
        else
            hpack_put_literal_indexed_name(block, LITERAL_NEVER_INDEXED, entries[i].index,
                                           field->value);
        return;
    }
    hpack_put_literal(block, LITERAL_INDEXED, field->name, field->value);
}

static void put_by_hand(struct buf *block, const struct header_list *list, enum how how)
{
    if (how == BY_INDEX)
        hpack_put_size_update(block, TABLE_SIZE / 2);
    for (size_t i = 0; i < list->count; i++) {
        const struct field *field = &list->fields[i];
        if (how == HUFFMAN)
            put_huffman(block, field);
        else if (how == BY_INDEX)
            put_by_index(block, field);
        else
            hpack_put_literal(block, LITERAL_NOT_INDEXED, field->name, field->value);
    }
}

static void check_copy(const struct header_list *list)
{
    struct header_list copy = {0};
    header_list_copy(&copy, list);
    must_equal(&copy, list);
    header_list_clear(&copy);
}

static void check_round_trips(const struct header_list *list)
{
    struct hpack_encoder *encoder = hpack_encoder_new(TABLE_SIZE);
    struct buf block = {0};
    hpack_encode(encoder, list->fields, list->count, &block);
    must_decode_to(buf_view(&block), list);
    for (enum how how = PLAIN; how < HOWS; how++) {
        buf_reset(&block);
        put_by_hand(&block, list, how);
        must_decode_to(buf_view(&block), list);
    }
    buf_clear(&block);
    hpack_encoder_free(encoder);
    check_copy(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    struct hpack_decoder *decoder = hpack_decoder_new(TABLE_SIZE);
    bool ok = true;

    for (unsigned blocks = take_octet(&input) % 8 + 1; ok && blocks > 0; blocks--) {
        size_t len = blocks > 1 ? take_octet(&input) : input.len;
        struct header_list list = {0};
        struct hpack_result result = hpack_decode(decoder, bytes_first(input, len), &list);
        ok = result.ok;
        if (ok && result.size_updates)
            reach("size update");
        if (ok && list.count)
            reach("decoded");
        must(!planted(ok && result.size_updates && list.count),
             "planted: a size update and a field");
        must(ok || result.why, "a refused block has no reason");
        check_size(&list);
        if (ok && list.size < MAX_DECODED_LIST / 64)
            check_round_trips(&list);
        header_list_clear(&list);
        input = bytes_skip(input, len);
    }
    hpack_decoder_free(decoder);
    return 0;
}
