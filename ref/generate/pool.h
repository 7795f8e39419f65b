/* SPDX-License-Identifier: MIT
 *
 * Memory of one run of the generator: everything is freed at the end, together. Without memory there is nothing a
 * code generator could do, so it says so and exits. */
#ifndef GENERATE_POOL_H
#define GENERATE_POOL_H

#include "base/attr.h"
#include "base/buf.h"

struct pool_block;

/* All zeros is empty. */
struct pool {
    struct pool_block *blocks;
};

/* size octets, zeroed, aligned for any type; valid until pool_clear. */
void *pool_alloc(struct pool *pool, size_t size);
/* A string; valid until pool_clear. */
char *pool_printf(struct pool *pool, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* What is in buf, as a string; clears buf. */
char *pool_take(struct pool *pool, struct buf *buf);
void pool_clear(struct pool *pool);

/* Ends the program when buf has failed. */
void must_fit(const struct buf *buf);

#endif
