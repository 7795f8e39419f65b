/* SPDX-License-Identifier: MIT
 *
 * The run: numbers are handed out to threads, each makes its case, says it, and looks at the canary now and then.
 * What is found goes to confirm.c, what may have died to recover.c. */
#include "fuzz/campaign.h"

#include "fuzz/campaign_inside.h"
#include "peer/own_target.h"
#include "run/text_match.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TICK (100 * NS_PER_MS)

const char *finding_kind_name(enum finding_kind kind)
{
    static const char *const names[] = {"failure",    "lint",   "crash", "hang",
                                        "collateral", "growth", "slow"};
    return names[kind];
}

static void nap(int64_t ns)
{
    const struct timespec span = {ns / NS_PER_S, ns % NS_PER_S};
    (void)nanosleep(&span, NULL);
}

/* ---- when to end ---- */

bool campaign_is_over(struct campaign *campaign)
{
    const struct campaign_options *options = campaign->options;
    struct campaign_inside *in = campaign->inside;
    if (atomic_load(&in->over))
        return true;
    bool late = options->span_ns > 0 && clock_now_ns() - campaign->began >= options->span_ns;
    bool asked = options->stop && atomic_load(options->stop) != 0;
    if (asked)
        campaign->interrupted = true;
    if (late || asked)
        atomic_store(&in->over, true);
    return late || asked;
}

/* ---- one case ---- */

struct execute_options campaign_execution(const struct campaign *campaign)
{
    return (struct execute_options){&campaign->target, campaign->options->patience_ns};
}

void campaign_join(struct campaign *campaign)
{
    while (atomic_load(&campaign->inside->wanted_alone) > 0)
        nap(NS_PER_MS);
    (void)pthread_rwlock_rdlock(&campaign->inside->exclusive);
}

void campaign_be_alone(struct campaign *campaign)
{
    atomic_fetch_add(&campaign->inside->wanted_alone, 1);
    (void)pthread_rwlock_wrlock(&campaign->inside->exclusive);
    atomic_fetch_sub(&campaign->inside->wanted_alone, 1);
}

void campaign_leave(struct campaign *campaign)
{
    (void)pthread_rwlock_unlock(&campaign->inside->exclusive);
}

static bool is_chosen(const struct campaign *campaign, const struct fault *fault)
{
    const char *layers = campaign->options->layers;
    if (fault->of_service && !campaign->target.has_test_service)
        return false;
    return !layers || glob_matches(layers, fault->id);
}

static void keep_rate(struct campaign *campaign, uint64_t number)
{
    unsigned rate = campaign->options->rate;
    if (rate == 0)
        return;
    gr_time due = campaign->began + (int64_t)(number * (uint64_t)NS_PER_S / rate);
    for (gr_time now = clock_now_ns(); now < due && !campaign_is_over(campaign);
         now = clock_now_ns())
        nap(due - now < TICK ? due - now : TICK);
}

/* The next case's number that is of a chosen generator; false: there are no more. */
static bool take_number(struct campaign *campaign, uint64_t *index)
{
    const struct campaign_options *options = campaign->options;
    struct campaign_inside *in = campaign->inside;
    do {
        *index = atomic_fetch_add(&in->next, 1);
    } while (!is_chosen(campaign, fault_of_case(options->role, options->seed, *index)));
    uint64_t number = atomic_fetch_add(&in->begun, 1);
    if (options->cases > 0 && number >= options->cases)
        return false;
    keep_rate(campaign, number);
    return !campaign_is_over(campaign);
}

static void one_case(struct campaign *campaign, struct worker *worker, uint64_t index)
{
    struct script script;
    struct execute_options options = campaign_execution(campaign);
    script_make(campaign->options->role, campaign->options->seed, index, &script);
    campaign_join(campaign);
    worker->recent[worker->recent_count++ % RECENT_CASES] = index;
    struct observed observed = script_try(&script, &options);
    campaign_leave(campaign);
    atomic_fetch_add(&campaign->executed, 1);
    if (observed.kind == SEEN_LENIENT)
        atomic_fetch_add(&campaign->lenient, 1);
    else if (observed.kind == SEEN_DEFENDED)
        atomic_fetch_add(&campaign->defended, 1);
    else if (observed.kind == SEEN_FAILURE || observed.kind == SEEN_LINT)
        finding_note(campaign, &script, &observed);
    else if (observed.kind == SEEN_NO_CONNECTION && campaign->target.drive)
        atomic_fetch_add(&campaign->unconfirmed, 1); /* each client is a new one */
    else if (observed.kind == SEEN_NO_CONNECTION)
        life_in_question(campaign, &observed);
    script_clear(&script);
}

