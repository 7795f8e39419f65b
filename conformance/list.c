/* SPDX-License-Identifier: MIT
 *
 * grpcspec list: the cases and lint rules, or the clauses and what covers them. */
#include "clauses/clauses.h"
#include "lint/lint.h"
#include "run/options.h"
#include "run/run.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>

enum { CLAUSES = 1, UNCOVERED, CLIENT };

static const struct option rows[] = {
    {CLAUSES, "clauses", NULL, "clauses instead, each with its cases and lint rules"},
    {UNCOVERED, "uncovered", NULL, "only the clauses that no case and no lint rule is about"},
    {CLIENT, "client", NULL, "what judges clients, instead of servers"},
    SELECTION_OPTIONS,
};

const struct command list_command = {
    .usage = "list [options]",
    .about =
        "Shows the cases, a line each, and the rules that the linter watches in all of them.\n",
    .examples = "  grpcspec list --area 'grpc/*'\n"
                "  grpcspec list --clause 'H2-SET-*'\n"
                "  grpcspec list --uncovered\n"
                "  grpcspec list --client --area 'client/grpc/*'\n",
    .options = rows,
    .count = ARRAY_LEN(rows),
};

struct list_options {
    struct selection selection;
    bool clauses, uncovered, client;
};

static bool take(void *arg, int id, const char *value, char why[static 256])
{
    struct list_options *options = arg;
    switch (id) {
    case 0:
        snprintf(why, 256, "list takes no argument; --case '%.60s' selects", value);
        return false;
    case CLAUSES:
        return options->clauses = true;
    case UNCOVERED:
        return options->uncovered = true;
    case CLIENT:
        return options->client = true;
    default:
        return selection_take(&options->selection, id, value, why);
    }
}

static void print_row(const char *id, const char *title)
{
    printf("%-44s  %s\n", id, title);
}

static bool selects_everything(const struct selection *s)
{
    return s->cases.count + s->clauses.count + s->areas.count + s->skip.count == 0 &&
           s->level == LEVEL_ALL && s->shards == 0;
}

static int list_cases(const struct list_options *options, const struct test_case *const *cases,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        print_row(cases[i]->id, cases[i]->title);
    bool rules = selects_everything(&options->selection);
    size_t shown = 0;
    for (size_t i = 0; rules && i < lint_rule_count; i++) {
        if (!lint_rule_binds(&lint_rules[i], options->client ? LINT_CLIENT : LINT_SERVER))
            continue;
        print_row(lint_rules[i].id, lint_rules[i].title);
        shown++;
    }
    printf("%zu case%s", count, count == 1 ? "" : "s");
    printf(rules ? ", and %zu rules that the linter watches in all of them\n" : "\n", shown);
    return finish_printing(EXIT_AS_EXPECTED);
}

/* ---- clauses ---- */

static bool names(const char *clauses, const struct clause *clause)
{
    for (struct bytes id; clause_next_id(&clauses, &id);)
        if (bytes_equal_str(id, clause->id))
            return true;
    return false;
}

/* The ids of what is about the clause, each with two spaces before it. */
static void put_covering(const struct clause *clause, const struct test_case *const *cases,
                         size_t count, enum lint_role role, struct buf *out)
{
    for (size_t i = 0; i < count; i++)
        if (names(cases[i]->clauses, clause))
            buf_printf(out, "  %s", cases[i]->id);
    for (size_t i = 0; i < lint_rule_count; i++)
        if (lint_rule_binds(&lint_rules[i], role) && names(lint_rules[i].clauses, clause))
            buf_printf(out, "  %s", lint_rules[i].id);
}

/* Why nothing is about it. returns whether there is a reason */
static bool put_reasons(const struct clause *clause, struct buf *out)
{
    static const char *const halves[] = {"server", "client"};
    for (size_t i = 0; i < ARRAY_LEN(halves); i++) {
        const char *reason = clause_reason(clause, halves[i]);
        if (reason)
            buf_printf(out, "  - (%s: %s)", halves[i], reason);
    }
    return out->len > 0;
}

static int list_clauses(bool uncovered, enum lint_role role, const struct test_case *const *cases,
                        size_t count)
{
    size_t covered = 0, explained = 0, all = 0;
    for (size_t i = 0; i < clause_count(); i++) {
        const struct clause *clause = clause_at(i);
        if (role == LINT_CLIENT && strcmp(clause->subject, "server") == 0)
            continue;
        all++;
        struct buf covering = {0};
        put_covering(clause, cases, count, role, &covering);
        size_t before = covered;
        covered += covering.len > 0;
        if (covering.len == 0)
            explained += put_reasons(clause, &covering);
        if (!uncovered || covered == before)
            printf("%-22s %-10s %-6s %s\n", clause->id, clause->level, clause->subject,
                   covering.len ? buf_str(&covering) : "  -");
        buf_clear(&covering);
    }
    printf("%zu clauses: %zu covered, %zu not (%zu of them with a reason)\n", all, covered,
           all - covered, explained);
    return finish_printing(EXIT_AS_EXPECTED);
}

static int list_selected(const struct list_options *options)
{
    size_t all_count = 0, count = 0;
    char why[256] = "out of memory";
    const struct test_case **selected;
    const struct test_case **all = options->client ? run_client_cases(&all_count)
                                                   : run_all_cases(&all_count);
    if (!all || !select_cases(&options->selection, all, all_count, &selected, &count, why)) {
        complain("%s", why);
        free(all);
        return EXIT_USAGE;
    }
    bool clauses = options->clauses || options->uncovered;
    enum lint_role role = options->client ? LINT_CLIENT : LINT_SERVER;
    int status = clauses ? list_clauses(options->uncovered, role, selected, count)
                         : list_cases(options, selected, count);
    free(selected);
    free(all);
    return status;
}

int list_verb(int argc, char **argv)
{
    struct list_options options = {0};
    char why[256];
    enum options_result result = options_parse(&list_command, argc, argv, take, &options, why);
    return result == OPTIONS_OK ? list_selected(&options) : print_usage(&list_command, result, why);
}
