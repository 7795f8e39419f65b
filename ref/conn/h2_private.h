/* SPDX-License-Identifier: MIT
 *
 * struct h2, for h2.c, which talks to nghttp2, and h2_events.c, which keeps what it heard. */
#ifndef CONN_H2_PRIVATE_H
#define CONN_H2_PRIVATE_H

#include "conn/h2.h"

struct nghttp2_session;

#define H2_CLOSED_KEPT 256 /* streams whose end is remembered */

/* A header block while it arrives. */
struct block {
    struct h2_stream *stream;
    size_t first; /* of h2.fields */
    size_t size;
    bool too_large;
};

struct h2 {
    struct nghttp2_session *session;
    enum role role;
    size_t max_metadata;
    struct trace *trace;

    struct h2_event *events;
    size_t event_count, event_cap, event_next;
    struct field
        *fields; /* of all blocks in events; an event has an index in them until it is taken */
    size_t field_count, field_cap;
    struct gr_arena text; /* of the fields */
    struct block block;
    void *nv; /* nv_array's */
    size_t nv_cap;

    struct buf out;
    size_t out_sent;
    uint32_t max_streams; /* server: still to be written into the first SETTINGS; 0: done */
    int32_t closed_ids[H2_CLOSED_KEPT]; /* a ring */
    enum h2_closed closed_how[H2_CLOSED_KEPT];
    size_t closed_count;
    struct h2_stream *streams; /* not yet released */
    struct h2_stream *free_streams;
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
