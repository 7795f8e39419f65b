/* SPDX-License-Identifier: MIT
 *
 * The command line of `grpcspec test`; see test_options.h. */
#include "run/test_options.h"

#include "peer/own_target.h"

#include <limits.h>
#include <stdio.h>

enum {
    SPAWN = 1,
    CLIENT,
    ADAPTER,
    TLS,
    CA,
    SERVER_NAME,
    INSECURE,
    CERT,
    KEY,
    MUTUAL_TLS,
    AUTHORITY,
    PID,
    SERVER_HAS,
    JOBS,
    TIMEOUT,
    PATIENCE,
    SEED,
    SEGMENT,
    EXPECT,
    PCAPNG,
    COLOR,
    QUIET,
    VERBOSE,
    TRANSCRIPT,
    LIST,
    REPEAT,
    FAIL_FAST,
    FAILED_FIRST,
    LAST = FAILED_FIRST,
};

static const struct option test_option_rows[] = {
    {0, "What to test", NULL, NULL},
    {SPAWN, "spawn", "CMD", "start the server by /bin/sh; {port} becomes a free port"},
    {CLIENT, "client", NULL,
     "test a client: the command behind `--`, started for each case (without: the bundled client)"},
    {ADAPTER, "adapter", "CMD",
     "test a client that speaks the connectconformance adapter protocol"},
    {TLS, "tls", NULL, "speak TLS (ALPN h2)"},
    {CA, "ca", "FILE", "certificates to trust"},
    {SERVER_NAME, "server-name", "NAME", "the name to ask for and to verify (default: the host)"},
    {INSECURE, "insecure", NULL, "do not verify the certificate"},
    {CERT, "cert", "FILE", "our own certificate, for mutual TLS"},
    {KEY, "key", "FILE", "its key"},
    {MUTUAL_TLS, "mutual-tls", NULL, "the target refuses clients without a certificate"},
    {AUTHORITY, "authority", "TEXT", "the :authority to send (default: HOST:PORT)"},
    {PID, "pid", "N",
     "the target's process, to watch its memory; cases then run one after the other"},
    {SERVER_HAS, "server-has", "KEY[=VALUE]",
     "what the target is configured to do, for cases that need it (once for each):"},
#define PROPERTY_HELP(symbol, key, takes_value, sentence) {0, NULL, key, sentence},
    SERVER_PROPERTIES(PROPERTY_HELP)
#undef PROPERTY_HELP
        SELECTION_OPTIONS,
    {LIST, "list", NULL, "only show which cases would run"},
    {LIST, "dry-run", NULL, "the same"},
    {FAILED_FIRST, "failed-first", "FILE",
     "begin with the cases that were not fine in this report (--json of an earlier run)"},
    {0, "How", NULL, NULL},
    {FAIL_FAST, "fail-fast", NULL, "begin no more cases after one that is not as expected"},
    {REPEAT, "repeat", "N",
     "run all of it N times; stop when a run fails, or a verdict is not that of the first run"},
    {JOBS, "jobs", "N", "cases side by side (default: twice the processors, at least 8)"},
    {TIMEOUT, "timeout", "SECONDS", "for a whole case (default: 10)"},
    {PATIENCE, "patience", "SECONDS", "for one thing that is awaited (default: 3)"},
    {SEED, "seed", "N", "for everything random (default: 1)"},
    {SEGMENT, "segment", "whole|frame|byte|random",
     "how what we send is cut into writes (default: whole)"},
    {0, "What comes out", NULL, NULL},
    {EXPECT, "expect", "FILE", "known deviations: lines of ID VERDICT reason"},
#define FORM_ROW(symbol, name, help) {OPTION_FORM + OUTPUT_##symbol, name, "FILE", help},
    REPORT_FORMS(FORM_ROW)
#undef FORM_ROW
        {PCAPNG, "pcapng", "FOLDER",
         "a capture file for Wireshark of each case that is not as expected (--transcript: of "
         "all)"},
    {COLOR, "color", COLOUR_WORDS, COLOUR_HELP},
    {QUIET, "quiet", NULL, "only what is not as expected, and the last line"},
    {VERBOSE, "verbose", NULL, "a line for each case, and why the lenient ones are"},
    {TRANSCRIPT, "transcript", NULL, "every case with all that was said"},
};

