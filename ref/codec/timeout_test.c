/* SPDX-License-Identifier: MIT
 *
 * grpc-timeout: rows of text and nanoseconds. */
#include "base/test.h"

#include "base/clock.h"
#include "codec/timeout.h"

#define MALFORMED INT64_C(-1)

static void reads_what_the_grammar_allows_and_nothing_else(void **state)
{
    static const struct {
        const char *text;
        int64_t ns;
    } rows[] = {
        {"1n", 1},
        {"1u", NS_PER_US},
        {"1500m", 1500 * NS_PER_MS},
        {"5S", 5 * NS_PER_S},
        {"2M", 120 * NS_PER_S},
        {"1H", 3600 * NS_PER_S},
        {"99999999n", 99999999},
        {"00000001S", NS_PER_S},
        {"0n", 0},
        {"0H", 0},
        {"2562047H", 2562047 * (3600 * NS_PER_S)},
        {"2562048H", INT64_MAX}, /* GRPC-DL-013: saturates */
        {"99999999H", INT64_MAX},
        {"99999999M", 99999999 * (60 * NS_PER_S)},
        {"", MALFORMED},
        {"S", MALFORMED},
        {"10", MALFORMED},
        {"1x", MALFORMED},
        {"1s", MALFORMED},
        {"1h", MALFORMED},
        {"-1S", MALFORMED},
        {"+1S", MALFORMED},
        {" 1S", MALFORMED},
        {"1 S", MALFORMED},
        {"1S ", MALFORMED},
        {"1.5S", MALFORMED},
        {"0x1S", MALFORMED},
        {"123456789S", MALFORMED},
        {"000000001S", MALFORMED},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes text = guard(bytes_str(rows[i].text));
        int64_t ns = MALFORMED;
        assert_int_equal(gr_timeout_parse(text, &ns), rows[i].ns != MALFORMED);
        assert_int_equal(ns, rows[i].ns);
        unguard(text);
    }
}

static void a_nul_is_not_a_digit(void **state)
{
    int64_t ns = 7;
    (void)state;

    assert_false(gr_timeout_parse(BYTES("1\0S"), &ns));
    assert_false(gr_timeout_parse(BYTES("1S\0"), &ns));
    assert_int_equal(ns, 7);
}

static void writes_the_finest_unit_that_fits_rounded_up(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        {1, "1n"},
        {99999999, "99999999n"},
        {100000000, "100000u"},
        {100000001, "100001u"},
        {1500 * NS_PER_MS, "1500000u"},
        {NS_PER_S + 1, "1000001u"},
        {99999999 * NS_PER_US, "99999999u"},
        {99999999 * NS_PER_US + 1, "100000m"},
        {30 * 86400 * NS_PER_S, "2592000S"},
        {99999999 * NS_PER_MS + 1, "100000S"},
        {99999999 * NS_PER_S + 1, "1666667M"},
        {99999999 * (60 * NS_PER_S) + 1, "1666667H"},
        {INT64_MAX, "2562048H"},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[GR_TIMEOUT_TEXT];
        gr_timeout_format(rows[i].ns, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void the_peer_is_never_told_less_and_never_a_unit_more(void **state)
{
    (void)state;

    for (int64_t ns = 1; ns < INT64_MAX / 3; ns = ns * 3 + 1) {
        char text[GR_TIMEOUT_TEXT];
        int64_t back = 0;
        gr_timeout_format(ns, text);
        assert_true(gr_timeout_parse(bytes_str(text), &back));
        assert_true(back >= ns);
        assert_true(back - ns <= ns / 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_the_grammar_allows_and_nothing_else),
        cmocka_unit_test(a_nul_is_not_a_digit),
        cmocka_unit_test(writes_the_finest_unit_that_fits_rounded_up),
        cmocka_unit_test(the_peer_is_never_told_less_and_never_a_unit_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
