/* SPDX-License-Identifier: MIT
 *
 * grpcspec interop: find the peers, make the grid, run it, say what came out. Each step is another
 * file's; here is their order, and what the exit status is. */
#include "interop/interop.h"

#include "interop/options.h"
#include "interop/summary.h"
#include "reports/html.h"
#include "reports/json.h"
#include "reports/junit.h"
#include "reports/output.h"
#include "reports/read.h"
#include "target/interrupt.h"
#include "verbs.h"
#include "version.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Everything the verb holds; released in one place. */
struct session {
    struct interop_options options;
    struct places places;
    struct peers peers;
    struct grid grid;
    struct output outputs[INTEROP_MAX_OUTPUTS];
    struct report report, before;
    struct suite_rows suites;
    struct terminal terminal;
};

static bool is_suite(const struct interop_options *options)
{
    return options->suite || options->client_suite;
}

/* ---- before the run ---- */

static bool wants(void *arg, const struct peer *peer)
{
    const struct interop_options *options = arg;
    bool required = options->required.count > 0 &&
                    globs_match(&options->required, peer->manifest.name);
    return required || grid_wants(&options->selection, peer);
}

static bool find_peers(struct session *session)
{
    struct interop_options *options = &session->options;
    char why[1024];
    if (!places_find(&session->places, options->peers, options->certs, why)) {
        complain("%s", why);
        return false;
    }
    if (!peers_load(&session->peers, session->places.peers, why) ||
        !grid_check_selection(&options->selection, &session->peers, why)) {
        complain("%s", why);
        return false;
    }
    peers_check(&session->peers, &session->places, wants, options);
    if (grid_make(&session->grid, &options->selection, &session->peers,
                  session->places.certs != NULL, why))
        return true;
    complain("%s", why);
    return false;
}

static int print_list(const struct session *session)
{
    const struct grid *grid = &session->grid;
    for (size_t i = 0; i < grid->cell_count; i++)
        printf("%s%s%s\n", grid->cells[i].id, grid->cells[i].skip_why ? "  unsupported: " : "",
               grid->cells[i].skip_why ? grid->cells[i].skip_why : "");
    for (size_t i = 0; i < grid->client_count; i++)
        printf("%s%s%s%s\n", grid->clients[i].client->manifest.name,
               grid->clients[i].tls ? " tls" : "",
               grid->clients[i].skip_why ? "  unsupported: " : "",
               grid->clients[i].skip_why ? grid->clients[i].skip_why : "");
    for (size_t i = 0; i < grid->server_count && grid->cell_count == 0; i++)
        printf("%s%s%s%s\n", grid->servers[i].server->manifest.name,
               grid->servers[i].tls ? " tls" : "",
               grid->servers[i].skip_why ? "  unsupported: " : "",
               grid->servers[i].skip_why ? grid->servers[i].skip_why : "");
    return finish_printing(EXIT_AS_EXPECTED);
}

static bool prepare(struct session *session)
{
    const struct interop_options *options = &session->options;
    char why[512];
    if (options->against && !report_read_file(&session->before, options->against, why)) {
        complain("--against: %s", why);
        return false;
    }
    for (size_t i = 0; i < options->output_count; i++) {
        if (output_open(&session->outputs[i], options->outputs[i].path, why))
            continue;
        complain("%s", why);
        return false;
    }
    return true;
}

/* ---- what the report says of the run --------------------------------------------------------- */

static void add_peer_fact(struct report *report, const struct peer *peer)
{
    const struct manifest *manifest = &peer->manifest;
    char value[400];
    if (peer->absent)
        snprintf(value, sizeof(value), "absent: %.300s", manifest->install);
    else
        snprintf(value, sizeof(value), "%.60s%s%.300s", manifest->version,
                 manifest->about ? ", " : "", manifest->about ? manifest->about : "");
    report_add_fact(report, manifest->name, value);
}

static void check_required(struct session *session)
{
    const struct globs *required = &session->options.required;
    for (size_t i = 0; i < required->count; i++) {
        const struct globs one = {.glob = {required->glob[i]}, .count = 1};
        bool found = false;
        for (size_t k = 0; k < session->peers.count; k++) {
            const struct peer *peer = &session->peers.items[k];
            if (!globs_match(&one, peer->manifest.name))
                continue;
            found = true;
            if (peer->absent)
                report_add_problem(&session->report, "it is required, but %s", peer->absent_why);
        }
        if (!found)
            report_add_problem(&session->report, "'%s' is required, but there is no such peer",
                               required->glob[i]);
    }
}

static void describe_run(struct session *session)
{
    struct report *report = &session->report;
    char text[200];
    time_t now = time(NULL);
    struct tm utc;
    size_t peers = 0;
    for (size_t i = 0; i < session->peers.count; i++) {
        if (!wants(&session->options, &session->peers.items[i]))
            continue;
        add_peer_fact(report, &session->peers.items[i]);
        peers++;
    }
    snprintf(text, sizeof(text), "interop, %zu peers%s", peers,
             is_suite(&session->options) ? ", the conformance suite" : "");
    report->target = report_string(report, text);
    report->tool = report_string(report, version_tool());
    report->nghttp2 = report_string(report, version_nghttp2());
    if (gmtime_r(&now, &utc) && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc) > 0)
        report->started = report_string(report, text);
    check_required(session);
}

