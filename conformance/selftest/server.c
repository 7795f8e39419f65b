/* SPDX-License-Identifier: MIT
 *
 * Accepting and ending: a thread for the listener, one for each connection, and a list of both so that a stop
 * leaves nothing behind. What is said on a connection is in conn.c. */
#include "selftest/server.h"
#include "selftest/h2.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct served {
    struct served *next;
    struct faulty_server *server;
    pthread_t thread;
    int fd;           /* to serve */
    int watched;      /* the socket while it is served, -1 otherwise; under the server's lock */
    atomic_bool over; /* the thread is about to end: join it */
};

struct faulty_server {
    struct common common;
    enum knob_name name;
    const struct setup *setup;
    uint16_t port;
    int listener;
    int wake[2]; /* a pipe: closing the write end ends the listener's thread */
    pthread_t thread;
    pthread_mutex_t lock;
    atomic_bool dead;
    bool stopping;      /* under lock */
    struct served *all; /* of the listener's thread, until it ended */
};

static void watch(void *arg, struct transport *transport)
{
    struct served *served = arg;
    pthread_mutex_lock(&served->server->lock);
    served->watched = transport ? transport_fd(transport) : -1;
    if (transport && served->server->stopping)
        (void)shutdown(served->watched, SHUT_RDWR);
    pthread_mutex_unlock(&served->server->lock);
}

static void *serve(void *arg)
{
    struct served *served = arg;
    knob_turn(served->server->name);
    setup_turn(served->server->setup);
    atomic_fetch_add(&served->server->common.clients, 1);
    atomic_fetch_add(&served->server->common.served, 1);
    bool fatal = h2_serve(served->fd, &served->server->common, watch, served);
    atomic_fetch_sub(&served->server->common.clients, 1);
    if (fatal) {
        atomic_store(&served->server->dead, true);
        (void)shutdown(served->server->listener, SHUT_RDWR);
    }
    atomic_store(&served->over, true);
    return NULL;
}

/* Join the threads that are done (or all of them). */
static void reap(struct faulty_server *server, bool all)
{
    struct served **link = &server->all;
    while (*link) {
        struct served *served = *link;
        if (!all && !atomic_load(&served->over)) {
            link = &served->next;
            continue;
        }
        (void)pthread_join(served->thread, NULL);
        *link = served->next;
        free(served);
    }
}

static void begin_serving(struct faulty_server *server, int fd)
{
    struct served *served = calloc(1, sizeof *served);
    if (!served) {
        close(fd);
        return;
    }
    served->server = server;
    served->fd = fd;
    served->watched = -1;
    served->next = server->all;
    if (pthread_create(&served->thread, NULL, serve, served) != 0) {
        close(fd);
        free(served);
        return;
    }
    pthread_mutex_lock(&server->lock);
    server->all = served;
    pthread_mutex_unlock(&server->lock);
}

static void *accept_all(void *arg)
{
    struct faulty_server *server = arg;
    struct pollfd waits[] = {{server->listener, POLLIN, 0}, {server->wake[0], POLLIN, 0}};
    while (poll(waits, 2, -1) >= 0 && !waits[1].revents) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0) {
            waits[0].fd = -1; /* only the end is waited for */
            continue;
        }
        pthread_mutex_lock(&server->lock);
        reap(server, false);
        pthread_mutex_unlock(&server->lock);
        if (server->name == KNOB_REFUSES_CONNECTIONS)
            close(fd);
        else
            begin_serving(server, fd);
    }
    return NULL;
}

struct faulty_server *faulty_server_start(const struct faulty_options *options)
{
    struct faulty_server *server = calloc(1, sizeof *server);
    if (!server)
        return NULL;
    server->name = options->knob;
    server->setup = options->setup ? options->setup : &setups[0];
    server->common.certificates = options->certificates;
    atomic_store(&server->common.may_stop, options->may_stop);
    server->listener = transport_listen(options->port, &server->port);
    if (server->listener < 0) {
        free(server);
        return NULL;
    }
    pthread_mutex_init(&server->lock, NULL);
    if (pipe(server->wake) == 0) {
        if (pthread_create(&server->thread, NULL, accept_all, server) == 0)
            return server;
        close(server->wake[0]);
        close(server->wake[1]);
    }
    close(server->listener);
    pthread_mutex_destroy(&server->lock);
    free(server);
    return NULL;
}

void faulty_server_stop_gracefully(struct faulty_server *server)
{
    atomic_store(&server->common.stopping, true);
    if (server->name != KNOB_STOP_SERVES_ON)
        (void)shutdown(server->listener, SHUT_RDWR);
}

bool faulty_server_is_idle(const struct faulty_server *server)
{
    return atomic_load(&server->common.clients) == 0;
}

bool faulty_server_is_dead(const struct faulty_server *server)
{
    return atomic_load(&server->dead);
}

struct memory faulty_server_memory(const struct faulty_server *server)
{
    return (struct memory){atomic_load(&server->common.held), atomic_load(&server->common.peak)};
}

uint16_t faulty_server_port(const struct faulty_server *server)
{
    return server->port;
}

void faulty_server_stop(struct faulty_server *server)
{
    if (!server)
        return;
    close(server->wake[1]);
    (void)pthread_join(server->thread, NULL);
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    for (struct served *served = server->all; served; served = served->next)
        if (served->watched >= 0)
            (void)shutdown(served->watched, SHUT_RDWR);
    pthread_mutex_unlock(&server->lock);
    reap(server, true);
    close(server->wake[0]);
    close(server->listener);
    pthread_mutex_destroy(&server->lock);
    free(server);
}
