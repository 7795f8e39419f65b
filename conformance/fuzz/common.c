/* SPDX-License-Identifier: MIT
 *
 * What several layers of generators begin and end with; see common.h. */
#include "fuzz/common.h"

const struct bad_setting push_above_1 = {SETTING_ENABLE_PUSH, 2, UINT32_MAX, H2_PROTOCOL_ERROR},
                         window_above_31_bits = {SETTING_INITIAL_WINDOW_SIZE, 0x80000000u,
                                                 UINT32_MAX, H2_FLOW_CONTROL_ERROR},
                         frame_size_too_small = {SETTING_MAX_FRAME_SIZE, 0, 16383,
                                                 H2_PROTOCOL_ERROR},
                         frame_size_too_large = {SETTING_MAX_FRAME_SIZE, 0x1000000u, UINT32_MAX,
                                                 H2_PROTOCOL_ERROR};

void begin_case(struct maker *m)
{
    make_open(m);
    make_noise(m);
    make_history(m);
    make_noise(m);
}

uint32_t begin_sibling(struct maker *m)
{
    if (!draw_chance(&m->draw, 35))
        return 0;
    m->noise = true;
    uint32_t sibling = make_call(m, EMPTY_CALL);
    m->noise = false;
    return sibling;
}

void end_sibling(struct maker *m, uint32_t sibling)
{
    if (sibling == 0)
        return;
    m->noise = true;
    make_message(m, sibling, 0, NO_BYTES, FLAG_END_STREAM);
    must_be_ok(m, sibling);
    m->noise = false;
}

uint32_t begin_call(struct maker *m)
{
    uint32_t stream = make_call(m, EMPTY_CALL);
    make_noise(m);
    return stream;
}

void end_call(struct maker *m, uint32_t stream)
{
    make_message(m, stream, 0, NO_BYTES, FLAG_END_STREAM);
    must_be_ok(m, stream);
}

void end_with_goaway(struct maker *m, uint32_t code)
{
    must_goaway(m, code);
    must_serve(m);
}

void end_with_reset(struct maker *m, uint32_t stream, uint32_t code, uint32_t sibling)
{
    must_reset(m, stream, code);
    end_sibling(m, sibling);
    must_serve(m);
}

uint32_t make_call_of(struct maker *m, const struct field *fields, size_t count)
{
    struct buf block = {0};
    uint32_t stream = make_stream(m);
    make_coded(m, fields, count, &block);
    make_block(m, stream, buf_view(&block), FLAG_NONE);
    make_message(m, stream, 0, NO_BYTES, FLAG_END_STREAM);
    buf_clear(&block);
    return stream;
}

uint32_t make_edited_call(struct maker *m, const char *path, const struct edit *edits)
{
    struct field fields[MAX_FIELDS];
    size_t count = make_fields(m, path, edits, fields);
    return make_call_of(m, fields, count);
}
