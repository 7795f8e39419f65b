/* SPDX-License-Identifier: MIT
 *
 * Running the grid; see run.h. Workers take cells in order; cells of a server lie together, so few
 * servers run at the same time. */
#include "interop/run.h"

#include "interop/command.h"
#include "interop/scratch.h"
#include "interop/transcript.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_JOBS     64
#define SILENT_TRIES 3 /* a call that rightly may end before it is on the wire */

/* A server that runs. A dead one stays until the last cell that used it has read its words. */
struct house {
    struct serving *serving;
    size_t users; /* cells that use it just now */
    bool left;    /* no more cells will come to it */
};

/* What the cells share that need the same server. */
struct slot {
    pthread_mutex_t lock;
    struct house *house; /* the one that runs; NULL: none does */
    size_t left;         /* cells that are still to come, or are running */
    bool failed;         /* it cannot be started: why */
    char why[1024];
};

struct state {
    const struct grid_run *run;
    struct slot *slots;
    pthread_mutex_t lock; /* what is below */
    size_t next, done;
    bool *judged; /* for each cell */
    struct report *report;
};

static bool is_stopped(const struct state *state)
{
    return atomic_load(state->run->settings.stop) != 0;
}

static void add_problem(struct state *state, const char *text)
{
    pthread_mutex_lock(&state->lock);
    report_add_problem(state->report, "%s", text);
    pthread_mutex_unlock(&state->lock);
}

/* ---- servers ---- */

/* With the slot's lock: nobody else comes to this house. */
static void leave(struct slot *slot, struct house *house)
{
    house->left = true;
    if (slot->house == house)
        slot->house = NULL;
    if (house->users > 0)
        return;
    serving_stop(house->serving);
    free(house);
}

/* With the slot's lock: if the server died, leave it, and tell. */
static void look_after(struct state *state, struct slot *slot)
{
    struct buf how = {0};
    if (slot->house && serving_has_died(slot->house->serving, &how)) {
        if (!is_stopped(state))
            add_problem(state, buf_str(&how));
        leave(slot, slot->house);
    }
    buf_clear(&how);
}

/* With the slot's lock. */
static void start_house(struct state *state, struct slot *slot, const struct grid_server *what)
{
    const struct cell_settings *settings = &state->run->settings;
    struct house *house = calloc(1, sizeof(*house));
    snprintf(slot->why, sizeof(slot->why), "out of memory");
    if (house)
        house->serving = serving_start(what, settings->places, false, NULL, settings->stop,
                                       slot->why);
    slot->failed = !house || !house->serving;
    if (slot->failed)
        free(house);
    else
        slot->house = house;
}

/* The server for a cell that shares it, started when it does not run; NULL: it cannot be. */
static struct house *acquire(struct state *state, const struct cell *cell)
{
    struct slot *slot = &state->slots[cell->server];
    pthread_mutex_lock(&slot->lock);
    look_after(state, slot);
    if (!slot->house && !slot->failed)
        start_house(state, slot, &state->run->settings.grid->servers[cell->server]);
    struct house *house = slot->house;
    if (house)
        house->users++;
    pthread_mutex_unlock(&slot->lock);
    return house;
}

static void release(struct state *state, const struct cell *cell, struct house *house)
{
    struct slot *slot = &state->slots[cell->server];
    pthread_mutex_lock(&slot->lock);
    slot->left--;
    if (house)
        house->users--;
    if (house && house->left && house->users == 0)
        leave(slot, house);
    look_after(state, slot);
    if (slot->house && slot->left == 0)
        leave(slot, slot->house);
    pthread_mutex_unlock(&slot->lock);
}

/* ---- cells ---- */

static void cannot_serve(struct cell_outcome *outcome, const char *why, bool stopped)
{
    outcome->verdict = REPORT_BROKEN;
    outcome->stopped = stopped;
    struct bytes text = bytes_str(why);
    struct bytes first = bytes_first(text, bytes_find(text, '\n'));
    buf_put(&outcome->seen, first);
    scratch_put_lines(bytes_skip(text, first.len + 1), "server: ", &outcome->notes);
}

