/* SPDX-License-Identifier: MIT
 *
 * The drives from end to end, on the faulty client as a process: a command that is right, that does not know its case,
 * hangs, crashes, or never connects; an adapter that is right, hangs, or crashes. And its knobs as data. */
#include "base/test.h"

#include "clauses/clauses.h"
#include "lint/lint.h"
#include "reports/model.h"
#include "run/drive_adapter.h"
#include "run/drive_command.h"
#include "run/run.h"
#include "selftest/client/function.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char program[1024];

/* grpcspec lies beside this test, or in bin/ above it. */
static void find_program(void)
{
    char self[900] = "";
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(len > 0);
    for (char *slash = strrchr(self, '/'); slash; slash = strrchr(self, '/')) {
        *slash = '\0';
        (void)snprintf(program, sizeof program, "%s/bin/grpcspec", self);
        if (access(program, X_OK) == 0)
            return;
    }
    fail_msg("grpcspec was not built");
}

static const struct test_case *find_case(const char *id)
{
    size_t count;
    const struct test_case **cases = run_client_cases(&count), *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (strcmp(cases[i]->id, id) == 0)
            found = cases[i];
    free(cases);
    assert_non_null(found);
    return found;
}

static enum report_verdict judge(const struct drive *drive, const char *id)
{
    const struct test_case *cases[] = {find_case(id)};
    const struct target_info target = {.drive = drive, .authority = "localhost"};
    const struct run_options options = {.cases = cases,
                                        .case_count = 1,
                                        .jobs = 1,
                                        .patience_ns = 2 * NS_PER_S,
                                        .timeout_ns = 20 * NS_PER_S,
                                        .no_canary = true};
    struct report report;
    report_init(&report);
    assert_int_equal(run_suite(&options, &target, &report), 0);
    const struct report_result *result = report_find(&report, id);
    assert_non_null(result);
    enum report_verdict verdict = result->verdict;
    report_clear(&report);
    return verdict;
}

static enum report_verdict command_with(const char *knob, const char *id)
{
    char option[128], verb[] = "selftest", why[256] = "";
    (void)snprintf(option, sizeof option, "--faulty-client=%s", knob);
    char *const argv[] = {program, verb, option, NULL};
    struct command_drive *drive = command_drive_new(argv, why);
    assert_non_null(drive);
    enum report_verdict verdict = judge(command_drive(drive), id);
    command_drive_free(drive);
    return verdict;
}

static enum report_verdict adapter_with(const char *knob, const char *id)
{
    char line[1200];
    (void)snprintf(line, sizeof line, "%s selftest --faulty-client=%s --adapter", program, knob);
    struct adapter_drive *drive = adapter_drive_new(line);
    assert_non_null(drive);
    enum report_verdict verdict = judge(adapter_drive(drive), id);
    adapter_drive_free(drive);
    return verdict;
}

struct row {
    const char *knob, *id;
    enum report_verdict verdict;
};

static void commands_are_judged(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"none", "client/grpc/calls/large-unary", REPORT_PASS},
        {"none", "client/grpc/calls/client-streaming", REPORT_PASS},
        {"none", "client/grpc/requests/custom-metadata", REPORT_PASS},
        {"none", "client/grpc/compression/only-what-is-asked-for", REPORT_PASS},
        {"none", "client/grpc/status/special-message", REPORT_PASS},
        {"none", "client/http2/streams/one-at-a-time", REPORT_PASS},
        {"none", "client/grpc/messages/above-the-limit", REPORT_SKIP},
        {"zeroes-ping", "client/http2/ping/same-octets", REPORT_FAIL},
        {"missing-status-is-ok", "client/grpc/status/missing", REPORT_FAIL},
        {"dies", "client/grpc/calls/empty-unary", REPORT_CRASH},
        {"never-connects", "client/grpc/calls/empty-unary", REPORT_FAIL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (command_with(rows[i].knob, rows[i].id) != rows[i].verdict)
            fail_msg("%s with %s: not %s", rows[i].id, rows[i].knob,
                     report_verdict_name(rows[i].verdict));
}

static void adapters_are_judged(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"none", "client/grpc/calls/large-unary", REPORT_PASS},
        {"none", "client/grpc/calls/ping-pong", REPORT_PASS},
        {"none", "client/grpc/requests/metadata-binary", REPORT_PASS},
        {"none", "client/grpc/requests/metadata-placed", REPORT_PASS},
        {"none", "client/grpc/messages/above-the-limit", REPORT_PASS},
        {"none", "client/grpc/cancellation/after-a-response", REPORT_PASS},
        {"plus-is-a-space", "client/grpc/status/message-plus", REPORT_FAIL},
        {"trailers-are-initial", "client/grpc/requests/metadata-placed", REPORT_FAIL},
        {"dies", "client/grpc/calls/empty-unary", REPORT_CRASH},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (adapter_with(rows[i].knob, rows[i].id) != rows[i].verdict)
            fail_msg("%s with %s: not %s", rows[i].id, rows[i].knob,
                     report_verdict_name(rows[i].verdict));
}

/* One that hangs is ended, and the case fails. */
static void what_hangs_is_ended(void **state)
{
    (void)state;
    assert_int_equal(command_with("hangs", "client/grpc/calls/empty-unary"), REPORT_HANG);
    enum report_verdict verdict = adapter_with("hangs", "client/grpc/calls/empty-unary");
    assert_true(verdict == REPORT_FAIL || verdict == REPORT_HANG);
}

static void unknown_cases_are_127(void **state)
{
    (void)state;
    char option[] = "--faulty-client=none", verb[] = "selftest", why[256] = "";
    char *const argv[] = {program, verb, option, NULL};
    struct command_drive *drive = command_drive_new(argv, why);
    const struct client_address address = {
        .host = "127.0.0.1", .port = 9, .case_id = "client/unknown"};
    assert_non_null(drive);
    assert_true(command_drive_ask_unknown(drive, &address, 20 * NS_PER_S, why));
    assert_false(command_drive(drive)->exit_says_nothing);
    command_drive_free(drive);
    char case_flag[] = "--test_case=nobody-knows";
    char *flags[] = {case_flag, NULL};
    assert_int_equal(faulty_client_main(1, flags, CLIENT_NONE), 127);
}

static void knobs_are_words_with_clauses_that_exist(void **state)
{
    (void)state;
    for (size_t i = 1; i < CLIENT_KNOB_COUNT; i++) {
        const struct knob_row *knob = &client_knob_table[i];
        const char *list = knob->clauses;
        size_t count = 0;
        struct bytes id;
        assert_int_equal(strspn(knob->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                         strlen(knob->name));
        assert_int_equal(client_knob_find(knob->name), i);
        for (; clause_next_id(&list, &id); count++)
            if (!clause_find(id))
                fail_msg("%s names the clause %.*s", knob->name, (int)id.len,
                         (const char *)id.data);
        assert_true(count > 0 && knob->sentence[0] != '\0');
    }
    assert_int_equal(client_knob_find("no-such-knob"), CLIENT_NONE);
}

int main(void)
{
    find_program();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knobs_are_words_with_clauses_that_exist),
        cmocka_unit_test(unknown_cases_are_127),
        cmocka_unit_test(commands_are_judged),
        cmocka_unit_test(adapters_are_judged),
        cmocka_unit_test(what_hangs_is_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
