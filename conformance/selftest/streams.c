/* SPDX-License-Identifier: MIT
 *
 * The table of streams, their ends, windows in both directions, and the pump that sends what windows allow. */
#include "selftest/h2.h"

#include <stdlib.h>

#define MOST_UNREAD_REPLIES                                                                        \
    (64u << 10) /* a handler whose replies are not read stops reading requests */

struct stream *find_stream(struct h2 *h2, uint32_t id)
{
    struct stream *stream = h2->streams;
    uint32_t known = knob(KNOB_IDENTIFIERS_IN_16_BITS) ? 0xffff : UINT32_MAX;
    while (stream && (stream->id & known) != (id & known))
        stream = stream->next;
    return stream;
}

/* A window that is smaller than the initial one counts once the client has said that it knows (RFC 9113 6.9.3). */
static int64_t initial_receive_window(const struct h2 *h2)
{
    uint32_t ours = setup_here()->initial_window;
    bool known = h2->acknowledged || knob(KNOB_LOWER_WINDOW_AT_ONCE);
    return ours && known ? ours : DEFAULT_WINDOW;
}

struct stream *open_stream(struct h2 *h2, uint32_t id)
{
    struct stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return NULL;
    stream->id = id;
    stream->send_window = knob(KNOB_NEW_STREAMS_HAVE_DEFAULT_WINDOW) ? DEFAULT_WINDOW
                                                                     : h2->initial_window;
    stream->receive_window = initial_receive_window(h2);
    stream->before_lower_window = setup_here()->initial_window && !h2->acknowledged;
    stream->content_length = -1;
    stream->deadline = TIME_NEVER;
    struct stream **link = &h2->streams;
    while (*link)
        link = &(*link)->next;
    *link = stream;
    if (id > h2->highest_stream)
        h2->highest_stream = id;
    return stream;
}

size_t count_open(const struct h2 *h2)
{
    size_t open = 0;
    for (const struct stream *stream = h2->streams; stream; stream = stream->next) {
        open += !stream->local_closed || !stream->remote_closed;
        if (stream->they_reset && knob(KNOB_RESET_LEAKS_SLOT))
            open += 2;
    }
    open += h2->leaked_places;
    if (knob(KNOB_REFUSED_CALLS_LEAK_SLOT))
        open += h2->refused_calls;
    return knob(KNOB_CLOSED_STREAMS_COUNT) ? (h2->highest_stream + 1) / 2 : open;
}

/* Keeps the entry, so that the identifier is known to be used; frees what it held. */
void close_stream_silently(struct stream *stream)
{
    stream->local_closed = stream->remote_closed = stream->finished = true;
    stream->trailers_due = false;
    stream->plan_len = stream->plan_at = 0;
    buf_clear(&stream->raw);
    buf_clear(&stream->assembly);
    buf_clear(&stream->kept);
    buf_clear(&stream->pending);
}

static void free_stream(struct stream *stream)
{
    close_stream_silently(stream);
    header_list_clear(&stream->request);
    buf_clear(&stream->status_message);
    free(stream->plan);
    free(stream);
}

void free_streams(struct h2 *h2)
{
    while (h2->streams) {
        struct stream *stream = h2->streams;
        h2->streams = stream->next;
        free_stream(stream);
    }
}

static bool leaks_place(uint32_t code)
{
    return (code == H2_PROTOCOL_ERROR && knob(KNOB_RESETS_LEAK_SLOT)) ||
           (code == H2_CANCEL && knob(KNOB_EXPIRED_CALLS_LEAK_SLOT)) ||
           (code == H2_REFUSED_STREAM && knob(KNOB_EXCESS_STREAMS_LEAK_SLOT));
}

void stream_error(struct h2 *h2, struct stream *stream, uint32_t code)
{
    if (h2->closing || stream->we_reset)
        return;
    if (knob(KNOB_STREAM_ERRORS_KILL)) {
        connection_error(h2, code);
        return;
    }
    stream->we_reset = true;
    h2->leaked_places += leaks_place(code);
    if (!knob(KNOB_WRONG_LENGTH_NOT_CREDITED))
        credit(h2, NULL, stream->raw.len);
    close_stream_silently(stream);
    if (knob(KNOB_IGNORES_STREAM_ERRORS))
        return;
    if (knob(KNOB_WRONG_RESET_CODE))
        code = code == H2_INTERNAL_ERROR ? H2_PROTOCOL_ERROR : H2_INTERNAL_ERROR;
    put_rst_stream(h2, stream->id, code);
    if (knob(KNOB_STREAM_ERRORS_SPREAD))
        for (struct stream *each = h2->streams; each; each = each->next)
            if (!each->local_closed)
                stream_error(h2, each, code);
}

