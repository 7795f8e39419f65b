/* SPDX-License-Identifier: MIT
 *
 * Compression: round trips, the limit, every way of being corrupt, and names. */
#include "base/test.h"

#include <stdlib.h>

#include "codec/compress.h"

static const enum gr_compression all[] = {GR_IDENTITY, GR_GZIP, GR_DEFLATE};

static struct bytes sample(struct buf *storage, size_t len)
{
    uint32_t x = 1;
    for (size_t i = 0; i < len; i++) {
        x = x * 1664525u + 1013904223u;
        buf_put_u8(storage, (uint8_t)(x >> 30));
    }
    return buf_view(storage);
}

static void assert_round_trip(struct gr_codec_state *state, enum gr_compression how,
                              struct bytes in)
{
    struct buf packed = {0};
    struct buf back = {0};
    buf_put_str(&packed, "prefix"); /* both append */
    buf_put_str(&back, "prefix");
    assert_int_equal(gr_compress(state, how, in, &packed), 0);
    struct bytes guarded = guard(bytes_skip(buf_view(&packed), 6));
    assert_int_equal(gr_decompress(state, how, guarded, in.len, &back), 0);
    assert_bytes(bytes_skip(buf_view(&back), 6), in);
    unguard(guarded);
    buf_clear(&packed);
    buf_clear(&back);
}

static void round_trips_message_after_message_with_one_state(void **unused)
{
    static const size_t sizes[] = {0, 1, 5, 1023, 1024, 1025, 100000, 314159};
    struct gr_codec_state state = {0};
    (void)unused;

    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct buf storage = {0};
        struct bytes in = sample(&storage, sizes[i]);
        for (size_t how = 0; how < ARRAY_LEN(all); how++) {
            assert_round_trip(&state, all[how], in);
            assert_round_trip(&state, all[how], in);
        }
        buf_clear(&storage);
    }
    gr_codec_clear(&state);
    assert_null(state.deflater);
    assert_null(state.inflater);
}

static void only_the_first_message_allocates(void **unused)
{
    struct gr_codec_state state = {0};
    struct buf packed = {0};
    struct buf back = {0};
    (void)unused;

    for (int message = 0; message < 3; message++) {
        buf_reset(&packed);
        buf_reset(&back);
        fail_allocation(message == 0 ? SIZE_MAX : 0);
        assert_int_equal(gr_compress(&state, GR_GZIP, BYTES("hello hello hello"), &packed), 0);
        assert_int_equal(gr_decompress(&state, GR_GZIP, buf_view(&packed), 100, &back), 0);
        assert_false(stop_failing());
    }
    assert_bytes(buf_view(&back), BYTES("hello hello hello"));
    gr_codec_clear(&state);
    buf_clear(&packed);
    buf_clear(&back);
}

static void reads_what_others_wrote(void **unused)
{
    static const struct {
        enum gr_compression how;
        struct bytes in;
        struct bytes out;
    } rows[] = {
        /* gzip -n of "hi\n", of "", with a file name, and two members */
        {GR_GZIP, BYTES("\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\xc8\xe4\x02\0\x7a\x7a\x6f\xed\x03\0\0\0"),
         BYTES("hi\n")},
        {GR_GZIP, BYTES("\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0"), BYTES("")},
        {GR_GZIP,
         BYTES("\x1f\x8b\x08\x08\0\0\0\0\0\x03"
               "f\0\xcb\xc8\xe4\x02\0\x7a\x7a\x6f\xed\x03\0\0\0"),
         BYTES("hi\n")},
        {GR_GZIP,
         BYTES("\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\xc8\xe4\x02\0\x7a\x7a\x6f\xed\x03\0\0\0"
               "\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\xc8\xe4\x02\0\x7a\x7a\x6f\xed\x03\0\0\0"),
         BYTES("hi\nhi\n")},
        /* zlib, stored block */
        {GR_DEFLATE,
         BYTES("\x78\x01\x01\x03\0\xfc\xff"
               "abc\x02\x4d\x01\x27"),
         BYTES("abc")},
        {GR_IDENTITY, BYTES("as is"), BYTES("as is")},
    };
    struct gr_codec_state state = {0};
    (void)unused;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes in = guard(rows[i].in);
        struct buf out = {0};
        assert_int_equal(gr_decompress(&state, rows[i].how, in, rows[i].out.len, &out), 0);
        assert_bytes(buf_view(&out), rows[i].out);
        buf_clear(&out);
        unguard(in);
    }
    gr_codec_clear(&state);
}

static void assert_refused(struct gr_codec_state *state, enum gr_compression how, struct bytes in)
{
    struct bytes guarded = guard(in);
    struct buf out = {0};
    buf_put_str(&out, "before");
    assert_int_equal(gr_decompress(state, how, guarded, 1000000, &out), GR_INVALID);
    assert_bytes(buf_view(&out), BYTES("before"));
    buf_clear(&out);
    unguard(guarded);
}

