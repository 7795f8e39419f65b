/* SPDX-License-Identifier: MIT
 *
 * The verb `grpcspec selftest`: its command line, and the order of what is shown. */
#include "selftest/selftest.h"
#include "reports/output.h"
#include "run/options.h"
#include "selftest/client/function.h"
#include "selftest/matrix.h"
#include "selftest/server.h"
#include "verbs.h"
#include "wire/segment.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    OPTION_KNOB = 1,
    OPTION_LIST,
    OPTION_SERVE,
    OPTION_PORT,
    OPTION_FULL,
    OPTION_JSON,
    OPTION_MARKDOWN,
    OPTION_SEGMENT,
    OPTION_JOBS,
    OPTION_REPEAT,
    OPTION_CORRECT,
    OPTION_SETUP,
    OPTION_SEEN,
    OPTION_HALF
};

static const struct option option_rows[] = {
    {0, "What to prove", NULL, NULL},
    {OPTION_KNOB, "knob", "NAME", "only this defect; may be given once"},
    {OPTION_HALF, "half", "server|client", "only this half of the suite"},
    {OPTION_CORRECT, "correct", NULL, "only the endpoints without defects"},
    {OPTION_FULL, "full", NULL, "every quick case against every defect, as far as two minutes go"},
    {OPTION_SEGMENT, "segment", "whole|frame|byte|random",
     "how what the cases send is cut into writes"},
    {OPTION_JOBS, "jobs", "N", "defects side by side (default: 8)"},
    {OPTION_REPEAT, "repeat", "N", "all of it N times; stops at the first failure"},
    {0, "What to write", NULL, NULL},
    {OPTION_JSON, "json", "FILE", "the kill matrix as JSON"},
    {OPTION_MARKDOWN, "markdown", "FILE", "the kill matrix as Markdown"},
    {OPTION_SEEN, "seen", "FILE",
     "which knobs each case noticed, as in conformance/clauses/seen.tsv"},
    {0, "Or instead", NULL, NULL},
    {OPTION_LIST, "list", NULL, "show the knobs"},
    {OPTION_SERVE, "serve", NULL, "only serve, with --knob if given, until interrupted"},
    {OPTION_SETUP, "setup", "NAME", "of --serve: plain, tls, small, idle, age or keepalive"},
    {OPTION_PORT, "port", "N", "of --serve (default: the kernel chooses)"},
};

const struct command selftest_command = {
    .usage = "selftest [options]",
    .about =
        "Judges servers and clients whose faults are known: one without, which must pass every "
        "case, and one for each\n"
        "knob of the table, which some case or lint rule must notice. Every case must notice at "
        "least one.",
    .examples = "  grpcspec selftest\n"
                "  grpcspec selftest --knob accepts-index-0\n"
                "  grpcspec selftest --serve --knob status-twice --port 5005\n",
    .options = option_rows,
    .count = ARRAY_LEN(option_rows),
};

struct selftest {
    struct matrix_options matrix;
    bool list, serve, correct;
    const struct matrix_half *half; /* NULL: both */
    enum client_knob client_knob;
    const struct setup *setup; /* NULL: plain */
    uint16_t port;
    unsigned repeat;
    const char *json, *markdown, *seen;
};

static bool take_knob(struct selftest *self, const char *value, char why[static 256])
{
    self->matrix.only = knob_find(value);
    self->client_knob = client_knob_find(value);
    if (self->matrix.only != KNOB_NONE || self->client_knob != CLIENT_NONE)
        return true;
    (void)snprintf(why, 256, "there is no knob '%.60s'; --list shows them", value);
    return false;
}

static bool take_half(struct selftest *self, const char *value, char why[static 256])
{
    if (strcmp(value, server_half.word) == 0)
        self->half = &server_half;
    else if (strcmp(value, client_half.word) == 0)
        self->half = &client_half;
    else
        (void)snprintf(why, 256, "--half is server or client, not '%.60s'", value);
    return self->half != NULL;
}