const struct command test_command = {
    .usage = "test [TARGET] [options], or test --client [options] -- CMD ARGS",
    .about = "Judges a gRPC server, or a client. TARGET is HOST:PORT or unix:PATH; with --spawn, "
             "the port the "
             "command listens on\n"
             "(not needed when the command has {port}); without both, the reference server is "
             "started and tested.\n"
             "\n"
             "A client is started once for each case. In CMD ARGS {host} {port} {case} {tls} {ca} "
             "{server_name} are "
             "replaced;\n"
             "without any of them, the official interop flags are added: --server_host "
             "--server_port --test_case "
             "--use_tls,\n"
             "with --tls also --server_host_override --use_test_ca. It exits with 0 when its case "
             "went well, with 127 when "
             "it\n"
             "has no such case. --adapter CMD is run by /bin/sh; it reports status, metadata and "
             "messages, so every case "
             "can be\n"
             "judged. With --tls, the tool makes the certificates, unless --cert and --key (the "
             "server's), --ca and\n"
             "--server-name are given.\n"
             "\n"
             "Exit status: 0 all as expected, 1 not, 2 wrong usage or nothing selected, 3 target "
             "unreachable,\n"
             "130 interrupted.\n",
    .examples = "  grpcspec test                                   the reference server\n"
                "  grpcspec test localhost:50051                   a server that runs\n"
                "  grpcspec test --spawn './server --port {port}'  a server to start, and to start "
                "again if it dies\n"
                "  grpcspec test localhost:443 --tls --ca ca.pem\n"
                "  grpcspec test :50051 --area ping --verbose      the cases of one area\n"
                "  grpcspec test :50051 --case http2/ping/same-octets --transcript\n"
                "  grpcspec test --client                          the reference client\n"
                "  grpcspec test --client -- go/client             a client with the official "
                "interop flags\n"
                "  grpcspec test --client -- ./client {host}:{port} {case}\n"
                "  grpcspec test --adapter ./adapter\n"
                "  grpcspec test :50051 --expect known.txt --junit report.xml --html report.html\n",
    .options = test_option_rows,
    .count = ARRAY_LEN(test_option_rows),
};

