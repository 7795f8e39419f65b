/* SPDX-License-Identifier: MIT
 *
 * The knob table as data: names that can be typed, clauses that exist. What the knobs do is shown by the kill matrix. */
#include "base/test.h"
#include "clauses/clauses.h"
#include "selftest/knobs.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_unique_words),
        cmocka_unit_test(every_knob_breaks_clauses_that_exist),
        cmocka_unit_test(a_name_finds_its_knob),
        cmocka_unit_test(only_the_turned_knob_is_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
