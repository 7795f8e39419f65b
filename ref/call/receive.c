/* SPDX-License-Identifier: MIT
 *
 * What arrives, step by step through the receiving table, and what the application is told of it: messages are cut
 * out only when somebody wants them, so what nobody reads stays in the window. */
#include "call/call.h"
#include "codec/codec.h"

#include <stdio.h>

/* ---- What arrives ---------------------------------------------------------------------------- */

/* Step the table; what breaks the grammar fails the call. */
static enum receiving_action step(struct gr_call *call, enum receiving_input input)
{
    struct receiving_step s = receiving_step(call->role, call->receiving, input);

    if (s.action == DO_VIOLATION)
        call_fail(call, GR_STATUS_INTERNAL,
                  "the peer broke the order of headers, messages and trailers");
    else
        call->receiving = s.next;
    return s.action;
}

void call_headers(struct gr_call *call, const struct field *fields, size_t count, bool end_stream,
                  bool too_large)
{
    switch (step(call, end_stream ? IN_FINAL_HEADERS : IN_HEADERS)) {
    case DO_BEGIN:
        if (call->role == ROLE_SERVER)
            call_begin_request(call, fields, count, too_large);
        else
            call_begin_response(call, fields, count, too_large);
        break;
    case DO_FINISH:
        call_finish_response(call, fields, count, too_large);
        break;
    default:
        break;
    }
    call_touch(call);
}

static bool has_backlog(const struct gr_call *call)
{
    return call->backlog_used < call->backlog.len;
}

static void take_data(struct gr_call *call, struct bytes data)
{
    if (!has_backlog(call)) {
        call->piece = data;
        return;
    }
    buf_put(&call->backlog, data);
    if (call->backlog.failed)
        call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "out of memory");
}

void call_data(struct gr_call *call, struct bytes data, bool end_stream)
{
    if (data.len && step(call, IN_DATA) == DO_DEFRAME)
        take_data(call, data);
    if (end_stream && step(call, IN_END) == DO_CUT_OFF) {
        call->result.status = GR_STATUS_INTERNAL;
        call->result.message = BYTES("the server ended the stream without trailers");
    }
    call_touch(call);
}

void call_keep(struct gr_call *call)
{
    if (!has_backlog(call)) {
        buf_reset(&call->backlog);
        call->backlog_used = 0;
    }
    if (call->piece.len == 0)
        return;
    buf_put(&call->backlog, call->piece);
    call->piece = NO_BYTES;
    if (call->backlog.failed)
        call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "out of memory");
}

size_t call_take_credit(struct gr_call *call)
{
    size_t credit = call->taken;

    call->taken = 0;
    return credit;
}

/* ---- One message ----------------------------------------------------------------------------- */

static enum gr_deframed deframe(struct gr_call *call, struct gr_message *message)
{
    struct bytes rest = bytes_skip(buf_view(&call->backlog), call->backlog_used);
    struct bytes *source = rest.len ? &rest : &call->piece;
    size_t before = source->len;
    enum gr_deframed result = gr_deframer_next(&call->deframer, source, message);

    call->taken += before - source->len;
    if (source == &rest)
        call->backlog_used = call->backlog.len - rest.len;
    return result;
}

/* With the numbers, if the length is known. */
static void fail_too_large(struct gr_call *call, size_t len)
{
    char why[96] = "a message is larger than the limit";

    if (len > call->max_message)
        snprintf(why, sizeof(why), "a message of %zu octets is larger than the limit of %zu", len,
                 call->max_message);
    call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, why);
}

static void fail_framing(struct gr_call *call, enum gr_deframed why)
{
    if (why == GR_DEFRAMED_BAD_FLAG)
        call_fail(call, GR_STATUS_INTERNAL, "a message's flag is neither 0 nor 1");
    else if (why == GR_DEFRAMED_TOO_LARGE)
        fail_too_large(call, gr_deframer_length(&call->deframer));
    else
        call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "out of memory");
}

/* compression.md: a message may be compressed only as its stream's grpc-encoding says. */
static bool inflate(struct gr_call *call, struct bytes *payload)
{
    struct call_host *host = call->host;
    int error;

    if (call->peer_encoding == GR_IDENTITY || call->peer_encoding_unknown) {
        call_fail(call, GR_STATUS_INTERNAL,
                  "a compressed message without a grpc-encoding to match");
        return false;
    }
    buf_reset(host->scratch);
    error = gr_decompress(host->codec, call->peer_encoding, *payload, call->max_message,
                          host->scratch);
    if (error == GR_INVALID)
        call_fail(call, GR_STATUS_INTERNAL, "a compressed message is corrupt");
    else if (error == GR_TOO_LARGE)
        fail_too_large(call, 0);
    else if (error)
        call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "out of memory");
    *payload = buf_view(host->scratch);
    return error == 0;
}

static void *decode(struct gr_call *call, struct bytes payload)
{
    const struct gr_method *method = call->method;
    void *message = NULL;
    int error;

    gr_arena_reset(&call->message_arena);
    error = gr_decode(call->codec, call->role == ROLE_SERVER ? method->request : method->reply,
                      payload, &call->message_arena, &message);
    if (error == GR_NOMEM)
        call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "out of memory");
    else if (error)
        call_fail(call, GR_STATUS_INTERNAL, "a message cannot be decoded");
    return message;
}

