/* SPDX-License-Identifier: MIT
 *
 * Cells; see cell.h. */
#include "interop/cell.h"

#include "interop/command.h"
#include "interop/scratch.h"
#include "interop/wire.h"
#include "reports/text.h"

#include <stdio.h>

#define TAIL_LINES       12
#define TELLING_LINES    40
#define EXIT_UNSUPPORTED 127 /* of an interop client: it has no such case */
#define EXIT_NOT_RUN     126 /* of the shell: found, but it cannot be run */

bool cell_wants_own_server(const struct grid *grid, const struct cell *cell)
{
    return grid->servers[cell->server].server->manifest.trace != NULL;
}

void cell_outcome_clear(struct cell_outcome *outcome)
{
    buf_clear(&outcome->seen);
    buf_clear(&outcome->notes);
    buf_clear(&outcome->log);
    buf_clear(&outcome->trace);
    *outcome = (struct cell_outcome){0};
}

/* ---- the wire ---- */

/* Judge one side's trace; the client has said that it passed. */
static void judge_wire(struct cell_outcome *outcome, const char *test_case, struct bytes trace,
                       enum wire_view view)
{
    struct wire wire = {0};
    struct buf why = {0};
    const char *whose = view == SEEN_BY_CLIENT ? "client" : "server";
    wire_read(&wire, trace, view);
    enum wire_verdict verdict = wire_judge(&wire, test_case, &why);
    if (verdict == WIRE_WRONG) {
        buf_reset(&outcome->seen);
        buf_printf(
            &outcome->seen,
            "the client says that it passed, but not so the wire, as the %s saw it: ", whose);
        outcome->verdict = REPORT_FAIL;
    } else if (verdict == WIRE_SILENT && !outcome->shown) {
        buf_reset(&outcome->seen);
        buf_printf(&outcome->seen,
                   "nothing to judge by: the call ended before the %s saw it on the wire; ", whose);
        outcome->verdict = REPORT_SKIP;
        outcome->silent = true;
    } else if (verdict == WIRE_AS_EXPECTED) {
        buf_printf(&outcome->seen, "; the wire, as the %s saw it, shows the case", whose);
        outcome->shown = true;
    } else {
        buf_put_str(&outcome->seen, "; ");
    }
    buf_put(&outcome->seen, buf_view(&why));
    wire_clear(&wire);
    buf_clear(&why);
}

/* ---- the exit status ---- */

static bool tells(struct bytes line)
{
    static const char *const words[] = {"xception", "rror", "FAIL", "ailed", "panic", "xpected"};
    char text[300];
    snprintf(text, sizeof(text), "%.*s", (int)bytes_first(line, 250).len, (const char *)line.data);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strstr(text, words[i]))
            return true;
    return false;
}

/* The line that says most of why: the last that speaks of an error, else the last. Stack traces
 * come behind it. */
static void put_telling_line(struct process *client, struct buf *out)
{
    struct buf tail = {0};
    process_put_tail(client, TELLING_LINES, &tail);
    struct bytes text = buf_view(&tail), best = NO_BYTES, last = NO_BYTES;
    while (text.len > 0) {
        last = bytes_first(text, bytes_find(text, '\n'));
        bool is_frame_of_a_stack = bytes_starts_with(last, BYTES("\tat "));
        if (tells(last) && !is_frame_of_a_stack)
            best = last;
        text = bytes_skip(text, last.len + 1);
    }
    buf_put(out, best.len > 0 ? best : last);
    buf_clear(&tail);
}

/* The shell's own 127 and 126 are no word of the client's. */
static bool shell_failed(struct process *client, struct buf *last)
{
    int code = process_exit_code(client);
    process_put_tail(client, 1, last);
    return code == EXIT_NOT_RUN ||
           (code == EXIT_UNSUPPORTED && bytes_starts_with(buf_view(last), BYTES("/bin/sh: ")));
}

static void judge_end(struct process *client, struct cell_outcome *outcome)
{
    struct buf how = {0}, last = {0};
    int code = process_exit_code(client);
    command_put_end(client, &how);
    if (shell_failed(client, &last)) {
        outcome->verdict = REPORT_BROKEN;
        buf_printf(&outcome->seen, "the client's command cannot be run: %s", buf_str(&last));
    } else if (code == EXIT_UNSUPPORTED) {
        outcome->verdict = REPORT_SKIP;
        buf_printf(&outcome->seen, "the client itself says that it has no such case%s%s",
                   last.len ? ": " : "", buf_str(&last));
    } else if (code != 0) {
        outcome->verdict = REPORT_FAIL;
        buf_reset(&last);
        put_telling_line(client, &last);
        buf_printf(&outcome->seen, "the client %s%s%s", buf_str(&how), last.len ? ": " : "",
                   buf_str(&last));
    } else {
        outcome->verdict = REPORT_PASS;
        buf_printf(&outcome->seen, "the client %s", buf_str(&how));
    }
    buf_clear(&how);
    buf_clear(&last);
}

