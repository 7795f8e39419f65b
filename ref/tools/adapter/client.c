/* SPDX-License-Identifier: MIT
 *
 * grpcref-client --adapter: calls from stdin, results to stdout, several at a time: each thread has
 * a loop with channels of its own, takes a request, makes its call to the end, and answers. */
#include "tools/adapter/adapter.h"

#include "tools/adapter/attempt.h"
#include "tools/adapter/frame.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What the threads share. */
struct office {
    pthread_mutex_t in;  /* stdin */
    pthread_mutex_t out; /* stdout, and: */
    int error;           /* the first one of any thread */
};

/* Everybody stops at the next request. */
static void fail(struct office *office, const char *what, int error)
{
    pthread_mutex_lock(&office->out);
    if (office->error == 0)
        fprintf(stderr, "grpcref-client --adapter: %s: %s\n", what,
                error == GR_IO ? strerror(errno) : gr_error_text(error));
    office->error = error;
    pthread_mutex_unlock(&office->out);
}

static bool failed(struct office *office)
{
    pthread_mutex_lock(&office->out);
    bool failed = office->error != 0;
    pthread_mutex_unlock(&office->out);
    return failed;
}

static bool can_read(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

    return poll(&input, 1, 0) != 0;
}

/* Whether it is this thread's turn to read: then office->in is held. As long as there are connections they are served
 * meanwhile, or a server that asks with PING would be kept waiting by a client that only waits for work. */
static bool may_read(struct office *office, struct gr_loop *loop)
{
    if (!gr_loop_turn(loop, 0)) {
        pthread_mutex_lock(&office->in);
        return true;
    }
    if (!can_read() || pthread_mutex_trylock(&office->in) != 0) {
        gr_loop_turn(loop, 5 * NS_PER_MS);
        return false;
    }
    if (can_read())
        return true;
    pthread_mutex_unlock(&office->in);
    return false;
}

/* The next request, given: gr_pb_free; NULL at the end. */
static void *next_request(struct office *office, struct gr_loop *loop)
{
    void *request = NULL;

    do {
        if (failed(office))
            return NULL;
    } while (!may_read(office, loop));
    int got = frame_read(STDIN_FILENO,
                         &connectrpc__conformance__v1__client_compat_request__descriptor, &request);
    pthread_mutex_unlock(&office->in);
    if (got < 0)
        fail(office, "cannot read a request", got);
    return request;
}

static void write_response(void *to, const CC(ClientCompatResponse) * response)
{
    struct office *office = to;

    pthread_mutex_lock(&office->out);
    int error = frame_write(STDOUT_FILENO, response);
    pthread_mutex_unlock(&office->out);
    if (error != 0)
        fail(office, "cannot write a result", error);
}

static void *work(void *arg)
{
    struct office *office = arg;
    struct channels channels = {.loop = gr_loop_new()};
    void *request;

    if (channels.loop == NULL) {
        fail(office, "no loop", GR_NOMEM);
        return NULL;
    }
    while ((request = next_request(office, channels.loop)) != NULL) {
        attempt(&channels, request, write_response, office);
        frame_free(request);
    }
    channels_clear(&channels);
    gr_loop_free(channels.loop);
    return NULL;
}

int adapter_client(int workers)
{
    struct office office = {.in = PTHREAD_MUTEX_INITIALIZER, .out = PTHREAD_MUTEX_INITIALIZER};
    pthread_t *threads = calloc((size_t)workers, sizeof(*threads));
    int started = 0;

    signal(SIGPIPE, SIG_IGN); /* a peer that went away is an error of write(), not our end */
    while (threads != NULL && started < workers &&
           pthread_create(&threads[started], NULL, work, &office) == 0)
        started++;
    if (started < workers)
        fail(&office, "cannot start all threads", GR_NOMEM);
    while (started > 0)
        pthread_join(threads[--started], NULL);
    free(threads);
    return office.error == 0 ? 0 : 1;
}