static void look_at_canary(struct campaign *campaign, struct worker *worker)
{
    struct observed observed;
    struct execute_options options = campaign_execution(campaign);
    campaign_join(campaign);
    bool fine = fuzz_canary_check(&worker->canary, &options, &observed);
    campaign_leave(campaign);
    atomic_fetch_add(&campaign->canaries, 1);
    if (!fine)
        life_in_question(campaign, &observed);
    else if (canary_was_slow(&worker->canary))
        slowness_in_question(campaign);
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct campaign *campaign = worker->campaign;
    uint64_t index;
    while (take_number(campaign, &index)) {
        one_case(campaign, worker, index);
        if (!campaign->target.drive && worker->recent_count % CASES_PER_CANARY == 0)
            look_at_canary(campaign, worker);
    }
    if (!campaign->target.drive && !atomic_load(&campaign->inside->over))
        look_at_canary(campaign, worker);
    campaign_join(campaign);
    fuzz_canary_close(&worker->canary);
    campaign_leave(campaign);
    atomic_fetch_sub(&campaign->inside->working, 1);
    return NULL;
}

/* ---- the process ---- */

static int count_descriptors(int pid)
{
    char path[64];
    int count = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *folder = opendir(path);
    if (!folder)
        return -1;
    while (readdir(folder))
        count++;
    (void)closedir(folder);
    return count;
}

static struct vitals vitals_of(const struct campaign_options *options)
{
    struct vitals vitals = {-1, -1};
    if (options->pid <= 0)
        return vitals;
    vitals.memory = process_memory(options->pid, options->pid_is_group).now;
    vitals.descriptors = count_descriptors(options->pid);
    return vitals;
}

/* Descriptors come back when the target has noticed that its connections are gone: a moment is given. */
static void judge_growth(struct campaign *campaign)
{
    struct vitals before = campaign->inside->vitals, after = vitals_of(campaign->options);
    for (int i = 0; i < 30 && after.descriptors > before.descriptors + 20; i++) {
        nap(TICK);
        after = vitals_of(campaign->options);
    }
    char what[200] = "";
    if (before.descriptors >= 0 && after.descriptors > before.descriptors + 20)
        (void)snprintf(what, sizeof what, "%d descriptors open, %d at the beginning",
                       after.descriptors, before.descriptors);
    else if (before.memory > 0 && after.memory > 2 * before.memory + (INT64_C(256) << 20))
        (void)snprintf(what, sizeof what, "%lld MiB resident, %lld at the beginning",
                       (long long)(after.memory >> 20), (long long)(before.memory >> 20));
    if (what[0])
        growth_note(campaign, what);
}

/* ---- the run ---- */

static void supervise(struct campaign *campaign)
{
    while (atomic_load(&campaign->inside->working) > 0) {
        nap(TICK / 2);
        (void)campaign_is_over(campaign);
        if (campaign->options->tick)
            campaign->options->tick(campaign->options->arg, campaign);
    }
}

static bool start_and_join(struct campaign *campaign)
{
    struct campaign_inside *in = campaign->inside;
    size_t started = 0;
    atomic_store(&in->working, (int)in->worker_count);
    while (started < in->worker_count &&
           pthread_create(&in->workers[started].thread, NULL, work, &in->workers[started]) == 0)
        started++;
    atomic_fetch_sub(&in->working, (int)(in->worker_count - started));
    supervise(campaign);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(in->workers[i].thread, NULL);
    return started > 0;
}

bool campaign_run(struct campaign *campaign, const struct campaign_options *options,
                  const struct target_info *target)
{
    struct campaign_inside *in = calloc(1, sizeof *in);
    *campaign = (struct campaign){.options = options, .target = *target, .inside = in};
    if (!in)
        return false;
    in->worker_count = options->jobs ? options->jobs : 4;
    in->workers = calloc(in->worker_count, sizeof *in->workers);
    if (!in->workers)
        return false;
    (void)pthread_mutex_init(&in->lock, NULL);
    (void)pthread_rwlock_init(&in->exclusive, NULL);
    for (size_t i = 0; i < in->worker_count; i++)
        in->workers[i].campaign = campaign;
    atomic_store(&in->next, options->first);
    in->vitals = vitals_of(options);
    campaign->began = clock_now_ns();
    bool ran = start_and_join(campaign);
    campaign->took_ns = clock_now_ns() - campaign->began;
    if (ran && !campaign->interrupted && !campaign->given_up && options->pid > 0)
        judge_growth(campaign);
    return ran;
}

void campaign_clear(struct campaign *campaign)
{
    struct campaign_inside *in = campaign->inside;
    for (size_t i = 0; i < campaign->finding_count; i++) {
        script_clear(&campaign->findings[i]->script);
        buf_clear(&campaign->findings[i]->transcript);
        free(campaign->findings[i]);
    }
    if (in && in->workers) {
        (void)pthread_mutex_destroy(&in->lock);
        (void)pthread_rwlock_destroy(&in->exclusive);
        free(in->workers);
    }
    free(in);
    *campaign = (struct campaign){0};
}

size_t campaign_settled(const struct campaign *campaign)
{
    size_t count = 0;
    for (size_t i = 0; i < campaign->finding_count; i++)
        count += campaign->findings[i]->settled;
    return count;
}
