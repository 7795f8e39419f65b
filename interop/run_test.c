/* SPDX-License-Identifier: MIT
 *
 * The grid, run on peers that are shell commands: every way a cell can end, servers that die or
 * never come up, and an interrupt. */
#include "base/test.h"

#include "interop/fake_peers.h"
#include "interop/run.h"

#include <stdatomic.h>

#define CASES "passes\nfails\nhangs\ncrashes\nhas_not\nnot_there\n"

struct running {
    struct fake_peers fake;
    struct grid grid;
    struct report report;
    atomic_int stop;
    size_t stop_after; /* cells; 0: never */
};

static void finished(void *arg, const struct report_result *result, size_t done, size_t total)
{
    struct running *running = arg;
    (void)result;
    assert_true(done <= total);
    if (done == running->stop_after)
        atomic_store(&running->stop, 1);
}

static void run(struct running *running, const char *client, const char *server, unsigned jobs,
                const char *logs)
{
    struct grid_selection selection = {.no_tls = true};
    char why[512];
    assert_true(globs_add(&selection.clients, client) && globs_add(&selection.servers, server));
    fake_load(&running->fake);
    assert_true(grid_make(&running->grid, &selection, &running->fake.peers, true, why));
    struct grid_run run = {
        .settings = {&running->fake.places, &running->grid, 500 * NS_PER_MS, &running->stop},
        .jobs = jobs,
        .logs = logs,
        .finished = finished,
        .arg = running,
    };
    report_init(&running->report);
    assert_true(grid_run(&run, &running->report));
}

static void end(struct running *running)
{
    report_clear(&running->report);
    grid_clear(&running->grid);
    fake_end(&running->fake);
}

static const struct report_result *result_of(const struct running *running, const char *id)
{
    const struct report_result *result = report_find(&running->report, id);
    if (!result)
        fail_msg("no result %s", id);
    return result;
}

static void every_end_is_told(void **state)
{
    (void)state;
    static const struct row {
        const char *id;
        enum report_verdict verdict;
        const char *seen;
    } rows[] = {
        {"interop/c/s/passes", REPORT_PASS, "the client exited with status 0"},
        {"interop/c/s/fails", REPORT_FAIL, "the client exited with status 3: boom"},
        {"interop/c/s/hangs", REPORT_FAIL, "the client did not end within 0.5 s"},
        {"interop/c/s/crashes", REPORT_FAIL,
         "the client was killed by signal 11 (Segmentation fault)"},
        {"interop/c/s/has_not", REPORT_SKIP,
         "the client itself says that it has no such case: no such case"},
        {"interop/c/s/not_there", REPORT_BROKEN,
         "the client's command cannot be run: /bin/sh: 1: exec: /nonexistent/client: not found"},
    };
    struct running running = {0};
    fake_begin(&running.fake, CASES);
    fake_add(&running.fake, "c", FAKE_CLIENT);
    fake_add(&running.fake, "s", FAKE_SERVER);
    run(&running, "c", "s", 3, NULL);
    assert_int_equal(running.report.result_count, ARRAY_LEN(rows));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct report_result *result = &running.report.results[i];
        assert_string_equal(result->id, rows[i].id);
        assert_string_equal(result->seen, rows[i].seen);
        assert_int_equal(result->verdict, rows[i].verdict);
    }
    const char *notes = result_of(&running, "interop/c/s/fails")->notes;
    assert_non_null(strstr(notes, "client: one\nclient: boom\nserver: hello\nserver: ready on "));
    assert_string_equal(result_of(&running, "interop/c/s/fails")->repeat,
                        "grpcspec interop --client c --server s --case fails --tls off");
    assert_false(running.report.interrupted);
    assert_int_equal(running.report.problem_count, 0);
    end(&running);
}

