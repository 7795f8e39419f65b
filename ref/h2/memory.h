/* SPDX-License-Identifier: MIT
 *
 * Memory for HTTP/2 sessions, shared by all of one thread: blocks that one call has given back and the next one takes,
 * without malloc in between; and the buffers that a session needs only while it has its turn. */
#ifndef H2_MEMORY_H
#define H2_MEMORY_H

#include "base/buf.h"
#include "codec/arena.h"
#include "h2/gather.h"

#define H2_MEMORY_CLASSES                                                                          \
    64 /* blocks of 16, 32, 48 ... 1024 octets; larger ones come from malloc */

#define H2_MEMORY_OUTPUTS 32

/* What a session heard and has not yet told. */
struct h2_turn {
    struct h2_event *events;
    size_t event_count, event_cap, event_next;
    struct field
        *fields; /* of all blocks in events; an event has an index in them until it is taken */
    size_t field_count, field_cap;
    struct gr_arena text; /* of the fields */
};

/* All zeros is empty. */
struct h2_memory {
    struct h2_block *free[H2_MEMORY_CLASSES];
    size_t kept;         /* octets in free */
    struct h2_turn turn; /* empty of events; whoever has its turn next takes it */
    struct gather outputs[H2_MEMORY_OUTPUTS]; /* the same, for output: links may answer together */
    size_t output_count;
};

/* All that was taken must have been given back. */
void h2_memory_clear(struct h2_memory *memory);

/* Swap buffers with a session whose turn begins, or is over: 9 KiB less for each connection that is idle. */
void h2_turn_take(struct h2_turn *turn, struct h2_memory *memory);
void h2_turn_give(struct h2_turn *turn, struct h2_memory *memory);
void h2_turn_clear(struct h2_turn *turn);

/* An empty output with some room, if there is memory; and back, reset. */
struct gather h2_output_take(struct h2_memory *memory);
void h2_output_give(struct gather *output, struct h2_memory *memory);

/* As malloc and its kin. */
void *h2_memory_alloc(size_t size, struct h2_memory *memory);
void *h2_memory_zeroed(size_t count, size_t size, struct h2_memory *memory);
void *h2_memory_resize(void *block, size_t size, struct h2_memory *memory);
void h2_memory_free(void *block, struct h2_memory *memory);

#endif
