/* SPDX-License-Identifier: MIT
 *
 * A call of the faulty client's application: how it goes on, how it ends, deadlines and cancellation. */
#include "selftest/client/client.h"

static bool is_status_error(uint32_t status)
{
    return status != CODE_OK;
}

void rpc_end(struct rpc *rpc, uint32_t status, const char *message)
{
    struct client_result *result = &rpc->result;
    if (rpc->ended)
        return;
    rpc->ended = true;
    if (errs(CLIENT_ALWAYS_OK))
        status = CODE_OK;
    if (errs(CLIENT_NEVER_OK) && status == CODE_OK)
        status = CODE_INTERNAL;
    result->kind = RESULT_REPORTED;
    result->status = status;
    result->has_message = is_status_error(status);
    if (result->message.len == 0 && result->has_message)
        buf_put_str(&result->message, message);
    if (is_status_error(status) && errs(CLIENT_ERRORS_COST_MESSAGES)) {
        buf_clear(&result->payloads);
        result->payload_count = 0;
    }
    if (rpc->stream)
        stream_forget(rpc->stream);
}

static void let_go(struct link *link, struct stream *stream, uint32_t code)
{
    bool over = stream->local_closed && stream->remote_closed;
    buf_clear(&stream->pending);
    if (!over && !errs(CLIENT_NO_RESET))
        link_put_reset(link, stream, code);
    else
        stream->local_closed = true;
}

void rpc_give_up(struct link *link, struct stream *stream, uint32_t status, const char *message)
{
    struct rpc *rpc = stream->rpc;
    let_go(link, stream, H2_CANCEL);
    if (rpc)
        rpc_end(rpc, status, message);
}

void rpc_again(struct rpc *rpc)
{
    bool may = rpc->attempts == 0 || errs(CLIENT_RETRIES_FOR_EVER);
    rpc->stream = NULL;
    rpc->attempts++;
    if (may && !errs(CLIENT_NEVER_RETRIES))
        return;
    rpc_end(rpc, CODE_UNAVAILABLE, "the server refused the call");
}

/* ---- time ---- */

static struct link *link_of(struct channel *channel, const struct stream *stream)
{
    for (struct link *link = channel->links; link; link = link->next)
        for (const struct stream *each = link->streams; each; each = each->next)
            if (each == stream)
                return link;
    return NULL;
}

static void stop(struct channel *channel, struct rpc *rpc, uint32_t status, const char *message)
{
    struct link *link = rpc->stream ? link_of(channel, rpc->stream) : NULL;
    if (link)
        rpc_give_up(link, rpc->stream, status, message);
    else
        rpc_end(rpc, status, message);
}

static void cancel(struct channel *channel, struct rpc *rpc)
{
    struct link *link = rpc->stream ? link_of(channel, rpc->stream) : NULL;
    stop(channel, rpc, errs(CLIENT_CANCEL_IS_UNKNOWN) ? CODE_UNKNOWN : CODE_CANCELLED, "cancelled");
    if (link && errs(CLIENT_CANCEL_KILLS_CONNECTION))
        link_error(link, H2_NO_ERROR);
}

/* A result that a knob holds back. */
static gr_time turn_held(struct rpc *rpc, gr_time now)
{
    struct stream *stream = rpc->stream;
    if (!stream || !stream->held_until)
        return TIME_NEVER;
    if (now < stream->held_until)
        return stream->held_until;
    rpc_end(rpc, CODE_OK, "");
    return TIME_NEVER;
}

bool rpc_is_late(const struct rpc *rpc)
{
    return clock_now_ns() >= rpc->deadline && !errs(CLIENT_DEADLINE_NOT_ENFORCED);
}

void rpc_expire(struct link *link, struct rpc *rpc)
{
    uint32_t status = errs(CLIENT_EXPIRY_IS_CANCELLED) ? CODE_CANCELLED : CODE_DEADLINE_EXCEEDED;
    if (link && rpc->stream)
        rpc_give_up(link, rpc->stream, status, "the deadline has passed");
    else
        rpc_end(rpc, status, "the deadline has passed");
}

/* Its own clock ends the call, or a knob waits for what the server may still say. */
static bool is_expired(const struct channel *channel, const struct rpc *rpc)
{
    bool waits = errs(CLIENT_WAITS_FOR_TRAILERS) || errs(CLIENT_RESET_BEATS_DEADLINE);
    gr_time end = waits && rpc->stream ? clock_add(rpc->deadline, 300 * NS_PER_MS) : rpc->deadline;
    if (!rpc->stream && errs(CLIENT_DEADLINE_NEEDS_A_STREAM))
        return false;
    return channel->now >= end && !errs(CLIENT_DEADLINE_NOT_ENFORCED);
}

gr_time rpc_turn(struct channel *channel, struct rpc *rpc)
{
    gr_time held = turn_held(rpc, channel->now);
    if (!rpc->ended && is_expired(channel, rpc))
        rpc_expire(rpc->stream ? link_of(channel, rpc->stream) : NULL, rpc);
    if (!rpc->ended && channel->now >= rpc->cancel_at)
        cancel(channel, rpc);
    gr_time next = rpc->deadline < rpc->cancel_at ? rpc->deadline : rpc->cancel_at;
    if (next <= channel->now)
        next = channel->now + NS_PER_MS;
    return held < next ? held : next;
}

/* ---- messages ---- */

void rpc_message(struct link *link, struct stream *stream, struct bytes payload)
{
    struct rpc *rpc = stream->rpc;
    struct client_result *result = &rpc->result;
    rpc->taken++;
    if (errs(CLIENT_LOSES_MESSAGES) && rpc->taken % 100 == 0)
        return;
    if (errs(CLIENT_EMPTY_MESSAGES_LOST) && payload.len == 0)
        return;
    if (errs(CLIENT_SWAPS_MESSAGES) && rpc->taken == 2 && result->payload_count == 1) {
        struct buf first = result->payloads;
        result->payloads = (struct buf){0};
        buf_put_u32(&result->payloads, (uint32_t)payload.len);
        buf_put(&result->payloads, payload);
        buf_put(&result->payloads, buf_view(&first));
        buf_clear(&first);
    } else {
        buf_put_u32(&result->payloads, (uint32_t)payload.len);
        buf_put(&result->payloads, payload);
    }
    result->payload_count++;
    if (rpc->call->cancel == CANCEL_AFTER_RESPONSES &&
        result->payload_count >= rpc->call->cancel_after_responses)
        rpc->cancel_at = link->channel->now;
    else
        stream_put_messages(link, stream);
}
