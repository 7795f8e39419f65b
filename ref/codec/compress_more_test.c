/* SPDX-License-Identifier: MIT
 *
 * zstd and snappy where this build has them, and a compressor of an application's own: what compress_test.c asks of
 * gzip, asked of these. */
#include "base/test.h"

#include "codec/compress.h"

#include <stdlib.h>

/* ---- A compressor of one's own: each octet, and how often it comes in a row ------------------ */

static int run_length(struct bytes in, struct gr_out *out)
{
    for (size_t i = 0, n; i < in.len; i += n) {
        for (n = 1; n < 255 && i + n < in.len && in.data[i + n] == in.data[i]; n++)
            ;
        const uint8_t pair[] = {(uint8_t)n, in.data[i]};
        if (gr_out_put(out, bytes_of(pair, 2)) != 0)
            return GR_NOMEM;
    }
    return gr_out_put(out, BYTES("."));
}

static int run_length_back(struct bytes in, size_t max, struct gr_out *out)
{
    if (in.len % 2 == 0 || in.data[in.len - 1] != '.')
        return GR_INVALID;
    for (size_t i = 0; i + 1 < in.len; i += 2) {
        uint8_t run[255];
        memset(run, in.data[i + 1], sizeof(run));
        if (in.data[i] == 0 || in.data[i] > max)
            return in.data[i] ? GR_TOO_LARGE : GR_INVALID;
        max -= in.data[i];
        if (gr_out_put(out, bytes_of(run, in.data[i])) != 0)
            return GR_NOMEM;
    }
    return 0;
}

static const struct gr_compressor rle = {"rle", run_length, run_length_back};
static enum gr_compression own;

static int register_own(void **state)
{
    static const struct gr_compressor bad[] = {
        {"", run_length, run_length_back},
        {"gzip", run_length, run_length_back},
        {"identity", run_length, run_length_back},
        {"Rle", run_length, run_length_back},
        {"r,e", run_length, run_length_back},
        {"rle", NULL, run_length_back},
        {"rle", run_length, NULL},
        {"a23456789012345678901234567890123", run_length, run_length_back},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(gr_register_compressor(&bad[i]), GR_INVALID);
    int number = gr_register_compressor(&rle);
    assert_int_equal(number, GR_COMPRESSION_OWN);
    assert_int_equal(gr_register_compressor(&rle), GR_INVALID); /* there already */
    own = (enum gr_compression)number;
    return 0;
}

/* ---- The same of each ------------------------------------------------------------------------ */

/* Fill in all that this build can do; returns how many. */
static size_t all(enum gr_compression list[3])
{
    size_t count = 0;

    for (size_t i = GR_ZSTD; i <= GR_SNAPPY; i++)
        if (gr_compression_available((enum gr_compression)i))
            list[count++] = (enum gr_compression)i;
    list[count++] = own;
    return count;
}

static uint8_t *sample(size_t len, bool dull)
{
    uint8_t *octets = malloc(len + 1);

    assert_non_null(octets);
    for (size_t i = 0; i < len; i++)
        octets[i] = dull ? 'a' : (uint8_t)(i * i * 2654435761u >> 13);
    return octets;
}

static void messages_come_back_as_they_were(void **state)
{
    static const size_t LENGTHS[] = {0, 1, 2, 100, 65535, 65536, 65537, 300000};
    struct gr_codec_state codec = {0};
    enum gr_compression list[3];
    size_t count = all(list);

    (void)state;
    for (size_t i = 0; i < count * ARRAY_LEN(LENGTHS) * 2; i++) {
        enum gr_compression how = list[i % count];
        size_t len = LENGTHS[i / count / 2];
        uint8_t *octets = sample(len, i / count % 2);
        struct buf small = {0}, back = {0};
        buf_put_str(&small, "before");
        buf_put_str(&back, "before");
        assert_int_equal(gr_compress(&codec, how, bytes_of(octets, len), &small), 0);
        struct bytes wire = guard(bytes_skip(buf_view(&small), 6));
        assert_int_equal(gr_decompress(&codec, how, wire, len, &back), 0);
        assert_bytes(bytes_skip(buf_view(&back), 6), bytes_of(octets, len));
        if (len) {
            assert_int_equal(gr_decompress(&codec, how, wire, len - 1, &back), GR_TOO_LARGE);
            assert_int_equal(back.len, 6 + len); /* as it was */
        }
        unguard(wire);
        free(octets);
        buf_clear(&small);
        buf_clear(&back);
    }
    gr_codec_clear(&codec);
}

/* Snappy's stream has no end mark: cut between two chunks it is a shorter one. */
static bool may_be_whole(enum gr_compression how, size_t cut)
{
    return how == GR_SNAPPY && cut == 10;
}

static void what_is_cut_or_broken_is_refused(void **state)
{
    struct gr_codec_state codec = {0};
    enum gr_compression list[3];
    size_t count = all(list);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        struct buf small = {0}, back = {0};
        assert_int_equal(
            gr_compress(&codec, list[i], BYTES("abcabcabcabcabcabcabcabcabcabcabc"), &small), 0);
        for (size_t cut = 0; cut < small.len; cut++) {
            struct bytes wire = guard(bytes_first(buf_view(&small), cut));
            assert_int_equal(gr_decompress(&codec, list[i], wire, 1000, &back),
                             may_be_whole(list[i], cut) ? 0 : GR_INVALID);
            unguard(wire);
        }
        assert_int_equal(back.len, 0);
        buf_put_str(&small, "tail");
        assert_int_equal(gr_decompress(&codec, list[i], buf_view(&small), 1000, &back), GR_INVALID);
        buf_clear(&small);
        buf_clear(&back);
    }
    gr_codec_clear(&codec);
}

