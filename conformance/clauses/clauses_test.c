/* SPDX-License-Identifier: MIT
 *
 * The clause registry: how its text is read, and that the embedded one is whole. */
#include "base/test.h"

#include "clauses/clauses.h"

#define ROW(id, level) id "\t" level "\tserver\tping\tA rule.\tRFC 9113\tAsk.\ttransport-only\n"

static void text_is_read_or_refused(void **state)
{
    (void)state;
    static const struct row {
        struct bytes text;
        size_t count;
        const char *why;
    } rows[] = {
        {BYTES(""), 0, NULL},
        {BYTES("id\tlevel\tsubject\n"), 0, NULL},
        {BYTES(ROW("B-1", "MUST") ROW("A-1", "MAY")), 2, NULL},
        {BYTES(ROW("A-1", "MUST") "\nA-2\tMUST"), 0, "line 3 has not 8 fields"},
        {BYTES("A-2\tMUST\tx"), 0,
         "line 1 (A-2): a reason is for server or client, and is a sentence"},
        {BYTES("A\tMUST\tc\td\te\tf\tg\th\ti\n"), 0, "line 1 has not 8 fields"},
        {BYTES(ROW("A-1", "PERHAPS")), 0,
         "line 1 (A-1): no id, no requirement, or an unknown level"},
        {BYTES(ROW("", "MUST")), 0, "line 1 (): no id, no requirement, or an unknown level"},
        {BYTES(ROW("A-1", "MUST") ROW("A-1", "MUST")), 0, "A-1 is there twice"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct clause_table table;
        char why[256] = "";
        struct bytes text = guard(rows[i].text);
        assert_int_equal(clause_table_parse(&table, text, why), rows[i].why == NULL);
        assert_string_equal(why, rows[i].why ? rows[i].why : "");
        assert_int_equal(table.count, rows[i].count);
        if (rows[i].count == 2)
            assert_string_equal(table.clauses[0].id, "A-1"); /* sorted */
        clause_table_clear(&table);
        unguard(text);
    }
}

static void out_of_memory_is_an_error(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        struct clause_table table;
        char why[256];
        fail_allocation(n);
        bool ok = clause_table_parse(&table, BYTES(ROW("A-1", "MUST")), why);
        bool failed = stop_failing();
        assert_true(ok != failed);
        clause_table_clear(&table);
        if (!failed)
            break;
    }
}

static void every_embedded_clause_is_found(void **state)
{
    (void)state;
    assert_true(clause_count() > 500);
    for (size_t i = 0; i < clause_count(); i++) {
        const struct clause *clause = clause_at(i);
        assert_ptr_equal(clause_find(bytes_str(clause->id)), clause);
        assert_true(*clause->source && *clause->subject && *clause->area);
    }
    assert_null(clause_at(clause_count()));
    assert_null(clause_find(BYTES("")));
    assert_null(clause_find(BYTES("H2-PING-00")));
    assert_null(clause_find(BYTES("H2-PING-0011")));
}

static void ranks_follow_levels(void **state)
{
    (void)state;
    static const struct row {
        const char *level;
        enum clause_rank rank;
    } rows[] = {{"MUST", CLAUSE_MUST},     {"MUST NOT", CLAUSE_MUST},
                {"SHOULD", CLAUSE_SHOULD}, {"SHOULD NOT", CLAUSE_SHOULD},
                {"MAY", CLAUSE_OTHER},     {"DE-FACTO", CLAUSE_OTHER}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(clause_rank(&(struct clause){.level = rows[i].level}), rows[i].rank);
}

static void lists_of_ids_are_walked(void **state)
{
    (void)state;
    const char *list = "  A-1   B-2 ";
    struct bytes id;
    assert_true(clause_next_id(&list, &id));
    assert_bytes(id, BYTES("A-1"));
    assert_true(clause_next_id(&list, &id));
    assert_bytes(id, BYTES("B-2"));
    assert_false(clause_next_id(&list, &id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_read_or_refused),
        cmocka_unit_test(out_of_memory_is_an_error),
        cmocka_unit_test(every_embedded_clause_is_found),
        cmocka_unit_test(ranks_follow_levels),
        cmocka_unit_test(lists_of_ids_are_walked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
