/* SPDX-License-Identifier: MIT
 *
 * Which clauses the suite says nothing about, and why: what is not judged belongs to a report as
 * well. See run.h. */
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

static bool is_judged(const struct clause *clause, const struct test_case *const *all, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (names(all[i]->clauses, clause))
            return true;
    for (size_t i = 0; i < lint_rule_count; i++)
        if (names(lint_rules[i].clauses, clause))
            return true;
    return false;
}

static void record(struct report *report, const struct clause *clause)
{
    static const char *const halves[] = {"server", "client"};
    struct buf why = {0};
    for (size_t i = 0; i < ARRAY_LEN(halves); i++) {
        const char *reason = clause_reason(clause, halves[i]);
        if (reason)
            buf_printf(&why, "%s%s: %s", why.len ? " " : "", halves[i], reason);
    }
    report_add_unjudged(report, clause->id, clause->level, clause->requirement, clause->source,
                        why.len ? buf_str(&why) : NULL);
    report->failed |= why.failed;
    buf_clear(&why);
}

void record_unjudged(struct report *report)
{
    size_t server_count = 0, client_count = 0;
    const struct test_case **servers = run_all_cases(&server_count);
    const struct test_case **clients = run_client_cases(&client_count);
    report->failed |= !servers || !clients;
    for (size_t i = 0; i < clause_count() && servers && clients; i++)
        if (!is_judged(clause_at(i), servers, server_count) &&
            !is_judged(clause_at(i), clients, client_count))
            record(report, clause_at(i));
    free(servers);
    free(clients);
}
