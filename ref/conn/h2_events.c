/* SPDX-License-Identifier: MIT
 *
 * What a session keeps of what it heard: the list of events, the fields of their header blocks, its streams, and how
 * those that are gone were closed. No word of nghttp2. */
#include "conn/h2_private.h"

#include <stdlib.h>

struct h2_event *h2_push(struct h2 *h2, enum h2_event_kind kind, struct h2_stream *stream)
{
    if (!h2->turn.events && h2->memory)
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
        if (h2->block.stream)
            return false;
        h2->turn.field_count = 0;
        gr_arena_reset(&h2->turn.text);
        if (h2->memory && h2->turn.events)
            h2_turn_give(&h2->turn, h2->memory);
        return false;
    }
    *event = h2->turn.events[h2->turn.event_next++];
    if (event->kind == H2_EVENT_HEADERS) /* its code was the index of its first field */
        event->fields = h2->turn.fields + event->code;
    return true;
}

struct h2_stream *h2_new_stream(struct h2 *h2, int32_t id)
{
    struct h2_stream *stream = h2->free_streams;

    if (stream)
        h2->free_streams = stream->next;
    else
        stream = malloc(sizeof(*stream));
    if (!stream) {
        h2->failed = true;
        return NULL;
    }
    *stream = (struct h2_stream){.id = id, .next = h2->streams};
    if (h2->streams)
        h2->streams->prev = stream;
    h2->streams = stream;
    return stream;
}

void h2_release(struct h2 *h2, struct h2_stream *stream)
{
    if (h2->recent == stream)
        h2->recent = NULL;
    if (stream->next)
        stream->next->prev = stream->prev;
    *(stream->prev ? &stream->prev->next : &h2->streams) = stream->next;
    stream->next = h2->free_streams;
    h2->free_streams = stream;
}

struct field *h2_new_field(struct h2 *h2)
{
    if (!h2->turn.fields && h2->memory)
        h2_turn_take(&h2->turn, h2->memory);
    if (h2->turn.field_count == h2->turn.field_cap) {
        size_t cap = h2->turn.field_cap ? 2 * h2->turn.field_cap : 64;
        struct field *fields = realloc(h2->turn.fields, cap * sizeof(*fields));
        if (!fields)
            return NULL;
        h2->turn.fields = fields;
        h2->turn.field_cap = cap;
    }
    return &h2->turn.fields[h2->turn.field_count++];
}

/* Room for one more, unless all is in use: then the oldest is forgotten. */
static void grow_ends(struct h2 *h2)
{
    size_t cap = h2->end_cap ? 2 * h2->end_cap : 8; /* an idle connection has had few */
    struct h2_end *ends;

    if (h2->end_count != h2->end_cap || cap > H2_CLOSED_KEPT)
        return;
    ends = realloc(h2->ends, cap * sizeof(*ends));
    if (!ends)
        return;
    h2->ends = ends;
    h2->end_cap = cap;
}

void h2_remember_closed(struct h2 *h2, const struct h2_stream *stream)
{
    enum h2_closed how = H2_CLOSED_BY_US; /* or by nghttp2 for us */

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

void h2_clear_events(struct h2 *h2)
{
    while (h2->streams)
        h2_release(h2, h2->streams);
    while (h2->free_streams) {
        struct h2_stream *stream = h2->free_streams;
        h2->free_streams = stream->next;
        free(stream);
    }
    free(h2->ends);
    h2_turn_clear(&h2->turn);
}
