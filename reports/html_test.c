/* SPDX-License-Identifier: MIT
 *
 * The HTML rendering: whole, self-contained, and inert whatever a target said. How it behaves in a
 * browser is checked by ci/check-page. */
#include "base/test.h"

#include "reports/html.h"
#include "reports/test_report.h"

#include <jansson.h>

#define MARKUP "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)>"

static char *page_of(const struct report *report, const struct report *against)
{
    struct buf out = {0};
    assert_true(report_put_html(report, against, &out));
    char *page = strdup(buf_str(&out));
    assert_non_null(page);
    buf_clear(&out);
    return page;
}

static size_t count_of(const char *text, const char *needle)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, needle)); at += strlen(needle))
        count++;
    return count;
}

/* The JSON text in the script element with that id, parsed. */
static json_t *json_in(const char *page, const char *id)
{
    char start[80];
    snprintf(start, sizeof(start), "<script type=\"application/json\" id=\"%s\">", id);
    const char *begin = strstr(page, start);
    assert_non_null(begin);
    begin += strlen(start);
    const char *end = strstr(begin, "</script>");
    assert_non_null(end);
    json_error_t error;
    json_t *root = json_loadb(begin, (size_t)(end - begin), JSON_REJECT_DUPLICATES, &error);
    if (!root)
        print_error("line %d: %s\n", error.line, error.text);
    assert_non_null(root);
    return root;
}

static void the_page_holds_the_report(void **state)
{
    (void)state;
    struct report report;
    make_report(&report);
    char *page = page_of(&report, NULL);
    json_t *root = json_in(page, "report"), *view = json_in(page, "view");
    assert_int_equal(json_array_size(json_object_get(root, "results")), report.result_count);
    assert_string_equal(json_string_value(json_object_get(view, "sentence")),
                        "4 of 6 judged cases are not as expected.");
    assert_null(json_object_get(view, "against"));
    assert_null(strstr(page, "@@")); /* every part is in its place */
    json_decref(view);
    json_decref(root);
    free(page);
    report_clear(&report);
}

static void the_page_needs_nothing_else(void **state)
{
    static const char *const fetches[] = {"src=\"",         "<link",     "@import",
                                          "url(",           "fetch(",    "XMLHttpRequest",
                                          "<iframe",        "innerHTML", "insertAdjacentHTML",
                                          "document.write", "eval("};
    (void)state;
    struct report report;
    report_init(&report);
    char *page = page_of(&report, NULL);
    for (size_t i = 0; i < ARRAY_LEN(fetches); i++)
        if (strstr(page, fetches[i]))
            fail_msg("the page has %s", fetches[i]);
    free(page);
    report_clear(&report);
}

static void hostile_text_stays_data(void **state)
{
    (void)state;
    struct report plain, hostile;
    make_report(&plain);
    make_report(&hostile);
    struct report_result *result = &hostile.results[1];
    free(result->seen);
    result->seen = strdup(MARKUP);
    free(hostile.target);
    hostile.target = strdup(MARKUP);
    char *without = page_of(&plain, NULL), *with = page_of(&hostile, &hostile);

    assert_int_equal(count_of(with, "<script"), count_of(without, "<script"));
    assert_int_equal(count_of(with, "</script"), count_of(without, "</script"));
    assert_int_equal(count_of(with, "<!--"), 0);
    assert_int_equal(count_of(with, "<img"), 0);
    json_t *root = json_in(with, "report");
    json_t *back = json_array_get(json_object_get(root, "results"), 1);
    assert_string_equal(json_string_value(json_object_get(back, "seen")), MARKUP);
    json_decref(root);
    free(with);
    free(without);
    report_clear(&hostile);
    report_clear(&plain);
}

static void an_earlier_run_is_told_by_its_verdicts(void **state)
{
    (void)state;
    struct report report, old;
    make_report(&report);
    make_report(&old);
    old.results[1].verdict = REPORT_PASS;
    char *page = page_of(&report, &old);
    json_t *view = json_in(page, "view");
    json_t *results = json_object_get(json_object_get(view, "against"), "results");
    assert_string_equal(json_string_value(json_object_get(results, "http2/ping/fail")), "PASS");
    assert_int_equal(json_object_size(results), old.result_count);
    json_decref(view);
    free(page);
    report_clear(&old);
    report_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_holds_the_report),
        cmocka_unit_test(the_page_needs_nothing_else),
        cmocka_unit_test(hostile_text_stays_data),
        cmocka_unit_test(an_earlier_run_is_told_by_its_verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
