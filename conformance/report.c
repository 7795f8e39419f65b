/* SPDX-License-Identifier: MIT
 *
 * grpcspec report: results that were written as JSON, read back; the shards of a run made whole, in
 * any form, and compared with an earlier run. Nothing is judged anew. */
#include "reports/compare.h"
#include "reports/merge.h"
#include "reports/output.h"
#include "reports/pcapng.h"
#include "reports/read.h"
#include "reports/render.h"
#include "reports/terminal.h"
#include "run/options.h"
#include "run/run.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_SHARDS  256
#define MAX_WRITTEN 8

enum { PCAPNG = 1, AGAINST, QUIET, VERBOSE, TRANSCRIPT, COLOR };

static const struct option rows[] = {
    {0, "What comes out (FILE may be -, standard output)", NULL, NULL},
#define FORM_ROW(symbol, name, help) {OPTION_FORM + OUTPUT_##symbol, name, "FILE", help},
    REPORT_FORMS(FORM_ROW)
#undef FORM_ROW
        {PCAPNG, "pcapng", "FOLDER", "a capture file of each case that is not as expected"},
    {AGAINST, "against", "OLD.json", "what was fixed, broke or changed since"},
    {QUIET, "quiet", NULL, "only what is not as expected, and the last line"},
    {VERBOSE, "verbose", NULL, "also why the lenient ones are"},
    {TRANSCRIPT, "transcript", NULL, "every case with all that was said"},
    {COLOR, "color", COLOUR_WORDS, COLOUR_HELP},
};

const struct command report_command = {
    .usage = "report RESULT.json... [options]",
    .about = "Shows results that the --json of test, interop or selftest wrote. Several files are "
             "the shards of one "
             "run (--shard I/N)\n"
             "and become one report; a case that two of them have is an error.\n"
             "\n"
             "Exit status: 0 all as expected, 1 not, 2 wrong usage or a file that cannot be read "
             "or written.\n",
    .examples = "  grpcspec report results.json --html report.html\n"
                "  grpcspec report shard-*.json --json whole.json --junit whole.xml\n"
                "  grpcspec report results.json --against last-week.json --markdown -\n",
    .options = rows,
    .count = ARRAY_LEN(rows),
};

struct report_options {
    const char *files[MAX_SHARDS];
    size_t file_count;
    struct {
        enum output_format format;
        const char *path;
        struct output output;
    } written[MAX_WRITTEN];
    size_t written_count;
    const char *pcapng;  /* a folder; NULL: no capture files */
    const char *against; /* NULL: nothing to compare with */
    enum colour colour;
    bool quiet, verbose, transcripts;
};

static bool take_file(struct report_options *options, const char *path, char why[static 256])
{
    if (options->file_count == MAX_SHARDS) {
        snprintf(why, 256, "at most %d results", MAX_SHARDS);
        return false;
    }
    options->files[options->file_count++] = path;
    return true;
}

static bool take_written(struct report_options *options, enum output_format format,
                         const char *path, char why[static 256])
{
    for (size_t i = 0; i < options->written_count; i++) {
        if (strcmp(options->written[i].path, path) == 0) {
            snprintf(why, 256, "two reports cannot go to the same place: %.150s", path);
            return false;
        }
    }
    if (options->written_count == MAX_WRITTEN) {
        snprintf(why, 256, "at most %d reports", MAX_WRITTEN);
        return false;
    }
    options->written[options->written_count].format = format;
    options->written[options->written_count++].path = path;
    return true;
}

static bool take(void *arg, int id, const char *value, char why[static 256])
{
    struct report_options *options = arg;
    if (id >= OPTION_FORM)
        return take_written(options, (enum output_format)(id - OPTION_FORM), value, why);
    switch (id) {
    case 0:
        return take_file(options, value, why);
    case PCAPNG:
        options->pcapng = value;
        return true;
    case AGAINST:
        options->against = value;
        return true;
    case QUIET:
        return options->quiet = true;
    case VERBOSE:
        return options->verbose = true;
    case COLOR:
        return colour_parse(value, &options->colour, why);
    default:
        return options->transcripts = true;
    }
}

/* ---- reading ---- */

static bool read_shards(const struct report_options *options, struct report *report)
{
    char why[256];
    for (size_t i = 0; i < options->file_count; i++) {
        const char *path = options->files[i];
        struct report part;
        report_init(&part);
        if (!report_read_file(i == 0 ? report : &part, path, why)) {
            complain("%s", why);
            report_clear(&part);
            return false;
        }
        if (i > 0 && !report_merge(report, &part, why)) {
            complain("cannot merge %s: %s", path, why);
            return false;
        }
    }
    return true;
}

/* A case's place in the suite; what is not there, as lint rules, comes last. */
static size_t place_of(const struct test_case *const *all, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (id && strcmp(all[i]->id, id) == 0)
            return i;
    return count;
}

