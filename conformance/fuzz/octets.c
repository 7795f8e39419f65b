/* SPDX-License-Identifier: MIT
 *
 * Layer "octets": a legal conversation in which octets were changed, lost, doubled. Nobody knows what must come of it;
 * but what comes must be legal, the connection must answer or end, and the target must go on. */
#include "fuzz/common.h"

/* The SEND steps behind the preface, at most `max`. returns how many */
static size_t sends(struct script *script, size_t *at, size_t max)
{
    size_t count = 0;
    for (size_t i = 2; i < script->count && count < max; i++)
        if (script->steps[i].kind == STEP_SEND)
            at[count++] = i;
    return count;
}

static void drop_expectations(struct script *script)
{
    for (size_t i = script->count; i > 0; i--)
        if (script->steps[i - 1].kind >= STEP_AWAIT_SETTINGS)
            script_remove(script, i - 1, 1);
}

static void conversation(struct maker *m)
{
    make_open(m);
    uint32_t count = draw_between(&m->draw, 1, 3);
    for (uint32_t i = 0; i < count; i++) {
        (void)make_empty_call(m);
        make_noise(m);
    }
    drop_expectations(m->script);
}

static void finish(struct maker *m)
{
    make_flush(m);
    if (draw_chance(&m->draw, 30))
        (void)script_add(m->script, STEP_FIN);
    (void)expect_step(m, STEP_EXPECT_ALIVE, 0, 0);
}

/* What is to be flipped: a bit, or anything. */
static uint8_t draw_change(struct maker *m)
{
    if (draw_chance(&m->draw, 50))
        return (uint8_t)draw_u64(&m->draw);
    return (uint8_t)(1u << draw_below(&m->draw, 8));
}

static void change_octets(struct maker *m, const struct fault *fault)
{
    size_t at[64];
    (void)fault;
    conversation(m);
    size_t count = sends(m->script, at, ARRAY_LEN(at));
    for (uint32_t i = draw_between(&m->draw, 1, 4); i > 0; i--) {
        struct step *step = &m->script->steps[at[draw_below(&m->draw, (uint32_t)count)]];
        if (step->octets.len == 0)
            continue;
        uint32_t where = draw_chance(&m->draw, 50)
                             ? draw_below(&m->draw, 9)
                             : draw_below(&m->draw, (uint32_t)step->octets.len);
        if (where < step->octets.len)
            step->octets.data[where] ^= draw_change(m);
    }
    finish(m);
}

static void lose_octets(struct maker *m, const struct fault *fault)
{
    size_t at[64];
    (void)fault;
    conversation(m);
    size_t count = sends(m->script, at, ARRAY_LEN(at));
    struct step *step = &m->script->steps[at[draw_below(&m->draw, (uint32_t)count)]];
    uint32_t from = draw_below(&m->draw, (uint32_t)step->octets.len);
    uint32_t left = (uint32_t)step->octets.len - from;
    uint32_t lost = draw_between(&m->draw, 1, left < 8 ? left : 8);
    memmove(step->octets.data + from, step->octets.data + from + lost, left - lost);
    step->octets.len -= lost;
    finish(m);
}

static void shuffle_frames(struct maker *m, const struct fault *fault)
{
    size_t at[64];
    (void)fault;
    conversation(m);
    size_t count = sends(m->script, at, ARRAY_LEN(at));
    for (uint32_t i = draw_between(&m->draw, 1, 5); i > 0; i--) {
        size_t a = at[draw_below(&m->draw, (uint32_t)count)],
               b = at[draw_below(&m->draw, (uint32_t)count)];
        struct step step = m->script->steps[a];
        m->script->steps[a] = m->script->steps[b];
        m->script->steps[b] = step;
    }
    if (draw_chance(&m->draw, 50)) {
        struct buf copy = {0};
        buf_put(&copy,
                buf_view(&m->script->steps[at[draw_below(&m->draw, (uint32_t)count)]].octets));
        (void)make_octets(m, buf_view(&copy));
        buf_clear(&copy);
    }
    finish(m);
}

static void random_frames(struct maker *m, const struct fault *fault)
{
    struct buf payload = {0};
    (void)fault;
    make_open(m);
    for (uint32_t i = draw_between(&m->draw, 1, 12); i > 0; i--) {
        uint32_t streams[] = {0, 1, 1, 3, 2, 5, 0x7fffffff};
        buf_reset(&payload);
        draw_octets(&m->draw, &payload, draw_below(&m->draw, 60));
        uint8_t type = (uint8_t)draw_below(&m->draw, 14), flags = (uint8_t)draw_u64(&m->draw);
        (void)make_frame(m, type, flags, streams[draw_below(&m->draw, ARRAY_LEN(streams))],
                         buf_view(&payload));
    }
    finish(m);
    buf_clear(&payload);
}

static void random_block(struct maker *m, const struct fault *fault)
{
    struct field fields[MAX_FIELDS];
    struct buf block = {0};
    (void)fault;
    make_open(m);
    make_coded(m, fields, make_fields(m, EMPTY_CALL, NULL, fields), &block);
    for (uint32_t i = draw_between(&m->draw, 1, 6); i > 0; i--) {
        uint32_t at = draw_below(&m->draw, (uint32_t)block.len);
        block.data[at] = (uint8_t)draw_u64(&m->draw);
    }
    if (draw_chance(&m->draw, 50))
        draw_octets(&m->draw, &block, draw_below(&m->draw, 20));
    make_block(m, make_stream(m), buf_view(&block), FLAG_END_STREAM);
    finish(m);
    buf_clear(&block);
}

static void garbage(struct maker *m, const struct fault *fault)
{
    struct buf octets = {0};
    (void)fault;
    if (draw_chance(&m->draw, 70))
        make_open(m);
    else
        (void)script_add(m->script, STEP_OPEN);
    draw_octets(&m->draw, &octets, draw_between(&m->draw, 1, 400));
    (void)make_octets(m, buf_view(&octets));
    finish(m);
    buf_clear(&octets);
}

static void cut_off(struct maker *m, const struct fault *fault)
{
    (void)fault;
    conversation(m);
    size_t keep = draw_between(&m->draw, 2, (uint32_t)m->script->count);
    script_remove(m->script, keep, m->script->count - keep);
    struct step *last = &m->script->steps[m->script->count - 1];
    if (last->octets.len > 0)
        last->octets.len = draw_below(&m->draw, (uint32_t)last->octets.len);
    make_flush(m);
    (void)script_add(m->script, STEP_FIN);
    (void)expect_step(m, STEP_EXPECT_ALIVE, 0, 0);
}

#define F(name, clauses, wrong, make)                                                              \
    {                                                                                              \
        "octets/" name, clauses, wrong, make, NULL, false                                          \
    }
static const struct fault faults[] = {
    F("changed", "H2-ERR-001 H2-ERR-003", "octets of a conversation are changed", change_octets),
    F("lost", "H2-ERR-001 H2-ERR-003", "octets of a conversation are lost", lose_octets),
    F("shuffled", "H2-STREAM-008 H2-ERR-001", "frames of a conversation change places",
      shuffle_frames),
    F("random-frames", "H2-ERR-001 H2-ERR-003", "frames of random content", random_frames),
    F("random-block", "HPACK-021 H2-ERR-001", "a header block of random content", random_block),
    F("garbage", "H2-ERR-001 H2-PREFACE-011", "octets that are no frames", garbage),
    F("cut-off", "H2-FRAME-035 H2-ERR-001", "a conversation that is cut off", cut_off),
};
const struct fault_list octet_faults = ROWS(faults);
