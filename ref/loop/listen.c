/* SPDX-License-Identifier: MIT
 *
 * A server's sockets: listening, accepting, and stopping, which any thread and any signal handler may ask for. With
 * threads, each worker has listeners of its own on the same addresses, and this is all that they share. */
#define _DEFAULT_SOURCE /* SO_REUSEPORT, SOCK_CLOEXEC */
#include "base/contract.h"
#include "loop/address.h"
#include "loop/link.h"
#include "server/io.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

struct listener {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket;
    struct server_io *io;
    bool shared; /* TCP: with other loops */
    bool is_unix;
    char path[ADDRESS_MAX]; /* unix: to be removed at the end; else "" */
    struct listener *next;
};

/* What was asked for, of any thread; only ever rises. */
enum { STOP_NOTHING, STOP_GRACEFULLY, STOP_NOW };

struct server_io {
    struct gr_server *server;
    struct gr_loop *loop;
    bool own_loop;
    struct tls_context *tls;
    struct listener *listeners;
    uv_async_t async; /* wakes the loop to look at `stop` */
    uv_timer_t grace;
    atomic_int stop;
    _Atomic int64_t grace_ns;
    int stop_done;       /* how much of `stop` has been acted on */
    size_t open_handles; /* not yet closed */
};

/* ---- Connections ----------------------------------------------------------------------------- */

static void dispatch(struct link *link)
{
    server_dispatch(link->owner);
}

static void on_link_closed(struct link *link)
{
    struct served *served = link->owner;
    struct server_io *io = served->server->io;

    io->open_handles--;
    served->link = NULL;
    if (!served->host.later)
        served_free(served);
    free(link);
}

/* A handler that said GR_LATER is done, or somebody sends outside of a turn. */
static void wake(struct served *served)
{
    if (served->link) {
        link_wake(served->link);
    } else { /* the connection went first; its calls go one by one, as they are finished */
        server_dispatch(served);
        if (!served->host.later)
            served_free(served);
    }
}

static bool describe_tls(struct served *served, struct gr_arena *memory, struct gr_tls_peer *peer)
{
    const struct link *link = served->link;

    return link && tls_describe_peer(link->tls, memory, peer);
}

static void describe_peer(const struct link *link, char *peer, size_t room)
{
    struct sockaddr_storage address;
    int len = sizeof(address);
    char host[64] = "?";
    const struct sockaddr_in *v4 = (const void *)&address;
    const struct sockaddr_in6 *v6 = (const void *)&address;

    if (link->socket.handle.type != UV_TCP ||
        uv_tcp_getpeername(&link->socket.tcp, (struct sockaddr *)&address, &len) != 0)
        snprintf(peer, room, "unix");
    else if (address.ss_family == AF_INET && uv_ip4_name(v4, host, sizeof(host)) == 0)
        snprintf(peer, room, "%s:%d", host, ntohs(v4->sin_port));
    else if (address.ss_family == AF_INET6 && uv_ip6_name(v6, host, sizeof(host)) == 0)
        snprintf(peer, room, "[%s]:%d", host, ntohs(v6->sin6_port));
}

static void on_refused(uv_handle_t *handle)
{
    struct link *link = handle->data;
    struct server_io *io = link->owner;

    io->open_handles--;
    free(link);
}

