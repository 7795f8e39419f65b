/* SPDX-License-Identifier: MIT
 *
 * A channel's sockets: resolve, connect, and carry. One attempt at a time; its addresses are tried in order
 * (GRPC-LB-013). */
#include "channel/io.h"
#include "loop/address.h"
#include "loop/link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* A socket of the channel: connecting, then carrying a connection. */
struct carrier {
    struct link link; /* first, so that one is the other */
    struct channel_io *io;
    uv_connect_t connect;
    struct carrier *next, *prev;
};

struct channel_io {
    struct gr_channel *channel;
    struct gr_loop *loop;
    bool own_loop;
    struct tls_context *tls;
    uv_timer_t timer;
    gr_time timer_at; /* what it is set to; TIME_NEVER: stopped */
    struct loop_job job;
    size_t open_handles; /* not yet closed, and requests not yet answered */
    bool freeing;

    struct carrier *carriers; /* with a connection */
    struct carrier *turning;  /* the one whose events are being told: it will write by itself */

    /* The attempt. */
    struct address address;
    uv_getaddrinfo_t resolve;
    int why;                /* libuv's error of the last address that failed; 0: none has */
    struct addrinfo *found; /* NULL: not resolving, or a unix socket */
    const struct addrinfo *trying;
    struct carrier *dialing; /* connecting */
    gr_time give_up_at;
};

static void try_next(struct channel_io *io);
static void set_timer(struct channel_io *io);

/* ---- Carrying -------------------------------------------------------------------------------- */

static void dispatch(struct link *link)
{
    struct carrier *carrier = (struct carrier *)link;
    struct channel_io *io = carrier->io;
    struct carrier *before = io->turning;

    io->turning = carrier;
    channel_dispatch(io->channel, link->conn);
    io->turning = before;
    set_timer(io);
}

static void output_ready(void *user)
{
    struct carrier *carrier = user;

    if (carrier->io->turning != carrier)
        link_wake(&carrier->link);
}

static void on_link_closed(struct link *link)
{
    struct carrier *carrier = (struct carrier *)link;
    struct channel_io *io = carrier->io;

    *(carrier->prev ? &carrier->prev->next : &io->carriers) = carrier->next;
    if (carrier->next)
        carrier->next->prev = carrier->prev;
    io->open_handles--;
    if (!io->freeing)
        channel_disconnected(io->channel, link->conn, link->why_lost);
    conn_free(link->conn);
    free(carrier);
    if (!io->freeing)
        set_timer(io);
}

static const char *server_name(const struct channel_io *io)
{
    const struct gr_tls_options *tls = &io->channel->tls;

    return tls->server_name ? tls->server_name : io->address.host;
}

static void describe_peer(struct channel_io *io, const struct carrier *carrier)
{
    struct sockaddr_storage address;
    int len = sizeof(address);
    char host[64] = "?";
    const struct sockaddr_in *v4 = (const void *)&address;
    const struct sockaddr_in6 *v6 = (const void *)&address;
    char *peer = io->channel->peer;
    size_t room = sizeof(io->channel->peer);

    if (io->address.is_unix ||
        uv_tcp_getpeername(&carrier->link.socket.tcp, (struct sockaddr *)&address, &len) != 0)
        snprintf(peer, room, "unix");
    else if (address.ss_family == AF_INET && uv_ip4_name(v4, host, sizeof(host)) == 0)
        snprintf(peer, room, "%s:%d", host, ntohs(v4->sin_port));
    else if (address.ss_family == AF_INET6 && uv_ip6_name(v6, host, sizeof(host)) == 0)
        snprintf(peer, room, "[%s]:%d", host, ntohs(v6->sin6_port));
}

/* Connected: from here on it carries a connection. returns false when out of memory */
static bool carry(struct channel_io *io, struct carrier *carrier)
{
    struct gr_channel *channel = io->channel;
    struct link *link = &carrier->link;
    struct conn_options options = {.role = ROLE_CLIENT,
                                   .limits = channel->limits,
                                   .keepalive = &channel->keepalive,
                                   .trace = channel->trace,
                                   .host = &channel->host,
                                   .memory = &channel->memory,
                                   .one_piece = io->tls != NULL,
                                   .output_ready = output_ready,
                                   .user = carrier};

    if (!io->address.is_unix)
        uv_tcp_nodelay(&link->socket.tcp, 1);
    describe_peer(io, carrier);
    link->loop = io->loop;
    link->dispatch = dispatch;
    link->closed = on_link_closed;
    link->tls = io->tls ? tls_new(io->tls, server_name(io)) : NULL;
    link->conn = io->tls && !link->tls ? NULL : conn_new(&options, clock_now_ns());
    if (!link->conn || (link->tls && tls_start(link->tls) != 0)) {
        conn_free(link->conn);
        tls_free(link->tls);
        return false;
    }
    carrier->next = io->carriers;
    if (carrier->next)
        carrier->next->prev = carrier;
    io->carriers = carrier;
    return true;
}

