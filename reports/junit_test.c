/* SPDX-License-Identifier: MIT
 *
 * The JUnit rendering: valid against junit.xsd (by xmllint, where there is one), and each verdict
 * in its element. */
#include "base/test.h"

#include "reports/junit.h"
#include "reports/test_report.h"

#include <stdlib.h>
#include <unistd.h>

/* Where junit.xsd is: beside this file, whatever folder the build was started in. */
static void schema_path(char path[static 512])
{
    snprintf(path, 512, "%s", __FILE__);
    char *slash = strrchr(path, '/');
    snprintf(slash ? slash + 1 : path, 32, "junit.xsd");
}

static bool have_xmllint(void)
{
    return system("xmllint --version >/dev/null 2>&1") == 0;
}

static void assert_valid(const struct buf *text)
{
    char path[] = "/tmp/junit-test-XXXXXX", schema[512], command[1200];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text->data, text->len), text->len);
    close(fd);
    schema_path(schema);
    snprintf(command, sizeof(command), "xmllint --noout --schema '%s' %s >/dev/null 2>%s.err",
             schema, path, path);
    int status = system(command);
    snprintf(command, sizeof(command), "cat %s.err >&2; rm -f %s %s.err", path, path, path);
    if (status == 0)
        snprintf(command, sizeof(command), "rm -f %s %s.err", path, path);
    (void)!system(command);
    assert_int_equal(status, 0);
}

static void documents_are_valid(void **state)
{
    (void)state;
    if (!have_xmllint())
        skip();
    for (int variant = 0; variant < 3; variant++) {
        struct report report;
        struct buf text = {0};
        if (variant == 0)
            report_init(&report);
        else
            make_report(&report);
        if (variant == 2) {
            report.interrupted = true;
            report_add_problem(&report, "baseline line 3: %s", HOSTILE);
            report.results[1].expected_by_baseline = true;
        }
        assert_true(report_put_junit(&report, &text));
        assert_valid(&text);
        buf_clear(&text);
        report_clear(&report);
    }
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("not there: %s\nin:\n%s", part, text);
}

static void each_verdict_has_its_element(void **state)
{
    (void)state;
    struct report report;
    struct buf out = {0};
    make_report(&report);
    assert_true(report_put_junit(&report, &out));
    const char *text = buf_str(&out);
    assert_has(text, "<testsuites name=\"grpcspec\" tests=\"7\" failures=\"3\" errors=\"1\"");
    assert_has(
        text,
        "<testsuite name=\"http2/ping\" tests=\"5\" failures=\"2\" errors=\"1\" skipped=\"1\"");
    assert_has(text, "<testcase classname=\"http2/ping\" name=\"http2/ping/pass\" "
                     "time=\"0.001500\">\n    </testcase>");
    assert_has(text, "<failure message=\"&lt;&amp;&quot;'&gt; \\x01 \\x1b[31m \\xff");
    assert_has(text, "type=\"FAIL\"");
    assert_has(text, "type=\"CRASH\"");
    assert_has(text, "type=\"HANG\"");
    assert_has(text, "type=\"BROKEN\"");
    assert_has(text, "<skipped message=");
    assert_has(text, "<system-out>LENIENT\n");
    assert_has(text, "&lt;== here");
    assert_has(text, "repeat: grpcspec test :1 --case x");
    buf_clear(&out);
    report_clear(&report);
}

static void a_known_deviation_is_skipped_with_its_reason(void **state)
{
    (void)state;
    struct report report;
    struct buf out = {0};
    make_report(&report);
    report.results[1].expected_by_baseline = true;
    report.results[1].baseline_reason = report_string(&report, "upstream bug");
    assert_true(report_put_junit(&report, &out));
    assert_has(buf_str(&out), "<skipped message=\"known deviation (FAIL): upstream bug\"/>");
    assert_has(buf_str(&out), "tests=\"7\" failures=\"2\""); /* CRASH and HANG are left */
    buf_clear(&out);
    report_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_are_valid),
        cmocka_unit_test(each_verdict_has_its_element),
        cmocka_unit_test(a_known_deviation_is_skipped_with_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
