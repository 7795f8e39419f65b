/* SPDX-License-Identifier: MIT
 *
 * The sentence that heads a report; see sentence.h. */
#include "reports/sentence.h"

struct tally {
    size_t judged, bad, known; /* known: as a baseline lists them */
};

static struct tally count(const struct report *report, bool rules)
{
    struct tally tally = {0};
    for (size_t i = 0; i < report->result_count; i++) {
        const struct report_result *result = &report->results[i];
        if (result->is_rule != rules || result->verdict == REPORT_SKIP)
            continue;
        tally.judged++;
        tally.bad += !report_result_is_expected(result);
        tally.known += result->expected_by_baseline;
    }
    return tally;
}

static void put_cases(struct tally cases, struct buf *out)
{
    const char *noun = cases.judged == 1 ? "case" : "cases";
    if (cases.judged == 0)
        buf_put_str(out, "No case could be judged");
    else if (cases.bad == 0)
        buf_printf(out,
                   cases.judged == 1 ? "The %zu judged %s is as expected"
                                     : "All %zu judged %s are as expected",
                   cases.judged, noun);
    else
        buf_printf(out, "%zu of %zu judged %s %s not as expected", cases.bad, cases.judged, noun,
                   cases.bad == 1 ? "is" : "are");
}

void report_put_sentence(const struct report *report, struct buf *out)
{
    struct tally cases = count(report, false), rules = count(report, true);
    size_t known = cases.known + rules.known;
    if (report->interrupted)
        buf_put_str(out, "Interrupted: ");
    put_cases(cases, out);
    if (known > 0)
        buf_printf(out, ", %zu known deviation%s included", known, known == 1 ? "" : "s");
    if (rules.bad > 0)
        buf_printf(out, "; the linter found %zu rule%s broken", rules.bad,
                   rules.bad == 1 ? "" : "s");
    if (report->problem_count > 0)
        buf_printf(out, "; %zu error%s in the run itself", report->problem_count,
                   report->problem_count == 1 ? "" : "s");
    buf_put_u8(out, '.');
}