static void refuses_every_cut_every_tail_and_a_broken_checksum(void **unused)
{
    struct gr_codec_state state = {0};
    (void)unused;

    for (size_t how = 1; how < ARRAY_LEN(all); how++) {
        struct buf packed = {0};
        assert_int_equal(
            gr_compress(&state, all[how], BYTES("some text, some text, text"), &packed), 0);
        for (size_t len = 0; len < packed.len; len++)
            assert_refused(&state, all[how], bytes_first(buf_view(&packed), len));
        packed.data[packed.len - (how == 1 ? 8 : 1)] ^= 1; /* CRC-32; Adler-32 */
        assert_refused(&state, all[how], buf_view(&packed));
        packed.data[packed.len - (how == 1 ? 8 : 1)] ^= 1;
        buf_put_u8(&packed, 0);
        assert_refused(&state, all[how], buf_view(&packed));
        packed.len--;
        assert_refused(&state, all[3 - how], buf_view(&packed)); /* the other format */
        buf_clear(&packed);
    }
    assert_refused(&state, GR_GZIP, BYTES("not compressed at all"));
    assert_refused(&state, GR_DEFLATE, BYTES("\x78\xbb\0\0\0\x01")); /* asks for a dictionary */
    gr_codec_clear(&state);
}

static void stops_at_the_limit(void **unused)
{
    struct gr_codec_state state = {0};
    struct buf zeros = {0};
    (void)unused;

    buf_put_zeros(&zeros, 16 << 20);
    for (size_t how = 0; how < ARRAY_LEN(all); how++) {
        struct buf packed = {0};
        struct buf out = {0};
        assert_int_equal(gr_compress(&state, all[how], buf_view(&zeros), &packed), 0);
        assert_int_equal(gr_decompress(&state, all[how], buf_view(&packed), 5000, &out),
                         GR_TOO_LARGE);
        assert_int_equal(out.len, 0);
        assert_true(out.cap <= 16384);
        assert_int_equal(gr_decompress(&state, all[how], buf_view(&packed), zeros.len - 1, &out),
                         GR_TOO_LARGE);
        assert_int_equal(gr_decompress(&state, all[how], buf_view(&packed), zeros.len, &out), 0);
        assert_int_equal(out.len, zeros.len);
        buf_reset(&out);
        assert_int_equal(gr_decompress(&state, all[how], buf_view(&packed), SIZE_MAX, &out), 0);
        buf_clear(&packed);
        buf_clear(&out);
    }
    buf_clear(&zeros);
    gr_codec_clear(&state);
}

static void a_limit_of_nothing_lets_nothing_through(void **unused)
{
    struct gr_codec_state state = {0};
    struct buf packed = {0};
    struct buf out = {0};
    (void)unused;

    assert_int_equal(gr_compress(&state, GR_GZIP, BYTES(""), &packed), 0);
    assert_int_equal(gr_decompress(&state, GR_GZIP, buf_view(&packed), 0, &out), 0);
    buf_reset(&packed);
    assert_int_equal(gr_compress(&state, GR_GZIP, BYTES("x"), &packed), 0);
    assert_int_equal(gr_decompress(&state, GR_GZIP, buf_view(&packed), 0, &out), GR_TOO_LARGE);
    buf_clear(&packed);
    buf_clear(&out);
    gr_codec_clear(&state);
}

static void survives_every_failing_allocation(void **unused)
{
    (void)unused;

    for (size_t n = 0;; n++) {
        struct gr_codec_state state = {0};
        struct buf packed = {0};
        struct buf back = {0};
        fail_allocation(n);
        int error = gr_compress(&state, GR_GZIP, BYTES("hello"), &packed);
        if (!error)
            error = gr_decompress(&state, GR_GZIP, buf_view(&packed), 100, &back);
        if (!error)
            error = gr_compress(&state, GR_DEFLATE, BYTES("hello"), &packed); /* another deflater */
        bool failed = stop_failing();
        assert_int_equal(error, failed ? GR_NOMEM : 0);
        gr_codec_clear(&state);
        buf_clear(&packed);
        buf_clear(&back);
        if (!failed)
            break;
    }
}

static void knows_encodings_by_name(void **unused)
{
    enum gr_compression how;
    (void)unused;

    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        assert_true(gr_compression_of_name(bytes_str(gr_compression_name(all[i])), &how));
        assert_int_equal(how, all[i]);
    }
    assert_false(gr_compression_of_name(BYTES(""), &how));
    assert_false(gr_compression_of_name(BYTES("GZIP"), &how));
    assert_false(gr_compression_of_name(BYTES(" gzip"), &how));
    assert_false(gr_compression_of_name(BYTES("gzipp"), &how));
    assert_false(gr_compression_of_name(BYTES("br"), &how));
}

static void reads_accept_lists_leniently(void **unused)
{
    enum { I = 1 << GR_IDENTITY, G = 1 << GR_GZIP, D = 1 << GR_DEFLATE };
    static const struct {
        const char *list;
        unsigned set;
    } rows[] = {
        {"", I},
        {"identity", I},
        {"gzip", I | G},
        {"identity,deflate,gzip", I | G | D},
        {"identity, gzip", I | G},
        {"x-foo , gzip,identity", I | G},
        {"\tdeflate\t", I | D},
        {",,gzip,,", I | G},
        {" , ", I},
        {"gzip deflate", I},
        {"gzip;q=1", I},
        {"xgzip,gzipx", I},
    };
    (void)unused;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes list = guard(bytes_str(rows[i].list));
        assert_int_equal(gr_accept_encoding_parse(list), rows[i].set);
        unguard(list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trips_message_after_message_with_one_state),
        cmocka_unit_test(only_the_first_message_allocates),
        cmocka_unit_test(reads_what_others_wrote),
        cmocka_unit_test(refuses_every_cut_every_tail_and_a_broken_checksum),
        cmocka_unit_test(stops_at_the_limit),
        cmocka_unit_test(a_limit_of_nothing_lets_nothing_through),
        cmocka_unit_test(survives_every_failing_allocation),
        cmocka_unit_test(knows_encodings_by_name),
        cmocka_unit_test(reads_accept_lists_leniently),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