static void run_alone(struct state *state, const struct cell *cell, struct cell_outcome *outcome)
{
    const struct cell_settings *settings = &state->run->settings;
    char why[1024];
    struct serving *serving = serving_start(&settings->grid->servers[cell->server],
                                            settings->places, true, cell->test_case, settings->stop,
                                            why);
    if (serving)
        cell_run(settings, cell, serving, true, outcome);
    else
        cannot_serve(outcome, why, is_stopped(state));
    serving_stop(serving);
}

static void run_shared(struct state *state, const struct cell *cell, struct house *house,
                       struct cell_outcome *outcome)
{
    if (house)
        cell_run(&state->run->settings, cell, house->serving, false, outcome);
    else
        cannot_serve(outcome, state->slots[cell->server].why, is_stopped(state));
}

static void run_cell(struct state *state, const struct cell *cell, struct cell_outcome *outcome)
{
    if (cell->skip_why) {
        outcome->verdict = REPORT_SKIP;
        buf_put_str(&outcome->seen, cell->skip_why);
        return;
    }
    bool alone = cell_wants_own_server(state->run->settings.grid, cell);
    struct house *house = alone ? NULL : acquire(state, cell);
    for (int try = 0; try == 0 || (outcome->silent && try < SILENT_TRIES); try++) {
        cell_outcome_clear(outcome);
        if (alone)
            run_alone(state, cell, outcome);
        else
            run_shared(state, cell, house, outcome);
    }
    if (!alone)
        release(state, cell, house);
}

/* ---- results ---- */

static void put_repeat(struct buf *out, const struct cell *cell, const struct grid_server *server)
{
    buf_printf(out, "grpcspec interop --client %s --server %s --case %s --tls %s",
               cell->client->manifest.name, server->server->manifest.name, cell->test_case,
               server->tls ? "on" : "off");
    if (server->proxy)
        buf_printf(out, " --via %s", server->proxy->manifest.name);
}

static void put_title(struct buf *out, const struct cell *cell, const struct grid_server *server)
{
    buf_printf(out, "%s: %s client, %s server, %s", cell->test_case, cell->client->manifest.name,
               server->server->manifest.name, server->tls ? "TLS" : "cleartext");
    if (server->proxy)
        buf_printf(out, ", via %s", server->proxy->manifest.name);
}

/* The command and, of what did not pass, the last words; and where the log is. */
static void put_notes(const struct state *state, const struct cell *cell,
                      const struct cell_outcome *outcome, struct buf *out)
{
    struct bytes notes = buf_view(&outcome->notes);
    bool fine = report_verdict_is_fine(outcome->verdict);
    char path[1200];
    buf_put(out, fine ? bytes_first(notes, bytes_find(notes, '\n') + 1) : notes);
    if (state->run->logs && !cell->skip_why &&
        scratch_log_path(state->run->logs, cell->id, ".log", path))
        buf_printf(out, "log: %s\n", path);
}

/* A known failure is as expected; one that passes is a mistake in the manifest. */
static void mark_known(struct report *report, const struct cell *cell, struct report_result *result)
{
    if (!cell->known_why)
        return;
    result->expected_by_baseline = result->verdict == REPORT_FAIL;
    if (result->expected_by_baseline)
        result->baseline_reason = report_string(report, cell->known_why);
    else if (result->verdict == REPORT_PASS)
        report_add_problem(report,
                           "%s passes, but the manifest of %s lists it as a known failure; remove "
                           "it there",
                           cell->id, cell->known_by);
}

static void record(struct state *state, size_t index, struct cell_outcome *outcome,
                   int64_t duration_ns)
{
    const struct grid *grid = state->run->settings.grid;
    const struct cell *cell = &grid->cells[index];
    const struct grid_server *server = &grid->servers[cell->server];
    struct report *report = state->report;
    struct report_result *result = &report->results[index];
    struct buf title = {0}, area = {0}, repeat = {0}, notes = {0};
    put_title(&title, cell, server);
    put_repeat(&repeat, cell, server);
    buf_printf(&area, "interop/%s/%s", cell->client->manifest.name, server->server->manifest.name);
    result->id = report_string(report, cell->id);
    result->title = report_string(report, buf_str(&title));
    result->area = report_string(report, buf_str(&area));
    result->repeat = report_string(report, buf_str(&repeat));
    result->seen = report_string(report, buf_str(&outcome->seen));
    result->verdict = outcome->verdict;
    result->duration_ns = duration_ns;
    if (outcome->verdict == REPORT_FAIL)
        result->expected = report_string(report, "the test case passes");
    put_notes(state, cell, outcome, &notes);
    if (notes.len > 0)
        result->notes = report_string(report, buf_str(&notes));
    if (outcome->trace.len > 0)
        transcript_put(report, result, buf_view(&outcome->trace), outcome->by_client,
                       outcome->by_client ? cell->client->manifest.name
                                          : server->server->manifest.name);
    mark_known(report, cell, result);
    buf_clear(&title);
    buf_clear(&area);
    buf_clear(&repeat);
    buf_clear(&notes);
}

