/* SPDX-License-Identifier: MIT
 *
 * rpc_soak and channel_soak: many large unary calls, on one channel or on a new one each, judged by
 * how many fail or take too long. "Threads" are workers that take turns on the one loop. */
#include "tools/client_case.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* One worker: a call at a time. */
struct worker {
    struct run *run;
    struct gr_channel *channel; /* of the call; the run's, or the worker's own in channel_soak */
    struct gr_call *call;       /* NULL: between two calls */
    gr_time started_ns;
    gr_time ended_ns; /* 0: still running */
    bool right_size;
};

struct soak {
    struct run *run;
    bool new_channels;
    gr_time give_up_ns;
    int64_t begun;
    int64_t done;
    int64_t failures;
    int64_t slowest_ms;
};

/* Told on the loop's turn, so the time is when the call ended, not when somebody asked. */
static void observe(struct gr_call *call, enum gr_event event, const void *message)
{
    struct worker *worker = gr_call_data(call);

    if (event == GR_EVENT_MESSAGE) {
        const Grpc__Testing__SimpleResponse *reply = message;
        size_t len = reply->payload != NULL ? reply->payload->body.len : 0;
        worker->right_size = len == (size_t)worker->run->flags->soak_response_size;
    }
    if (event == GR_EVENT_ENDED)
        worker->ended_ns = clock_now_ns();
}

static void begin_call(struct soak *soak, struct worker *worker)
{
    const struct client_flags *flags = soak->run->flags;
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    Grpc__Testing__Payload payload = zero_payload((size_t)flags->soak_request_size);
    struct gr_call_options options = call_options(soak->run);

    options.observer = observe;
    options.data = worker;
    request.response_size = (int32_t)flags->soak_response_size;
    request.payload = &payload;
    soak->begun++;
    worker->ended_ns = 0;
    worker->right_size = false;
    worker->started_ns = clock_now_ns();
    if (soak->new_channels)
        worker->channel = new_channel(soak->run, soak->run->loop);
    if (worker->channel == NULL)
        return;
    worker->call = gr_call_new(worker->channel, &test_service.methods[TEST_UNARY_CALL], &options);
    if (worker->call == NULL) {
        fail(soak->run, "out of memory");
        return;
    }
    send_message(soak->run, worker->call, &request, GR_SEND_DEFAULT);
    gr_half_close(worker->call);
}

static void drop_call(struct soak *soak, struct worker *worker)
{
    end(worker->call);
    worker->call = NULL;
    if (soak->new_channels && worker->channel != NULL) {
        gr_channel_free(worker->channel);
        worker->channel = NULL;
    }
}

static void judge_call(struct soak *soak, struct worker *worker)
{
    const struct gr_result *result = gr_call_result(worker->call);
    int64_t took_ms = (worker->ended_ns - worker->started_ns) / NS_PER_MS;
    const char *why = NULL;

    if (took_ms > soak->slowest_ms)
        soak->slowest_ms = took_ms;
    if (result->status != GR_STATUS_OK)
        why = gr_status_name(result->status);
    else if (!worker->right_size)
        why = "a response of the wrong size";
    else if (took_ms > soak->run->flags->soak_max_latency_ms)
        why = "too slow";
    if (why != NULL) {
        soak->failures++;
        fprintf(stderr, "soak iteration %" PRId64 ": %s after %" PRId64 " ms\n", soak->done, why,
                took_ms);
    }
    soak->done++;
    drop_call(soak, worker);
}

static bool may_begin(const struct soak *soak, const struct worker *worker, gr_time now_ns)
{
    const struct client_flags *flags = soak->run->flags;
    int64_t pause_ns = flags->soak_min_time_ms_between_rpcs * NS_PER_MS;

    return soak->begun < flags->soak_iterations &&
           (worker->started_ns == 0 || now_ns - worker->started_ns >= pause_ns);
}

/* Until all is done, something of ours fails, or the time is up. */
static void turn_until_done(struct soak *soak, struct worker *workers, size_t count)
{
    while (soak->done < soak->run->flags->soak_iterations && soak->run->failure[0] == '\0') {
        gr_time now_ns = clock_now_ns();
        if (now_ns > soak->give_up_ns)
            return;
        for (size_t i = 0; i < count; i++) {
            if (workers[i].call != NULL && workers[i].ended_ns != 0)
                judge_call(soak, &workers[i]);
            if (workers[i].call == NULL && may_begin(soak, &workers[i], now_ns))
                begin_call(soak, &workers[i]);
        }
        /* false: no connection and no call, we are only pausing. */
        if (!gr_loop_turn(soak->run->loop, 10 * NS_PER_MS))
            nanosleep(&(struct timespec){.tv_nsec = NS_PER_MS}, NULL);
    }
}

static void judge_soak(struct soak *soak)
{
    const struct client_flags *flags = soak->run->flags;

    snprintf(soak->run->note, sizeof(soak->run->note),
             "%" PRId64 " calls, %" PRId64 " failures, the slowest took %" PRId64 " ms", soak->done,
             soak->failures, soak->slowest_ms);
    if (soak->done < flags->soak_iterations)
        fail(soak->run, "expected %" PRId64 " iterations in %" PRId64 " s, seen %" PRId64,
             flags->soak_iterations, flags->soak_overall_timeout_seconds, soak->done);
    if (soak->failures > flags->soak_max_failures)
        fail(soak->run, "expected at most %" PRId64 " failures, seen %" PRId64,
             flags->soak_max_failures, soak->failures);
}

static void soak(struct run *run, bool new_channels)
{
    size_t count = (size_t)run->flags->soak_num_threads;
    struct worker *workers = calloc(count, sizeof(*workers));
    struct soak all = {
        .run = run,
        .new_channels = new_channels,
        .give_up_ns = clock_now_ns() + run->flags->soak_overall_timeout_seconds * NS_PER_S,
    };

    if (workers == NULL) {
        fail(run, "out of memory");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        workers[i].run = run;
        workers[i].channel = new_channels ? NULL : run->channel;
    }
    turn_until_done(&all, workers, count);
    judge_soak(&all);
    for (size_t i = 0; i < count; i++)
        drop_call(&all, &workers[i]);
    free(workers);
}

static void rpc_soak(struct run *run)
{
    soak(run, false);
}

static void channel_soak(struct run *run)
{
    soak(run, true);
}

static const struct test_case cases[] = {
    {"rpc_soak", "many large calls on one channel", rpc_soak},
    {"channel_soak", "many large calls, each on a new channel", channel_soak},
};

const struct test_group soak_cases = {cases, ARRAY_LEN(cases)};