static bool prepare(struct server_io *io, struct link *link)
{
    struct served *served;
    char peer[80];

    if (link->socket.handle.type == UV_TCP)
        uv_tcp_nodelay(&link->socket.tcp, 1);
    describe_peer(link, peer, sizeof(peer));
    if (io->tls && !(link->tls = tls_new(io->tls, NULL)))
        return false;
    served = served_new(io->server, peer, clock_now_ns());
    if (!served) {
        tls_free(link->tls);
        return false;
    }
    served->link = link;
    served->wake = wake;
    served->describe = link->tls ? describe_tls : NULL;
    link->owner = served;
    link->conn = served->conn;
    link->dispatch = dispatch;
    link->closed = on_link_closed;
    return true;
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct listener *listener = stream->data;
    struct server_io *io = listener->io;
    struct link *link = status == 0 ? calloc(1, sizeof(*link)) : NULL;

    if (!link)
        return;
    link->loop = io->loop;
    if (listener->is_unix)
        uv_pipe_init(&io->loop->uv, &link->socket.pipe, 0);
    else
        uv_tcp_init(&io->loop->uv, &link->socket.tcp);
    io->open_handles++;
    link->socket.handle.data = link;
    link->owner = io;
    if (uv_accept(stream, &link->socket.stream) != 0 || !prepare(io, link)) {
        uv_close(&link->socket.handle, on_refused);
        return;
    }
    link_start(link, io->server->handshake_timeout_ns);
}

/* ---- Listening ------------------------------------------------------------------------------- */

static void on_listener_closed(uv_handle_t *handle)
{
    struct listener *listener = handle->data;

    listener->io->open_handles--;
    if (listener->path[0])
        unlink(listener->path);
    free(listener);
}

static int io_error(int uv_error)
{
    errno = -uv_error;
    return uv_error == UV_ENOMEM ? GR_NOMEM : GR_IO;
}

/* So that several loops may listen on one address. libuv binds as soon as it has a socket, so it gets a bound one. */
static int bind_shared(struct listener *listener, const struct sockaddr *address, socklen_t len)
{
    const int yes = 1;
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -errno;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes)) != 0 ||
        bind(fd, address, len) != 0 || uv_tcp_open(&listener->socket.tcp, fd) != 0) {
        int error = -errno;
        close(fd);
        return error;
    }
    return 0;
}

static int bind_one(struct listener *listener, const struct sockaddr *address, socklen_t len)
{
    if (listener->shared)
        return bind_shared(listener, address, len);
    return uv_tcp_bind(&listener->socket.tcp, address, 0);
}

static int bind_tcp(struct listener *listener, const struct address *address)
{
    const char *host = address->host[0] ? address->host : "::";
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    int error;

    if (getaddrinfo(host, address->port, &hints, &found) != 0)
        return GR_ADDRESS;
    error = bind_one(listener, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    if (error == UV_EAFNOSUPPORT && !address->host[0]) { /* no IPv6 here */
        struct sockaddr_in any = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(address->port))};
        error = bind_one(listener, (const struct sockaddr *)&any, sizeof(any));
    }
    return error ? io_error(error) : 0;
}

/* A unix socket has one queue: every loop takes from it. */
static int share_unix(struct listener *listener, const struct listener *with)
{
    uv_os_fd_t fd;
    int copy = uv_fileno(&with->socket.handle, &fd) == 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
    int error = copy < 0 ? -errno : uv_pipe_open(&listener->socket.pipe, copy);

    if (error && copy >= 0)
        close(copy);
    return error ? io_error(error) : 0;
}

static int bound_port(const struct listener *listener)
{
    struct sockaddr_storage address;
    int len = sizeof(address);

    if (listener->is_unix ||
        uv_tcp_getsockname(&listener->socket.tcp, (struct sockaddr *)&address, &len) != 0)
        return 0;
    if (address.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)&address)->sin6_port);
    return ntohs(((const struct sockaddr_in *)(const void *)&address)->sin_port);
}

/* with: the first loop's listener on the same address; NULL: this is the first. */
static int bind_to(struct listener *listener, const struct address *address,
                   const struct listener *with)
{
    struct gr_loop *loop = listener->io->loop;
    int error;

    if (!address->is_unix) {
        uv_tcp_init(&loop->uv, &listener->socket.tcp);
        return bind_tcp(listener, address);
    }
    uv_pipe_init(&loop->uv, &listener->socket.pipe, 0);
    if (with)
        return share_unix(listener, with);
    error = uv_pipe_bind(&listener->socket.pipe, address->host);
    if (!error)
        memcpy(listener->path, address->host, sizeof(listener->path));
    return error ? io_error(error) : 0;
}