static void allocations_may_fail(void **state)
{
    enum gr_compression list[3];
    size_t count = all(list);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (size_t n = 0;; n++) {
            struct gr_codec_state codec = {0};
            struct buf small = {0}, back = {0};
            fail_allocation(n);
            int error = gr_compress(&codec, list[i], BYTES("aaaaaaaaaaaaaaaaaaaaaa"), &small);
            if (!error)
                error = gr_decompress(&codec, list[i], buf_view(&small), 1000, &back);
            bool failed = stop_failing();
            assert_int_equal(error, failed ? GR_NOMEM : 0);
            buf_clear(&small);
            buf_clear(&back);
            gr_codec_clear(&codec);
            if (!failed)
                break;
        }
    }
}

/* ---- Formats --------------------------------------------------------------------------------- */

#define SNAPPY_ID "\xff\x06\x00\x00sNaPpY"
#define PLAIN                                                                                      \
    "\x01\x0d\x00\x00\xe5\xb0\x8a\xc7"                                                             \
    "123456789" /* checksum of CRC-32C's own test value */

static void snappy_is_the_framing_format(void **state)
{
    static const struct {
        struct bytes wire;
        int error;
        struct bytes expected;
    } rows[] = {
        {BYTES(SNAPPY_ID), 0, BYTES("")},
        {BYTES(SNAPPY_ID PLAIN), 0, BYTES("123456789")},
        {BYTES(SNAPPY_ID PLAIN PLAIN), 0, BYTES("123456789123456789")},
        {BYTES(SNAPPY_ID "\xfe\x02\x00\x00..." PLAIN), GR_INVALID,
         BYTES("")}, /* padding, one octet off */
        {BYTES(SNAPPY_ID "\xfe\x03\x00\x00..." PLAIN), 0, BYTES("123456789")},
        {BYTES(SNAPPY_ID "\x80\x00\x00\x00" PLAIN), 0, BYTES("123456789")}, /* to be skipped */
        {BYTES(SNAPPY_ID "\x7f\x00\x00\x00" PLAIN), GR_INVALID, BYTES("")}, /* not to be skipped */
        {BYTES(SNAPPY_ID PLAIN SNAPPY_ID PLAIN), 0, BYTES("123456789123456789")},
        {BYTES(SNAPPY_ID "\xff\x06\x00\x00sNaPpy"), GR_INVALID, BYTES("")},
        {BYTES(PLAIN), GR_INVALID, BYTES("")},
        {BYTES(SNAPPY_ID "\x01\x0d\x00\x00\xe5\xb0\x8a\xc7"
                         "123456780"),
         GR_INVALID, BYTES("")},
        {BYTES(SNAPPY_ID "\x01\x03\x00\x00\xe5\xb0\x8a"), GR_INVALID, BYTES("")},
        {BYTES(SNAPPY_ID "\x00\x0d\x00\x00\xe5\xb0\x8a\xc7"
                         "123456789"),
         GR_INVALID, BYTES("")},
        {BYTES(SNAPPY_ID "\x00\x0f\x00\x00\xe5\xb0\x8a\xc7"
                         "\x09\x20"
                         "123456789"),
         0, BYTES("123456789")},
    };
    struct gr_codec_state codec = {0};
    struct buf back = {0};

    (void)state;
    if (!gr_compression_available(GR_SNAPPY))
        skip();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        buf_reset(&back);
        struct bytes wire = guard(rows[i].wire);
        assert_int_equal(gr_decompress(&codec, GR_SNAPPY, wire, 100, &back), rows[i].error);
        assert_bytes(buf_view(&back), rows[i].expected);
        unguard(wire);
    }
    buf_clear(&back);
}

