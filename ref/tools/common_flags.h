/* SPDX-License-Identifier: MIT
 *
 * Command-line flags as the official interop programs take them: --name=value and --name value, a
 * boolean also bare. A program's flags are one table, which also prints its help. */
#ifndef TOOLS_COMMON_FLAGS_H
#define TOOLS_COMMON_FLAGS_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* One flag. Exactly one of the three targets is set; it holds the default until the flag is seen.
 */
struct flag {
    const char *name; /* without the dashes */
    const char *help; /* one line */
    const char **text;
    bool *truth;
    int64_t *number; /* min to max, decimal */
    int64_t min;
    int64_t max;
};

/* The rows of such a table. */
#define FLAG_TEXT(flag_name, target, flag_help)                                                    \
    {                                                                                              \
        .name = (flag_name), .help = (flag_help), .text = (target)                                 \
    }
#define FLAG_TRUTH(flag_name, target, flag_help)                                                   \
    {                                                                                              \
        .name = (flag_name), .help = (flag_help), .truth = (target)                                \
    }
#define FLAG_NUMBER(flag_name, target, least, most, flag_help)                                     \
    {                                                                                              \
        .name = (flag_name), .help = (flag_help), .number = (target), .min = (least),              \
        .max = (most)                                                                              \
    }

/* Read argv[1] and up into the flags' targets. Texts point into argv.
 * returns true, or false with one line without newline in `why` (cut if longer) */
MUST_USE bool flags_parse(const struct flag *flags, size_t count, int argc, char **argv, char *why,
                          size_t why_size);

/* A line per flag with its default: call it before flags_parse. */
void flags_print(FILE *out, const struct flag *flags, size_t count);

#endif
