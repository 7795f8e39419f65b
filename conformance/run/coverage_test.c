/* SPDX-License-Identifier: MIT
 *
 * Every rule for servers is judged: each clause whose subject is a server, or both ends, has a case, a lint rule, or a
 * written reason why no black-box case can exist. And reasons are only for clauses that need one. */
#include "base/test.h"

#include "clauses/clauses.h"
#include "lint/lint.h"
#include "run/run.h"

#include <stdlib.h>

static bool names(const char *clauses, const struct clause *clause)
{
    for (struct bytes id; clause_next_id(&clauses, &id);)
        if (bytes_equal_str(id, clause->id))
            return true;
    return false;
}

static bool has_case(const struct clause *clause)
{
    size_t count;
    const struct test_case **cases = run_all_cases(&count);
    bool found = false;
    for (size_t i = 0; i < count && !found; i++)
        found = names(cases[i]->clauses, clause);
    free(cases);
    return found;
}

static bool has_rule(const struct clause *clause)
{
    for (size_t i = 0; i < lint_rule_count; i++)
        if (lint_rule_binds(&lint_rules[i], LINT_SERVER) && names(lint_rules[i].clauses, clause))
            return true;
    return false;
}

static bool is_for_servers(const struct clause *clause)
{
    return strcmp(clause->subject, "server") == 0 || strcmp(clause->subject, "both") == 0;
}

static void every_clause_for_servers_is_judged_or_explained(void **state)
{
    (void)state;
    size_t missing = 0;
    for (size_t i = 0; i < clause_count(); i++) {
        const struct clause *clause = clause_at(i);
        if (!is_for_servers(clause) || has_case(clause) || has_rule(clause) ||
            clause_reason(clause, "server"))
            continue;
        print_error("%s has no case, no lint rule and no reason: %s\n", clause->id,
                    clause->requirement);
        missing++;
    }
    assert_int_equal(missing, 0);
}

static void reasons_are_for_clauses_without_a_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < clause_reason_count(); i++) {
        const struct clause_reason *reason = clause_reason_at(i);
        const struct clause *clause = clause_find(bytes_str(reason->id));
        if (!clause)
            fail_msg("a reason for %s, which is no clause", reason->id);
        if (strcmp(reason->half, "server") == 0 && (!is_for_servers(clause) || has_case(clause)))
            fail_msg("%s needs no reason: it has a case, or is not for servers", reason->id);
    }
}

static void reasons_are_sentences(void **state)
{
    (void)state;
    assert_true(clause_reason_count() > 0);
    for (size_t i = 0; i < clause_reason_count(); i++)
        assert_true(strlen(clause_reason_at(i)->reason) > 20);
}

static bool exists(const char *id)
{
    size_t count;
    const struct test_case **cases = run_all_cases(&count);
    bool found = false;
    for (size_t i = 0; i < count && !found; i++)
        found = strcmp(cases[i]->id, id) == 0;
    for (size_t i = 0; i < lint_rule_count && !found; i++)
        found = strcmp(lint_rules[i].id, id) == 0;
    free(cases);
    return found;
}

static void past_bugs_would_be_caught(void **state)
{
    (void)state;
    assert_true(past_bug_count() > 100);
    for (size_t i = 0; i < past_bug_count(); i++) {
        const struct past_bug *bug = past_bug_at(i);
        if (strcmp(bug->caught_by, "-") != 0 && !exists(bug->caught_by))
            fail_msg("%s: there is no %s", bug->where, bug->caught_by);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_clause_for_servers_is_judged_or_explained),
        cmocka_unit_test(reasons_are_for_clauses_without_a_case),
        cmocka_unit_test(reasons_are_sentences),
        cmocka_unit_test(past_bugs_would_be_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