static int listen_on(struct listener *listener, const struct address *address,
                     const struct listener *with)
{
    int error;

    listener->is_unix = address->is_unix;
    error = bind_to(listener, address, with);
    listener->socket.handle.data = listener;
    if (error)
        return error;
    error = uv_listen(&listener->socket.stream, BACKLOG, on_connection);
    return error ? io_error(error) : 0;
}

static int set_up_tls(struct server_io *io)
{
    int error = 0;

    if (io->server->use_tls && !io->tls)
        error = tls_context_new(&io->server->tls, true, &io->tls);
    if (error == GR_TLS)
        (void)tls_unreadable_file(&io->server->tls); /* for its errno */
    return error;
}

/* One loop's listener; it is first in io->listeners then. */
static int add_listener(struct gr_server *server, const struct address *address, bool shared,
                        const struct listener *with)
{
    struct server_io *io = server->io;
    struct listener *listener;
    int error = set_up_tls(io);

    if (error)
        return error;
    listener = calloc(1, sizeof(*listener));
    if (!listener)
        return GR_NOMEM;
    listener->io = io;
    listener->shared = shared;
    error = listen_on(listener, address, with);
    io->open_handles++;
    if (error) {
        int why = errno;
        uv_close(&listener->socket.handle, on_listener_closed);
        errno = why;
        return error;
    }
    listener->next = io->listeners;
    io->listeners = listener;
    return 0;
}

static void drop_listener(struct server_io *io)
{
    struct listener *listener = io->listeners;

    io->listeners = listener->next;
    uv_close(&listener->socket.handle, on_listener_closed);
}

/* The same on every worker, or on none. */
static int add_workers(struct gr_server *server, struct address *address)
{
    const struct listener *first = server->io->listeners;
    int error = 0;
    size_t i;

    if (!address->is_unix)
        snprintf(address->port, sizeof(address->port), "%d", bound_port(first));
    for (i = 0; i < server->worker_count && !error; i++)
        error = add_listener(server->workers[i], address, true, first);
    if (!error)
        return 0;
    while (--i > 0)
        drop_listener(server->workers[i - 1]->io);
    drop_listener(server->io);
    return error;
}

int gr_server_listen(struct gr_server *server, const char *text, int *port)
{
    struct address address;
    int error = 0;

    if (!address_parse(&address, text, NULL))
        return GR_ADDRESS;
    if (server->io->stop_done)
        return GR_CLOSED;
    error = add_listener(server, &address, server->worker_count > 0, NULL);
    if (!error && server->worker_count)
        error = add_workers(server, &address);
    if (!error && port)
        *port = bound_port(server->io->listeners);
    return error;
}

/* ---- Stopping -------------------------------------------------------------------------------- */

static void close_listeners(struct server_io *io)
{
    while (io->listeners)
        drop_listener(io);
}

static void wake_all(struct gr_server *server)
{
    for (struct served *served = server->served; served; served = served->next)
        if (served->link)
            link_wake(served->link);
}

static void stop_now(struct server_io *io)
{
    io->stop_done = STOP_NOW;
    uv_timer_stop(&io->grace);
    close_listeners(io);
    server_close_all(io->server);
    wake_all(io->server);
}

static void on_grace_over(uv_timer_t *timer)
{
    stop_now(timer->data);
}

static void stop_gracefully(struct server_io *io)
{
    int64_t grace_ns = atomic_load(&io->grace_ns);

    io->stop_done = STOP_GRACEFULLY;
    close_listeners(io);
    server_shutdown_all(io->server);
    wake_all(io->server);
    if (grace_ns != TIME_NEVER)
        uv_timer_start(&io->grace, on_grace_over, (uint64_t)(grace_ns / NS_PER_MS), 0);
}

static void on_async(uv_async_t *async)
{
    struct server_io *io = async->data;
    int stop = atomic_load(&io->stop);

    if (stop == STOP_NOW && io->stop_done < STOP_NOW)
        stop_now(io);
    else if (stop == STOP_GRACEFULLY && io->stop_done < STOP_GRACEFULLY)
        stop_gracefully(io);
}

