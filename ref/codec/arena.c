/* SPDX-License-Identifier: MIT
 *
 * A bump allocator: a list of chunks, of which only the first is being filled; see arena.h. */
#include "codec/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#define FIRST_CHUNK   ((size_t)2048)
#define LARGEST_CHUNK ((size_t)65536) /* a chunk beyond this was made for one large allocation */

struct gr_arena_chunk {
    struct gr_arena_chunk *next; /* older; full, or as good as */
    size_t size;                 /* octets in data */
    alignas(max_align_t) uint8_t data[];
};

static size_t next_chunk_size(const struct gr_arena *arena, size_t at_least)
{
    size_t size = arena->chunks ? arena->chunks->size * 2 : FIRST_CHUNK;
    if (size > LARGEST_CHUNK)
        size = LARGEST_CHUNK;
    return size > at_least ? size : at_least;
}

static bool add_chunk(struct gr_arena *arena, size_t at_least)
{
    size_t size = next_chunk_size(arena, at_least);
    if (size > SIZE_MAX - sizeof(struct gr_arena_chunk))
        return false;
    struct buf spare = {0};
    spare_take(arena->spare, &spare, sizeof(struct gr_arena_chunk) + size);
    struct gr_arena_chunk *chunk = spare.data ? (void *)spare.data : malloc(sizeof *chunk + size);
    if (!chunk)
        return false;
    chunk->next = arena->chunks;
    chunk->size = spare.data ? spare.cap - sizeof *chunk : size;
    arena->chunks = chunk;
    arena->used = 0;
    return true;
}

void *gr_arena_alloc(struct gr_arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - align)
        return NULL;
    size_t rounded = (size + align - 1) / align * align;
    bool fits = arena->chunks && rounded <= arena->chunks->size - arena->used;
    if (!fits && !add_chunk(arena, rounded))
        return NULL;

    void *start = arena->chunks->data + arena->used;
    arena->used += rounded;
    return start;
}

bool gr_arena_copy(struct gr_arena *arena, struct bytes from, struct bytes *copy)
{
    *copy = NO_BYTES;
    if (from.len == 0)
        return true;
    uint8_t *data = gr_arena_alloc(arena, from.len);
    if (!data)
        return false;
    memcpy(data, from.data, from.len);
    *copy = bytes_of(data, from.len);
    return true;
}

static void free_chunks(struct spare *spare, struct gr_arena_chunk *chunk)
{
    while (chunk) {
        struct gr_arena_chunk *next = chunk->next;
        struct buf memory = {.data = (uint8_t *)chunk, .cap = sizeof *chunk + chunk->size};
        spare_give(spare, &memory);
        chunk = next;
    }
}

void gr_arena_reset(struct gr_arena *arena)
{
    if (arena->chunks && arena->chunks->size <= LARGEST_CHUNK) {
        free_chunks(arena->spare, arena->chunks->next);
        arena->chunks->next = NULL;
        arena->used = 0;
    } else {
        gr_arena_clear(arena);
    }
}

void gr_arena_clear(struct gr_arena *arena)
{
    free_chunks(arena->spare, arena->chunks);
    *arena = (struct gr_arena){.spare = arena->spare};
}