static void keep_log(struct state *state, const struct cell *cell, struct cell_outcome *outcome)
{
    char why[512];
    if (state->run->logs && !cell->skip_why && !outcome->stopped &&
        !scratch_keep_log(state->run->logs, cell->id, buf_view(&outcome->log), why))
        add_problem(state, why);
}

static void judge_cell(struct state *state, size_t index)
{
    const struct grid_run *run = state->run;
    const struct cell *cell = &run->settings.grid->cells[index];
    struct cell_outcome outcome = {0};
    gr_time began = clock_now_ns();
    run_cell(state, cell, &outcome);
    keep_log(state, cell, &outcome);
    pthread_mutex_lock(&state->lock);
    if (!outcome.stopped) {
        record(state, index, &outcome, clock_now_ns() - began);
        state->judged[index] = true;
        state->done++;
        if (run->finished)
            run->finished(run->arg, &state->report->results[index], state->done,
                          run->settings.grid->cell_count);
    }
    pthread_mutex_unlock(&state->lock);
    cell_outcome_clear(&outcome);
}

static void *work(void *arg)
{
    struct state *state = arg;
    for (;;) {
        pthread_mutex_lock(&state->lock);
        size_t index = state->next;
        bool more = index < state->run->settings.grid->cell_count && !is_stopped(state);
        state->next += more;
        pthread_mutex_unlock(&state->lock);
        if (!more)
            return NULL;
        judge_cell(state, index);
    }
}

/* ---- the whole ---- */

static void run_workers(struct state *state, unsigned jobs)
{
    pthread_t threads[MAX_JOBS];
    unsigned started = 0;
    while (started + 1 < jobs && started < MAX_JOBS &&
           pthread_create(&threads[started], NULL, work, state) == 0)
        started++;
    work(state); /* this thread is one of them */
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

/* Drop what was not judged. */
static void compact(struct state *state)
{
    struct report *report = state->report;
    size_t kept = 0;
    for (size_t i = 0; i < report->result_count; i++) {
        if (!state->judged[i])
            report_result_clear(&report->results[i]);
        else if (kept++ != i) {
            report->results[kept - 1] = report->results[i];
            report->results[i] = (struct report_result){0};
        }
    }
    report->interrupted |= kept < report->result_count;
    report->result_count = kept;
}

static bool prepare(struct state *state)
{
    const struct grid *grid = state->run->settings.grid;
    state->slots = calloc(grid->server_count, sizeof(*state->slots));
    state->judged = calloc(grid->cell_count, sizeof(*state->judged));
    if (!state->slots || !state->judged || !report_make_results(state->report, grid->cell_count))
        return false;
    pthread_mutex_init(&state->lock, NULL);
    for (size_t i = 0; i < grid->server_count; i++)
        pthread_mutex_init(&state->slots[i].lock, NULL);
    for (size_t i = 0; i < grid->cell_count; i++)
        if (!grid->cells[i].skip_why && !cell_wants_own_server(grid, &grid->cells[i]))
            state->slots[grid->cells[i].server].left++;
    return true;
}

bool grid_run(const struct grid_run *run, struct report *report)
{
    const struct grid *grid = run->settings.grid;
    struct state state = {.run = run, .report = report};
    gr_time began = clock_now_ns();
    bool ok = prepare(&state);
    if (ok) {
        run_workers(&state, run->jobs);
        for (size_t i = 0; i < grid->server_count; i++) {
            if (state.slots[i].house) /* after an interrupt */
                leave(&state.slots[i], state.slots[i].house);
            pthread_mutex_destroy(&state.slots[i].lock);
        }
        pthread_mutex_destroy(&state.lock);
        compact(&state);
        report->duration_ns = clock_now_ns() - began;
    }
    free(state.slots);
    free(state.judged);
    return ok && !report->failed;
}
