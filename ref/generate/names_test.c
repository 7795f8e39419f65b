/* SPDX-License-Identifier: MIT
 *
 * Names, a row each. That protoc-c's are really so is shown by compiling testdata/ beside its output. */
#include "base/test.h"

#include "generate/names.h"

struct row {
    const char *dotted;
    const char *pbc_type;
    const char *pbc_lower;
    const char *snake;
    const char *upper;
};

static const struct row rows[] = {
    {"helloworld.HelloRequest", "Helloworld__HelloRequest", "helloworld__hello_request",
     "helloworld_hello_request", "HELLOWORLD_HELLO_REQUEST"},
    {".grpc.testing.Empty", "Grpc__Testing__Empty", "grpc__testing__empty", "grpc_testing_empty",
     "GRPC_TESTING_EMPTY"},
    {"a.HTTPRequest.URLPart", "A__HTTPRequest__URLPart", "a__httprequest__urlpart",
     "a_httprequest_urlpart", "A_HTTPREQUEST_URLPART"},
    {"snake_case.x509_cert", "SnakeCase__X509Cert", "snake_case__x509_cert", "snake_case_x509_cert",
     "SNAKE_CASE_X509_CERT"},
    {"camelCase.v1beta2", "CamelCase__V1beta2", "camel_case__v1beta2", "camel_case_v1beta2",
     "CAMEL_CASE_V1BETA2"},
    {"a_1b._x.Trailing_", "A1b__X__Trailing", "a_1b___x__trailing_", "a_1b__x_trailing_",
     "A_1B__X_TRAILING_"},
    {"Foo_Bar", "FooBar", "foo__bar", "foo__bar", "FOO__BAR"},
    {"MixedUP2Much", "MixedUP2Much", "mixed_up2_much", "mixed_up2_much", "MIXED_UP2_MUCH"},
    {"", "", "", "", ""},
};

static void dotted_names_become_those_of_protoc_c_and_ours(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct pool pool = {0};
        assert_string_equal(name_pbc_type(&pool, rows[i].dotted), rows[i].pbc_type);
        assert_string_equal(name_pbc_lower(&pool, rows[i].dotted), rows[i].pbc_lower);
        assert_string_equal(name_snake(&pool, rows[i].dotted), rows[i].snake);
        assert_string_equal(name_upper(&pool, rows[i].dotted), rows[i].upper);
        pool_clear(&pool);
    }
}

static void words_with_a_meaning_get_an_underscore(void **state)
{
    struct pool pool = {0};
    (void)state;
    assert_string_equal(name_safe(&pool, "register"), "register_");
    assert_string_equal(name_safe(&pool, "delete"), "delete_");
    assert_string_equal(name_safe(&pool, "errno"), "errno_");
    assert_string_equal(name_safe(&pool, "data"), "data_");
    assert_string_equal(name_safe(&pool, "say_hello"), "say_hello");
    assert_true(name_is_c_keyword("while"));
    assert_false(name_is_c_keyword("delete"));
    pool_clear(&pool);
}

static void files_become_identifiers(void **state)
{
    struct pool pool = {0};
    (void)state;
    assert_string_equal(name_stem(&pool, "a/b.proto"), "a/b");
    assert_string_equal(name_stem(&pool, "a.protodevel"), "a");
    assert_string_equal(name_stem(&pool, "a.txt"), "a.txt");
    assert_string_equal(name_file(&pool, "a-b/c_d.proto"), "a_b_c_d");
    assert_string_equal(name_file(&pool, "3d.proto"), "_3d");
    assert_string_equal(name_guard(&pool, "a_b/c.proto"), "a_5fb_2fc_2eproto");
    pool_clear(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dotted_names_become_those_of_protoc_c_and_ours),
        cmocka_unit_test(words_with_a_meaning_get_an_underscore),
        cmocka_unit_test(files_become_identifiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
