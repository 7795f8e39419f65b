/* SPDX-License-Identifier: MIT
 *
 * The command line; see options.h. */
#include "interop/options.h"

#include "base/clock.h"

#include <stdio.h>

#define DEFAULT_TIMEOUT (60 * NS_PER_S)

enum {
    CLIENT = 1,
    SERVER,
    CASE,
    TLS,
    VIA,
    SUITE,
    CLIENT_SUITE,
    REQUIRE,
    PEERS,
    CERTS,
    JOBS,
    TIMEOUT,
    AGAINST,
    JSON,
    JUNIT,
    HTML,
    MARKDOWN,
    LOGS,
    COLOR,
    QUIET,
    VERBOSE,
    LIST,
};

static const struct option rows[] = {
    {0, "Which cells (globs; each may be given several times)", NULL, NULL},
    {CLIENT, "client", "GLOB", "clients of such a name"},
    {SERVER, "server", "GLOB", "servers of such a name"},
    {CASE, "case", "GLOB", "official test cases of such a name"},
    {TLS, "tls", "on|off|both", "over TLS, in cleartext, or both (default)"},
    {VIA, "via", "PROXY", "through this proxy, or each that the glob names, instead of directly"},
    {SUITE, "suite", NULL, "run the conformance suite ('grpcspec test') on each server instead"},
    {CLIENT_SUITE, "client-suite", NULL,
     "run the conformance suite ('grpcspec test --client') on each client instead"},
    {REQUIRE, "require", "GLOB", "peers that must be installed; others are skipped if absent"},
    {LIST, "list", NULL, "only show which cells there are, and why some would not run"},
    {0, "How", NULL, NULL},
    {PEERS, "peers", "DIR", "where the manifests are (default: $GRPCSPEC_PEERS, interop/peers)"},
    {CERTS, "certs", "DIR", "server1.pem, server1.key and ca.pem of the gRPC project"},
    {JOBS, "jobs", "N", "cells side by side (default: as many as processors)"},
    {TIMEOUT, "timeout", "SECONDS", "for a cell (default: 60)"},
    {0, "What comes out", NULL, NULL},
    {AGAINST, "against", "FILE", "an earlier --json: show what was fixed, broke, or changed"},
    {JSON, "json", "FILE", "write the report as JSON (- is standard output)"},
    {JUNIT, "junit", "FILE", "write the report as JUnit XML"},
    {HTML, "html", "FILE", "write the report as one page for a browser"},
    {MARKDOWN, "markdown", "FILE", "write the matrix and the failures as Markdown"},
    {LOGS, "logs", "DIR", "keep what the programs printed, a file for each cell"},
    {COLOR, "color", COLOUR_WORDS, COLOUR_HELP},
    {QUIET, "quiet", NULL, "only what failed, and the last line"},
    {VERBOSE, "verbose", NULL, "a line for each cell, and why some are unsupported"},
};

const struct command interop_command = {
    .usage = "interop [options]",
    .about =
        "Runs the official interop test cases between real gRPC stacks, every client against\n"
        "every server, and shows the matrix. What a peer is, and how it is installed, is in\n"
        "interop/peers/NAME/manifest. Where the reference client or server takes part, the frames\n"
        "on the wire are judged too: a client's exit status alone can be vacuous.\n"
        "\n"
        "Exit status: 0 nothing failed, 1 something failed or could not be run, 2 wrong usage or\n"
        "nothing selected, 130 interrupted.\n",
    .examples =
        "  grpcspec interop                                  everything that is installed\n"
        "  grpcspec interop --client grpcref                 our client against every server\n"
        "  grpcspec interop --server go --tls on --case 'cancel_*' --verbose\n"
        "  grpcspec interop --via nginx --server grpcref     with a proxy in between\n"
        "  grpcspec interop --suite --server ruby            the conformance suite on a server\n"
        "  grpcspec interop --client-suite --client go       and on a client\n"
        "  grpcspec interop --json now.json --against last.json --markdown matrix.md\n"
        "  grpcspec interop --list --client ruby             what would run, and what not and "
        "why\n",
    .options = rows,
    .count = ARRAY_LEN(rows),
};

static bool take_glob(struct globs *globs, const char *glob, char why[static 256])
{
    snprintf(why, 256, "at most %d globs of a kind", MAX_GLOBS);
    return globs_add(globs, glob);
}

