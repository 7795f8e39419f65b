/* SPDX-License-Identifier: MIT
 *
 * The kill matrix as a report: what was noticed passes, what nobody noticed fails. */
#include "base/test.h"

#include "reports/read.h"

static const char matrix[] =
    "{\"schema\": \"grpcspec-kill-matrix\", \"version\": 1, \"correct_wrong\": 0,"
    " \"dropper_passes\": 0, \"dropper_cases\": 9, \"knobs\": ["
    "  {\"name\": \"noticed\", \"sentence\": \"says it twice\", \"clauses\": \"A-1 B-2\","
    "   \"ran\": 9, \"killers\": 2, \"others\": 1, \"first\": [\"x/y\", \"x/z\"]},"
    "  {\"name\": \"missed\", \"sentence\": \"says nothing\", \"clauses\": \"\", \"ran\": 9,"
    "   \"killers\": 0, \"others\": 0, \"first\": []}],"
    " \"cases\": [{\"id\": \"x/y\", \"kills\": 3}, {\"id\": \"x/never\", \"kills\": 0}]}";

static void each_knob_and_each_case_has_a_result(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        enum report_verdict verdict;
        const char *seen;
    } rows[] = {
        {"knob/noticed", REPORT_PASS, "2 of 9 cases notice it, 1 more for other clauses"},
        {"knob/missed", REPORT_FAIL, "0 of 9 cases notice it, 0 more for other clauses"},
        {"seen to fail/x/y", REPORT_PASS, "3 knobs make it fail"},
        {"seen to fail/x/never", REPORT_SKIP, "no knob of this run makes it fail"},
    };
    struct report report;
    char why[256];
    report_init(&report);
    assert_true(report_read_json(&report, bytes_str(matrix), why));
    assert_int_equal(report.result_count, ARRAY_LEN(rows));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_string_equal(report.results[i].id, rows[i].id);
        assert_int_equal(report.results[i].verdict, rows[i].verdict);
        assert_string_equal(report.results[i].seen, rows[i].seen);
    }
    assert_int_equal(report.results[0].clause_count, 2);
    assert_string_equal(report.results[0].clauses[1].id, "B-2");
    assert_string_equal(report.results[0].notes, "noticed by x/y\nnoticed by x/z\n");
    assert_false(report_is_success(&report));
    report_clear(&report);
}

static void an_empty_one_is_a_report_without_results(void **state)
{
    (void)state;
    struct report report;
    char why[256];
    report_init(&report);
    assert_true(
        report_read_json(&report, bytes_str("{\"schema\": \"grpcspec-kill-matrix\"}"), why));
    assert_int_equal(report.result_count, 0);
    report_clear(&report);
}

static void out_of_memory_is_an_error(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        struct report report;
        char why[256];
        report_init(&report);
        fail_allocation(n);
        bool ok = report_read_json(&report, bytes_str(matrix), why);
        bool failed = stop_failing();
        assert_true(ok != failed);
        report_clear(&report);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_knob_and_each_case_has_a_result),
        cmocka_unit_test(an_empty_one_is_a_report_without_results),
        cmocka_unit_test(out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
