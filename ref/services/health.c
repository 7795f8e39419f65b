/* SPDX-License-Identifier: MIT
 *
 * The service of health.h. A watcher keeps the name it asked for and what it was told last; a name that nobody has set
 * leaves nothing behind when its watcher goes.
 *
 * Statuses are set on any thread, and a call is told on its own: the watchers of one loop are a station, which is
 * woken by a post. */
#include "services/health.h"

#include "grpc/health/v1/health.grpc.h"

#include <pthread.h>
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
    struct station *station;
    struct watcher *next, *prev;
    struct gr_call *call;
    const char *service;
    int told; /* the last status sent; -1: none yet */
};

/* The watchers of one loop: touched on its thread alone, but for what stands below `lock`. */
struct station {
    struct gr_loop *loop;
    struct watcher *watchers;
    struct station *next;
    /* Under the lock of health. */
    struct gr_health
        *health;  /* NULL: it is gone, and the post that still waits frees the station */
    size_t count; /* of watchers */
    bool posted;
};

struct gr_health {
    pthread_mutex_t lock; /* of all but `handlers` */
    struct entry *entries;
    struct station *stations;
    bool shut_down;
    struct grpc_health_v1_health handlers; /* for the server */
};

/* ---- What is known --------------------------------------------------------------------------- */

static struct entry *find(const struct gr_health *health, const char *service)
{
    struct entry *entry = health->entries;

    while (entry && strcmp(entry->service, service) != 0)
        entry = entry->next;
    return entry;
}

static enum gr_health_status status_of(struct gr_health *health, const char *service)
{
    pthread_mutex_lock(&health->lock);
    const struct entry *entry = find(health, service);
    enum gr_health_status status = entry ? entry->status : GR_HEALTH_SERVICE_UNKNOWN;
    pthread_mutex_unlock(&health->lock);
    return status;
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

/* ---- Check and Watch ------------------------------------------------------------------------- */

static enum gr_status check(struct gr_call *call, const check_request *request,
                            check_response *reply)
{
    struct gr_health *health = grpc_health_v1_health__data(call);
    enum gr_health_status status = status_of(health, request->service);

    if (status == GR_HEALTH_SERVICE_UNKNOWN) { /* GRPC-HEALTH-002, -004 */
        (void)!gr_set_status_message(call, BYTES("unknown service"));
        return GR_STATUS_NOT_FOUND;
    }
    reply->status = (Grpc__Health__V1__HealthCheckResponse__ServingStatus)status;
    return GR_STATUS_OK;
}

/* A watcher that reads slowly misses what happened in between, never what is true now. */
static void tell(struct gr_health *health, struct watcher *watcher)
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

/* The station of a loop; NULL when out of memory. */
static struct station *station_of(struct gr_health *health, struct gr_loop *loop)
{
    struct station *station = health->stations;

    while (station && station->loop != loop)
        station = station->next;
    if (station)
        return station;
    station = calloc(1, sizeof(*station));
    if (!station)
        return NULL;
    station->loop = loop;
    station->health = health;
    station->next = health->stations;
    health->stations = station;
    return station;
}

static bool join_station(struct gr_health *health, struct watcher *watcher)
{
    pthread_mutex_lock(&health->lock);
    struct station *station = station_of(health, gr_call_loop(watcher->call));
    if (station)
        station->count++;
    pthread_mutex_unlock(&health->lock);
    if (!station)
        return false;
    watcher->station = station;
    watcher->next = station->watchers;
    if (watcher->next)
        watcher->next->prev = watcher;
    station->watchers = watcher;
    return true;
}

static void begin_watching(struct gr_health *health, struct gr_call *call, const char *service)
{
    size_t size = strlen(service) + 1;
    struct watcher *watcher = gr_call_alloc(call, sizeof(*watcher));
    char *copy = gr_call_alloc(call, size);

    if (watcher)
        *watcher = (struct watcher){.call = call, .service = copy, .told = -1};
    if (!watcher || !copy || !join_station(health, watcher)) {
        gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
        return;
    }
    memcpy(copy, service, size);
    gr_call_set_data(call, watcher);
    tell(health, watcher);
}

static void end_watching(struct gr_health *health, struct watcher *watcher)
{
    struct station *station = watcher->station;

    *(watcher->prev ? &watcher->prev->next : &station->watchers) = watcher->next;
    if (watcher->next)
        watcher->next->prev = watcher->prev;
    pthread_mutex_lock(&health->lock);
    station->count--;
    pthread_mutex_unlock(&health->lock);
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

/* ---- Its owner's side ------------------------------------------------------------------------ */

struct gr_health *gr_health_new(void)
{
    struct gr_health *health = calloc(1, sizeof(*health));

    if (!health)
        return NULL;
    pthread_mutex_init(&health->lock, NULL);
    health->handlers = (struct grpc_health_v1_health){health, check, watch};
    if (add(health, "", GR_HEALTH_SERVING) == 0)
        return health;
    free(health);
    return NULL;
}

/* No server is left, so no watcher; but a post may still wait on a loop of the caller's. */
static void free_stations(struct gr_health *health)
{
    while (health->stations) {
        struct station *station = health->stations;
        health->stations = station->next;
        station->health = NULL;
        if (!station->posted)
            free(station);
    }
}

void gr_health_free(struct gr_health *health)
{
    if (!health)
        return;
    while (health->entries)
        forget(health, health->entries->service);
    free_stations(health);
    pthread_mutex_destroy(&health->lock);
    free(health);
}

int gr_health_register(struct gr_server *server, struct gr_health *health)
{
    return grpc_health_v1_health__register(server, &health->handlers);
}

static void tell_station(void *data)
{
    struct station *station = data;
    struct gr_health *health = station->health;

    if (!health) {
        free(station);
        return;
    }
    pthread_mutex_lock(&health->lock);
    station->posted = false;
    pthread_mutex_unlock(&health->lock);
    for (struct watcher *watcher = station->watchers; watcher; watcher = watcher->next)
        tell(health, watcher);
}

/* Under the lock, so that no watcher, and with it its loop, goes meanwhile. */
static int wake_stations(struct gr_health *health)
{
    int error = 0;

    for (struct station *station = health->stations; station; station = station->next) {
        if (station->count == 0 || station->posted)
            continue;
        station->posted = gr_loop_post(station->loop, tell_station, station) == 0;
        if (!station->posted)
            error = GR_NOMEM;
    }
    return error;
}

static int set(struct gr_health *health, const char *service, enum gr_health_status status)
{
    struct entry *entry = find(health, service);

    if (status == GR_HEALTH_SERVICE_UNKNOWN)
        forget(health, service);
    else if (entry)
        entry->status = status;
    else
        return add(health, service, status);
    return 0;
}

int gr_health_set(struct gr_health *health, const char *service, enum gr_health_status status)
{
    int error = 0;

    pthread_mutex_lock(&health->lock);
    if (!health->shut_down) {
        error = set(health, service, status);
        if (!error)
            error = wake_stations(health);
    }
    pthread_mutex_unlock(&health->lock);
    return error;
}

int gr_health_shut_down(struct gr_health *health)
{
    pthread_mutex_lock(&health->lock);
    health->shut_down = true;
    for (struct entry *entry = health->entries; entry; entry = entry->next)
        entry->status = GR_HEALTH_NOT_SERVING;
    int error = wake_stations(health);
    pthread_mutex_unlock(&health->lock);
    return error;
}
