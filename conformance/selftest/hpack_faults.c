/* SPDX-License-Identifier: MIT
 *
 * Decoding header blocks, and the knobs that overlook what is wrong with one. The real decoder judges; when it
 * refuses, the block is walked to find out which fault it was, so that each knob overlooks only its own. */
#include "selftest/hpack_faults.h"
#include "selftest/h2.h"

#define LAST_STATIC  61
#define LONG_INTEGER 6 /* octets: no honest 32-bit integer needs more */

static const enum knob_name overlooked_by[] = {
    [BLOCK_INDEX_0] = KNOB_ACCEPTS_INDEX_0,
    [BLOCK_INDEX] = KNOB_ACCEPTS_INDEX_BEYOND,
    [BLOCK_NAME_INDEX] = KNOB_ACCEPTS_NAME_INDEX_BEYOND,
    [BLOCK_LATE_UPDATE] = KNOB_ACCEPTS_LATE_UPDATE,
    [BLOCK_LARGE_UPDATE] = KNOB_ACCEPTS_LARGE_UPDATE,
    [BLOCK_LONG_PADDING] = KNOB_ACCEPTS_LONG_HUFFMAN_PADDING,
    [BLOCK_WRONG_PADDING] = KNOB_ACCEPTS_WRONG_HUFFMAN_PADDING,
    [BLOCK_EOS] = KNOB_ACCEPTS_HUFFMAN_EOS,
    [BLOCK_OVERFLOW] = KNOB_ACCEPTS_INTEGER_OVERFLOW,
    [BLOCK_LONG_INTEGER] = KNOB_ACCEPTS_LONG_INTEGER,
    [BLOCK_TRUNCATED] = KNOB_ACCEPTS_TRUNCATED_BLOCK,
};

/* ---- walking ---- */

struct walk {
    struct bytes rest;
    enum block_fault fault;
    bool field_seen;
    uint64_t highest_index; /* of an indexed field, beyond the static table */
    uint64_t highest_name;  /* of a name */
};

static uint64_t take_int(struct walk *walk, unsigned prefix_bits)
{
    uint8_t mask = (uint8_t)((1u << prefix_bits) - 1);
    uint64_t value = walk->rest.data[0] & mask;
    bool more = value == mask;
    bool trailing_zero = false;
    size_t used = 1;
    for (unsigned shift = 0; more; shift += 7, used++) {
        if (used >= walk->rest.len) {
            walk->fault = BLOCK_TRUNCATED;
            break;
        }
        uint8_t octet = walk->rest.data[used];
        if (shift < 56)
            value += (uint64_t)(octet & 0x7f) << shift;
        trailing_zero = (octet & 0x7f) == 0;
        more = (octet & 0x80) != 0;
    }
    walk->rest = bytes_skip(walk->rest, used);
    if (walk->fault == BLOCK_NONE && used > LONG_INTEGER && trailing_zero)
        walk->fault = BLOCK_LONG_INTEGER;
    else if (walk->fault == BLOCK_NONE && value > UINT32_MAX)
        walk->fault = BLOCK_OVERFLOW;
    return value;
}

/* Whether the octets are right as a Huffman string: asked of a decoder of their own. */
static bool huffman_decodes(struct bytes octets)
{
    struct buf block = {0};
    struct header_list list = {0};
    struct hpack_decoder *decoder = hpack_decoder_new(OUR_TABLE_SIZE);
    buf_put_u8(&block, LITERAL_NOT_INDEXED);
    hpack_put_string(&block, BYTES("x"));
    hpack_put_huffman(&block, octets);
    bool ok = decoder && hpack_decode(decoder, buf_view(&block), &list).ok;
    hpack_decoder_free(decoder);
    header_list_clear(&list);
    buf_clear(&block);
    return ok;
}

