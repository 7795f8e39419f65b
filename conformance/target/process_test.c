/* SPDX-License-Identifier: MIT
 *
 * Child processes: output, how they ended, and that nothing of them is left. */
#include "base/test.h"

#include "target/process.h"
#include "target/spawn.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static struct process *shell(const char *command)
{
    char sh[] = "/bin/sh", flag[] = "-c", why[256];
    char *text = strdup(command);
    char *argv[] = {sh, flag, text, NULL};
    struct process *process = process_start(argv, why);
    free(text);
    assert_non_null(process);
    return process;
}

static gr_time soon(void)
{
    return clock_add(clock_now_ns(), 5 * NS_PER_S);
}

static void wait_for_end(struct process *process, struct buf *how)
{
    while (!process_has_ended(process, how))
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void the_end_is_told(void **state)
{
    (void)state;
    static const struct row {
        const char *command, *how;
    } rows[] = {
        {"exit 0", "exited with status 0"},
        {"exit 7", "exited with status 7"},
        {"kill -SEGV $$", "killed by signal 11 (Segmentation fault)"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct process *process = shell(rows[i].command);
        struct buf how = {0};
        wait_for_end(process, &how);
        assert_string_equal(buf_str(&how), rows[i].how);
        buf_clear(&how);
        process_stop(process);
    }
}

static void a_piped_process_answers(void **state)
{
    (void)state;
    static const char *const environment[] = {"GRPCSPEC_TEST=7", NULL};
    char sh[] = "/bin/sh", flag[] = "-c", why[256], said[64] = "";
    char text[] = "read x; echo $x $GRPCSPEC_TEST; echo tail >&2; read y; exit 5";
    char *argv[] = {sh, flag, text, NULL};
    struct process *process = process_start_with(
        argv, &(struct process_options){.environment = environment, .piped = true}, why);
    assert_non_null(process);
    assert_true(process_processor_time(process) >= 0);
    assert_int_equal(write(process_input(process), "hello\n", 6), 6);
    gr_time deadline = soon();
    ssize_t got = -1;
    while (got <= 0 && clock_now_ns() < deadline)
        got = read(process_output(process), said, sizeof said - 1);
    assert_string_equal(said, "hello 7\n");
    process_close_input(process);
    struct buf how = {0}, tail = {0};
    wait_for_end(process, &how);
    assert_string_equal(buf_str(&how), "exited with status 5");
    process_put_tail(process, 5, &tail);
    assert_string_equal(buf_str(&tail), "tail");
    buf_clear(&how);
    buf_clear(&tail);
    process_stop(process);
}

static void a_line_is_awaited(void **state)
{
    (void)state;
    struct process *process = shell("echo one; echo two >&2; echo listening on x:1; exec sleep 60");
    struct buf line = {0}, tail = {0};
    assert_true(process_wait_for_line(process, "listening on ", &line, soon()));
    assert_string_equal(buf_str(&line), "listening on x:1");
    assert_false(process_wait_for_line(process, "nothing", &tail, clock_now_ns()));
    process_put_tail(process, 2, &tail);
    assert_string_equal(buf_str(&tail), "two\nlistening on x:1");
    buf_clear(&line);
    buf_clear(&tail);
    process_stop(process);
}

static void a_child_that_ends_without_the_line_is_not_awaited(void **state)
{
    (void)state;
    struct process *process = shell("echo something else");
    struct buf line = {0};
    assert_false(process_wait_for_line(process, "listening on ", &line, soon()));
    buf_clear(&line);
    process_stop(process);
}

static void much_output_is_cut_and_does_not_block(void **state)
{
    (void)state;
    struct process *process = shell(
        "i=0; while [ $i -lt 20000 ]; do echo line $i of many many many; i=$((i+1)); done");
    struct buf how = {0}, tail = {0};
    wait_for_end(process, &how);
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    process_put_tail(process, 1, &tail);
    assert_string_equal(buf_str(&tail), "line 19999 of many many many");
    buf_clear(&how);
    buf_clear(&tail);
    process_stop(process);
}

static void the_whole_group_is_ended(void **state)
{
    (void)state;
    /* a child that ignores SIGTERM, and a grandchild that holds the output open */
    struct process *process = shell(
        "trap '' TERM; sleep 60 & echo pid $!; while :; do sleep 1; done");
    struct buf line = {0};
    assert_true(process_wait_for_line(process, "pid ", &line, soon()));
    pid_t grandchild = (pid_t)atoi(buf_str(&line) + 4);
    buf_clear(&line);
    process_stop(process);
    int tries = 0;
    while (kill(grandchild, 0) == 0 && tries++ < 1000)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    char status[64], state_of = 'X';
    snprintf(status, sizeof(status), "/proc/%d/stat", (int)grandchild);
    FILE *file = fopen(status,
                       "r"); /* a zombie that nobody reaps (in a container) is dead enough */
    if (file) {
        assert_int_equal(fscanf(file, "%*d (%*[^)]) %c", &state_of), 1);
        fclose(file);
    }
    assert_true(state_of == 'X' || state_of == 'Z');
}

static void what_cannot_be_started_is_told(void **state)
{
    (void)state;
    char name[] = "/nonexistent/server", why[256];
    char *argv[] = {name, NULL};
    assert_null(process_start(argv, why));
    assert_string_equal(why, "cannot start /nonexistent/server: No such file or directory");
}

static void ports_are_filled_in(void **state)
{
    (void)state;
    static const struct row {
        const char *command, *out;
        bool found;
    } rows[] = {
        {"s --port {port}", "s --port 7", true},
        {"{port}{port}", "77", true},
        {"s", "s", false},
        {"{por}", "{por}", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};
        assert_int_equal(spawn_fill_port(rows[i].command, 7, &out), rows[i].found);
        assert_string_equal(buf_str(&out), rows[i].out);
        buf_clear(&out);
    }
    assert_in_range(spawn_free_port(), 1024, 32767);
}

static void a_target_that_ends_at_once_is_told(void **state)
{
    (void)state;
    struct endpoint endpoint = {.host = ""};
    char why[1024];
    assert_null(
        spawn_command("echo oops {port} >/dev/null; echo oops >&2; exit 3", &endpoint, NULL, why));
    assert_string_equal(
        why, "the target ended before it was ready: it exited with status 3; it printed:\noops");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_is_told),
        cmocka_unit_test(a_piped_process_answers),
        cmocka_unit_test(a_line_is_awaited),
        cmocka_unit_test(a_child_that_ends_without_the_line_is_not_awaited),
        cmocka_unit_test(much_output_is_cut_and_does_not_block),
        cmocka_unit_test(the_whole_group_is_ended),
        cmocka_unit_test(what_cannot_be_started_is_told),
        cmocka_unit_test(ports_are_filled_in),
        cmocka_unit_test(a_target_that_ends_at_once_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
