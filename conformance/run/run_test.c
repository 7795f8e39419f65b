/* SPDX-License-Identifier: MIT
 *
 * The runner against a server of its own making, which serves until a case kills it: verdicts,
 * order, blame, the probe's sentences. */
#include "base/test.h"

#include "peer/peer.h"
#include "run/probe.h"
#include "run/run.h"
#include "target/canary.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* ---- a server that shakes hands and answers PINGs, until it is killed ------------------------ */

enum behaviour { SERVES, DEAD, MUTE, SPEAKS_HTTP1, SPEAKS_TLS, HANGS_UP };

static struct server {
    pthread_t thread;
    int listener;
    uint16_t port;
    _Atomic int behaviour;
    _Atomic bool ends;
    _Atomic unsigned restarts;
    _Atomic unsigned refusals; /* so many calls are refused */
} server;

static void answer_frames(struct transport *transport)
{
    struct buf received = {0};
    size_t got;
    bool preface = true;
    gr_time deadline = clock_add(clock_now_ns(), 5 * NS_PER_S);
    uint8_t *room;
    while ((room = buf_reserve(&received, 4096)) &&
           transport_read(transport, room, 4096, &got, deadline) == TRANSPORT_OK) {
        received.len += got;
        if (preface && received.len < 24)
            continue;
        if (preface)
            buf_consume(&received, 24);
        preface = false;
        struct bytes in = buf_view(&received);
        struct buf out = {0};
        for (struct frame frame; frame_take(&in, &frame);) {
            bool due = (frame.type == FRAME_PING || frame.type == FRAME_SETTINGS) &&
                       !(frame.flags & FLAG_ACK);
            struct frame ack = {.type = frame.type, .flags = FLAG_ACK};
            if (frame.type == FRAME_HEADERS && server.refusals > 0) {
                server.refusals--;
                frame_put(&out, &(struct frame){.type = FRAME_RST_STREAM,
                                                .stream = frame.stream,
                                                .payload = BYTES("\0\0\0\x07")});
            }
            if (frame.type == FRAME_PING)
                ack.payload = frame.payload;
            if (due)
                frame_put(&out, &ack);
        }
        (void)transport_write(transport, buf_view(&out), deadline);
        buf_consume(&received, received.len - in.len);
        buf_clear(&out);
    }
    buf_clear(&received);
}

static void serve_one(int fd)
{
    char why[256];
    gr_time deadline = clock_add(clock_now_ns(), NS_PER_S);
    struct transport *transport = transport_accept(fd, NULL, deadline, why);
    if (!transport)
        return;
    int behaviour = server.behaviour;
    if (behaviour == SPEAKS_HTTP1)
        (void)transport_write(transport, BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"), deadline);
    if (behaviour == SPEAKS_TLS)
        (void)transport_write(transport, BYTES("\x15\x03\x01\x00\x02\x02\x46"), deadline);
    if (behaviour == SERVES || behaviour == MUTE)
        (void)transport_write(transport, BYTES("\0\0\0\4\0\0\0\0\0"), deadline);
    if (behaviour == SERVES)
        answer_frames(transport);
    if (behaviour == MUTE)
        nanosleep(&(struct timespec){.tv_nsec = 400 * 1000 * 1000}, NULL);
    transport_free(transport);
}

static void *serve_one_thread(void *arg)
{
    serve_one((int)(intptr_t)arg);
    return NULL;
}

static void *serve(void *arg)
{
    (void)arg;
    while (!server.ends) {
        struct pollfd poller = {.fd = server.listener, .events = POLLIN};
        if (poll(&poller, 1, 20) <= 0)
            continue;
        int fd = accept(server.listener, NULL, NULL);
        if (fd < 0)
            continue;
        if (server.behaviour == DEAD) {
            close(fd);
            continue;
        }
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve_one_thread, (void *)(intptr_t)fd) == 0)
            pthread_detach(thread);
    }
    return NULL;
}

static int start_server(void **state)
{
    (void)state;
    server.listener = transport_listen(0, &server.port);
    return server.listener >= 0 && pthread_create(&server.thread, NULL, serve, NULL) == 0 ? 0 : -1;
}

static int stop_server(void **state)
{
    (void)state;
    server.ends = true;
    pthread_join(server.thread, NULL);
    close(server.listener);
    return 0;
}

static bool has_died(void *arg, struct buf *how)
{
    (void)arg;
    buf_put_str(how, "killed by signal 11");
    return server.behaviour == DEAD;
}

static bool restart(void *arg, struct endpoint *endpoint, char why[static 256])
{
    (void)arg;
    (void)endpoint;
    (void)why;
    server.restarts++;
    server.behaviour = SERVES;
    return true;
}

/* ---- cases ---- */

static void passes(struct test *t)
{
    connect_h2(t);
}

static void fails(struct test *t)
{
    test_fail(t, HERE, "something", "something else");
}

static void skips(struct test *t)
{
    test_skip(t, "no reason");
}

static void kills(struct test *t)
{
    (void)t;
    server.behaviour = DEAD;
}

