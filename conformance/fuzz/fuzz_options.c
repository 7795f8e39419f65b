/* SPDX-License-Identifier: MIT
 *
 * See fuzz_options.h. */
#include "fuzz/fuzz_options.h"

#include <limits.h>
#include <stdio.h>

enum {
    SPAWN = 1,
    CLIENT,
    PID,
    REMOTE,
    RATE,
    SECONDS,
    CASES,
    SEED,
    FIRST,
    JOBS,
    LAYER,
    PATIENCE,
    FINDINGS,
    JSON,
    QUIET,
    KEEP,
    REPLAY,
    MINIMISE,
    SHOW,
    LIST,
    KNOBS,
    TLS,
    CA,
    SERVER_NAME,
    INSECURE,
};

static const struct option option_rows[] = {
    {0, "What to fuzz", NULL, NULL},
    {SPAWN, "spawn", "CMD", "start the server by /bin/sh; {port} becomes a free port"},
    {CLIENT, "client", NULL, "fuzz a client: the command behind `--`, started for each case"},
    {PID, "pid", "N", "the target's process, to watch its memory and descriptors"},
    {TLS, "tls", NULL, "speak TLS (ALPN h2)"},
    {CA, "ca", "FILE", "trust the server's certificate by these (PEM)"},
    {SERVER_NAME, "server-name", "NAME", "the name in it (default: the host)"},
    {INSECURE, "insecure", NULL, "do not look at the server's certificate"},
    {REMOTE, "allow-remote", NULL, "the target is not this machine, and its owner agrees"},
    {RATE, "rate", "N", "at most so many cases a second (default: no limit; remote: 100)"},
    {0, "How", NULL, NULL},
    {SECONDS, "seconds", "N", "how long (default: 30)"},
    {CASES, "cases", "N", "how many cases, instead"},
    {SEED, "seed", "N", "of everything random (default: 1)"},
    {FIRST, "first", "N", "the first case's number (default: 0)"},
    {JOBS, "jobs", "N", "cases side by side (default: 4)"},
    {LAYER, "layer", "GLOB", "only these generators: a layer or a glob, as --list shows them"},
    {PATIENCE, "patience", "SECONDS", "for one thing that is awaited (default: 2)"},
    {KEEP, "no-minimise", NULL, "report findings as they were found"},
    {0, "What comes out", NULL, NULL},
    {FINDINGS, "findings", "DIR", "where findings are written (default: fuzz-findings)"},
    {JSON, "json", "FILE", "write the report as JSON"},
    {QUIET, "quiet", NULL, "only the summary"},
    {0, "Or instead", NULL, NULL},
    {REPLAY, "replay", "FILE", "say a finding again: the same octets, the same cuts"},
    {MINIMISE, "minimise", "FILE", "make a finding smaller; the result goes to standard output"},
    {SHOW, "show", "N", "print case N of the seed, and send nothing"},
    {LIST, "list", NULL, "show the generators"},
    {KNOBS, "knobs", "GLOB",
     "fuzz the faulty servers (--client: clients) of the selftest: which defects are found?"},
};

const struct command fuzz_command = {
    .usage = "fuzz [HOST:PORT | unix:PATH | --spawn CMD] [options]\n"
             "       grpcspec fuzz --client [options] -- CMD ARGS",
    .about =
        "Says what is legal up to one thing, in thousands of ways a second, and judges every "
        "octet\n"
        "that comes back: by the linter, by what the documents allow as an answer, and by whether\n"
        "other connections are still served. A finding is confirmed five times, made small, and\n"
        "written as a file that can be said again. Without a target: the bundled server.\n\n"
        "Exit status: 0 nothing was found, 1 something was, 2 wrong usage, 3 unreachable,\n"
        "130 interrupted (what was found so far is written).\n",
    .examples =
        "  grpcspec fuzz --seconds 10\n"
        "  grpcspec fuzz localhost:50051 --layer hpack --pid 1234\n"
        "  grpcspec fuzz localhost:443 --tls --ca ca.pem\n"
        "  grpcspec fuzz --spawn './server --port {port}' --cases 100000 --seed 7\n"
        "  grpcspec fuzz localhost:50051 --replay fuzz-findings/frames-ping-length-0123abcd.fuzz\n"
        "  grpcspec fuzz --client -- ./client --server_host={host} --server_port={port} "
        "--test_case={case}\n",
    .options = option_rows,
    .count = ARRAY_LEN(option_rows),
};

static bool take_seconds(const char *value, int64_t *ns, char why[static 256])
{
    if (seconds_parse(value, ns))
        return true;
    (void)snprintf(why, 256, "'%.60s' is not a number of seconds", value);
    return false;
}

static bool take_unsigned(const char *value, unsigned max, unsigned *into, char why[static 256])
{
    uint64_t number = 0;
    if (!number_take(value, max, &number, why))
        return false;
    *into = (unsigned)number;
    return true;
}

static bool take_target(struct fuzz_options *options, const char *value, char why[static 256])
{
    const char *reason;
    if (options->target) {
        (void)snprintf(why, 256, "one target at a time: '%.60s' and '%.60s'", options->target,
                       value);
        return false;
    }
    options->target = value;
    if (endpoint_parse(value, &options->endpoint, &reason))
        return true;
    (void)snprintf(why, 256, "'%.100s' is no target: %.100s", value, reason);
    return false;
}

static void take_layer(struct fuzz_options *options, const char *value)
{
    bool whole = strpbrk(value, "/*") == NULL;
    (void)snprintf(options->layer_glob, sizeof options->layer_glob, "%.70s%s", value,
                   whole ? "/*" : "");
    options->layers = options->layer_glob;
}

