/* SPDX-License-Identifier: MIT
 *
 * What a person reads: the story of a failure, the summary, and no escape sequence that is not
 * ours. */
#include "base/test.h"

#include "reports/terminal.h"
#include "reports/test_report.h"

#include <stdlib.h>

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("not there: %s\nin:\n%s", part, text);
}

static void assert_has_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("there: %s\nin:\n%s", part, text);
}

static const char *last_line(const char *text)
{
    size_t end = strlen(text) - 1;
    assert_int_equal(text[end], '\n');
    while (end > 0 && text[end - 1] != '\n')
        end--;
    return text + end;
}

static void a_failure_tells_its_story(void **state)
{
    (void)state;
    struct report report;
    struct buf out = {0};
    struct terminal terminal = {0};
    make_report(&report);
    terminal_put_story(&terminal, &report.results[1], &out);
    const char *text = buf_str(&out);
    assert_has(text, "FAIL    http2/ping/fail\n");
    assert_has(text, "a rule\n");
    assert_has(text,
               "clause    H2-PING-001 (MUST, RFC 9113 s6.7)\n            A PING is answered.\n");
    assert_has(text, "source    conformance/cases/http2/ping.c:42\n");
    assert_has(text, "expected  PING ACK\n");
    assert_has(text, "seen      <&\"'> \\x01 \\x1b[31m \\xff");
    assert_has(text, "       0.1 ms  > PING stream 0 len 8\n");
    assert_has(text, "  =>   0.2 ms  < ");
    assert_has(text, "repeat    grpcspec test :1 --case x\n");
    assert_has_not(text, "\x1b");
    buf_clear(&out);
    report_clear(&report);
}

static void the_last_line_says_it_all(void **state)
{
    (void)state;
    struct report report;
    struct buf out = {0};
    struct terminal terminal = {0};
    make_report(&report);
    terminal_put_summary(&terminal, &report, &out);
    assert_string_equal(last_line(buf_str(&out)), "1 passed, 1 lenient, 1 failed, 1 crashed the "
                                                  "target, 1 hung the target, 1 broken, 1 skipped "
                                                  "in 0.9 s\n");
    assert_has(buf_str(&out), "  http2/ping                     1/4  1 skipped\n");
    buf_clear(&out);
    report_clear(&report);
}

static void a_reason_is_told_once(void **state)
{
    (void)state;
    struct report report;
    struct buf out = {0};
    struct terminal terminal = {0};
    report_init(&report);
    for (int i = 0; i < 3; i++) {
        char id[16];
        snprintf(id, sizeof(id), "a/b/%c", 'c' + i);
        add_result_row(&report, id, "a/b", REPORT_LENIENT);
        free(report.results[i].seen);
        report.results[i].seen = report_string(&report, i < 2 ? "no GOAWAY" : "a late one");
    }
    terminal_put_summary(&terminal, &report, &out);
    assert_has(buf_str(&out), "LENIENT 2 cases: no GOAWAY\nLENIENT a/b/e: a late one\n\n");
    assert_has_not(buf_str(&out), "a/b/c");
    buf_clear(&out);
    report_clear(&report);
}

static void nothing_else_when_quiet(void **state)
{
    (void)state;
    struct report report;
    struct buf out = {0};
    struct terminal terminal = {.quiet = true};
    report_init(&report);
    add_result_row(&report, "a/b/c", "a/b", REPORT_PASS);
    terminal_put_summary(&terminal, &report, &out);
    assert_string_equal(buf_str(&out), "1 passed, 0 failed in 0 ms\n");
    buf_clear(&out);
    report_clear(&report);
}

static void a_long_transcript_is_shown_by_its_ends(void **state)
{
    (void)state;
    struct report report;
    struct buf out = {0};
    struct terminal terminal = {0};
    report_init(&report);
    add_result_row(&report, "a/b/c", "a/b", REPORT_PASS);
    for (int i = 0; i < 100; i++)
        add_frame_row(&report, &report.results[0], '<', i == 50 ? "the one" : "another", i == 50);
    terminal_put_story(&terminal, &report.results[0], &out);
    assert_has(buf_str(&out), "52 lines left out (--transcript prints all)");
    assert_has(buf_str(&out), "  => the one\n");
    terminal.transcripts = true;
    buf_reset(&out);
    terminal_put_story(&terminal, &report.results[0], &out);
    assert_has_not(buf_str(&out), "left out");
    buf_clear(&out);
    report_clear(&report);
}

/* A whole run into a file: returns its text, to be freed. */
static char *run_into_file(struct terminal terminal)
{
    struct report report;
    FILE *file = tmpfile();
    assert_non_null(file);
    make_report(&report);
    terminal.out = file;
    terminal_begin(&terminal, &report, report.result_count);
    for (size_t i = 0; i < report.result_count; i++)
        terminal_progress(&terminal, &report.results[i], i + 1, report.result_count,
                          clock_now_ns());
    terminal_end(&terminal, &report);
    report_clear(&report);
    long len = ftell(file);
    char *text = calloc(1, (size_t)len + 1);
    rewind(file);
    assert_int_equal(fread(text, 1, (size_t)len, file), len);
    fclose(file);
    return text;
}

static void a_plain_run_has_plain_lines(void **state)
{
    (void)state;
    char *text = run_into_file((struct terminal){0});
    assert_has(text, "127.0.0.1:1 \\x1b]0;title\\x07: 7 cases\n");
    assert_has(text, "  grpc      yes\n");
    assert_has(text, "FAIL    http2/ping/fail\n");
    assert_has(text, "LENIENT grpc/x/lenient: ");
    assert_has(text, "SKIP    http2/ping/skip: ");
    assert_has_not(text, "\x1b");
    assert_has_not(text, "\r");
    free(text);
}

static void a_live_run_redraws_one_line(void **state)
{
    (void)state;
    char *text = run_into_file((struct terminal){.live = true, .colour = true});
    assert_has(text, "\r\033[K1/7");
    assert_has(text, "\033[31mFAIL   \033[0m");
    assert_has_not(text, "\033]0;title");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_tells_its_story),
        cmocka_unit_test(the_last_line_says_it_all),
        cmocka_unit_test(a_reason_is_told_once),
        cmocka_unit_test(nothing_else_when_quiet),
        cmocka_unit_test(a_long_transcript_is_shown_by_its_ends),
        cmocka_unit_test(a_plain_run_has_plain_lines),
        cmocka_unit_test(a_live_run_redraws_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
