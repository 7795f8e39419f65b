/* SPDX-License-Identifier: MIT
 *
 * AFL++'s names for the mutator of frames: build as a shared object, set AFL_CUSTOM_MUTATOR_LIBRARY. AFL++ has its own
 * stages for octets, so only a small one is brought for payloads. */
#include "mutator.h"

#include <stdlib.h>
#include <string.h>

void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf,
                       uint8_t *add_buf, size_t add_buf_size, size_t max_size);
void afl_custom_deinit(void *data);

struct state {
    unsigned seed;
    uint8_t *out;
    size_t cap;
};

static unsigned payload_seed;

/* A bit, an octet, or one more or less. */
static size_t change_octets(uint8_t *data, size_t size, size_t max)
{
    payload_seed = payload_seed * 1664525u + 1013904223u;
    unsigned random = payload_seed >> 8;
    size_t at = size ? random % size : 0;
    if (random & 0x800000 && size < max) {
        memmove(data + at + 1, data + at, size - at);
        data[at] = (uint8_t)random;
        return size + 1;
    }
    if (size)
        data[at] = (uint8_t)(random & 0x400000 ? random : data[at] ^ 1u << random % 8);
    return size;
}

void *afl_custom_init(void *afl, unsigned seed)
{
    (void)afl;
    struct state *state = calloc(1, sizeof *state);
    if (state)
        state->seed = seed;
    return state;
}

size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf,
                       uint8_t *add_buf, size_t add_buf_size, size_t max_size)
{
    struct state *state = data;
    (void)add_buf;
    (void)add_buf_size;
    *out_buf = buf;
    if (max_size > state->cap) {
        uint8_t *more = realloc(state->out, max_size);
        if (!more)
            return buf_size;
        state->out = more;
        state->cap = max_size;
    }
    size_t size = buf_size < max_size ? buf_size : max_size;
    memcpy(state->out, buf, size);
    payload_seed = ++state->seed;
    *out_buf = state->out;
    return mutate_frames(state->out, size, max_size, state->seed, change_octets);
}

void afl_custom_deinit(void *data)
{
    struct state *state = data;
    free(state->out);
    free(state);
}
