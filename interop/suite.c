/* SPDX-License-Identifier: MIT
 *
 * The suite on every server or client; see suite.h. */
#include "interop/suite.h"

#include "interop/command.h"
#include "interop/scratch.h"
#include "reports/read.h"

#include <stdio.h>
#include <stdlib.h>

#define SUITE_TIMEOUT (600 * NS_PER_S)
#define TAIL_LINES    12
#define NAME_OF_TESTS "foo.test.google.fr" /* what the test certificates are made out to */

/* Cases, and rules that were broken, as in a summary of `grpcspec test`. */
static void count(const struct report *suite, struct suite_row *row)
{
    for (size_t i = 0; i < suite->result_count; i++) {
        const struct report_result *result = &suite->results[i];
        bool kept_rule = result->is_rule &&
                         (result->verdict == REPORT_PASS || result->verdict == REPORT_SKIP);
        row->counts[result->verdict] += !kept_rule;
    }
    row->ran = true;
}

static void put_counts(const struct suite_row *row, struct buf *out)
{
    for (size_t i = 0; i < REPORT_VERDICT_COUNT; i++)
        if (row->counts[i] > 0 || i == REPORT_PASS || i == REPORT_FAIL)
            buf_printf(out, "%s%zu %s", i ? ", " : "", row->counts[i],
                       report_verdict_name((enum report_verdict)i));
}

static void put_failures(const struct report *suite, struct buf *out)
{
    for (size_t i = 0; i < suite->result_count; i++) {
        const struct report_result *result = &suite->results[i];
        if (report_verdict_is_fine(result->verdict))
            continue;
        struct bytes seen = bytes_str(result->seen);
        seen = bytes_first(seen, bytes_find(seen, '\n'));
        buf_printf(out, "%s %s: %.*s\n", report_verdict_name(result->verdict), result->id,
                   (int)seen.len, (const char *)seen.data);
    }
}

/* ---- one of them ---- */

/* A server, which runs by itself, or a client, which the suite starts. */
struct subject {
    const struct grid_server *server; /* NULL: a client */
    const struct peer *client;
    const struct peer *proxy; /* or NULL */
    bool tls;
    const char *skip_why;
};

static struct subject subject_of(const struct grid *grid, size_t index)
{
    if (grid->client_count > 0) {
        const struct grid_client *client = &grid->clients[index];
        return (struct subject){NULL, client->client, NULL, client->tls, client->skip_why};
    }
    const struct grid_server *server = &grid->servers[index];
    return (struct subject){server, NULL, server->proxy, server->tls, server->skip_why};
}

/* grpcspec test HOST:PORT --json FILE --quiet --color never [--tls ...] */
static void put_server_command(const struct places *places, const struct subject *subject,
                               uint16_t port, const char *json, struct buf *out)
{
    struct words words = {.certs = places->certs, .port = port};
    words_quote(places->self, out);
    words_fill(&words, " test {host}:{port} --quiet --color never --json ", true, out);
    words_quote(json, out);
    if (subject->tls)
        words_fill(&words, " --tls --ca {ca} --server-name " NAME_OF_TESTS, true, out);
}

/* grpcspec test --client --json FILE --quiet --color never [--tls ...] -- /bin/sh -c 'CLIENT' */
static void put_client_command(const struct places *places, const struct subject *subject,
                               const char *json, struct buf *out)
{
    struct words words = command_words(places, &subject->client->manifest);
    struct buf client = {0};
    words.keeps_call = true;
    words.tls = subject->tls;
    words_quote(places->self, out);
    buf_put_str(out, " test --client --quiet --color never --json ");
    words_quote(json, out);
    if (subject->tls)
        words_fill(&words,
                   " --tls --cert {cert} --key {key} --ca {ca} --server-name " NAME_OF_TESTS, true,
                   out);
    buf_put_str(out, " -- /bin/sh -c ");
    words_fill(&words, subject->client->manifest.client, true, &client);
    words_quote(buf_str(&client), out);
    out->failed |= client.failed;
    buf_clear(&client);
}

