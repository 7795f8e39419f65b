/* SPDX-License-Identifier: MIT
 *
 * A run as a person reads it: progress while it goes on, each failure with its evidence, and a
 * summary whose last line says what one needs to know. Nothing that came over the network reaches
 * the terminal unescaped. */
#ifndef REPORTS_TERMINAL_H
#define REPORTS_TERMINAL_H

#include "base/clock.h"
#include "reports/model.h"

#include <stdio.h>

enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };
/* What --color takes, and its row in a table of options. returns false with one sentence in why */
bool colour_parse(const char *text, enum colour *colour, char why[static 256]);
#define COLOUR_WORDS "auto|always|never"
#define COLOUR_HELP  "colours (auto: on a terminal, unless NO_COLOR is set)"

struct terminal {
    FILE *out; /* borrowed */
    bool live; /* out is a terminal: one progress line, redrawn in place; otherwise plain lines */
    bool colour;
    bool quiet;       /* only what is not as expected, and the last line */
    bool verbose;     /* a line for each result, and the full story of the lenient ones */
    bool transcripts; /* the transcript of every result, uncut */

    /* private */
    gr_time drawn_at, began_at;
    size_t unexpected;
};

/* Sets out, live and colour, by what `out` is and the environment says (TERM, NO_COLOR); the rest is 0. */
void terminal_open(struct terminal *terminal, FILE *out, enum colour colour);
/* The run begins with so many cases to come: what the target is. */
void terminal_begin(struct terminal *terminal, const struct report *report, size_t total);
/* One more result; `now` from clock_now_ns(). */
void terminal_progress(struct terminal *terminal, const struct report_result *result, size_t done,
                       size_t total, gr_time now);
/* Everything that is not as expected, in the report's order, then the summary. */
void terminal_end(struct terminal *terminal, const struct report *report);

/* Parts of the above, appended to a buffer; also what `grpcspec report` and tests read. */
void terminal_put_story(const struct terminal *terminal, const struct report_result *result,
                        struct buf *out);
void terminal_put_summary(const struct terminal *terminal, const struct report *report,
                          struct buf *out);

#endif
