/* SPDX-License-Identifier: MIT
 *
 * Baselines: what they forgive, and that they never rot unseen. */
#include "base/test.h"

#include "run/baseline.h"
#include "run/text_match.h"

static void lines_are_read_or_refused(void **state)
{
    (void)state;
    static const struct row {
        struct bytes text;
        size_t count; /* when why is NULL */
        const char *why;
    } rows[] = {
        {BYTES(""), 0, NULL},
        {BYTES("# a comment\n\n   \n"), 0, NULL},
        {BYTES("http2/ping/ack FAIL upstream bug 12\n"), 1, NULL},
        {BYTES("a/* fail why\r\n\tb CRASH why"), 2, NULL},
        {BYTES("a LENIENT why"), 1, NULL},
        {BYTES("a"), 0, "line 1: '' is no verdict to expect (FAIL, LENIENT, CRASH, HANG, BROKEN)"},
        {BYTES("# c\na PASS why"), 0,
         "line 2: 'PASS' is no verdict to expect (FAIL, LENIENT, CRASH, HANG, BROKEN)"},
        {BYTES("a SKIP why"), 0,
         "line 1: 'SKIP' is no verdict to expect (FAIL, LENIENT, CRASH, HANG, BROKEN)"},
        {BYTES("a FAIL"), 0, "line 1: a has no reason; say why it is expected"},
        {BYTES("a FAIL  \n"), 0, "line 1: a has no reason; say why it is expected"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct baseline baseline;
        struct bytes text = guard(rows[i].text);
        char why[256] = "";
        assert_int_equal(baseline_parse(&baseline, text, why), rows[i].why == NULL);
        assert_string_equal(why, rows[i].why ? rows[i].why : "");
        assert_int_equal(baseline.count, rows[i].count);
        baseline_clear(&baseline);
        unguard(text);
    }
}

static bool is_known(const char *glob)
{
    return glob_matches(glob, "a/b/one") || glob_matches(glob, "a/b/two") ||
           glob_matches(glob, "a/b/unselected");
}

/* One line against two results: success, whether the first is expected, and the problem. */
static void deviations_are_judged(void **state)
{
    (void)state;
    static const struct row {
        const char *line;
        enum report_verdict one, two;
        bool success, one_is_expected;
        const char *problem;
    } rows[] = {
        {"a/b/one FAIL known", REPORT_FAIL, REPORT_PASS, true, true, NULL},
        {"a/b/one FAIL known", REPORT_PASS, REPORT_PASS, false, false,
         "baseline line 1: a/b/one is listed as FAIL, but is not so any more; remove the line"},
        {"a/b/one FAIL known", REPORT_CRASH, REPORT_PASS, false, false,
         "baseline line 1: a/b/one is listed as FAIL, but is not so any more; remove the line"},
        {"a/b/one FAIL known", REPORT_LENIENT, REPORT_PASS, false, false,
         "baseline line 1: a/b/one is listed as FAIL, but is not so any more; remove the line"},
        {"a/b/one FAIL known", REPORT_FAIL, REPORT_FAIL, false, true, NULL},
        {"a/b/* FAIL known", REPORT_FAIL, REPORT_FAIL, true, true, NULL},
        {"a/b/* FAIL known", REPORT_FAIL, REPORT_PASS, true, true, NULL},
        {"a/b/three FAIL known", REPORT_PASS, REPORT_PASS, false, false,
         "baseline line 1: a/b/three matches no case"},
        {"a/b/unselected FAIL known", REPORT_PASS, REPORT_PASS, true, false, NULL},
        {"a/b/one FAIL known", REPORT_SKIP, REPORT_PASS, true, false, NULL},
        {"a/b/one LENIENT known", REPORT_LENIENT, REPORT_PASS, true, true, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct report report;
        struct baseline baseline;
        char why[256];
        report_init(&report);
        assert_true(report_make_results(&report, 2));
        report.results[0].id = report_string(&report, "a/b/one");
        report.results[1].id = report_string(&report, "a/b/two");
        report.results[0].verdict = rows[i].one;
        report.results[1].verdict = rows[i].two;
        assert_true(baseline_parse(&baseline, bytes_str(rows[i].line), why));

        baseline_apply(&baseline, &report, true, is_known);
        assert_int_equal(report_is_success(&report), rows[i].success);
        assert_int_equal(report.results[0].expected_by_baseline, rows[i].one_is_expected);
        if (rows[i].one_is_expected)
            assert_string_equal(report.results[0].baseline_reason, "known");
        assert_int_equal(report.problem_count, rows[i].problem ? 1 : 0);
        if (rows[i].problem)
            assert_string_equal(report.problems[0], rows[i].problem);
        baseline_clear(&baseline);
        report_clear(&report);
    }
}

static void rules_are_not_judged_by_a_part_of_the_cases(void **state)
{
    (void)state;
    for (int whole = 0; whole <= 1; whole++) {
        struct report report;
        struct baseline baseline;
        char why[256];
        report_init(&report);
        assert_true(report_make_results(&report, 1));
        report.results[0].id = report_string(&report, "a/b/one");
        report.results[0].is_rule = true;
        assert_true(baseline_parse(&baseline, BYTES("a/b/one FAIL known"), why));
        baseline_apply(&baseline, &report, whole, is_known);
        assert_int_equal(report.problem_count, whole);
        baseline_clear(&baseline);
        report_clear(&report);
    }
}

static void a_missing_file_is_told(void **state)
{
    (void)state;
    struct baseline baseline;
    char why[256];
    assert_false(baseline_load(&baseline, "/nonexistent/known.txt", why));
    assert_string_equal(why, "cannot read /nonexistent/known.txt: No such file or directory");
}

static void out_of_memory_is_an_error(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        struct baseline baseline;
        char why[256];
        fail_allocation(n);
        bool ok = baseline_parse(&baseline, BYTES("a FAIL why\nb FAIL why\n"), why);
        bool failed = stop_failing();
        assert_true(ok != failed);
        baseline_clear(&baseline);
        if (!failed)
            break;
        assert_string_equal(why, "out of memory");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read_or_refused),
        cmocka_unit_test(deviations_are_judged),
        cmocka_unit_test(rules_are_not_judged_by_a_part_of_the_cases),
        cmocka_unit_test(a_missing_file_is_told),
        cmocka_unit_test(out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