static void credit_connection(struct h2 *h2, size_t octets)
{
    size_t kept = h2->uncredited < octets ? h2->uncredited : octets;
    bool small = octets < 1024 && knob(KNOB_SMALL_DATA_NOT_CREDITED);
    h2->uncredited -= kept;
    octets -= kept;
    if (knob(KNOB_NEVER_CREDITS_CONNECTION) || small || octets == 0)
        return;
    h2->receive_window += (int64_t)octets;
    put_window_update(h2, 0, (uint32_t)octets);
}

void credit(struct h2 *h2, struct stream *stream, size_t octets)
{
    if (octets == 0)
        return;
    if (knob(KNOB_NO_CREDIT_FOR_CLOSED) && !stream)
        return;
    if (knob(KNOB_SENDS_INCREMENT_ZERO))
        put_window_update(h2, 0, 0);
    if (knob(KNOB_NO_CREDIT_AFTER_GOAWAY) && h2->they_go_away)
        return;
    credit_connection(h2, octets);
    if (!stream || stream->remote_closed || stream->we_reset || knob(KNOB_NEVER_CREDITS_STREAM) ||
        (stream->before_lower_window && knob(KNOB_LOWER_WINDOW_STALLS)) ||
        (!h2->acknowledged && knob(KNOB_LOWER_WINDOW_AT_ONCE)))
        return;
    stream->receive_window += (int64_t)octets;
    put_window_update(h2, stream->id, (uint32_t)octets);
}

/* ---- the pump ---- */

static size_t allowed(const struct h2 *h2, const struct stream *stream)
{
    int64_t room = h2->max_frame_size;
    if (knob(KNOB_IGNORES_MAX_FRAME_SIZE))
        room = 60000;
    if (stream->send_window < room && !knob(KNOB_IGNORES_STREAM_WINDOW))
        room = stream->send_window;
    if (h2->send_window < room && !knob(KNOB_IGNORES_CONNECTION_WINDOW))
        room = h2->send_window;
    return room > 0 ? (size_t)room : 0;
}

static bool send_some(struct h2 *h2, struct stream *stream)
{
    size_t n = allowed(h2, stream);
    n = n < stream->pending.len ? n : stream->pending.len;
    if (n == 0 || stream->local_closed)
        return false;
    bool last = n == stream->pending.len && stream->trailers_due && knob(KNOB_ENDS_ON_DATA);
    size_t in_frame = knob(KNOB_FRAME_LENGTH_IN_16_BITS) ? n & 0xffff : n;
    put_frame(h2, FRAME_DATA, last ? FLAG_END_STREAM : 0, stream->id,
              bytes_first(buf_view(&stream->pending), in_frame));
    stream->frame_was_full = n == h2->max_frame_size;
    buf_consume(&stream->pending, n);
    stream->send_window -= (int64_t)n;
    h2->send_window -= (int64_t)n;
    if (last) {
        stream->trailers_due = false;
        stream->local_closed = true;
    }
    return true;
}

static bool trailers_may_go(const struct h2 *h2, const struct stream *stream)
{
    if (!stream->trailers_due || stream->pending.len > 0)
        return false;
    if (stream->frame_was_full && knob(KNOB_FULL_FRAME_HIDES_END))
        return false;
    return !knob(KNOB_TRAILERS_WAIT_FOR_WINDOW) || (stream->send_window > 0 && h2->send_window > 0);
}

void pump(struct h2 *h2)
{
    bool progress = !h2->stuck && !h2->closing;
    while (progress) {
        progress = false;
        for (struct stream *stream = h2->streams; stream; stream = stream->next) {
            if (stream->pending.len > 0)
                progress |= send_some(h2, stream);
            if (stream->pending.len > 0 && knob(KNOB_STARVES_STREAMS))
                break;
        }
    }
    for (struct stream *stream = h2->streams; stream; stream = stream->next) {
        if (stream->pending.len > 0 && knob(KNOB_STARVES_STREAMS))
            return;
        if (trailers_may_go(h2, stream) && !h2->stuck)
            send_trailers_now(h2, stream);
        if (stream->raw.len > 0 && stream->pending.len < MOST_UNREAD_REPLIES)
            take_messages(h2, stream);
    }
}
