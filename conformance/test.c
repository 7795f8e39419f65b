/* SPDX-License-Identifier: MIT
 *
 * grpcspec test: find the target, ask what it is, run the cases, say what came out. Each step is
 * somebody else's module; here is their order, and what the exit status is. */
#include "reports/pcapng.h"
#include "reports/read.h"
#include "session.h"
#include "target/interrupt.h"
#include "verbs.h"
#include "version.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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

/* Else the handshake would fail of it, and that looks like the target's fault. */
static bool tls_files_are_readable(const struct test_options *options)
{
    const char *const files[] = {options->tls.ca_file, options->tls.cert_file,
                                 options->tls.key_file};
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        FILE *file = files[i] ? fopen(files[i], "r") : NULL;
        if (files[i] && !file) {
            complain("cannot read %s: %s", files[i], strerror(errno));
            return false;
        }
        if (file)
            (void)fclose(file);
    }
    return true;
}

static bool prepare(struct session *session)
{
    char why[256];
    if (!tls_files_are_readable(&session->options))
        return false;
    const char *expect = session->options.expect;
    if (expect && !baseline_load(&session->baseline, expect, why)) {
        complain("%s", why);
        return false;
    }
    return open_outputs(session);
}

/* ---- the verb ---- */

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
    terminal_open(terminal, writes_to_stdout(options) ? stderr : stdout, options->colour);
    terminal->quiet = options->quiet;
    terminal->verbose = options->verbose;
    terminal->transcripts = options->transcripts;
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
    return session_run(session);
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

int test_verb(int argc, char **argv)
{
    struct session session = {0};
    char why[256];
    for (size_t i = 0; i < MAX_OUTPUTS; i++)
        session.outputs[i] = OUTPUT_CLOSED;
    enum options_result result = test_options_parse(&session.options, argc, argv, why);
    int status = result == OPTIONS_OK ? run_session(&session)
                                      : print_usage(&test_command, result, why);
    session_clear(&session);
    return status;
}
