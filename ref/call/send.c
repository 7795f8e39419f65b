/* SPDX-License-Identifier: MIT
 *
 * What the application sends: headers, messages, its status. All of it only queues; the owner of the stream takes
 * it with call_read_out and the header lists of fields.c. */
#include "call/call.h"
#include "codec/codec.h"
#include "codec/metadata.h"

#include <assert.h>

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

static int pack(struct gr_call *call, const void *message, struct buf *out)
{
    const struct gr_method *method = call->method;

    return gr_encode(call->codec, call->role == ROLE_CLIENT ? method->request : method->reply,
                     message, out);
}

/* Encode as the call compresses: through the host's scratch buffer. */
static int pack_compressed(struct gr_call *call, const void *message)
{
    struct call_host *host = call->host;
    int error;

    buf_reset(host->scratch);
    error = pack(call, message, host->scratch);
    if (error)
        return error;
    return gr_compress(host->codec, call->compression, buf_view(host->scratch), &call->out);
}

int call_queue_message(struct gr_call *call, const void *message, int flags)
{
    bool compressed = call->compression != GR_IDENTITY && !(flags & GR_SEND_UNCOMPRESSED);
    size_t start = call->out.len;
    int error;

    if (!buf_reserve(&call->out, GR_PREFIX_LEN)) {
        call->out.failed = false; /* what is queued is whole; only this message is refused */
        return GR_NOMEM;
    }
    call->out.len += GR_PREFIX_LEN;
    error = compressed ? pack_compressed(call, message) : pack(call, message, &call->out);
    if (!error && call->out.len - start - GR_PREFIX_LEN > UINT32_MAX)
        error = GR_TOO_LARGE;
    if (error) {
        call->out.len = start;
        call->out.failed = false;
        return error;
    }
    gr_prefix_write(call->out.data + start, compressed,
                    (uint32_t)(call->out.len - start - GR_PREFIX_LEN));
    return 0;
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
    if (call->out.len > RETRY_BUFFER)
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

/* Forget what was sent, up to the start of the message in progress: call_fail asks whether it is whole. */
static void forget_sent(struct gr_call *call)
{
    if (call->out_sent == call->out.len) {
        call_drop_out(call);
        return;
    }
    if (call->out_sent < 65536 || call->out_sent < call->out.len / 2)
        return;
    while (call->out_boundary + GR_PREFIX_LEN <= call->out_sent) {
        size_t len = load_u32(call->out.data + call->out_boundary + 1);
        if (call->out_boundary + GR_PREFIX_LEN + len > call->out_sent)
            break;
        call->out_boundary += GR_PREFIX_LEN + len;
    }
    buf_consume(&call->out, call->out_boundary);
    call->out_sent -= call->out_boundary;
    call->out_boundary = 0;
}

size_t call_read_out(struct gr_call *call, uint8_t *to, size_t room, bool *last)
{
    struct bytes some = bytes_first(bytes_skip(buf_view(&call->out), call->out_sent), room);

    if (some.len)
        memcpy(to, some.data, some.len);
    call->out_sent += some.len;
    *last = call->out_sent == call->out.len;
    if (!call->keep_out)
        forget_sent(call);
    if (call->blocked && call_out_waiting(call) <= call->send_buffer) {
        call->blocked = false;
        call->writable_due = true;
        call_touch(call);
    }
    return some.len;
}

/* ---- The server's application ----------------------------------------------------------------------------------- */

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

void gr_finish(struct gr_call *call, enum gr_status status)
{
    if (call->ended || call->sending == FINISHED || call->sending == MUTE)
        return;
    assert(status <= GR_STATUS_UNAUTHENTICATED);
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

/* ---- The client's application ------------------------------------------------------------------------------------ */

void gr_half_close(struct gr_call *call)
{
    call_finish_sending(call);
}