static void a_dead_server_is_told_and_started_again(void **state)
{
    (void)state;
    struct running running = {0};
    fake_begin(&running.fake, "passes\nkills\npasses\n");
    fake_add(&running.fake, "c", FAKE_CLIENT);
    fake_add(&running.fake, "mortal", FAKE_SERVER);
    run(&running, "c", "mortal", 1, NULL);
    assert_int_equal(running.report.results[0].verdict, REPORT_PASS);
    assert_int_equal(running.report.results[1].verdict, REPORT_FAIL);
    assert_int_equal(running.report.results[2].verdict, REPORT_PASS);
    assert_int_equal(running.report.problem_count, 1);
    assert_string_equal(running.report.problems[0],
                        "the server mortal was killed by signal 9 (Killed) by itself");
    end(&running);
}

static void a_server_that_does_not_start_breaks_its_cells_once(void **state)
{
    (void)state;
    struct running running = {0};
    fake_begin(&running.fake, "passes\nfails\n");
    fake_add(&running.fake, "c", FAKE_CLIENT);
    fake_add(&running.fake, "s",
             "server=echo starts >>{peer}/starts; echo bad port {port}; exit 4\n");
    run(&running, "c", "s", 2, NULL);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(running.report.results[i].verdict, REPORT_BROKEN);
        assert_string_equal(running.report.results[i].seen,
                            "s exited with status 4 before it was ready; it printed:");
        assert_non_null(strstr(running.report.results[i].notes, "server: bad port "));
    }
    end(&running);
}

static void an_absent_peer_is_skipped_with_its_command(void **state)
{
    (void)state;
    struct running running = {0};
    fake_begin(&running.fake, "passes\n");
    fake_add(&running.fake, "c", FAKE_CLIENT "check=test -e {peer}/nothing\n");
    fake_add(&running.fake, "s", FAKE_SERVER);
    run(&running, "c", "s", 1, NULL);
    assert_int_equal(running.report.results[0].verdict, REPORT_SKIP);
    assert_string_equal(running.report.results[0].seen, "c is not installed: make it");
    end(&running);
}

/* The frames that a traced client prints, for the case empty_unary. */
#define FRAMES                                                                                     \
    "printf ' 0.1 > HEADERS stream 1  :path=/grpc.testing.TestService/EmptyCall\\n 0.1 > DATA "    \
    "stream 1  5 octets\\n 0.2 < DATA stream 1  5 octets\\n 0.3 < HEADERS stream 1  "              \
    "grpc-status=0\\n'"

static void the_wire_is_judged_too(void **state)
{
    (void)state;
    static const struct row {
        const char *client;
        enum report_verdict verdict;
        const char *seen;
    } rows[] = {
        {"client=: {port} {case}; " FRAMES "; :\ntrace=--trace\n", REPORT_PASS,
         "the client exited with status 0; the wire, as the client saw it, shows the case"},
        {"client=: {port} {case}; :\ntrace=--trace\n", REPORT_FAIL,
         "the client says that it passed, but not so the wire, as the client saw it: expected 1 "
         "call of /grpc.testing.TestService/EmptyCall that ends with grpc-status=0, at least 5 "
         "octets of request DATA, at least 5 octets of response DATA; seen no frame at all"},
        {"client=: {port} {case}; exit 1 #\ntrace=--trace\n", REPORT_FAIL,
         "the client exited with status 1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct running running = {0};
        fake_begin(&running.fake, "empty_unary\n");
        fake_add(&running.fake, "c", rows[i].client);
        fake_add(&running.fake, "s", FAKE_SERVER);
        run(&running, "c", "s", 1, NULL);
        assert_string_equal(running.report.results[0].seen, rows[i].seen);
        assert_int_equal(running.report.results[0].verdict, rows[i].verdict);
        end(&running);
    }
}

/* ... and its frames are in the result, with the arrow from client to server. */
static void a_traced_cell_has_a_transcript(void **state)
{
    (void)state;
    static const struct row {
        uint8_t type, flags;
        char direction;
        unsigned connection;
        size_t length;
        const char *line;
    } rows[] = {
        {0, 0, '*', 1, 0, "as the server s saw it: > is from the client, < from the server"},
        {1, 0x5, '>', 1, 0, "  1.5 ms  > HEADERS stream 1 END_STREAM END_HEADERS  :path=/x"},
        {0, 0x8, '<', 2, 7, "  2.0 ms [2] < DATA stream 3 PADDED  7 octets"},
        {6, 0x1, '>', 2, 0, "  3.0 ms [2] > PING stream 0 ACK"},
    };
    struct running running = {0};
    fake_begin(&running.fake, "passes\n");
    fake_add(&running.fake, "c", FAKE_CLIENT);
    fake_add(
        &running.fake, "s",
        "server=printf ' 1.500 < HEADERS stream 1 END_STREAM END_HEADERS  :path=/x\\nnoise\\n "
        "2.000 [2] > DATA stream 3 PADDED  7 octets\\n 3.000 [2] < PING stream 0 ACK\\n'; echo "
        "ready on {port}; exec sleep 60; :\nready=line ready on\ntrace=--trace\n");
    run(&running, "c", "s", 1, NULL);
    const struct report_result *result = &running.report.results[0];
    assert_int_equal(result->frame_count, ARRAY_LEN(rows));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct report_frame *frame = &result->frames[i];
        assert_string_equal(frame->line, rows[i].line);
        assert_int_equal(frame->direction, rows[i].direction);
        assert_int_equal(frame->connection, rows[i].connection);
        assert_int_equal(frame->type, rows[i].type);
        assert_int_equal(frame->flags, rows[i].flags);
        assert_int_equal(frame->length, rows[i].length);
    }
    end(&running);
}

