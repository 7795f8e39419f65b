/* SPDX-License-Identifier: MIT
 *
 * How a call ends: by what the peer said, by the application, by a failure noticed here, or with its stream. */
#include "call/call.h"
#include "codec/status.h"

#define H2_CANCEL 0x8 /* RFC 9113 section 7 */

void call_want_reset(struct gr_call *call, uint32_t h2_error)
{
    if (call->reset_wanted)
        return;
    call->reset_wanted = true;
    call->reset_code = h2_error;
    call_touch(call);
}

void call_drop_out(struct gr_call *call)
{
    outbox_reset(&call->outbox);
}

static void set_result(struct gr_call *call, enum gr_status status, struct bytes message)
{
    call->result.status = status;
    call->result.details = NO_BYTES;
    if (!gr_arena_copy(&call->arena, message, &call->result.message))
        call->result.message = NO_BYTES;
}

void call_end(struct gr_call *call, enum gr_status status, struct bytes message)
{
    if (call->ended)
        return;
    set_result(call, status, message);
    call->ended = true;
    call->receiving = DEAF;
    call->piece = NO_BYTES;
    buf_reset(&call->backlog);
    call->backlog_used = 0;
    timers_stop(call->host->timers, &call->deadline_timer);
    timers_stop(call->host->timers, &call->alarm);
    call_touch(call);
}

/* A completed error is trailers; only a message cut in the middle needs RST_STREAM (GRPC-CANCEL-007). */
static void fail_server(struct gr_call *call, enum gr_status status, const char *message)
{
    bool whole = outbox_at_boundary(&call->outbox);

    call_drop_out(call);
    call_end(call, status, bytes_str(message));
    call->status_message = call->result.message;
    call->status_details = NO_BYTES;
    if (whole)
        call_finish_sending(call);
    else
        call_want_reset(call, H2_CANCEL);
    call->sending = call->sending == FINISHED ? FINISHED : MUTE;
}

void call_fail(struct gr_call *call, enum gr_status status, const char *message)
{
    if (call->ended || (call->role == ROLE_SERVER && call->submitted_end))
        return;
    if (call->role == ROLE_SERVER) {
        fail_server(call, status, message);
        return;
    }
    call_drop_out(call);
    call_end(call, status, bytes_str(message));
    call->sending = MUTE;
    call_want_reset(call, H2_CANCEL);
}

void gr_cancel(struct gr_call *call)
{
    if (call->ended)
        return;
    call_drop_out(call);
    call_end(call, GR_STATUS_CANCELLED, BYTES("cancelled here"));
    call->sending = MUTE;
    call_want_reset(call, H2_CANCEL);
}

static void abort_call(struct gr_call *call, enum gr_status status, const char *message)
{
    call_drop_out(call);
    call_end(call, status, bytes_str(message));
    call->sending = MUTE;
}

void call_reset(struct gr_call *call, uint32_t h2_error)
{
    struct receiving_step step = receiving_step(call->role, call->receiving, IN_RESET);

    if (step.action != DO_ABORT)
        return;
    if (call->role == ROLE_SERVER)
        abort_call(call, GR_STATUS_CANCELLED, "the client reset the stream");
    else if (host_now(call->host) >=
             call->deadline) /* the server's clock was a little faster (GRPC-DL-009) */
        abort_call(call, GR_STATUS_DEADLINE_EXCEEDED, "the deadline has passed");
    else
        abort_call(call, gr_status_of_h2_error(h2_error), "the server reset the stream");
}

void call_lost(struct gr_call *call, const char *reason)
{
    struct receiving_step step = receiving_step(call->role, call->receiving, IN_LOST);

    if (step.action != DO_LOSE)
        return;
    abort_call(call, call->role == ROLE_SERVER ? GR_STATUS_CANCELLED : GR_STATUS_UNAVAILABLE,
               reason);
}

void call_stream_done(struct gr_call *call)
{
    call_end(call, call->result.status, call->status_message);
}
