/* SPDX-License-Identifier: MIT
 *
 * The program grpcspec: one table routes the verbs. What a verb does is in the file of its name. */
#include "interop/interop.h"
#include "run/text_match.h"
#include "selftest/selftest.h"
#include "verbs.h"
#include "version.h"

#include <stdio.h>

static const struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} verbs[] = {
    {"test", test_verb, "judge a gRPC server: 'grpcspec test HOST:PORT'"},
    {"report", report_verb, "show, merge and compare results that were written before"},
    {"interop", interop_verb, "run real stacks' clients and servers against each other"},
    {"list", list_verb, "show the cases, or the clauses and what covers them"},
    {"explain", explain_verb, "what a case, a lint rule or a clause is about"},
    {"selftest", selftest_main, "prove that the cases find what they are for"},
};

static int print_help(void)
{
    printf("grpcspec tests gRPC servers at the level of octets on the wire.\n\n"
           "Usage: grpcspec VERB [options]\n\nVerbs:\n");
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        printf("  %-10s %s\n", verbs[i].name, verbs[i].summary);
    printf(
        "\n  grpcspec VERB --help   its options and examples\n"
        "  grpcspec --version     with the versions of its libraries\n\n"
        "Examples:\n"
        "  grpcspec test                      test the bundled reference server\n"
        "  grpcspec test localhost:50051      test a server that runs\n"
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
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        nearest_offer(&nearest, name, verbs[i].name);
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
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(name, verbs[i].name) == 0)
            return verbs[i].run(argc - 1, argv + 1);
    return unknown_verb(name);
}
