/* SPDX-License-Identifier: MIT
 *
 * "Own frames": what a call would cost on a frame layer of our own, with nghttp2's HPACK coder alone. A prototype, to
 * decide by: it keeps a table of streams, both ways' windows and the rules of a request's fields, and leaves out what
 * 10 octets never meet: CONTINUATION, padding, replies that wait for a window, errors of one stream, GOAWAY. */
#include "echo.h"
#include "walk.h"

#include <nghttp2/nghttp2.h>

#include <stdlib.h>

enum { PADDED_OR_PRIORITY = 0x28, SETTING_WINDOW = 4 };
enum { PLACES = 1024, WINDOW = 1 << 20, FRAME_MAX = 16384 };

struct stream {
    uint32_t id;
    bool known; /* it is UnaryCall */
    int64_t send_window;
    uint32_t taken; /* of its window, and not given back */
    struct buf in;
    struct stream *next; /* in its place, or free */
};

struct state {
    struct walk walk;
    nghttp2_hd_inflater *inflater;
    nghttp2_hd_deflater *deflater;
    struct stream *places[PLACES];
    struct stream *unused;
    uint32_t newest;
    int64_t send_window, initial_window;
    uint32_t taken;
};

/* ---- Streams --------------------------------------------------------------------------------- */

static struct stream **place_of(struct state *state, uint32_t id)
{
    struct stream **at = &state->places[id / 2 % PLACES];

    while (*at && (*at)->id != id)
        at = &(*at)->next;
    return at;
}

static struct stream *add_stream(struct state *state, uint32_t id)
{
    struct stream **at = place_of(state, id), *stream = state->unused;

    if (id % 2 == 0 || id <= state->newest)
        return NULL;
    state->newest = id;
    if (stream)
        state->unused = stream->next;
    else if (!(stream = calloc(1, sizeof(*stream))))
        return NULL;
    buf_reset(&stream->in);
    *stream = (struct stream){.id = id, .send_window = state->initial_window, .in = stream->in};
    return *at = stream;
}

static void end_stream(struct state *state, uint32_t id)
{
    struct stream **at = place_of(state, id), *stream = *at;

    if (!stream)
        return;
    *at = stream->next;
    stream->next = state->unused;
    state->unused = stream;
}

/* ---- Out ------------------------------------------------------------------------------------- */

static void give_back(struct buf *out, uint32_t stream, uint32_t *taken, size_t len)
{
    uint8_t increment[4];

    *taken += (uint32_t)len;
    if (*taken < WINDOW / 2)
        return;
    store_u32(increment, *taken);
    put_frame(out, WINDOW_UPDATE, 0, stream, bytes_of(increment, sizeof(increment)));
    *taken = 0;
}

#define FIELD(name, value)                                                                         \
    {                                                                                              \
        (uint8_t *)(name), (uint8_t *)(value), sizeof(name) - 1, sizeof(value) - 1,                \
            NGHTTP2_NV_FLAG_NONE                                                                   \
    }

static bool put_headers(struct anchor_conn *conn, uint32_t stream, uint8_t flags,
                        const nghttp2_nv *fields, size_t count)
{
    struct state *state = conn->state;
    size_t at = conn->out.len;
    ssize_t len;
    uint8_t *to;

    put_frame(&conn->out, HEADERS, END_HEADERS | flags, stream, NO_BYTES);
    to = buf_reserve(&conn->out, 256);
    len = to ? nghttp2_hd_deflate_hd(state->deflater, to, 256, fields, count) : -1;
    if (len < 0)
        return false;
    conn->out.len += (size_t)len;
    store_u24(conn->out.data + at, (uint32_t)len);
    return true;
}

/* A DATA frame, which the windows have room for. */
static bool put_reply(struct anchor_conn *conn, struct stream *stream)
{
    struct state *state = conn->state;
    size_t at = conn->out.len, len;

    put_frame(&conn->out, DATA, 0, stream->id, NO_BYTES);
    if (!echo(buf_view(&stream->in), &conn->out))
        return false;
    len = conn->out.len - at - FRAME_HEADER;
    store_u24(conn->out.data + at, (uint32_t)len);
    state->send_window -= (int64_t)len;
    stream->send_window -= (int64_t)len;
    return len <= FRAME_MAX && state->send_window >= 0 && stream->send_window >= 0;
}

static bool answer(struct anchor_conn *conn, struct stream *stream)
{
    static const nghttp2_nv headers[] = {FIELD(":status", "200"),
                                         FIELD("content-type", "application/grpc")};
    static const nghttp2_nv trailers[] = {FIELD("grpc-status", "0")};
    bool ok = stream->known && stream->in.len >= 5 &&
              put_headers(conn, stream->id, 0, headers, 2) && put_reply(conn, stream) &&
              put_headers(conn, stream->id, END_STREAM, trailers, 1);

    end_stream(conn->state, stream->id);
    return ok;
}

/* ---- In -------------------------------------------------------------------------------------- */

