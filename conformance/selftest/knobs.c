/* SPDX-License-Identifier: MIT
 *
 * The table of knobs, and which one is turned for this thread's connection. */
#include "selftest/knobs.h"

#include <string.h>

const struct knob_row knob_table[] = {
#define KNOB_ROW(symbol, effect, name, defects, clauses, sentence)                                 \
    {KNOB_##effect, name, defects, clauses, sentence},
    KNOBS(KNOB_ROW)
#undef KNOB_ROW
};
const size_t knob_count = KNOB_COUNT;

static _Thread_local enum knob_name turned;

void knob_turn(enum knob_name name)
{
    turned = name;
}

bool knob(enum knob_name name)
{
    return turned == name;
}

enum knob_name knob_find(const char *name)
{
    for (size_t i = 1; i < KNOB_COUNT; i++)
        if (strcmp(knob_table[i].name, name) == 0)
            return (enum knob_name)i;
    return KNOB_NONE;
}
