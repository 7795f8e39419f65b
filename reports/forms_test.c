/* SPDX-License-Identifier: MIT
 *
 * The small renderings (TAP, annotations, badge, SARIF), each on a report with one of everything:
 * what stands there, and that hostile text stays text; of all renderings, that every lost allocation is told. */
#include "base/test.h"

#include "reports/render.h"
#include "reports/test_report.h"

#include <jansson.h>

static char *rendered(const struct report *report, enum output_format format)
{
    struct buf out = {0};
    assert_true(report_render(report, format, NULL, &out));
    char *text = strdup(buf_str(&out));
    assert_non_null(text);
    buf_clear(&out);
    return text;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("not there: %s\nin:\n%s", part, text);
}

static size_t lines_with(const char *text, const char *start)
{
    size_t count = 0;
    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        count += strncmp(line, start, strlen(start)) == 0;
    }
    return count;
}

static void tap_has_a_line_for_each_result(void **state)
{
    (void)state;
    struct report report;
    make_report(&report);
    report.results[3].expected_by_baseline = true;
    report.results[3].baseline_reason = report_string(&report, "fixed in #2");
    report_add_problem(&report, "a stale line");
    char *text = rendered(&report, OUTPUT_TAP);
    assert_has(text, "TAP version 13\n1..8\n");
    assert_has(text, "ok 1 - http2/ping/pass\n");
    assert_has(text, "not ok 2 - http2/ping/fail\n  ---\n  verdict: \"FAIL\"\n");
    assert_has(text, "not ok 4 - grpc/x/crash # TODO known deviation: fixed in \\#2\n");
    assert_has(text, "ok 6 - http2/ping/skip # SKIP <&");
    assert_has(text, "not ok 8 - run: a stale line\n");
    assert_int_equal(lines_with(text, "ok "), 3);
    assert_int_equal(lines_with(text, "not ok "), 5);
    free(text);
    report_clear(&report);
}

static void an_annotation_is_one_line(void **state)
{
    (void)state;
    struct report report;
    make_report(&report);
    char *text = rendered(&report, OUTPUT_ANNOTATIONS);
    assert_int_equal(lines_with(text, "::"), 5); /* the sentence, FAIL, CRASH, HANG, BROKEN */
    assert_int_equal(lines_with(text, "::error title=FAIL http2/ping/fail::a rule%0A"), 1);
    assert_int_equal(lines_with(text, ""), 6); /* no line that is no command */
    free(text);
    report_clear(&report);
}

static void a_good_run_is_a_notice(void **state)
{
    (void)state;
    struct report report;
    report_init(&report);
    add_result_row(&report, "a/b/c", "a/b", REPORT_PASS);
    char *text = rendered(&report, OUTPUT_ANNOTATIONS);
    assert_string_equal(text, "::notice title=grpcspec::The 1 judged case is as expected.\n");
    free(text);
    report_clear(&report);
}

static void the_badge_says_how_many(void **state)
{
    (void)state;
    struct report report;
    make_report(&report);
    char *text = rendered(&report, OUTPUT_BADGE);
    assert_has(text, "aria-label=\"grpcspec: 2 of 6 cases\"");
    assert_has(text, "fill=\"#c0282d\"");
    free(text);
    report_clear(&report);
}

static void sarif_has_what_is_not_as_expected(void **state)
{
    (void)state;
    struct report report;
    make_report(&report);
    char *text = rendered(&report, OUTPUT_SARIF);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    json_t *run = json_array_get(json_object_get(root, "runs"), 0);
    json_t *results = json_object_get(run, "results"), *first = json_array_get(results, 0);
    assert_int_equal(json_array_size(results), 5); /* LENIENT is a note */
    assert_string_equal(json_string_value(json_object_get(first, "ruleId")), "http2/ping/fail");
    assert_string_equal(json_string_value(json_object_get(first, "level")), "error");
    json_t *rules = json_object_get(json_object_get(json_object_get(run, "tool"), "driver"),
                                    "rules");
    assert_int_equal(json_array_size(rules), 5);
    json_decref(root);
    free(text);
    report_clear(&report);
}

static void out_of_memory_is_an_error(void **state)
{
    (void)state;
    struct report report;
    make_report(&report);
    report_add_problem(&report, "a stale line");
    for (int form = 0; form < OUTPUT_FORM_COUNT; form++) {
        bool failed = true;
        for (size_t n = 0; failed; n++) {
            struct buf text = {0};
            fail_allocation(n);
            bool ok = report_render(&report, (enum output_format)form, &report, &text);
            failed = stop_failing();
            assert_true(ok != failed);
            buf_clear(&text);
        }
    }
    report_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tap_has_a_line_for_each_result),
        cmocka_unit_test(an_annotation_is_one_line),
        cmocka_unit_test(a_good_run_is_a_notice),
        cmocka_unit_test(the_badge_says_how_many),
        cmocka_unit_test(sarif_has_what_is_not_as_expected),
        cmocka_unit_test(out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