/* What RFC 9113 section 8.2 and 8.3 ask of every field. */
static bool is_field(const nghttp2_nv *nv, bool *regular)
{
    bool pseudo = nv->namelen > 0 && nv->name[0] == ':';

    if (pseudo && *regular)
        return false;
    *regular = !pseudo;
    return (pseudo || nghttp2_check_header_name(nv->name, nv->namelen)) &&
           nghttp2_check_header_value(nv->value, nv->valuelen);
}

static bool take_headers(struct state *state, struct stream *stream, struct bytes block)
{
    static const struct bytes path = {(const uint8_t *)"/grpc.testing.TestService/UnaryCall", 35};
    bool regular = false;

    for (;;) {
        nghttp2_nv nv;
        int flags = 0;
        ssize_t n = nghttp2_hd_inflate_hd2(state->inflater, &nv, &flags, block.data, block.len, 1);
        if (n < 0)
            return false;
        block = bytes_skip(block, (size_t)n);
        if (flags & NGHTTP2_HD_INFLATE_EMIT) {
            if (!is_field(&nv, &regular))
                return false;
            if (bytes_equal(bytes_of(nv.name, nv.namelen), BYTES(":path")))
                stream->known = bytes_equal(bytes_of(nv.value, nv.valuelen), path);
        }
        if (flags & NGHTTP2_HD_INFLATE_FINAL)
            return nghttp2_hd_inflate_end_headers(state->inflater) == 0;
    }
}

static bool take_data(struct anchor_conn *conn, struct stream *stream, uint8_t flags,
                      struct bytes data)
{
    struct state *state = conn->state;

    give_back(&conn->out, 0, &state->taken, data.len);
    if (!stream)
        return true;
    buf_put(&stream->in, data);
    if (flags & END_STREAM)
        return answer(conn, stream);
    give_back(&conn->out, stream->id, &stream->taken, data.len);
    return true;
}

static void take_settings(struct anchor_conn *conn, struct bytes payload)
{
    struct state *state = conn->state;

    for (; payload.len >= 6; payload = bytes_skip(payload, 6)) {
        int64_t value = load_u32(payload.data + 2);
        if (load_u16(payload.data) != SETTING_WINDOW)
            continue;
        for (size_t i = 0; i < PLACES; i++)
            for (struct stream *stream = state->places[i]; stream; stream = stream->next)
                stream->send_window += value - state->initial_window;
        state->initial_window = value;
    }
    put_frame(&conn->out, SETTINGS, ACK, 0, NO_BYTES);
}

static bool take_frame(struct anchor_conn *conn, const uint8_t *frame, size_t len)
{
    struct state *state = conn->state;
    struct bytes payload = bytes_of(frame + FRAME_HEADER, len);
    uint32_t id = load_u32(frame + 5) & 0x7fffffff;
    uint8_t flags = frame[4];
    struct stream *stream;

    switch (frame[3]) {
    case HEADERS:
        stream = add_stream(state, id);
        return stream && flags & END_HEADERS && !(flags & PADDED_OR_PRIORITY) &&
               take_headers(state, stream, payload);
    case DATA:
        return take_data(conn, *place_of(state, id), flags, payload);
    case RST_STREAM:
        end_stream(state, id);
        return true;
    case SETTINGS:
        if (!(flags & ACK))
            take_settings(conn, payload);
        return true;
    case PING:
        put_frame(&conn->out, PING, ACK, 0, payload);
        return true;
    case WINDOW_UPDATE:
        stream = id ? *place_of(state, id) : NULL;
        if (stream || id == 0)
            *(stream ? &stream->send_window : &state->send_window) += load_u32(payload.data);
        return true;
    }
    return true;
}

static bool feed(struct anchor_conn *conn, struct bytes in)
{
    struct state *state = conn->state;

    return walk_feed(&state->walk, in, conn, take_frame);
}

/* ---- Life ------------------------------------------------------------------------------------ */

static bool open_conn(struct anchor_conn *conn)
{
    struct state *state = conn->state = calloc(1, sizeof(*state));

    if (!state || nghttp2_hd_inflate_new(&state->inflater) != 0 ||
        nghttp2_hd_deflate_new(&state->deflater, 4096) != 0)
        return false;
    state->send_window = state->initial_window = 65535;
    put_frame(&conn->out, SETTINGS, 0, 0, BYTES("\0\4\0\x10\0\0"));    /* WINDOW */
    put_frame(&conn->out, WINDOW_UPDATE, 0, 0, BYTES("\0\x0f\0\x01")); /* the same, from 65535 */
    return true;
}

static void free_streams(struct stream *stream)
{
    while (stream) {
        struct stream *next = stream->next;
        buf_clear(&stream->in);
        free(stream);
        stream = next;
    }
}

static void close_conn(struct anchor_conn *conn)
{
    struct state *state = conn->state;

    if (!state)
        return;
    for (size_t i = 0; i < PLACES; i++)
        free_streams(state->places[i]);
    free_streams(state->unused);
    nghttp2_hd_inflate_del(state->inflater);
    nghttp2_hd_deflate_del(state->deflater);
    buf_clear(&state->walk.in);
    free(state);
}

int main(int argc, char **argv)
{
    static const struct anchor frames = {open_conn, feed, close_conn};

    return anchor_serve(&frames, argc, argv);
}
