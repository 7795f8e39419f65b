/* SPDX-License-Identifier: MIT
 *
 * The Markdown rendering, and the sentence that heads it. */
#include "base/test.h"

#include "reports/markdown.h"
#include "reports/sentence.h"
#include "reports/test_report.h"

#include <stdlib.h>

static char *markdown_of(const struct report *report, const struct report *against)
{
    struct buf out = {0};
    assert_true(report_put_markdown(report, against, &out));
    char *text = strdup(buf_str(&out));
    assert_non_null(text);
    buf_clear(&out);
    return text;
}

static void assert_has(const char *text, const char *line)
{
    if (!strstr(text, line))
        fail_msg("no '%s' in:\n%s", line, text);
}

static void a_failure_is_told_with_its_clause(void **state)
{
    (void)state;
    struct report report;
    make_report(&report);
    char *text = markdown_of(&report, NULL);
    assert_has(text, "4 of 6 judged cases are not as expected.\n");
    assert_has(text, "1 PASS, 1 LENIENT, 1 FAIL, 1 CRASH, 1 HANG, 1 SKIP, 1 BROKEN in 0.9 s.");
    assert_has(text, "| http2/ping | 1 | 0 | **3** | 1 |\n");
    assert_has(text, "#### FAIL http2/ping/fail\n");
    assert_has(text, "- clause H2-PING-001 (MUST, RFC 9113 s6.7): A PING is answered.\n");
    assert_has(text, "- expected: PING ACK\n");
    assert_has(text, "```sh\ngrpcspec test :1 --case x\n```\n");
    free(text);
    report_clear(&report);
}

static void hostile_text_has_no_effect(void **state)
{
    (void)state;
    struct report report;
    make_report(&report);
    struct report_result *result = &report.results[1];
    free(result->seen);
    result->seen = strdup("<b>`x`\n# [a](https://b) | @user \x1b[31m");
    free(result->repeat);
    result->repeat = strdup("grpcspec test '```'");
    char *text = markdown_of(&report, NULL);
    assert_has(text,
               "- seen: &lt;b&gt;\\`x\\` \\# \\[a\\](https\\://b) \\| &#64;user \\\\x1b\\[31m\n");
    assert_has(text, "````sh\ngrpcspec test '```'\n````\n");
    free(text);
    report_clear(&report);
}

static void what_changed_is_a_table(void **state)
{
    (void)state;
    struct report report, old;
    make_report(&report);
    make_report(&old);
    char *same = markdown_of(&report, &old);
    assert_has(same, "Nothing changed.\n");
    old.results[1].verdict = REPORT_PASS;
    char *text = markdown_of(&report, &old);
    assert_has(text, "| broken | http2/ping/fail | PASS | FAIL |\n");
    free(text);
    free(same);
    report_clear(&old);
    report_clear(&report);
}

static void a_summary_has_an_end(void **state)
{
    (void)state;
    struct report report;
    report_init(&report);
    for (int i = 0; i < 60; i++)
        add_result_row(&report, "http2/ping/fail", "http2/ping", REPORT_FAIL);
    char *text = markdown_of(&report, NULL);
    assert_has(text, "And 10 more.\n");
    free(text);
    report_clear(&report);
}

static void assert_sentence(const struct report *report, const char *expected)
{
    struct buf out = {0};
    report_put_sentence(report, &out);
    assert_string_equal(buf_str(&out), expected);
    buf_clear(&out);
}

static void the_sentence_says_what_a_person_needs(void **state)
{
    (void)state;
    struct report report;
    report_init(&report);
    assert_sentence(&report, "No case could be judged.");
    add_result_row(&report, "a", "x", REPORT_PASS);
    assert_sentence(&report, "The 1 judged case is as expected.");
    add_result_row(&report, "b", "x", REPORT_FAIL);
    add_result_row(&report, "c", "x", REPORT_SKIP);
    assert_sentence(&report, "1 of 2 judged cases is not as expected.");
    report.results[1].expected_by_baseline = true;
    assert_sentence(&report, "All 2 judged cases are as expected, 1 known deviation included.");
    add_result_row(&report, "lint/x", "lint", REPORT_FAIL);
    report.results[3].is_rule = true;
    report_add_problem(&report, "a line matches nothing");
    report.interrupted = true;
    assert_sentence(&report,
                    "Interrupted: All 2 judged cases are as expected, 1 known deviation "
                    "included; the linter found 1 rule broken; 1 error in the run itself.");
    report_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_is_told_with_its_clause),
        cmocka_unit_test(hostile_text_has_no_effect),
        cmocka_unit_test(what_changed_is_a_table),
        cmocka_unit_test(a_summary_has_an_end),
        cmocka_unit_test(the_sentence_says_what_a_person_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
