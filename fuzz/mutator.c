/* SPDX-License-Identifier: MIT
 *
 * The mutator of frames; see mutator.h. Every function below makes one kind of change. */
#include "mutator.h"

#include "base/buf.h"

#include <stdlib.h>

#define MOST_FRAMES 64
#define HEADER      9

/* SplitMix64. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static size_t below(uint64_t *random, size_t n)
{
    return n ? (size_t)(next_random(random) % n) : 0;
}

/* An input taken apart. */
struct parts {
    struct bytes frames[MOST_FRAMES]; /* with their headers */
    size_t count;
    struct bytes tail;
    uint64_t random;
    mutate_octets_fn *octets;
    size_t max;
};

static void take_apart(struct parts *parts, struct bytes in)
{
    while (parts->count < MOST_FRAMES && in.len >= HEADER && in.len - HEADER >= load_u24(in.data)) {
        size_t len = HEADER + (size_t)load_u24(in.data);
        parts->frames[parts->count++] = bytes_first(in, len);
        in = bytes_skip(in, len);
    }
    parts->tail = in;
}

static void put_frame(struct buf *out, const uint8_t header[HEADER], struct bytes payload)
{
    buf_put_u24(out, (uint32_t)payload.len);
    buf_put(out, bytes_of(header + 3, HEADER - 3));
    buf_put(out, payload);
}

/* ---- one frame becomes another, or two ------------------------------------------------------- */

typedef void change_fn(struct parts *parts, struct bytes frame, struct buf *out);

static void change_header(struct parts *parts, struct bytes frame, struct buf *out, size_t at,
                          uint8_t octet)
{
    (void)parts;
    size_t start = out->len;
    buf_put(out, frame);
    if (!out->failed)
        out->data[start + at] = octet;
}

static void change_type(struct parts *parts, struct bytes frame, struct buf *out)
{
    change_header(parts, frame, out, 3, (uint8_t)below(&parts->random, 12));
}

static void flip_flag(struct parts *parts, struct bytes frame, struct buf *out)
{
    static const uint8_t flags[] = {0x01, 0x01, 0x04, 0x04, 0x08, 0x20, 0x02, 0x80};
    uint8_t flag = flags[below(&parts->random, ARRAY_LEN(flags))];
    change_header(parts, frame, out, 4, frame.data[4] ^ flag);
}

static void change_stream(struct parts *parts, struct bytes frame, struct buf *out)
{
    uint32_t old = load_u32(frame.data + 5);
    const uint32_t ids[] = {
        0, 1, 3, 5, 7, old + 2, old - 2, old + 1, 2, 0x7fffffff, old | 0x80000000u};
    size_t start = out->len;
    buf_put(out, frame);
    if (!out->failed)
        store_u32(out->data + start + 5, ids[below(&parts->random, ARRAY_LEN(ids))]);
}

static void repeat(struct parts *parts, struct bytes frame, struct buf *out)
{
    for (size_t n = 2 + (below(&parts->random, 8) == 0) * below(&parts->random, 30); n > 0; n--)
        buf_put(out, frame);
}

static void drop(struct parts *parts, struct bytes frame, struct buf *out)
{
    (void)parts;
    (void)frame;
    (void)out;
}

/* HEADERS become HEADERS and CONTINUATION; anything else two of its kind. */
static void split(struct parts *parts, struct bytes frame, struct buf *out)
{
    uint8_t first[HEADER], second[HEADER];
    struct bytes payload = bytes_skip(frame, HEADER);
    size_t at = below(&parts->random, payload.len + 1);
    bool block = frame.data[3] == 1 || frame.data[3] == 9;

    memcpy(first, frame.data, HEADER);
    memcpy(second, frame.data, HEADER);
    first[4] &= block ? (uint8_t)~0x04 : (uint8_t)~0x01;
    second[3] = block ? 9 : second[3];
    second[4] &= block ? 0x04 : 0xff;
    put_frame(out, first, bytes_first(payload, at));
    put_frame(out, second, bytes_skip(payload, at));
}

