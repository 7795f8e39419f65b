/* SPDX-License-Identifier: MIT
 *
 * struct bytes: the edges of every view, loads and stores; and the sums of clock.h. */
#include "base/test.h"

#include "base/clock.h"

static void views_compare(void **state)
{
    static const struct {
        struct bytes a;
        struct bytes b;
        bool equal;
        bool starts;
        bool ends;
    } rows[] = {
        {{NULL, 0}, {NULL, 0}, true, true, true},
        {BYTES(""), {NULL, 0}, true, true, true},
        {BYTES("abc"), {NULL, 0}, false, true, true},
        {BYTES("abc"), BYTES("abc"), true, true, true},
        {BYTES("abc"), BYTES("ab"), false, true, false},
        {BYTES("abc"), BYTES("bc"), false, false, true},
        {BYTES("aba"), BYTES("a"), false, true, true},
        {BYTES("ab"), BYTES("abc"), false, false, false},
        {BYTES("a\0b"), BYTES("a\0c"), false, false, false},
        {{NULL, 0}, BYTES("a"), false, false, false},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes a = guard(rows[i].a);
        struct bytes b = guard(rows[i].b);
        assert_int_equal(bytes_equal(a, b), rows[i].equal);
        assert_int_equal(bytes_starts_with(a, b), rows[i].starts);
        assert_int_equal(bytes_ends_with(a, b), rows[i].ends);
        unguard(a);
        unguard(b);
    }
    assert_true(bytes_starts_with(rows[0].a, rows[0].b)); /* NULL itself */
    assert_true(bytes_equal(rows[0].a, rows[1].a));
}

static void views_are_cut(void **state)
{
    struct bytes abc = BYTES("abc");
    (void)state;

    assert_bytes(bytes_first(abc, 0), BYTES(""));
    assert_bytes(bytes_first(abc, 2), BYTES("ab"));
    assert_bytes(bytes_first(abc, 9), BYTES("abc"));
    assert_bytes(bytes_skip(abc, 0), BYTES("abc"));
    assert_bytes(bytes_skip(abc, 2), BYTES("c"));
    assert_bytes(bytes_skip(abc, 3), BYTES(""));
    assert_bytes(bytes_skip(abc, 9), BYTES(""));
    assert_bytes(bytes_first(NO_BYTES, 1), BYTES(""));
    assert_bytes(bytes_skip(NO_BYTES, 1), BYTES(""));
}

static void octets_are_found(void **state)
{
    (void)state;

    assert_int_equal(bytes_find(BYTES("a,b,c"), ','), 1);
    assert_true(bytes_contains(BYTES("a,b,c"), BYTES(",c")));
    assert_true(bytes_contains(BYTES("abc"), NO_BYTES));
    assert_true(bytes_contains(NO_BYTES, NO_BYTES));
    assert_false(bytes_contains(BYTES("a,b,c"), BYTES(",d")));
    assert_false(bytes_contains(BYTES("ab"), BYTES("abc")));
    assert_int_equal(bytes_find(BYTES("abc"), ','), 3);
    assert_int_equal(bytes_find(BYTES("\0x"), 'x'), 1);
    assert_int_equal(bytes_find(NO_BYTES, 'x'), 0);
}

static void strings_become_views(void **state)
{
    (void)state;

    assert_int_equal(bytes_str(NULL).len, 0);
    assert_int_equal(BYTES("a\0b").len, 3);
    assert_true(bytes_equal_str(BYTES("abc"), "abc"));
    assert_false(bytes_equal_str(BYTES("abc\0"), "abc"));
    assert_true(bytes_equal_str(NO_BYTES, ""));
}

static void numbers_are_big_endian(void **state)
{
    uint8_t octets[4];
    (void)state;

    store_u16(octets, 0xfedc);
    assert_bytes(bytes_of(octets, 2), BYTES("\xfe\xdc"));
    assert_int_equal(load_u16(octets), 0xfedc);
    store_u24(octets, 0xfedcba);
    assert_bytes(bytes_of(octets, 3), BYTES("\xfe\xdc\xba"));
    assert_int_equal(load_u24(octets), 0xfedcba);
    store_u32(octets, 0xfedcba98);
    assert_bytes(bytes_of(octets, 4), BYTES("\xfe\xdc\xba\x98"));
    assert_int_equal(load_u32(octets), 0xfedcba98);
}

static void time_saturates(void **state)
{
    (void)state;

    assert_int_equal(clock_add(5, 7), 12);
    assert_int_equal(clock_add(TIME_NEVER - 1, 1), TIME_NEVER);
    assert_int_equal(clock_add(TIME_NEVER - 1, 2), TIME_NEVER);
    assert_int_equal(clock_add(1, INT64_MAX), TIME_NEVER);
    assert_true(clock_now_ns() > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_compare),          cmocka_unit_test(views_are_cut),
        cmocka_unit_test(octets_are_found),       cmocka_unit_test(strings_become_views),
        cmocka_unit_test(numbers_are_big_endian), cmocka_unit_test(time_saturates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
