/* SPDX-License-Identifier: MIT
 *
 * What the application sends: headers, messages, its status. All of it only queues; the owner of the stream takes
 * it with call_read_out and the header lists of fields.c. */
#include "base/contract.h"
#include "call/call.h"
#include "codec/codec.h"
#include "codec/metadata.h"

#define RETRY_BUFFER                                                                               \
    (256u << 10) /* octets that a client keeps in case the server has not touched the call */

/* Take what the sending table says. returns the action; the state has changed */
static enum sending_action step(struct gr_call *call, enum sending_input input)
{
    struct sending_step s = sending_step(call->role, call->sending, input);

    if (s.action != DO_REFUSE)
        call->sending = s.next;
    call->with_headers = call->with_headers || call->sending == OPEN;
    return s.action;
}

int call_send_headers(struct gr_call *call)
{
    if (step(call, OUT_HEADERS) == DO_REFUSE)
        return GR_CLOSED;
    call_touch(call);
    return 0;
}

void call_finish_sending(struct gr_call *call)
{
    if (step(call, OUT_FINISH) != DO_REFUSE)
        call_touch(call);
}

static const struct ProtobufCMessageDescriptor *type_out(const struct gr_call *call)
{
    return call->role == ROLE_CLIENT ? call->method->request : call->method->reply;
}

/* Encode as the call compresses: through the host's scratch buffer. */
static int put_compressed(struct gr_call *call, const void *message, struct buf *out)
{
    struct call_host *host = call->host;
    int error;

    buf_reset(host->scratch);
    error = gr_encode(call->codec, type_out(call), message, host->scratch);
    if (error)
        return error;
    return gr_compress(host->codec, call->compression, buf_view(host->scratch), out);
}

/* Behind what is in `out` already; on failure that may be followed by anything. */
static int put_message(struct gr_call *call, const void *message, bool compressed, size_t len,
                       struct buf *out)
{
    size_t start = out->len;
    int error;

    if (!buf_reserve(out, GR_PREFIX_LEN + len))
        return GR_NOMEM;
    out->len += GR_PREFIX_LEN;
    error = compressed ? put_compressed(call, message, out)
                       : gr_encode_sized(call->codec, type_out(call), message, len, out);
    if (error)
        return error;
    len = out->len - start - GR_PREFIX_LEN;
    gr_prefix_write(out->data + start, compressed, (uint32_t)len);
    return len > UINT32_MAX ? GR_TOO_LARGE : 0;
}

int call_queue_message(struct gr_call *call, const void *message, int flags)
{
    bool compressed = call->compression != GR_IDENTITY && !(flags & GR_SEND_UNCOMPRESSED);
    size_t len = 0, start;
    struct buf *out;
    int error = 0;

    if (!compressed)
        error = gr_encoded_size(call->codec, type_out(call), message, &len);
    if (error)
        return error;
    out = outbox_open(&call->outbox, call->host->spare, GR_PREFIX_LEN + len);
    if (!out)
        return GR_NOMEM;
    start = out->len;
    error = put_message(call, message, compressed, len, out);
    if (error) { /* what is queued is whole; only this message is refused */
        out->len = start;
        out->failed = false;
    }
    outbox_close(&call->outbox, out->len - start);
    return error;
}

int gr_send(struct gr_call *call, const void *message, int flags)
{
    struct sending_step s = sending_step(call->role, call->sending, OUT_MESSAGE);
    int error;

    if (s.action == DO_REFUSE || call->ended)
        return GR_CLOSED;
    if (call->layers_begun && !layers_let_out(call, message))
        return GR_CLOSED;
    error = call_queue_message(call, message, flags);
    if (error)
        return error;
    step(call, OUT_MESSAGE);
    if (call->keep_out && outbox_size(&call->outbox) > RETRY_BUFFER)
        call->keep_out =
            false; /* too much to send twice: this attempt is the one (GRPC-RETRY-018) */
    call_touch(call);
    return 0;
}

bool gr_writable(const struct gr_call *call)
{
    bool writable = call_out_waiting(call) <= call->send_buffer;

    if (!writable)
        ((struct gr_call *)(uintptr_t)call)->blocked = true; /* a promise of GR_EVENT_WRITABLE */
    return writable;
}