/* ---- the run ---- */

static void finished(void *arg, const struct report_result *result, size_t done, size_t total)
{
    terminal_progress(arg, result, done, total, clock_now_ns());
}

static bool writes_to_stdout(const struct interop_options *options)
{
    for (size_t i = 0; i < options->output_count; i++)
        if (strcmp(options->outputs[i].path, "-") == 0)
            return true;
    return false;
}

static void prepare_terminal(struct session *session)
{
    const struct interop_options *options = &session->options;
    struct terminal *terminal = &session->terminal;
    terminal_open(terminal, writes_to_stdout(options) ? stderr : stdout, options->colour);
    terminal->quiet = options->quiet;
    terminal->verbose = options->verbose;
}

static unsigned job_count(const struct interop_options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (options->jobs)
        return options->jobs;
    return processors > 0 ? (unsigned)processors : 1;
}

static void run(struct session *session)
{
    const struct interop_options *options = &session->options;
    struct report *report = &session->report;
    struct grid_run run = {
        .settings = {&session->places, &session->grid, options->timeout_ns, &interrupt_asked},
        .jobs = job_count(options),
        .logs = options->logs,
        .finished = finished,
        .arg = &session->terminal,
    };
    const struct grid *grid = &session->grid;
    size_t total = grid->cell_count;
    if (is_suite(options))
        total = options->suite ? grid->server_count : grid->client_count;
    terminal_begin(&session->terminal, report, total);
    bool ok = is_suite(options) ? suite_run(&run, report, &session->suites)
                                : grid_run(&run, report);
    if (!ok)
        complain("out of memory: the results are incomplete");
}

/* ---- afterwards ---- */

static struct summary summary_of(const struct session *session)
{
    return (struct summary){
        .report = &session->report,
        .before = session->options.against ? &session->before : NULL,
        .suites = is_suite(&session->options) ? &session->suites : NULL,
    };
}

static bool put_output(const struct session *session, enum interop_format format, struct buf *out)
{
    struct summary summary = summary_of(session);
    if (format == INTEROP_JSON)
        return report_put_json(&session->report, out);
    if (format == INTEROP_JUNIT)
        return report_put_junit(&session->report, out);
    if (format == INTEROP_HTML)
        return report_put_html(&session->report, summary.before, out);
    summary_put_markdown(&summary, out);
    return !out->failed;
}

static bool write_outputs(struct session *session)
{
    bool ok = true;
    for (size_t i = 0; i < session->options.output_count; i++) {
        char why[512] = "out of memory";
        struct buf text = {0};
        bool written = put_output(session, session->options.outputs[i].format, &text) &&
                       output_commit(&session->outputs[i], buf_view(&text), why);
        if (!written)
            complain("%s", why);
        ok &= written;
        buf_clear(&text);
    }
    return ok;
}

static void print_summary(struct session *session)
{
    struct summary summary = summary_of(session);
    struct terminal *terminal = &session->terminal;
    struct buf out = {0};
    if (terminal->live && !terminal->quiet)
        buf_put_str(&out, "\r\033[K");
    summary_put_text(&summary, terminal, &out);
    fputs(buf_str(&out), terminal->out);
    fflush(terminal->out);
    buf_clear(&out);
}

static int run_session(struct session *session)
{
    session->options.selection.only_servers = session->options.suite;
    session->options.selection.only_clients = session->options.client_suite;
    if (!find_peers(session))
        return EXIT_USAGE;
    if (session->options.list)
        return print_list(session);
    if (!prepare(session))
        return EXIT_USAGE;
    interrupt_install(EXIT_INTERRUPTED);
    describe_run(session);
    prepare_terminal(session);
    run(session);
    print_summary(session);
    if (!write_outputs(session))
        return EXIT_USAGE;
    int status = report_is_success(&session->report) ? EXIT_AS_EXPECTED : EXIT_NOT_AS_EXPECTED;
    return finish_printing(session->report.interrupted ? EXIT_INTERRUPTED : status);
}

static void session_clear(struct session *session)
{
    for (size_t i = 0; i < INTEROP_MAX_OUTPUTS; i++)
        output_abandon(&session->outputs[i]);
    report_clear(&session->report);
    report_clear(&session->before);
    free(session->suites.items);
    grid_clear(&session->grid);
    peers_clear(&session->peers);
    places_clear(&session->places);
}

int interop_verb(int argc, char **argv)
{
    struct session session = {0};
    char why[256];
    for (size_t i = 0; i < INTEROP_MAX_OUTPUTS; i++)
        session.outputs[i] = OUTPUT_CLOSED;
    report_init(&session.report);
    report_init(&session.before);
    enum options_result result = interop_options_parse(&session.options, argc, argv, why);
    int status = result == OPTIONS_OK ? run_session(&session)
                                      : print_usage(&interop_command, result, why);
    session_clear(&session);
    return status;
}
