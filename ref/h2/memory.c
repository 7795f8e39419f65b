/* SPDX-License-Identifier: MIT
 *
 * The free lists of memory.h. A word before each block says which list it goes back to. */
#include "h2/memory.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define STEP ((size_t)16)      /* octets from one list to the next */
#define KEEP ((size_t)2 << 20) /* octets kept for later, in all */

struct h2_block {
    union {
        struct h2_block *next; /* while it is free */
        size_t size;           /* while it is taken: octets in data */
    };
    alignas(uint64_t) unsigned char data[]; /* nghttp2 has nothing that is wider */
};

/* H2_MEMORY_CLASSES: none. */
static size_t class_of(size_t size)
{
    size_t class = size ? (size - 1) / STEP : 0;

    return class < H2_MEMORY_CLASSES ? class : H2_MEMORY_CLASSES;
}

static struct h2_block *block_of(void *data)
{
    return (struct h2_block *)(void *)((unsigned char *)data - offsetof(struct h2_block, data));
}

void *h2_memory_alloc(size_t size, struct h2_memory *memory)
{
    size_t class = class_of(size);
    struct h2_block *block = class < H2_MEMORY_CLASSES ? memory->free[class] : NULL;

    if (class < H2_MEMORY_CLASSES)
        size = (class + 1) * STEP;
    if (block) {
        memory->free[class] = block->next;
        memory->kept -= size;
    } else if (size <= SIZE_MAX - sizeof(*block)) {
        block = malloc(sizeof(*block) + size);
    }
    if (!block)
        return NULL;
    block->size = size;
    return block->data;
}

void *h2_memory_zeroed(size_t count, size_t size, struct h2_memory *memory)
{
    void *data = NULL;

    if (size == 0 || count <= SIZE_MAX / size)
        data = h2_memory_alloc(count * size, memory);
    if (data)
        memset(data, 0, count * size);
    return data;
}

void h2_memory_free(void *data, struct h2_memory *memory)
{
    struct h2_block *block = data ? block_of(data) : NULL;
    size_t class = block ? class_of(block->size) : 0;

    if (!block)
        return;
    if (class == H2_MEMORY_CLASSES || memory->kept + block->size > KEEP) {
        free(block);
        return;
    }
    memory->kept += block->size;
    block->next = memory->free[class];
    memory->free[class] = block;
}

void *h2_memory_resize(void *data, size_t size, struct h2_memory *memory)
{
    size_t before = data ? block_of(data)->size : 0;
    void *more;

    if (data && size <= before)
        return data;
    more = h2_memory_alloc(size, memory);
    if (!more || !data)
        return more;
    memcpy(more, data, before);
    h2_memory_free(data, memory);
    return more;
}

/* ---- Turns ----------------------------------------------------------------------------------- */

void h2_turn_take(struct h2_turn *turn, struct h2_memory *memory)
{
    bool has_own = turn->events || turn->fields || turn->text.chunks;

    if (has_own || !memory->turn.events)
        return;
    *turn = memory->turn;
    memory->turn = (struct h2_turn){0};
}

void h2_turn_give(struct h2_turn *turn, struct h2_memory *memory)
{
    if (memory->turn.events)
        h2_turn_clear(turn);
    else
        memory->turn = *turn;
    *turn = (struct h2_turn){0};
}

void h2_turn_clear(struct h2_turn *turn)
{
    free(turn->events);
    free(turn->fields);
    gr_arena_clear(&turn->text);
    *turn = (struct h2_turn){0};
}

#define OUTPUT_ROOM ((size_t)16384) /* what one begins with */
#define OUTPUT_MOST ((size_t)65536) /* of all but one that are kept */

struct gather h2_output_take(struct h2_memory *memory)
{
    struct gather output = {0};

    if (memory->output_count)
        return memory->outputs[--memory->output_count];
    (void)buf_reserve(&output.own, OUTPUT_ROOM);
    return output;
}

void h2_output_give(struct gather *output, struct h2_memory *memory)
{
    bool fits = !output->own.failed && memory->output_count < H2_MEMORY_OUTPUTS &&
                (output->own.cap <= OUTPUT_MOST || memory->output_count == 0);

    if (fits)
        memory->outputs[memory->output_count++] = *output;
    else
        gather_clear(output);
    *output = (struct gather){0};
}

void h2_memory_clear(struct h2_memory *memory)
{
    h2_turn_clear(&memory->turn);
    while (memory->output_count)
        gather_clear(&memory->outputs[--memory->output_count]);
    for (size_t class = 0; class < H2_MEMORY_CLASSES; class ++) {
        while (memory->free[class]) {
            struct h2_block *block = memory->free[class];
            memory->free[class] = block->next;
            free(block);
        }
    }
    memory->kept = 0;
}
