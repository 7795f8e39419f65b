/* SPDX-License-Identifier: MIT
 *
 * The runner's threads: each takes the next case, judges it, and looks whether the target still
 * serves; see run.h. Blame for a dead target is recover.c's, a second try for who was turned
 * away crowded.c's, results are record.c's. */
#include "run/run.h"

#include "cases/cases.h"
#include "cases/client/client_cases.h"
#include "lint/lint.h"
#include "peer/drive.h"
#include "run/select.h"
#include "run/suite.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MAX_JOBS          256
#define DEFAULT_TIMEOUT   (10 * NS_PER_S)
#define DEFAULT_PATIENCE  (3 * NS_PER_S)
#define SMALLEST_PATIENCE (50 * NS_PER_MS)

struct bytes run_area(const char *id)
{
    const char *last = strrchr(id, '/');
    return bytes_of(id, last ? (size_t)(last - id) : 0);
}

static const struct test_case **gather(const struct case_list *const lists[], size_t *count)
{
    *count = 0;
    for (const struct case_list *const *list = lists; *list; list++)
        *count += (*list)->count;
    const struct test_case **all = malloc((*count ? *count : 1) * sizeof(const struct test_case *));
    if (!all)
        return NULL;
    size_t at = 0;
    for (const struct case_list *const *list = lists; *list; list++)
        for (size_t i = 0; i < (*list)->count; i++)
            all[at++] = &(*list)->cases[i];
    return all;
}

const struct test_case **run_all_cases(size_t *count)
{
    return gather(all_case_lists, count);
}

const struct test_case **run_client_cases(size_t *count)
{
    return gather(all_client_case_lists, count);
}

/* ---- one case ---- */

/* Why the case cannot be judged on this client; NULL when it can. */
static const char *client_lacks(const struct target_info *target, enum need needs)
{
    const struct drive *drive = target->drive;
    if (needs == NEEDS_REPORTED_STATUS && !drive->reports_status)
        return "which status the client's call ends with is not visible: a command has only its "
               "exit status; an "
               "adapter (--adapter CMD) reports it";
    if (needs == NEEDS_REPORTED_RESULT && !drive->reports_result)
        return "what the client's application gets is not visible: a command has only its exit "
               "status; an adapter "
               "(--adapter CMD) reports it";
    if (needs == NEEDS_SHARED_CONNECTION && !drive->shares_connections)
        return "it takes calls that share a connection, and this client makes one for each";
    if (needs == NEEDS_CLIENT_TLS && !target->tls)
        return "the client is spoken to without TLS (--tls)";
    return NULL;
}

/* Why the case cannot be judged on this target; NULL when it can. */
static const char *lacks(const struct run_options *options, const struct target_info *target,
                         const struct test_case *test_case)
{
    if (target->drive)
        return client_lacks(target, test_case->needs);
    if (options->not_grpc && strncmp(test_case->id, "grpc/", 5) == 0)
        return "the target does not speak gRPC";
    if (test_case->needs == NEEDS_TEST_SERVICE && !target->has_test_service)
        return "the target has no grpc.testing.TestService";
    if (test_case->needs == NEEDS_HEALTH && !target->has_health)
        return "the target has no grpc.health.v1.Health";
    if (test_case->needs == NEEDS_REFLECTION && !target->reflection_path)
        return "the target has no grpc.reflection";
    if (test_case->needs == NEEDS_TLS && !target->tls)
        return "the target is spoken to without TLS (--tls)";
    return NULL;
}

void run_case(const struct run_options *options, const struct target_info *target,
              const struct test_case *test_case, struct test *t)
{
    gr_time now = clock_now_ns();
    int64_t timeout = options->timeout_ns ? options->timeout_ns : DEFAULT_TIMEOUT;
    test_init(t, test_case, target, now);
    t->deadline = clock_add(now, timeout);
    t->patience_ns = options->patience_ns ? options->patience_ns : DEFAULT_PATIENCE;
    t->segmentation = options->segmentation;
    t->random = options->seed ^ id_hash(test_case->id);

    const char *missing = lacks(options, target, test_case);
    if (missing)
        test_skip(t, "%s", missing);
    else
        test_case->run(t);
    test_finish(t);
}

static void keep_slot(struct suite *suite, struct slot *slot, const struct test *t)
{
    free(slot->findings);
    slot->findings = NULL;
    slot->finding_count = 0;
    slot->lint_broken = t->lint_broken;
    slot->lint_exercised = t->lint_exercised;
    if (t->finding_count == 0)
        return;
    slot->findings = calloc(t->finding_count, sizeof(*slot->findings));
    if (!slot->findings) {
        pthread_mutex_lock(&suite->lock);
        suite->report->failed = true;
        pthread_mutex_unlock(&suite->lock);
        return;
    }
    memcpy(slot->findings, t->findings, t->finding_count * sizeof(*slot->findings));
    slot->finding_count = t->finding_count;
}

