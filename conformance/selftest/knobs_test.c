/* SPDX-License-Identifier: MIT
 *
 * The knob table as data: names that can be typed, clauses that exist. What the knobs do is shown by the kill
 * matrix. */
#include "base/test.h"
#include "clauses/clauses.h"
#include "run/run.h"
#include "selftest/knobs.h"

#include <stdlib.h>

static void names_are_unique_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < knob_count; i++) {
        const char *name = knob_table[i].name;
        assert_true(name[0] >= 'a' && name[0] <= 'z');
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(name));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(name, knob_table[k].name);
    }
}

static void every_knob_breaks_clauses_that_exist(void **state)
{
    (void)state;
    for (size_t i = KNOB_NONE + 1; i < knob_count; i++) {
        const char *list = knob_table[i].clauses;
        struct bytes id;
        size_t count = 0;
        while (clause_next_id(&list, &id)) {
            if (!clause_find(id))
                fail_msg("%s names the clause %.*s", knob_table[i].name, (int)id.len,
                         (const char *)id.data);
            count++;
        }
        assert_true(count > 0);
        assert_true(knob_table[i].sentence[0] != '\0');
    }
}

static void a_name_finds_its_knob(void **state)
{
    (void)state;
    for (size_t i = KNOB_NONE + 1; i < knob_count; i++)
        assert_int_equal(knob_find(knob_table[i].name), i);
    assert_int_equal(knob_find("none"), KNOB_NONE);
    assert_int_equal(knob_find("no-such-knob"), KNOB_NONE);
}

static void only_the_turned_knob_is_on(void **state)
{
    (void)state;
    assert_true(knob(KNOB_NONE));
    knob_turn(KNOB_STATUS_TWICE);
    assert_true(knob(KNOB_STATUS_TWICE));
    assert_false(knob(KNOB_NO_STATUS));
    knob_turn(KNOB_NONE);
}

static bool is_knob_or_filler(struct bytes word)
{
    char name[64];
    if (word.len >= sizeof name)
        return false;
    memcpy(name, word.data, word.len);
    name[word.len] = '\0';
    bool filler = strcmp(name, "and") == 0 || strcmp(name, "more") == 0 ||
                  strspn(name, "0123456789") == word.len;
    return filler || knob_find(name) != KNOB_NONE;
}

/* clauses/seen.tsv is written by the selftest: it must not outlive the knobs it names. */
static void what_cases_were_seen_to_notice_exists(void **state)
{
    (void)state;
    size_t count, seen = 0;
    const struct test_case **cases = run_all_cases(&count);
    for (size_t i = 0; i < count; i++) {
        const char *knobs = knobs_seen_by(cases[i]->id);
        struct bytes word;
        seen += knobs != NULL;
        while (knobs && clause_next_id(&knobs, &word))
            if (!is_knob_or_filler(word))
                fail_msg("%s: there is no knob '%.*s'", cases[i]->id, (int)word.len,
                         (const char *)word.data);
    }
    free(cases);
    assert_true(seen > count / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_unique_words),
        cmocka_unit_test(every_knob_breaks_clauses_that_exist),
        cmocka_unit_test(a_name_finds_its_knob),
        cmocka_unit_test(only_the_turned_knob_is_on),
        cmocka_unit_test(what_cases_were_seen_to_notice_exists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
