/* SPDX-License-Identifier: MIT
 *
 * Running the suite against the faulty server: without a knob, once for each knob, and against the one that drops
 * everything; in one setup after the other. What was noticed is counted in matrix.c. */
#include "lint/lint.h"
#include "selftest/matrix.h"
#include "selftest/server.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* How fast the machine is, is not asked: a correct server answers in the end. */
#define CORRECT_PATIENCE (20 * NS_PER_S)
#define CORRECT_TIMEOUT  (100 * NS_PER_S)

#define KNOB_PATIENCE (400 * NS_PER_MS) /* a faulty server is not waited for */
#define SLOW_PATIENCE (3 * NS_PER_S)
#define KNOB_TIMEOUT  (4 * NS_PER_S)
#define LONG_CASE     (60 * NS_PER_MS)
#define FULL_SPAN     (120 * NS_PER_S)

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

/* ---- one run ---- */

/* A faulty server of a case's own, with the same knob, in the same setup. */
static void *start_another(void *arg, struct endpoint *endpoint, char why[static 256])
{
    struct faulty_options options = *(const struct faulty_options *)arg;
    options.may_stop = true;
    struct faulty_server *server = faulty_server_start(&options);
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

static struct memory memory(void *server)
{
    return faulty_server_memory(server);
}

static void end(void *server)
{
    faulty_server_stop(server);
}

static struct target_info target_at(uint16_t port, const struct setup *setup)
{
    struct target_info target = {
        .reflection_path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        .properties = setup->properties,
        .authority = "localhost",
        .has_test_service = true,
        .has_health = true,
        .answers_requests = true,
        .demands_certificate = setup->tls,
    };
    while (setup->properties[target.property_count].key)
        target.property_count++;
    target.endpoint.port = port;
    (void)snprintf(target.endpoint.host, sizeof target.endpoint.host, "127.0.0.1");
    return target;
}

/* The target of a run, which a knob may kill. */
struct victim {
    struct faulty_options options;
    struct faulty_server *server;
};

static bool has_died(void *arg, struct buf *how)
{
    const struct victim *victim = arg;
    bool dead = faulty_server_is_dead(victim->server);
    if (dead)
        buf_put_str(how, "it died of a request");
    return dead;
}

static bool restart(void *arg, struct endpoint *endpoint, char why[static 256])
{
    struct victim *victim = arg;
    faulty_server_stop(victim->server);
    victim->server = faulty_server_start(&victim->options);
    if (victim->server)
        endpoint->port = faulty_server_port(victim->server);
    else
        (void)snprintf(why, 256, "it cannot listen");
    return victim->server != NULL;
}

static bool run_against(struct faulty_options *faulty, const struct run_options *options,
                        struct report *report)
{
    struct victim victim = {*faulty, faulty_server_start(faulty)};
    struct run_options run = *options;
    if (!victim.server)
        return false;
    run.revival = (struct run_revival){has_died, restart, &victim};
    const struct starter starter = {.start = start_another,
                                    .stop_gracefully = stop_gracefully,
                                    .has_ended = has_ended,
                                    .memory = memory,
                                    .end = end,
                                    .arg = faulty,
                                    .stops_gracefully = true};
    const struct transport_tls tls = setup_client_tls(faulty->certificates);
    struct target_info target = target_at(faulty_server_port(victim.server), faulty->setup);
    target.tls = faulty->setup->tls ? &tls : NULL;
    target.starter = &starter;
    bool ran = run_suite(&run, &target, report) == 0;
    faulty_server_stop(victim.server);
    return ran && !report->failed;
}

/* Those of the cases that the report says were skipped, to the front of `rest`. returns how many */
static size_t find_skipped(const struct report *report, const struct test_case *const *cases,
                           size_t count, const struct test_case **rest)
{
    size_t skipped = 0;
    for (size_t i = 0; i < count; i++) {
        const struct report_result *result = report_find(report, cases[i]->id);
        if (result && result->verdict == REPORT_SKIP)
            rest[skipped++] = cases[i];
    }
    return skipped;
}

/* Run the cases against the plain setup, and those that it makes a SKIP against the next: a report for each setup. */
static bool run_in_all_setups(const struct matrix *matrix, enum knob_name name,
                              const struct run_options *options, struct report *reports)
{
    const struct test_case **rest = calloc(options->case_count + 1, sizeof *rest);
    struct run_options run = *options;
    bool ran = rest != NULL;
    for (size_t i = 0; i < setup_count && run.case_count > 0 && ran; i++) {
        struct faulty_options faulty = {
            .knob = name, .setup = &setups[i], .certificates = &matrix->certificates};
        ran = run_against(&faulty, &run, &reports[i]);
        run.case_count = find_skipped(&reports[i], run.cases, run.case_count, rest);
        run.cases = rest;
    }
    free(rest);
    return ran;
}

/* ---- the correct server ---- */

static bool is_wrong(const struct report_result *result)
{
    bool explained = result && result->verdict == REPORT_SKIP && result->seen && result->seen[0];
    return !result || (result->verdict != REPORT_PASS && !explained);
}

void matrix_run_correct(struct matrix *matrix, const struct matrix_options *options)
{
    struct run_options run = {
        .cases = matrix->cases,
        .case_count = matrix->case_count,
        .jobs = options->jobs,
        .seed = 1,
        .segmentation = options->segmentation,
        .patience_ns = CORRECT_PATIENCE,
        .timeout_ns = CORRECT_TIMEOUT,
        .repeat_prefix = "grpcspec selftest",
    };
    if (!run_in_all_setups(matrix, KNOB_NONE, &run, matrix->correct)) {
        matrix->lost = true;
        return;
    }
    for (size_t i = 0; i < matrix->case_count; i++)
        matrix->correct_wrong += is_wrong(matrix_correct(matrix, matrix->cases[i]->id));
    for (size_t i = 0; i < lint_rule_count; i++)
        matrix->correct_wrong += lint_rule_binds(&lint_rules[i], LINT_SERVER) &&
                                 is_wrong(matrix_correct(matrix, lint_rules[i].id));
}

/* ---- the server that drops everything ---- */

static struct report *new_reports(void)
{
    struct report *reports = calloc(setup_count, sizeof *reports);
    for (size_t i = 0; reports && i < setup_count; i++)
        report_init(&reports[i]);
    return reports;
}

static void free_reports(struct report *reports)
{
    for (size_t i = 0; reports && i < setup_count; i++)
        report_clear(&reports[i]);
    free(reports);
}

void matrix_run_dropper(struct matrix *matrix, const struct matrix_options *options)
{
    struct report *reports = new_reports();
    struct run_options run = {
        .cases = matrix->cases,
        .case_count = matrix->case_count,
        .jobs = 16,
        .seed = 1,
        .segmentation = options->segmentation,
        .patience_ns = KNOB_PATIENCE,
        .timeout_ns = KNOB_TIMEOUT,
        .no_canary = true,
    };
    if (!reports || !run_in_all_setups(matrix, KNOB_DROPS_AFTER_HANDSHAKE, &run, reports))
        matrix->lost = true;
    for (size_t i = 0; reports && i < setup_count; i++)
        for (size_t k = 0; k < reports[i].result_count; k++)
            matrix->dropper_passes += strncmp(reports[i].results[k].id, "lint/", 5) != 0 &&
                                      reports[i].results[k].verdict == REPORT_PASS;
    matrix->dropper_cases = matrix->case_count;
    free_reports(reports);
}

/* ---- the knobs ---- */

struct knob_run {
    struct matrix *matrix;
    const struct matrix_options *options;
    pthread_mutex_t lock;
    size_t next, done, total; /* under lock */
    gr_time full_until;
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

/* Floods, memory that is watched, rules about time: what takes long where nothing is wrong is not done 400 times for
 * nothing. Only known when the correct server was judged in the same run. */
static bool takes_long(const struct matrix *matrix, const struct test_case *test_case)
{
    const struct report_result *result = matrix_correct(matrix, test_case->id);
    return result && result->duration_ns > LONG_CASE;
}

/* The cases that could notice the knob for the right reason; with `full`, nearly all, as long as there is time. */
static size_t choose_cases(const struct knob_run *all, size_t name, const struct test_case **chosen)
{
    const struct matrix *matrix = all->matrix;
    const char *clauses = knob_table[name].clauses;
    bool lint = a_rule_meets(clauses), in_time = clock_now_ns() < all->full_until;
    size_t count = 0;
    for (size_t i = 0; i < matrix->case_count; i++) {
        const struct test_case *test_case = matrix->cases[i];
        bool any = all->options->full && in_time && !takes_long(matrix, test_case);
        if (any || clauses_meet(test_case->clauses, clauses) || (lint && is_carrier(test_case)))
            chosen[count++] = test_case;
    }
    return count;
}

static void record(struct knob_run *all, size_t name, const struct report *reports, size_t ran)
{
    pthread_mutex_lock(&all->lock);
    bool again = all->matrix->knobs[name].judged;
    all->matrix->knobs[name].judged = true;
    if (!again)
        all->matrix->knobs[name].ran = ran;
    for (size_t i = 0; i < setup_count; i++)
        matrix_count(all->matrix, name, &reports[i]);
    all->done += !again;
    if (all->options->progress && !again)
        all->options->progress(all->options->arg, all->done, all->total);
    pthread_mutex_unlock(&all->lock);
}

/* What takes its time because it does much, not because it waits. */
static int64_t patience_with(size_t name)
{
    bool slow = name == KNOB_INFLATES_EVERYTHING || name == KNOB_MAKES_ALL_AT_ONCE;
    return slow ? SLOW_PATIENCE : KNOB_PATIENCE;
}

/* What a loaded machine did not get done in time is asked again, patiently, one after the other. */
enum patience { BRIEFLY, PATIENTLY };

static void judge_with(struct knob_run *all, size_t name, const struct test_case *const *chosen,
                       size_t count, enum patience patience)
{
    struct report *reports = new_reports();
    struct run_options run = {
        .cases = chosen,
        .case_count = count,
        .jobs = patience == PATIENTLY ? 4
                : all->options->full  ? 20
                                      : 6,
        .seed = 1,
        .segmentation = name == KNOB_LOSES_SPLIT_FRAME_HEADER ? SEGMENT_RANDOM
                                                              : all->options->segmentation,
        .patience_ns = patience == PATIENTLY ? SLOW_PATIENCE : patience_with(name),
        .timeout_ns = patience == PATIENTLY ? 3 * KNOB_TIMEOUT : KNOB_TIMEOUT,
        .no_canary = name != KNOB_DIES,
    };
    if (!reports || !run_in_all_setups(all->matrix, (enum knob_name)name, &run, reports))
        all->matrix->lost = true;
    else
        record(all, name, reports, count);
    free_reports(reports);
}

static void judge_knob(struct knob_run *all, size_t name)
{
    const struct test_case **chosen = calloc(all->matrix->case_count + 1, sizeof *chosen);
    if (chosen)
        judge_with(all, name, chosen, choose_cases(all, name, chosen), BRIEFLY);
    free(chosen);
}

/* Of the cases that could notice the knob, those that still have to: all, when nobody has. */
static void judge_again(struct knob_run *all, size_t name)
{
    struct matrix *matrix = all->matrix;
    const struct test_case **chosen = calloc(matrix->case_count + 1, sizeof *chosen);
    size_t count = 0;
    for (size_t i = 0; chosen && i < matrix->case_count; i++) {
        bool all_knobs = all->options->only == KNOB_NONE;
        bool owes = matrix->knobs[name].killers == 0 ||
                    (all_knobs && matrix_never_failed(matrix, i));
        if (owes && clauses_meet(matrix->clauses[i], knob_table[name].clauses))
            chosen[count++] = matrix->cases[i];
    }
    if (count > 0)
        judge_with(all, name, chosen, count, PATIENTLY);
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
        .full_until = clock_now_ns() + FULL_SPAN,
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
    for (size_t name = KNOB_NONE + 1; name < KNOB_COUNT; name++)
        if (options->only == KNOB_NONE || options->only == (enum knob_name)name)
            judge_again(&all, name);
    pthread_mutex_destroy(&all.lock);
}
