/* SPDX-License-Identifier: MIT
 *
 * grpcspec test: find the target, ask what it is, run the cases, say what came out. Each step is
 * somebody else's module; here is their order, and what the exit status is. */
#include "lint/lint.h"
#include "reports/pcapng.h"
#include "reports/read.h"
#include "reports/render.h"
#include "run/text_match.h"
#include "session.h"
#include "target/interrupt.h"
#include "verbs.h"
#include "version.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool session_tests_client(const struct session *session)
{
    return session->options.client || session->options.adapter;
}

/* ---- before the run ---- */

static int print_selected(const struct session *session)
{
    for (size_t i = 0; i < session->selected_count; i++)
        printf("%s\n", session->selected[i]->id);
    return finish_printing(EXIT_AS_EXPECTED);
}

static bool failed_in(const struct report *report, const char *id)
{
    for (size_t i = 0; i < report->result_count; i++)
        if (strcmp(report->results[i].id, id) == 0)
            return !report_verdict_is_fine(report->results[i].verdict);
    return false;
}

/* Those that failed in an earlier run go first; the order is otherwise kept. */
static bool put_failed_first(struct session *session)
{
    struct report old;
    char why[256];
    report_init(&old);
    bool ok = report_read_file(&old, session->options.failed_first, why);
    if (!ok)
        complain("--failed-first: %s", why);
    for (size_t i = 0, front = 0; ok && i < session->selected_count; i++) {
        const struct test_case *failed = session->selected[i];
        if (!failed_in(&old, failed->id))
            continue;
        memmove(&session->selected[front + 1], &session->selected[front],
                (i - front) * sizeof(struct test_case *));
        session->selected[front++] = failed;
    }
    report_clear(&old);
    return ok;
}

static bool select_what_to_run(struct session *session)
{
    char why[256];
    bool clients = session_tests_client(session);
    session->all = clients ? run_client_cases(&session->all_count)
                           : run_all_cases(&session->all_count);
    if (!session->all) {
        complain("out of memory");
        return false;
    }
    if (select_cases(&session->options.selection, session->all, session->all_count,
                     &session->selected, &session->selected_count, why))
        return !session->options.failed_first || put_failed_first(session);
    session->selected = NULL;
    complain("%s", why);
    return false;
}

static bool open_outputs(struct session *session)
{
    char why[512];
    for (size_t i = 0; i < session->options.output_count; i++) {
        if (output_open(&session->outputs[i], session->options.outputs[i].path, why))
            continue;
        complain("%s", why);
        return false;
    }
    const char *folder = session->options.pcapng;
    if (folder && !pcapng_folder_make(folder, why)) {
        complain("%s", why);
        return false;
    }
    return true;
}

static bool prepare(struct session *session)
{
    char why[256];
    const char *expect = session->options.expect;
    if (expect && !baseline_load(&session->baseline, expect, why)) {
        complain("%s", why);
        return false;
    }
    return open_outputs(session);
}

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

static bool writes_to_stdout(const struct test_options *options)
{
    for (size_t i = 0; i < options->output_count; i++)
        if (strcmp(options->outputs[i].path, "-") == 0)
            return true;
    return false;
}

static void prepare_terminal(struct session *session)
{
    const struct test_options *options = &session->options;
    struct terminal *terminal = &session->terminal;
    const char *kind = getenv("TERM"), *no_color = getenv("NO_COLOR");
    terminal->out = writes_to_stdout(options) ? stderr : stdout;
    bool is_terminal = isatty(fileno(terminal->out)) && !(kind && strcmp(kind, "dumb") == 0);
    terminal->live = is_terminal;
    terminal->colour = options->colour == COLOUR_ALWAYS ||
                       (options->colour == COLOUR_AUTO && is_terminal && !(no_color && *no_color));
    terminal->quiet = options->quiet;
    terminal->verbose = options->verbose;
    terminal->transcripts = options->transcripts;
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

/* Until one fails or differs; the last one's report is what is written. */
static int run_repeatedly(struct session *session)
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

static int judge(struct session *session)
{
    struct report *report = &session->report;
    interrupt_install(EXIT_INTERRUPTED);
    report->tool = report_string(report, version_tool());
    report->nghttp2 = report_string(report, version_nghttp2());
    bool found = session_tests_client(session) ? session_find_client(session)
                                               : session_find_server(session);
    report->target = report_string(report, session->name);
    if (!found)
        return atomic_load(&interrupt_asked) ? EXIT_INTERRUPTED : EXIT_UNREACHABLE;
    prepare_terminal(session);
    return run_repeatedly(session);
}

static int run_session(struct session *session)
{
    if (!select_what_to_run(session))
        return EXIT_USAGE;
    if (session->options.list)
        return print_selected(session);
    return prepare(session) ? judge(session) : EXIT_USAGE;
}

static void session_clear(struct session *session)
{
    spawn_stop(session->spawned);
    command_drive_free(session->command);
    adapter_drive_free(session->adapter);
    certificates_remove(&session->certificates);
    for (size_t i = 0; i < MAX_OUTPUTS; i++)
        output_abandon(&session->outputs[i]);
    baseline_clear(&session->baseline);
    report_clear(&session->report);
    free(session->selected);
    free(session->all);
    test_options_clear(&session->options);
}

static int print_help(void)
{
    struct buf text = {0};
    options_put_help(&test_command, &text);
    fputs(buf_str(&text), stdout);
    buf_clear(&text);
    return finish_printing(EXIT_AS_EXPECTED);
}

int test_verb(int argc, char **argv)
{
    struct session session = {0};
    char why[256];
    int status = EXIT_USAGE;
    for (size_t i = 0; i < MAX_OUTPUTS; i++)
        session.outputs[i] = OUTPUT_CLOSED;
    switch (test_options_parse(&session.options, argc, argv, why)) {
    case OPTIONS_OK:
        status = run_session(&session);
        break;
    case OPTIONS_HELP:
        status = print_help();
        break;
    case OPTIONS_WRONG:
        complain("%s", why);
        break;
    }
    session_clear(&session);
    return status;
}
