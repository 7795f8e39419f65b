/* SPDX-License-Identifier: MIT
 *
 * Words put in for {words}. */
#include "base/test.h"

#include "interop/words.h"

static void words_are_put_in(void **state)
{
    (void)state;
    static const struct row {
        const char *text;
        bool shell;
        const char *out;
    } rows[] = {
        {"{host}:{port} <- {backend_port}", true, "127.0.0.1:7 <- 8"},
        {"{case} {tls}", true, "ping_pong true"},
        {"{cert} {key} {ca}", true, "/c/server1.pem /c/server1.key /c/ca.pem"},
        {"{bin}/x", true, "'/my bin'/x"},
        {"{bin}/x", false, "/my bin/x"},
        {"{cache}", true, "'/it'\\''s'"},
        {"{peer}{dir}{config}", true, "/p"},
        {"{} {other} {port", true, "{} {other} {port"},
        {"http { listen {port}; }", false, "http { listen 7; }"},
        {"", true, ""},
    };
    const struct words words = {
        .port = 7,
        .backend_port = 8,
        .test_case = "ping_pong",
        .tls = true,
        .certs = "/c",
        .bin = "/my bin",
        .cache = "/it's",
        .peer = "/p",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};
        words_fill(&words, rows[i].text, rows[i].shell, &out);
        assert_string_equal(buf_str(&out), rows[i].out);
        buf_clear(&out);
    }
}

static void unknown_words_are_found(void **state)
{
    (void)state;
    static const struct row {
        const char *text, *word; /* NULL: none */
    } rows[] = {
        {"{host} {port}", NULL},
        {"x {prot} {port}", "prot"},
        {"{port} {x}", "x"},
        {"${x} {port}", NULL},
        {"awk '{print $1}'", NULL},
        {"{", NULL},
        {"{}", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char word[64];
        bool found = words_find_unknown(rows[i].text, word);
        assert_int_equal(found, rows[i].word != NULL);
        if (found)
            assert_string_equal(word, rows[i].word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_put_in),
        cmocka_unit_test(unknown_words_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