/* A known failure is no failure; one that passes is an error of the run. */
static void known_failures_are_expected(void **state)
{
    (void)state;
    struct running running = {0};
    fake_begin(&running.fake, "passes\nfails\nhas_not\n");
    fake_add(&running.fake, "c", FAKE_CLIENT "known_client=fails its bug (c.c)\n");
    fake_add(&running.fake, "s", FAKE_SERVER);
    run(&running, "c", "s", 1, NULL);
    const struct report_result *fails = result_of(&running, "interop/c/s/fails");
    assert_int_equal(fails->verdict, REPORT_FAIL);
    assert_true(fails->expected_by_baseline);
    assert_string_equal(fails->baseline_reason, "its bug (c.c)");
    assert_true(report_is_success(&running.report));
    end(&running);

    running = (struct running){0};
    fake_begin(&running.fake, "passes\nhas_not\n");
    fake_add(&running.fake, "c", FAKE_CLIENT "known_client=* its bug\n");
    fake_add(&running.fake, "s", FAKE_SERVER);
    run(&running, "c", "s", 1, NULL);
    assert_false(report_is_success(&running.report));
    assert_int_equal(running.report.problem_count, 1);
    assert_string_equal(running.report.problems[0],
                        "interop/c/s/passes passes, but the manifest of c lists it as a known "
                        "failure; remove it there");
    end(&running);
}

/* A client that passes without a server is found out by a server that shows its frames. */
static void a_vacuous_client_is_found_out(void **state)
{
    (void)state;
    struct running running = {0};
    fake_begin(&running.fake, "cancel_after_begin\n");
    fake_add(&running.fake, "c", "client=: {port} {case}\n");
    fake_add(&running.fake, "s",
             "server=echo ready on {port}; exec sleep 60; :\nready=line ready on\ntrace=--trace\n");
    run(&running, "c", "s", 1, NULL);
    assert_int_equal(running.report.results[0].verdict, REPORT_SKIP);
    assert_non_null(strstr(running.report.results[0].seen,
                           "nothing to judge by: the call ended before the server saw it"));
    end(&running);
}

