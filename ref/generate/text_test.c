/* SPDX-License-Identifier: MIT
 *
 * How calls and comments are laid out. */
#include "base/test.h"

#include "generate/text.h"

#define TEN "0123456789"

static void assert_text(struct buf *out, const char *expected)
{
    assert_string_equal(buf_str(out), expected);
    buf_clear(out);
}

static void arguments_stay_within_100_columns(void **state)
{
    const char *args[] = {"int " TEN TEN, "int b", "int " TEN TEN TEN};
    struct buf out = {0};
    (void)state;

    put_call(&out, "f", args, 3, ";");
    assert_text(&out, "f(int " TEN TEN ", int b, int " TEN TEN TEN ");\n");
    put_call(&out, TEN TEN TEN "x", args, 3, ";");
    assert_text(&out,
                TEN TEN TEN "x(int " TEN TEN
                            ", int b,\n                                int " TEN TEN TEN ");\n");
    put_call(&out, TEN TEN TEN TEN TEN TEN TEN, args, 3, "");
    assert_text(&out, TEN TEN TEN TEN TEN TEN TEN "(\n    int " TEN TEN ", int b, int " TEN TEN TEN
                                                  ")\n");
    put_call(&out, "static struct s *" TEN TEN TEN TEN TEN, args, 3, "");
    assert_text(&out, "static struct s *\n" TEN TEN TEN TEN TEN "(int " TEN TEN ", int b,\n"
                      "                                                   int " TEN TEN TEN ")\n");
    put_call(&out, "static int " TEN TEN TEN TEN TEN TEN, args, 3, "");
    assert_text(&out,
                "static int\n" TEN TEN TEN TEN TEN TEN "(int " TEN TEN ", int b,\n"
                "                                                             int " TEN TEN TEN
                ")\n");
    put_call(&out, "  f", NULL, 0, ";");
    assert_text(&out, "  f();\n");
}

static void a_line_of_exactly_100_columns_fits(void **state)
{
    const char *args[] = {TEN TEN TEN TEN, TEN TEN TEN TEN TEN "01234"};
    struct buf out = {0};
    (void)state;

    put_call(&out, "f", args, 2, "");
    assert_text(&out, "f(" TEN TEN TEN TEN ", " TEN TEN TEN TEN TEN "01234)\n");
    put_call(&out, "f", args, 2, ";");
    assert_text(&out, "f(" TEN TEN TEN TEN ",\n  " TEN TEN TEN TEN TEN "01234);\n");
}

static void comments_keep_their_lines(void **state)
{
    struct buf out = {0};
    (void)state;

    put_comment(&out, "", "", NULL);
    assert_text(&out, "");
    put_comment(&out, "", " One.\n", NULL);
    assert_text(&out, "/* One. */\n");
    put_comment(&out, "    ", " One.\n\nunindented  \n\n", NULL);
    assert_text(&out, "    /* One.\n     *\n     * unindented */\n");
    put_comment(&out, "", " One.\n", "Last.");
    assert_text(&out, "/* One.\n *\n * Last. */\n");
    put_comment(&out, "", "", "Last.");
    assert_text(&out, "/* Last. */\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_stay_within_100_columns),
        cmocka_unit_test(a_line_of_exactly_100_columns_fits),
        cmocka_unit_test(comments_keep_their_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
