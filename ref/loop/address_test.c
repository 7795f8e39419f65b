/* SPDX-License-Identifier: MIT
 *
 * Addresses that are, and that are not. */
#include "base/test.h"

#include "loop/address.h"

struct row {
    const char *text;
    const char *default_port;
    const char *host; /* NULL: it is none */
    const char *port;
    bool is_unix;
};

#define TEN "0123456789"

static const struct row rows[] = {
    {"localhost:80", NULL, "localhost", "80", false},
    {"127.0.0.1:0", NULL, "127.0.0.1", "0", false},
    {":8080", NULL, "", "8080", false},
    {"[::1]:65535", NULL, "::1", "65535", false},
    {"[::1]", "443", "::1", "443", false},
    {"example.org", "443", "example.org", "443", false},
    {"dns:example.org:1", NULL, "example.org", "1", false},
    {"dns:///example.org:1", NULL, "example.org", "1", false},
    {"unix:/tmp/s", NULL, "/tmp/s", "", true},
    {"unix:relative", NULL, "relative", "", true},
    {"unix:///tmp/s", NULL, "/tmp/s", "", true},
    {"unix:" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "1234567", NULL,
     TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "1234567", "", true},
    {"unix:" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "12345678", NULL, NULL, NULL, false},
    {"example.org", NULL, NULL, NULL, false},
    {"", "443", NULL, NULL, false},
    {"unix:", NULL, NULL, NULL, false},
    {"host:", NULL, NULL, NULL, false},
    {"host:65536", NULL, NULL, NULL, false},
    {"host:1x", NULL, NULL, NULL, false},
    {"host:-1", NULL, NULL, NULL, false},
    {"host:123456", NULL, NULL, NULL, false},
    {"::1:80", NULL, NULL, NULL, false},
    {"[::1", "443", NULL, NULL, false},
    {"[::1]x", "443", NULL, NULL, false},
};

static void every_row_parses_as_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct address address;
        bool fine = address_parse(&address, rows[i].text, rows[i].default_port);
        print_message("%s\n", rows[i].text);
        assert_int_equal(fine, rows[i].host != NULL);
        if (!fine)
            continue;
        assert_string_equal(address.host, rows[i].host);
        assert_string_equal(address.port, rows[i].port);
        assert_int_equal(address.is_unix, rows[i].is_unix);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row_parses_as_written)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