/* Kills the server the first time it runs only: a death that nobody can be blamed for alone. */
static _Atomic bool has_killed;
static void kills_once(struct test *t)
{
    (void)t;
    if (!has_killed)
        server.behaviour = DEAD;
    has_killed = true;
    nanosleep(&(struct timespec){.tv_nsec = 30 * 1000 * 1000}, NULL);
}

/* A call must not be refused. */
static void calls(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);
    send_request_headers(call, NO_EDITS, 0);
    expect_ping_answer(call->conn);
    expect(t, !call->reset, "the call to be taken", "RST_STREAM(%u)", call->reset_code);
}

static void sleeps(struct test *t)
{
    (void)t;
    nanosleep(&(struct timespec){.tv_nsec = 150 * 1000 * 1000}, NULL);
}

#define CASE(name, function, need)                                                                 \
    static const struct test_case name = {.id = "http2/x/" #name,                                  \
                                          .clauses = "H2-PING-001",                                \
                                          .title = "a rule to keep",                               \
                                          .needs = need,                                           \
                                          .run = function}
CASE(pass, passes, NEEDS_TRANSPORT);
CASE(fail, fails, NEEDS_TRANSPORT);
CASE(skip_it, skips, NEEDS_TRANSPORT);
CASE(kill_it, kills, NEEDS_TRANSPORT);
CASE(kill_once, kills_once, NEEDS_TRANSPORT);
CASE(call_it, calls, NEEDS_TRANSPORT);
CASE(sleep_it, sleeps, NEEDS_TRANSPORT);
CASE(service, fails, NEEDS_TEST_SERVICE);
CASE(health, fails, NEEDS_HEALTH);
CASE(tls, fails, NEEDS_TLS);
static const struct test_case grpc_case = {
    .id = "grpc/x/y", .clauses = "H2-PING-001", .title = "a rule", .run = fails};

static struct target_info target_of_server(void)
{
    struct target_info target = {.endpoint = {.host = "127.0.0.1", .port = server.port},
                                 .authority = "localhost"};
    return target;
}

static void run_these(const struct test_case *const *cases, size_t count,
                      struct run_options options, struct report *report)
{
    struct target_info target = target_of_server();
    server.behaviour = SERVES;
    options.cases = cases;
    options.case_count = count;
    options.patience_ns = options.patience_ns ? options.patience_ns : NS_PER_S;
    report_init(report);
    assert_int_equal(run_suite(&options, &target, report), 0);
}

#define RUN(report, options, ...)                                                                  \
    run_these((const struct test_case *const[]){__VA_ARGS__},                                      \
              sizeof((const struct test_case *const[]){__VA_ARGS__}) /                             \
                  sizeof(const struct test_case *),                                                \
              options, &report)

static enum report_verdict verdict_of(const struct report *report,
                                      const struct test_case *test_case)
{
    const struct report_result *result = report_find(report, test_case->id);
    assert_non_null(result);
    return result->verdict;
}

static void results_are_in_the_order_of_the_cases(void **state)
{
    (void)state;
    struct report report;
    RUN(report, (struct run_options){.jobs = 4}, &fail, &pass, &skip_it);
    assert_string_equal(report.results[0].id, "http2/x/fail");
    assert_int_equal(report.results[0].verdict, REPORT_FAIL);
    assert_string_equal(report.results[0].seen, "something else");
    assert_string_equal(report.results[0].area, "http2/x");
    assert_string_equal(report.results[0].level, "MUST");
    assert_string_equal(report.results[0].repeat, "grpcspec test --case http2/x/fail");
    assert_int_equal(strncmp(report.results[0].file, "conformance/run/", 16), 0);
    assert_int_equal(report.results[1].verdict, REPORT_PASS);
    assert_true(report.results[1].frame_count > 2);
    assert_int_equal(report.results[2].verdict, REPORT_SKIP);
    assert_string_equal(report.segmentation, "whole");
    assert_false(report.interrupted);
    report_clear(&report);
}

static void what_the_target_lacks_is_skipped(void **state)
{
    (void)state;
    struct report report;
    RUN(report, ((struct run_options){.not_grpc = true}), &service, &health, &tls, &grpc_case);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(report.results[i].verdict, REPORT_SKIP);
    assert_string_equal(report.results[3].seen, "the target does not speak gRPC");
    report_clear(&report);
}

static void the_case_that_kills_the_target_is_found(void **state)
{
    (void)state;
    struct report report;
    struct run_options options = {.jobs = 3, .revival = {has_died, restart, NULL}};
    server.restarts = 0;
    RUN(report, options, &sleep_it, &kill_it, &pass, &fail, &skip_it);
    assert_int_equal(verdict_of(&report, &kill_it), REPORT_CRASH);
    assert_string_equal(report_find(&report, kill_it.id)->seen, "killed by signal 11");
    assert_int_equal(verdict_of(&report, &sleep_it), REPORT_PASS);
    assert_int_equal(verdict_of(&report, &pass), REPORT_PASS);
    assert_int_equal(verdict_of(&report, &fail), REPORT_FAIL);
    assert_true(server.restarts >= 1);
    report_clear(&report);
}

