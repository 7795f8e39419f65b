/* SPDX-License-Identifier: MIT
 *
 * struct h2, for h2.c, which talks to nghttp2, and h2_events.c, which keeps what it heard. */
#ifndef CONN_H2_PRIVATE_H
#define CONN_H2_PRIVATE_H

#include "conn/h2.h"
#include "conn/h2_memory.h"

struct nghttp2_session;

#define H2_CLOSED_KEPT 256 /* streams whose end is remembered */

/* A header block while it arrives. */
struct block {
    struct h2_stream *stream;
    size_t first; /* of h2.turn.fields */
    size_t size;
    bool too_large;
};

/* How a stream was closed. */
struct h2_end {
    unsigned id : 30; /* without its lowest bit: all are the client's, odd */
    unsigned how : 2; /* enum h2_closed */
};

struct h2 {
    struct nghttp2_session *session;
    enum role role;
    size_t max_metadata;
    struct trace *trace;

    struct h2_memory *memory; /* NULL: each for itself */
    struct h2_turn turn;
    struct block block;

    struct gather out;
    bool copies;          /* everything: the output is one piece */
    bool gathered;        /* the frame that nghttp2 was last asked for is in the output already */
    uint32_t max_streams; /* server: still to be written into the first SETTINGS; 0: done */
    struct h2_end *ends;  /* of streams closed lately: a ring, that grows to H2_CLOSED_KEPT */
    size_t end_cap, end_count;
    struct h2_stream *streams; /* not yet released */
    struct h2_stream *free_streams;
    struct h2_stream *recent; /* found last; NULL: none. Frames of a stream come in runs */
    int32_t last_stream;
    uint32_t peer_window; /* SETTINGS_INITIAL_WINDOW_SIZE */
    bool overflow;        /* the peer's SETTINGS made a window larger than 2^31-1 */
    bool sent;            /* HEADERS or DATA, since h2_take_sent */
    bool failed;
    bool done;
};

/* Append an event; NULL and h2->failed when out of memory. */
struct h2_event *h2_push(struct h2 *h2, enum h2_event_kind kind, struct h2_stream *stream);
/* A field more for the block in progress; NULL when out of memory. */
struct field *h2_new_field(struct h2 *h2);
/* NULL and h2->failed when out of memory. given: h2_release */
struct h2_stream *h2_new_stream(struct h2 *h2, int32_t id);
/* For h2_how_closed. */
void h2_remember_closed(struct h2 *h2, const struct h2_stream *stream);
/* We answer for a stream that is closed already. */
void h2_mark_reset(struct h2 *h2, int32_t id);
/* Free all of the above. */
void h2_clear_events(struct h2 *h2);

#endif
