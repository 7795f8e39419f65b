/* SPDX-License-Identifier: MIT
 *
 * Running half of the suite against the endpoint whose faults are known: without a knob, once for each knob, and
 * against the one that drops everything; in one setup after the other. What was noticed is counted in matrix.c,
 * how the endpoint is run is in matrix_server.c and matrix_client.c. */
#include "selftest/matrix.h"

#include <pthread.h>
#include <stdlib.h>

/* How fast the machine is, is not asked: a correct server answers in the end. */
#define CORRECT_PATIENCE (20 * NS_PER_S)
#define CORRECT_TIMEOUT  (100 * NS_PER_S)

#define KNOB_PATIENCE (400 * NS_PER_MS) /* a faulty server is not waited for */
#define SLOW_PATIENCE (3 * NS_PER_S)
#define KNOB_TIMEOUT  (4 * NS_PER_S)
#define LONG_CASE     (60 * NS_PER_MS)
#define FULL_SPAN     (120 * NS_PER_S)

/* ---- one run ---- */

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
static bool run_in_all_setups(const struct matrix *matrix, size_t name,
                              const struct run_options *options, struct report *reports)
{
    const struct test_case **rest = calloc(options->case_count + 1, sizeof *rest);
    struct run_options run = *options;
    bool ran = rest != NULL;
    for (size_t i = 0; i < matrix->half->setup_count && run.case_count > 0 && ran; i++) {
        ran = matrix->half->run(matrix, name, i, &run, &reports[i]);
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
    if (!run_in_all_setups(matrix, 0, &run, matrix->correct)) {
        matrix->lost = true;
        return;
    }
    for (size_t i = 0; i < matrix->case_count; i++)
        matrix->correct_wrong += is_wrong(matrix_correct(matrix, matrix->cases[i]->id));
    for (size_t i = 0; i < lint_rule_count; i++)
        matrix->correct_wrong += lint_rule_binds(&lint_rules[i], matrix->half->role) &&
                                 is_wrong(matrix_correct(matrix, lint_rules[i].id));
}

/* ---- the server that drops everything -------------------------------------------------------- */

static struct report *new_reports(size_t count)
{
    struct report *reports = calloc(count, sizeof *reports);
    for (size_t i = 0; reports && i < count; i++)
        report_init(&reports[i]);
    return reports;
}

static void free_reports(struct report *reports, size_t count)
{
    for (size_t i = 0; reports && i < count; i++)
        report_clear(&reports[i]);
    free(reports);
}

/* How many cases an endpoint with this knob passes. */
static size_t count_passes(struct matrix *matrix, size_t name, enum segmentation segmentation)
{
    size_t setup_count = matrix->half->setup_count, passes = 0;
    struct report *reports = new_reports(setup_count);
    struct run_options run = {
        .cases = matrix->cases,
        .case_count = matrix->case_count,
        .jobs = 16,
        .seed = 1,
        .segmentation = segmentation,
        .patience_ns = KNOB_PATIENCE,
        .timeout_ns = KNOB_TIMEOUT,
        .no_canary = true,
    };
    if (!reports || !run_in_all_setups(matrix, name, &run, reports))
        matrix->lost = true;
    for (size_t i = 0; reports && i < setup_count; i++)
        for (size_t k = 0; k < reports[i].result_count; k++)
            passes += strncmp(reports[i].results[k].id, "lint/", 5) != 0 &&
                      reports[i].results[k].verdict == REPORT_PASS;
    free_reports(reports, setup_count);
    return passes;
}

void matrix_run_dropper(struct matrix *matrix, const struct matrix_options *options)
{
    const struct matrix_half *half = matrix->half;
    matrix->dropper_passes = count_passes(matrix, half->dropper, options->segmentation);
    matrix->dropper_cases = matrix->case_count;
    if (half->absent)
        matrix->absent_passes = count_passes(matrix, half->absent, options->segmentation);
}

/* ---- the knobs ---- */

struct knob_run {
    struct matrix *matrix;
    const struct matrix_options *options;
    pthread_mutex_t lock;
    size_t next, done, total; /* under lock */
    gr_time full_until;
};

static bool is_carrier(const struct matrix *matrix, const struct test_case *test_case)
{
    for (const char *const *id = matrix->half->carriers; *id; id++)
        if (strcmp(test_case->id, *id) == 0)
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
    struct matrix *matrix = all->matrix;
    const char *clauses = matrix->half->knobs[name].clauses;
    bool lint = a_rule_meets(clauses), in_time = clock_now_ns() < all->full_until;
    size_t count = 0;
    matrix->knobs[name].met_all = all->options->full && in_time;
    for (size_t i = 0; i < matrix->case_count; i++) {
        const struct test_case *test_case = matrix->cases[i];
        bool any = all->options->full && in_time && !takes_long(matrix, test_case);
        if (any || clauses_meet(test_case->clauses, clauses) ||
            (lint && is_carrier(matrix, test_case)))
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
    for (size_t i = 0; i < all->matrix->half->setup_count; i++)
        matrix_count(all->matrix, name, &reports[i]);
    all->done += !again;
    if (all->options->progress && !again)
        all->options->progress(all->options->arg, all->done, all->total);
    pthread_mutex_unlock(&all->lock);
}

/* What a loaded machine did not get done in time is asked again, patiently, one after the other. */
enum patience { BRIEFLY, PATIENTLY };

static void judge_with(struct knob_run *all, size_t name, const struct test_case *const *chosen,
                       size_t count, enum patience patience)
{
    const struct matrix_half *half = all->matrix->half;
    struct report *reports = new_reports(half->setup_count);
    struct run_options run = {
        .cases = chosen,
        .case_count = count,
        .jobs = patience == PATIENTLY ? 4
                : all->options->full  ? 20
                                      : 6,
        .seed = 1,
        .segmentation = half->cuts(name) ? SEGMENT_RANDOM : all->options->segmentation,
        .patience_ns = patience == PATIENTLY ? SLOW_PATIENCE : half->patience(name),
        .timeout_ns = patience == PATIENTLY ? 3 * KNOB_TIMEOUT : KNOB_TIMEOUT,
        .no_canary = !half->dies(name),
    };
    if (!reports || !run_in_all_setups(all->matrix, name, &run, reports))
        all->matrix->lost = true;
    else
        record(all, name, reports, count);
    free_reports(reports, half->setup_count);
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
        bool all_knobs = all->options->only == 0;
        bool owes = matrix->knobs[name].killers == 0 ||
                    (all_knobs && matrix_never_failed(matrix, i));
        if (owes && clauses_meet(matrix->clauses[i], matrix->half->knobs[name].clauses))
            chosen[count++] = matrix->cases[i];
    }
    if (count > 0)
        judge_with(all, name, chosen, count, PATIENTLY);
    free(chosen);
}

static size_t next_knob(struct knob_run *all)
{
    pthread_mutex_lock(&all->lock);
    size_t count = all->matrix->half->knob_count;
    size_t name = all->next < count ? all->next++ : count;
    pthread_mutex_unlock(&all->lock);
    return name;
}

static void *judge_knobs(void *arg)
{
    struct knob_run *all = arg;
    for (size_t name = next_knob(all); name < all->matrix->half->knob_count; name = next_knob(all))
        if (all->options->only == 0 || all->options->only == name)
            judge_knob(all, name);
    return NULL;
}

void matrix_run_knobs(struct matrix *matrix, const struct matrix_options *options)
{
    pthread_t threads[32];
    struct knob_run all = {
        .matrix = matrix,
        .options = options,
        .next = 1,
        .full_until = clock_now_ns() + FULL_SPAN,
        .total = options->only == 0 ? matrix->half->knob_count - 1 : 1,
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
    for (size_t name = 1; name < matrix->half->knob_count; name++)
        if (options->only == 0 || options->only == name)
            judge_again(&all, name);
    pthread_mutex_destroy(&all.lock);
}
