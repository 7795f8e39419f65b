/* SPDX-License-Identifier: MIT
 *
 * struct bytes: a view of octets that somebody else owns. It never owns and never frees; how long
 * it stays valid is said by whoever hands it out. Also the big-endian loads and stores that every
 * wire format needs. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const uint8_t *data; /* may be NULL only when len is 0 */
    size_t len;
};

#define NO_BYTES ((struct bytes){NULL, 0})
/* The octets of a string literal, without its final NUL; embedded NULs count. */
#define BYTES(literal) ((struct bytes){(const uint8_t *)("" literal), sizeof(literal) - 1})

static inline struct bytes bytes_of(const void *data, size_t len)
{
    return (struct bytes){(const uint8_t *)data, len};
}

static inline struct bytes bytes_str(const char *s)
{
    return (struct bytes){(const uint8_t *)s, s ? strlen(s) : 0};
}

/* b: a literal, where there is one: its length is known to the compiler then. */
static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (b.len == 0 || memcmp(a.data, b.data, b.len) == 0);
}

static inline bool bytes_equal_str(struct bytes a, const char *s)
{
    return bytes_equal(a, bytes_str(s));
}

static inline bool bytes_starts_with(struct bytes a, struct bytes prefix)
{
    return a.len >= prefix.len && (prefix.len == 0 || memcmp(a.data, prefix.data, prefix.len) == 0);
}

static inline bool bytes_ends_with(struct bytes a, struct bytes suffix)
{
    return a.len >= suffix.len &&
           bytes_equal(bytes_of(suffix.len ? a.data + (a.len - suffix.len) : NULL, suffix.len),
                       suffix);
}

static inline bool bytes_contains(struct bytes a, struct bytes part)
{
    for (size_t at = 0; at + part.len <= a.len; at++)
        if (bytes_starts_with(bytes_of(a.len ? a.data + at : NULL, a.len - at), part))
            return true;
    return false;
}

/* The first n octets, or all of them if there are fewer. */
static inline struct bytes bytes_first(struct bytes a, size_t n)
{
    return bytes_of(a.data, n < a.len ? n : a.len);
}

/* What is left after the first n octets; empty if there are fewer. */
static inline struct bytes bytes_skip(struct bytes a, size_t n)
{
    return n < a.len ? bytes_of(a.data + n, a.len - n) : NO_BYTES;
}

/* The index of the first `octet`, or a.len when there is none. */
static inline size_t bytes_find(struct bytes a, uint8_t octet)
{
    const uint8_t *at = a.len ? (const uint8_t *)memchr(a.data, octet, a.len) : NULL;
    return at ? (size_t)(at - a.data) : a.len;
}

static inline uint16_t load_u16(const uint8_t *p)
{
    return (uint16_t)((uint16_t)(p[0] << 8) | p[1]);
}

static inline uint32_t load_u24(const uint8_t *p)
{
    return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t load_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void store_u16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void store_u24(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 16);
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)v;
}

static inline void store_u32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

#endif
