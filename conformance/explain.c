/* SPDX-License-Identifier: MIT
 *
 * grpcspec explain: what a case, a lint rule or a clause is about, with the documents' sections. */
#include "clauses/clauses.h"
#include "lint/lint.h"
#include "run/options.h"
#include "run/run.h"
#include "run/text_match.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>

const struct command explain_command = {
    .usage = "explain ID",
    .about = "Says what a case, a lint rule or a clause is about: the rule, its level, the "
             "document and the section,\n"
             "and how to run just that.\n",
    .examples = "  grpcspec explain http2/ping/same-octets\n"
                "  grpcspec explain lint/ping/acks\n"
                "  grpcspec explain H2-PING-001\n",
};

static bool take(void *arg, int id, const char *value, char why[static 256])
{
    const char **name = arg;
    (void)id;
    snprintf(why, 256, "one ID only");
    if (*name)
        return false;
    *name = value;
    return true;
}

static void print_clause(struct bytes id)
{
    const struct clause *clause = clause_find(id);
    if (!clause) {
        printf("  %.*s (not in the registry)\n", (int)id.len, (const char *)id.data);
        return;
    }
    printf("  %s  %s, for the %s, %s\n", clause->id, clause->level,
           strcmp(clause->subject, "both") == 0 ? "client and the server" : clause->subject,
           clause->source);
    printf("      %s\n", clause->requirement);
}

static void print_clauses(const char *list)
{
    printf("\nClauses:\n");
    for (struct bytes id; clause_next_id(&list, &id);)
        print_clause(id);
}

static void print_bugs(const char *id)
{
    size_t found = 0;
    for (size_t i = 0; i < past_bug_count(); i++) {
        const struct past_bug *bug = past_bug_at(i);
        if (strcmp(bug->caught_by, id) == 0)
            printf("%s  %s: %s\n", found++ ? "" : "\nWould have caught:\n", bug->where, bug->what);
    }
}

/* Why it can be believed: what made it fail, and what it would have found. */
static void print_proof(const char *id)
{
    const char *knobs = knobs_seen_by(id);
    if (knobs)
        printf("\nSeen to fail against (grpcspec selftest --knob NAME):\n  %s\n", knobs);
    print_bugs(id);
}

static const char *need_sentence(enum need need)
{
    static const char *const sentences[] = {
        [NEEDS_TRANSPORT] = "any HTTP/2 server",
        [NEEDS_TEST_SERVICE] = "a server with grpc.testing.TestService",
        [NEEDS_TLS] = "a server spoken to by TLS (--tls)",
        [NEEDS_HEALTH] = "a server with grpc.health.v1.Health",
        [NEEDS_REFLECTION] = "a server with grpc.reflection",
        [NEEDS_CLIENT] = "any gRPC client",
        [NEEDS_REPORTED_STATUS] = "a client that reports the status of its calls (--adapter)",
        [NEEDS_REPORTED_RESULT] = "a client that reports status, metadata and messages (--adapter)",
        [NEEDS_SHARED_CONNECTION] = "a client whose calls share a connection",
        [NEEDS_CLIENT_TLS] = "a client spoken to by TLS (--tls)",
    };
    return sentences[need];
}

static bool judges_clients(const struct test_case *test_case)
{
    return strncmp(test_case->id, "client/", strlen("client/")) == 0;
}

static int explain_case(const struct test_case *test_case)
{
    bool client = judges_clients(test_case);
    printf("%s\n  %s\n\nNeeds: %s\n", test_case->id, test_case->title,
           need_sentence(test_case->needs));
    print_clauses(test_case->clauses);
    print_proof(test_case->id);
    printf("\nRun just this:\n  grpcspec test %s --case %s --transcript%s\n",
           client ? "--client" : "TARGET", test_case->id, client ? " -- CMD" : "");
    return finish_printing(EXIT_AS_EXPECTED);
}

