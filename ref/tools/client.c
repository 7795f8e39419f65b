/* SPDX-License-Identifier: MIT
 *
 * grpcref-client: the official interop test cases that need no cloud account, with the official
 * flags.
 *
 * Exit codes: 0 passed, 1 a case failed, 2 wrong usage, 127 no such case here. */
#include "tools/adapter/adapter.h"
#include "tools/client_case.h"
#include "tools/common_flags.h"
#include "tools/common_testcerts.h"

#include <signal.h>
#include <stdio.h>

#define PATH_SIZE        1024
#define EXIT_UNSUPPORTED 127

static const struct test_group *const groups[] = {
    &unary_cases,  &streaming_cases, &compression_cases, &status_cases,
    &cancel_cases, &soak_cases,      &http2_cases,
};

static const char usage[] =
    "grpcref-client: runs a test case of grpc.testing.TestService against a server\n"
    "\n"
    "  grpcref-client --server_port 10000 --test_case large_unary\n"
    "  grpcref-client --server_host=127.0.0.1 --server_port=10000 --test_case=all\n"
    "  grpcref-client --server_port 10000 --use_tls --use_test_ca \\\n"
    "      --server_host_override foo.test.google.fr --test_case ping_pong --trace\n"
    "\n"
    "Flags, as --name=value or --name value, with their defaults:\n";

/* ---- Flags ----------------------------------------------------------------------------------- */

static void print_cases(FILE *out)
{
    for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
        for (size_t i = 0; i < groups[g]->count; i++)
            fprintf(out, "  %-30s %s\n", groups[g]->cases[i].name, groups[g]->cases[i].what);
    }
    fprintf(out, "  %-30s %s\n", "all",
            "every one of them but the last six, which a server of that name must answer");
}

static const struct client_flags defaults = {
    .server_host = "localhost",
    .server_port = 10000,
    .test_case = "large_unary",
    .call_timeout_ms = 20000,
    .soak_iterations = 10,
    .soak_max_latency_ms = 1000,
    .soak_overall_timeout_seconds = 10,
    .soak_request_size = 271828,
    .soak_response_size = 314159,
    .soak_num_threads = 1,
    .adapter_workers = 16,
};

/* returns -1 to go on, or the exit code */
static int read_flags(struct client_flags *f, int argc, char **argv)
{
    /* clang-format off */
    const struct flag table[] = {
        FLAG_TEXT("server_host", &f->server_host, "host or address to call"),
        FLAG_NUMBER("server_port", &f->server_port, 1, 65535, "its port"),
        FLAG_TEXT("unix", &f->unix_path, "call this unix socket instead"),
        FLAG_TEXT("server_host_override", &f->server_host_override, "claim this name: :authority, and what TLS verifies"),
        FLAG_TEXT("test_case", &f->test_case, "which case, see below"),
        FLAG_TRUTH("use_tls", &f->use_tls, "TLS, with ALPN h2"),
        FLAG_TRUTH("use_test_ca", &f->use_test_ca, "trust the gRPC project's test CA, not the system's"),
        FLAG_TEXT("ca_file", &f->ca_file, "trust the CAs in this PEM file"),
        FLAG_TEXT("tls_cert_file", &f->tls_cert_file, "PEM certificate to offer (mutual TLS)"),
        FLAG_TEXT("tls_key_file", &f->tls_key_file, "its PEM key"),
        FLAG_TEXT("tls_keylog_file", &f->tls_keylog_file, "append TLS secrets for Wireshark"),
        FLAG_NUMBER("call_timeout_ms", &f->call_timeout_ms, 0, 3600000, "deadline of every call; 0: none"),
        FLAG_NUMBER("soak_iterations", &f->soak_iterations, 1, INT32_MAX, "calls of a soak case"),
        FLAG_NUMBER("soak_max_failures", &f->soak_max_failures, 0, INT32_MAX, "calls of it that may fail"),
        FLAG_NUMBER("soak_per_iteration_max_acceptable_latency_ms", &f->soak_max_latency_ms, 0, INT32_MAX, "a slower call has failed"),
        FLAG_NUMBER("soak_overall_timeout_seconds", &f->soak_overall_timeout_seconds, 0, INT32_MAX, "for the whole case"),
        FLAG_NUMBER("soak_min_time_ms_between_rpcs", &f->soak_min_time_ms_between_rpcs, 0, INT32_MAX, "from a call to the next"),
        FLAG_NUMBER("soak_request_size", &f->soak_request_size, 0, TEST_MAX_PAYLOAD, "octets of payload"),
        FLAG_NUMBER("soak_response_size", &f->soak_response_size, 0, TEST_MAX_PAYLOAD, "octets of payload"),
        FLAG_NUMBER("soak_num_threads", &f->soak_num_threads, 1, 1000, "calls at the same time"),
        FLAG_TEXT("adapter", &f->adapter, "\"" ADAPTER_NAME "\": be its client under test instead; stdin says which calls"),
        FLAG_NUMBER("adapter_workers", &f->adapter_workers, 1, 100, "so many of its calls at the same time"),
        FLAG_TRUTH("trace", &f->trace, "print every frame, decoded, on stderr"),
        FLAG_TRUTH("version", &f->version, "print the version and exit"),
        FLAG_TRUTH("help", &f->help, "print this and exit"),
    };
    /* clang-format on */
    char why[300];

    if (!flags_parse(table, ARRAY_LEN(table), argc, argv, why, sizeof(why))) {
        fprintf(stderr, "grpcref-client: %s\n", why);
        return 2;
    }
    if (f->help) {
        *f = defaults;
        fputs(usage, stdout);
        flags_print(stdout, table, ARRAY_LEN(table));
        fputs("\nTest cases:\n", stdout);
        print_cases(stdout);
        return 0;
    }
    if (f->adapter != NULL && strcmp(f->adapter, ADAPTER_NAME) != 0) {
        fprintf(stderr, "grpcref-client: the only --adapter here is " ADAPTER_NAME "\n");
        return 2;
    }
    if (f->version) {
        printf("grpcref-client, %s\n", gr_version());
        return 0;
    }
    return -1;
}