/* ---- Connecting ------------------------------------------------------------------------------ */

static void end_attempt(struct channel_io *io, const char *failure)
{
    uv_freeaddrinfo(io->found);
    io->found = NULL;
    io->trying = NULL;
    io->dialing = NULL;
    io->give_up_at = TIME_NEVER;
    if (failure && !io->freeing) {
        channel_connect_failed(io->channel, failure);
        set_timer(io);
    }
}

static void on_dial_closed(uv_handle_t *handle)
{
    struct carrier *carrier = handle->data;
    struct channel_io *io = carrier->io;

    io->open_handles--;
    free(carrier);
    if (!io->freeing)
        try_next(io);
}

static void on_connected(uv_connect_t *request, int status)
{
    struct carrier *carrier = request->data;
    struct channel_io *io = carrier->io;
    int64_t left = io->give_up_at - clock_now_ns();

    io->dialing = NULL;
    io->why = status ? status : UV_ENOMEM;
    if (uv_is_closing(&carrier->link.socket.handle))
        return;
    if (status != 0 || io->freeing || !carry(io, carrier)) {
        uv_close(&carrier->link.socket.handle, on_dial_closed);
        return;
    }
    end_attempt(io, NULL);
    link_start(&carrier->link, left > 0 ? left : 0);
}

/* The same, with what failed and how. */
static void end_attempt_of(struct channel_io *io, const char *failure, const char *subject,
                           const char *detail)
{
    char why[sizeof(io->channel->failure)];

    snprintf(why, sizeof(why), "%s: %s%s%s", failure, subject, detail ? ": " : "",
             detail ? detail : "");
    end_attempt(io, why);
}

static struct carrier *new_carrier(struct channel_io *io)
{
    struct carrier *carrier = calloc(1, sizeof(*carrier));

    if (!carrier)
        return NULL;
    carrier->io = io;
    carrier->connect.data = carrier;
    if (io->address.is_unix)
        uv_pipe_init(&io->loop->uv, &carrier->link.socket.pipe, 0);
    else
        uv_tcp_init(&io->loop->uv, &carrier->link.socket.tcp);
    carrier->link.socket.handle.data = carrier;
    io->open_handles++;
    io->dialing = carrier;
    return carrier;
}

static void dial_unix(struct channel_io *io)
{
    struct carrier *carrier = new_carrier(io);

    if (!carrier)
        end_attempt(io, "out of memory");
    else
        uv_pipe_connect(&carrier->connect, &carrier->link.socket.pipe, io->address.host,
                        on_connected);
}

/* The next address, or the end of the attempt. */
static void try_next(struct channel_io *io)
{
    const struct addrinfo *address = io->trying;
    bool late = clock_now_ns() >= io->give_up_at;
    struct carrier *carrier;

    if (!address || late) {
        end_attempt_of(io, "the server cannot be reached", io->channel->target,
                       uv_strerror(late ? UV_ETIMEDOUT : io->why));
        return;
    }
    io->trying = address->ai_next;
    carrier = new_carrier(io);
    if (!carrier)
        end_attempt(io, "out of memory");
    else if ((io->why = uv_tcp_connect(&carrier->connect, &carrier->link.socket.tcp,
                                       address->ai_addr, on_connected)) != 0)
        uv_close(&carrier->link.socket.handle, on_dial_closed);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
    struct channel_io *io = request->data;

    io->open_handles--;
    if (status != 0 || io->freeing) {
        uv_freeaddrinfo(found);
        end_attempt_of(io, "the target's name cannot be resolved", io->address.host,
                       uv_strerror(status));
        return;
    }
    io->found = found;
    io->trying = found;
    try_next(io);
}

static void resolve(struct channel_io *io)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

    io->resolve.data = io;
    io->open_handles++;
    if (uv_getaddrinfo(&io->loop->uv, &io->resolve, on_resolved, io->address.host, io->address.port,
                       &hints) == 0)
        return;
    io->open_handles--;
    end_attempt_of(io, "the target's name cannot be resolved", io->address.host, NULL);
}

static void fail_tls(struct channel_io *io)
{
    const char *file = tls_unreadable_file(&io->channel->tls);

    if (file)
        end_attempt_of(io, "TLS could not be set up", file, strerror(errno));
    else
        end_attempt(io, "TLS could not be set up: a certificate, key or authority is not what it "
                        "should be");
}

