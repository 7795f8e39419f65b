/* SPDX-License-Identifier: MIT
 *
 * The matrix and the summary around it, from a report that is made up. */
#include "base/test.h"

#include "interop/summary.h"
#include "interop/table.h"

static void add(struct report *report, const char *id, enum report_verdict verdict,
                const char *seen)
{
    struct report_result *result = report_add_result(report);
    result->id = report_string(report, id);
    result->verdict = verdict;
    result->seen = report_string(report, seen);
    result->repeat = report_string(report, "grpcspec interop --client x");
}

static void make(struct report *report)
{
    report_init(report);
    report->started = report_string(report, "2025-01-02T03:04:05Z");
    report->duration_ns = 1500000000;
    report_add_fact(report, "go", "1.83.1, stock");
    report_add_fact(report, "ruby", "absent: apt-get install ruby-grpc");
    add(report, "interop/go/go/a", REPORT_PASS, "fine");
    add(report, "interop/go/go/b", REPORT_SKIP, "not in it");
    add(report, "interop/node/go/a", REPORT_FAIL, "boom \x1b[31m | <b>");
    add(report, "interop/node/go/b", REPORT_SKIP, "not in it");
    add(report, "interop/go/go/a/tls", REPORT_PASS, "fine");
    add(report, "interop/node/go/a/tls", REPORT_BROKEN, "no server");
    add(report, "interop/go/go/a/tls/via/nginx", REPORT_PASS, "fine");
    add(report, "interop/go/ruby/a", REPORT_FAIL, "boom");
    add(report, "interop/go/ruby/a/tls", REPORT_FAIL, "boom");
    for (size_t i = report->result_count - 2; i < report->result_count; i++) {
        report->results[i].expected_by_baseline = true;
        report->results[i].baseline_reason = report_string(report, "no a in Ruby");
    }
}

static void ids_are_taken_apart(void **state)
{
    (void)state;
    static const struct row {
        const char *id, *client, *server, *test_case; /* NULL: it is none */
    } rows[] = {
        {"interop/a/b/c", "a", "b", "c"},
        {"interop/a/b/c/tls", "a", "b tls", "c"},
        {"interop/a/b/c/tls/via/nginx", "a", "b tls via nginx", "c"},
        {"interop/a/b", NULL, NULL, NULL},
        {"interop/a//c", NULL, NULL, NULL},
        {"http2/ping/same-octets", NULL, NULL, NULL},
        {"", NULL, NULL, NULL},
        {NULL, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cell_name name;
        assert_int_equal(cell_name_parse(rows[i].id, &name), rows[i].client != NULL);
        if (!rows[i].client)
            continue;
        assert_string_equal(name.client, rows[i].client);
        assert_string_equal(name.server, rows[i].server);
        assert_string_equal(name.test_case, rows[i].test_case);
    }
}

static void the_table_counts(void **state)
{
    (void)state;
    struct report report;
    struct buf out = {0};
    make(&report);
    table_put_text(&report, false, &out);
    assert_string_equal(buf_str(&out),
                        "server \\ client       go  node\n"
                        "go                   1/1  0/1!\n"
                        "go tls               1/1  0/1?\n"
                        "go tls via nginx     1/1     -\n"
                        "ruby              0/1 1k     -\n"
                        "ruby tls          0/1 1k     -\n"
                        "passed/judged; 2k two known failures, ! some failed, ? some "
                        "could not be run, - nothing to judge; unsupported ones are "
                        "not counted\n");
    buf_clear(&out);
    report_clear(&report);
}

static void the_summary_ends_with_the_counts(void **state)
{
    (void)state;
    struct report report;
    struct buf out = {0};
    struct terminal terminal = {.quiet = false};
    make(&report);
    struct summary summary = {.report = &report};
    summary_put_text(&summary, &terminal, &out);
    const char *text = buf_str(&out);
    assert_non_null(strstr(text, "seen      boom \\x1b[31m | <b>"));
    assert_non_null(strstr(text, "absent  ruby: apt-get install ruby-grpc\n"));
    assert_non_null(strstr(text, "known   2 of a, client go, server ruby: no a in Ruby\n"));
    static const char last[] =
        "\n3 passed, 1 failed, 2 known to fail, 2 unsupported, 1 broken in 1.5 s\n";
    assert_string_equal(text + out.len - strlen(last), last);
    buf_clear(&out);
    report_clear(&report);
}

static void markdown_is_escaped(void **state)
{
    (void)state;
    struct report report;
    struct buf out = {0};
    make(&report);
    struct summary summary = {.report = &report, .before = &report};
    summary_put_markdown(&summary, &out);
    const char *text = buf_str(&out);
    assert_non_null(strstr(text, "| go tls | 1/1 | 0/1? |\n"));
    assert_non_null(strstr(text, "- FAIL `interop/node/go/a`: boom \\\\x1b\\[31m \\| \\<b\\> (`"));
    assert_non_null(strstr(text, "- 2: not in it\n"));
    assert_non_null(
        strstr(text, "## Known failures\n\n- 2 of a, client go, server ruby: no a in Ruby\n"));
    assert_non_null(strstr(text, "0 fixed, 0 broken, 0 changed"));
    buf_clear(&out);
    report_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_taken_apart),
        cmocka_unit_test(the_table_counts),
        cmocka_unit_test(the_summary_ends_with_the_counts),
        cmocka_unit_test(markdown_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
