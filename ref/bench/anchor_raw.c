/* SPDX-License-Identifier: MIT
 *
 * The floor: walks frame headers and sends a ready-made answer for each END_STREAM. It decodes no header block, checks
 * nothing and keeps to no window, so nothing that speaks HTTP/2 can be cheaper. No server, only a limit. */
#include "anchor.h"

#include <stdlib.h>

enum { DATA = 0, SETTINGS = 4, PING = 6, WINDOW_UPDATE = 8, FRAME_HEADER = 9, MAGIC = 24 };
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4 };

struct state {
    struct buf in;   /* a frame that is not whole */
    bool past_magic; /* the client connection preface is behind us */
};

static void put_frame(struct buf *out, uint8_t type, uint8_t flags, uint32_t stream,
                      struct bytes payload)
{
    buf_put_u24(out, (uint32_t)payload.len);
    buf_put_u8(out, type);
    buf_put_u8(out, flags);
    buf_put_u32(out, stream);
    buf_put(out, payload);
}

static bool open_conn(struct anchor_conn *conn)
{
    conn->state = calloc(1, sizeof(struct state));
    put_frame(&conn->out, SETTINGS, 0, 0, NO_BYTES);
    put_frame(&conn->out, WINDOW_UPDATE, 0, 0, BYTES("\x7f\xff\0\0")); /* once, and for all */
    return conn->state != NULL;
}

static void close_conn(struct anchor_conn *conn)
{
    struct state *state = conn->state;

    if (state)
        buf_clear(&state->in);
    free(state);
}

/* SimpleRequest.response_size: the generator puts it first. */
static size_t wanted_size(struct bytes data)
{
    size_t size = 0;

    for (size_t i = 6, shift = 0; i < data.len && i < 9; i++, shift += 7) {
        size |= (size_t)(data.data[i] & 0x7f) << shift;
        if (data.data[i] < 0x80)
            break;
    }
    return size < 8192 ? size : 8192;
}

static void put_len(struct buf *out, size_t len)
{
    if (len >= 0x80)
        buf_put_u8(out, (uint8_t)(len | 0x80));
    buf_put_u8(out, (uint8_t)(len >= 0x80 ? len >> 7 : len));
}

/* SimpleResponse{payload{body: zeros}}, with its prefix. */
static void put_reply(struct buf *out, uint32_t stream, size_t size)
{
    size_t body = size + 2 + (size >= 0x80), message = body + 2 + (body >= 0x80);

    put_frame(out, DATA, 0, stream, NO_BYTES);
    store_u24(out->data + out->len - FRAME_HEADER, (uint32_t)message + 5);
    buf_put_u8(out, 0);
    buf_put_u32(out, (uint32_t)message);
    buf_put_u8(out, 0x0a);
    put_len(out, body);
    buf_put_u8(out, 0x12);
    put_len(out, size);
    buf_put_zeros(out, size);
}

static void answer(struct buf *out, uint32_t stream, struct bytes request)
{
    /* :status 200; content-type and grpc-status as literals that are not indexed */
    put_frame(out, 1, END_HEADERS, stream,
              BYTES("\x88\x0f\x10\x10"
                    "application/grpc"));
    if (buf_reserve(out, wanted_size(request) + 64))
        put_reply(out, stream, wanted_size(request));
    put_frame(out, 1, END_HEADERS | END_STREAM, stream,
              BYTES("\x00\x0bgrpc-status\x01"
                    "0"));
}

static void take_frame(struct anchor_conn *conn, const uint8_t *frame, size_t len)
{
    struct bytes payload = bytes_of(frame + FRAME_HEADER, len);

    if (frame[3] == DATA && frame[4] & END_STREAM)
        answer(&conn->out, load_u32(frame + 5), payload);
    else if ((frame[3] == SETTINGS || frame[3] == PING) && !(frame[4] & ACK))
        put_frame(&conn->out, frame[3], ACK, 0, frame[3] == PING ? payload : NO_BYTES);
}

static bool feed(struct anchor_conn *conn, struct bytes in)
{
    struct state *state = conn->state;
    size_t at = 0;

    if (state->in.len) {
        buf_put(&state->in, in);
        in = buf_view(&state->in);
    }
    if (!state->past_magic && in.len >= MAGIC) {
        state->past_magic = true;
        at = MAGIC;
    }
    while (state->past_magic && in.len - at >= FRAME_HEADER) {
        size_t len = load_u24(in.data + at);
        if (in.len - at < FRAME_HEADER + len)
            break;
        take_frame(conn, in.data + at, len);
        at += FRAME_HEADER + len;
    }
    if (state->in.len)
        buf_consume(&state->in, at);
    else
        buf_put(&state->in, bytes_skip(in, at));
    return !state->in.failed;
}

int main(int argc, char **argv)
{
    static const struct anchor raw = {open_conn, feed, close_conn};

    return anchor_serve(&raw, argc, argv);
}
