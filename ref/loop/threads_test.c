/* SPDX-License-Identifier: MIT
 *
 * A server with threads, and threads that post to a loop. The clients are threads, too, each with a channel and a loop
 * of its own. Worth most under ThreadSanitizer. */
#include "base/test.h"

#include "conn/test_service.h"
#include "services/health.h"

#include "grpc/health/v1/health.grpc.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#define THREADS   4
#define CLIENTS   4
#define CHANNELS  8 /* of each client: one connection each */
#define ALL_CALLS (CLIENTS * CHANNELS)

/* ---- A server that notes which threads it ran on --------------------------------------------- */

static _Thread_local int mine;
static atomic_int threads_seen;
static atomic_int calls_seen;

static enum gr_status count_threads(struct gr_call *call, void *data)
{
    (void)call, (void)data;
    threads_seen += !mine;
    mine = 1;
    calls_seen++;
    return GR_STATUS_OK;
}

static enum gr_status echo(struct gr_call *call, const void *request, void *reply)
{
    (void)call;
    ((payload *)reply)->body = ((const payload *)request)->body;
    return GR_STATUS_OK;
}

static void swallow(struct gr_call *call, enum gr_event event, const void *message)
{
    (void)call, (void)event, (void)message;
}

static const struct gr_method threaded_methods[] = {
    {"/t.Threaded/Echo", PAYLOADS, false, false, echo, NULL},
    {"/t.Threaded/Hold", PAYLOADS, true, true, NULL, swallow},
};
static const struct gr_service threaded = {"t.Threaded", threaded_methods, 2, NULL};
static char target[160];

static struct gr_server *new_server(const char *address)
{
    static const struct gr_interceptor count = {.begin = count_threads};
    struct gr_server *server = gr_server_new(&(struct gr_server_options){
        .threads = THREADS, .interceptors = &count, .interceptor_count = 1});
    int port;

    assert_non_null(server);
    threads_seen = calls_seen = 0;
    assert_int_equal(gr_server_register(server, &threaded, NULL), 0);
    assert_int_equal(gr_server_listen(server, address, &port), 0);
    if (port)
        snprintf(target, sizeof(target), "127.0.0.1:%d", port);
    else
        snprintf(target, sizeof(target), "%s", address);
    return server;
}

static void *serve(void *server)
{
    return (void *)(intptr_t)gr_server_serve(server);
}

/* ---- Clients --------------------------------------------------------------------------------- */

static enum gr_status call_once(struct gr_channel *channel)
{
    const struct gr_call_options options = {.timeout_ns = 30 * NS_PER_S};
    const void *reply;
    struct gr_call *call;
    enum gr_status status = gr_unary(channel, &threaded_methods[0], PAYLOAD(BYTES("hello")),
                                     &options, &reply, &call);

    gr_call_free(call);
    return status;
}

/* returns how many of its calls went well */
static void *client(void *unused)
{
    struct gr_channel *channels[CHANNELS];
    intptr_t good = 0;

    for (int i = 0; i < CHANNELS; i++) {
        channels[i] = gr_channel_new(target, NULL);
        good += call_once(channels[i]) == GR_STATUS_OK;
    }
    for (int i = 0; i < CHANNELS; i++)
        gr_channel_free(channels[i]);
    (void)unused;
    return (void *)good;
}

static int run_clients(void)
{
    pthread_t clients[CLIENTS];
    int good = 0;

    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_create(&clients[i], NULL, client, NULL), 0);
    for (int i = 0; i < CLIENTS; i++) {
        void *result;
        pthread_join(clients[i], &result);
        good += (int)(intptr_t)result;
    }
    return good;
}

static void serve_clients_at(const char *address, int least_threads)
{
    struct gr_server *server = new_server(address);
    pthread_t thread;
    void *result;

    assert_int_equal(pthread_create(&thread, NULL, serve, server), 0);
    assert_int_equal(run_clients(), ALL_CALLS);
    gr_server_stop_gracefully(server, 10 * NS_PER_S);
    pthread_join(thread, &result);
    assert_null(result);
    assert_int_equal(calls_seen, ALL_CALLS);
    assert_true(threads_seen >= least_threads);
    gr_server_free(server);
}

static void connections_are_dealt_out_among_threads(void **state)
{
    (void)state;
    serve_clients_at("127.0.0.1:0", 2);
}

