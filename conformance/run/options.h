/* SPDX-License-Identifier: MIT
 *
 * Command lines by a table: what options a verb takes, their help, and a clear sentence about
 * anything else. */
#ifndef RUN_OPTIONS_H
#define RUN_OPTIONS_H

#include "base/attr.h"
#include "run/select.h"

struct option {
    int id;            /* the verb's own, > 0; 0: `name` is a heading in the help */
    const char *name;  /* "case", without dashes; NULL (id 0): help about the value `value` of the
                          option above */
    const char *value; /* what it wants, for the help ("GLOB"); NULL: it is a switch */
    const char *help;
};

/* A verb's command line. */
struct command {
    const char *usage;    /* "test [TARGET] [options]" */
    const char *about;    /* a paragraph, lines already broken */
    const char *examples; /* lines */
    const struct option *options;
    size_t count;
};

/* An option was given (value NULL for a switch), or with id 0 an argument that is no option.
 * returns false with one sentence in why */
typedef bool option_taker(void *arg, int id, const char *value, char why[static 256]);

enum options_result { OPTIONS_OK, OPTIONS_HELP, OPTIONS_WRONG };
/* Reads argv[1] to argv[argc-1]: --name value, --name=value, switches, arguments; `--` ends
 * options; -h, --help. OPTIONS_WRONG with one sentence in why. */
enum options_result options_parse(const struct command *command, int argc, char *const argv[],
                                  option_taker *take, void *arg, char why[static 256]);
/* What --help prints. */
void options_put_help(const struct command *command, struct buf *out);

/* What every verb that chooses cases takes. Rows of its table, and the taker for their ids. */
enum { OPTION_CASE = 1000, OPTION_CLAUSE, OPTION_AREA, OPTION_SKIP, OPTION_LEVEL, OPTION_SHARD };
/* From here on: a form of the report, OPTION_FORM + an enum output_format (reports/render.h). */
#define OPTION_FORM 2000
#define SELECTION_OPTIONS                                                                          \
    {0, "Which cases (each may be given several times; a glob's * also matches /)", NULL, NULL},   \
        {OPTION_CASE, "case", "GLOB", "cases with such an id"},                                    \
        {OPTION_CASE, "only", "GLOB", "the same"},                                                 \
        {OPTION_CLAUSE, "clause", "GLOB", "cases about such a clause"},                            \
        {OPTION_AREA, "area", "GLOB", "cases of such an area: http2/ping, or ping"},               \
        {OPTION_SKIP, "skip", "GLOB", "not the cases with such an id"},                            \
        {OPTION_LEVEL, "level", "must|should|all",                                                 \
         "only cases about a MUST; also SHOULD; all (default)"},                                   \
    {                                                                                              \
        OPTION_SHARD, "shard", "I/N", "the I-th of N parts, the same on every machine"             \
    }
bool selection_take(struct selection *selection, int id, const char *value, char why[static 256]);

/* "0.5", "10": seconds above 0 and up to a day. */
MUST_USE bool seconds_parse(const char *text, int64_t *ns);
/* Decimal digits only, up to max. */
MUST_USE bool number_parse(const char *text, uint64_t max, uint64_t *number);
/* The same for an option's value, with one sentence in why. */
MUST_USE bool number_take(const char *value, uint64_t max, uint64_t *number, char why[static 256]);

#endif
