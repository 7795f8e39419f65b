/* SPDX-License-Identifier: MIT
 *
 * The verb `grpcspec selftest`: its command line, and the order of what is shown. */
#include "selftest/selftest.h"
#include "run/options.h"
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
    OPTION_SEEN
};

static const struct option option_rows[] = {
    {0, "What to prove", NULL, NULL},
    {OPTION_KNOB, "knob", "NAME", "only this defect; may be given once"},
    {OPTION_CORRECT, "correct", NULL, "only the server without defects"},
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
    .about = "Judges servers whose faults are known: one without, which must pass every case, and "
             "one for each knob\n"
             "of the table, which some case or lint rule must notice. Every case must notice at "
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
    const struct setup *setup; /* NULL: plain */
    uint16_t port;
    unsigned repeat;
    const char *json, *markdown, *seen;
};

static bool take_number(const char *value, uint64_t max, uint64_t *number, char why[static 256])
{
    if (number_parse(value, max, number))
        return true;
    (void)snprintf(why, 256, "'%.60s' is not a number from 0 to %llu", value,
                   (unsigned long long)max);
    return false;
}

static bool take_knob(struct selftest *self, const char *value, char why[static 256])
{
    self->matrix.only = knob_find(value);
    if (self->matrix.only != KNOB_NONE)
        return true;
    (void)snprintf(why, 256, "there is no knob '%.60s'; --list shows them", value);
    return false;
}

static bool take(void *arg, int id, const char *value, char why[static 256])
{
    struct selftest *self = arg;
    uint64_t number = 0;
    switch (id) {
    case OPTION_KNOB:
        return take_knob(self, value, why);
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
        if (!take_number(value, UINT16_MAX, &number, why))
            return false;
        self->port = (uint16_t)number;
        return true;
    case OPTION_JOBS:
        if (!take_number(value, 32, &number, why))
            return false;
        self->matrix.jobs = (unsigned)number;
        return true;
    case OPTION_REPEAT:
        if (!take_number(value, 100000, &number, why))
            return false;
        self->repeat = (unsigned)number;
        return true;
    default:
        (void)snprintf(why, 256, "'%.60s' is not expected here", value);
        return false;
    }
}

static int list_knobs(void)
{
    for (size_t i = KNOB_NONE + 1; i < KNOB_COUNT; i++)
        printf("%-40s %s (%s%s%s)\n", knob_table[i].name, knob_table[i].sentence,
               knob_table[i].clauses, knob_table[i].defects[0] ? "; " : "", knob_table[i].defects);
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
    const struct faulty_options options = {.knob = self->matrix.only,
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

static bool write_file(const char *path, const struct matrix *matrix,
                       void (*put)(const struct matrix *matrix, struct buf *out))
{
    struct buf text = {0};
    if (!path)
        return true;
    put(matrix, &text);
    FILE *file = text.failed ? NULL : fopen(path, "w");
    bool written = file && fwrite(text.data, 1, text.len, file) == text.len;
    if (file)
        written = fclose(file) == 0 && written;
    if (!written)
        complain("cannot write %s", path);
    buf_clear(&text);
    return written;
}

static int prove_once(const struct selftest *self)
{
    struct matrix matrix;
    struct buf summary = {0};
    char why[256];
    if (!matrix_init(&matrix, why)) {
        complain("%s", why);
        return EXIT_NOT_AS_EXPECTED;
    }
    bool all = self->matrix.only == KNOB_NONE;
    gr_time began = clock_now_ns();
    if (all)
        matrix_run_correct(&matrix, &self->matrix);
    if (!self->correct)
        matrix_run_knobs(&matrix, &self->matrix);
    if (all && !self->correct)
        matrix_run_dropper(&matrix, &self->matrix);
    matrix.full = self->matrix.full;
    matrix.seconds = (double)(clock_now_ns() - began) / 1e9;
    bool holds = self->correct ? !matrix.lost && matrix.correct_wrong == 0
                               : matrix_holds(&matrix, &self->matrix);
    if (self->correct)
        matrix_put_correct(&matrix, &summary);
    else
        matrix_put_summary(&matrix, &self->matrix, &summary);
    printf("%s%s (%.1f s)\n", buf_str(&summary),
           holds ? "Everything holds." : "Not everything holds.", matrix.seconds);
    (void)fflush(stdout);
    bool written = write_file(self->json, &matrix, matrix_put_json) &&
                   write_file(self->markdown, &matrix, matrix_put_markdown) &&
                   write_file(self->seen, &matrix, matrix_put_seen);
    buf_clear(&summary);
    matrix_clear(&matrix);
    if (!written)
        return EXIT_USAGE;
    return holds ? EXIT_AS_EXPECTED : EXIT_NOT_AS_EXPECTED;
}

static int prove(const struct selftest *self)
{
    int status = EXIT_AS_EXPECTED;
    for (unsigned i = 0; i < self->repeat && status == EXIT_AS_EXPECTED; i++)
        status = prove_once(self);
    return finish_printing(status);
}

int selftest_main(int argc, char **argv)
{
    char why[256];
    struct buf help = {0};
    struct selftest self = {.repeat = 1};
    switch (options_parse(&selftest_command, argc, argv, take, &self, why)) {
    case OPTIONS_WRONG:
        complain("%s", why);
        return EXIT_USAGE;
    case OPTIONS_HELP:
        options_put_help(&selftest_command, &help);
        printf("%s", buf_str(&help));
        buf_clear(&help);
        return finish_printing(EXIT_AS_EXPECTED);
    case OPTIONS_OK:
        break;
    }
    if (self.list)
        return list_knobs();
    if (self.serve)
        return serve(&self);
    if (isatty(STDERR_FILENO))
        self.matrix.progress = show_progress;
    return prove(&self);
}