static void a_case_that_shows_nothing_is_tried_again(void **state)
{
    (void)state;
    struct running running = {0};
    fake_begin(&running.fake, "timeout_on_sleeping_server\n");
    fake_add(&running.fake, "c",
             "client=: {port} {case}; echo x >>{peer}/tries; :\ntrace=--trace\n");
    fake_add(&running.fake, "s", FAKE_SERVER);
    run(&running, "c", "s", 1, NULL);
    char path[1200], line[8];
    size_t tries = 0;
    snprintf(path, sizeof(path), "%s/c/tries", running.fake.folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        tries++;
    fclose(file);
    assert_int_equal(tries, 3);
    assert_int_equal(running.report.results[0].verdict, REPORT_SKIP);
    end(&running);
}

static void a_server_may_choose_its_port(void **state)
{
    (void)state;
    struct running running = {0};
    fake_begin(&running.fake, "passes\n");
    fake_add(&running.fake, "c", "client=: {case}; test {port} = 12345\n");
    fake_add(&running.fake, "s",
             "server=test {port} = 0 && echo listening on 127.0.0.1:12345 now; exec sleep "
             "60\nready=port listening on\n");
    run(&running, "c", "s", 1, NULL);
    assert_string_equal(running.report.results[0].seen, "the client exited with status 0");
    end(&running);
}

static void a_proxy_stands_in_between(void **state)
{
    (void)state;
    struct running running = {0};
    char why[512];
    fake_begin(&running.fake, "passes\n");
    fake_add(&running.fake, "c", "client=: {case}; test {port} = 222\n");
    fake_add(&running.fake, "s",
             "server=: {port}; echo port 111; exec sleep 60\nready=port port\n");
    fake_add(&running.fake, "box",
             "kind=proxy\nproxy=: {port}; test {backend_port} = 111 && echo up on 222; exec sleep "
             "60\nready=port up on\n");
    fake_load(&running.fake);
    struct grid_selection selection = {.no_tls = true, .via = "box"};
    assert_true(grid_make(&running.grid, &selection, &running.fake.peers, true, why));
    struct grid_run run = {
        .settings = {&running.fake.places, &running.grid, 5 * NS_PER_S, &running.stop},
        .jobs = 1,
    };
    report_init(&running.report);
    assert_true(grid_run(&run, &running.report));
    assert_string_equal(running.report.results[0].id, "interop/c/s/passes/via/box");
    assert_string_equal(running.report.results[0].seen, "the client exited with status 0");
    end(&running);
}

static void an_interrupt_keeps_what_was_judged(void **state)
{
    (void)state;
    struct running running = {.stop_after = 1};
    fake_begin(&running.fake, "passes\nhangs\npasses\n");
    fake_add(&running.fake, "c", FAKE_CLIENT);
    fake_add(&running.fake, "s", FAKE_SERVER);
    run(&running, "c", "s", 2, NULL);
    assert_true(running.report.interrupted);
    assert_int_equal(running.report.result_count, 1);
    assert_int_equal(running.report.results[0].verdict, REPORT_PASS);
    end(&running);
}

static void logs_are_kept(void **state)
{
    (void)state;
    struct running running = {0};
    char logs[1200], path[1300], line[64] = "";
    fake_begin(&running.fake, "fails\n");
    fake_add(&running.fake, "c", FAKE_CLIENT);
    fake_add(&running.fake, "s", FAKE_SERVER);
    snprintf(logs, sizeof(logs), "%s/logs", running.fake.folder);
    run(&running, "c", "s", 1, logs);
    snprintf(path, sizeof(path), "%s/interop.c.s.fails.log", logs);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file));
    assert_string_equal(line, "==== the client printed ====\n");
    fclose(file);
    end(&running);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_end_is_told),
        cmocka_unit_test(a_dead_server_is_told_and_started_again),
        cmocka_unit_test(a_server_that_does_not_start_breaks_its_cells_once),
        cmocka_unit_test(an_absent_peer_is_skipped_with_its_command),
        cmocka_unit_test(the_wire_is_judged_too),
        cmocka_unit_test(a_traced_cell_has_a_transcript),
        cmocka_unit_test(known_failures_are_expected),
        cmocka_unit_test(a_vacuous_client_is_found_out),
        cmocka_unit_test(a_case_that_shows_nothing_is_tried_again),
        cmocka_unit_test(a_server_may_choose_its_port),
        cmocka_unit_test(a_proxy_stands_in_between),
        cmocka_unit_test(an_interrupt_keeps_what_was_judged),
        cmocka_unit_test(logs_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