static bool take_how(struct fuzz_options *options, int id, const char *value, char why[static 256])
{
    switch (id) {
    case RATE:
        return take_unsigned(value, 1000000, &options->rate, why);
    case SECONDS:
        return take_seconds(value, &options->span_ns, why);
    case CASES:
        return number_take(value, UINT32_MAX, &options->cases, why);
    case SEED:
        return number_take(value, UINT64_MAX, &options->seed, why);
    case FIRST:
        return number_take(value, UINT64_MAX / 2, &options->first, why);
    case JOBS:
        return take_unsigned(value, 64, &options->jobs, why);
    case PATIENCE:
        return take_seconds(value, &options->patience_ns, why);
    default:
        options->show_case = true;
        return number_take(value, UINT64_MAX, &options->shown_case, why);
    }
}

static bool take_tls(struct fuzz_options *options, int id, const char *value)
{
    switch (id) {
    case TLS:
        options->use_tls = true;
        return true;
    case CA:
        options->tls.ca_file = value;
        return true;
    case SERVER_NAME:
        options->tls.server_name = value;
        return true;
    default:
        options->insecure = true;
        return true;
    }
}

static bool take(void *arg, int id, const char *value, char why[static 256])
{
    struct fuzz_options *options = arg;
    uint64_t number = 0;
    switch (id) {
    case 0:
        return take_target(options, value, why);
    case SPAWN:
        options->spawn = value;
        return true;
    case CLIENT:
        options->client = true;
        return true;
    case PID:
        if (!number_take(value, INT_MAX, &number, why))
            return false;
        options->pid = (int)number;
        return true;
    case TLS:
    case CA:
    case SERVER_NAME:
    case INSECURE:
        return take_tls(options, id, value);
    case REMOTE:
        options->allow_remote = true;
        return true;
    case LAYER:
        take_layer(options, value);
        return true;
    case FINDINGS:
        options->findings = value;
        return true;
    case JSON:
        options->json = value;
        return true;
    case QUIET:
        options->quiet = true;
        return true;
    case KEEP:
        options->no_minimising = true;
        return true;
    case REPLAY:
        options->replay = value;
        return true;
    case MINIMISE:
        options->minimise = value;
        return true;
    case LIST:
        options->list = true;
        return true;
    case KNOBS:
        options->knobs = value;
        return true;
    default:
        return take_how(options, id, value, why);
    }
}

/* What is behind `--` is the client's command, where there is a client. */
static int cut_command(struct fuzz_options *options, int argc, char **argv)
{
    bool client = false;
    for (int i = 1; i < argc; i++) {
        client = client || strcmp(argv[i], "--client") == 0;
        if (client && strcmp(argv[i], "--") == 0) {
            options->client_command = argv + i + 1;
            return i;
        }
    }
    return argc;
}

static bool is_this_machine(const struct endpoint *endpoint)
{
    const char *host = endpoint->host;
    return endpoint->unix_path[0] || strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
           strcmp(host, "localhost") == 0;
}

/* A server somewhere is verified, or it is said that it is not; the tool's own certificates need no words. */
static bool tls_agrees(const struct fuzz_options *options, char why[static 256])
{
    bool detail = options->tls.ca_file || options->tls.server_name || options->insecure;
    bool elsewhere = options->target || options->spawn;
    const char *wrong = NULL;
    if (detail && !options->use_tls)
        wrong = "--ca, --server-name and --insecure need --tls";
    else if (options->use_tls && options->knobs)
        wrong = "--knobs is done in cleartext";
    else if (detail && !elsewhere)
        wrong = "--tls makes certificates for the bundled server and for clients: --ca, "
                "--server-name and --insecure do not go with it";
    else if (options->use_tls && elsewhere && !options->tls.ca_file == !options->insecure)
        wrong = "--tls needs --ca FILE to verify the target, or --insecure";
    if (wrong)
        (void)snprintf(why, 256, "%s", wrong);
    return wrong == NULL;
}

static bool agrees(struct fuzz_options *options, char why[static 256])
{
    bool remote = options->target && !is_this_machine(&options->endpoint);
    if (remote && !options->allow_remote) {
        (void)snprintf(why, 256,
                       "%.100s is not this machine; --allow-remote says that its owner agrees",
                       options->target);
        return false;
    }
    if (remote && options->rate == 0)
        options->rate = 100;
    if (options->target && options->spawn) {
        (void)snprintf(why, 256, "a target, or --spawn, not both");
        return false;
    }
    bool no_command = !options->client_command && !options->knobs && !options->list &&
                      !options->show_case;
    if (options->client && (options->target || options->spawn || no_command)) {
        (void)snprintf(why, 256, "--client wants the client's command behind `--`, and no target");
        return false;
    }
    return tls_agrees(options, why);
}

enum options_result fuzz_options_parse(struct fuzz_options *options, int argc, char **argv,
                                       char why[static 256])
{
    *options = (struct fuzz_options){
        .seed = 1, .patience_ns = 2 * NS_PER_S, .findings = "fuzz-findings"};
    int own = cut_command(options, argc, argv);
    enum options_result result = options_parse(&fuzz_command, own, argv, take, options, why);
    if (result != OPTIONS_OK)
        return result;
    if (options->span_ns == 0 && options->cases == 0)
        options->span_ns = 30 * NS_PER_S;
    return agrees(options, why) ? OPTIONS_OK : OPTIONS_WRONG;
}