/* Padding where there is none; elsewhere its length becomes another. */
static void pad(struct parts *parts, struct bytes frame, struct buf *out)
{
    uint8_t header[HEADER];
    struct buf payload = {0};
    size_t n = below(&parts->random, 4) ? below(&parts->random, 16) : 255;
    struct bytes old = bytes_skip(frame, HEADER);

    memcpy(header, frame.data, HEADER);
    buf_put_u8(&payload, (uint8_t)n);
    if (header[4] & 0x08) {
        buf_put(&payload, bytes_skip(old, 1));
    } else {
        header[4] |= 0x08;
        buf_put(&payload, old);
        buf_put_zeros(&payload, n);
    }
    put_frame(out, header, buf_view(&payload));
    buf_clear(&payload);
}

/* The engine's own mutator on the payload, and the length as it then is. */
static void change_payload(struct parts *parts, struct bytes frame, struct buf *out)
{
    struct bytes payload = bytes_skip(frame, HEADER);
    size_t most = payload.len + 64;
    size_t start = out->len;
    uint8_t *at = buf_reserve(out, HEADER + most);
    if (!at)
        return;
    memcpy(at, frame.data, frame.len);
    size_t len = parts->octets(at + HEADER, payload.len, most);
    store_u24(at, (uint32_t)len);
    out->len = start + HEADER + len;
}

/* The length says something else than there is. */
static void lie(struct parts *parts, struct bytes frame, struct buf *out)
{
    const uint32_t lengths[] = {0, 1,     4,     5,        6,
                                8, 16384, 16385, 0xffffff, (uint32_t)frame.len - HEADER + 1};
    size_t start = out->len;
    buf_put(out, frame);
    if (!out->failed)
        store_u24(out->data + start, lengths[below(&parts->random, ARRAY_LEN(lengths))]);
}

/* ---- a frame that was not there -------------------------------------------------------------- */

#define FRAME(type, flags, stream, payload)                                                        \
    {                                                                                              \
        type, flags, stream, (const uint8_t *)("" payload), sizeof(payload) - 1                    \
    }
static const struct template
{
    uint8_t type, flags;
    uint32_t stream;
    const uint8_t *payload;
    size_t len;
}
templates[] = {
    FRAME(4, 0, 0, ""),                         /* SETTINGS */
    FRAME(4, 1, 0, ""),                         /* its ACK */
    FRAME(4, 0, 0, "\0\4\0\0\0\0"),             /* INITIAL_WINDOW_SIZE 0 */
    FRAME(4, 0, 0, "\0\4\x7f\xff\xff\xff"),     /* the largest */
    FRAME(4, 0, 0, "\0\1\0\0\0\0"),             /* HEADER_TABLE_SIZE 0 */
    FRAME(4, 0, 0, "\0\3\0\0\0\1"),             /* MAX_CONCURRENT_STREAMS 1 */
    FRAME(4, 0, 0, "\0\5\0\xff\xff\xff"),       /* MAX_FRAME_SIZE, the largest */
    FRAME(6, 0, 0, "12345678"),                 /* PING */
    FRAME(6, 1, 0, "12345678"),                 /* its ACK */
    FRAME(8, 0, 0, "\0\0\xff\xff"),             /* WINDOW_UPDATE */
    FRAME(8, 0, 1, "\0\0\xff\xff"),             /* of a stream */
    FRAME(8, 0, 1, "\x7f\xff\xff\xff"),         /* too much */
    FRAME(8, 0, 1, "\0\0\0\0"),                 /* nothing */
    FRAME(3, 0, 1, "\0\0\0\x08"),               /* RST_STREAM CANCEL */
    FRAME(3, 0, 1, "\0\0\0\x07"),               /* RST_STREAM REFUSED_STREAM */
    FRAME(7, 0, 0, "\0\0\0\0\0\0\0\0"),         /* GOAWAY */
    FRAME(7, 0, 0, "\x7f\xff\xff\xff\0\0\0\0"), /* GOAWAY, the first of two */
    FRAME(2, 0, 1, "\0\0\0\0\x10"),             /* PRIORITY */
    FRAME(0, 0, 1, "\0\0\0\0\0"),               /* DATA: an empty message */
    FRAME(0, 1, 1, "\0\0\0\0\2\x1a\0"),         /* DATA: the last one, with a payload */
    FRAME(0, 1, 1, ""),                         /* DATA: nothing but the end */
    FRAME(0, 0, 1, "\1\0\0\0\3abc"),            /* DATA: compressed, it says */
    FRAME(9, 4, 1, ""),                         /* CONTINUATION */
    FRAME(1, 5, 1,
          "\x88\x40\x0bgrpc-status\1"
          "0"), /* trailers of a server */
    FRAME(1, 4, 1,
          "\x88\x5f\x10"
          "application/grpc"), /* its headers */
    FRAME(1, 5, 1,
          "\x88\x5f\x10"
          "application/grpc\x40\x0bgrpc-status\2"
          "12"), /* Trailers-Only */
    FRAME(1, 4, 1,
          "\x83\x86\x04\x21/grpc.testing.TestService/UnaryCa"
          "\x41\1x\x5f\x10"
          "application/grpc\x40\2te\x8trailers"),
    FRAME(1, 4, 1,
          "\x83\x86\x04\x28/grpc.testing.TestService/FullDuplexCall"
          "\x41\1x\x5f\x10"
          "application/grpc\x40\2te\x8trailers"),
    FRAME(5, 4, 1, "\0\0\0\2\x82"), /* PUSH_PROMISE */
    FRAME(0xb, 0, 0, "x"),          /* a type nobody knows */
};

