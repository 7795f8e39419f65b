/* SPDX-License-Identifier: MIT
 *
 * Every rule is judged: each clause whose subject is a server, a client, or both ends, has a case, a lint rule, or a
 * written reason why no black-box case can exist, for each half. And reasons are only for clauses that need one. */
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

/* One half of the suite. */
struct half {
    const char *word; /* as in reasons.tsv, and the subject of clauses */
    enum lint_role role;
    const struct test_case **(*cases)(size_t *count);
};
static const struct half halves[] = {{"server", LINT_SERVER, run_all_cases},
                                     {"client", LINT_CLIENT, run_client_cases}};

static bool has_case(const struct half *half, const struct clause *clause)
{
    size_t count;
    const struct test_case **cases = half->cases(&count);
    bool found = false;
    for (size_t i = 0; i < count && !found; i++)
        found = names(cases[i]->clauses, clause);
    free(cases);
    return found;
}

static bool has_rule(const struct half *half, const struct clause *clause)
{
    for (size_t i = 0; i < lint_rule_count; i++)
        if (lint_rule_binds(&lint_rules[i], half->role) && names(lint_rules[i].clauses, clause))
            return true;
    return false;
}

static bool is_for(const struct half *half, const struct clause *clause)
{
    return strcmp(clause->subject, half->word) == 0 || strcmp(clause->subject, "both") == 0;
}

static size_t count_missing(const struct half *half)
{
    size_t missing = 0;
    for (size_t i = 0; i < clause_count(); i++) {
        const struct clause *clause = clause_at(i);
        if (!is_for(half, clause) || has_case(half, clause) || has_rule(half, clause) ||
            clause_reason(clause, half->word))
            continue;
        print_error("%s has no case, no lint rule and no reason for %ss: %s\n", clause->id,
                    half->word, clause->requirement);
        missing++;
    }
    return missing;
}

static void every_clause_is_judged_or_explained(void **state)
{
    (void)state;
    size_t missing = 0;
    for (size_t i = 0; i < ARRAY_LEN(halves); i++)
        missing += count_missing(&halves[i]);
    assert_int_equal(missing, 0);
}

static void reasons_are_for_clauses_without_a_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < clause_reason_count(); i++) {
        const struct clause_reason *reason = clause_reason_at(i);
        const struct clause *clause = clause_find(bytes_str(reason->id));
        const struct half *half = &halves[strcmp(reason->half, "client") == 0];
        if (!clause)
            fail_msg("a reason for %s, which is no clause", reason->id);
        assert_string_equal(reason->half, half->word);
        if (!is_for(half, clause) || has_case(half, clause))
            fail_msg("%s needs no reason: it has a case, or is not for %ss", reason->id,
                     half->word);
    }
}

static void reasons_are_sentences(void **state)
{
    (void)state;
    assert_true(clause_reason_count() > 0);
    for (size_t i = 0; i < clause_reason_count(); i++)
        assert_true(strlen(clause_reason_at(i)->reason) > 20);
}

static bool is_case(const struct half *half, const char *id)
{
    size_t count;
    const struct test_case **cases = half->cases(&count);
    bool found = false;
    for (size_t i = 0; i < count && !found; i++)
        found = strcmp(cases[i]->id, id) == 0;
    free(cases);
    return found;
}

static bool exists(const char *id)
{
    bool found = is_case(&halves[0], id) || is_case(&halves[1], id);
    for (size_t i = 0; i < lint_rule_count && !found; i++)
        found = strcmp(lint_rules[i].id, id) == 0;
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
        cmocka_unit_test(every_clause_is_judged_or_explained),
        cmocka_unit_test(reasons_are_for_clauses_without_a_case),
        cmocka_unit_test(reasons_are_sentences),
        cmocka_unit_test(past_bugs_would_be_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
