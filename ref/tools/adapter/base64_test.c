/* SPDX-License-Identifier: MIT
 *
 * Every length of a group both ways, padding, and what is no base64. */
#include "base/test.h"

#include "tools/adapter/base64.h"

static const struct {
    const char *text;
    struct bytes octets;
    bool canonical; /* what the encoder writes */
} pairs[] = {
    {"", {NULL, 0}, true},
    {"AA", {(const uint8_t *)"\0", 1}, true},
    {"AA==", {(const uint8_t *)"\0", 1}, false},
    {"/w", {(const uint8_t *)"\xff", 1}, true},
    {"YWI", {(const uint8_t *)"ab", 2}, true},
    {"YWI=", {(const uint8_t *)"ab", 2}, false},
    {"YWJj", {(const uint8_t *)"abc", 3}, true},
    {"+/+/YWI",
     {(const uint8_t *)"\xfb\xff\xbf"
                       "ab",
      5},
     true},
};

static void both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        struct buf out = {0};
        struct bytes text = guard(bytes_str(pairs[i].text));
        char back[20];
        assert_true(base64_decode(&out, text));
        assert_bytes(buf_view(&out), pairs[i].octets);
        base64_encode(back, pairs[i].octets);
        assert_true(strlen(back) < BASE64_SIZE(pairs[i].octets.len));
        if (pairs[i].canonical)
            assert_string_equal(back, pairs[i].text);
        unguard(text);
        buf_clear(&out);
    }
}

static void no_base64(void **state)
{
    static const char *const texts[] = {
        "A", "AAAAA", "A===", "=", "AA=", "A A", "AA-_", "YWI==", "\xff\xff"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct buf out = {0};
        buf_put_u8(&out, 7);
        assert_false(base64_decode(&out, bytes_str(texts[i])));
        assert_bytes(buf_view(&out), BYTES("\x07"));
        buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways),
        cmocka_unit_test(no_base64),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