static bool take(void *arg, int id, const char *value, char why[static 256])
{
    struct selftest *self = arg;
    uint64_t number = 0;
    switch (id) {
    case OPTION_KNOB:
        return take_knob(self, value, why);
    case OPTION_HALF:
        return take_half(self, value, why);
    case OPTION_LIST:
        self->list = true;
        return true;
    case OPTION_SERVE:
        self->serve = true;
        return true;
    case OPTION_CORRECT:
        self->correct = true;
        return true;
    case OPTION_FULL:
        self->matrix.full = true;
        return true;
    case OPTION_JSON:
        self->json = value;
        return true;
    case OPTION_SEEN:
        self->seen = value;
        return true;
    case OPTION_MARKDOWN:
        self->markdown = value;
        return true;
    case OPTION_SETUP:
        self->setup = setup_find(value);
        if (self->setup)
            return true;
        (void)snprintf(why, 256, "there is no setup '%.60s'; --help shows them", value);
        return false;
    case OPTION_SEGMENT:
        if (segmentation_parse(value, &self->matrix.segmentation))
            return true;
        (void)snprintf(why, 256, "--segment is whole, frame, byte or random, not '%.60s'", value);
        return false;
    case OPTION_PORT:
        if (!number_take(value, UINT16_MAX, &number, why))
            return false;
        self->port = (uint16_t)number;
        return true;
    case OPTION_JOBS:
        if (!number_take(value, 32, &number, why))
            return false;
        self->matrix.jobs = (unsigned)number;
        return true;
    case OPTION_REPEAT:
        if (!number_take(value, 100000, &number, why))
            return false;
        self->repeat = (unsigned)number;
        return true;
    default:
        (void)snprintf(why, 256, "'%.60s' is not expected here", value);
        return false;
    }
}

static void list_half(const struct matrix_half *half)
{
    for (size_t i = 1; i < half->knob_count; i++) {
        const struct knob_row *knob = &half->knobs[i];
        printf("%s %-40s %s (%s%s%s)\n", half->word, knob->name, knob->sentence, knob->clauses,
               knob->defects[0] ? "; " : "", knob->defects);
    }
}

static int list_knobs(const struct selftest *self)
{
    if (self->half != &client_half)
        list_half(&server_half);
    if (self->half != &server_half)
        list_half(&client_half);
    return finish_printing(EXIT_AS_EXPECTED);
}

static int serve(const struct selftest *self)
{
    sigset_t ends;
    int which;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &ends, NULL);
    char why[256];
    struct certificates certificates = {.folder = ""};
    if (self->setup && self->setup->tls && !certificates_make(&certificates, why)) {
        complain("%s", why);
        return EXIT_USAGE;
    }
    const struct faulty_options options = {.knob = (enum knob_name)self->matrix.only,
                                           .setup = self->setup,
                                           .certificates = &certificates,
                                           .port = self->port};
    struct faulty_server *server = faulty_server_start(&options);
    if (!server)
        complain("cannot listen on port %u", self->port);
    else
        printf("serving on 127.0.0.1:%u, %s%s%s\n", faulty_server_port(server),
               knob_table[self->matrix.only].sentence,
               certificates.folder[0] ? "; certificates are in " : "", certificates.folder);
    fflush(stdout);
    if (server)
        (void)sigwait(&ends, &which);
    faulty_server_stop(server);
    certificates_remove(&certificates);
    return server ? EXIT_AS_EXPECTED : EXIT_USAGE;
}

static void show_progress(void *arg, size_t done, size_t total)
{
    (void)arg;
    fprintf(stderr, "\r%zu of %zu knobs%s", done, total, done == total ? "\n" : "");
}

/* ---- what is written ---- */

struct proof {
    const struct matrix *halves[2];
    size_t count;
};

/* Where they go; those not asked for stay closed. */
struct files {
    struct output json, markdown, seen;
};

static bool open_file(struct output *output, const char *path)
{
    char why[512];
    if (!path || output_open(output, path, why))
        return true;
    complain("%s", why);
    return false;
}

/* Before half a minute's work, so that a bad path is known at once. */
static bool open_files(struct files *files, const struct selftest *self)
{
    *files = (struct files){OUTPUT_CLOSED, OUTPUT_CLOSED, OUTPUT_CLOSED};
    return open_file(&files->json, self->json) && open_file(&files->markdown, self->markdown) &&
           open_file(&files->seen, self->seen);
}

static void abandon_files(struct files *files)
{
    output_abandon(&files->json);
    output_abandon(&files->markdown);
    output_abandon(&files->seen);
}

static bool write_file(struct output *output, struct buf *text)
{
    char why[512] = "out of memory";
    bool written = !text->failed && output_commit(output, buf_view(text), why);
    if (!written)
        complain("%s", why);
    buf_clear(text);
    return written;
}

static bool write_each(struct output *output, const char *heading, const struct proof *proof,
                       void (*put)(const struct matrix *matrix, struct buf *out))
{
    struct buf text = {0};
    if (output->fd < 0)
        return true;
    buf_put_str(&text, heading);
    for (size_t i = 0; i < proof->count; i++)
        put(proof->halves[i], &text);
    return write_file(output, &text);
}

static bool write_json(struct output *output, const struct proof *proof)
{
    struct buf text = {0};
    if (output->fd < 0)
        return true;
    matrix_put_json(proof->halves, proof->count, &text);
    return write_file(output, &text);
}

