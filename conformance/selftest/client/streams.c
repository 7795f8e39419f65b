/* SPDX-License-Identifier: MIT
 *
 * Streams of the faulty client: opened, ended, windows in both directions, and the pump that sends what windows
 * allow. */
#include "selftest/client/client.h"

#include <stdlib.h>

struct stream *link_find_stream(struct link *link, uint32_t id)
{
    struct stream *stream = link->streams;
    while (stream && stream->id != id)
        stream = stream->next;
    return stream;
}

size_t link_open_streams(const struct link *link)
{
    size_t open = 0;
    for (const struct stream *stream = link->streams; stream; stream = stream->next)
        open += (!stream->we_reset && (!stream->local_closed || !stream->remote_closed)) ||
                (stream->they_reset && errs(CLIENT_RESETS_KEEP_THEIR_PLACE));
    return open;
}

static uint32_t next_id(struct link *link)
{
    uint32_t id = link->next_id;
    bool again = errs(CLIENT_IDENTIFIERS_OUT_OF_ORDER) && id == 7;
    link->next_id = again ? 3 : id + 2;
    if (id == 0x7fffffff)
        link->next_id = 1;
    if (id > link->highest_id)
        link->highest_id = id;
    return id;
}

bool link_start_stream(struct link *link, struct rpc *rpc)
{
    struct stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return false;
    *stream = (struct stream){
        .id = next_id(link),
        .rpc = rpc,
        .send_window = link->initial_window,
        .receive_window = DEFAULT_WINDOW,
        .content_length = -1,
    };
    struct stream **at = &link->streams;
    while (*at)
        at = &(*at)->next;
    *at = stream;
    rpc->stream = stream;
    rpc->started = true;
    rpc->half_closed = false;
    rpc->sent = errs(CLIENT_RETRIES_WITHOUT_MESSAGES) ? rpc->sent : 0;
    if (stream_put_request(link, stream)) {
        stream_put_messages(link, stream);
        return true;
    }
    stream->local_closed = stream->remote_closed = true;
    stream_forget(stream);
    rpc_end(rpc, CODE_RESOURCE_EXHAUSTED, "the headers are larger than the server takes");
    return false;
}

void stream_forget(struct stream *stream)
{
    if (stream->rpc)
        stream->rpc->stream = NULL;
    stream->rpc = NULL;
    buf_clear(&stream->assembly);
}

void stream_free(struct stream *stream)
{
    stream_forget(stream);
    header_list_clear(&stream->trailers);
    buf_clear(&stream->pending);
    free(stream);
}

void stream_fail(struct link *link, struct stream *stream, uint32_t code, const char *why)
{
    struct rpc *rpc = stream->rpc;
    if (errs(CLIENT_STREAM_ERRORS_KILL)) {
        link_error(link, code);
        return;
    }
    stream_forget(stream);
    buf_clear(&stream->pending);
    if (!(stream->local_closed && stream->remote_closed))
        link_put_reset(link, stream, code);
    if (rpc)
        rpc_end(rpc, errs(CLIENT_STATUS_OF_THE_STACK) ? CODE_DATA_LOSS : CODE_INTERNAL, why);
}

/* ---- the client's windows ---- */

static void give(struct link *link, uint32_t stream, int64_t *window, int64_t *owed)
{
    if (*owed < DEFAULT_WINDOW / 2)
        return;
    link_put_window_update(link, stream, errs(CLIENT_SENDS_INCREMENT_ZERO) ? 0 : (uint32_t)*owed);
    *window += *owed;
    *owed = 0;
}

void stream_give_back(struct link *link, struct stream *stream, size_t octets)
{
    if (errs(CLIENT_STUCK_ON_OVERRUN))
        return;
    if (!errs(CLIENT_NEVER_CREDITS_CONNECTION)) {
        link->owed += (int64_t)octets;
        give(link, 0, &link->receive_window, &link->owed);
    }
    if (!stream || stream->remote_closed || errs(CLIENT_NEVER_CREDITS_STREAM))
        return;
    stream->owed += (int64_t)octets;
    give(link, stream->id, &stream->receive_window, &stream->owed);
}

/* ---- the server's windows ---- */

static size_t allowed(const struct link *link, const struct stream *stream)
{
    int64_t room = link->max_frame_size < 65536 ? link->max_frame_size : 65536;
    if (errs(CLIENT_IGNORES_MAX_FRAME_SIZE))
        room = 20000;
    if (stream->send_window < room && !errs(CLIENT_IGNORES_STREAM_WINDOW))
        room = stream->send_window;
    if (link->send_window < room && !errs(CLIENT_IGNORES_CONNECTION_WINDOW))
        room = link->send_window;
    return room > 0 ? (size_t)room : 0;
}

static void put_data(struct link *link, struct stream *stream, size_t n, bool ends)
{
    link_put_frame(link, FRAME_DATA, ends ? FLAG_END_STREAM : 0, stream->id,
                   bytes_first(buf_view(&stream->pending), n));
    buf_consume(&stream->pending, n);
    stream->send_window -= (int64_t)n;
    link->send_window -= (int64_t)n;
    stream->local_closed = ends;
    stream->data_sent += n;
    if (ends && errs(CLIENT_SENDS_AFTER_END))
        link_put_frame(link, FRAME_DATA, 0, stream->id, BYTES("\0\0\0\0\0"));
}

/* returns whether anything was sent */
static bool send_some(struct link *link, struct stream *stream)
{
    size_t n = allowed(link, stream);
    n = n < stream->pending.len ? n : stream->pending.len;
    bool all = n == stream->pending.len;
    bool end = all && stream->end_due && !errs(CLIENT_NEVER_HALF_CLOSES);
    bool stalled = errs(CLIENT_STALLS_AFTER_A_FRAME) && stream->data_sent >= DEFAULT_MAX_FRAME_SIZE;
    if (stream->local_closed || stalled || (n == 0 && !end))
        return false;
    if (end && errs(CLIENT_END_WAITS_FOR_WINDOW)) {
        if (n > 0)
            put_data(link, stream, n, false);
        if (allowed(link, stream) == 0)
            return n > 0;
        n = 0;
    }
    put_data(link, stream, n, end);
    return true;
}

/* Trailers of a request, which no gRPC client sends: knobs. */
static bool ends_with_block(struct link *link, struct stream *stream)
{
    struct buf block = {0};
    bool pseudo = errs(CLIENT_PSEUDO_IN_TRAILERS), middle = errs(CLIENT_MIDDLE_BLOCK);
    if (!stream->end_due || stream->pending.len > 0 || stream->local_closed || !(pseudo || middle))
        return false;
    const struct field field = pseudo ? FIELD(":path", "/late") : FIELD("x-middle", "1");
    hpack_put_literal(&block, LITERAL_NOT_INDEXED, field.name, field.value);
    link_put_frame(link, FRAME_HEADERS, FLAG_END_HEADERS | (pseudo ? FLAG_END_STREAM : 0),
                   stream->id, buf_view(&block));
    buf_clear(&block);
    stream->local_closed = pseudo;
    return pseudo;
}

void link_pump(struct link *link)
{
    bool progress = !link->closing && !link->dropped;
    while (progress) {
        progress = false;
        for (struct stream *stream = link->streams; stream; stream = stream->next) {
            if (stream->local_closed)
                continue;
            if (!ends_with_block(link, stream))
                progress |= send_some(link, stream);
            if (stream->pending.len > 0 && errs(CLIENT_BLOCKED_STREAM_BLOCKS_ALL))
                break;
        }
        if (errs(CLIENT_MIDDLE_BLOCK) || link->out.len > (1u << 20))
            break;
    }
}
