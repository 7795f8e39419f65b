/* SPDX-License-Identifier: MIT
 *
 * Reports read back, made one of several, and compared. */
#include "base/test.h"

#include "reports/compare.h"
#include "reports/json.h"
#include "reports/merge.h"
#include "reports/read.h"
#include "reports/test_report.h"

static void put_all(const struct report *report, struct buf *out)
{
    assert_true(report_put_json(report, out));
}

/* What a report says as JSON is the same after it was read back from there. */
static void everything_comes_back(void **state)
{
    (void)state;
    struct report report, back;
    struct buf before = {0}, after = {0};
    char why[256];
    make_report(&report);
    report.results[1].frames_dropped = 7;
    report.results[1].expected_by_baseline = true;
    report.results[1].baseline_reason = strdup("known");
    report.results[2].is_rule = true;
    report.results[2].findings = 3;
    report.results[2].first_case = strdup("http2/ping/fail");
    put_all(&report, &before);
    report_init(&back);
    assert_true(report_read_json(&back, buf_view(&before), why));
    put_all(&back, &after);
    assert_string_equal(buf_str(&before), buf_str(&after));
    buf_clear(&after);
    buf_clear(&before);
    report_clear(&back);
    report_clear(&report);
}

static void what_is_no_report_is_told(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"", "it is no JSON"},
        {"{}", "it is no report of grpcspec"},
        {"{\"schema\":\"grpcspec-report\",\"version\":99,\"results\":[]}", "of a later grpcspec"},
        {"{\"schema\":\"grpcspec-report\",\"version\":1,\"results\":[{}]}", "result 1 has no id"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct report report;
        char why[256] = "";
        report_init(&report);
        assert_false(report_read_json(&report, bytes_str(rows[i].text), why));
        assert_non_null(strstr(why, rows[i].why));
        report_clear(&report);
    }
}

static void damaged_octets_are_read_as_far_as_they_go(void **state)
{
    static const char text[] =
        "{\"schema\":\"grpcspec-report\",\"version\":1,\"results\":[{\"id\":\"a\",\"verdict\":"
        "\"FAIL\",\"clauses\":7,\"notes\":{},\"transcript\":[{\"octets\":\"00ffz1\"},5,"
        "{\"octets\":\"123\"}]}]}";
    (void)state;
    struct report report;
    char why[256];
    report_init(&report);
    assert_true(report_read_json(&report, bytes_str(text), why));
    assert_int_equal(report.results[0].frame_count, 3);
    assert_bytes(buf_view(&report.results[0].frames[0].octets), BYTES("\x00\xff"));
    assert_bytes(buf_view(&report.results[0].frames[2].octets), BYTES("\x12"));
    report_clear(&report);
}

static void add_rule(struct report *report, enum report_verdict verdict, size_t findings)
{
    add_result_row(report, "lint/x", "lint", verdict);
    report->results[report->result_count - 1].is_rule = true;
    report->results[report->result_count - 1].findings = findings;
}

static void shards_become_one_run(void **state)
{
    (void)state;
    struct report whole, part;
    char why[256];
    report_init(&whole);
    report_init(&part);
    whole.started = strdup("2025-01-02T03:04:06Z");
    part.started = strdup("2025-01-02T03:04:05Z");
    whole.duration_ns = 5;
    part.duration_ns = 9;
    add_result_row(&whole, "a", "x", REPORT_PASS);
    add_rule(&whole, REPORT_PASS, 0);
    add_result_row(&part, "b", "x", REPORT_FAIL);
    add_rule(&part, REPORT_FAIL, 2);
    report_add_problem(&part, "a problem");
    part.interrupted = true;

    assert_true(report_merge(&whole, &part, why));
    assert_int_equal(whole.result_count, 3);
    assert_int_equal(report_find(&whole, "b")->verdict, REPORT_FAIL);
    assert_int_equal(report_find(&whole, "lint/x")->verdict, REPORT_FAIL);
    assert_int_equal(report_find(&whole, "lint/x")->findings, 2);
    assert_string_equal(whole.started, "2025-01-02T03:04:05Z");
    assert_int_equal(whole.duration_ns, 9);
    assert_int_equal(whole.problem_count, 1);
    assert_true(whole.interrupted);
    assert_int_equal(part.result_count, 0);
    report_clear(&whole);
}

