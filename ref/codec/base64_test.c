/* SPDX-License-Identifier: MIT
 *
 * Base64: rows of octets and text, both ways, and what is refused. */
#include "base/test.h"

#include "codec/base64.h"

struct row {
    struct bytes octets;
    struct bytes text;
};

static const struct row pairs[] = {
    {{NULL, 0}, {NULL, 0}},
    {BYTES("\x01"), BYTES("AQ")},
    {BYTES("\xab\xab"), BYTES("q6s")},
    {BYTES("\xab\xab\xab"), BYTES("q6ur")},
    {BYTES("foob"), BYTES("Zm9vYg")},
    {BYTES("fooba"), BYTES("Zm9vYmE")},
    {BYTES("foobar"), BYTES("Zm9vYmFy")},
    {BYTES("\xfb\xff\xbf"), BYTES("+/+/")},
    {BYTES("\0\0\0\0"), BYTES("AAAAAA")},
};

static void assert_decodes(struct bytes text, struct bytes octets)
{
    struct bytes guarded = guard(text);
    struct buf out = {0};
    buf_put_str(&out, "before ");
    assert_true(gr_base64_decode(&out, guarded));
    assert_bytes(bytes_skip(buf_view(&out), 7), octets);
    buf_clear(&out);
    unguard(guarded);
}

static void encodes_without_padding(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        struct bytes octets = guard(pairs[i].octets);
        struct buf out = {0};
        gr_base64_put(&out, octets);
        assert_bytes(buf_view(&out), pairs[i].text);
        assert_int_equal(gr_base64_encoded_len(octets.len), pairs[i].text.len);
        buf_clear(&out);
        unguard(octets);
    }
}

static void decodes_with_and_without_padding(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        struct buf padded = {0};
        buf_put(&padded, pairs[i].text);
        while (padded.len % 4 != 0)
            buf_put_u8(&padded, '=');
        assert_decodes(pairs[i].text, pairs[i].octets);
        assert_decodes(buf_view(&padded), pairs[i].octets);
        buf_clear(&padded);
    }
}

static void bits_left_over_are_ignored(void **state)
{
    (void)state;

    assert_decodes(BYTES("AR"), BYTES("\x01"));
    assert_decodes(BYTES("Af=="), BYTES("\x01"));
    assert_decodes(BYTES("q6t"), BYTES("\xab\xab"));
}

static void refuses_what_is_not_base64_and_leaves_the_buffer_alone(void **state)
{
    static const char *const rows[] = {
        "A",     "AAAAA", "=",        "==",    "===",   "====",  "AQ=",
        "AQ===", "A===",  "AQ==AQ==", "AQ=Q",  "q6s==", "***",   "A-_A",
        "AQ ==", " AQ",   "AQ\n",     "AQ,AQ", "\x80Q", "q6ur=", "q6ur====",
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes text = guard(bytes_str(rows[i]));
        struct buf out = {0};
        buf_put_str(&out, "before");
        assert_false(gr_base64_decode(&out, text));
        assert_bytes(buf_view(&out), BYTES("before"));
        buf_clear(&out);
        unguard(text);
    }
}

static void exactly_64_characters_are_its_alphabet(void **state)
{
    unsigned accepted = 0;
    (void)state;

    for (unsigned c = 0; c < 256; c++) {
        uint8_t text[4] = {'A', (uint8_t)c, 'A', 'A'};
        struct buf out = {0};
        accepted += gr_base64_decode(&out, bytes_of(text, sizeof text));
        buf_clear(&out);
    }
    assert_int_equal(accepted, 64);
}

static void out_of_memory_is_not_malformed(void **state)
{
    struct buf out = {0};
    (void)state;

    fail_allocation(0);
    assert_true(gr_base64_decode(&out, BYTES("AQ==")));
    assert_true(stop_failing());
    assert_true(out.failed);
    gr_base64_put(&out, BYTES("x"));
    assert_int_equal(out.len, 0);
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_without_padding),
        cmocka_unit_test(decodes_with_and_without_padding),
        cmocka_unit_test(bits_left_over_are_ignored),
        cmocka_unit_test(refuses_what_is_not_base64_and_leaves_the_buffer_alone),
        cmocka_unit_test(exactly_64_characters_are_its_alphabet),
        cmocka_unit_test(out_of_memory_is_not_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