/* The longest run of one bits, and how many end the string. */
static enum block_fault huffman_fault(struct bytes octets)
{
    unsigned run = 0, longest = 0;
    for (size_t bit = 0; bit < octets.len * 8; bit++) {
        bool one = octets.data[bit / 8] >> (7 - bit % 8) & 1;
        run = one ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    if (longest >= 30)
        return BLOCK_EOS;
    return run >= 8 ? BLOCK_LONG_PADDING : BLOCK_WRONG_PADDING;
}

static void walk_string(struct walk *walk)
{
    if (walk->rest.len == 0) {
        walk->fault = BLOCK_TRUNCATED;
        return;
    }
    bool huffman = (walk->rest.data[0] & 0x80) != 0;
    uint64_t len = take_int(walk, 7);
    if (walk->fault == BLOCK_NONE && len > walk->rest.len)
        walk->fault = BLOCK_TRUNCATED;
    if (walk->fault != BLOCK_NONE)
        return;
    struct bytes octets = bytes_first(walk->rest, (size_t)len);
    if (huffman && !huffman_decodes(octets))
        walk->fault = huffman_fault(octets);
    walk->rest = bytes_skip(walk->rest, (size_t)len);
}

static void walk_update(struct walk *walk)
{
    uint64_t size = take_int(walk, 5);
    if (walk->fault == BLOCK_NONE && walk->field_seen)
        walk->fault = BLOCK_LATE_UPDATE;
    else if (walk->fault == BLOCK_NONE && size > OUR_TABLE_SIZE)
        walk->fault = BLOCK_LARGE_UPDATE;
}

static void walk_literal(struct walk *walk, unsigned prefix_bits)
{
    uint64_t name = take_int(walk, prefix_bits);
    walk->highest_name = name > walk->highest_name ? name : walk->highest_name;
    if (walk->fault == BLOCK_NONE && name == 0)
        walk_string(walk);
    if (walk->fault == BLOCK_NONE)
        walk_string(walk);
}

/* One representation (RFC 7541 section 6) from the front. */
static void walk_one(struct walk *walk)
{
    uint8_t octet = walk->rest.data[0];
    if ((octet & 0xe0) == 0x20) {
        walk_update(walk);
        return;
    }
    walk->field_seen = true;
    if (octet & 0x80) {
        uint64_t index = take_int(walk, 7);
        if (walk->fault == BLOCK_NONE && index == 0)
            walk->fault = BLOCK_INDEX_0;
        walk->highest_index = index > walk->highest_index ? index : walk->highest_index;
    } else {
        walk_literal(walk, (octet & 0x40) ? 6 : 4);
    }
}

enum block_fault find_block_fault(struct bytes block)
{
    struct walk walk = {.rest = block};
    while (walk.rest.len > 0 && walk.fault == BLOCK_NONE)
        walk_one(&walk);
    if (walk.fault != BLOCK_NONE)
        return walk.fault;
    return walk.highest_index > LAST_STATIC ? BLOCK_INDEX : BLOCK_NAME_INDEX;
}

bool block_has(struct bytes block, bool (*is)(void *arg, uint8_t first), void *arg)
{
    struct walk walk = {.rest = block};
    while (walk.rest.len > 0 && walk.fault == BLOCK_NONE) {
        if (is(arg, walk.rest.data[0]))
            return true;
        walk_one(&walk);
    }
    return false;
}

/* ---- knobs that misread: the block is rewritten before it is decoded ------------------------- */

static bool wants_rewriting(void)
{
    return knob(KNOB_NEVER_INDEXED_IS_INDEXED) || knob(KNOB_HUFFMAN_IS_RAW) ||
           knob(KNOB_STATIC_TABLE_SHIFTED);
}

static uint8_t rewrite_first(uint8_t octet)
{
    if (knob(KNOB_NEVER_INDEXED_IS_INDEXED) && (octet & 0xf0) == 0x10 && (octet & 0x0f) < 15)
        return (uint8_t)(0x40 | (octet & 0x0f));
    bool upper_half = (octet & 0x80) && (octet & 0x7f) >= 31 && (octet & 0x7f) < LAST_STATIC;
    if (knob(KNOB_STATIC_TABLE_SHIFTED) && upper_half)
        return (uint8_t)(octet + 1);
    upper_half = (octet & 0xc0) == 0x40 && (octet & 0x3f) >= 31 && (octet & 0x3f) < LAST_STATIC;
    if (knob(KNOB_STATIC_TABLE_SHIFTED) && upper_half)
        return (uint8_t)(octet + 1);
    return octet;
}

/* A name index of 31 or more behind a prefix of four bits. */
static void shift_name_index(struct buf *out, size_t at)
{
    bool literal = (out->data[at] & 0xef) == 0x0f;
    if (!literal || at + 1 >= out->len)
        return;
    uint8_t *rest = &out->data[at + 1];
    if (*rest >= 31 - 15 && *rest < LAST_STATIC - 15)
        (*rest)++;
}

static void clear_huffman_bits(struct buf *out, size_t at)
{
    uint8_t octet = out->data[at];
    if ((octet & 0xe0) == 0x20 || (octet & 0x80))
        return;
    struct walk walk = {.rest = bytes_skip(buf_view(out), at)};
    unsigned strings = take_int(&walk, (octet & 0x40) ? 6 : 4) == 0 ? 2 : 1;
    while (strings-- > 0 && walk.fault == BLOCK_NONE && walk.rest.len > 0) {
        out->data[walk.rest.data - out->data] &= 0x7f;
        walk_string(&walk);
    }
}

static void rewrite(struct bytes block, struct buf *out)
{
    struct walk walk = {.rest = block};
    buf_put(out, block);
    while (walk.rest.len > 0 && walk.fault == BLOCK_NONE && !out->failed) {
        size_t at = (size_t)(walk.rest.data - block.data);
        out->data[at] = rewrite_first(out->data[at]);
        if (knob(KNOB_HUFFMAN_IS_RAW))
            clear_huffman_bits(out, at);
        if (knob(KNOB_STATIC_TABLE_SHIFTED))
            shift_name_index(out, at);
        walk_one(&walk);
    }
}

/* ---- decoding ---- */

static void renew_decoder(struct h2 *h2)
{
    hpack_decoder_free(h2->decoder);
    h2->decoder = hpack_decoder_new(OUR_TABLE_SIZE);
    h2->dropped |= h2->decoder == NULL;
}

/* Larger: nothing of a test is ever evicted. Smaller: an entry or two too early. */
static void resize_table(struct h2 *h2, uint32_t size)
{
    struct buf block = {0};
    struct header_list none = {0};
    hpack_decoder_set_max_table_size(h2->decoder, size > OUR_TABLE_SIZE ? size : OUR_TABLE_SIZE);
    hpack_put_size_update(&block, size);
    (void)hpack_decode(h2->decoder, buf_view(&block), &none);
    header_list_clear(&none);
    buf_clear(&block);
}

static void change_table(struct h2 *h2)
{
    if (knob(KNOB_LARGER_TABLE))
        resize_table(h2, 1u << 20);
    if (knob(KNOB_SMALLER_TABLE))
        resize_table(h2, OUR_TABLE_SIZE - 64);
}

/* After a block: what a table loses that is held smaller than the client believes. */
static void keep_table_small(struct h2 *h2, const struct hpack_result *result)
{
    if (knob(KNOB_SECOND_UPDATE_IGNORED) && result->size_updates > 1)
        resize_table(h2, result->smallest_update);
    if (result->size_updates > 0 && result->smallest_update < h2->least_table)
        h2->least_table = result->smallest_update;
    if (knob(KNOB_TABLE_STAYS_SMALL) && h2->least_table < OUR_TABLE_SIZE)
        resize_table(h2, h2->least_table);
    if (!knob(KNOB_HUNDRED_ENTRIES) || hpack_decoder_entries(h2->decoder) <= 100)
        return;
    while (hpack_decoder_entries(h2->decoder) > 100)
        resize_table(h2, (uint32_t)hpack_decoder_octets(h2->decoder) - 1);
    resize_table(h2, OUR_TABLE_SIZE);
}

static struct bytes skip_updates(struct bytes block)
{
    struct walk walk = {.rest = block};
    while (walk.rest.len > 0 && (walk.rest.data[0] & 0xe0) == 0x20 && walk.fault == BLOCK_NONE)
        walk_one(&walk);
    return walk.rest;
}

static void cut_long_strings(struct header_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        list->fields[i].value.len &= 0xff;
}

static bool has_large_entry(const struct header_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->fields[i].name.len + list->fields[i].value.len + 32 > OUR_TABLE_SIZE)
            return true;
    return false;
}

