/* SPDX-License-Identifier: MIT
 *
 * The model's memory, and what counts as success. */
#include "base/test.h"

#include "reports/test_report.h"

static void verdict_names_are_read_back(void **state)
{
    (void)state;
    for (int i = 0; i < REPORT_VERDICT_COUNT; i++) {
        enum report_verdict back = REPORT_VERDICT_COUNT;
        assert_true(report_verdict_parse(report_verdict_name((enum report_verdict)i), &back));
        assert_int_equal(back, i);
    }
    enum report_verdict verdict;
    assert_true(report_verdict_parse("fail", &verdict));
    assert_false(report_verdict_parse("", &verdict));
    assert_false(report_verdict_parse("PASSED", &verdict));
}

static void only_pass_lenient_and_skip_are_fine(void **state)
{
    (void)state;
    static const bool fine[REPORT_VERDICT_COUNT] = {
        [REPORT_PASS] = true, [REPORT_LENIENT] = true, [REPORT_SKIP] = true};
    for (int i = 0; i < REPORT_VERDICT_COUNT; i++)
        assert_int_equal(report_verdict_is_fine((enum report_verdict)i), fine[i]);
}

static bool success_of(enum report_verdict verdict, bool by_baseline, bool interrupted,
                       bool problem)
{
    struct report report;
    report_init(&report);
    add_result_row(&report, "a/b/c", "a/b", verdict);
    report.results[0].expected_by_baseline = by_baseline;
    report.interrupted = interrupted;
    if (problem)
        report_add_problem(&report, "line %d", 1);
    bool success = report_is_success(&report);
    report_clear(&report);
    return success;
}

static void success_is_everything_as_expected(void **state)
{
    (void)state;
    assert_true(success_of(REPORT_PASS, false, false, false));
    assert_true(success_of(REPORT_SKIP, false, false, false));
    assert_true(success_of(REPORT_FAIL, true, false, false));
    assert_false(success_of(REPORT_FAIL, false, false, false));
    assert_false(success_of(REPORT_BROKEN, false, false, false));
    assert_false(success_of(REPORT_PASS, false, true, false));
    assert_false(success_of(REPORT_PASS, false, false, true));
}

static void results_are_found_and_counted(void **state)
{
    (void)state;
    struct report report;
    make_report(&report);
    assert_int_equal(report_count(&report, REPORT_FAIL), 1);
    assert_int_equal(report_count(&report, REPORT_PASS), 1);
    assert_string_equal(report_find(&report, "grpc/x/crash")->area, "grpc/x");
    assert_null(report_find(&report, "grpc/x"));
    report_clear(&report);
    assert_int_equal(report.result_count, 0);
}

static void many_items_keep_their_content(void **state)
{
    (void)state;
    struct report report;
    report_init(&report);
    assert_true(report_make_results(&report, 3));
    for (int i = 0; i < 40; i++) {
        struct report_result *result = report_add_result(&report);
        char id[16];
        snprintf(id, sizeof(id), "r/%d", i);
        result->id = report_string(&report, id);
    }
    assert_int_equal(report.result_count, 43);
    assert_string_equal(report.results[42].id, "r/39");
    for (int i = 0; i < 9; i++)
        add_frame_row(&report, &report.results[0], '>', "line", false);
    report_copy_frames(&report, &report.results[1], &report.results[0]);
    assert_int_equal(report.results[1].frame_count, 9);
    assert_string_equal(report.results[1].frames[8].line, "line");
    assert_ptr_not_equal(report.results[1].frames[8].line, report.results[0].frames[8].line);
    report_clear(&report);
}

static void out_of_memory_is_remembered(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        struct report report;
        fail_allocation(n);
        make_report(&report);
        bool failed = stop_failing();
        /* a frame's octets report their own failure */
        bool octets_failed = false;
        for (size_t i = 0; i < report.result_count; i++)
            for (size_t k = 0; k < report.results[i].frame_count; k++)
                octets_failed |= report.results[i].frames[k].octets.failed;
        assert_int_equal(report.failed || octets_failed, failed);
        assert_false(report.failed && report_is_success(&report));
        report_clear(&report);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdict_names_are_read_back),
        cmocka_unit_test(only_pass_lenient_and_skip_are_fine),
        cmocka_unit_test(success_is_everything_as_expected),
        cmocka_unit_test(results_are_found_and_counted),
        cmocka_unit_test(many_items_keep_their_content),
        cmocka_unit_test(out_of_memory_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
