/* SPDX-License-Identifier: MIT
 *
 * The registry of cases and lint rules is itself checked: ids are unique words, titles are there,
 * every clause that is named exists. */
#include "base/test.h"

#include "clauses/clauses.h"
#include "lint/lint.h"
#include "run/run.h"

#include <ctype.h>
#include <stdlib.h>

/* Both halves. given (caller frees with free) */
static const struct test_case **every_case(size_t *count)
{
    size_t servers, clients;
    const struct test_case **of_servers = run_all_cases(&servers);
    const struct test_case **of_clients = run_client_cases(&clients);
    const struct test_case **all = calloc(servers + clients, sizeof(*all));
    memcpy(all, of_servers, servers * sizeof(*all));
    memcpy(all + servers, of_clients, clients * sizeof(*all));
    free(of_servers);
    free(of_clients);
    *count = servers + clients;
    return all;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "http2/ping/ack": `parts` or more words of lower case letters, digits and hyphens; no word is
 * only a number. */
static bool is_well_formed(const char *id, size_t parts)
{
    size_t found = 0;
    for (const char *word = id;; word++) {
        size_t len = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-");
        bool only_digits = strspn(word, "0123456789") >= len;
        if (len == 0 || only_digits || word[0] == '-' || word[len - 1] == '-')
            return false;
        found++;
        word += len;
        if (*word == '\0')
            return found >= parts;
        if (*word != '/')
            return false;
    }
}

static void ids_are_words(void **state)
{
    (void)state;
    assert_true(is_well_formed("http2/ping/ack", 3));
    assert_false(is_well_formed("http2/ping", 3));
    assert_false(is_well_formed("http2/ping/3", 3));
    assert_false(is_well_formed("http2//ack", 3));
    assert_false(is_well_formed("http2/Ping/ack", 3));
    size_t count;
    const struct test_case **cases = every_case(&count);
    for (size_t i = 0; i < count; i++)
        if (!is_well_formed(cases[i]->id, 3))
            fail_msg("case %s", cases[i]->id);
    for (size_t i = 0; i < lint_rule_count; i++)
        if (!is_well_formed(lint_rules[i].id, 3) || strncmp(lint_rules[i].id, "lint/", 5) != 0)
            fail_msg("rule %s", lint_rules[i].id);
    free(cases);
}

static void ids_are_unique(void **state)
{
    (void)state;
    size_t count;
    const struct test_case **cases = every_case(&count);
    const char **ids = calloc(count + lint_rule_count, sizeof(*ids));
    for (size_t i = 0; i < count; i++)
        ids[i] = cases[i]->id;
    for (size_t i = 0; i < lint_rule_count; i++)
        ids[count + i] = lint_rules[i].id;
    qsort(ids, count + lint_rule_count, sizeof(*ids), by_id);
    for (size_t i = 1; i < count + lint_rule_count; i++)
        if (strcmp(ids[i - 1], ids[i]) == 0)
            fail_msg("%s is there twice", ids[i]);
    free(ids);
    free(cases);
}

static size_t check_clauses(const char *id, const char *clauses)
{
    size_t wrong = 0, named = 0;
    for (struct bytes clause; clause_next_id(&clauses, &clause); named++) {
        if (clause_find(clause))
            continue;
        print_error("%s names %.*s, which is no clause\n", id, (int)clause.len,
                    (const char *)clause.data);
        wrong++;
    }
    if (named == 0)
        print_error("%s names no clause\n", id);
    return wrong + (named == 0);
}

static void clauses_that_are_named_exist(void **state)
{
    (void)state;
    size_t count, wrong = 0;
    const struct test_case **cases = every_case(&count);
    for (size_t i = 0; i < count; i++)
        wrong += check_clauses(cases[i]->id, cases[i]->clauses);
    for (size_t i = 0; i < lint_rule_count; i++)
        wrong += check_clauses(lint_rules[i].id, lint_rules[i].clauses);
    free(cases);
    assert_int_equal(wrong, 0);
}

static void titles_are_sentences(void **state)
{
    (void)state;
    size_t count;
    const struct test_case **cases = every_case(&count);
    for (size_t i = 0; i < count; i++)
        if (!cases[i]->title || strlen(cases[i]->title) < 8 || !cases[i]->run)
            fail_msg("case %s", cases[i]->id);
    for (size_t i = 0; i < lint_rule_count; i++)
        if (!lint_rules[i].title || strlen(lint_rules[i].title) < 8)
            fail_msg("rule %s", lint_rules[i].id);
    free(cases);
}

static void rules_fit_into_a_mask(void **state)
{
    (void)state;
    assert_in_range(lint_rule_count, 1, 64 * LINT_WORDS);
}

static void cases_say_whom_they_judge(void **state)
{
    (void)state;
    size_t count;
    const struct test_case **cases = run_client_cases(&count);
    for (size_t i = 0; i < count; i++)
        if (strncmp(cases[i]->id, "client/", 7) != 0 || cases[i]->needs < NEEDS_CLIENT)
            fail_msg("case %s", cases[i]->id);
    free(cases);
    cases = run_all_cases(&count);
    for (size_t i = 0; i < count; i++)
        if (strncmp(cases[i]->id, "client/", 7) == 0 || cases[i]->needs >= NEEDS_CLIENT)
            fail_msg("case %s", cases[i]->id);
    free(cases);
}

static void areas_are_ids_without_the_last_word(void **state)
{
    (void)state;
    assert_bytes(run_area("http2/ping/ack"), BYTES("http2/ping"));
    assert_bytes(run_area("alone"), BYTES(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_words),
        cmocka_unit_test(ids_are_unique),
        cmocka_unit_test(clauses_that_are_named_exist),
        cmocka_unit_test(titles_are_sentences),
        cmocka_unit_test(rules_fit_into_a_mask),
        cmocka_unit_test(cases_say_whom_they_judge),
        cmocka_unit_test(areas_are_ids_without_the_last_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