static void insert_template(struct parts *parts, struct bytes frame, struct buf *out)
{
    const struct template *t = &templates[below(&parts->random, ARRAY_LEN(templates))];
    bool before = below(&parts->random, 2);
    uint32_t stream = t->stream && below(&parts->random, 2) ? load_u32(frame.data + 5) : t->stream;
    if (before)
        buf_put(out, frame);
    buf_put_u24(out, (uint32_t)t->len);
    buf_put_u8(out, t->type);
    buf_put_u8(out, t->flags);
    buf_put_u32(out, stream);
    buf_put(out, bytes_of(t->payload, t->len));
    if (!before)
        buf_put(out, frame);
}

static change_fn *const changes[] = {change_type,    flip_flag,      change_stream, repeat,
                                     drop,           split,          pad,           change_payload,
                                     change_payload, change_payload, lie,           insert_template,
                                     insert_template};

static void swap_two(struct parts *parts)
{
    size_t i = below(&parts->random, parts->count), j = below(&parts->random, parts->count);
    struct bytes kept = parts->frames[i];
    parts->frames[i] = parts->frames[j];
    parts->frames[j] = kept;
}

/* What is in `out`, as much as there is room for. */
static size_t deliver(struct buf *out, uint8_t *data, size_t size, size_t max)
{
    size_t len = out->len < max ? out->len : max;
    if (out->failed)
        len = size;
    else if (len)
        memcpy(data, out->data, len);
    buf_clear(out);
    return len;
}

size_t mutate_frames(uint8_t *data, size_t size, size_t max, unsigned seed,
                     mutate_octets_fn *octets)
{
    struct parts parts = {.random = seed, .octets = octets, .max = max};
    static const uint8_t settings[HEADER] = {0, 0, 0, 4};
    struct buf out = {0};

    if (below(&parts.random, 8) == 0)
        return octets(data, size, max);
    take_apart(&parts, bytes_of(data, size));
    if (parts.count == 0)
        parts.frames[parts.count++] = bytes_of(settings, HEADER);
    if (below(&parts.random, 8) == 0)
        swap_two(&parts);
    size_t chosen = below(&parts.random, parts.count);
    change_fn *change = changes[below(&parts.random, ARRAY_LEN(changes))];
    for (size_t i = 0; i < parts.count; i++) {
        if (i == chosen)
            change(&parts, parts.frames[i], &out);
        else
            buf_put(&out, parts.frames[i]);
    }
    buf_put(&out, parts.tail);
    return deliver(&out, data, size, max);
}

size_t splice_frames(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                     size_t max, unsigned seed)
{
    struct parts of[2] = {[0] = {.random = seed}};
    struct buf spliced = {0};
    size_t at[2] = {0, 0};

    take_apart(&of[0], bytes_of(a, a_size));
    take_apart(&of[1], bytes_of(b, b_size));
    while (at[0] < of[0].count || at[1] < of[1].count) {
        size_t from = below(&of[0].random, 2);
        if (at[from] == of[from].count)
            from = !from;
        buf_put(&spliced, of[from].frames[at[from]++]);
    }
    buf_put(&spliced, of[0].tail);
    return deliver(&spliced, out, 0, max);
}
