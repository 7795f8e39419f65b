/* SPDX-License-Identifier: MIT
 *
 * The program grpcspec: one table routes the verbs. What a verb does is in the file of its name. */
#include "fuzz/fuzz_options.h"
#include "fuzz/verb.h"
#include "interop/interop.h"
#include "interop/options.h"
#include "run/test_options.h"
#include "run/text_match.h"
#include "selftest/selftest.h"
#include "verbs.h"
#include "version.h"

#include <stdio.h>

const struct verb verbs[] = {
    {"test", test_verb, &test_command, "judge a gRPC server: 'grpcspec test HOST:PORT'"},
    {"fuzz", fuzz_verb, &fuzz_command, "find what a gRPC server or client makes of odd input"},
    {"report", report_verb, &report_command,
     "show, merge and compare results that were written before"},
    {"interop", interop_verb, &interop_command,
     "run real stacks' clients and servers against each other"},
    {"list", list_verb, &list_command, "show the cases, or the clauses and what covers them"},
    {"explain", explain_verb, &explain_command, "what a case, a lint rule or a clause is about"},
    {"selftest", selftest_main, &selftest_command, "prove that the cases find what they are for"},
    {"completion", completion_verb, NULL, NULL},
    {"man", man_verb, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

static int print_help(void)
{
    printf("grpcspec tests gRPC servers and clients at the level of octets on the wire.\n\n"
           "Usage: grpcspec VERB [options]\n\nVerbs:\n");
    for (const struct verb *verb = verbs; verb->name; verb++)
        if (verb->summary)
            printf("  %-10s %s\n", verb->name, verb->summary);
    printf(
        "\n  grpcspec VERB --help   its options and examples\n"
        "  grpcspec --version     with the versions of its libraries\n"
        "  grpcspec man [VERB]    a manual page; 'grpcspec completion bash|zsh' a shell's "
        "script\n\n"
        "Examples:\n"
        "  grpcspec test                      test the bundled reference server\n"
        "  grpcspec test localhost:50051      test a server that runs\n"
        "  grpcspec test --client -- CMD      test a client; CMD starts it\n"
        "  grpcspec explain H2-PING-001       what a clause says, and which cases are about it\n");
    return finish_printing(EXIT_AS_EXPECTED);
}

static int print_version(void)
{
    struct buf text = {0};
    version_put(&text);
    fputs(buf_str(&text), stdout);
    buf_clear(&text);
    return finish_printing(EXIT_AS_EXPECTED);
}

static int unknown_verb(const char *name)
{
    struct nearest nearest = {0};
    for (const struct verb *verb = verbs; verb->name; verb++)
        nearest_offer(&nearest, name, verb->name);
    if (nearest.name)
        complain("unknown verb '%s'; did you mean '%s'?", name, nearest.name);
    else
        complain("unknown verb '%s'; 'grpcspec --help' shows all", name);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        complain("what is to be done? 'grpcspec --help' shows the verbs");
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return print_help();
    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0)
        return print_version();
    for (const struct verb *verb = verbs; verb->name; verb++)
        if (strcmp(name, verb->name) == 0)
            return verb->run(argc - 1, argv + 1);
    return unknown_verb(name);
}
