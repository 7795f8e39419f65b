/* SPDX-License-Identifier: MIT */
#include "base/test.h"

#include "wire/field.h"

static void fields_of_one_connection_are_known(void **state)
{
    static const struct {
        const char *name;
        bool is;
    } rows[] = {
        {"connection", true},  {"proxy-connection", true},  {"keep-alive", true},
        {"upgrade", true},     {"transfer-encoding", true}, {"te", false},
        {"Connection", false}, {"connections", false},      {"", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(field_is_connection_specific(bytes_str(rows[i].name)), rows[i].is);
}

static void blanks_at_an_end_are_seen(void **state)
{
    static const struct {
        const char *value;
        bool trimmed;
    } rows[] = {
        {"", true},    {"a", true},   {"a b", true},  {" ", false},
        {" a", false}, {"a ", false}, {"\ta", false}, {"a\t", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(field_value_is_trimmed(bytes_str(rows[i].value)), rows[i].trimmed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_one_connection_are_known),
        cmocka_unit_test(blanks_at_an_end_are_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
