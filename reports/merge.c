/* SPDX-License-Identifier: MIT
 *
 * Merging shards; see merge.h. */
#include "reports/merge.h"

#include <stdio.h>
#include <stdlib.h>

/* How much a rule's verdict in one part weighs against the same rule's in another. */
static const int weights[REPORT_VERDICT_COUNT] = {
    [REPORT_SKIP] = 0, [REPORT_PASS] = 1,  [REPORT_LENIENT] = 2, [REPORT_FAIL] = 3,
    [REPORT_HANG] = 4, [REPORT_CRASH] = 5, [REPORT_BROKEN] = 6,
};

static struct report_result *find(struct report *report, const char *id)
{
    for (size_t i = 0; i < report->result_count && id; i++)
        if (report->results[i].id && strcmp(report->results[i].id, id) == 0)
            return &report->results[i];
    return NULL;
}

/* The worse one's evidence stays; findings add up. */
static void merge_rule(struct report_result *into, struct report_result *from)
{
    size_t findings = into->findings + from->findings;
    if (weights[from->verdict] > weights[into->verdict]) {
        struct report_result old = *into;
        *into = *from;
        *from = old;
    }
    into->findings = findings;
    report_result_clear(from);
}

static bool merge_result(struct report *whole, struct report_result *from, char why[static 256])
{
    struct report_result *known = find(whole, from->id);
    if (known && known->is_rule && from->is_rule) {
        merge_rule(known, from);
        return true;
    }
    if (known) {
        snprintf(why, 256, "%.100s is in another of the reports too: give each shard once",
                 from->id);
        return false;
    }
    struct report_result *added = report_add_result(whole);
    if (!added)
        return true; /* whole->failed says so */
    *added = *from;
    memset(from, 0, sizeof(*from));
    return true;
}

static bool is_same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static void merge_run(struct report *whole, struct report *part)
{
    whole->interrupted |= part->interrupted;
    whole->failed |= part->failed;
    if (part->duration_ns > whole->duration_ns)
        whole->duration_ns = part->duration_ns;
    if (whole->started && part->started && strcmp(part->started, whole->started) < 0) {
        char *later = whole->started;
        whole->started = part->started;
        part->started = later;
    }
    for (size_t i = 0; i < part->problem_count; i++) {
        bool known = false;
        for (size_t k = 0; k < whole->problem_count && !known; k++)
            known = is_same(whole->problems[k], part->problems[i]);
        if (!known)
            report_add_problem(whole, "%s", part->problems[i] ? part->problems[i] : "");
    }
}

static bool merge(struct report *whole, struct report *part, char why[static 256])
{
    if (!is_same(whole->tool, part->tool)) {
        snprintf(why, 256,
                 "it is by grpcspec %.60s, the others by %.60s: merge runs of one version",
                 part->tool ? part->tool : "?", whole->tool ? whole->tool : "?");
        return false;
    }
    merge_run(whole, part);
    if (whole->unjudged_count == 0) { /* the same in every shard */
        whole->unjudged = part->unjudged;
        whole->unjudged_count = part->unjudged_count;
        part->unjudged = NULL;
        part->unjudged_count = 0;
    }
    for (size_t i = 0; i < part->result_count; i++)
        if (!merge_result(whole, &part->results[i], why))
            return false;
    if (whole->failed)
        snprintf(why, 256, "out of memory");
    return !whole->failed;
}

bool report_merge(struct report *whole, struct report *part, char why[static 256])
{
    bool ok = merge(whole, part, why);
    report_clear(part);
    return ok;
}
