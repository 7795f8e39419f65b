/* SPDX-License-Identifier: MIT
 *
 * Following our own octets: where a PING may be placed, for octets fed whole and one by one; and
 * header blocks. */
#include "base/test.h"

#include "peer/block.h"
#include "peer/framing.h"

#define B(literal)                                                                                 \
    {                                                                                              \
        (const uint8_t *)("" literal), sizeof(literal) - 1                                         \
    }
#define MAGIC    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define SETTINGS "\0\0\0\4\0\0\0\0\0"

static const struct {
    const char *name;
    bool expects_preface;
    struct bytes octets;
    bool at_boundary, can_probe;
} rows[] = {
    {"nothing", true, B(""), false, false},
    {"half a preface", true, B("PRI * "), false, false},
    {"a preface", true, B(MAGIC), true, true},
    {"a preface and SETTINGS", true, B(MAGIC SETTINGS), true, true},
    {"HTTP/1", true, B("GET / HTTP/1.1\r\n"), false, false},
    {"frames without a preface", true, B(SETTINGS), false, false},
    {"a server needs none", false, B(SETTINGS), true, true},
    {"half a header", false, B("\0\0\0"), false, false},
    {"a payload cut short", false, B("\0\0\2\0\0\0\0\0\1x"), false, false},
    {"a payload too long", false, B("\0\0\1\0\0\0\0\0\1xy"), false, false},
    {"a block left open", false, B("\0\0\1\1\0\0\0\0\1\x82"), true, false},
    {"a block closed", false, B("\0\0\1\1\0\0\0\0\1\x82\0\0\0\x9\4\0\0\0\1"), true, true},
    {"an open block, then DATA", false, B("\0\0\1\1\0\0\0\0\1\x82\0\0\0\0\0\0\0\0\1"), true, false},
};

static void the_boundary_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct framing whole, single;
        framing_init(&whole, rows[i].expects_preface);
        framing_init(&single, rows[i].expects_preface);
        framing_feed(&whole, rows[i].octets);
        for (size_t k = 0; k < rows[i].octets.len; k++)
            framing_feed(&single, bytes_of(rows[i].octets.data + k, 1));
        assert_int_equal(framing_at_boundary(&whole), rows[i].at_boundary);
        assert_int_equal(framing_can_probe(&whole), rows[i].can_probe);
        assert_int_equal(framing_at_boundary(&single), rows[i].at_boundary);
        assert_int_equal(framing_can_probe(&single), rows[i].can_probe);
    }
}

static bool collect(struct header_block *block, uint8_t type, uint8_t flags, uint32_t stream,
                    struct bytes payload)
{
    struct frame frame = {type, flags, false, stream, payload};
    return header_block_collect(block, &frame);
}

static void blocks_are_collected(void **state)
{
    (void)state;
    struct header_block block = {0};
    assert_true(collect(&block, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_PADDED, 1, BYTES("\1ab\0")));
    assert_bytes(buf_view(&block.octets), BYTES("ab"));

    assert_false(collect(&block, FRAME_HEADERS, FLAG_END_STREAM, 3, BYTES("c")));
    assert_false(collect(&block, FRAME_CONTINUATION, FLAG_END_HEADERS, 5, BYTES("no")));
    assert_false(collect(&block, FRAME_PING, 0, 0, BYTES("12345678")));
    assert_false(collect(&block, FRAME_CONTINUATION, 0, 3, BYTES("d")));
    assert_true(collect(&block, FRAME_CONTINUATION, FLAG_END_HEADERS, 3, BYTES("e")));
    assert_bytes(buf_view(&block.octets), BYTES("cde"));
    assert_int_equal(block.flags & FLAG_END_STREAM, FLAG_END_STREAM);
    assert_false(collect(&block, FRAME_CONTINUATION, FLAG_END_HEADERS, 3, BYTES("f")));

    assert_true(collect(&block, FRAME_PUSH_PROMISE, FLAG_END_HEADERS, 1, BYTES("\0\0\0\2g")));
    assert_bytes(buf_view(&block.octets), BYTES("g"));
    assert_false(collect(&block, FRAME_PUSH_PROMISE, FLAG_END_HEADERS, 1, BYTES("\0\0\0")));
    assert_false(collect(&block, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_PADDED, 1, BYTES("\5x")));
    header_block_clear(&block);
}

static void an_endless_block_is_not_kept(void **state)
{
    (void)state;
    struct header_block block = {0};
    struct buf part = {0};
    struct hpack_decoder *decoder = hpack_decoder_new(4096);
    struct header_list list = {0};
    buf_put_zeros(&part, 1 << 18);
    (void)collect(&block, FRAME_HEADERS, 0, 1, NO_BYTES);
    for (size_t i = 0; i < 20; i++)
        assert_false(collect(&block, FRAME_CONTINUATION, 0, 1, buf_view(&part)));
    assert_true(collect(&block, FRAME_CONTINUATION, FLAG_END_HEADERS, 1, NO_BYTES));
    assert_true(block.octets.len <= MAX_BLOCK);
    assert_false(header_block_decode(&block, decoder, &list).ok);
    hpack_decoder_free(decoder);
    buf_clear(&part);
    header_block_clear(&block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_boundary_is_known),
        cmocka_unit_test(blocks_are_collected),
        cmocka_unit_test(an_endless_block_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
