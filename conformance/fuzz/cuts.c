/* SPDX-License-Identifier: MIT
 *
 * Where writes end: drawn when everything is said, and written into the script, so that a replay cuts alike. */
#include "fuzz/maker.h"

static void add_cut(struct step *step, uint32_t at)
{
    bool grows = step->cut_count == 0 || at > step->cuts[step->cut_count - 1];
    if (grows && at > 0 && at < step->octets.len && step->cut_count < MAX_CUTS)
        step->cuts[step->cut_count++] = at;
}

static void cut_at_random(struct maker *m, struct step *step)
{
    uint32_t at = 0;
    unsigned cuts = draw_between(&m->draw, 1, 3);
    for (unsigned i = 0; i < cuts && at + 1 < step->octets.len; i++) {
        at = draw_between(&m->draw, at + 1, (uint32_t)step->octets.len - 1);
        add_cut(step, at);
    }
}

/* Every octet of the frame header, and the first behind it. */
static void cut_octets(struct step *step)
{
    for (uint32_t at = 1; at < 12; at++)
        add_cut(step, at);
}

static void insert_flush(struct script *script, size_t at)
{
    (void)script_add(script, STEP_FLUSH);
    struct step flush = script->steps[script->count - 1];
    memmove(&script->steps[at + 1], &script->steps[at],
            (script->count - 1 - at) * sizeof script->steps[0]);
    script->steps[at] = flush;
}

void make_cuts(struct maker *m)
{
    struct script *script = m->script;
    unsigned how = draw_below(&m->draw, 100);
    for (size_t i = 0; how >= 55 && i < script->count; i++) {
        struct step *step = &script->steps[i];
        if (step->kind != STEP_SEND || step->octets.len == 0)
            continue;
        if (how >= 70 && how < 90 && draw_chance(&m->draw, 40))
            cut_at_random(m, step);
        else if (how >= 90 && draw_chance(&m->draw, 60))
            cut_octets(step);
        if (how < 70 || draw_chance(&m->draw, 20))
            insert_flush(script, ++i);
    }
}