/* Run it, and read its report. */
static bool judge(const struct grid_run *run, const struct subject *subject,
                  struct serving *serving, const char *json, struct report *suite,
                  struct report_result *result, struct report *report)
{
    const struct places *places = run->settings.places;
    /* The command is filled in already, but for what the suite itself puts in. */
    struct words words = {.root = subject->client ? places->root : NULL, .keeps_call = true};
    struct buf command = {0}, tail = {0};
    char why[256] = "it did not end in time";
    if (subject->client)
        put_client_command(places, subject, json, &command);
    else
        put_server_command(places, subject, serving_port(serving), json, &command);
    struct process *process = command_start(buf_str(&command), NULL, &words, NULL, why);
    bool ended = process && command_wait(process, clock_add(clock_now_ns(), SUITE_TIMEOUT),
                                         run->settings.stop);
    int code = ended ? process_exit_code(process) : -1;
    bool ok = (code == 0 || code == 1) && report_read_file(suite, json, why);
    if (process) {
        process_end(process);
        process_put_tail(process, TAIL_LINES, &tail);
    }
    if (!ok && ended && code > 1)
        snprintf(why, sizeof(why), "grpcspec test exited with status %d", code);
    result->verdict = !ok ? REPORT_BROKEN : code == 0 ? REPORT_PASS : REPORT_FAIL;
    if (!ok) {
        result->seen = report_string(report, why);
        result->notes = report_string(report, buf_str(&tail));
    }
    process_stop(process);
    buf_clear(&command);
    buf_clear(&tail);
    return ok;
}

static void fill_result(const struct report *suite, struct suite_row *row, struct serving *serving,
                        struct report_result *result, struct report *report)
{
    struct buf seen = {0}, notes = {0};
    count(suite, row);
    put_counts(row, &seen);
    put_failures(suite, &notes);
    if (serving && serving_has_died(serving, &notes)) {
        buf_put_str(&notes, "\n");
        serving_put_tail(serving, TAIL_LINES, &notes);
        result->verdict = REPORT_CRASH;
    }
    result->seen = report_string(report, buf_str(&seen));
    if (notes.len > 0)
        result->notes = report_string(report, buf_str(&notes));
    buf_clear(&seen);
    buf_clear(&notes);
}

static void run_on(const struct grid_run *run, const struct subject *subject, struct suite_row *row,
                   struct report_result *result, struct report *report)
{
    char why[1024], json[1200];
    struct report suite;
    char *dir = scratch_make(why);
    struct serving *serving = NULL;
    if (dir && subject->server)
        serving = serving_start(subject->server, run->settings.places, false, NULL,
                                run->settings.stop, why);
    if (!dir || (subject->server && !serving)) {
        result->verdict = REPORT_BROKEN;
        result->seen = report_string(report, why);
        scratch_remove(dir);
        free(dir);
        return;
    }
    if (!run->logs || !scratch_log_path(run->logs, result->id, ".json", json))
        snprintf(json, sizeof(json), "%.1000s/report.json", dir);
    report_init(&suite);
    if (judge(run, subject, serving, json, &suite, result, report))
        fill_result(&suite, row, serving, result, report);
    report_clear(&suite);
    serving_stop(serving);
    scratch_remove(dir);
    free(dir);
}

/* ---- all ---- */

