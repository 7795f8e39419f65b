/* SPDX-License-Identifier: MIT
 *
 * The drive of a function on a thread; see drive_function.h. */
#include "run/drive_function.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MAX_CALLS 128
#define LOOK_NS   (2 * NS_PER_MS)

struct function_client {
    const struct client_function *function;
    enum function_shows shows;
    struct client_address address;
    char host[64], case_id[256];
    pthread_t thread;

    /* below: under the lock */
    pthread_mutex_t lock;
    const struct client_call *calls[MAX_CALLS];
    struct client_result results[MAX_CALLS];
    size_t asked, taken, reported;
    bool over;
    struct buf said;
};

/* ---- the function's side ---- */

const struct client_address *function_client_address(const struct function_client *self)
{
    return &self->address;
}

bool function_client_is_over(struct function_client *self)
{
    pthread_mutex_lock(&self->lock);
    bool over = self->over;
    pthread_mutex_unlock(&self->lock);
    return over;
}

static const struct client_call *take_call(struct function_client *self, size_t *index)
{
    const struct client_call *call = NULL;
    pthread_mutex_lock(&self->lock);
    if (!self->over && self->taken < self->asked) {
        *index = self->taken;
        call = self->calls[self->taken++];
    }
    pthread_mutex_unlock(&self->lock);
    return call;
}

const struct client_call *function_client_next(struct function_client *self, gr_time deadline,
                                               size_t *index)
{
    for (;;) {
        const struct client_call *call = take_call(self, index);
        if (call || function_client_is_over(self) || clock_now_ns() >= deadline)
            return call;
        nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
    }
}

/* What a command would show of it. */
static void hide(struct client_result *result, const struct client_call *call)
{
    if (result->kind != RESULT_REPORTED)
        return;
    int code = result->status == call->interop_status ? 0 : 1;
    client_result_clear(result);
    result->kind = RESULT_EXITED;
    result->exit_code = code;
}

void function_client_report(struct function_client *self, size_t index,
                            struct client_result *result)
{
    pthread_mutex_lock(&self->lock);
    if (index < self->asked && self->results[index].kind == RESULT_PENDING) {
        if (self->shows == SHOWS_EXIT_STATUS)
            hide(result, self->calls[index]);
        self->results[index] = *result;
        self->reported++;
        *result = (struct client_result){.kind = RESULT_PENDING};
    }
    pthread_mutex_unlock(&self->lock);
    client_result_clear(result);
}

void function_client_say(struct function_client *self, const char *line)
{
    pthread_mutex_lock(&self->lock);
    buf_printf(&self->said, "%s\n", line);
    pthread_mutex_unlock(&self->lock);
}

static void *run_function(void *arg)
{
    struct function_client *self = arg;
    self->function->run(self, self->function->arg);
    return NULL;
}

/* ---- the drive's side ---- */

static void *open_client(enum function_shows shows, void *arg, const struct client_address *address,
                         char why[static 256])
{
    struct function_client *self = calloc(1, sizeof *self);
    if (!self) {
        (void)snprintf(why, 256, "out of memory");
        return NULL;
    }
    self->function = arg;
    self->shows = shows;
    self->address = *address;
    (void)snprintf(self->host, sizeof self->host, "%s", address->host);
    (void)snprintf(self->case_id, sizeof self->case_id, "%s", address->case_id);
    self->address.host = self->host;
    self->address.case_id = self->case_id;
    pthread_mutex_init(&self->lock, NULL);
    if (pthread_create(&self->thread, NULL, run_function, self) == 0)
        return self;
    (void)snprintf(why, 256, "no thread for it");
    pthread_mutex_destroy(&self->lock);
    free(self);
    return NULL;
}

static void *open_showing_result(void *arg, const struct client_address *address,
                                 char why[static 256])
{
    return open_client(SHOWS_RESULT, arg, address, why);
}

static void *open_showing_exit(void *arg, const struct client_address *address,
                               char why[static 256])
{
    return open_client(SHOWS_EXIT_STATUS, arg, address, why);
}

static bool ask(void *client, size_t index, const struct client_call *call, char why[static 256])
{
    struct function_client *self = client;
    if (self->shows == SHOWS_EXIT_STATUS && !call->interop) {
        (void)snprintf(why, 256, "no official interop case makes such a call: it takes an adapter");
        return false;
    }
    pthread_mutex_lock(&self->lock);
    bool fits = index < MAX_CALLS;
    if (fits) {
        self->calls[index] = call;
        self->asked = index + 1;
    }
    pthread_mutex_unlock(&self->lock);
    if (!fits)
        (void)snprintf(why, 256, "more calls than a client can be asked for");
    return fits;
}

static void poll_result(void *client, size_t index, struct client_result *result)
{
    struct function_client *self = client;
    pthread_mutex_lock(&self->lock);
    *result = self->results[index];
    if (result->kind != RESULT_PENDING)
        self->results[index] = (struct client_result){.kind = result->kind};
    pthread_mutex_unlock(&self->lock);
}

static double no_processor_time(void *client)
{
    (void)client;
    return -1;
}

static void put_said(void *client, struct buf *out)
{
    struct function_client *self = client;
    pthread_mutex_lock(&self->lock);
    buf_put(out, buf_view(&self->said));
    pthread_mutex_unlock(&self->lock);
}

static bool has_ended(void *client, struct buf *how)
{
    struct function_client *self = client;
    (void)how;
    pthread_mutex_lock(&self->lock);
    bool ended = self->reported == self->asked;
    pthread_mutex_unlock(&self->lock);
    return ended;
}

static void close_client(void *client)
{
    struct function_client *self = client;
    pthread_mutex_lock(&self->lock);
    self->over = true;
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->thread, NULL);
    for (size_t i = 0; i < self->asked; i++)
        client_result_clear(&self->results[i]);
    buf_clear(&self->said);
    pthread_mutex_destroy(&self->lock);
    free(self);
}

void drive_function_init(struct drive *drive, const struct client_function *function,
                         enum function_shows shows)
{
    bool all = shows == SHOWS_RESULT;
    *drive = (struct drive){
        .name = "function",
        .reports_status = all,
        .reports_result = all,
        .ends_with_calls = !all,
        .shares_connections = all,
        .open = all ? open_showing_result : open_showing_exit,
        .ask = ask,
        .poll = poll_result,
        .processor_time = no_processor_time,
        .put_tail = put_said,
        .has_ended = has_ended,
        .close = close_client,
    };
    /* the drives only read through arg */
    memcpy(&drive->arg, &function, sizeof function);
}
