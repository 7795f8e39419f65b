/* SPDX-License-Identifier: MIT
 *
 * The table of the faulty client's knobs, and which one is turned for this thread. */
#include "selftest/client/knobs.h"

#include <string.h>

const struct knob_row client_knob_table[] = {
#define CLIENT_KNOB_ROW(symbol, effect, name, defects, clauses, sentence)                          \
    {KNOB_##effect, name, defects, clauses, sentence},
    CLIENT_KNOBS(CLIENT_KNOB_ROW)
#undef CLIENT_KNOB_ROW
};

static _Thread_local enum client_knob turned;

void client_knob_turn(enum client_knob name)
{
    turned = name;
}

bool errs(enum client_knob name)
{
    return turned == name;
}

enum client_knob client_knob_find(const char *name)
{
    for (size_t i = 1; i < CLIENT_KNOB_COUNT; i++)
        if (strcmp(client_knob_table[i].name, name) == 0)
            return (enum client_knob)i;
    return CLIENT_NONE;
}
