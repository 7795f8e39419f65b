/* SPDX-License-Identifier: MIT
 *
 * struct buf: octets that grow, owned by whoever holds the struct. All zeros is an empty buffer.
 *
 * Failure is sticky: a buffer that could not grow sets `failed`, and later puts do nothing, so a
 * writer makes many puts and one check before the bytes leave. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/attr.h"
#include "base/bytes.h"

#include <stdarg.h>

struct buf {
    uint8_t *data;
    size_t len; /* octets held; <= cap */
    size_t cap;
    bool failed; /* an allocation failed since init or clear; what is held is then incomplete */
};

/* Free what is held; the buffer is empty, not failed, and ready for use again. */
void buf_clear(struct buf *buf);

/* Forget the content, keep the memory. */
void buf_reset(struct buf *buf);

/* For buf_reserve alone. */
uint8_t *buf_grow(struct buf *buf, size_t more);

/* Make room for `more` octets beyond len and return where they start, or NULL (and failed). The
 * caller fills them and adds what it used to buf->len. `more` may be 0. */
static inline uint8_t *buf_reserve(struct buf *buf, size_t more)
{
    if (buf->data && !buf->failed && more <= buf->cap - buf->len)
        return buf->data + buf->len;
    return buf_grow(buf, more);
}

void buf_put(struct buf *buf, struct bytes bytes);
void buf_put_u8(struct buf *buf, uint8_t v);
void buf_put_u16(struct buf *buf, uint16_t v);
void buf_put_u24(struct buf *buf, uint32_t v);
void buf_put_u32(struct buf *buf, uint32_t v);
void buf_put_zeros(struct buf *buf, size_t n);
void buf_put_str(struct buf *buf, const char *s);
void buf_printf(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *buf, const char *fmt, va_list args) PRINTF_LIKE(2, 0);

/* Drop the first n octets; n <= buf->len (asserted). */
void buf_consume(struct buf *buf, size_t n);

/* A view of everything held, valid until the next call that changes the buffer. */
static inline struct bytes buf_view(const struct buf *buf)
{
    return bytes_of(buf->data, buf->len);
}

/* The content as a C string: puts a NUL behind it that does not count in len. Never NULL: on
 * failure "". Valid until the next call that changes the buffer. */
const char *buf_str(struct buf *buf);

#endif