/* ---- one run of the client ---- */

static void put_client_tail(struct process *client, struct buf *out)
{
    struct buf tail = {0};
    process_put_tail(client, TAIL_LINES, &tail);
    scratch_put_lines(buf_view(&tail), "client: ", out);
    buf_clear(&tail);
}

static void put_log(struct cell_outcome *outcome, const char *whose, struct bytes text)
{
    buf_printf(&outcome->log, "==== the %s printed ====\n", whose);
    buf_put(&outcome->log, text);
    buf_put_str(&outcome->log, "\n");
}

/* The server's frames count when it is this cell's own. */
static void judge_server(const struct cell *cell, struct serving *serving, bool proxied,
                         struct cell_outcome *outcome)
{
    struct buf trace = {0};
    serving_end(serving, &trace);
    put_log(outcome, "server", buf_view(&trace));
    if (!outcome->by_client)
        buf_put(&outcome->trace, buf_view(&trace));
    if (outcome->verdict == REPORT_PASS)
        judge_wire(outcome, cell->test_case, buf_view(&trace),
                   proxied ? SEEN_BEHIND_PROXY : SEEN_BY_SERVER);
    buf_clear(&trace);
}

/* Keep what it printed; it has ended. */
static void hear_client(const struct cell *cell, struct process *client, struct buf *text,
                        struct cell_outcome *outcome)
{
    process_end(client);
    process_put_tail(client, SIZE_MAX, text);
    put_log(outcome, "client", buf_view(text));
    outcome->by_client = cell->client_traced;
    if (outcome->by_client)
        buf_put(&outcome->trace, buf_view(text));
}

static void judge_client(const struct cell *cell, struct process *client,
                         struct cell_outcome *outcome)
{
    struct buf text = {0};
    hear_client(cell, client, &text, outcome);
    judge_end(client, outcome);
    if (outcome->verdict == REPORT_PASS && cell->client_traced)
        judge_wire(outcome, cell->test_case, buf_view(&text), SEEN_BY_CLIENT);
    buf_clear(&text);
}

static void judge(const struct cell_settings *settings, const struct cell *cell,
                  struct process *client, bool ended, struct cell_outcome *outcome)
{
    if (ended) {
        judge_client(cell, client, outcome);
        return;
    }
    struct buf text = {0};
    hear_client(cell, client, &text, outcome);
    buf_clear(&text);
    outcome->stopped = atomic_load(settings->stop) != 0;
    outcome->verdict = REPORT_FAIL;
    buf_put_str(&outcome->seen, "the client did not end within ");
    text_put_duration(&outcome->seen, settings->timeout_ns);
}

void cell_run(const struct cell_settings *settings, const struct cell *cell,
              struct serving *serving, bool own, struct cell_outcome *outcome)
{
    const struct manifest *manifest = &cell->client->manifest;
    struct words words = command_words(settings->places, manifest);
    char why[256];
    words.port = serving_port(serving);
    words.test_case = cell->asked;
    words.tls = settings->grid->servers[cell->server].tls;
    buf_put_str(&outcome->notes, "command: ");
    struct process *client = command_start(
        cell->command, cell->client_traced ? manifest->trace : NULL, &words, &outcome->notes, why);
    buf_put_str(&outcome->notes, "\n");
    if (!client) {
        outcome->verdict = REPORT_BROKEN;
        buf_put_str(&outcome->seen, why);
        return;
    }
    gr_time deadline = clock_add(clock_now_ns(), settings->timeout_ns);
    bool ended = command_wait(client, deadline, settings->stop);
    judge(settings, cell, client, ended, outcome);
    if (outcome->verdict == REPORT_FAIL && serving_has_died(serving, &outcome->notes))
        buf_put_str(&outcome->notes, "\n");
    if (own)
        judge_server(cell, serving, settings->grid->servers[cell->server].proxy != NULL, outcome);
    if (outcome->verdict == REPORT_FAIL) {
        put_client_tail(client, &outcome->notes);
        serving_put_tail(serving, TAIL_LINES, &outcome->notes);
    }
    process_stop(client);
}
