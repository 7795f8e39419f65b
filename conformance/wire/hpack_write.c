/* SPDX-License-Identifier: MIT
 *
 * Header blocks by hand (RFC 7541 sections 5 and 6): every representation, with any number in it,
 * legal or not. */
#include "wire/hpack.h"
#include "wire/huffman.h"

#include <assert.h>

void hpack_put_int(struct buf *block, unsigned prefix_bits, uint8_t pattern, uint64_t value)
{
    hpack_put_long_int(block, prefix_bits, pattern, value, 0);
}

void hpack_put_long_int(struct buf *block, unsigned prefix_bits, uint8_t pattern, uint64_t value,
                        size_t extra)
{
    assert(prefix_bits >= 1 && prefix_bits <= 8);
    uint8_t limit = (uint8_t)((1u << prefix_bits) - 1);
    if (value < limit) {
        buf_put_u8(block, (uint8_t)(pattern | value));
        return;
    }
    buf_put_u8(block, pattern | limit);
    uint64_t rest = value - limit;
    while (rest >= 0x80) {
        buf_put_u8(block, (uint8_t)(0x80 | (rest & 0x7f)));
        rest >>= 7;
    }
    if (extra == 0) {
        buf_put_u8(block, (uint8_t)rest);
        return;
    }
    buf_put_u8(block, (uint8_t)(0x80 | rest));
    for (size_t i = 1; i < extra; i++)
        buf_put_u8(block, 0x80);
    buf_put_u8(block, 0);
}

void hpack_put_indexed(struct buf *block, uint64_t index)
{
    hpack_put_int(block, 7, 0x80, index);
}

void hpack_put_string(struct buf *block, struct bytes s)
{
    hpack_put_int(block, 7, 0x00, s.len);
    buf_put(block, s);
}

void hpack_put_huffman(struct buf *block, struct bytes huffman)
{
    hpack_put_int(block, 7, 0x80, huffman.len);
    buf_put(block, huffman);
}

void hpack_huffman_encode(struct buf *out, struct bytes s)
{
    uint64_t bits = 0; /* the low `held` bits wait to leave */
    unsigned held = 0;
    for (size_t i = 0; i < s.len; i++) {
        const struct huffman_code *code = &huffman_codes[s.data[i]];
        bits = bits << code->bits | code->code;
        held += code->bits;
        for (; held >= 8; held -= 8)
            buf_put_u8(out, (uint8_t)(bits >> (held - 8)));
    }
    if (held > 0) /* the padding is the front of EOS: ones (RFC 7541 5.2) */
        buf_put_u8(out, (uint8_t)(bits << (8 - held) | (0xffu >> held)));
}

static unsigned index_bits(enum hpack_literal form)
{
    return form == LITERAL_INDEXED ? 6 : 4;
}

void hpack_put_literal(struct buf *block, enum hpack_literal form, struct bytes name,
                       struct bytes value)
{
    hpack_put_int(block, index_bits(form), (uint8_t)form, 0);
    hpack_put_string(block, name);
    hpack_put_string(block, value);
}

void hpack_put_literal_indexed_name(struct buf *block, enum hpack_literal form, uint64_t name_index,
                                    struct bytes value)
{
    hpack_put_int(block, index_bits(form), (uint8_t)form, name_index);
    hpack_put_string(block, value);
}

void hpack_put_size_update(struct buf *block, uint64_t size)
{
    hpack_put_int(block, 5, 0x20, size);
}
