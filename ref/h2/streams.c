/* SPDX-License-Identifier: MIT
 *
 * The streams of a session, from their first frame to their last event; how those that are gone were closed; and the
 * list of events. */
#include "h2/private.h"

#include <stdlib.h>

/* ---- Events ---------------------------------------------------------------------------------- */

struct h2_event *h2_push(struct h2 *h2, enum h2_event_kind kind, struct h2_stream *stream)
{
    if (!h2->turn.events)
        h2_turn_take(&h2->turn, h2->memory);
    if (h2->turn.event_count == h2->turn.event_cap) {
        size_t cap = h2->turn.event_cap ? 2 * h2->turn.event_cap : 16;
        struct h2_event *events = realloc(h2->turn.events, cap * sizeof(*events));
        if (!events) {
            h2->failed = true;
            return NULL;
        }
        h2->turn.events = events;
        h2->turn.event_cap = cap;
    }
    struct h2_event *event = &h2->turn.events[h2->turn.event_count++];
    *event = (struct h2_event){.kind = kind, .stream = stream};
    return event;
}

bool h2_next(struct h2 *h2, struct h2_event *event)
{
    if (h2->turn.event_next == h2->turn.event_count) {
        h2->turn.event_next = h2->turn.event_count = 0;
        if (h2->block.open)
            return false;
        h2->turn.field_count = 0;
        gr_arena_reset(&h2->turn.text);
        if (h2->turn.events)
            h2_turn_give(&h2->turn, h2->memory);
        return false;
    }
    *event = h2->turn.events[h2->turn.event_next++];
    if (event->field_count) /* of HEADERS: its code was the index of its first field */
        event->fields = h2->turn.fields + event->code;
    return true;
}

struct field *h2_new_field(struct h2 *h2)
{
    if (!h2->turn.fields)
        h2_turn_take(&h2->turn, h2->memory);
    if (h2->turn.field_count == h2->turn.field_cap) {
        size_t cap = h2->turn.field_cap ? 2 * h2->turn.field_cap : 64;
        struct field *fields = realloc(h2->turn.fields, cap * sizeof(*fields));
        if (!fields) {
            h2->failed = true;
            return NULL;
        }
        h2->turn.fields = fields;
        h2->turn.field_cap = cap;
    }
    return &h2->turn.fields[h2->turn.field_count++];
}

/* ---- Open streams, by id --------------------------------------------------------------------- */

#define FIRST_PLACES 16

static struct h2_stream **place_of(const struct h2 *h2, int32_t id)
{
    return &h2->places[((uint32_t)id >> 1) & (h2->place_count - 1)];
}

struct h2_stream *h2_find(struct h2 *h2, int32_t id)
{
    struct h2_stream *stream = h2->recent;

    if (stream && stream->id == id)
        return stream;
    stream = h2->places ? *place_of(h2, id) : NULL;
    while (stream && stream->id != id)
        stream = stream->below;
    if (stream)
        h2->recent = stream;
    return stream;
}

/* As many places as streams, so that each has hardly more than one. */
static bool grow_places(struct h2 *h2)
{
    size_t before = h2->place_count, count = before ? 2 * before : FIRST_PLACES;
    struct h2_stream **old = h2->places, **places;

    if (h2->open_count < before)
        return true;
    places = calloc(count, sizeof(struct h2_stream *));
    if (!places)
        return before > 0; /* it works with too few */
    h2->places = places;
    h2->place_count = count;
    for (size_t i = 0; i < before; i++) {
        while (old[i]) {
            struct h2_stream *stream = old[i], **place = place_of(h2, stream->id);
            old[i] = stream->below;
            stream->below = *place;
            *place = stream;
        }
    }
    free(old);
    return true;
}

static void forget_place(struct h2 *h2, const struct h2_stream *stream)
{
    struct h2_stream **at = place_of(h2, stream->id);

    while (*at != stream)
        at = &(*at)->below;
    *at = stream->below;
    h2->open_count--;
    if (h2->recent == stream)
        h2->recent = NULL;
}

struct h2_stream *h2_open(struct h2 *h2, int32_t id)
{
    struct h2_stream *stream = NULL;

