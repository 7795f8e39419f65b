/* SPDX-License-Identifier: MIT
 *
 * Selection: globs, levels, shards, and that nothing selected is never a success. */
#include "base/test.h"

#include "run/select.h"

#include <stdio.h>
#include <stdlib.h>

static const struct test_case ack = {
    .id = "http2/ping/ack", .clauses = "H2-PING-001 H2-SET-012", .title = "a"};
static const struct test_case flood = {
    .id = "http2/ping/flood", .clauses = "SEC-001", .title = "b"}; /* SHOULD */
static const struct test_case path = {
    .id = "grpc/request/path", .clauses = "GRPC-REQ-HDR-003", .title = "c"};
static const struct test_case *const cases[] = {&ack, &flood, &path};

/* The selected as "abc", or the sentence. */
static void assert_selects(const struct selection *selection, const char *expected)
{
    const struct test_case **selected;
    size_t count = 0;
    char seen[256] = "", why[256] = "";
    if (select_cases(selection, cases, ARRAY_LEN(cases), &selected, &count, why)) {
        for (size_t i = 0; i < count; i++)
            strcat(seen, selected[i]->title);
        free(selected);
    }
    assert_string_equal(*why ? why : seen, expected);
}

static void selectors_restrict_each_other(void **state)
{
    (void)state;
    static const struct row {
        struct selection selection;
        const char *expected;
    } rows[] = {
        {{.shards = 0}, "abc"},
        {{.cases = {{"http2/*"}, 1}}, "ab"},
        {{.cases = {{"*/ack", "*/path"}, 2}}, "ac"},
        {{.clauses = {{"H2-SET-*"}, 1}}, "a"},
        {{.areas = {{"ping"}, 1}}, "ab"},
        {{.areas = {{"http2/ping"}, 1}}, "ab"},
        {{.areas = {{"grpc/*"}, 1}}, "c"},
        {{.skip = {{"*/flood"}, 1}}, "ac"},
        {{.cases = {{"http2/*"}, 1}, .skip = {{"*/ack"}, 1}}, "b"},
        {{.level = LEVEL_MUST}, "ac"},
        {{.level = LEVEL_SHOULD}, "abc"},
        {{.cases = {{"*/nothing"}, 1}},
         "--case */nothing matches no case; 'grpcspec list' shows all"},
        {{.cases = {{"http2/ping/akc"}, 1}},
         "--case http2/ping/akc matches no case; did you mean http2/ping/ack?"},
        {{.skip = {{"x"}, 1}}, "--skip x matches no case; 'grpcspec list' shows all"},
        {{.clauses = {{"X-*"}, 1}}, "--clause X-* matches no case; 'grpcspec list' shows all"},
        {{.areas = {{"pong/*"}, 1}}, "--area pong/* matches no case; 'grpcspec list' shows all"},
        {{.cases = {{"*/ack"}, 1}, .areas = {{"grpc/*"}, 1}},
         "no case is selected by all of these options together"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_selects(&rows[i].selection, rows[i].expected);
}

static void shards_are_a_partition(void **state)
{
    (void)state;
    for (unsigned shards = 1; shards <= 7; shards++) {
        for (int n = 0; n < 200; n++) {
            char id[32];
            snprintf(id, sizeof(id), "a/b/case-%d", n);
            const struct test_case one = {.id = id, .clauses = ""};
            unsigned times = 0;
            for (unsigned shard = 1; shard <= shards; shard++)
                times += selection_includes(&(struct selection){.shard = shard, .shards = shards},
                                            &one);
            assert_int_equal(times, 1);
        }
    }
}

static void the_hash_of_an_id_never_changes(void **state)
{
    (void)state;
    assert_true(id_hash("http2/ping/ack") == UINT64_C(0xe18cec1d5280081a));
    assert_true(id_hash("") == UINT64_C(0xecba3df2c3383c52));
}

static void shards_are_parsed(void **state)
{
    (void)state;
    static const struct row {
        const char *text;
        bool ok;
        unsigned shard, shards;
    } rows[] = {
        {"1/1", true, 1, 1},  {"3/12", true, 3, 12},  {"0/3", false, 0, 0},
        {"4/3", false, 0, 0}, {"1", false, 0, 0},     {"1/", false, 0, 0},
        {"/1", false, 0, 0},  {"1/2x", false, 0, 0},  {"-1/2", false, 0, 0},
        {"", false, 0, 0},    {"1/2/3", false, 0, 0}, {"99999999999/99999999999", false, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        unsigned shard = 0, shards = 0;
        if (shard_parse(rows[i].text, &shard, &shards) != rows[i].ok)
            fail_msg("%s", rows[i].text);
        if (rows[i].ok)
            assert_true(shard == rows[i].shard && shards == rows[i].shards);
    }
}

static void too_many_globs_are_refused(void **state)
{
    (void)state;
    struct globs globs = {0};
    for (size_t i = 0; i < MAX_GLOBS; i++)
        assert_true(globs_add(&globs, "*"));
    assert_false(globs_add(&globs, "*"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selectors_restrict_each_other),   cmocka_unit_test(shards_are_a_partition),
        cmocka_unit_test(the_hash_of_an_id_never_changes), cmocka_unit_test(shards_are_parsed),
        cmocka_unit_test(too_many_globs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