static bool write_all(struct files *files, const struct proof *proof)
{
    return write_json(&files->json, proof) &&
           write_each(&files->markdown, "", proof, matrix_put_markdown) &&
           write_each(&files->seen, "id\tknobs that it was seen to notice\n", proof,
                      matrix_put_seen);
}

/* ---- proving ---- */

/* returns whether everything holds */
static bool prove_half(const struct selftest *self, struct matrix *matrix)
{
    struct buf summary = {0};
    struct matrix_options options = self->matrix;
    if (matrix->half == &client_half)
        options.only = self->client_knob;
    bool all = options.only == 0;
    gr_time began = clock_now_ns();
    if (all)
        matrix_run_correct(matrix, &options);
    if (!self->correct)
        matrix_run_knobs(matrix, &options);
    if (all && !self->correct)
        matrix_run_dropper(matrix, &options);
    matrix->full = options.full;
    matrix->seconds = (double)(clock_now_ns() - began) / 1e9;
    bool holds = self->correct ? !matrix->lost && matrix->correct_wrong == 0
                               : matrix_holds(matrix, &options);
    if (self->correct)
        matrix_put_correct(matrix, &summary);
    else
        matrix_put_summary(matrix, &options, &summary);
    printf("%s%s (%.1f s)\n", buf_str(&summary),
           holds ? "Everything holds." : "Not everything holds.", matrix->seconds);
    (void)fflush(stdout);
    buf_clear(&summary);
    return holds;
}

/* Both halves, or the one that was asked for, also by the name of a knob. */
static bool is_wanted(const struct selftest *self, const struct matrix_half *half)
{
    bool one_knob = self->matrix.only != 0 || self->client_knob != CLIENT_NONE;
    size_t knob = half == &client_half ? (size_t)self->client_knob : self->matrix.only;
    return (!self->half || self->half == half) && (!one_knob || knob != 0);
}

static int prove_once(const struct selftest *self)
{
    static const struct matrix_half *const halves[] = {&server_half, &client_half};
    struct matrix matrices[ARRAY_LEN(halves)];
    struct proof proof = {.count = 0};
    struct files files;
    char why[256];
    bool holds = true;
    bool written = open_files(&files, self);
    for (size_t i = 0; written && i < ARRAY_LEN(halves); i++) {
        if (!is_wanted(self, halves[i]))
            continue;
        if (!matrix_init(&matrices[proof.count], halves[i], why)) {
            complain("%s", why);
            holds = false;
            break;
        }
        proof.halves[proof.count] = &matrices[proof.count];
        holds = prove_half(self, &matrices[proof.count++]) && holds;
    }
    if (proof.count > 0)
        written = write_all(&files, &proof);
    abandon_files(&files);
    for (size_t i = 0; i < proof.count; i++)
        matrix_clear(&matrices[i]);
    if (!written)
        return EXIT_USAGE;
    return holds && proof.count > 0 ? EXIT_AS_EXPECTED : EXIT_NOT_AS_EXPECTED;
}

static int prove(const struct selftest *self)
{
    int status = EXIT_AS_EXPECTED;
    for (unsigned i = 0; i < self->repeat && status == EXIT_AS_EXPECTED; i++)
        status = prove_once(self);
    return finish_printing(status);
}

/* Not shown: the faulty client as a process, so that drives can be tried on it. */
#define FAULTY_CLIENT "--faulty-client="

static int be_faulty_client(int argc, char **argv)
{
    const char *name = argv[0] + strlen(FAULTY_CLIENT);
    enum client_knob knob = client_knob_find(name);
    if (knob != CLIENT_NONE || strcmp(name, "none") == 0)
        return faulty_client_main(argc - 1, argv + 1, knob);
    complain("there is no knob '%s' for clients", name);
    return EXIT_USAGE;
}

int selftest_main(int argc, char **argv)
{
    char why[256];
    struct selftest self = {.repeat = 1};
    if (argc > 1 && strncmp(argv[1], FAULTY_CLIENT, strlen(FAULTY_CLIENT)) == 0)
        return be_faulty_client(argc - 1, argv + 1);
    enum options_result result = options_parse(&selftest_command, argc, argv, take, &self, why);
    if (result != OPTIONS_OK)
        return print_usage(&selftest_command, result, why);
    if (self.list)
        return list_knobs(&self);
    if (self.serve && self.client_knob != CLIENT_NONE && self.matrix.only == KNOB_NONE) {
        complain("--serve is a server's, and so must its knob be");
        return EXIT_USAGE;
    }
    if (self.serve)
        return serve(&self);
    if (isatty(STDERR_FILENO))
        self.matrix.progress = show_progress;
    (void)signal(SIGPIPE, SIG_IGN); /* OpenSSL writes to sockets that a faulty peer has closed */
    return prove(&self);
}