static void ask(struct server_io *io, int stop)
{
    int before = atomic_load(&io->stop);

    while (before < stop && !atomic_compare_exchange_weak(&io->stop, &before, stop))
        ;
    uv_async_send(&io->async);
}

void gr_server_stop(struct gr_server *server)
{
    ask(server->io, STOP_NOW);
    for (size_t i = 0; i < server->worker_count; i++)
        ask(server->workers[i]->io, STOP_NOW);
}

void gr_server_stop_gracefully(struct gr_server *server, int64_t timeout_ns)
{
    atomic_store(&server->io->grace_ns, timeout_ns < 0 ? 0 : timeout_ns);
    ask(server->io, STOP_GRACEFULLY);
    for (size_t i = 0; i < server->worker_count; i++)
        gr_server_stop_gracefully(server->workers[i], timeout_ns);
}

/* ---- Life ------------------------------------------------------------------------------------ */

struct server_io *server_io_new(struct gr_server *server, struct gr_loop *loop)
{
    struct server_io *io = calloc(1, sizeof(*io));

    if (!io)
        return NULL;
    io->server = server;
    io->own_loop = loop == NULL;
    io->loop = loop ? loop : gr_loop_new();
    if (!io->loop || uv_async_init(&io->loop->uv, &io->async, on_async) != 0) {
        if (io->own_loop)
            gr_loop_free(io->loop);
        free(io);
        return NULL;
    }
    uv_timer_init(&io->loop->uv, &io->grace);
    io->async.data = io->grace.data = io;
    io->open_handles = 2;
    io->loop->users++;
    loop_set_spin(io->loop, server->spin_ns);
    return io;
}

/* Nothing is left but the two handles of the server itself. */
static bool all_closed(const struct server_io *io)
{
    return io->stop_done && io->open_handles == 2;
}

static void *serve(void *arg)
{
    struct server_io *io = arg;
    sigset_t before;

    loop_block_pipe(&before); /* once, not in every turn */
    io->loop->turning = true;
    while (!all_closed(io))
        uv_run(&io->loop->uv, UV_RUN_ONCE);
    io->loop->turning = false;
    loop_unblock_pipe(io->loop, &before);
    return NULL;
}

int gr_server_serve(struct gr_server *server)
{
    pthread_t *threads = NULL;
    size_t started = 0;
    int error = 0;

    CONTRACT(!server->io->loop->turning, "not from a callback on its loop");
    if (server->worker_count)
        threads = malloc(server->worker_count * sizeof(*threads));
    while (threads && started < server->worker_count &&
           pthread_create(&threads[started], NULL, serve, server->workers[started]->io) == 0)
        started++;
    if (started < server->worker_count) {
        error = GR_NOMEM;
        gr_server_stop(server);
    }
    serve(server->io);
    while (started)
        pthread_join(threads[--started], NULL);
    free(threads);
    return error;
}

struct gr_loop *server_io_loop(const struct server_io *io)
{
    return io->loop;
}

bool server_io_is_turning(const struct server_io *io)
{
    return io->loop->turning;
}

static void on_io_closed(uv_handle_t *handle)
{
    ((struct server_io *)handle->data)->open_handles--;
}

static void close_links(struct server_io *io)
{
    for (struct served *served = io->server->served, *next; served; served = next) {
        next = served->next;
        if (served->link)
            link_close(served->link, "the server is gone");
    }
}

void server_io_free(struct server_io *io)
{
    if (!io)
        return;
    close_listeners(io);
    close_links(io);
    uv_close((uv_handle_t *)&io->async, on_io_closed);
    uv_close((uv_handle_t *)&io->grace, on_io_closed);
    while (io->open_handles)
        loop_turn(io->loop, UV_RUN_ONCE);
    io->loop->users--;
    if (io->own_loop)
        gr_loop_free(io->loop);
    tls_context_free(io->tls);
    free(io);
}