static bool is_safe(const char *word)
{
    static const char safe[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%";
    return *word && strspn(word, safe) == strlen(word);
}

void put_shell_word(struct buf *out, const char *word)
{
    if (is_safe(word)) {
        buf_put_str(out, word);
        return;
    }
    buf_put_u8(out, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            buf_put_str(out, "'\\''");
        else
            buf_put_u8(out, (uint8_t)*word);
    }
    buf_put_u8(out, '\'');
}

/* The command that repeats a case needs what chose the target and the octets, and nothing else. */
static void remember(struct test_options *options, int id, const char *value)
{
    static const int kept[] = {SPAWN,     TLS,  CA,      SERVER_NAME, INSECURE,
                               CERT,      KEY,  ADAPTER, PID,         MUTUAL_TLS,
                               AUTHORITY, SEED, SEGMENT, SERVER_HAS};
    const char *name = NULL;
    if (id == CLIENT)
        return; /* its command comes last */
    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        for (size_t k = 0; kept[i] == id && k < test_command.count; k++)
            if (test_command.options[k].id == id)
                name = test_command.options[k].name;
    if (!name)
        return;
    buf_printf(&options->repeat, " --%s", name);
    if (value) {
        buf_put_u8(&options->repeat, ' ');
        put_shell_word(&options->repeat, value);
    }
}

static bool take_target(struct test_options *options, const char *text, char why[static 256])
{
    if (options->target) {
        snprintf(why, 256, "one TARGET only: %.100s and %.100s", options->target, text);
        return false;
    }
    options->target = text;
    char local[300];
    snprintf(local, sizeof(local), "localhost%.280s", text); /* ":50051" is short for localhost */
    const char *reason = "";
    if (!endpoint_parse(text[0] == ':' ? local : text, &options->endpoint, &reason)) {
        snprintf(why, 256, "TARGET '%.100s': %.120s", text, reason);
        return false;
    }
    buf_put_u8(&options->repeat, ' ');
    put_shell_word(&options->repeat, text);
    return true;
}

static bool take_output(struct test_options *options, enum output_format format, const char *path,
                        char why[static 256])
{
    if (options->output_count == MAX_OUTPUTS) {
        snprintf(why, 256, "at most %d reports", MAX_OUTPUTS);
        return false;
    }
    options->outputs[options->output_count].format = format;
    options->outputs[options->output_count++].path = path;
    return true;
}

/* The index of `value` in a list divided by |; false when it is not there. */
static bool take_word(const char *value, const char *list, int *index)
{
    size_t len = strlen(value);
    *index = 0;
    for (const char *at = list;; at++) {
        size_t word = strcspn(at, "|");
        if (word == len && strncmp(at, value, len) == 0)
            return true;
        at += word;
        ++*index;
        if (*at == '\0')
            return false;
    }
}

static bool take_property(struct test_options *options, const char *value, char why[static 256])
{
    size_t at = options->property_count;
    if (at == MAX_PROPERTIES) {
        snprintf(why, 256, "--server-has: at most %d times", MAX_PROPERTIES);
        return false;
    }
    if (!server_property_parse(value, options->property_text[at], &options->properties[at], why))
        return false;
    options->property_count++;
    return true;
}

static bool take_pid(struct test_options *options, const char *value, char why[static 256])
{
    uint64_t number = 0;
    snprintf(why, 256, "--pid is the number of a process, not '%.60s'", value);
    if (!number_parse(value, INT_MAX, &number) || number == 0)
        return false;
    options->pid = (int)number;
    return true;
}

static bool take_how(struct test_options *options, int id, const char *value, char why[static 256])
{
    uint64_t number = 0;
    int index = 0;
    switch (id) {
    case JOBS:
        snprintf(why, 256, "--jobs is a number from 1 to 256, not '%.60s'", value);
        if (!number_parse(value, 256, &number) || number == 0)
            return false;
        options->run.jobs = (unsigned)number;
        return true;
    case REPEAT:
        snprintf(why, 256, "--repeat is a number from 1 to 1000, not '%.60s'", value);
        if (!number_parse(value, 1000, &number) || number == 0)
            return false;
        options->repetitions = (unsigned)number;
        return true;
    case TIMEOUT:
        snprintf(why, 256, "--timeout is a number of seconds, not '%.60s'", value);
        return seconds_parse(value, &options->run.timeout_ns);
    case PATIENCE:
        snprintf(why, 256, "--patience is a number of seconds, not '%.60s'", value);
        return seconds_parse(value, &options->run.patience_ns);
    case SEED:
        snprintf(why, 256, "--seed is a number, not '%.60s'", value);
        return number_parse(value, UINT64_MAX, &options->run.seed);
    case SEGMENT:
        snprintf(why, 256, "--segment is whole, frame, byte or random, not '%.60s'", value);
        if (!take_word(value, "whole|frame|byte|random", &index))
            return false;
        options->run.segmentation = (enum segmentation)index;
        return true;
    default: /* COLOR */
        return colour_parse(value, &options->colour, why);
    }
}

/* Options that are a switch or a string, kept as given. */
static bool take_plain(struct test_options *options, int id, const char *value)
{
    bool *switches[] = {[TLS] = &options->use_tls,
                        [INSECURE] = &options->insecure,
                        [MUTUAL_TLS] = &options->mutual_tls,
                        [CLIENT] = &options->client,
                        [QUIET] = &options->quiet,
                        [VERBOSE] = &options->verbose,
                        [LIST] = &options->list,
                        [FAIL_FAST] = &options->fail_fast,
                        [TRANSCRIPT] = &options->transcripts};
    const char **strings[LAST + 1] = {
        [SPAWN] = &options->spawn,         [ADAPTER] = &options->adapter,
        [CA] = &options->tls.ca_file,      [SERVER_NAME] = &options->tls.server_name,
        [CERT] = &options->tls.cert_file,  [KEY] = &options->tls.key_file,
        [AUTHORITY] = &options->authority, [EXPECT] = &options->expect,
        [PCAPNG] = &options->pcapng,       [FAILED_FIRST] = &options->failed_first};
    if ((size_t)id < ARRAY_LEN(switches) && switches[id])
        *switches[id] = true;
    else if (strings[id])
        *strings[id] = value;
    else
        return false;
    return true;
}

/* {host} and the like are replaced later. */
static bool take_command_word(struct test_options *options, const char *word, char why[static 256])
{
    if (options->command_length == MAX_COMMAND) {
        snprintf(why, 256, "a client's command has at most %d words", MAX_COMMAND);
        return false;
    }
    memcpy(&options->command[options->command_length++], &word, sizeof word);
    return true;
}

static bool take(void *arg, int id, const char *value, char why[static 256])
{
    struct test_options *options = arg;
    if (id == 0 && options->client)
        return take_command_word(options, value, why);
    if (id == 0)
        return take_target(options, value, why);
    if (id >= OPTION_FORM)
        return take_output(options, (enum output_format)(id - OPTION_FORM), value, why);
    if (id >= OPTION_CASE)
        return selection_take(&options->selection, id, value, why);
    remember(options, id, value);
    if (id == PID)
        return take_pid(options, value, why);
    if (id == SERVER_HAS)
        return take_property(options, value, why);
    return take_plain(options, id, value) || take_how(options, id, value, why);
}

/* What is said of clients. */
static const char *client_contradiction(const struct test_options *o)
{
    if (o->client && o->adapter)
        return "--client and --adapter are two ways to drive a client: give one";
    if (o->target || o->spawn || o->pid || o->property_count || o->authority || o->insecure ||
        o->mutual_tls)
        return "TARGET, --spawn, --pid, --server-has, --authority, --insecure and --mutual-tls are "
               "about servers, and a "
               "client is tested (its command stands behind --client --)";
    if ((o->tls.ca_file || o->tls.server_name || o->tls.cert_file || o->tls.key_file) &&
        !o->use_tls)
        return "--ca, --server-name, --cert and --key need --tls";
    if (!o->tls.cert_file != !o->tls.key_file)
        return "--cert and --key go together";
    if (o->tls.ca_file && !o->tls.cert_file)
        return "--ca is what the client is told to trust: it goes with --cert and --key, the "
               "server's that it meets";
    return NULL;
}

static const char *contradiction(const struct test_options *o)
{
    if (o->quiet && o->verbose)
        return "--quiet and --verbose contradict each other";
    if (o->client || o->adapter)
        return client_contradiction(o);
    bool tls_detail = o->tls.ca_file || o->tls.server_name || o->insecure || o->tls.cert_file ||
                      o->tls.key_file;
    bool is_bundled = !o->target && !o->spawn; /* it gets certificates that we make */
    if ((tls_detail || o->mutual_tls) && !o->use_tls)
        return "--ca, --server-name, --insecure, --cert, --key and --mutual-tls need --tls";
    if (is_bundled && tls_detail)
        return "--tls makes certificates for the bundled server: --ca, --server-name, --insecure, "
               "--cert and --key are for another TARGET";
    if (o->mutual_tls && !o->tls.cert_file && !is_bundled)
        return "--mutual-tls needs --cert and --key";
    if (o->pid && o->run.jobs > 1)
        return "--pid runs one case after the other: --jobs contradicts it";
    if (o->pid && (o->spawn || !o->target))
        return "--pid is for a TARGET that was not started here";
    if (o->use_tls && !o->tls.ca_file && !o->insecure && !is_bundled)
        return "--tls needs --ca FILE to verify the target, or --insecure";
    if (o->tls.ca_file && o->insecure)
        return "--ca and --insecure contradict each other";
    if (!o->tls.cert_file != !o->tls.key_file)
        return "--cert and --key go together";
    if (o->spawn && !o->target && !strstr(o->spawn, "{port}"))
        return "--spawn needs {port} in the command, or a TARGET that says where it listens";
    if (o->spawn && o->target && strstr(o->spawn, "{port}"))
        return "--spawn with {port} chooses the port itself: give no TARGET";
    return NULL;
}

static const char *outputs_clash(const struct test_options *o)
{
    for (size_t i = 0; i < o->output_count; i++)
        if (!*o->outputs[i].path)
            return "a report needs the name of a file, or - for standard output";
    for (size_t i = 0; i < o->output_count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(o->outputs[i].path, o->outputs[k].path) == 0)
                return "two reports cannot go to the same place";
    return NULL;
}

/* "--client" belongs at the front, its command at the end, behind what record.c adds. */
static void remember_client(struct test_options *options)
{
    if (!options->client)
        return;
    struct buf rest = {0};
    buf_put(&rest, bytes_skip(buf_view(&options->repeat), strlen("grpcspec test")));
    buf_reset(&options->repeat);
    buf_printf(&options->repeat, "grpcspec test --client%s", buf_str(&rest));
    buf_clear(&rest);
    for (size_t i = 0; i < options->command_length; i++) {
        buf_put_u8(&options->repeat_end, ' ');
        if (i == 0)
            buf_put_str(&options->repeat_end, "-- ");
        put_shell_word(&options->repeat_end, options->command[i]);
    }
}

enum options_result test_options_parse(struct test_options *options, int argc, char *const argv[],
                                       char why[static 256])
{
    *options = (struct test_options){.run.seed = 1, .repetitions = 1};
    buf_put_str(&options->repeat, "grpcspec test");
    enum options_result result = options_parse(&test_command, argc, argv, take, options, why);
    if (result != OPTIONS_OK)
        return result;
    const char *wrong = contradiction(options);
    if (!wrong)
        wrong = outputs_clash(options);
    if (!wrong) {
        remember_client(options);
        return OPTIONS_OK;
    }
    snprintf(why, 256, "%s", wrong);
    return OPTIONS_WRONG;
}

void test_options_clear(struct test_options *options)
{
    buf_clear(&options->repeat);
    buf_clear(&options->repeat_end);
}
