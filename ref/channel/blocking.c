/* SPDX-License-Identifier: MIT
 *
 * The client that waits: each of these turns the loop until what it wants is here. */
#include "base/contract.h"
#include "channel/io.h"

/* Turn the loop once. returns false when nothing can come any more */
static bool turn(struct gr_call *call)
{
    struct gr_channel *channel = call->owner;

    if (!channel_is_busy(channel))
        return gr_loop_turn(channel->loop, TIME_NEVER);
    call_fail(call, GR_STATUS_INTERNAL, "a callback cannot wait for a call on its own loop");
    return false;
}

#define MUST_BE_OURS(call)                                                                         \
    CONTRACT((call)->role == ROLE_CLIENT,                                                          \
             "only a client may wait for a call; a server is told of it")

/* A call that failed here (its deadline, a cancellation) is reset, and nobody may turn the loop for long: tell the
 * server now. */
static void say_goodbye(struct gr_call *call)
{
    struct gr_channel *channel = call->owner;

    if (call->told_ended && call->result.status != GR_STATUS_OK)
        (void)gr_loop_turn(channel->loop, 0);
}

/* What is here already costs no turn; to whom it is told here, this is one. */
static void look(struct gr_call *call)
{
    struct gr_channel *channel = call->owner;
    bool within = channel_io_begin_turn(channel->io);

    call_touch(call);
    channel_dispatch(channel, NULL);
    channel_io_end_turn(channel->io, within);
}

int gr_recv(struct gr_call *call, const void **message)
{
    MUST_BE_OURS(call);
    *message = NULL;
    if (!call->received) {
        call->reading = READING_ONE;
        look(call);
    }
    while (!call->received && !call->told_ended && turn(call))
        ;
    *message = call->received;
    call->received = NULL;
    say_goodbye(call);
    return *message != NULL;
}

const struct gr_metadata *gr_wait_headers(struct gr_call *call)
{
    MUST_BE_OURS(call);
    while (!call->told_began && !call->told_ended && turn(call))
        ;
    return call->metadata;
}

const struct gr_result *gr_wait(struct gr_call *call)
{
    MUST_BE_OURS(call);
    call->reading = READING_DROP;
    look(call);
    while (!call->told_ended && turn(call))
        ;
    say_goodbye(call);
    return &call->result;
}

bool gr_wait_writable(struct gr_call *call)
{
    MUST_BE_OURS(call);
    while (!call->ended && !gr_writable(call) && turn(call))
        ;
    return !call->ended;
}

enum gr_channel_state gr_channel_wait(struct gr_channel *channel, enum gr_channel_state from,
                                      int64_t timeout_ns)
{
    gr_time until = clock_add(clock_now_ns(), timeout_ns), now = 0;

    while (channel->state == from && (now = clock_now_ns()) < until)
        if (!gr_loop_turn(channel->loop, until == TIME_NEVER ? TIME_NEVER : until - now))
            break;
    return channel->state;
}

static void send_request(struct gr_call *call, const void *request)
{
    if (gr_send(call, request, GR_SEND_DEFAULT) != 0)
        call_fail(call, GR_STATUS_INTERNAL, "the request cannot be encoded");
    gr_half_close(call);
}

enum gr_status gr_unary(struct gr_channel *channel, const struct gr_method *method,
                        const void *request, const struct gr_call_options *options,
                        const void **reply, struct gr_call **call_out)
{
    struct gr_call *call = gr_call_new(channel, method, options);

    *reply = NULL;
    *call_out = call;
    if (!call)
        return GR_STATUS_RESOURCE_EXHAUSTED;
    call->reading = READING_ALL;
    send_request(call, request);
    look(call);
    while (!call->told_ended && turn(call))
        ;
    say_goodbye(call);
    if (call->result.status == GR_STATUS_OK)
        *reply = call->received;
    return call->result.status;
}