static void a_death_that_does_not_happen_again_is_not_lost(void **state)
{
    (void)state;
    struct report report;
    struct run_options options = {.jobs = 2, .revival = {has_died, restart, NULL}};
    has_killed = false;
    RUN(report, options, &kill_once, &sleep_it);
    assert_int_equal(report_count(&report, REPORT_CRASH), 1);
    report_clear(&report);
}

static void without_revival_the_rest_is_broken(void **state)
{
    (void)state;
    struct report report;
    RUN(report, (struct run_options){.jobs = 1}, &kill_it, &pass);
    assert_int_equal(verdict_of(&report, &kill_it), REPORT_HANG); /* it still takes connections */
    assert_int_equal(verdict_of(&report, &pass), REPORT_BROKEN);
    assert_non_null(
        strstr(report_find(&report, pass.id)->seen, "no longer serves since http2/x/kill_it"));
    report_clear(&report);
}

static void who_was_turned_away_among_others_is_judged_alone(void **state)
{
    static const struct {
        bool others;
        unsigned refusals;
        enum report_verdict verdict;
        bool again;
    } rows[] = {
        {false, 1, REPORT_FAIL, false},
        {true, 1, REPORT_PASS, true},
        {true, 2, REPORT_FAIL, true},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        static const struct test_case *const cases[] = {&call_it, &pass};
        struct report report;
        server.refusals = rows[i].refusals;
        run_these(cases, rows[i].others ? 2 : 1, (struct run_options){.jobs = 1}, &report);
        const struct report_result *result = report_find(&report, call_it.id);
        assert_int_equal(result->verdict, rows[i].verdict);
        assert_int_equal(result->notes && strstr(result->notes, "turned away"), rows[i].again);
        report_clear(&report);
    }
    server.refusals = 0;
}

static void stopped_runs_have_the_results_that_are_there(void **state)
{
    (void)state;
    struct report report;
    atomic_int stop = 1;
    RUN(report, (struct run_options){.stop = &stop}, &pass, &fail);
    assert_true(report.interrupted);
    assert_null(report_find(&report, pass.id));
    assert_false(report_is_success(&report));
    report_clear(&report);
}

static void canaries_tell_what_is_wrong(void **state)
{
    (void)state;
    static const struct row {
        enum behaviour behaviour;
        enum canary_answer answer;
    } rows[] = {
        {SERVES, CANARY_SERVES},          {DEAD, CANARY_CLOSED},
        {HANGS_UP, CANARY_CLOSED},        {MUTE, CANARY_SILENT},
        {SPEAKS_HTTP1, CANARY_NOT_HTTP2}, {SPEAKS_TLS, CANARY_NOT_HTTP2},
    };
    struct target_info target = target_of_server();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        server.behaviour = rows[i].behaviour;
        struct canary canary = canary_ask(&target.endpoint, NULL, 200 * NS_PER_MS);
        assert_int_equal(canary.answer, rows[i].answer);
    }
    server.behaviour = SERVES;
}

static void the_probe_names_what_is_wrong(void **state)
{
    (void)state;
    static const struct row {
        enum behaviour behaviour;
        const char *failure;
    } rows[] = {
        {SPEAKS_HTTP1, "x:1 does not speak HTTP/2: it answered 'HTTP/1.1 400 Bad Request'"},
        {SPEAKS_TLS,
         "x:1 does not speak cleartext HTTP/2: it answered with a TLS record; try --tls"},
        {SERVES, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct target_info target = target_of_server();
        server.behaviour = rows[i].behaviour;
        struct probe probe = probe_target(&target, "x:1", 200 * NS_PER_MS, NULL);
        assert_string_equal(probe.failure, rows[i].failure);
        assert_int_equal(probe.speaks_http2, *rows[i].failure == '\0');
        assert_false(target.answers_requests);
    }
    server.behaviour = SERVES;
}

static void a_closed_port_is_named(void **state)
{
    (void)state;
    uint16_t port;
    int fd = transport_listen(0, &port);
    close(fd);
    struct target_info target = {.endpoint = {.host = "127.0.0.1", .port = port}};
    struct probe probe = probe_target(&target, "x:1", 200 * NS_PER_MS, NULL);
    assert_string_equal(probe.failure, "cannot connect to x:1: Connection refused");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_in_the_order_of_the_cases),
        cmocka_unit_test(what_the_target_lacks_is_skipped),
        cmocka_unit_test(the_case_that_kills_the_target_is_found),
        cmocka_unit_test(a_death_that_does_not_happen_again_is_not_lost),
        cmocka_unit_test(without_revival_the_rest_is_broken),
        cmocka_unit_test(who_was_turned_away_among_others_is_judged_alone),
        cmocka_unit_test(stopped_runs_have_the_results_that_are_there),
        cmocka_unit_test(canaries_tell_what_is_wrong),
        cmocka_unit_test(the_probe_names_what_is_wrong),
        cmocka_unit_test(a_closed_port_is_named),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