static bool take_tls(struct interop_options *options, const char *value, char why[static 256])
{
    bool on = strcmp(value, "on") == 0, off = strcmp(value, "off") == 0;
    options->selection.no_plaintext = on;
    options->selection.no_tls = off;
    snprintf(why, 256, "--tls is on, off or both, not '%.60s'", value);
    return on || off || strcmp(value, "both") == 0;
}

static bool take_output(struct interop_options *options, enum interop_format format,
                        const char *path, char why[static 256])
{
    for (size_t i = 0; i < options->output_count; i++) {
        if (strcmp(options->outputs[i].path, path) == 0) {
            snprintf(why, 256, "two reports cannot go to the same place");
            return false;
        }
    }
    snprintf(why, 256, "at most %d reports", INTEROP_MAX_OUTPUTS);
    if (options->output_count == INTEROP_MAX_OUTPUTS)
        return false;
    options->outputs[options->output_count].format = format;
    options->outputs[options->output_count++].path = path;
    return true;
}

static bool take_number(struct interop_options *options, int id, const char *value,
                        char why[static 256])
{
    uint64_t number = 0;
    if (id == TIMEOUT) {
        snprintf(why, 256, "--timeout is a number of seconds, not '%.60s'", value);
        return seconds_parse(value, &options->timeout_ns);
    }
    snprintf(why, 256, "--jobs is a number from 1 to 64, not '%.60s'", value);
    if (!number_parse(value, 64, &number) || number == 0)
        return false;
    options->jobs = (unsigned)number;
    return true;
}

/* Switches, and strings that are kept as given. */
static bool take_plain(struct interop_options *options, int id, const char *value)
{
    bool *switches[LIST + 1] = {[SUITE] = &options->suite,
                                [CLIENT_SUITE] = &options->client_suite,
                                [QUIET] = &options->quiet,
                                [VERBOSE] = &options->verbose,
                                [LIST] = &options->list};
    const char **strings[LIST + 1] = {[VIA] = &options->selection.via,
                                      [PEERS] = &options->peers,
                                      [CERTS] = &options->certs,
                                      [AGAINST] = &options->against,
                                      [LOGS] = &options->logs};
    if (switches[id])
        *switches[id] = true;
    else
        *strings[id] = value;
    return true;
}

static bool take(void *arg, int id, const char *value, char why[static 256])
{
    struct interop_options *options = arg;
    switch (id) {
    case 0:
        snprintf(why, 256, "'%.100s' is no option; interop takes no arguments", value);
        return false;
    case CLIENT:
        return take_glob(&options->selection.clients, value, why);
    case SERVER:
        return take_glob(&options->selection.servers, value, why);
    case CASE:
        return take_glob(&options->selection.cases, value, why);
    case REQUIRE:
        return take_glob(&options->required, value, why);
    case TLS:
        return take_tls(options, value, why);
    case JOBS:
    case TIMEOUT:
        return take_number(options, id, value, why);
    case COLOR:
        return colour_parse(value, &options->colour, why);
    case JSON:
        return take_output(options, INTEROP_JSON, value, why);
    case JUNIT:
        return take_output(options, INTEROP_JUNIT, value, why);
    case HTML:
        return take_output(options, INTEROP_HTML, value, why);
    case MARKDOWN:
        return take_output(options, INTEROP_MARKDOWN, value, why);
    default:
        return take_plain(options, id, value);
    }
}

enum options_result interop_options_parse(struct interop_options *options, int argc,
                                          char *const argv[], char why[static 256])
{
    *options = (struct interop_options){.timeout_ns = DEFAULT_TIMEOUT};
    enum options_result result = options_parse(&interop_command, argc, argv, take, options, why);
    if (result != OPTIONS_OK)
        return result;
    const char *wrong = NULL;
    if (options->quiet && options->verbose)
        wrong = "--quiet and --verbose contradict each other";
    else if (options->suite && options->client_suite)
        wrong = "--suite and --client-suite are two runs: give one";
    else if (options->suite && (options->selection.clients.count || options->selection.cases.count))
        wrong = "--suite is about servers: leave --client and --case out";
    else if (options->client_suite && (options->selection.servers.count ||
                                       options->selection.cases.count || options->selection.via))
        wrong = "--client-suite is about clients: leave --server, --case and --via out";
    if (!wrong)
        return OPTIONS_OK;
    snprintf(why, 256, "%s", wrong);
    return OPTIONS_WRONG;
}
