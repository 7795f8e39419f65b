/* SPDX-License-Identifier: MIT
 *
 * struct gr_arena: memory for things that all end at the same moment, a call or a message.
 * Allocation moves a pointer; nothing is freed alone. Not a general allocator: no realloc, no
 * destructors. */
#ifndef CODEC_ARENA_H
#define CODEC_ARENA_H

#include "base/attr.h"
#include "base/bytes.h"
#include "base/spare.h"
#include "grpcref.h"

struct gr_arena_chunk;

/* All zeros is an empty arena: it costs nothing until its first allocation. */
struct gr_arena {
    struct gr_arena_chunk *chunks; /* the one in use first; NULL when empty */
    size_t used;                   /* octets taken of the first chunk; <= its size */
    struct spare *spare; /* where large chunks may come from, and go; stays. NULL: nowhere */
};

/* gr_arena_alloc itself is public: grpcref.h. What it gives is valid until gr_arena_reset or gr_arena_clear; size
 * may be 0; when it fails, the arena stays usable. */

/* Copy `from` into the arena; *copy views it (of 0 octets: NO_BYTES, nothing is allocated).
 * returns false when out of memory; *copy is then NO_BYTES */
MUST_USE bool gr_arena_copy(struct gr_arena *arena, struct bytes from, struct bytes *copy);

/* Everything allocated is gone; the chunk in use is kept for what comes, unless it was made for one
 * large thing. */
void gr_arena_reset(struct gr_arena *arena);

/* Everything allocated is gone and the memory freed; the arena is empty and ready for use again. */
void gr_arena_clear(struct gr_arena *arena);

#endif
