/* SPDX-License-Identifier: MIT
 *
 * Scripts in memory; their text is in script_text.c. */
#include "fuzz/script.h"

#include <stdlib.h>

static void step_clear(struct step *step)
{
    buf_clear(&step->octets);
}

void script_clear(struct script *script)
{
    for (size_t i = 0; i < script->count; i++)
        step_clear(&script->steps[i]);
    free(script->steps);
    *script = (struct script){0};
}

struct step *script_add(struct script *script, enum step_kind kind)
{
    if (script->count == script->cap) {
        size_t cap = script->cap ? script->cap * 2 : 32;
        struct step *steps = realloc(script->steps, cap * sizeof *steps);
        if (!steps)
            abort(); /* as in peer/: a verdict could not be trusted then */
        script->steps = steps;
        script->cap = cap;
    }
    struct step *step = &script->steps[script->count++];
    *step = (struct step){.kind = kind};
    return step;
}

void script_copy(struct script *into, const struct script *from)
{
    struct script copy = *from;
    copy.steps = NULL;
    copy.count = copy.cap = 0;
    for (size_t i = 0; i < from->count; i++) {
        struct step *step = script_add(&copy, from->steps[i].kind);
        *step = from->steps[i];
        step->octets = (struct buf){0};
        buf_put(&step->octets, buf_view(&from->steps[i].octets));
    }
    *into = copy;
}

void script_remove(struct script *script, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++)
        step_clear(&script->steps[i]);
    memmove(&script->steps[first], &script->steps[first + count],
            (script->count - first - count) * sizeof script->steps[0]);
    script->count -= count;
}

static bool outcomes_equal(const struct outcome *a, const struct outcome *b)
{
    while (a->kind == b->kind && a->code == b->code && a->lenient == b->lenient &&
           a->kind != OUTCOME_END) {
        a++;
        b++;
    }
    return a->kind == OUTCOME_END && b->kind == OUTCOME_END;
}

static bool steps_equal(const struct step *a, const struct step *b)
{
    return a->kind == b->kind && a->noise == b->noise && a->stream == b->stream &&
           a->number == b->number && a->cut_count == b->cut_count &&
           (a->cut_count == 0 || memcmp(a->cuts, b->cuts, a->cut_count * sizeof a->cuts[0]) == 0) &&
           strcmp(a->name, b->name) == 0 && outcomes_equal(a->outcomes, b->outcomes) &&
           bytes_equal(buf_view(&a->octets), buf_view(&b->octets));
}

bool script_equal(const struct script *a, const struct script *b)
{
    bool equal = a->count == b->count && a->seed == b->seed && a->index == b->index &&
                 a->profile == b->profile && strcmp(a->fault, b->fault) == 0 &&
                 strcmp(a->clauses, b->clauses) == 0 && strcmp(a->wrong, b->wrong) == 0;
    for (size_t i = 0; equal && i < a->count; i++)
        equal = steps_equal(&a->steps[i], &b->steps[i]);
    return equal;
}

void script_put_octets(const struct script *script, struct buf *out)
{
    for (size_t i = 0; i < script->count; i++)
        if (script->steps[i].kind == STEP_SEND)
            buf_put(out, buf_view(&script->steps[i].octets));
}
