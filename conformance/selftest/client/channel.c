/* SPDX-License-Identifier: MIT
 *
 * A channel: takes the calls it is asked for, gives each a stream, keeps the time, and connects when it must. */
#include "selftest/client/client.h"

#include <poll.h>
#include <stdlib.h>

#define LOOK      (2 * NS_PER_MS)   /* how soon a new call is noticed */
#define IDLE_SPAN (400 * NS_PER_MS) /* an idle connection is closed: after a verdict */
#define MAX_LINKS 16

/* ---- calls ---- */

static void add_rpc(struct channel *channel, const struct client_call *call, size_t index)
{
    struct rpc *rpc = calloc(1, sizeof *rpc);
    if (!rpc)
        return;
    *rpc = (struct rpc){.index = index, .call = call, .begun = channel->now};
    rpc->deadline = call->timeout_ms ? clock_add(channel->now, call->timeout_ms * NS_PER_MS)
                                     : TIME_NEVER;
    rpc->cancel_at = TIME_NEVER;
    struct rpc **link = &channel->rpcs;
    while (*link)
        link = &(*link)->next;
    *link = rpc;
    if (errs(CLIENT_NEVER_CONNECTS))
        rpc_end(rpc, CODE_UNAVAILABLE, "never tried");
    if (errs(CLIENT_DIES))
        channel_die(channel, rpc, "the client was killed by signal 11 (a call)");
}

static void take_calls(struct channel *channel)
{
    size_t index;
    const struct client_call *call;
    while (!channel->dead && (call = channel->source->next(channel->source->arg, &index)))
        add_rpc(channel, call, index);
}

static void report(struct channel *channel, struct rpc *rpc)
{
    if (!errs(CLIENT_HANGS))
        channel->source->report(channel->source->arg, rpc->index, &rpc->result);
    client_result_clear(&rpc->result);
    free(rpc);
}

static void report_ended(struct channel *channel)
{
    struct rpc **at = &channel->rpcs;
    while (*at) {
        struct rpc *rpc = *at;
        if (!rpc->ended) {
            at = &rpc->next;
            continue;
        }
        *at = rpc->next;
        report(channel, rpc);
    }
}

void channel_die(struct channel *channel, struct rpc *rpc, const char *how)
{
    struct client_result result = {.kind = RESULT_DIED};
    buf_put_str(&result.how, how);
    while (rpc && rpc->ended)
        rpc = rpc->next;
    if (rpc)
        channel->source->report(channel->source->arg, rpc->index, &result);
    client_result_clear(&result);
    channel->dead = true;
    for (struct link *link = channel->links; link; link = link->next)
        link->dropped = true;
}

/* ---- links ---- */

static void fail_waiting(struct channel *channel, const char *why)
{
    for (struct rpc *rpc = channel->rpcs; rpc; rpc = rpc->next)
        if (!rpc->ended && !rpc->stream && !errs(CLIENT_WAITS_FOR_EVER))
            rpc_end(rpc, errs(CLIENT_FAILS_CONNECTING_WITH_OK) ? CODE_OK : CODE_UNAVAILABLE, why);
}

static bool somebody_waits(const struct channel *channel)
{
    for (const struct rpc *rpc = channel->rpcs; rpc; rpc = rpc->next)
        if (!rpc->ended && !rpc->stream)
            return true;
    return false;
}

static struct link *link_for_calls(struct channel *channel)
{
    for (struct link *link = channel->links; link; link = link->next)
        if (link_is_usable(link) && !(errs(CLIENT_CONNECTION_FOR_EACH) && link->streams))
            return link;
    if (!somebody_waits(channel))
        return NULL;
    struct link *link = link_open(channel);
    if (!link) {
        fail_waiting(channel, "cannot connect");
        return NULL;
    }
    link->next = channel->links;
    channel->links = link;
    if (errs(CLIENT_IMPATIENT))
        channel->give_up_at = channel->now + 50 * NS_PER_MS;
    return link;
}

static bool may_start(const struct link *link)
{
    bool ready = link->settings_seen && !link->closing;
    if (errs(CLIENT_WAITS_FOR_SETTINGS_ACK))
        ready = ready && link->acknowledged;
    if (errs(CLIENT_HEADERS_WAIT_FOR_WINDOW))
        ready = ready && link->initial_window > 0;
    return ready;
}

static bool has_room(const struct link *link)
{
    size_t open = link_open_streams(link);
    if (errs(CLIENT_OPEN_STREAMS_NOT_COUNTED))
        open = open > link->uncounted ? open - link->uncounted : 0;
    return open < link->max_streams || errs(CLIENT_IGNORES_MAX_STREAMS);
}

