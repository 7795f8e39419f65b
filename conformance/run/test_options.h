/* SPDX-License-Identifier: MIT
 *
 * The command line of `grpcspec test`, as data. */
#ifndef RUN_TEST_OPTIONS_H
#define RUN_TEST_OPTIONS_H

#include "reports/render.h"
#include "reports/terminal.h"
#include "run/options.h"
#include "run/run.h"

#define MAX_OUTPUTS    8
#define MAX_PROPERTIES 16
#define MAX_COMMAND    60

struct test_options {
    const char *target;  /* as given; NULL: none */
    const char *spawn;   /* NULL: nothing to start, unless there is no target either */
    bool client;         /* the target is a client, started by `command` */
    const char *adapter; /* or one that speaks the adapter protocol; NULL: no */
    char *command
        [MAX_COMMAND +
         1]; /* what stands behind --client; ends with NULL, may be empty: the bundled client */
    size_t command_length;
    struct endpoint endpoint; /* of target */
    bool use_tls, insecure;
    struct transport_tls tls;
    bool mutual_tls;                                   /* the target demands a certificate of us */
    const char *authority;                             /* NULL: the target's host and port */
    int pid;                                           /* of the target; 0: not said */
    struct server_property properties[MAX_PROPERTIES]; /* they view into property_text */
    char property_text[MAX_PROPERTIES][128];
    size_t property_count;
    struct selection selection;
    struct run_options run; /* jobs, times, seed, segmentation */
    const char *expect;     /* a baseline; NULL: none */
    struct {
        enum output_format format;
        const char *path;
    } outputs[MAX_OUTPUTS];
    size_t output_count;
    const char *pcapng; /* a folder for capture files; NULL: none */
    enum colour colour;
    bool quiet, verbose, transcripts, list, fail_fast;
    unsigned repetitions;     /* 1: run once */
    const char *failed_first; /* a report; NULL: the suite's order */
    struct buf
        repeat; /* "grpcspec test HOST:PORT --tls": what chose the target and the bytes; owned */
    struct buf repeat_end; /* " -- CMD ARGS", behind everything else; owned */
};

extern const struct command test_command;

/* Strings are borrowed from argv. OPTIONS_WRONG: why is one sentence. Clear with test_options_clear
 * in any case. */
enum options_result test_options_parse(struct test_options *options, int argc, char *const argv[],
                                       char why[static 256]);
void test_options_clear(struct test_options *options);

/* Append `word` so that a shell reads it as one word. */
void put_shell_word(struct buf *out, const char *word);

#endif
