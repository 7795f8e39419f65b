/* SPDX-License-Identifier: MIT
 *
 * The JSON rendering, parsed back. */
#include "base/test.h"

#include "reports/json.h"
#include "reports/test_report.h"

#include <jansson.h>

static json_t *parse_back(const struct report *report)
{
    struct buf text = {0};
    json_error_t error;
    assert_true(report_put_json(report, &text));
    json_t *root = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        print_error("line %d: %s\n", error.line, error.text);
    buf_clear(&text);
    assert_non_null(root);
    return root;
}

static const char *string_at(json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static void the_run_is_told(void **state)
{
    (void)state;
    struct report report;
    make_report(&report);
    json_t *root = parse_back(&report);
    json_t *run = json_object_get(root, "run");
    assert_string_equal(string_at(root, "schema"), "grpcspec-report");
    assert_int_equal(json_integer_value(json_object_get(root, "version")), REPORT_JSON_VERSION);
    assert_string_equal(string_at(run, "seed"), "18446744073709551615");
    assert_string_equal(string_at(run, "started"), "2025-01-02T03:04:05Z");
    assert_string_equal(string_at(json_object_get(run, "facts"), "grpc"), "yes");
    assert_true(json_is_false(json_object_get(run, "success")));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(run, "counts"), "FAIL")),
                     1);
    assert_int_equal(json_array_size(json_object_get(root, "results")), report.result_count);
    json_decref(root);
    report_clear(&report);
}

static void a_failure_has_its_evidence(void **state)
{
    (void)state;
    struct report report;
    make_report(&report);
    json_t *root = parse_back(&report);
    json_t *result = json_array_get(json_object_get(root, "results"), 1);
    assert_string_equal(string_at(result, "id"), "http2/ping/fail");
    assert_string_equal(string_at(result, "verdict"), "FAIL");
    assert_string_equal(string_at(json_object_get(result, "where"), "file"),
                        "conformance/cases/http2/ping.c");
    assert_int_equal(json_array_size(json_object_get(result, "notes")), 2);
    /* what no JSON text may hold is shown, everything else is as it was */
    assert_string_equal(string_at(result, "seen"),
                        "<&\"'> \x01 \x1b[31m \\xff \xc3\xa9 \xef\xbf\xbf ]]>\nnext\tline");

    json_t *transcript = json_object_get(result, "transcript");
    json_t *received = json_array_get(transcript, 1);
    assert_int_equal(json_array_size(transcript), 3);
    assert_string_equal(string_at(received, "direction"), "received");
    assert_string_equal(string_at(received, "octets"), "00000806");
    assert_true(json_is_true(json_object_get(received, "offending")));
    assert_null(json_object_get(json_array_get(transcript, 2), "type")); /* a remark is no frame */
    json_decref(root);
    report_clear(&report);
}

static void an_empty_report_is_a_report(void **state)
{
    (void)state;
    struct report report;
    report_init(&report);
    json_t *root = parse_back(&report);
    assert_int_equal(json_array_size(json_object_get(root, "results")), 0);
    json_decref(root);
    report_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_run_is_told),
        cmocka_unit_test(a_failure_has_its_evidence),
        cmocka_unit_test(an_empty_report_is_a_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
