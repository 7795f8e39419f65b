/* SPDX-License-Identifier: MIT
 *
 * The vectors of RFC 4648 section 10 both ways, padded and not, and octets that are no digits. */
#include "base/test.h"

#include "wire/base64.h"

static const struct {
    struct bytes octets;
    const char *padded;
    size_t digits;
} rows[] = {
    {{(const uint8_t *)"", 0}, "", 0},
    {{(const uint8_t *)"f", 1}, "Zg==", 2},
    {{(const uint8_t *)"fo", 2}, "Zm8=", 3},
    {{(const uint8_t *)"foo", 3}, "Zm9v", 4},
    {{(const uint8_t *)"foob", 4}, "Zm9vYg==", 6},
    {{(const uint8_t *)"fooba", 5}, "Zm9vYmE=", 7},
    {{(const uint8_t *)"foobar", 6}, "Zm9vYmFy", 8},
    {{(const uint8_t *)"\xfb\xff\xbf", 3}, "+/+/", 4},
};

static void vectors_hold_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes padded = bytes_str(rows[i].padded);
        struct buf text = {0}, bare = {0}, octets = {0};
        base64_put(&text, rows[i].octets, true);
        base64_put(&bare, rows[i].octets, false);
        assert_bytes(buf_view(&text), padded);
        assert_bytes(buf_view(&bare), bytes_first(padded, rows[i].digits));
        assert_true(base64_take(buf_view(&bare), &octets));
        assert_bytes(buf_view(&octets), rows[i].octets);
        buf_clear(&text);
        buf_clear(&bare);
        buf_clear(&octets);
    }
}

static void what_is_no_digit_ends_it(void **state)
{
    struct buf octets = {0};

    (void)state;
    assert_false(base64_take(BYTES("Zm9v="), &octets));
    assert_bytes(buf_view(&octets), BYTES("foo"));
    assert_false(base64_take(BYTES("\0"), &octets));
    assert_false(base64_take(BYTES("Zm 9"), &octets));
    for (int c = 0; c < 256; c++)
        assert_true((base64_digit((uint8_t)c) >= 0) == (c && strchr(base64_digits, c)));
    buf_clear(&octets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_hold_both_ways),
        cmocka_unit_test(what_is_no_digit_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
