/* SPDX-License-Identifier: MIT
 *
 * Globs and nearest names. */
#include "base/test.h"

#include "run/text_match.h"

static void globs_match_whole_ids(void **state)
{
    (void)state;
    static const struct row {
        const char *glob, *text;
        bool matches;
    } rows[] = {
        {"http2/ping/ack", "http2/ping/ack", true},
        {"http2/ping", "http2/ping/ack", false},
        {"http2/*", "http2/ping/ack", true},
        {"*", "", true},
        {"*/ack", "http2/ping/ack", true},
        {"http2/pin?/ack", "http2/ping/ack", true},
        {"http2/[pq]ing/*", "http2/ping/ack", true},
        {"HTTP2/*", "http2/ping/ack", false},
        {"", "a", false},
        {"[", "[", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (glob_matches(rows[i].glob, rows[i].text) != rows[i].matches ||
            glob_matches_bytes(rows[i].glob, bytes_str(rows[i].text)) != rows[i].matches)
            fail_msg("%s and %s", rows[i].glob, rows[i].text);
}

static void a_view_is_not_read_beyond_its_end(void **state)
{
    (void)state;
    struct bytes text = guard(BYTES("http2/ping"));
    assert_true(glob_matches_bytes("*/ping", text));
    unguard(text);
    uint8_t long_text[300] = {0};
    assert_false(glob_matches_bytes("*", bytes_of(long_text, sizeof(long_text))));
}

static void the_nearest_name_is_suggested(void **state)
{
    (void)state;
    static const char *const names[] = {"test", "list", "explain", "selftest"};
    static const struct row {
        const char *word, *nearest;
    } rows[] = {
        {"tset", "test"},       {"tes", "test"}, {"tests", "test"},
        {"explian", "explain"}, {"lst", "list"}, {"self-test", "selftest"},
        {"frobnicate", NULL},   {"", NULL},      {"test", "test"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct nearest nearest = {0};
        for (size_t k = 0; k < ARRAY_LEN(names); k++)
            nearest_offer(&nearest, rows[i].word, names[k]);
        if (!rows[i].nearest != !nearest.name ||
            (nearest.name && strcmp(nearest.name, rows[i].nearest) != 0))
            fail_msg("%s: %s", rows[i].word, nearest.name ? nearest.name : "none");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(globs_match_whole_ids),
        cmocka_unit_test(a_view_is_not_read_beyond_its_end),
        cmocka_unit_test(the_nearest_name_is_suggested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
