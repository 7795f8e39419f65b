/* SPDX-License-Identifier: MIT
 *
 * Escaping: what is no UTF-8, no XML, or an order to the terminal becomes visible. */
#include "base/test.h"

#include "reports/text.h"

static void utf8_sequences_are_measured(void **state)
{
    (void)state;
    static const struct row {
        struct bytes in;
        size_t len;
    } rows[] = {
        {BYTES(""), 0},
        {BYTES("a"), 1},
        {BYTES("\xc3\xa9"), 2},
        {BYTES("\xe2\x82\xac"), 3},
        {BYTES("\xf0\x9f\x98\x80"), 4},
        {BYTES("\xf4\x8f\xbf\xbf"), 4},
        {BYTES("\xc3"), 0}, /* cut short */
        {BYTES("\xe2\x82"), 0},
        {BYTES("\xf0\x9f\x98"), 0},
        {BYTES("\x80"), 0},     /* a continuation alone */
        {BYTES("\xc0\x80"), 0}, /* overlong */
        {BYTES("\xc1\xbf"), 0},
        {BYTES("\xe0\x9f\xbf"), 0},
        {BYTES("\xf0\x8f\xbf\xbf"), 0},
        {BYTES("\xed\xa0\x80"), 0},     /* a surrogate */
        {BYTES("\xf4\x90\x80\x80"), 0}, /* beyond U+10FFFF */
        {BYTES("\xf5\x80\x80\x80"), 0},
        {BYTES("\xff"), 0},
        {BYTES("\xc3"
               "a"),
         0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes in = guard(rows[i].in);
        assert_int_equal(text_utf8_len(in), rows[i].len);
        unguard(in);
    }
}

enum kind { UTF8, PLAIN, XML, ATTRIBUTE };

static void text_is_escaped_for_its_place(void **state)
{
    (void)state;
    static const struct row {
        enum kind kind;
        const char *in, *out;
    } rows[] = {
        {UTF8, NULL, ""},
        {UTF8,
         "a\xff"
         "b\xc3\xa9",
         "a\\xffb\xc3\xa9"},
        {UTF8, "\x01\n", "\x01\n"}, /* JSON has its own escapes for these */
        {PLAIN, "\x1b[31m\x07\r\x7f", "\\x1b[31m\\x07\\x0d\\x7f"},
        {PLAIN, "a\tb\nc", "a b\nc"},
        {PLAIN,
         "\xc2\x9b"
         "31m",
         "\\xc2\\x9b31m"}, /* C1: also an escape sequence's start */
        {PLAIN, "\xff", "\\xff"},
        {XML, "<a b=\"c\">&</a>]]>", "&lt;a b=\"c\"&gt;&amp;&lt;/a&gt;]]&gt;"},
        {XML, "\x01\x1f\r\n\t", "\\x01\\x1f\\x0d\n\t"},
        {XML, "\xef\xbf\xbf \xef\xbf\xbe \xef\xbf\xbd",
         "\\xef\\xbf\\xbf \\xef\\xbf\\xbe \xef\xbf\xbd"},
        {XML, "\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {ATTRIBUTE, "\"\n\t'", "&quot;&#10;&#9;'"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};
        if (rows[i].kind == UTF8)
            text_put_utf8(&out, rows[i].in);
        else if (rows[i].kind == PLAIN)
            text_put_plain(&out, rows[i].in);
        else
            text_put_xml(&out, rows[i].in, rows[i].kind == ATTRIBUTE);
        assert_string_equal(buf_str(&out), rows[i].out);
        buf_clear(&out);
    }
}

static void durations_have_a_fitting_unit(void **state)
{
    (void)state;
    static const struct row {
        int64_t ns;
        const char *out;
    } rows[] = {
        {0, "0 ms"},         {12000000, "12 ms"},   {99400000, "99 ms"},
        {99600000, "0.1 s"}, {1260000000, "1.3 s"}, {125000000000, "2 min 5 s"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};
        text_put_duration(&out, rows[i].ns);
        assert_string_equal(buf_str(&out), rows[i].out);
        buf_clear(&out);
    }
}

static void hex_is_lower_case(void **state)
{
    (void)state;
    struct buf out = {0};
    text_put_hex(&out, BYTES("\x00\xab\x0f"));
    assert_string_equal(buf_str(&out), "00ab0f");
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_sequences_are_measured),
        cmocka_unit_test(text_is_escaped_for_its_place),
        cmocka_unit_test(durations_have_a_fitting_unit),
        cmocka_unit_test(hex_is_lower_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
