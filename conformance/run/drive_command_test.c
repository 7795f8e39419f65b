/* SPDX-License-Identifier: MIT
 *
 * The drive of a command: its arguments, and shell scripts in the place of clients, which never connect and end in all
 * the ways that a program can. */
#include "base/test.h"

#include "peer/client.h"
#include "run/drive_command.h"
#include "run/run.h"

#include <stdio.h>

static const struct client_address address = {.host = "127.0.0.1",
                                              .port = 77,
                                              .tls = true,
                                              .ca_file = "/ca",
                                              .server_name = "n",
                                              .case_id = "c"};

static void placeholders_are_replaced(void **state)
{
    static const struct {
        const char *argument, *filled;
        bool found;
    } rows[] = {
        {"--port={port}", "--port=77", true},
        {"{host}:{port}/{case}", "127.0.0.1:77/ping", true},
        {"{tls}{ca}{server_name}", "true/can", true},
        {"{ports}", "{ports}", false},
        {"{", "{", false},
        {"", "", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};
        assert_int_equal(command_fill(rows[i].argument, &address, "ping", &out), rows[i].found);
        assert_string_equal(buf_str(&out), rows[i].filled);
        buf_clear(&out);
    }
}

static void connects(struct test *t)
{
    (void)first_call(t, &empty_unary);
}

static void connects_for_ping(struct test *t)
{
    (void)first_call(t, &ping_case);
}

static void asks_what_no_command_does(struct test *t)
{
    static const struct client_call own = {.type = CALL_UNARY};
    (void)first_call(t, &own);
}

/* The verdict on a client that is this script; `unknown`: it is first asked for a case that nobody knows. */
static enum verdict verdict_on(const char *script, void (*run)(struct test *t), bool unknown,
                               const char *seen)
{
    char shell[] = "/bin/sh", option[] = "-c", text[200], why[256];
    char *const argv[] = {shell, option, text, shell, NULL};
    (void)snprintf(text, sizeof text, "%s", script);
    struct command_drive *drive = command_drive_new(argv, why);
    assert_non_null(drive);
    if (unknown)
        assert_true(command_drive_ask_unknown(drive, &address, 5 * NS_PER_S, why));
    struct target_info target = {.drive = command_drive(drive)};
    struct test_case test_case = {.id = "client/unit/test", .needs = NEEDS_CLIENT, .run = run};
    struct run_options options = {.patience_ns = 400 * NS_PER_MS};
    struct test t;
    run_case(&options, &target, &test_case, &t);
    enum verdict verdict = t.verdict;
    if (!strstr(buf_str(&t.seen), seen))
        fail_msg("'%s': seen is \"%s\"", script, buf_str(&t.seen));
    test_clear(&t);
    command_drive_free(drive);
    return verdict;
}

static void clients_that_never_connect(void **state)
{
    (void)state;
    assert_int_equal(verdict_on("exit 0", connects, false, "never connected"), VERDICT_FAIL);
    assert_int_equal(verdict_on("exit 2", connects, true, "no interop case empty_unary"),
                     VERDICT_SKIP);
    assert_int_equal(verdict_on("exit 127", connects, false, "no interop case empty_unary"),
                     VERDICT_SKIP);
    assert_int_equal(verdict_on("kill -SEGV $$", connects, false, "killed by signal"),
                     VERDICT_CRASH);
    assert_int_equal(verdict_on("exit 0", asks_what_no_command_does, false, "--adapter"),
                     VERDICT_SKIP);
}

/* What has no negative cases is asked for large_unary, and that it has. */
static void another_case_will_do(void **state)
{
    (void)state;
    assert_int_equal(verdict_on("case \"$*\" in *=ping*) exit 127;; esac; exit 4",
                                connects_for_ping, false, "exited with status 4"),
                     VERDICT_FAIL);
}

static void the_end_without_a_connection_is_not_forgotten(void **state)
{
    (void)state;
    char shell[] = "/bin/sh", option[] = "-c", text[] = "exit 0", why[256];
    char *const argv[] = {shell, option, text, NULL};
    struct command_drive *drive = command_drive_new(argv, why);
    assert_non_null(drive);
    assert_true(command_drive_ask_unknown(drive, &address, 5 * NS_PER_S, why));
    assert_true(command_drive(drive)->exit_says_nothing);
    command_drive_free(drive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(placeholders_are_replaced),
        cmocka_unit_test(clients_that_never_connect),
        cmocka_unit_test(another_case_will_do),
        cmocka_unit_test(the_end_without_a_connection_is_not_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