/* ca is the caller's storage for the path of the test CA. */
static bool complete_tls(struct client_flags *flags, char *ca)
{
    if ((flags->tls_cert_file == NULL) != (flags->tls_key_file == NULL)) {
        fprintf(stderr, "grpcref-client: --tls_cert_file and --tls_key_file go together\n");
        return false;
    }
    if (!flags->use_tls || !flags->use_test_ca || flags->ca_file != NULL)
        return true;
    if (!testcerts_find("ca.pem", ca, PATH_SIZE)) {
        fprintf(stderr,
                "grpcref-client: --use_test_ca: the gRPC project's test CA is not on this machine "
                "(Debian's ruby-grpc has it): name your own with --ca_file\n");
        return false;
    }
    flags->ca_file = ca;
    return true;
}

/* ---- Cases ----------------------------------------------------------------------------------- */

/* Runs one case on a channel of its own. returns whether it passed */
static bool run_case(const struct client_flags *flags, const struct test_case *test)
{
    struct run run = {.flags = flags, .loop = gr_loop_new()};

    if (run.loop == NULL)
        fail(&run, "out of memory or descriptors");
    else
        run.channel = new_channel(&run, run.loop);
    if (run.channel != NULL) {
        test->run(&run);
        gr_channel_free(run.channel);
    }
    if (run.loop != NULL)
        gr_loop_free(run.loop);

    bool passed = run.failure[0] == '\0';
    if (passed && run.note[0] != '\0')
        printf("OK: %s (%s)\n", test->name, run.note);
    else if (passed)
        printf("OK: %s\n", test->name);
    else
        printf("FAILED: %s: %s\n", test->name, run.failure);
    fflush(stdout);
    return passed;
}

static int run_cases(const struct client_flags *flags)
{
    bool all = strcmp(flags->test_case, "all") == 0;
    bool found = false;
    bool passed = true;

    for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
        for (size_t i = 0; i < groups[g]->count; i++) {
            const struct test_case *test = &groups[g]->cases[i];
            bool wanted = all ? groups[g] != &http2_cases
                              : strcmp(test->name, flags->test_case) == 0;
            if (!wanted)
                continue;
            found = true;
            passed &= run_case(flags, test);
        }
    }
    if (!found) {
        fprintf(stderr, "grpcref-client: test case \"%s\" is unsupported (see --help)\n",
                flags->test_case);
        return EXIT_UNSUPPORTED;
    }
    return passed ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct client_flags flags = defaults;
    char ca[PATH_SIZE];

    int exit_code = read_flags(&flags, argc, argv);
    if (exit_code >= 0)
        return exit_code;
    if (flags.adapter != NULL)
        return adapter_client((int)flags.adapter_workers);
    if (!complete_tls(&flags, ca))
        return 2;
    signal(SIGPIPE, SIG_IGN); /* a peer that went away is an error of write(), not our end */
    return run_cases(&flags);
}
