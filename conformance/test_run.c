/* SPDX-License-Identifier: MIT
 *
 * A run of grpcspec test and its end: what the terminal says, the reports, the exit status; and the same again, as
 * often as --repeat says. */
#include "lint/lint.h"
#include "reports/pcapng.h"
#include "reports/render.h"
#include "run/text_match.h"
#include "session.h"
#include "target/interrupt.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the run ---- */

static void reporter_began(void *arg, const struct report *report, size_t total)
{
    struct session *session = arg;
    terminal_begin(&session->terminal, report, total);
}

static void reporter_finished(void *arg, const struct report_result *result, size_t done,
                              size_t total)
{
    struct session *session = arg;
    terminal_progress(&session->terminal, result, done, total, clock_now_ns());
    if (!session->options.fail_fast || report_verdict_is_fine(result->verdict) ||
        baseline_lists(&session->baseline, result->id, result->verdict))
        return;
    session->failed_fast = true;
    atomic_store(&interrupt_asked, 1);
}

static void run(struct session *session)
{
    struct run_options options = session->options.run;
    options.cases = session->selected;
    options.case_count = session->selected_count;
    options.stop = &interrupt_asked;
    if (session->target.pid)
        options.jobs = 1; /* what other cases do to its memory would be taken for this one's */
    options.repeat_prefix = buf_str(&session->options.repeat);
    options.repeat_suffix = buf_str(&session->options.repeat_end);
    options.reporter = (struct run_reporter){reporter_began, reporter_finished, session};
    if (session->spawned) {
        options.revival = (struct run_revival){spawn_has_died, spawn_restart, session->spawned};
        options.output = (struct run_output){spawn_printed, spawn_put_since, session->spawned};
    }
    if (run_suite(&options, &session->target, &session->report) != 0)
        complain("out of memory: the results are incomplete");
    record_unjudged(&session->report);
}

/* ---- afterwards ---- */

static bool is_known(const char *glob)
{
    size_t count = 0;
    bool known = false;
    const struct test_case **all = run_all_cases(&count);
    for (size_t i = 0; all && i < count && !known; i++)
        known = glob_matches(glob, all[i]->id);
    free(all);
    all = run_client_cases(&count);
    for (size_t i = 0; all && i < count && !known; i++)
        known = glob_matches(glob, all[i]->id);
    free(all);
    for (size_t i = 0; i < lint_rule_count && !known; i++)
        known = glob_matches(glob, lint_rules[i].id);
    return known;
}

static bool write_output(struct session *session, size_t index)
{
    char why[512];
    struct buf text = {0};
    bool made = report_render(&session->report, session->options.outputs[index].format, NULL,
                              &text);
    bool ok = made && output_commit(&session->outputs[index], buf_view(&text), why);
    if (!made)
        complain("out of memory: %s is not written", session->options.outputs[index].path);
    else if (!ok)
        complain("%s", why);
    buf_clear(&text);
    return ok;
}

static bool write_outputs(struct session *session)
{
    bool ok = true;
    for (size_t i = 0; i < session->options.output_count; i++)
        ok &= write_output(session, i);
    char why[512];
    const struct test_options *options = &session->options;
    if (options->pcapng &&
        !pcapng_folder_fill(options->pcapng, &session->report, options->transcripts, why)) {
        complain("%s", why);
        ok = false;
    }
    return ok;
}

/* write: also the reports that were asked for, which a run that is not as expected always writes */
static int conclude(struct session *session, bool write)
{
    struct report *report = &session->report;
    if (session->options.expect && !report->interrupted)
        baseline_apply(&session->baseline, report, session->selected_count == session->all_count,
                       is_known);
    terminal_end(&session->terminal, report);
    int status = report_is_success(report) ? EXIT_AS_EXPECTED : EXIT_NOT_AS_EXPECTED;
    if ((write || status != EXIT_AS_EXPECTED || report->interrupted) && !write_outputs(session))
        return EXIT_USAGE;
    bool interrupted = report->interrupted && !session->failed_fast;
    return finish_printing(interrupted ? EXIT_INTERRUPTED : status);
}

/* ---- again and again ---- */

/* What must be the same in every run. given: free it. */
static enum report_verdict *copy_verdicts(const struct report *report)
{
    enum report_verdict *verdicts = malloc((report->result_count + 1) * sizeof(*verdicts));
    for (size_t i = 0; verdicts && i < report->result_count; i++)
        verdicts[i] = report->results[i].verdict;
    return verdicts;
}

/* The linter's rules are left out: whether a rule was exercised may depend on what came first. */
static bool is_like_the_first(const struct session *session, const enum report_verdict *first,
                              unsigned number)
{
    bool same = true;
    for (size_t i = 0; i < session->selected_count && i < session->report.result_count; i++) {
        const struct report_result *result = &session->report.results[i];
        if (result->verdict == first[i])
            continue;
        fprintf(session->terminal.out, "flickers: %s was %s in run 1, is %s in run %u\n",
                result->id, report_verdict_name(first[i]), report_verdict_name(result->verdict),
                number);
        same = false;
    }
    return same;
}

/* An empty report about the same target. */
static void begin_report_again(struct session *session)
{
    struct report *report = &session->report, old = *report;
    report_init(report);
    report->tool = report_string(report, old.tool);
    report->nghttp2 = report_string(report, old.nghttp2);
    report->target = report_string(report, old.target);
    for (size_t i = 0; i < old.fact_count; i++)
        report_add_fact(report, old.facts[i].name, old.facts[i].value);
    report_clear(&old);
}

int session_run(struct session *session)
{
    enum report_verdict *first = NULL;
    int status = EXIT_AS_EXPECTED;
    for (unsigned number = 1; number <= session->options.repetitions; number++) {
        if (number > 1) {
            begin_report_again(session);
            fprintf(session->terminal.out, "\nrun %u of %u\n", number,
                    session->options.repetitions);
        }
        run(session);
        bool same = !first || is_like_the_first(session, first, number);
        if (!first && !(first = copy_verdicts(&session->report)))
            complain("out of memory: runs are not compared");
        bool last = number == session->options.repetitions;
        status = conclude(session, last || !same);
        if (!same)
            status = EXIT_NOT_AS_EXPECTED;
        if (status != EXIT_AS_EXPECTED)
            break;
    }
    free(first);
    return status;
}
