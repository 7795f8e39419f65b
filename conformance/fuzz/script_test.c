/* SPDX-License-Identifier: MIT
 *
 * A case is a function of its numbers; its text is the whole of it; what is no script is refused with a reason. */
#include "base/test.h"

#include "fuzz/faults.h"

#include <stdlib.h>

static void same_numbers_same_octets(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 600; i++) {
        struct script a, b;
        script_make(FUZZ_SERVERS, 7, i, &a);
        script_make(FUZZ_SERVERS, 7, i, &b);
        assert_true(script_equal(&a, &b));
        script_clear(&a);
        script_clear(&b);
    }
}

static void other_seeds_other_octets(void **state)
{
    size_t different = 0;
    (void)state;
    for (uint64_t i = 0; i < 100; i++) {
        struct buf a = {0}, b = {0};
        struct script first, second;
        script_make(FUZZ_SERVERS, 1, i, &first);
        script_make(FUZZ_SERVERS, 2, i, &second);
        script_put_octets(&first, &a);
        script_put_octets(&second, &b);
        different += !bytes_equal(buf_view(&a), buf_view(&b));
        buf_clear(&a);
        buf_clear(&b);
        script_clear(&first);
        script_clear(&second);
    }
    assert_true(different > 90);
}

/* The octets of a profile are for ever: when this number changes, so must PROFILE_VERSION. */
static void hash_cases(enum fuzz_role role, uint32_t *hash)
{
    for (uint64_t i = 0; i < 500; i++) {
        struct script script;
        struct buf text = {0};
        script_make(role, 1, i, &script);
        script_put(&script, &text);
        for (size_t k = 0; k < text.len; k++)
            *hash = (*hash ^ text.data[k]) * 16777619u;
        buf_clear(&text);
        script_clear(&script);
    }
}

static void profile_is_what_it_was(void **state)
{
    uint32_t hash = 2166136261u;
    (void)state;
    hash_cases(FUZZ_SERVERS, &hash);
    hash_cases(FUZZ_CLIENTS, &hash);
    if (hash != PROFILE_HASH)
        fail_msg("the profile's hash is 0x%08x", (unsigned)hash);
}

static void text_is_the_whole_of_it(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 600; i++) {
        struct script made, read;
        struct buf text = {0};
        char why[256] = "";
        script_make(i % 3 ? FUZZ_SERVERS : FUZZ_CLIENTS, 3, i, &made);
        script_put(&made, &text);
        if (!script_parse(buf_view(&text), &read, why))
            fail_msg("case %d: %s", (int)i, why);
        assert_true(script_equal(&made, &read));
        buf_clear(&text);
        script_clear(&made);
        script_clear(&read);
    }
}

static size_t says_https(struct script *script)
{
    size_t count = 0;
    for (size_t i = 0; i < script->count; i++)
        for (struct bytes at = buf_view(&script->steps[i].octets); at.len > 0;
             at = bytes_skip(at, 1))
            count += bytes_starts_with(at, BYTES("https"));
    return count;
}

static void by_tls_the_scheme_is_https(void **state)
{
    size_t plain = 0, secure = 0;
    (void)state;
    for (uint64_t i = 0; i < 100; i++) {
        struct script script;
        script_make(FUZZ_SERVERS, 1, i, &script);
        plain += says_https(&script);
        script_clear(&script);
        script_make(FUZZ_TLS_SERVERS, 1, i, &script);
        secure += says_https(&script);
        script_clear(&script);
    }
    assert_int_equal(plain, 0);
    assert_true(secure > 10);
}

static void each_generator_comes_once_a_round(void **state)
{
    size_t count = fault_count(FUZZ_SERVERS);
    size_t *seen = calloc(count, sizeof *seen);
    (void)state;
    for (uint64_t i = 0; i < 3 * count; i++)
        for (size_t k = 0; k < count; k++)
            seen[k] += fault_at(FUZZ_SERVERS, k) == fault_of_case(FUZZ_SERVERS, 5, i);
    for (size_t k = 0; k < count; k++)
        assert_int_equal(seen[k], 3);
    free(seen);
}

static const struct {
    const char *text, *why;
} refused[] = {
    {"", "it does not begin with 'grpcspec-fuzz 1'"},
    {"open\n", "it does not begin with 'grpcspec-fuzz 1'"},
    {"grpcspec-fuzz 1\n", "it holds no step"},
    {"grpcspec-fuzz 2\nopen\n", "line 1 has no meaning: 'grpcspec-fuzz 2'"},
    {"grpcspec-fuzz 1\nopen\nclose\n", "line 3 has no meaning: 'close'"},
    {"grpcspec-fuzz 1\nsend 0\n", "line 2 has no meaning: 'send 0'"},
    {"grpcspec-fuzz 1\nsend 0g\n", "line 2 has no meaning: 'send 0g'"},
    {"grpcspec-fuzz 1\nsend 0011 cut 2\n", "line 2 has no meaning: 'send 0011 cut 2'"},
    {"grpcspec-fuzz 1\nsend 001122 cut 2,1\n", "line 2 has no meaning: 'send 001122 cut 2,1'"},
    {"grpcspec-fuzz 1\nexpect-call 1\n", "line 2 has no meaning: 'expect-call 1'"},
    {"grpcspec-fuzz 1\nexpect-call 1 MAYBE\n", "line 2 has no meaning: 'expect-call 1 MAYBE'"},
    {"grpcspec-fuzz 1\ncall -1\n", "line 2 has no meaning: 'call -1'"},
};

static void what_is_no_script(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct script script;
        char why[256] = "";
        assert_false(script_parse(bytes_str(refused[i].text), &script, why));
        assert_string_equal(why, refused[i].why);
        script_clear(&script);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_numbers_same_octets),
        cmocka_unit_test(other_seeds_other_octets),
        cmocka_unit_test(profile_is_what_it_was),
        cmocka_unit_test(text_is_the_whole_of_it),
        cmocka_unit_test(by_tls_the_scheme_is_https),
        cmocka_unit_test(each_generator_comes_once_a_round),
        cmocka_unit_test(what_is_no_script),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