void channel_io_connect(struct channel_io *io)
{
    struct gr_channel *channel = io->channel;

    io->give_up_at = clock_add(clock_now_ns(), channel->connect_timeout_ns);
    if (channel->use_tls && !io->tls && tls_context_new(&channel->tls, false, &io->tls) != 0)
        fail_tls(io);
    else if (!address_parse(&io->address, channel->target, "443") ||
             (!io->address.is_unix && io->address.host[0] == '\0'))
        end_attempt_of(io, "the target cannot be parsed", channel->target, NULL);
    else if (io->address.is_unix)
        dial_unix(io);
    else
        resolve(io);
    set_timer(io);
}

/* ---- Time ------------------------------------------------------------------------------------ */

static void on_timer(uv_timer_t *timer)
{
    struct channel_io *io = timer->data;
    gr_time now = clock_now_ns();

    io->timer_at = TIME_NEVER;
    if (io->dialing && now >= io->give_up_at && !uv_is_closing(&io->dialing->link.socket.handle))
        uv_close(&io->dialing->link.socket.handle, on_dial_closed);
    channel_tick(io->channel, now);
    set_timer(io);
}

static void set_timer(struct channel_io *io)
{
    gr_time at = channel_wakes_at(io->channel);

    if (io->dialing && io->give_up_at < at)
        at = io->give_up_at;
    if (at >= io->timer_at || io->freeing)
        return;
    gr_time now = clock_now_ns();
    int64_t wait_ns = at > now ? at - now : 0;
    io->timer_at = at;
    uv_update_time(&io->loop->uv);
    uv_timer_start(&io->timer, on_timer, (uint64_t)((wait_ns + NS_PER_MS - 1) / NS_PER_MS), 0);
}

static void on_job(struct loop_job *job)
{
    struct channel_io *io = (struct channel_io *)(void *)((char *)job -
                                                          offsetof(struct channel_io, job));

    channel_dispatch(io->channel, NULL);
    set_timer(io);
}

void channel_io_wake(struct channel_io *io)
{
    loop_queue(io->loop, &io->job);
}

/* ---- Life ------------------------------------------------------------------------------------ */

struct channel_io *channel_io_new(struct gr_channel *channel, struct gr_loop *loop)
{
    struct channel_io *io = calloc(1, sizeof(*io));

    if (!io)
        return NULL;
    io->channel = channel;
    io->own_loop = loop == NULL;
    io->loop = loop ? loop : gr_loop_new();
    if (!io->loop) {
        free(io);
        return NULL;
    }
    io->job.run = on_job;
    io->timer_at = io->give_up_at = TIME_NEVER;
    uv_timer_init(&io->loop->uv, &io->timer);
    io->timer.data = io;
    io->open_handles = 1;
    io->loop->users++;
    loop_set_spin(io->loop, channel->spin_ns);
    return io;
}

struct gr_loop *channel_io_loop(struct channel_io *io)
{
    return io->loop;
}

bool channel_io_is_turning(const struct channel_io *io)
{
    return io->loop->turning;
}

bool channel_io_begin_turn(struct channel_io *io)
{
    bool before = io->loop->turning;

    io->loop->turning = true;
    return before;
}

void channel_io_end_turn(struct channel_io *io, bool before)
{
    io->loop->turning = before;
}

static void on_timer_closed(uv_handle_t *handle)
{
    ((struct channel_io *)handle->data)->open_handles--;
}

/* A healthy connection is not dropped without GOAWAY (H2-GOAWAY-011). */
static void close_carriers(struct channel_io *io)
{
    for (struct carrier *carrier = io->carriers, *next; carrier; carrier = next) {
        next = carrier->next;
        conn_close(carrier->link.conn, H2_NO_ERROR, "the channel is closed");
        link_flush(&carrier->link);
        link_close(&carrier->link, "the channel is closed");
    }
}

void channel_io_free(struct channel_io *io)
{
    if (!io)
        return;
    io->freeing = true;
    loop_unqueue(io->loop, &io->job);
    close_carriers(io);
    if (io->dialing && !uv_is_closing(&io->dialing->link.socket.handle))
        uv_close(&io->dialing->link.socket.handle, on_dial_closed);
    if (io->resolve.data)
        uv_cancel((uv_req_t *)&io->resolve);
    uv_close((uv_handle_t *)&io->timer, on_timer_closed);
    while (io->open_handles)
        loop_turn(io->loop, UV_RUN_ONCE);
    uv_freeaddrinfo(io->found);
    loop_unqueue(io->loop, &io->job);
    io->loop->users--;
    if (io->own_loop)
        gr_loop_free(io->loop);
    tls_context_free(io->tls);
    free(io);
}

char *channel_io_authority(const char *target)
{
    struct address address;

    if (!address_parse(&address, target, "443") || address.is_unix)
        return strdup("localhost");
    if (strncmp(target, "dns:", 4) == 0)
        target += strncmp(target, "dns:///", 7) == 0 ? 7 : 4;
    return strdup(target);
}