struct bytes call_peek_out(const struct gr_call *call, size_t room)
{
    return outbox_peek(&call->outbox, room);
}

static void take(struct gr_call *call, size_t n)
{
    outbox_take(&call->outbox, n, call->keep_out);
    if (call->blocked && call_out_waiting(call) <= call->send_buffer) {
        call->blocked = false;
        call->writable_due = true;
        call_touch(call);
    }
}

struct shared *call_take_out(struct gr_call *call, size_t n)
{
    struct shared *holder = shared_hold(call->outbox.at);

    take(call, n);
    return holder;
}

size_t call_read_out(struct gr_call *call, uint8_t *to, size_t room)
{
    size_t len = 0;

    for (struct bytes some; (some = call_peek_out(call, room - len)).len; take(call, some.len)) {
        memcpy(to + len, some.data, some.len);
        len += some.len;
    }
    return len;
}

/* ---- The server's application ---------------------------------------------------------------- */

static int add_entry(struct gr_metadata **list, const char *key, struct bytes value)
{
    if (!*list)
        *list = gr_metadata_new();
    if (!*list)
        return GR_NOMEM;
    return gr_metadata_add(*list, key, value);
}

int gr_add_header(struct gr_call *call, const char *key, struct bytes value)
{
    if (call->sending != UNSENT || call->ended)
        return GR_CLOSED;
    return add_entry(&call->headers_out, key, value);
}

int gr_add_trailer(struct gr_call *call, const char *key, struct bytes value)
{
    if (call->sending == FINISHED || call->sending == MUTE || call->ended)
        return GR_CLOSED;
    return add_entry(&call->trailers_out, key, value);
}

int gr_send_headers(struct gr_call *call)
{
    return call->ended ? GR_CLOSED : call_send_headers(call);
}

int gr_set_compression(struct gr_call *call, enum gr_compression compression)
{
    if (call->sending != UNSENT || call->ended)
        return GR_CLOSED;
    call->compression = gr_compression_available(compression) &&
                                call->peer_accepts & (1u << compression)
                            ? compression
                            : GR_IDENTITY;
    return 0;
}

int gr_set_status_message(struct gr_call *call, struct bytes message)
{
    return gr_arena_copy(&call->arena, message, &call->status_message) ? 0 : GR_NOMEM;
}

int gr_set_status_details(struct gr_call *call, struct bytes details)
{
    return gr_arena_copy(&call->arena, details, &call->status_details) ? 0 : GR_NOMEM;
}

/* A status that is none says that something has failed, and not what (GRPC-STAT-020). */
static enum gr_status valid(enum gr_status status)
{
    return status <= GR_STATUS_UNAUTHENTICATED ? status : GR_STATUS_UNKNOWN;
}

void gr_finish(struct gr_call *call, enum gr_status status)
{
    CONTRACT(call->role == ROLE_SERVER, "a client's call is ended by gr_cancel");
    if (call->later) { /* whose reply, and memory, gr_finish_unary knows of */
        gr_finish_unary(call, status);
        return;
    }
    if (call->ended || call->sending == FINISHED || call->sending == MUTE)
        return;
    status = valid(status);
    if (call->layers_begun)
        status = layers_finish(call, status);
    if (call->sending == UNSENT && gr_metadata_count(call->headers_out)) {
        /* What the application calls headers must not arrive as trailers: no Trailers-Only. */
        step(call, OUT_HEADERS);
    }
    call->result.status = status;
    call->receiving = DEAF;
    call->piece = NO_BYTES;
    call_finish_sending(call);
}

void gr_finish_unary(struct gr_call *call, enum gr_status status)
{
    if (!call->later)
        return;
    call_not_later(call);
    if (status == GR_STATUS_OK && !call->ended &&
        gr_send(call, call->reply, GR_SEND_DEFAULT) != 0 && call->sending != FINISHED)
        call_fail(call, GR_STATUS_INTERNAL, "the reply cannot be encoded");
    gr_finish(call, status);
    call_touch(call);
}

/* ---- The client's application ---------------------------------------------------------------- */

void gr_half_close(struct gr_call *call)
{
    CONTRACT(call->role == ROLE_CLIENT, "a server's call is ended by gr_finish");
    call_finish_sending(call);
}
