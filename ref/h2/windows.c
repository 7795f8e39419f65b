/* SPDX-License-Identifier: MIT
 *
 * Flow control (RFC 9113 section 5.2): what the peer may still send, what we may, and which streams wait for that. */
#include "h2/private.h"

/* ---- What the peer sends --------------------------------------------------------------------- */

void h2_init_windows(struct h2 *h2, const struct gr_limits *limits)
{
    h2->send_window = h2->peer_window = h2->stream_window = DEFAULT_WINDOW;
    h2->stream_window_announced = (int32_t)limits->stream_window;
    h2->receive_size = (int32_t)limits->connection_window;
    h2->receive.left = DEFAULT_WINDOW;
    if (h2->receive_size < DEFAULT_WINDOW) { /* the first octets are not given back */
        h2->receive.owed = h2->receive_size - DEFAULT_WINDOW;
    } else if (h2->receive_size > DEFAULT_WINDOW) {
        h2_put_window_update(h2, 0, h2->receive_size - DEFAULT_WINDOW);
        h2->receive.left = h2->receive_size;
    }
}

/* In halves of the window: not a frame for every frame. */
static void give_back(struct h2 *h2, int32_t stream, struct h2_window *window, int32_t size)
{
    if (window->owed <= 0 || window->owed < size / 2)
        return;
    h2_put_window_update(h2, stream, window->owed);
    window->left += window->owed;
    window->owed = 0;
}

/* The connection's window is given back at once: one call that nobody reads must not stop the others (H2-FLOW-019). */
bool h2_receive(struct h2 *h2, struct h2_stream **stream, size_t len)
{
    int32_t octets = (int32_t)len; /* at most MAX_FRAME_SIZE */

    if (octets > h2->receive.left) {
        h2_terminate(h2, H2_FLOW_CONTROL_ERROR, "more DATA than the connection's window");
        return false;
    }
    h2->receive.left -= octets;
    h2->receive.owed += octets;
    give_back(h2, 0, &h2->receive, h2->receive_size);
    if (!*stream)
        return true;
    if (octets > (*stream)->receive.left) {
        h2_reset(h2, *stream, H2_FLOW_CONTROL_ERROR);
        *stream = NULL;
        return false;
    }
    (*stream)->receive.left -= octets;
    return true;
}

void h2_consume(struct h2 *h2, struct h2_stream *stream, size_t len)
{
    stream->receive.owed += (int32_t)len; /* never more than a window */
    if (!stream->closed && !stream->remote_ended)
        give_back(h2, stream->id, &stream->receive, h2->stream_window);
}

void h2_use_stream_window(struct h2 *h2)
{
    int32_t more = h2->stream_window_announced - h2->stream_window;

    h2->stream_window = h2->stream_window_announced;
    for (struct h2_stream *stream = h2->streams; stream; stream = stream->next)
        stream->receive.left += more;
}

/* ---- What we send ---------------------------------------------------------------------------- */

static bool has_room_for(int32_t window, int64_t more)
{
    return window + more <= INT32_MAX;
}

/* Those that waited for the connection's window have their turn again. */
static void unstall(struct h2 *h2)
{
    while (h2->stalled.first) {
        struct h2_stream *stream = h2->stalled.first;
        h2_dequeue(h2, stream);
        h2_enqueue(h2, stream);
    }
}

bool h2_widen(struct h2 *h2, struct h2_stream *stream, uint32_t increment)
{
    int32_t *window = stream ? &stream->send_window : &h2->send_window;

    if (!has_room_for(*window, increment))
        return false;
    *window += (int32_t)increment;
    if (stream)
        h2_enqueue(h2, stream);
    else
        unstall(h2);
    return true;
}

bool h2_set_peer_window(struct h2 *h2, uint32_t size)
{
    int64_t more = (int64_t)size - h2->peer_window;

    h2->peer_window = (int32_t)size;
    for (struct h2_stream *stream = h2->streams; stream; stream = stream->next) {
        if (stream->closed)
            continue;
        if (!has_room_for(stream->send_window, more))
            return false;
        stream->send_window = (int32_t)(stream->send_window + more);
        if (more > 0)
            h2_enqueue(h2, stream);
    }
    return true;
}

/* ---- Turns ----------------------------------------------------------------------------------- */

static void append(struct h2_queue *queue, struct h2_stream *stream)
{
    stream->queue = queue;
    stream->turn_next = NULL;
    stream->turn_prev = queue->last;
    *(queue->last ? &queue->last->turn_next : &queue->first) = stream;
    queue->last = stream;
}

void h2_enqueue(struct h2 *h2, struct h2_stream *stream)
{
    if (stream->has_source && !stream->waiting && !stream->local_ended && !stream->closed &&
        !stream->queue)
        append(&h2->ready, stream);
}

void h2_dequeue(struct h2 *h2, struct h2_stream *stream)
{
    struct h2_queue *queue = stream->queue;

    (void)h2;
    if (!queue)
        return;
    *(stream->turn_prev ? &stream->turn_prev->turn_next : &queue->first) = stream->turn_next;
    *(stream->turn_next ? &stream->turn_next->turn_prev : &queue->last) = stream->turn_prev;
    stream->queue = NULL;
}

void h2_stall(struct h2 *h2, struct h2_stream *stream)
{
    h2_dequeue(h2, stream);
    append(&h2->stalled, stream);
}