/* A case that ignores its deadline is the tool's fault, whatever it says. */
static void check_time(struct report *report, struct report_result *result, int64_t timeout_ns,
                       int64_t uncounted_ns)
{
    if (result->duration_ns - uncounted_ns <= 2 * timeout_ns)
        return;
    result->verdict = REPORT_BROKEN;
    free(result->seen);
    result->seen = report_string(report, "the case ran more than twice as long as it was given");
}

/* What the target printed while the case ran belongs to the evidence, unless all is well. */
static void keep_output(const struct suite *suite, struct report *report,
                        struct report_result *result, size_t mark, const struct canary *after)
{
    const struct run_output *output = &suite->options->output;
    if (!output->put_since ||
        (report_verdict_is_fine(result->verdict) && suite_is_alive(suite, after)))
        return;
    struct buf text = {0};
    output->put_since(output->arg, mark, &text);
    if (text.len > 0)
        result->output = report_string(report, buf_str(&text));
    report->failed |= text.failed;
    buf_clear(&text);
}

void suite_judge(struct suite *suite, size_t index, struct canary *after)
{
    const struct run_options *options = suite->options;
    struct report mine; /* only its `failed`, so that threads do not share one */
    struct test t;
    report_init(&mine);
    const struct run_output *output = &options->output;
    size_t mark = output->printed ? output->printed(output->arg) : 0;
    gr_time began = clock_now_ns();
    run_case(options, &suite->target, suite->cases[index], &t);

    struct report_result *result = &suite->report->results[index];
    report_result_clear(result);
    record_result(&mine, result, &t, options);
    result->duration_ns = clock_now_ns() - began;
    check_time(&mine, result, options->timeout_ns, t.uncounted_ns);
    keep_slot(suite, &suite->slots[index], &t);
    suite->slots[index].crowded = suite_was_crowded(suite, &t);
    bool skipped = t.verdict == VERDICT_SKIP;
    test_clear(&t);

    after->answer = CANARY_SERVES;
    if (!options->no_canary && !skipped && suite->canary_connects)
        *after = canary_ask(&suite->target.endpoint, suite->target.tls, options->patience_ns);
    keep_output(suite, &mine, result, mark, after);
    if (mine.failed) {
        pthread_mutex_lock(&suite->lock);
        suite->report->failed = true;
        pthread_mutex_unlock(&suite->lock);
    }
}

bool suite_is_alive(const struct suite *suite, const struct canary *after)
{
    if (after->answer == CANARY_SERVES)
        return true;
    return after->answer != CANARY_UNREACHABLE && !suite->canary_pings;
}

/* ---- side by side ---- */

bool suite_is_stopped(const struct suite *suite)
{
    return suite->options->stop && atomic_load(suite->options->stop) != 0;
}

void suite_finish(struct suite *suite, size_t index)
{
    suite->done++;
    const struct run_reporter *reporter = &suite->options->reporter;
    if (reporter->finished)
        reporter->finished(reporter->arg, &suite->report->results[index], suite->done,
                           suite->count);
}

/* The target is gone for good: say so of a case that was never begun. Under the lock. */
static void give_up_case(struct suite *suite, size_t index)
{
    struct report_result *result = &suite->report->results[index];
    record_identity(suite->report, result, suite->cases[index], suite->options);
    result->verdict = REPORT_BROKEN;
    result->seen = report_string(suite->report, suite->gone_why);
    suite_finish(suite, index);
}

void suite_settle(struct suite *suite, size_t index, const struct canary *after)
{
    suite->running--;
    if (!suite->recovering && !suite_is_alive(suite, after)) {
        suite->recovering = true;
        suite->finder = index;
        suite->death = *after;
    }
    if (!suite->recovering) {
        if (!suite->slots[index].crowded)
            suite_finish(suite, index);
        return;
    }
    suite->slots[index].suspect = true;
    if (suite->running > 0)
        return; /* the last one to end does the rest */
    pthread_mutex_unlock(&suite->lock);
    suite_recover(suite);
    pthread_mutex_lock(&suite->lock);
    suite->recovering = false;
    pthread_cond_broadcast(&suite->recovered);
}

static void *work(void *arg)
{
    struct suite *suite = arg;
    pthread_mutex_lock(&suite->lock);
    for (;;) {
        while (suite->recovering)
            pthread_cond_wait(&suite->recovered, &suite->lock);
        if (suite->next == suite->count || suite_is_stopped(suite))
            break;
        size_t index = suite->next++;
        if (suite->gone) {
            give_up_case(suite, index);
            continue;
        }
        suite->running++;
        pthread_mutex_unlock(&suite->lock);
        struct canary after;
        suite_judge(suite, index, &after);
        pthread_mutex_lock(&suite->lock);
        suite_settle(suite, index, &after);
    }
    pthread_mutex_unlock(&suite->lock);
    return NULL;
}