static void a_unix_socket_serves_all_threads(void **state)
{
    char address[80];

    (void)state;
    snprintf(address, sizeof(address), "unix:/tmp/grpcref-threads-%ld.sock", (long)getpid());
    serve_clients_at(address, 1);
    assert_int_equal(access(address + 5, F_OK), -1); /* removed */
}

/* ---- Stopping -------------------------------------------------------------------------------- */

static void calls_on_every_thread_may_finish_or_are_cut(void **state)
{
    enum { HELD = 16 };
    struct gr_server *server = new_server("127.0.0.1:0");
    struct gr_loop *loop = gr_loop_new();
    struct gr_channel *channels[HELD];
    struct gr_call *calls[HELD];
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, serve, server), 0);
    for (int i = 0; i < HELD; i++) {
        channels[i] = gr_channel_new(target, &(struct gr_channel_options){.loop = loop});
        calls[i] = gr_call_new(channels[i], &threaded_methods[1], NULL);
        assert_int_equal(gr_send(calls[i], PAYLOAD(BYTES("x")), GR_SEND_DEFAULT), 0);
    }
    while (calls_seen < HELD)
        (void)gr_loop_turn(loop, NS_PER_S / 100);
    gr_server_stop_gracefully(server, NS_PER_S / 5);
    for (int i = 0; i < HELD; i++) /* nobody finishes them: the time is over */
        assert_int_not_equal(gr_wait(calls[i])->status, GR_STATUS_OK);
    pthread_join(thread, NULL);
    for (int i = 0; i < HELD; i++) {
        gr_call_free(calls[i]);
        gr_channel_free(channels[i]);
    }
    gr_server_free(server);
    gr_loop_free(loop);
}

static void a_server_that_never_served_is_freed(void **state)
{
    (void)state;
    gr_server_free(new_server("127.0.0.1:0"));
}

static void an_address_that_is_taken_is_an_error(void **state)
{
    struct gr_server *one = gr_server_new(NULL);
    struct gr_server *four = gr_server_new(&(struct gr_server_options){.threads = THREADS});
    char address[40];
    int port;

    (void)state;
    assert_int_equal(gr_server_listen(one, "127.0.0.1:0", &port), 0);
    snprintf(address, sizeof(address), "127.0.0.1:%d", port);
    assert_int_equal(gr_server_listen(four, address, NULL), GR_IO);
    assert_int_equal(gr_server_listen(four, "unix:/no/such/folder/s", NULL), GR_IO);
    assert_int_equal(gr_server_listen(four, "127.0.0.1:0", NULL), 0);
    assert_int_equal(gr_server_listen(four, "[::1]:0", NULL), 0);
    gr_server_free(four);
    gr_server_free(one);
}

static void out_of_memory_makes_no_server(void **state)
{
    const struct gr_server_options options = {.threads = 2};

    (void)state;
    for (size_t n = 0;; n++) {
        fail_allocation(n);
        struct gr_server *server = gr_server_new(&options);
        int error = server ? gr_server_listen(server, "127.0.0.1:0", NULL) : GR_NOMEM;
        bool failed = stop_failing();
        gr_server_free(server);
        if (!failed) {
            assert_int_equal(error, 0);
            break;
        }
        assert_int_not_equal(error, 0);
    }
}

/* ---- Posting --------------------------------------------------------------------------------- */

static void finish_it(void *data)
{
    gr_finish_unary(data, GR_STATUS_OK);
}

/* A handler whose work is done elsewhere. */
static void *work(void *call)
{
    assert_int_equal(gr_loop_post(gr_call_loop(call), finish_it, call), 0);
    return NULL;
}

static enum gr_status hand_over(struct gr_call *call, const void *request, void *reply)
{
    pthread_t *worker = gr_service_data(call);

    ((payload *)reply)->body = ((const payload *)request)->body;
    return pthread_create(worker, NULL, work, call) == 0 ? GR_LATER : GR_STATUS_INTERNAL;
}