/* May the peer send more than one message? */
static bool peer_streams(const struct gr_call *call)
{
    return call->role == ROLE_SERVER ? call->method->client_streams : call->method->server_streams;
}

/* Cut out and decode the next message; NULL: there is none, or the call has failed. */
static void *next_message(struct gr_call *call)
{
    struct gr_message framed;
    enum gr_deframed result = GR_DEFRAMED_NONE;

    while ((has_backlog(call) || call->piece.len) && result == GR_DEFRAMED_NONE)
        result = deframe(call, &framed);
    if (result == GR_DEFRAMED_NONE)
        return NULL;
    if (result != GR_DEFRAMED_MESSAGE) {
        fail_framing(call, result);
        return NULL;
    }
    call->messages_received++;
    if (call->messages_received > 1 && !peer_streams(call)) {
        call_fail(call, GR_STATUS_UNIMPLEMENTED, "more than one message where there must be one");
        return NULL;
    }
    call->message_compressed = framed.compressed;
    if (framed.compressed && !inflate(call, &framed.payload))
        return NULL;
    return decode(call, framed.payload);
}

/* ---- Events ---------------------------------------------------------------------------------- */

bool call_input_drained(const struct gr_call *call)
{
    return !has_backlog(call) && call->piece.len == 0;
}

/* The peer has said everything, and all of it has been looked at: was it a whole number of messages, and the right
 * number? (statuscodes.md: the wrong number is UNIMPLEMENTED.) */
static void judge_complete(struct gr_call *call)
{
    bool fine = call->role == ROLE_SERVER || call->result.status == GR_STATUS_OK;

    if (fine && !gr_deframer_at_boundary(&call->deframer))
        call_fail(call, GR_STATUS_INTERNAL, "the stream ends inside a message");
    else if (fine && !peer_streams(call) && call->messages_received == 0)
        call_fail(call, GR_STATUS_UNIMPLEMENTED, "no message where there must be one");
}

static void end_response(struct gr_call *call)
{
    struct gr_result result = call->result;

    if (call->ended)
        return;
    call_drop_out(call);
    call_end(call, result.status, NO_BYTES);
    call->result = result;
    call->sending = MUTE;
}

/* A server's message that must be the only one is handed over when it is known to be. */
static bool held_message(struct gr_call *call, const void **message)
{
    if (call->role == ROLE_CLIENT || call->told_message || !call->message ||
        call->receiving != COMPLETE)
        return false;
    call->told_message = true;
    *message = call->message;
    return true;
}

static bool fresh_message(struct gr_call *call, const void **message)
{
    void *decoded;

    while (call->reading != READING_NONE && (decoded = next_message(call))) {
        if (call->role == ROLE_SERVER && !peer_streams(call)) {
            call->message = decoded;
            continue;
        }
        if (call->reading == READING_DROP)
            continue;
        if (call->reading == READING_ONE)
            call->reading = READING_NONE;
        *message = decoded;
        return true;
    }
    return false;
}

static bool tell_once(bool due, bool *told)
{
    bool now = due && !*told;

    *told = *told || due;
    return now;
}

/* What the input side has to tell; may end the call on the way. */
static bool next_of_input(struct gr_call *call, enum gr_event *event, const void **message)
{
    *event = GR_EVENT_MESSAGE;
    if (fresh_message(call, message))
        return true;
    if (call->receiving != COMPLETE || !call_input_drained(call) || call->told_half_closed)
        return false;
    if (!call->told_message)
        judge_complete(call);
    if (call->ended)
        return false;
    if (held_message(call, message))
        return true;
    call->told_half_closed = true;
    *event = GR_EVENT_HALF_CLOSED;
    if (call->role == ROLE_SERVER)
        return true;
    end_response(call);
    return false;
}

/* A server's application does not know the call before its headers; a client's has made it, and may have much to send
 * before the first answer. */
static bool next_of_output(struct gr_call *call, enum gr_event *event)
{
    if (!call->began && call->role == ROLE_SERVER)
        return false;
    if (call->alarm_due) {
        call->alarm_due = false;
        *event = GR_EVENT_TIMER;
        return true;
    }
    if (call->writable_due) {
        call->writable_due = false;
        *event = GR_EVENT_WRITABLE;
        return call->sending == OPEN;
    }
    return false;
}

bool call_next(struct gr_call *call, enum gr_event *event, const void **message)
{
    *message = NULL;
    if (call->told_ended)
        return false;
    if (tell_once(call->began, &call->told_began)) {
        *event = GR_EVENT_BEGAN;
        return true;
    }
    if (!call->ended && next_of_output(call, event))
        return true;
    if (!call->ended && call->method && next_of_input(call, event, message))
        return true;
    *event = GR_EVENT_ENDED;
    return tell_once(call->ended, &call->told_ended) &&
           (call->role == ROLE_CLIENT || call->told_began);
}