static int explain_rule(const struct lint_rule *rule)
{
    printf("%s\n  %s\n\nThe linter watches this in every case. Broken, it is %s.\n", rule->id,
           rule->title, rule->level == LINT_MUST ? "a FAIL" : "LENIENT");
    print_clauses(rule->clauses);
    print_proof(rule->id);
    printf("\nRun everything it watches:\n");
    if (lint_rule_binds(rule, LINT_SERVER))
        printf("  grpcspec test TARGET\n");
    if (lint_rule_binds(rule, LINT_CLIENT))
        printf("  grpcspec test --client -- CMD\n");
    return finish_printing(EXIT_AS_EXPECTED);
}

static bool names(const char *clauses, const char *clause)
{
    for (struct bytes id; clause_next_id(&clauses, &id);)
        if (bytes_equal_str(id, clause))
            return true;
    return false;
}

static int explain_clause(const struct clause *clause, const struct test_case *const *cases,
                          size_t count)
{
    size_t found = 0;
    print_clause(bytes_str(clause->id));
    printf("\nHow to test it: %s\n\nCases and lint rules about it:\n", clause->how_to_test);
    for (size_t i = 0; i < count; i++)
        if (names(cases[i]->clauses, clause->id) && ++found)
            printf("  %-44s  %s\n", cases[i]->id, cases[i]->title);
    for (size_t i = 0; i < lint_rule_count; i++)
        if (names(lint_rules[i].clauses, clause->id) && ++found)
            printf("  %-44s  %s\n", lint_rules[i].id, lint_rules[i].title);
    if (found == 0)
        printf("  none\n");
    else if (strcmp(clause->subject, "client") == 0)
        printf("\nRun just these:\n  grpcspec test --client --clause %s -- CMD\n", clause->id);
    else
        printf("\nRun just these:\n  grpcspec test TARGET --clause %s\n", clause->id);
    return finish_printing(EXIT_AS_EXPECTED);
}

static int unknown_id(const char *id, const struct test_case *const *cases, size_t count)
{
    struct nearest nearest = {0};
    for (size_t i = 0; i < count; i++)
        nearest_offer(&nearest, id, cases[i]->id);
    for (size_t i = 0; i < lint_rule_count; i++)
        nearest_offer(&nearest, id, lint_rules[i].id);
    for (size_t i = 0; i < clause_count(); i++)
        nearest_offer(&nearest, id, clause_at(i)->id);
    if (nearest.name)
        complain("there is no case, lint rule or clause '%s'; did you mean %s?", id, nearest.name);
    else
        complain("there is no case, lint rule or clause '%s'; 'grpcspec list' shows all", id);
    return EXIT_USAGE;
}

/* Those for servers, then those for clients. NULL: out of memory */
static const struct test_case **both_kinds(size_t *count)
{
    size_t servers = 0, clients = 0;
    const struct test_case **first = run_all_cases(&servers), **second = run_client_cases(&clients);
    const struct test_case **both = first && second ? calloc(servers + clients + 1, sizeof *both)
                                                    : NULL;
    *count = both ? servers + clients : 0;
    if (both) {
        memcpy(both, first, servers * sizeof *both);
        memcpy(both + servers, second, clients * sizeof *both);
    }
    free(first);
    free(second);
    return both;
}

static int explain(const char *id)
{
    size_t count = 0;
    const struct test_case **cases = both_kinds(&count);
    int status = -1;
    for (size_t i = 0; cases && i < count && status < 0; i++)
        if (strcmp(cases[i]->id, id) == 0)
            status = explain_case(cases[i]);
    for (size_t i = 0; i < lint_rule_count && status < 0; i++)
        if (strcmp(lint_rules[i].id, id) == 0)
            status = explain_rule(&lint_rules[i]);
    const struct clause *clause = clause_find(bytes_str(id));
    if (status < 0 && clause)
        status = explain_clause(clause, cases, count);
    if (status < 0)
        status = unknown_id(id, cases, count);
    free(cases);
    return status;
}

int explain_verb(int argc, char **argv)
{
    const char *id = NULL;
    char why[256];
    enum options_result result = options_parse(&explain_command, argc, argv, take, &id, why);
    if (result != OPTIONS_OK)
        return print_usage(&explain_command, result, why);
    if (id)
        return explain(id);
    complain("explain what? An ID of 'grpcspec list' or 'grpcspec list --clauses'");
    return EXIT_USAGE;
}