/* returns how many threads did start */
static size_t run_threads(struct suite *suite, size_t wanted)
{
    pthread_t threads[MAX_JOBS];
    size_t started = 0;
    while (started < wanted && pthread_create(&threads[started], NULL, work, suite) == 0)
        started++;
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    return started;
}

/* A program that is started for each case is work, not waiting. */
static size_t default_jobs(const struct target_info *target)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    long least = target->drive && target->drive->ends_with_calls ? 4 : 8;
    return (size_t)(processors * 2 > least ? processors * 2 : least);
}

static size_t choose_jobs(const struct run_options *options, const struct target_info *target,
                          size_t cases)
{
    size_t jobs = options->jobs ? options->jobs : default_jobs(target);
    jobs = jobs < MAX_JOBS ? jobs : MAX_JOBS;
    return jobs < cases ? jobs : cases;
}

/* ---- the whole ---- */

/* A target that does not answer PINGs from the start (or at all) cannot be asked for one after each
 * case. */
static void try_canary(struct suite *suite)
{
    if (suite->options->no_canary || suite->target.drive)
        return;
    struct canary first = canary_ask(&suite->target.endpoint, suite->target.tls,
                                     suite->options->patience_ns);
    suite->canary_connects = first.answer != CANARY_UNREACHABLE;
    suite->canary_pings = first.answer == CANARY_SERVES;
}

/* An interrupted run has no results for cases that did not begin: close the gaps. */
static void drop_missing_results(struct suite *suite)
{
    struct report *report = suite->report;
    size_t kept = 0;
    for (size_t i = 0; i < report->result_count; i++) {
        if (!report->results[i].id)
            continue;
        if (kept < i) {
            report->results[kept] = report->results[i];
            suite->slots[kept] = suite->slots[i];
            memset(&report->results[i], 0, sizeof(report->results[i]));
            memset(&suite->slots[i], 0, sizeof(suite->slots[i]));
        }
        kept++;
    }
    report->interrupted = kept < suite->count;
    report->result_count = suite->judged = kept;
}

static int run_cases(struct suite *suite)
{
    gr_time began = clock_now_ns();
    const struct run_reporter *reporter = &suite->options->reporter;
    try_canary(suite);
    if (reporter->began)
        reporter->began(reporter->arg, suite->report, suite->count);
    size_t jobs = choose_jobs(suite->options, &suite->target, suite->count);
    if (suite->count > 0 && run_threads(suite, jobs) == 0) {
        suite->report->failed = true;
        return -1;
    }
    suite_judge_crowded(suite);
    drop_missing_results(suite);
    record_lint(suite);
    suite->report->duration_ns = clock_now_ns() - began;
    return suite->report->failed ? -1 : 0;
}

static void describe(struct report *report, const struct run_options *options)
{
    static const char *const names[] = {"whole", "frame", "byte", "random"};
    report->segmentation = report_string(report, names[options->segmentation]);
    report->seed = options->seed;
    char started[32];
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", &utc);
    report->started = report_string(report, started);
}

static void suite_clear(struct suite *suite)
{
    for (size_t i = 0; suite->slots && i < suite->count; i++)
        free(suite->slots[i].findings);
    free(suite->slots);
    pthread_cond_destroy(&suite->recovered);
    pthread_mutex_destroy(&suite->lock);
}

int run_suite(const struct run_options *given, const struct target_info *target,
              struct report *report)
{
    struct run_options options = *given;
    options.timeout_ns = given->timeout_ns ? given->timeout_ns : DEFAULT_TIMEOUT;
    options.patience_ns = given->patience_ns ? given->patience_ns : DEFAULT_PATIENCE;
    if (options.patience_ns < SMALLEST_PATIENCE)
        options.patience_ns = SMALLEST_PATIENCE;
    options.repeat_prefix = given->repeat_prefix ? given->repeat_prefix : "grpcspec test";

    struct suite suite = {
        .options = &options, .target = *target, .report = report, .count = options.case_count};
    const struct test_case **all = NULL;
    if (!options.cases)
        all = target->drive ? run_client_cases(&suite.count) : run_all_cases(&suite.count);
    suite.cases = options.cases ? options.cases : (const struct test_case *const *)all;
    pthread_mutex_init(&suite.lock, NULL);
    pthread_cond_init(&suite.recovered, NULL);
    suite.slots = calloc(suite.count ? suite.count : 1, sizeof(*suite.slots));

    describe(report, &options);
    int result = -1;
    if (suite.cases && suite.slots && report_make_results(report, suite.count))
        result = run_cases(&suite);
    else
        report->failed = true;
    suite_clear(&suite);
    free(all);
    return result;
}
