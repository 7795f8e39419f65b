/* SPDX-License-Identifier: MIT
 *
 * The command line of `grpcspec test`: what is understood, and a sentence about everything else. */
#include "base/test.h"

#include "run/test_options.h"

#include <stdio.h>

#define MAX_WORDS 32

/* Parse words divided by spaces. `copy` holds them for as long as the options are used. */
static enum options_result parse(struct test_options *options, const char *line,
                                 char copy[static 512], char why[static 256])
{
    char *argv[MAX_WORDS] = {copy};
    int argc = 1;
    snprintf(copy, 512, "test %s", line);
    for (char *at = strchr(copy, ' '); at && argc < MAX_WORDS; at = strchr(at, ' ')) {
        *at++ = '\0';
        if (*at)
            argv[argc++] = at;
    }
    *why = '\0';
    return test_options_parse(options, argc, argv, why);
}

static void wrong_lines_get_a_sentence(void **state)
{
    (void)state;
    static const struct row {
        const char *line, *why;
    } rows[] = {
        {"--frobnicate", "unknown option --frobnicate; --help shows all"},
        {"--jbos 3", "unknown option --jbos; did you mean --jobs?"},
        {"-jobs 3", "unknown option -jobs; did you mean --jobs?"},
        {"--skp=a", "unknown option --skp=a; did you mean --skip?"},
        {"--jobs", "--jobs needs a value: N"},
        {"--quiet=yes", "--quiet takes no value"},
        {"--jobs 0", "--jobs is a number from 1 to 256, not '0'"},
        {"--jobs 257", "--jobs is a number from 1 to 256, not '257'"},
        {"--jobs -1", "--jobs is a number from 1 to 256, not '-1'"},
        {"--timeout 0", "--timeout is a number of seconds, not '0'"},
        {"--timeout x", "--timeout is a number of seconds, not 'x'"},
        {"--patience 1e3", "--patience is a number of seconds, not '1e3'"},
        {"--seed 18446744073709551616", "--seed is a number, not '18446744073709551616'"},
        {"--segment bytes", "--segment is whole, frame, byte or random, not 'bytes'"},
        {"--segment=", "--segment is whole, frame, byte or random, not ''"},
        {"--color red", "--color is auto, always or never, not 'red'"},
        {"--level most", "--level is must, should or all, not 'most'"},
        {"--shard 3/2", "--shard is I/N with I from 1 to N, not '3/2'"},
        {":1 :2", "one TARGET only: :1 and :2"},
        {"--client --adapter x", "--client and --adapter are two ways to drive a client: give one"},
        {"--adapter x --ca y", "--ca, --server-name, --cert and --key need --tls"},
        {"--client --tls --cert y -- x", "--cert and --key go together"},
        {"--client --tls --ca y -- x", "--ca is what the client is told to trust: it goes with "
                                       "--cert and --key, the server's that it meets"},
        {":1 --client -- x", "TARGET, --spawn, --pid, --server-has, --authority, --insecure and "
                             "--mutual-tls are about servers, and a "
                             "client is tested (its command stands behind --client --)"},
        {":1 --ca x", "--ca, --server-name, --insecure, --cert, --key and --mutual-tls need --tls"},
        {":1 --tls", "--tls needs --ca FILE to verify the target, or --insecure"},
        {":1 --tls --insecure --mutual-tls", "--mutual-tls needs --cert and --key"},
        {"--tls --insecure",
         "--tls makes certificates for the bundled server: --ca, --server-name, --insecure, --cert "
         "and --key are for another TARGET"},
        {":1 --pid 0", "--pid is the number of a process, not '0'"},
        {":1 --pid 7 --jobs 2", "--pid runs one case after the other: --jobs contradicts it"},
        {"--pid 7", "--pid is for a TARGET that was not started here"},
        {":1 --server-has wings", "--server-has: nothing is called 'wings'; see --help"},
        {":1 --server-has max-age", "--server-has max-age takes a value"},
        {":1 --server-has graceful-stop=1", "--server-has graceful-stop takes no value"},
        {":1 --tls --ca x --insecure", "--ca and --insecure contradict each other"},
        {":1 --tls --insecure --cert x", "--cert and --key go together"},
        {"--spawn x",
         "--spawn needs {port} in the command, or a TARGET that says where it listens"},
        {":1 --spawn {port}", "--spawn with {port} chooses the port itself: give no TARGET"},
        {"--quiet --verbose", "--quiet and --verbose contradict each other"},
        {"--json=", "a report needs the name of a file, or - for standard output"},
        {"--json a --junit a", "two reports cannot go to the same place"},
        {"--html a --markdown a", "two reports cannot go to the same place"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct test_options options;
        char copy[512], why[256];
        assert_int_equal(parse(&options, rows[i].line, copy, why), OPTIONS_WRONG);
        assert_string_equal(why, rows[i].why);
        test_options_clear(&options);
    }
}

static void a_target_that_is_none_is_named(void **state)
{
    (void)state;
    static const char *const rows[] = {"localhost", "localhost:", "localhost:x", "localhost:65536",
                                       "unix:"};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct test_options options;
        char copy[512], why[256];
        assert_int_equal(parse(&options, rows[i], copy, why), OPTIONS_WRONG);
        assert_non_null(strstr(why, rows[i]));
        test_options_clear(&options);
    }
}

