/* SPDX-License-Identifier: MIT
 *
 * Running the suite against the faulty server, once for each knob, and counting who noticed. How it is shown is in
 * matrix_report.c. */
#include "selftest/matrix.h"
#include "clauses/clauses.h"
#include "lint/lint.h"
#include "selftest/server.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define KNOB_PATIENCE   (400 * NS_PER_MS) /* a faulty server is not waited for */
#define KNOB_TIMEOUT    (4 * NS_PER_S)
#define DROPPER_PERCENT 5

/* Cases that let a server say something of every kind; the linter looks at it. */
static const char *const lint_carriers[] = {
    "grpc/call/empty-unary",
    "grpc/call/server-streaming",
    "grpc/call/client-streaming",
    "grpc/status/once-on-error",
    "grpc/status/once-on-stream",
    "grpc/status/message-unicode",
    "grpc/metadata/binary-unary",
    "grpc/metadata/padded-one-octet",
    "grpc/compression/response-declared",
    "grpc/compression/response-only-identity-accepted",
    "grpc/request/trailers-only",
    "http2/settings/all-parameters",
    "http2/headers/uppercase-name",
    "grpc/metadata/ascii-unary",
    "http2/errors/last-stream",
    "http2/errors/beside-an-open-call",
    "grpc/cancellation/reset-cancel",
};

bool clauses_meet(const char *a, const char *b)
{
    struct bytes left, right;
    while (clause_next_id(&a, &left)) {
        const char *rest = b;
        while (clause_next_id(&rest, &right))
            if (bytes_equal(left, right))
                return true;
    }
    return false;
}

bool rule_is_for_servers(const char *clauses)
{
    struct bytes id;
    while (clause_next_id(&clauses, &id)) {
        const struct clause *clause = clause_find(id);
        if (clause && strcmp(clause->subject, "client") != 0)
            return true;
    }
    return false;
}

bool matrix_init(struct matrix *matrix)
{
    *matrix = (struct matrix){0};
    report_init(&matrix->correct);
    matrix->cases = run_all_cases(&matrix->case_count);
    matrix->case_kills = calloc(matrix->case_count + 1, sizeof *matrix->case_kills);
    matrix->case_killer = calloc(matrix->case_count + 1, sizeof *matrix->case_killer);
    matrix->rule_kills = calloc(lint_rule_count, sizeof *matrix->rule_kills);
    if (matrix->cases && matrix->case_kills && matrix->case_killer && matrix->rule_kills)
        return true;
    matrix_clear(matrix);
    return false;
}

void matrix_clear(struct matrix *matrix)
{
    free(matrix->cases);
    free(matrix->case_kills);
    free(matrix->case_killer);
    free(matrix->rule_kills);
    report_clear(&matrix->correct);
    *matrix = (struct matrix){0};
}

/* ---- one run ---- */

/* A faulty server of a case's own, with the same knob. */
static void *start_another(void *arg, struct endpoint *endpoint, char why[static 256])
{
    const enum knob_name *name = arg;
    struct faulty_server *server = faulty_server_start_to_stop(*name);
    if (server)
        endpoint->port = faulty_server_port(server);
    else
        (void)snprintf(why, 256, "it cannot listen");
    return server;
}

static void stop_gracefully(void *server)
{
    faulty_server_stop_gracefully(server);
}

static bool has_ended(void *server)
{
    return faulty_server_is_idle(server);
}

static struct memory no_memory(void *server)
{
    (void)server; /* its memory is ours */
    return (struct memory){-1, -1};
}

static void end(void *server)
{
    faulty_server_stop(server);
}

static const struct server_property properties[] = {{"changing-health", "changing.Service"}};

static struct target_info target_at(uint16_t port, const struct starter *starter)
{
    struct target_info target = {
        .reflection_path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        .properties = properties,
        .property_count = ARRAY_LEN(properties),
        .starter = starter,
        .authority = "localhost",
        .has_test_service = true,
        .has_health = true,
        .answers_requests = true,
    };
    target.endpoint.port = port;
    (void)snprintf(target.endpoint.host, sizeof target.endpoint.host, "127.0.0.1");
    return target;
}

static bool run_against(enum knob_name name, const struct run_options *options,
                        struct report *report)
{
    struct faulty_server *server = faulty_server_start(name, 0);
    if (!server)
        return false;
    const struct starter starter = {.start = start_another,
                                    .stop_gracefully = stop_gracefully,
                                    .has_ended = has_ended,
                                    .memory = no_memory,
                                    .end = end,
                                    .arg = &name,
                                    .stops_gracefully = true};
    struct target_info target = target_at(faulty_server_port(server), &starter);
    bool ran = run_suite(options, &target, report) == 0;
    faulty_server_stop(server);
    return ran && !report->failed;
}

