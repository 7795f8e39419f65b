/* SPDX-License-Identifier: MIT
 *
 * A list of blocks, one for each allocation: a generator makes a few thousand. */
#include "generate/pool.h"

#include <stdio.h>
#include <stdlib.h>

struct pool_block {
    struct pool_block *next;
    max_align_t data[];
};

static void out_of_memory(void)
{
    fputs("protoc-gen-grpcref: out of memory\n", stderr);
    exit(EXIT_FAILURE);
}

void *pool_alloc(struct pool *pool, size_t size)
{
    struct pool_block *block = calloc(1, sizeof(*block) + size);
    if (block == NULL)
        out_of_memory();
    block->next = pool->blocks;
    pool->blocks = block;
    return block->data;
}

char *pool_take(struct pool *pool, struct buf *buf)
{
    must_fit(buf);
    char *copy = pool_alloc(pool, buf->len + 1);
    if (buf->len > 0)
        memcpy(copy, buf->data, buf->len);
    buf_clear(buf);
    return copy;
}

char *pool_printf(struct pool *pool, const char *fmt, ...)
{
    struct buf buf = {0};
    va_list args;

    va_start(args, fmt);
    buf_vprintf(&buf, fmt, args);
    va_end(args);
    return pool_take(pool, &buf);
}

void pool_clear(struct pool *pool)
{
    while (pool->blocks != NULL) {
        struct pool_block *next = pool->blocks->next;
        free(pool->blocks);
        pool->blocks = next;
    }
}

void must_fit(const struct buf *buf)
{
    if (buf->failed)
        out_of_memory();
}
