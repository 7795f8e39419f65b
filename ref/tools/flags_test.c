/* SPDX-License-Identifier: MIT
 *
 * common_flags: every spelling of a flag that is taken, and the sentence for each that is not. (Not
 * called common_flags_test.c: common*.c is linked into both programs.) */
#include "base/test.h"

/* A part of two programs, not of a library: so the test takes the source. */
#include "tools/common_flags.c"

struct seen {
    const char *host;
    bool tls;
    int64_t port;
};

struct row {
    const char *args[4]; /* up to the first NULL */
    const char *host;
    bool tls;
    int64_t port;
    const char *why; /* NULL: parsed */
};

/* clang-format off */
static const struct row rows[] = {
    {{NULL},                      "localhost", false, 10000, NULL},
    {{"--host=a"},                "a",         false, 10000, NULL},
    {{"--host", "a"},             "a",         false, 10000, NULL},
    {{"--host="},                 "",          false, 10000, NULL},
    {{"--host=a=b"},              "a=b",       false, 10000, NULL},
    {{"--tls"},                   "localhost", true,  10000, NULL},
    {{"--tls=true"},              "localhost", true,  10000, NULL},
    {{"--tls", "true"},           "localhost", true,  10000, NULL},
    {{"--tls", "--tls", "false"}, "localhost", false, 10000, NULL},
    {{"--tls=0"},                 "localhost", false, 10000, NULL},
    {{"--tls", "--port", "1"},    "localhost", true,  1,     NULL},
    {{"--port=0"},                "localhost", false, 0,     NULL},
    {{"--port", "65535"},         "localhost", false, 65535, NULL},
    {{"--port=65536"},            NULL,        false, 0,     "--port: \"65536\" is not a number from 0 to 65535"},
    {{"--port=1x"},               NULL,        false, 0,     "--port: \"1x\" is not a number from 0 to 65535"},
    {{"--port="},                 NULL,        false, 0,     "--port: \"\" is not a number from 0 to 65535"},
    {{"--port"},                  NULL,        false, 0,     "--port needs a value"},
    {{"--tls=maybe"},             NULL,        false, 0,     "--tls: \"maybe\" is neither true nor false"},
    {{"--tls", "x"},              NULL,        false, 0,     "\"x\" is not a flag (see --help)"},
    {{"-tls"},                    NULL,        false, 0,     "\"-tls\" is not a flag (see --help)"},
    {{"--ports=1"},               NULL,        false, 0,     "--ports is not a flag of this program (see --help)"},
    {{"--"},                      NULL,        false, 0,     "-- is not a flag of this program (see --help)"},
};
/* clang-format on */

static void check(const struct row *row)
{
    struct seen seen = {"localhost", false, 10000};
    const struct flag flags[] = {
        FLAG_TEXT("host", &seen.host, ""),
        FLAG_TRUTH("tls", &seen.tls, ""),
        FLAG_NUMBER("port", &seen.port, 0, 65535, ""),
    };
    char *argv[5] = {(char *)"program"};
    char why[200] = "";
    int argc = 1;

    for (; argc < 5 && row->args[argc - 1] != NULL; argc++)
        argv[argc] = (char *)row->args[argc - 1];
    bool parsed = flags_parse(flags, ARRAY_LEN(flags), argc, argv, why, sizeof(why));
    assert_string_equal(why, row->why ? row->why : "");
    assert_int_equal(parsed, row->why == NULL);
    if (!parsed)
        return;
    assert_string_equal(seen.host, row->host);
    assert_int_equal(seen.tls, row->tls);
    assert_int_equal(seen.port, row->port);
}

static void every_spelling(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check(&rows[i]);
}

static void help_names_every_flag_with_its_default(void **state)
{
    const char *host = "localhost";
    int64_t port = 7;
    const struct flag flags[] = {
        FLAG_TEXT("host", &host, "whom to call"),
        FLAG_NUMBER("port", &port, 0, 65535, "where"),
    };
    char seen[300] = "";
    FILE *out = fmemopen(seen, sizeof(seen), "w");

    (void)state;
    assert_non_null(out);
    flags_print(out, flags, ARRAY_LEN(flags));
    fclose(out);
    assert_non_null(strstr(seen, "--host "));
    assert_non_null(strstr(seen, "whom to call (localhost)\n"));
    assert_non_null(strstr(seen, "where (7)\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling),
        cmocka_unit_test(help_names_every_flag_with_its_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
