/* SPDX-License-Identifier: MIT
 *
 * Large buffers that nobody uses now, kept for whoever needs one next: the kernel hands out new pages one fault at a
 * time, which costs a message of a MiB more than copying it does. Bounded, and of one thread. Small buffers are
 * malloc's business.
 *
 * struct shared: such a buffer with several holders, for octets that are sent from where they lie. */
#ifndef BASE_SPARE_H
#define BASE_SPARE_H

#include "base/buf.h"

#define SPARE_SMALLEST ((size_t)16 << 10) /* octets; smaller buffers are not kept */
#define SPARE_KEPT     ((size_t)16 << 20) /* octets kept, in all */
#define SPARE_COUNT    16

/* All zeros is empty. */
struct spare {
    struct buf bufs[SPARE_COUNT]; /* without content; the oldest first */
    size_t count;
    size_t kept;
};

/* All that was taken must have been given back. */
void spare_clear(struct spare *spare);

/* Give an empty buffer without memory some that holds `len` octets, if there is a spare one; else it stays as it
 * is, and grows when it must. spare: NULL: there is none. */
void spare_take(struct spare *spare, struct buf *buf, size_t len);

/* The content is not wanted any more: keep the memory, or free it. buf: as after buf_clear. spare: NULL: free it. */
void spare_give(struct spare *spare, struct buf *buf);

struct shared {
    struct buf buf; /* moves when it grows: only the sole holder may put into it */
    unsigned holders;
    struct spare *home;  /* where its memory goes in the end; NULL: it is freed */
    struct shared *next; /* for a list of the one who made it */
};

/* An empty one, with room for `len` octets if a spare buffer has it. home: borrowed until the last holder has
 * dropped it; NULL: none. given to one holder: shared_drop. NULL when out of memory */
struct shared *shared_new(struct spare *home, size_t len);
/* Returns shared, with a holder more. */
struct shared *shared_hold(struct shared *shared);
/* One holder less; the last one frees it. shared: may be NULL */
void shared_drop(struct shared *shared);

#endif
