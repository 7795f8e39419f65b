/* SPDX-License-Identifier: MIT
 *
 * Growing octets with sticky failure; see buf.h. */
#include "base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

void buf_clear(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){0};
}

void buf_reset(struct buf *buf)
{
    buf->len = 0;
    buf->failed = false;
}

/* Twice what it has, or for more than that just as much as is asked for, in whole KiB when it is large. 0: too much. */
static size_t larger(const struct buf *buf, size_t more)
{
    size_t cap = buf->cap ? 2 * buf->cap : 64;

    if (more > SIZE_MAX / 4 - buf->len)
        return 0;
    while (cap < 1024 && cap < buf->len + more)
        cap *= 2;
    if (cap < buf->len + more)
        cap = (buf->len + more + 1023) / 1024 * 1024;
    return cap;
}

uint8_t *buf_grow(struct buf *buf, size_t more)
{
    if (buf->failed)
        return NULL;
    size_t cap = larger(buf, more);
    uint8_t *data = cap ? realloc(buf->data, cap) : NULL;
    if (!data) {
        buf->failed = true;
        return NULL;
    }
    buf->data = data;
    buf->cap = cap;
    return data + buf->len;
}

void buf_put(struct buf *buf, struct bytes bytes)
{
    uint8_t *at = buf_reserve(buf, bytes.len);
    if (!at || bytes.len == 0)
        return;
    memcpy(at, bytes.data, bytes.len);
    buf->len += bytes.len;
}

void buf_put_u8(struct buf *buf, uint8_t v)
{
    buf_put(buf, bytes_of(&v, 1));
}

void buf_put_u16(struct buf *buf, uint16_t v)
{
    uint8_t octets[2];
    store_u16(octets, v);
    buf_put(buf, bytes_of(octets, sizeof octets));
}

void buf_put_u24(struct buf *buf, uint32_t v)
{
    uint8_t octets[3];
    store_u24(octets, v);
    buf_put(buf, bytes_of(octets, sizeof octets));
}

void buf_put_u32(struct buf *buf, uint32_t v)
{
    uint8_t octets[4];
    store_u32(octets, v);
    buf_put(buf, bytes_of(octets, sizeof octets));
}

void buf_put_zeros(struct buf *buf, size_t n)
{
    uint8_t *at = buf_reserve(buf, n);
    if (!at)
        return;
    memset(at, 0, n);
    buf->len += n;
}

void buf_put_str(struct buf *buf, const char *s)
{
    buf_put(buf, bytes_str(s));
}

void buf_vprintf(struct buf *buf, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int needed = vsnprintf(NULL, 0, fmt, args);
    uint8_t *at = needed >= 0 ? buf_reserve(buf, (size_t)needed + 1) : NULL;
    if (at) {
        (void)vsnprintf((char *)at, (size_t)needed + 1, fmt, again);
        buf->len += (size_t)needed;
    }
    va_end(again);
}

void buf_printf(struct buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    buf_vprintf(buf, fmt, args);
    va_end(args);
}

void buf_consume(struct buf *buf, size_t n)
{
    assert(n <= buf->len);
    size_t left = n < buf->len ? buf->len - n : 0;
    if (n > 0 && left > 0)
        memmove(buf->data, buf->data + n, left);
    buf->len = left;
}

const char *buf_str(struct buf *buf)
{
    uint8_t *end = buf_reserve(buf, 1);
    if (!end)
        return "";
    *end = '\0';
    return (const char *)buf->data;
}