static void name_subject(const struct subject *subject, struct suite_row *row,
                         struct report_result *result, struct report *report)
{
    bool client = subject->client != NULL;
    const char *name = client ? subject->client->manifest.name
                              : subject->server->server->manifest.name;
    const char *proxy = subject->proxy ? subject->proxy->manifest.name : "";
    const char *area = client ? "client-suite" : "suite";
    char text[300];
    snprintf(row->name, sizeof(row->name), "%.40s%s%s%.40s", name, subject->tls ? " tls" : "",
             *proxy ? " via " : "", proxy);
    snprintf(text, sizeof(text), "%s/%.40s%s%s%.40s", area, name, subject->tls ? "/tls" : "",
             *proxy ? "/via/" : "", proxy);
    result->id = report_string(report, text);
    snprintf(text, sizeof(text), "The conformance suite finds nothing wrong with the %s %s.",
             client ? "client" : "server", row->name);
    result->title = report_string(report, text);
    result->area = report_string(report, area);
    snprintf(text, sizeof(text), "grpcspec interop --%s --%s %.40s --tls %s%s%.40s", area,
             client ? "client" : "server", name, subject->tls ? "on" : "off",
             *proxy ? " --via " : "", proxy);
    result->repeat = report_string(report, text);
}

static size_t subject_count(const struct grid *grid)
{
    return grid->client_count > 0 ? grid->client_count : grid->server_count;
}

static void judge_subject(const struct grid_run *run, size_t index, struct suite_row *row,
                          struct report *report)
{
    struct subject subject = subject_of(run->settings.grid, index);
    struct report_result *result = report_add_result(report);
    gr_time began = clock_now_ns();
    if (!result)
        return;
    name_subject(&subject, row, result, report);
    if (subject.skip_why) {
        result->verdict = REPORT_SKIP;
        result->seen = report_string(report, subject.skip_why);
    } else {
        run_on(run, &subject, row, result, report);
    }
    result->duration_ns = clock_now_ns() - began;
    if (atomic_load(run->settings.stop) != 0) { /* what it found is not the whole */
        report_result_clear(result);
        report->result_count--;
    } else if (run->finished) {
        run->finished(run->arg, result, index + 1, subject_count(run->settings.grid));
    }
}

bool suite_run(const struct grid_run *run, struct report *report, struct suite_rows *rows)
{
    size_t count = subject_count(run->settings.grid);
    gr_time began = clock_now_ns();
    *rows = (struct suite_rows){.items = calloc(count, sizeof(*rows->items))};
    if (!rows->items)
        return false;
    for (size_t i = 0; i < count && atomic_load(run->settings.stop) == 0; i++)
        judge_subject(run, i, &rows->items[rows->count++], report);
    report->interrupted = report->result_count < count;
    report->duration_ns = clock_now_ns() - began;
    return !report->failed;
}

/* ---- the table ---- */

void suite_put_text(const struct suite_rows *rows, struct buf *out)
{
    buf_printf(out, "%-24s", "");
    for (size_t k = 0; k < REPORT_VERDICT_COUNT; k++)
        buf_printf(out, " %8s", report_verdict_name((enum report_verdict)k));
    buf_put_u8(out, '\n');
    for (size_t i = 0; i < rows->count; i++) {
        buf_printf(out, "%-24s", rows->items[i].name);
        for (size_t k = 0; k < REPORT_VERDICT_COUNT; k++) {
            if (rows->items[i].ran)
                buf_printf(out, " %8zu", rows->items[i].counts[k]);
            else
                buf_printf(out, " %8s", "-");
        }
        buf_put_u8(out, '\n');
    }
}

void suite_put_markdown(const struct suite_rows *rows, struct buf *out)
{
    buf_put_str(out, "| |");
    for (size_t k = 0; k < REPORT_VERDICT_COUNT; k++)
        buf_printf(out, " %s |", report_verdict_name((enum report_verdict)k));
    buf_put_str(out, "\n|---|");
    for (size_t k = 0; k < REPORT_VERDICT_COUNT; k++)
        buf_put_str(out, "---:|");
    for (size_t i = 0; i < rows->count; i++) {
        buf_printf(out, "\n| %s |", rows->items[i].name);
        for (size_t k = 0; k < REPORT_VERDICT_COUNT; k++) {
            if (rows->items[i].ran)
                buf_printf(out, " %zu |", rows->items[i].counts[k]);
            else
                buf_put_str(out, " - |");
        }
    }
    buf_put_u8(out, '\n');
}
