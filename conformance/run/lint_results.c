/* SPDX-License-Identifier: MIT
 *
 * What the linter saw over all cases: a result for each of its rules. A rule that was never
 * exercised is SKIP, one that was broken anywhere is FAIL (or LENIENT, for a SHOULD) with the
 * transcript of the first case that shows it. */
#include "lint/lint.h"
#include "run/suite.h"

#include <stdlib.h>

struct tally {
    size_t exercised, broken; /* cases */
    size_t findings;
    size_t first;                       /* the first broken case */
    const struct lint_finding *finding; /* its first finding; NULL when it was not kept */
};

static void count_findings(struct tally *tally, const struct slot *slot, size_t rule)
{
    size_t before = tally->findings;
    for (size_t i = 0; i < slot->finding_count; i++) {
        if (slot->findings[i].rule != rule)
            continue;
        if (tally->findings == 0)
            tally->finding = &slot->findings[i];
        tally->findings++;
    }
    if (tally->findings == before)
        tally->findings++; /* broken, but there was no room to keep how */
}

static struct tally tally_rule(const struct suite *suite, size_t rule)
{
    struct tally tally = {0};
    for (size_t i = 0; i < suite->judged; i++) {
        const struct slot *slot = &suite->slots[i];
        bool broken = lint_bits_have(&slot->lint_broken, rule);
        tally.exercised += broken || lint_bits_have(&slot->lint_exercised, rule);
        if (!broken)
            continue;
        if (tally.broken++ == 0)
            tally.first = i;
        count_findings(&tally, slot, rule);
    }
    return tally;
}

static void mark_offending(struct report_result *result, size_t entry)
{
    for (size_t i = 0; i < result->frame_count; i++)
        result->frames[i].offending = i == entry;
}

static void record_broken(struct suite *suite, struct report_result *result, size_t rule,
                          const struct tally *tally)
{
    struct report *report = suite->report;
    const struct report_result *first = &report->results[tally->first];
    bool must = lint_rules[rule].level == LINT_MUST;
    result->verdict = must ? REPORT_FAIL : REPORT_LENIENT;
    result->expected = report_string(report, lint_rules[rule].title);
    result->findings = tally->findings;
    result->first_case = report_string(report, first->id);
    result->repeat = report_string(report, first->repeat);
    report_copy_frames(report, result, first);
    mark_offending(result, tally->finding ? tally->finding->entry : SIZE_MAX);

    struct buf seen = {0};
    buf_printf(&seen, "%s (first in %s; %zu time%s in %zu of %zu cases)",
               tally->finding ? tally->finding->what : "not kept", first->id, tally->findings,
               tally->findings == 1 ? "" : "s", tally->broken, tally->exercised);
    result->seen = report_string(report, buf_str(&seen));
    buf_clear(&seen);
}

static void record_rule(struct suite *suite, size_t rule)
{
    struct report *report = suite->report;
    struct report_result *result = report_add_result(report);
    if (!result)
        return;
    /* what an HTTP server without gRPC says is not to be judged as gRPC */
    bool judged = !(suite->options->not_grpc &&
                    strncmp(lint_rules[rule].id, "lint/grpc/", 10) == 0);
    struct tally tally = judged ? tally_rule(suite, rule) : (struct tally){0};
    result->is_rule = true;
    result->id = report_string(report, lint_rules[rule].id);
    result->title = report_string(report, lint_rules[rule].title);
    result->area = report_string(report, "lint");
    record_clauses(report, result, lint_rules[rule].clauses);
    if (tally.broken > 0) {
        record_broken(suite, result, rule, &tally);
    } else if (tally.exercised == 0) {
        result->verdict = REPORT_SKIP;
        result->seen = report_string(report, "nothing that the target said exercises the rule");
    }
}

void record_lint(struct suite *suite)
{
    enum lint_role role = suite->target.drive ? LINT_CLIENT : LINT_SERVER;
    for (size_t rule = 0; rule < lint_rule_count; rule++)
        if (lint_rule_binds(&lint_rules[rule], role))
            record_rule(suite, rule);
}
