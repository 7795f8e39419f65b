/* SPDX-License-Identifier: MIT
 *
 * The forms of a comparison: a table for the terminal, Markdown, JSON, and a plot. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "results.h"

#include <stdio.h>

void report_text(const struct results *results, FILE *out);
void report_markdown(const struct results *results, FILE *out);
void report_json(const struct results *results, FILE *out);
/* Server CPU of a call, unary 10 B, as bars. */
void report_svg(const struct results *results, FILE *out);

#endif