/* A frame that wants a window of 16 MiB, and has one octet: memory is not the peer's to choose. */
static void zstd_refuses_large_windows(void **state)
{
    static const uint8_t WIRE[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 14 << 3, 0x09, 0x00, 0x00, 'x'};
    static const uint8_t FINE[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 13 << 3, 0x09, 0x00, 0x00, 'x'};
    struct gr_codec_state codec = {0};
    struct buf back = {0};

    (void)state;
    if (!gr_compression_available(GR_ZSTD))
        skip();
    assert_int_equal(gr_decompress(&codec, GR_ZSTD, bytes_of(WIRE, sizeof(WIRE)), 10, &back),
                     GR_INVALID);
    assert_int_equal(gr_decompress(&codec, GR_ZSTD, bytes_of(FINE, sizeof(FINE)), 10, &back), 0);
    assert_bytes(buf_view(&back), BYTES("x"));
    buf_clear(&back);
    gr_codec_clear(&codec);
}

/* ---- Names ----------------------------------------------------------------------------------- */

static void all_that_is_there_is_said_to_be(void **state)
{
    enum gr_compression list[3];
    size_t count = all(list);
    unsigned accepted = gr_accept_encoding_parse(bytes_str(gr_accept_encoding()));
    unsigned expected = 1u << GR_IDENTITY | 1u << GR_GZIP | 1u << GR_DEFLATE;

    (void)state;
    for (size_t i = 0; i < count; i++) {
        enum gr_compression how = GR_IDENTITY;
        const char *name = gr_compression_name(list[i]);
        assert_true(gr_compression_of_name(bytes_str(name), &how));
        assert_int_equal(how, list[i]);
        expected |= 1u << list[i];
    }
    assert_int_equal(accepted, expected);
    assert_true(gr_compression_available(own));
    assert_false(gr_compression_available((enum gr_compression)(own + 1)));
    assert_false(gr_compression_available((enum gr_compression)1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_back_as_they_were),
        cmocka_unit_test(what_is_cut_or_broken_is_refused),
        cmocka_unit_test(allocations_may_fail),
        cmocka_unit_test(snappy_is_the_framing_format),
        cmocka_unit_test(zstd_refuses_large_windows),
        cmocka_unit_test(all_that_is_there_is_said_to_be),
    };
    return cmocka_run_group_tests(tests, register_own, NULL);
}