    if (grow_places(h2))
        stream = h2_memory_alloc(sizeof(*stream), h2->memory);
    if (!stream) {
        h2->failed = true;
        return NULL;
    }
    *stream = (struct h2_stream){.id = id,
                                 .next = h2->streams,
                                 .content_length = -1,
                                 .send_window = h2->peer_window,
                                 .receive.left = h2->stream_window,
                                 .below = *place_of(h2, id)};
    if (h2->streams)
        h2->streams->prev = stream;
    h2->streams = stream;
    *place_of(h2, id) = stream;
    h2->open_count++;
    h2->recent = stream;
    return stream;
}

void h2_release(struct h2 *h2, struct h2_stream *stream)
{
    if (stream->next)
        stream->next->prev = stream->prev;
    *(stream->prev ? &stream->prev->next : &h2->streams) = stream->next;
    h2_memory_free(stream, h2->memory);
}

/* ---- How streams end ------------------------------------------------------------------------- */

/* Room for one more, unless all is in use: then the oldest is forgotten. */
static void grow_ends(struct h2 *h2)
{
    size_t cap = h2->end_cap ? 2 * h2->end_cap : 8; /* an idle connection has had few */
    struct h2_end *ends;

    if (h2->end_count != h2->end_cap || cap > CLOSED_KEPT)
        return;
    ends = realloc(h2->ends, cap * sizeof(*ends));
    if (!ends)
        return;
    h2->ends = ends;
    h2->end_cap = cap;
}

static void remember_closed(struct h2 *h2, const struct h2_stream *stream)
{
    enum h2_closed how = H2_CLOSED_BY_US;

    if (stream->reset_by_peer)
        how = H2_CLOSED_BY_PEER;
    else if (stream->remote_ended && stream->local_ended && !stream->reset_by_us)
        how = H2_CLOSED_ENDED;
    grow_ends(h2);
    if (h2->end_cap)
        h2->ends[h2->end_count++ % h2->end_cap] = (struct h2_end){
            .id = (unsigned)stream->id >> 1 & 0x3fffffff, .how = (unsigned)how & 3};
}

/* NULL: it is not among those remembered. */
static struct h2_end *find_end(const struct h2 *h2, int32_t id)
{
    for (size_t i = 0; i < h2->end_cap && i < h2->end_count; i++)
        if (h2->ends[i].id == (unsigned)id >> 1 && id % 2 == 1)
            return &h2->ends[i];
    return NULL;
}

enum h2_closed h2_how_closed(const struct h2 *h2, int32_t id)
{
    const struct h2_end *end = find_end(h2, id);

    return end ? (enum h2_closed)end->how : H2_CLOSED_UNKNOWN;
}

void h2_mark_reset(struct h2 *h2, int32_t id)
{
    struct h2_end *end = find_end(h2, id);

    if (end)
        end->how = H2_CLOSED_BY_US;
}

void h2_close(struct h2 *h2, struct h2_stream *stream, uint32_t code)
{
    struct h2_event *event;

    stream->closed = true;
    h2_dequeue(h2, stream);
    forget_place(h2, stream);
    remember_closed(h2, stream);
    if (h2->block.stream == stream)
        h2->block.stream = NULL;
    if (h2->input.stream == stream)
        h2->input.stream = NULL;
    event = h2_push(h2, H2_EVENT_CLOSED, stream);
    if (event)
        event->code = code;
}

void h2_end_remote(struct h2 *h2, struct h2_stream *stream)
{
    stream->remote_ended = true;
    if (stream->local_ended)
        h2_close(h2, stream, H2_NO_ERROR);
}

/* The server's last word has left, and the client may still be talking: tell it to stop (GRPC-CALL-015). */
void h2_end_local(struct h2 *h2, struct h2_stream *stream)
{
    stream->local_ended = true;
    if (stream->remote_ended)
        h2_close(h2, stream, H2_NO_ERROR);
    else if (h2->role == ROLE_SERVER)
        h2_reset(h2, stream, H2_NO_ERROR);
    else
        h2_dequeue(h2, stream);
}

void h2_clear_streams(struct h2 *h2)
{
    while (h2->streams)
        h2_release(h2, h2->streams);
    free(h2->places);
    free(h2->ends);
    h2_turn_clear(&h2->turn);
}
