/* SPDX-License-Identifier: MIT
 *
 * Endpoints: what is read, and what is refused with a sentence. */
#include "base/test.h"

#include "wire/transport.h"

static void endpoints_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host, *path;
        uint16_t port;
    } rows[] = {
        {"127.0.0.1:50051", "127.0.0.1", "", 50051},
        {"localhost:1", "localhost", "", 1},
        {"[::1]:65535", "::1", "", 65535},
        {"unix:/tmp/x", "", "/tmp/x", 0},
        {"unix:x:1", "", "x:1", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct endpoint endpoint;
        const char *why = NULL;
        assert_true(endpoint_parse(rows[i].text, &endpoint, &why));
        assert_string_equal(endpoint.host, rows[i].host);
        assert_string_equal(endpoint.unix_path, rows[i].path);
        assert_int_equal(endpoint.port, rows[i].port);
    }
}

static void a_unix_path_has_at_most_107_octets(void **state)
{
    (void)state;
    struct endpoint endpoint;
    const char *why = NULL;
    char text[5 + 108 + 1] = "unix:";
    memset(text + 5, 'x', 108);
    assert_false(endpoint_parse(text, &endpoint, &why));
    assert_non_null(why);
    text[5 + 107] = '\0';
    assert_true(endpoint_parse(text, &endpoint, &why));
    assert_int_equal(strlen(endpoint.unix_path), 107);
}

static void what_is_no_endpoint_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "localhost",
        ":1",
        "localhost:",
        "localhost:0",
        "localhost:65536",
        "localhost:1x",
        "localhost:-1",
        "::1:50051",
        "[]:1",
        "unix:",
        "localhost:999999999999",
        "http://localhost:80",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct endpoint endpoint;
        const char *why = NULL;
        assert_false(endpoint_parse(rows[i], &endpoint, &why));
        assert_non_null(why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endpoints_are_read),
        cmocka_unit_test(a_unix_path_has_at_most_107_octets),
        cmocka_unit_test(what_is_no_endpoint_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