struct placed {
    size_t place, index;
};

static int by_place(const void *a, const void *b)
{
    const struct placed *first = a, *second = b;
    if (first->place != second->place)
        return first->place < second->place ? -1 : 1;
    return first->index < second->index ? -1 : first->index > second->index;
}

/* Shards are taken from all over the suite: what they found goes back to the suite's order. */
static bool sort_as_the_suite(struct report *report)
{
    size_t count = 0, n = report->result_count;
    const struct test_case **all = run_all_cases(&count);
    struct placed *places = calloc(n + 1, sizeof(*places));
    struct report_result *sorted = calloc(n + 1, sizeof(*sorted));
    bool ok = all && places && sorted;
    for (size_t i = 0; i < n && ok; i++)
        places[i] = (struct placed){place_of(all, count, report->results[i].id), i};
    if (ok)
        qsort(places, n, sizeof(*places), by_place);
    for (size_t i = 0; i < n && ok; i++)
        sorted[i] = report->results[places[i].index];
    if (ok && n > 0)
        memcpy(report->results, sorted, n * sizeof(*sorted));
    free(sorted);
    free(places);
    free(all);
    if (!ok)
        complain("out of memory");
    return ok;
}

/* ---- writing ---- */

static bool open_written(struct report_options *options)
{
    char why[512];
    for (size_t i = 0; i < options->written_count; i++) {
        if (output_open(&options->written[i].output, options->written[i].path, why))
            continue;
        complain("%s", why);
        return false;
    }
    return true;
}

static bool write_one(struct report_options *options, size_t index, const struct report *report,
                      const struct report *old)
{
    char why[512];
    struct buf text = {0};
    bool made = report_render(report, options->written[index].format, old, &text);
    bool ok = made && output_commit(&options->written[index].output, buf_view(&text), why);
    if (!made)
        complain("out of memory: %s is not written", options->written[index].path);
    else if (!ok)
        complain("%s", why);
    buf_clear(&text);
    return ok;
}

static void show(const struct report_options *options, const struct report *report,
                 const struct report *old)
{
    FILE *out = stdout;
    struct terminal terminal;
    for (size_t i = 0; i < options->written_count; i++)
        if (strcmp(options->written[i].path, "-") == 0)
            out = stderr;
    terminal_open(&terminal, out, options->colour);
    terminal.quiet = options->quiet;
    terminal.verbose = options->verbose;
    terminal.transcripts = options->transcripts;
    terminal_end(&terminal, report);
    if (!old)
        return;
    struct buf changes = {0};
    report_put_changes(report, old, &changes);
    fputs(buf_str(&changes), out);
    buf_clear(&changes);
}

static bool write_captures(const struct report_options *options, const struct report *report)
{
    char why[512];
    if (!options->pcapng ||
        (pcapng_folder_make(options->pcapng, why) &&
         pcapng_folder_fill(options->pcapng, report, options->transcripts, why)))
        return true;
    complain("%s", why);
    return false;
}

static int render(struct report_options *options, const struct report *report,
                  const struct report *old)
{
    if (!open_written(options))
        return EXIT_USAGE;
    show(options, report, old);
    bool ok = true;
    for (size_t i = 0; i < options->written_count; i++)
        ok &= write_one(options, i, report, old);
    if (!write_captures(options, report) || !ok)
        return EXIT_USAGE;
    return finish_printing(report_is_success(report) ? EXIT_AS_EXPECTED : EXIT_NOT_AS_EXPECTED);
}

static int report_on(struct report_options *options)
{
    if (options->file_count == 0) {
        complain("which results? 'grpcspec test --json FILE' writes them; then 'grpcspec report "
                 "FILE'");
        return EXIT_USAGE;
    }
    struct report report, old;
    char why[256];
    report_init(&report);
    report_init(&old);
    int status = EXIT_USAGE;
    bool ok = read_shards(options, &report);
    if (ok && options->against && !report_read_file(&old, options->against, why)) {
        complain("%s", why);
        ok = false;
    }
    if (ok && (options->file_count == 1 || sort_as_the_suite(&report)))
        status = render(options, &report, options->against ? &old : NULL);
    report_clear(&old);
    report_clear(&report);
    return status;
}

int report_verb(int argc, char **argv)
{
    struct report_options options = {0};
    char why[256];
    for (size_t i = 0; i < MAX_WRITTEN; i++)
        options.written[i].output = OUTPUT_CLOSED;
    enum options_result result = options_parse(&report_command, argc, argv, take, &options, why);
    int status = result == OPTIONS_OK ? report_on(&options)
                                      : print_usage(&report_command, result, why);
    for (size_t i = 0; i < MAX_WRITTEN; i++)
        output_abandon(&options.written[i].output);
    return status;
}
