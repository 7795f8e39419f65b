/* SPDX-License-Identifier: MIT
 *
 * What the anchors without nghttp2's session share: from octets to whole frames, and back. */
#ifndef BENCH_WALK_H
#define BENCH_WALK_H

#include "anchor.h"

enum { FRAME_HEADER = 9 };
enum { DATA, HEADERS, RST_STREAM = 3, SETTINGS, PING = 6, WINDOW_UPDATE = 8 };
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4 };

/* All zeros is the beginning. */
struct walk {
    struct buf in;   /* a frame that is not whole */
    bool past_magic; /* the client connection preface is behind us */
};

/* take: with each whole frame, its header first, and the length of its payload; false ends it. */
bool walk_feed(struct walk *walk, struct bytes in, struct anchor_conn *conn,
               bool (*take)(struct anchor_conn *conn, const uint8_t *frame, size_t len));

void put_frame(struct buf *out, uint8_t type, uint8_t flags, uint32_t stream, struct bytes payload);

#endif
