/* SPDX-License-Identifier: MIT
 *
 * Frame headers, and nothing that is behind them. */
#include "walk.h"

enum { MAGIC = 24 };

bool walk_feed(struct walk *walk, struct bytes in, struct anchor_conn *conn,
               bool (*take)(struct anchor_conn *conn, const uint8_t *frame, size_t len))
{
    size_t at = 0;

    if (walk->in.len) {
        buf_put(&walk->in, in);
        in = buf_view(&walk->in);
    }
    if (!walk->past_magic && in.len >= MAGIC) {
        walk->past_magic = true;
        at = MAGIC;
    }
    while (walk->past_magic && in.len - at >= FRAME_HEADER) {
        size_t len = load_u24(in.data + at);
        if (in.len - at < FRAME_HEADER + len)
            break;
        if (!take(conn, in.data + at, len))
            return false;
        at += FRAME_HEADER + len;
    }
    if (walk->in.len)
        buf_consume(&walk->in, at);
    else
        buf_put(&walk->in, bytes_skip(in, at));
    return !walk->in.failed;
}

void put_frame(struct buf *out, uint8_t type, uint8_t flags, uint32_t stream, struct bytes payload)
{
    buf_put_u24(out, (uint32_t)payload.len);
    buf_put_u8(out, type);
    buf_put_u8(out, flags);
    buf_put_u32(out, stream);
    buf_put(out, payload);
}
