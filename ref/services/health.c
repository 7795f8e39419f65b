/* SPDX-License-Identifier: MIT
 *
 * The service of health.h. A watcher keeps the name it asked for and what it was told last; a name that nobody has set
 * leaves nothing behind when its watcher goes. */
#include "services/health.h"

#include "grpc/health/v1/health.grpc.h"

#include <stdlib.h>

typedef Grpc__Health__V1__HealthCheckRequest check_request;
typedef Grpc__Health__V1__HealthCheckResponse check_response;

struct entry {
    struct entry *next;
    enum gr_health_status status;
    char service[];
};

/* One call of Watch; in its call's memory. */
struct watcher {
    struct watcher *next, *prev;
    struct gr_call *call;
    const char *service;
    int told; /* the last status sent; -1: none yet */
};

struct gr_health {
    struct entry *entries;
    struct watcher *watchers;
    bool shut_down;
    struct grpc_health_v1_health handlers; /* for the server */
};

/* ---- What is known ------------------------------------------------------------------------------------------------------ */

static struct entry *find(const struct gr_health *health, const char *service)
{
    struct entry *entry = health->entries;

    while (entry && strcmp(entry->service, service) != 0)
        entry = entry->next;
    return entry;
}

static enum gr_health_status status_of(const struct gr_health *health, const char *service)
{
    const struct entry *entry = find(health, service);

    return entry ? entry->status : GR_HEALTH_SERVICE_UNKNOWN;
}

static int add(struct gr_health *health, const char *service, enum gr_health_status status)
{
    size_t size = strlen(service) + 1;
    struct entry *entry = malloc(sizeof(*entry) + size);

    if (!entry)
        return GR_NOMEM;
    memcpy(entry->service, service, size);
    entry->status = status;
    entry->next = health->entries;
    health->entries = entry;
    return 0;
}

static void forget(struct gr_health *health, const char *service)
{
    struct entry **at = &health->entries;

    while (*at && strcmp((*at)->service, service) != 0)
        at = &(*at)->next;
    struct entry *entry = *at;
    if (!entry)
        return;
    *at = entry->next;
    free(entry);
}

/* ---- Check and Watch ------------------------------------------------------------------------------------------------------ */

static enum gr_status check(struct gr_call *call, const check_request *request,
                            check_response *reply)
{
    const struct gr_health *health = grpc_health_v1_health__data(call);
    enum gr_health_status status = status_of(health, request->service);

    if (status == GR_HEALTH_SERVICE_UNKNOWN) { /* GRPC-HEALTH-002, -004 */
        (void)!gr_set_status_message(call, BYTES("unknown service"));
        return GR_STATUS_NOT_FOUND;
    }
    reply->status = (Grpc__Health__V1__HealthCheckResponse__ServingStatus)status;
    return GR_STATUS_OK;
}

/* A watcher that reads slowly misses what happened in between, never what is true now. */
static void tell(const struct gr_health *health, struct watcher *watcher)
{
    enum gr_health_status status = status_of(health, watcher->service);
    check_response reply = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;

    if (watcher->told == (int)status || !gr_writable(watcher->call))
        return;
    reply.status = (Grpc__Health__V1__HealthCheckResponse__ServingStatus)status;
    watcher->told = (int)status;
    if (gr_send(watcher->call, &reply, GR_SEND_DEFAULT) == GR_NOMEM)
        gr_finish(watcher->call, GR_STATUS_RESOURCE_EXHAUSTED);
}

static void begin_watching(struct gr_health *health, struct gr_call *call, const char *service)
{
    size_t size = strlen(service) + 1;
    struct watcher *watcher = gr_call_alloc(call, sizeof(*watcher));
    char *copy = gr_call_alloc(call, size);

    if (!watcher || !copy) {
        gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
        return;
    }
    memcpy(copy, service, size);
    *watcher = (struct watcher){.call = call, .service = copy, .told = -1};
    watcher->next = health->watchers;
    if (watcher->next)
        watcher->next->prev = watcher;
    health->watchers = watcher;
    gr_call_set_data(call, watcher);
    tell(health, watcher);
}

static void end_watching(struct gr_health *health, struct watcher *watcher)
{
    *(watcher->prev ? &watcher->prev->next : &health->watchers) = watcher->next;
    if (watcher->next)
        watcher->next->prev = watcher->prev;
}

static void watch(struct gr_call *call, enum gr_event event, const check_request *request)
{
    struct gr_health *health = grpc_health_v1_health__data(call);
    struct watcher *watcher = gr_call_data(call);

    if (event == GR_EVENT_MESSAGE)
        begin_watching(health, call, request->service);
    else if (event == GR_EVENT_WRITABLE && watcher)
        tell(health, watcher);
    else if (event == GR_EVENT_ENDED && watcher)
        end_watching(health, watcher);
}

/* ---- Its owner's side ------------------------------------------------------------------------------------------------------- */

struct gr_health *gr_health_new(void)
{
    struct gr_health *health = calloc(1, sizeof(*health));

    if (!health)
        return NULL;
    health->handlers = (struct grpc_health_v1_health){health, check, watch};
    if (add(health, "", GR_HEALTH_SERVING) == 0)
        return health;
    free(health);
    return NULL;
}

void gr_health_free(struct gr_health *health)
{
    if (!health)
        return;
    while (health->entries)
        forget(health, health->entries->service);
    free(health);
}

int gr_health_register(struct gr_server *server, struct gr_health *health)
{
    return grpc_health_v1_health__register(server, &health->handlers);
}

static void tell_all(struct gr_health *health)
{
    for (struct watcher *watcher = health->watchers; watcher; watcher = watcher->next)
        tell(health, watcher);
}

int gr_health_set(struct gr_health *health, const char *service, enum gr_health_status status)
{
    struct entry *entry = find(health, service);
    int error = 0;

    if (health->shut_down)
        return 0;
    if (status == GR_HEALTH_SERVICE_UNKNOWN)
        forget(health, service);
    else if (entry)
        entry->status = status;
    else
        error = add(health, service, status);
    tell_all(health);
    return error;
}

void gr_health_shut_down(struct gr_health *health)
{
    health->shut_down = true;
    for (struct entry *entry = health->entries; entry; entry = entry->next)
        entry->status = GR_HEALTH_NOT_SERVING;
    tell_all(health);
}
