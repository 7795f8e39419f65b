/* SPDX-License-Identifier: MIT
 *
 * grpcspec test: find the target, ask what it is, run the cases, say what came out. Each step is
 * somebody else's module; here is their order, and what the exit status is. */
#include "lint/lint.h"
#include "reports/output.h"
#include "reports/pcapng.h"
#include "reports/render.h"
#include "reports/terminal.h"
#include "run/baseline.h"
#include "run/probe.h"
#include "run/starter.h"
#include "run/test_options.h"
#include "run/text_match.h"
#include "target/process.h"
#include "target/spawn.h"
#include "verbs.h"
#include "version.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Everything the verb holds; released in one place. */
struct session {
    struct test_options options;
    const struct test_case **all, **selected;
    size_t all_count, selected_count;
    struct baseline baseline;
    struct output outputs[MAX_OUTPUTS];
    struct certificates certificates; /* for the bundled server with TLS */
    struct spawn_tls spawn_tls;
    struct spawned *spawned;
    struct starter starter;
    struct target_info target;
    char authority[300];
    char name[400]; /* the target, for sentences */
    struct report report;
    struct terminal terminal;
};

/* ---- signals: the first asks for an orderly end, the second ends ---- */

static atomic_int stop_asked;

static void on_signal(int number)
{
    (void)number;
    if (atomic_fetch_add(&stop_asked, 1) == 0)
        return;
    process_kill_all();
    _exit(EXIT_INTERRUPTED);
}

/* A bug of ours must not leave the person's server running. */
static void on_fatal_signal(int number)
{
    process_kill_all();
    signal(number, SIG_DFL);
    raise(number);
}

static void handle(int number, void (*handler)(int), bool only_if_default)
{
    struct sigaction old, action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    if (only_if_default && (sigaction(number, NULL, &old) != 0 || old.sa_handler != SIG_DFL))
        return; /* a sanitizer's, for one */
    sigaction(number, &action, NULL);
}

static void install_signal_handlers(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        handle(ends[i], on_signal, false);
    for (size_t i = 0; i < ARRAY_LEN(fatal); i++)
        handle(fatal[i], on_fatal_signal, true);
    handle(SIGPIPE, SIG_IGN, false);
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
    session->all = run_all_cases(&session->all_count);
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

/* ---- the target ---- */

static void prepare_tls(struct session *session)
{
    struct test_options *options = &session->options;
    if (!options->use_tls)
        return;
    if (!options->tls.server_name && options->endpoint.host[0])
        options->tls.server_name = options->endpoint.host;
    session->target.tls = &options->tls;
}

static void name_target(struct session *session)
{
    const struct test_options *options = &session->options;
    const struct endpoint *endpoint = &session->target.endpoint;
    bool v6 = strchr(endpoint->host, ':') != NULL;
    if (endpoint->unix_path[0])
        snprintf(session->authority, sizeof(session->authority), "localhost");
    else
        snprintf(session->authority, sizeof(session->authority), "%s%s%s:%u", v6 ? "[" : "",
                 endpoint->host, v6 ? "]" : "", endpoint->port);
    session->target.authority = options->authority ? options->authority : session->authority;

    const char *address = options->target ? options->target : session->authority;
    if (options->spawn)
        snprintf(session->name, sizeof(session->name), "%.60s (%.300s)", address, options->spawn);
    else if (!options->target)
        snprintf(session->name, sizeof(session->name), "%.60s (the bundled reference server)",
                 address);
    else
        snprintf(session->name, sizeof(session->name), "%.390s", address);
}

/* The bundled server has no certificates of its own: make them, and trust them. */
static bool start_bundled(struct session *session, char why[static 1024])
{
    struct test_options *options = &session->options;
    const struct certificates *made = &session->certificates;
    char reason[256];
    if (options->use_tls) {
        if (!certificates_make(&session->certificates, reason)) {
            snprintf(why, 1024, "%s", reason);
            return false;
        }
        options->tls.ca_file = made->ca_file;
        options->tls.server_name = "localhost";
        options->tls.cert_file = options->mutual_tls ? made->client_cert_file : NULL;
        options->tls.key_file = options->mutual_tls ? made->client_key_file : NULL;
        session->spawn_tls = (struct spawn_tls){made, options->mutual_tls};
    }
    session->spawned = spawn_bundled(&session->target.endpoint, session->target.tls,
                                     options->use_tls ? &session->spawn_tls : NULL, why);
    return session->spawned != NULL;
}

static bool start_target(struct session *session)
{
    const struct test_options *options = &session->options;
    char why[1024];
    if (options->spawn)
        session->spawned = spawn_command(options->spawn, &session->target.endpoint,
                                         session->target.tls, why);
    if (options->spawn ? !session->spawned : !start_bundled(session, why)) {
        complain("%s", why);
        return false;
    }
    if (starter_init(&session->starter, session->spawned))
        session->target.starter = &session->starter;
    return true;
}

static bool find_target(struct session *session)
{
    struct test_options *options = &session->options;
    session->target.endpoint = options->endpoint;
    session->target.demands_certificate = options->mutual_tls;
    session->target.pid = options->pid;
    session->target.properties = options->properties;
    session->target.property_count = options->property_count;
    prepare_tls(session);
    if ((options->spawn || !options->target) && !start_target(session))
        return false;
    name_target(session);
    return true;
}

/* What the probe needs to know of it, or why the run ends here. */
static bool probe(struct session *session)
{
    struct run_options *run = &session->options.run;
    int64_t patience = run->patience_ns ? run->patience_ns : 3 * NS_PER_S;
    const char *address = session->options.target ? session->options.target : session->authority;
    struct probe probe = probe_target(&session->target, address, patience, &session->report);
    if (!probe.speaks_http2) {
        complain("%s", probe.failure);
        return false;
    }
    run->not_grpc = session->target.answers_requests && !probe.speaks_grpc;
    return true;
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
    options.stop = &stop_asked;
    if (session->target.pid)
        options.jobs = 1; /* what other cases do to its memory would be taken for this one's */
    options.repeat_prefix = buf_str(&session->options.repeat);
    options.reporter = (struct run_reporter){reporter_began, reporter_finished, &session->terminal};
    if (session->spawned)
        options.revival = (struct run_revival){spawn_has_died, spawn_restart, session->spawned};
    if (run_suite(&options, &session->target, &session->report) != 0)
        complain("out of memory: the results are incomplete");
}

/* ---- afterwards ---- */

static bool is_known(const char *glob)
{
    size_t count = 0;
    const struct test_case **all = run_all_cases(&count);
    bool known = false;
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
    install_signal_handlers();
    if (!find_target(session))
        return EXIT_UNREACHABLE;
    report->tool = report_string(report, version_tool());
    report->nghttp2 = report_string(report, version_nghttp2());
    report->target = report_string(report, session->name);
    if (!probe(session))
        return EXIT_UNREACHABLE;
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