static void everything_is_taken(void **state)
{
    (void)state;
    struct test_options o;
    char copy[512], why[256];
    enum options_result result = parse(
        &o, "[::1]:50051 --case=a/* --case b --skip c --clause D --area e --level must", copy, why);
    assert_int_equal(result, OPTIONS_OK);
    assert_string_equal(o.endpoint.host, "::1");
    assert_int_equal(o.endpoint.port, 50051);
    assert_int_equal(o.selection.cases.count, 2);
    assert_string_equal(o.selection.cases.glob[0], "a/*");
    assert_int_equal(o.selection.level, LEVEL_MUST);
    test_options_clear(&o);

    result = parse(&o,
                   ":7 --jobs 3 --timeout 2.5 --patience=.5 --seed 9 --segment byte --json - "
                   "--junit x --html h --markdown m --pcapng p --expect y",
                   copy, why);
    assert_int_equal(result, OPTIONS_OK);
    assert_string_equal(o.endpoint.host, "localhost");
    assert_int_equal(o.run.jobs, 3);
    assert_int_equal(o.run.timeout_ns, 2500 * NS_PER_MS);
    assert_int_equal(o.run.patience_ns, 500 * NS_PER_MS);
    assert_int_equal(o.run.seed, 9);
    assert_int_equal(o.run.segmentation, SEGMENT_BYTE);
    assert_int_equal(o.output_count, 4);
    assert_string_equal(o.outputs[0].path, "-");
    assert_int_equal(o.outputs[1].format, OUTPUT_JUNIT);
    assert_int_equal(o.outputs[2].format, OUTPUT_HTML);
    assert_int_equal(o.outputs[3].format, OUTPUT_MARKDOWN);
    assert_string_equal(o.pcapng, "p");
    assert_string_equal(o.expect, "y");
    test_options_clear(&o);

    assert_int_equal(parse(&o, "--quiet --list --transcript --color never", copy, why), OPTIONS_OK);
    assert_true(o.quiet && o.list && o.transcripts && o.colour == COLOUR_NEVER && !o.target &&
                !o.verbose);
    assert_int_equal(o.run.seed, 1);
    test_options_clear(&o);

    assert_int_equal(parse(&o, "--quiet --help --nonsense", copy, why), OPTIONS_HELP);
    test_options_clear(&o);
}

static void the_repeat_command_has_what_matters(void **state)
{
    (void)state;
    static const struct row {
        const char *line, *repeat;
    } rows[] = {
        {"", "grpcspec test"},
        {":1 --json x --quiet --case a --jobs 3", "grpcspec test :1"},
        {":1 --segment=byte --seed 4", "grpcspec test :1 --segment byte --seed 4"},
        {":1 --tls --insecure", "grpcspec test :1 --tls --insecure"},
        {"--spawn ./it's$(x){port}", "grpcspec test --spawn './it'\\''s$(x){port}'"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct test_options options;
        char copy[512], why[256];
        assert_int_equal(parse(&options, rows[i].line, copy, why), OPTIONS_OK);
        assert_string_equal(buf_str(&options.repeat), rows[i].repeat);
        test_options_clear(&options);
    }
}

static void the_help_shows_every_option(void **state)
{
    (void)state;
    struct buf text = {0};
    options_put_help(&test_command, &text);
    for (size_t i = 0; i < test_command.count; i++)
        assert_non_null(strstr(buf_str(&text), test_command.options[i].name
                                                   ? test_command.options[i].name
                                                   : test_command.options[i].value));
    assert_non_null(strstr(buf_str(&text), "Examples:\n"));
    buf_clear(&text);
}

static void a_client_has_a_command_and_it_is_repeated_last(void **state)
{
    (void)state;
    struct test_options options;
    char copy[512], why[256];
    assert_int_equal(
        parse(&options, "--client --seed 7 --jobs 2 -- a/b --port={port} --tls", copy, why),
        OPTIONS_OK);
    assert_true(options.client);
    assert_false(options.use_tls);
    assert_int_equal(options.command_length, 3);
    assert_string_equal(options.command[2], "--tls");
    assert_null(options.command[3]);
    assert_string_equal(buf_str(&options.repeat), "grpcspec test --client --seed 7");
    assert_string_equal(buf_str(&options.repeat_end), " -- a/b '--port={port}' --tls");
    test_options_clear(&options);
    assert_int_equal(parse(&options, "--adapter x", copy, why), OPTIONS_OK);
    assert_string_equal(buf_str(&options.repeat), "grpcspec test --adapter x");
    test_options_clear(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_has_a_command_and_it_is_repeated_last),
        cmocka_unit_test(wrong_lines_get_a_sentence),
        cmocka_unit_test(a_target_that_is_none_is_named),
        cmocka_unit_test(everything_is_taken),
        cmocka_unit_test(the_repeat_command_has_what_matters),
        cmocka_unit_test(the_help_shows_every_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
