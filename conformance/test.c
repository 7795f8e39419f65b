/* SPDX-License-Identifier: MIT
 *
 * grpcspec test: find the target, ask what it is, run the cases, say what came out. Each step is
 * somebody else's module; here is their order, and what the exit status is. */
#include "lint/lint.h"
#include "reports/pcapng.h"
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
        return true;
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
    terminal_begin(arg, report, total);
}

static void reporter_finished(void *arg, const struct report_result *result, size_t done,
                              size_t total)
{
    terminal_progress(arg, result, done, total, clock_now_ns());
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
    options.reporter = (struct run_reporter){reporter_began, reporter_finished, &session->terminal};
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

static int conclude(struct session *session)
{
    struct report *report = &session->report;
    if (session->options.expect && !report->interrupted)
        baseline_apply(&session->baseline, report, session->selected_count == session->all_count,
                       is_known);
    terminal_end(&session->terminal, report);
    if (!write_outputs(session))
        return EXIT_USAGE;
    int status = report_is_success(report) ? EXIT_AS_EXPECTED : EXIT_NOT_AS_EXPECTED;
    return finish_printing(report->interrupted ? EXIT_INTERRUPTED : status);
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
    run(session);
    return conclude(session);
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