static void start_calls(struct channel *channel, struct link *link)
{
    for (struct rpc *rpc = channel->rpcs; rpc && may_start(link); rpc = rpc->next) {
        if (rpc->ended || rpc->stream)
            continue;
        if (errs(CLIENT_RAISED_LIMIT_STARTS_NOTHING) && link->settings_in > 1 && !rpc->started)
            continue;
        if (!has_room(link)) {
            rpc->forgotten = errs(CLIENT_QUEUED_CALLS_FORGOTTEN);
            return;
        }
        if (rpc->forgotten)
            continue;
        (void)link_start_stream(link, rpc);
    }
}

/* Its calls are lost; those that nobody had begun go elsewhere. */
static void lose_calls(struct channel *channel, struct link *link)
{
    bool greeted = link->settings_seen;
    for (struct stream *stream = link->streams; stream; stream = stream->next) {
        struct rpc *rpc = stream->rpc;
        if (!rpc || errs(CLIENT_CALLS_OUTLIVE_CONNECTION))
            continue;
        stream->rpc = NULL;
        rpc->stream = NULL;
        if (errs(CLIENT_RETRIES_COMMITTED) && stream->has_headers && rpc->attempts++ == 0)
            continue;
        bool ours = link->closing;
        uint32_t status = ours ? CODE_INTERNAL : CODE_UNAVAILABLE;
        if (errs(CLIENT_LOST_CONNECTION_IS_UNKNOWN) && !ours)
            status = CODE_UNKNOWN;
        rpc_end(rpc, status, ours ? "the server broke the protocol" : "the connection was lost");
    }
    if (!greeted)
        fail_waiting(channel, "the server does not speak HTTP/2");
}

static bool is_done(struct link *link, gr_time now)
{
    bool leaves = link->they_go_away && !errs(CLIENT_OPENS_AFTER_GOAWAY);
    bool busy = link_open_streams(link) > 0 || (!leaves && somebody_waits(link->channel));
    for (struct stream *stream = link->streams; stream; stream = stream->next)
        busy |= stream->rpc != NULL;
    if (busy || !link->settings_seen)
        link->idle_since = 0;
    else if (!link->idle_since)
        link->idle_since = now;
    return link->idle_since && (leaves || now - link->idle_since > IDLE_SPAN);
}

static void reap_links(struct channel *channel)
{
    struct link **at = &channel->links;
    while (*at) {
        struct link *link = *at;
        bool done = !link->dropped && !link->closing && is_done(link, channel->now);
        if (done)
            link_close(link);
        if (!link->dropped && !link->closing && !done) {
            at = &link->next;
            continue;
        }
        *at = link->next;
        lose_calls(channel, link);
        link_free(link);
    }
}

/* ---- the loop ---- */

static void wait(struct channel *channel, gr_time until)
{
    struct pollfd fds[MAX_LINKS];
    nfds_t count = 0;
    for (struct link *link = channel->links; link && count < MAX_LINKS; link = link->next)
        if (!link->stuck)
            fds[count++] = (struct pollfd){.fd = transport_fd(link->transport), .events = POLLIN};
    int64_t span = until - clock_now_ns();
    span = span < 0 ? 0 : span < LOOK ? span : LOOK;
    (void)poll(fds, count, (int)((span + NS_PER_MS - 1) / NS_PER_MS));
}

static gr_time turn(struct channel *channel)
{
    gr_time next = TIME_NEVER;
    channel->now = clock_now_ns();
    take_calls(channel);
    for (struct link *link = channel->links; link; link = link->next)
        link_turn(link);
    for (struct rpc *rpc = channel->rpcs; rpc; rpc = rpc->next) {
        gr_time wanted = rpc->ended ? TIME_NEVER : rpc_turn(channel, rpc);
        next = wanted < next ? wanted : next;
    }
    if (channel->give_up_at && channel->now > channel->give_up_at)
        fail_waiting(channel, "the connection is not there yet");
    struct link *link = channel->dead ? NULL : link_for_calls(channel);
    if (link)
        start_calls(channel, link);
    for (link = channel->links; link; link = link->next) {
        link_pump(link);
        link_flush(link);
    }
    reap_links(channel);
    report_ended(channel);
    return next;
}

void channel_run(const struct call_source *source, const struct client_address *address,
                 enum client_knob knob)
{
    struct channel channel = {.source = source, .address = *address, .knob = knob};
    client_knob_turn(knob);
    while (!source->is_over(source->arg))
        wait(&channel, turn(&channel));
    while (channel.links) {
        struct link *link = channel.links;
        channel.links = link->next;
        if (!link->dropped)
            link_close(link);
        link_free(link);
    }
    while (channel.rpcs) {
        struct rpc *rpc = channel.rpcs;
        channel.rpcs = rpc->next;
        client_result_clear(&rpc->result);
        free(rpc);
    }
    header_list_clear(&channel.last_trailers);
    buf_clear(&channel.last_message);
    client_knob_turn(CLIENT_NONE);
}
