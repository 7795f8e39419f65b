/* SPDX-License-Identifier: MIT
 *
 * Delta debugging of scripts; see minimise.h. */
#include "fuzz/minimise.h"

struct work {
    struct script *script;
    const struct minimise_options *options;
    unsigned tries;
};

/* Take the candidate when it shows the same; it is cleared otherwise. */
static bool accept(struct work *work, struct script *candidate)
{
    bool shows = work->tries < work->options->tries &&
                 work->options->shows(work->options->arg, candidate);
    work->tries++;
    if (!shows) {
        script_clear(candidate);
        return false;
    }
    script_clear(work->script);
    *work->script = *candidate;
    return true;
}

/* ---- cuts ---- */

static bool is_cut(const struct script *script, size_t i)
{
    const struct step *step = &script->steps[i];
    return step->kind == STEP_FLUSH || (step->kind == STEP_SEND && step->cut_count > 0);
}

static void uncut(struct script *script, size_t i)
{
    if (script->steps[i].kind == STEP_FLUSH)
        script_remove(script, i, 1);
    else
        script->steps[i].cut_count = 0;
}

static void drop_cuts(struct work *work)
{
    struct script all;
    script_copy(&all, work->script);
    for (size_t i = all.count; i > 0; i--)
        if (is_cut(&all, i - 1))
            uncut(&all, i - 1);
    if (all.count == work->script->count && script_equal(&all, work->script)) {
        script_clear(&all);
        return;
    }
    if (accept(work, &all))
        return;
    for (size_t i = work->script->count; i > 0; i--) {
        struct script one;
        if (!is_cut(work->script, i - 1))
            continue;
        script_copy(&one, work->script);
        uncut(&one, i - 1);
        (void)accept(work, &one);
    }
}

/* ---- steps ---- */

static bool may_go(const struct work *work, size_t i)
{
    const struct step *step = &work->script->steps[i];
    if (work->options->anything_goes)
        return i > 0;
    return step->noise;
}

static bool drop_all_noise(struct work *work)
{
    struct script candidate;
    size_t before = work->script->count;
    script_copy(&candidate, work->script);
    for (size_t i = candidate.count; i > 0; i--)
        if (candidate.steps[i - 1].noise)
            script_remove(&candidate, i - 1, 1);
    if (candidate.count == before) {
        script_clear(&candidate);
        return false;
    }
    return accept(work, &candidate);
}

/* Runs of steps, from long to short. */
static void drop_steps(struct work *work)
{
    for (size_t len = work->script->count / 2; len > 0; len /= 2) {
        for (size_t at = work->script->count; at > 0;) {
            at = at > len ? at - len : 0;
            bool all = at + len <= work->script->count;
            for (size_t i = at; all && i < at + len; i++)
                all = may_go(work, i);
            if (!all)
                continue;
            struct script candidate;
            script_copy(&candidate, work->script);
            script_remove(&candidate, at, len);
            (void)accept(work, &candidate);
        }
    }
}

/* ---- fields and octets ---- */

static bool is_plain_block(const struct step *step)
{
    struct bytes octets = buf_view(&step->octets);
    return step->kind == STEP_SEND && octets.len > FRAME_HEADER_LEN &&
           octets.data[3] == FRAME_HEADERS &&
           (octets.data[4] & (FLAG_PADDED | FLAG_PRIORITY)) == 0 &&
           (octets.data[4] & FLAG_END_HEADERS) != 0 &&
           load_u24(octets.data) == octets.len - FRAME_HEADER_LEN;
}

static void set_payload(struct step *step, struct bytes payload)
{
    struct buf octets = {0};
    buf_put(&octets, bytes_first(buf_view(&step->octets), FRAME_HEADER_LEN));
    store_u24(octets.data, (uint32_t)payload.len);
    buf_put(&octets, payload);
    buf_clear(&step->octets);
    step->octets = octets;
}

static bool field_may_go(const struct work *work, const struct field *field)
{
    return work->options->anything_goes || bytes_equal_str(field->name, "user-agent");
}

/* The block without its field `drop`, in plain literals. */
static void put_without(struct buf *block, const struct header_list *list, size_t drop)
{
    for (size_t i = 0; i < list->count; i++)
        if (i != drop)
            hpack_put_literal(block, LITERAL_NOT_INDEXED, list->fields[i].name,
                              list->fields[i].value);
}

static void drop_fields_of(struct work *work, size_t at)
{
    struct header_list list = {0};
    struct hpack_decoder *decoder = hpack_decoder_new(4096);
    struct bytes block = bytes_skip(buf_view(&work->script->steps[at].octets), FRAME_HEADER_LEN);
    bool ok = decoder && hpack_decode(decoder, block, &list).ok;
    for (size_t i = list.count; ok && i > 0; i--) {
        struct script candidate;
        struct buf shorter = {0};
        if (!field_may_go(work, &list.fields[i - 1]))
            continue;
        put_without(&shorter, &list, i - 1);
        script_copy(&candidate, work->script);
        set_payload(&candidate.steps[at], buf_view(&shorter));
        buf_clear(&shorter);
        if (!accept(work, &candidate))
            continue;
        header_list_clear(&list);
        block = bytes_skip(buf_view(&work->script->steps[at].octets), FRAME_HEADER_LEN);
        ok = hpack_decode(decoder, block, &list).ok;
    }
    header_list_clear(&list);
    hpack_decoder_free(decoder);
}

static void drop_fields(struct work *work)
{
    for (size_t i = 0; i < work->script->count; i++)
        if (is_plain_block(&work->script->steps[i]))
            drop_fields_of(work, i);
}

/* Half of a payload, again and again. */
static void drop_octets(struct work *work)
{
    for (size_t i = 2; work->options->anything_goes && i < work->script->count; i++) {
        const struct step *step = &work->script->steps[i];
        bool whole = step->kind == STEP_SEND && step->octets.len > FRAME_HEADER_LEN + 8u &&
                     load_u24(step->octets.data) == step->octets.len - FRAME_HEADER_LEN;
        while (whole) {
            struct script candidate;
            script_copy(&candidate, work->script);
            struct bytes payload = bytes_skip(buf_view(&work->script->steps[i].octets),
                                              FRAME_HEADER_LEN);
            set_payload(&candidate.steps[i], bytes_first(payload, payload.len / 2));
            whole = accept(work, &candidate) &&
                    work->script->steps[i].octets.len > FRAME_HEADER_LEN + 1u;
        }
    }
}

void script_minimise(struct script *script, const struct minimise_options *options)
{
    struct work work = {script, options, 0};
    drop_cuts(&work);
    (void)drop_all_noise(&work);
    drop_steps(&work);
    drop_fields(&work);
    drop_octets(&work);
    drop_cuts(&work);
}
