/* SPDX-License-Identifier: MIT
 *
 * What stands between the peer's octets and nghttp2. It follows frame boundaries, hands over frame headers whole,
 * and judges by header the frames on which nghttp2 is laxer or harsher than RFC 9113: a stream error stays a stream
 * error, a closed stream stays closed, and frames that only keep us busy are counted. It never sees what is in a
 * frame, but for the increment of WINDOW_UPDATE and the last stream of GOAWAY. */
#ifndef CONN_GUARD_H
#define CONN_GUARD_H

#include "conn/h2.h"

#define GUARD_HOLD 13 /* a frame header, and the first word of its payload */

struct guard {
    enum role role;
    size_t magic;             /* server: octets of the client connection preface that are here */
    uint8_t held[GUARD_HOLD]; /* a header that came in pieces */
    size_t held_len;
    size_t payload;      /* octets left of the frame in progress */
    bool drop;           /* and nghttp2 shall not see them */
    bool in_block;       /* CONTINUATION is to follow */
    bool settings;       /* the peer's first SETTINGS has been seen */
    int32_t newest;      /* server: the highest stream the client has opened ... */
    bool newest_ended;   /* ... and it has been ended or reset: look closer */
    uint32_t busywork;   /* frames lately that moved nothing; paid back over time */
    gr_time busywork_at; /* when that was counted */
};

void guard_init(struct guard *guard, enum role role);

/* Feed what passes to h2. in: as for h2_feed. returns as h2_feed */
MUST_USE bool guard_feed(struct guard *guard, struct h2 *h2, struct bytes in, gr_time now);

/* One more frame that moved nothing; false: too many. Also for streams that were reset (weight says how heavy). */
bool guard_count(struct guard *guard, uint32_t weight, gr_time now);

#endif