static void another_thread_finishes_a_call(void **state)
{
    static const struct gr_method method = {"/t.W/Work", PAYLOADS, false, false, hand_over, NULL};
    static const struct gr_service work_service = {"t.W", &method, 1, NULL};
    struct gr_loop *loop = gr_loop_new();
    struct gr_server *server = gr_server_new(&(struct gr_server_options){.loop = loop});
    pthread_t worker;
    int port;
    const void *reply;
    struct gr_call *call;

    (void)state;
    assert_int_equal(gr_server_register(server, &work_service, &worker), 0);
    assert_int_equal(gr_server_listen(server, "127.0.0.1:0", &port), 0);
    snprintf(target, sizeof(target), "127.0.0.1:%d", port);
    struct gr_channel *channel = gr_channel_new(target, &(struct gr_channel_options){.loop = loop});
    assert_int_equal(gr_unary(channel, &method, PAYLOAD(BYTES("x")), NULL, &reply, &call),
                     GR_STATUS_OK);
    gr_call_free(call);
    pthread_join(worker, NULL);
    gr_channel_free(channel);
    gr_server_free(server);
    gr_loop_free(loop);
}

static void count(void *data)
{
    ++*(int *)data;
}

static void posts_run_in_a_turn_or_at_the_end_and_keep_nobody(void **state)
{
    struct gr_loop *loop = gr_loop_new();
    int counted = 0;

    (void)state;
    gr_loop_run(loop); /* nothing to wait for */
    assert_int_equal(gr_loop_post(loop, count, &counted), 0);
    assert_int_equal(gr_loop_post(loop, count, &counted), 0);
    fail_allocation(0);
    assert_int_equal(gr_loop_post(loop, count, &counted), GR_NOMEM);
    (void)stop_failing();
    (void)gr_loop_turn(loop, 0);
    assert_int_equal(counted, 2);
    assert_int_equal(gr_loop_post(loop, count, &counted), 0);
    gr_loop_free(loop);
    assert_int_equal(counted, 3);
}

/* ---- Health, watched from every thread ------------------------------------------------------- */

static void every_watcher_hears_of_it(void **state)
{
    enum { WATCHERS = 8 };
    struct gr_server *server = gr_server_new(&(struct gr_server_options){.threads = THREADS});
    struct gr_health *health = gr_health_new();
    struct gr_loop *loop = gr_loop_new();
    struct gr_channel *channels[WATCHERS];
    struct gr_call *calls[WATCHERS];
    Grpc__Health__V1__HealthCheckRequest all = GRPC__HEALTH__V1__HEALTH_CHECK_REQUEST__INIT;
    const Grpc__Health__V1__HealthCheckResponse *told;
    pthread_t thread;
    int port;

    (void)state;
    assert_int_equal(gr_health_register(server, health), 0);
    assert_int_equal(gr_server_listen(server, "127.0.0.1:0", &port), 0);
    snprintf(target, sizeof(target), "127.0.0.1:%d", port);
    assert_int_equal(pthread_create(&thread, NULL, serve, server), 0);
    for (int i = 0; i < WATCHERS; i++) {
        channels[i] = gr_channel_new(target, &(struct gr_channel_options){.loop = loop});
        calls[i] = grpc_health_v1_health_watch__start(channels[i], &all, NULL);
        assert_int_equal(grpc_health_v1_health_watch__recv(calls[i], &told), 1);
        assert_int_equal(told->status, GR_HEALTH_SERVING);
    }
    assert_int_equal(gr_health_set(health, "", GR_HEALTH_NOT_SERVING), 0);
    for (int i = 0; i < WATCHERS; i++) {
        assert_int_equal(grpc_health_v1_health_watch__recv(calls[i], &told), 1);
        assert_int_equal(told->status, GR_HEALTH_NOT_SERVING);
        gr_call_free(calls[i]);
        gr_channel_free(channels[i]);
        assert_int_equal(gr_health_set(health, "other", GR_HEALTH_SERVING), 0);
    }
    gr_server_stop(server);
    pthread_join(thread, NULL);
    gr_server_free(server);
    gr_health_free(health);
    gr_loop_free(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_are_dealt_out_among_threads),
        cmocka_unit_test(a_unix_socket_serves_all_threads),
        cmocka_unit_test(calls_on_every_thread_may_finish_or_are_cut),
        cmocka_unit_test(a_server_that_never_served_is_freed),
        cmocka_unit_test(an_address_that_is_taken_is_an_error),
        cmocka_unit_test(out_of_memory_makes_no_server),
        cmocka_unit_test(another_thread_finishes_a_call),
        cmocka_unit_test(posts_run_in_a_turn_or_at_the_end_and_keep_nobody),
        cmocka_unit_test(every_watcher_hears_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