static bool is_lint(const struct report_result *result)
{
    return strncmp(result->id, "lint/", 5) == 0;
}

/* The verdicts with which a case or rule says: this server errs. */
static bool noticed(const struct report_result *result, size_t name)
{
    if (name == KNOB_DIES)
        return result->verdict == REPORT_CRASH;
    if (is_lint(result))
        return result->verdict == REPORT_FAIL || result->verdict == REPORT_LENIENT;
    return result->verdict == REPORT_FAIL || result->verdict == REPORT_CRASH ||
           result->verdict == REPORT_HANG;
}

/* ---- the correct server ---- */

void matrix_run_correct(struct matrix *matrix, const struct matrix_options *options)
{
    struct run_options run = {
        .jobs = options->jobs,
        .seed = 1,
        .segmentation = options->segmentation,
        .repeat_prefix = "grpcspec selftest",
    };
    if (!run_against(KNOB_NONE, &run, &matrix->correct)) {
        matrix->lost = true;
        return;
    }
    for (size_t i = 0; i < matrix->correct.result_count; i++) {
        const struct report_result *result = &matrix->correct.results[i];
        bool explained = result->verdict == REPORT_SKIP && result->seen && result->seen[0];
        matrix->correct_wrong += result->verdict != REPORT_PASS && !explained;
    }
}

/* ---- the server that drops everything ---- */

void matrix_run_dropper(struct matrix *matrix, const struct matrix_options *options)
{
    struct report report;
    struct run_options run = {
        .jobs = 16,
        .seed = 1,
        .segmentation = options->segmentation,
        .patience_ns = KNOB_PATIENCE,
        .timeout_ns = KNOB_TIMEOUT,
        .no_canary = true,
    };
    report_init(&report);
    if (!run_against(KNOB_DROPS_AFTER_HANDSHAKE, &run, &report))
        matrix->lost = true;
    for (size_t i = 0; i < report.result_count; i++) {
        if (is_lint(&report.results[i]))
            continue;
        matrix->dropper_cases++;
        matrix->dropper_passes += report.results[i].verdict == REPORT_PASS;
    }
    report_clear(&report);
}

bool matrix_dropper_scores_near_zero(const struct matrix *matrix)
{
    return matrix->dropper_cases > 0 &&
           matrix->dropper_passes * 100 <= matrix->dropper_cases * DROPPER_PERCENT;
}

/* ---- the knobs ---- */

struct knob_run {
    struct matrix *matrix;
    const struct matrix_options *options;
    pthread_mutex_t lock;
    size_t next, done, total; /* under lock */
};

static bool is_carrier(const struct test_case *test_case)
{
    for (size_t i = 0; i < ARRAY_LEN(lint_carriers); i++)
        if (strcmp(test_case->id, lint_carriers[i]) == 0)
            return true;
    return false;
}

static bool a_rule_meets(const char *clauses)
{
    for (size_t i = 0; i < lint_rule_count; i++)
        if (clauses_meet(lint_rules[i].clauses, clauses))
            return true;
    return false;
}

/* The cases that could notice the knob for the right reason. */
static size_t choose_cases(const struct knob_run *all, size_t name, const struct test_case **chosen)
{
    const struct matrix *matrix = all->matrix;
    const char *clauses = knob_table[name].clauses;
    bool lint = a_rule_meets(clauses);
    size_t count = 0;
    for (size_t i = 0; i < matrix->case_count; i++) {
        const struct test_case *test_case = matrix->cases[i];
        if (all->options->full || clauses_meet(test_case->clauses, clauses) ||
            (lint && is_carrier(test_case)))
            chosen[count++] = test_case;
    }
    return count;
}

static const char *clauses_of(const struct matrix *matrix, const char *id, size_t *index,
                              bool *lint)
{
    *lint = false;
    for (*index = 0; *index < matrix->case_count; (*index)++)
        if (strcmp(matrix->cases[*index]->id, id) == 0)
            return matrix->cases[*index]->clauses;
    *lint = true;
    for (*index = 0; *index < lint_rule_count; (*index)++)
        if (strcmp(lint_rules[*index].id, id) == 0)
            return lint_rules[*index].clauses;
    return "";
}

/* Under lock. Only a case that failed is thereby seen to fail. */
static void count_kill(struct matrix *matrix, size_t name, const char *id, bool failed)
{
    struct matrix_knob *row = &matrix->knobs[name];
    size_t index;
    bool lint;
    if (!clauses_meet(clauses_of(matrix, id, &index, &lint), knob_table[name].clauses)) {
        row->others++;
        return;
    }
    if (row->killers < ARRAY_LEN(row->first))
        (void)snprintf(row->first[row->killers], sizeof row->first[0], "%s", id);
    row->killers++;
    if (!failed)
        return;
    if (lint) {
        matrix->rule_kills[index]++;
        return;
    }
    if (matrix->case_kills[index]++ == 0)
        matrix->case_killer[index] = (enum knob_name)name;
}