static void a_case_twice_is_an_error(void **state)
{
    (void)state;
    struct report whole, part;
    char why[256];
    make_report(&whole);
    make_report(&part);
    assert_false(report_merge(&whole, &part, why));
    assert_non_null(strstr(why, "http2/ping/pass is in another of the reports too"));
    report_clear(&whole);
}

static void versions_do_not_mix(void **state)
{
    (void)state;
    struct report whole, part;
    char why[256];
    make_report(&whole);
    report_init(&part);
    part.tool = strdup("0.2.0");
    assert_false(report_merge(&whole, &part, why));
    assert_non_null(strstr(why, "0.2.0"));
    report_clear(&whole);
}

static void a_change_has_a_direction(void **state)
{
    static const struct {
        enum report_verdict old, now;
        enum report_change change;
    } rows[] = {
        {REPORT_PASS, REPORT_PASS, REPORT_SAME},     {REPORT_FAIL, REPORT_PASS, REPORT_FIXED},
        {REPORT_CRASH, REPORT_SKIP, REPORT_FIXED},   {REPORT_PASS, REPORT_HANG, REPORT_BROKE},
        {REPORT_LENIENT, REPORT_FAIL, REPORT_BROKE}, {REPORT_PASS, REPORT_LENIENT, REPORT_DIFFERS},
        {REPORT_FAIL, REPORT_CRASH, REPORT_DIFFERS},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct report report, old;
        report_init(&report);
        report_init(&old);
        add_result_row(&report, "a", "x", rows[i].now);
        add_result_row(&old, "a", "x", rows[i].old);
        assert_int_equal(report_change_of(&report.results[0], &old, NULL), rows[i].change);
        report_clear(&old);
        report_clear(&report);
    }
}

static void changes_are_listed(void **state)
{
    (void)state;
    struct report report, old;
    struct buf out = {0};
    make_report(&report);
    make_report(&old);
    old.results[1].verdict = REPORT_PASS;
    old.results[0].verdict = REPORT_HANG;
    add_result_row(&old, "gone", "x", REPORT_PASS);
    report_put_changes(&report, &old, &out);
    assert_string_equal(buf_str(&out),
                        "broken   http2/ping/fail: FAIL, was PASS\n"
                        "fixed    http2/ping/pass: PASS, was HANG\n"
                        "1 fixed, 1 broken, 0 changed against 127.0.0.1:1 \\x1b]0;title\\x07 of "
                        "2025-01-02T03:04:05Z; 1 only in the old report\n");
    buf_clear(&out);
    report_clear(&old);
    report_clear(&report);
}

static void out_of_memory_is_an_error(void **state)
{
    (void)state;
    struct report report;
    struct buf text = {0};
    make_report(&report);
    put_all(&report, &text);
    for (size_t n = 0;; n++) {
        struct report back;
        char why[256];
        report_init(&back);
        fail_allocation(n);
        bool ok = report_read_json(&back, buf_view(&text), why);
        bool failed = stop_failing();
        assert_true(ok != failed);
        report_clear(&back);
        if (!failed)
            break;
    }
    buf_clear(&text);
    report_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(what_is_no_report_is_told),
        cmocka_unit_test(damaged_octets_are_read_as_far_as_they_go),
        cmocka_unit_test(shards_become_one_run),
        cmocka_unit_test(a_case_twice_is_an_error),
        cmocka_unit_test(versions_do_not_mix),
        cmocka_unit_test(a_change_has_a_direction),
        cmocka_unit_test(changes_are_listed),
        cmocka_unit_test(out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
