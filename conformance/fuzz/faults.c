/* SPDX-License-Identifier: MIT
 *
 * Which case is of which generator, and making it. */
#include "fuzz/faults.h"

#include <stdio.h>

static const struct fault_list *const of_servers[] = {
    &legal_faults,
    &frame_faults,
    &order_faults,
    &hpack_faults,
    &window_faults,
    &request_faults,
    &timeout_faults,
    &metadata_faults,
    &message_faults,
    &octet_faults,
    NULL,
};
static const struct fault_list *const of_clients[] = {
    &client_faults, &client_header_faults, &client_wire_faults, &client_stream_faults, NULL};

static const struct fault_list *const *layers_of(enum fuzz_role role)
{
    return role == FUZZ_CLIENTS ? of_clients : of_servers;
}

size_t fault_count(enum fuzz_role role)
{
    size_t count = 0;
    for (const struct fault_list *const *layer = layers_of(role); *layer; layer++)
        count += (*layer)->count;
    return count;
}

const struct fault *fault_at(enum fuzz_role role, size_t index)
{
    const struct fault_list *const *layer = layers_of(role);
    while (index >= (*layer)->count)
        index -= (*layer++)->count;
    return &(*layer)->faults[index];
}

static bool share_divisor(size_t a, size_t b)
{
    while (b != 0) {
        size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a != 1;
}

/* The order changes from round to round: a step that shares no divisor with the count, and an offset. */
const struct fault *fault_of_case(enum fuzz_role role, uint64_t seed, uint64_t index)
{
    size_t count = fault_count(role);
    struct draw draw = draw_for(seed ^ UINT64_C(0x6f72646572), index / count);
    size_t step = 1 + draw_below(&draw, (uint32_t)count - 1);
    while (share_divisor(step, count))
        step++;
    size_t offset = draw_below(&draw, (uint32_t)count);
    return fault_at(role, (index % count * step + offset) % count);
}

void script_make(enum fuzz_role role, uint64_t seed, uint64_t index, struct script *script)
{
    const struct fault *fault = fault_of_case(role, seed, index);
    struct maker m = {
        .draw = draw_for(seed, index),
        .script = script,
        .next_stream = 1,
        .secure = role == FUZZ_TLS_SERVERS,
    };
    *script = (struct script){.profile = PROFILE_VERSION, .seed = seed, .index = index};
    (void)snprintf(script->fault, sizeof script->fault, "%s", fault->id);
    (void)snprintf(script->clauses, sizeof script->clauses, "%s", fault->clauses);
    (void)snprintf(script->wrong, sizeof script->wrong, "%s", fault->wrong);
    m.plain = draw_chance(&m.draw, 35);
    fault->make(&m, fault);
    make_cuts(&m);
    hpack_encoder_free(m.encoder);
}