static void record(struct knob_run *all, size_t name, const struct report *report, size_t ran)
{
    pthread_mutex_lock(&all->lock);
    all->matrix->knobs[name].judged = true;
    all->matrix->knobs[name].ran = ran;
    for (size_t i = 0; i < report->result_count; i++)
        if (noticed(&report->results[i], name))
            count_kill(all->matrix, name, report->results[i].id, true);
        else if (report->results[i].verdict == REPORT_LENIENT &&
                 knob_table[name].effect == KNOB_LENIENT)
            count_kill(all->matrix, name, report->results[i].id, false);
    all->done++;
    if (all->options->progress)
        all->options->progress(all->options->arg, all->done, all->total);
    pthread_mutex_unlock(&all->lock);
}

static void judge_knob(struct knob_run *all, size_t name)
{
    const struct test_case **chosen = calloc(all->matrix->case_count + 1, sizeof *chosen);
    struct report report;
    report_init(&report);
    if (chosen) {
        size_t count = choose_cases(all, name, chosen);
        struct run_options run = {
            .cases = chosen,
            .case_count = count,
            .jobs = 6,
            .seed = 1,
            .segmentation = name == KNOB_LOSES_SPLIT_FRAME_HEADER ? SEGMENT_RANDOM
                                                                  : all->options->segmentation,
            .patience_ns = KNOB_PATIENCE,
            .timeout_ns = KNOB_TIMEOUT,
            .no_canary = name != KNOB_DIES,
        };
        if (count > 0 && !run_against((enum knob_name)name, &run, &report))
            all->matrix->lost = true;
        record(all, name, &report, count);
    }
    report_clear(&report);
    free(chosen);
}

static size_t next_knob(struct knob_run *all)
{
    pthread_mutex_lock(&all->lock);
    size_t name = all->next < KNOB_COUNT ? all->next++ : KNOB_COUNT;
    pthread_mutex_unlock(&all->lock);
    return name;
}

static void *judge_knobs(void *arg)
{
    struct knob_run *all = arg;
    for (size_t name = next_knob(all); name < KNOB_COUNT; name = next_knob(all))
        if (all->options->only == KNOB_NONE || all->options->only == (enum knob_name)name)
            judge_knob(all, name);
    return NULL;
}

void matrix_run_knobs(struct matrix *matrix, const struct matrix_options *options)
{
    pthread_t threads[32];
    struct knob_run all = {
        .matrix = matrix,
        .options = options,
        .next = KNOB_NONE + 1,
        .total = options->only == KNOB_NONE ? KNOB_COUNT - 1 : 1,
    };
    size_t wanted = options->jobs ? options->jobs : 8;
    size_t started = 0;
    pthread_mutex_init(&all.lock, NULL);
    while (started < wanted && started < ARRAY_LEN(threads) &&
           pthread_create(&threads[started], NULL, judge_knobs, &all) == 0)
        started++;
    matrix->lost = matrix->lost || started == 0;
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&all.lock);
}

/* ---- what must hold ---- */

static bool all_knobs_noticed(const struct matrix *matrix)
{
    for (size_t i = KNOB_NONE + 1; i < KNOB_COUNT; i++)
        if (matrix->knobs[i].killers == 0)
            return false;
    return true;
}

static bool was_skipped(const struct matrix *matrix, const char *id)
{
    const struct report_result *result = report_find(&matrix->correct, id);
    return result && result->verdict == REPORT_SKIP;
}

static bool all_cases_seen_to_fail(const struct matrix *matrix)
{
    for (size_t i = 0; i < matrix->case_count; i++)
        if (matrix->case_kills[i] == 0 && !was_skipped(matrix, matrix->cases[i]->id))
            return false;
    for (size_t i = 0; i < lint_rule_count; i++)
        if (matrix->rule_kills[i] == 0 && rule_is_for_servers(lint_rules[i].clauses))
            return false;
    return true;
}

bool matrix_holds(const struct matrix *matrix, const struct matrix_options *options)
{
    if (matrix->lost)
        return false;
    if (options->only != KNOB_NONE)
        return matrix->knobs[options->only].killers > 0;
    return matrix->correct_wrong == 0 && matrix_dropper_scores_near_zero(matrix) &&
           all_knobs_noticed(matrix) && all_cases_seen_to_fail(matrix);
}