/* What some decoders get wrong with blocks that are right. */
static void misread(struct hpack_result *result, struct header_list *list)
{
    if (knob(KNOB_LONG_STRINGS_CUT))
        cut_long_strings(list);
    if (knob(KNOB_LARGE_ENTRY_IS_ERROR) && has_large_entry(list))
        result->ok = false;
    if (knob(KNOB_EMPTY_TABLE_CLEARS_FIELDS) && result->size_updates > 0 &&
        result->smallest_update == 0)
        header_list_clear(list);
}

struct hpack_result decode_block(struct h2 *h2, struct bytes block, struct header_list *list)
{
    struct buf rewritten = {0};
    struct bytes whole = block;
    if (h2->blocks_in == 0)
        change_table(h2);
    if ((h2->blocks_in == 100 && knob(KNOB_TABLE_LOST_AFTER_100_BLOCKS)) ||
        (h2->second && knob(KNOB_SECOND_CONNECTION_HAS_NO_TABLE)))
        renew_decoder(h2);
    if (knob(KNOB_SIZE_UPDATES_DO_NOTHING))
        block = skip_updates(block);
    if (knob(KNOB_LONG_INTEGER_HANGS) && find_block_fault(block) == BLOCK_LONG_INTEGER)
        h2->stuck = true;
    if (wants_rewriting()) {
        rewrite(block, &rewritten);
        block = buf_view(&rewritten);
    }
    struct hpack_result result = hpack_decode(h2->decoder, block, list);
    if (!result.ok && knob(overlooked_by[find_block_fault(block)])) {
        result.ok = true;
        renew_decoder(h2);
    }
    if (result.ok && result.size_updates > 0)
        change_table(h2);
    if (result.ok)
        keep_table_small(h2, &result);
    result.ok = result.ok && !(knob(KNOB_REFUSES_UPDATES) && skip_updates(whole).len < whole.len);
    if (knob(KNOB_TABLE_PER_BLOCK) ||
        (knob(KNOB_REFUSED_REQUEST_FORGETS_TABLE) && request_is_refused(list)))
        renew_decoder(h2);
    if (result.ok)
        misread(&result, list);
    buf_clear(&rewritten);
    return result;
}
