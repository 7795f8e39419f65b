/* SPDX-License-Identifier: MIT
 *
 * A server's life, from options to the last connection. */
#include "server/io.h"

#include "base/contract.h"

#include <stdio.h>
#include <stdlib.h>

#define HANDSHAKE_TIMEOUT      (20 * NS_PER_S)
#define KEEPALIVE_TIME         (2 * 3600 * NS_PER_S)
#define KEEPALIVE_TIMEOUT      (20 * NS_PER_S)
#define MIN_PING_INTERVAL      (5 * 60 * NS_PER_S)
#define MIN_PING_INTERVAL_IDLE (2 * 3600 * NS_PER_S)
#define MAX_PING_STRIKES       2

static bool copy_string(const char **to, const char *from)
{
    *to = from ? strdup(from) : NULL;
    return *to || !from;
}

static bool copy_tls(struct gr_server *server, const struct gr_tls_options *from)
{
    struct gr_tls_options *to = &server->tls;

    server->use_tls = from != NULL;
    if (!from)
        return true;
    bool cert = copy_string(&to->cert_file, from->cert_file),
         key = copy_string(&to->key_file, from->key_file);
    bool ca = copy_string(&to->ca_file, from->ca_file),
         log = copy_string(&to->keylog_file, from->keylog_file);
    return cert && key && ca && log;
}

static void free_tls(struct gr_tls_options *tls)
{
    free((void *)(uintptr_t)tls->cert_file);
    free((void *)(uintptr_t)tls->key_file);
    free((void *)(uintptr_t)tls->ca_file);
    free((void *)(uintptr_t)tls->keylog_file);
}

static bool copy_interceptors(struct gr_server *server, const struct gr_server_options *from)
{
    size_t size = from->interceptor_count * sizeof(*from->interceptors);

    if (size == 0)
        return true;
    server->interceptors = malloc(size);
    if (!server->interceptors)
        return false;
    memcpy(server->interceptors, from->interceptors, size);
    server->interceptor_count = from->interceptor_count;
    return true;
}

static int64_t or_default(int64_t span, int64_t usual)
{
    return span ? span : usual;
}

/* The defaults of gRFC A8 and A9. */
static struct keepalive_options keepalive_options(const struct gr_server_options *from)
{
    int64_t min_interval = or_default(from->min_ping_interval_ns, MIN_PING_INTERVAL);

    return (struct keepalive_options){
        .time = or_default(from->keepalive_time_ns, KEEPALIVE_TIME),
        .timeout = or_default(from->keepalive_timeout_ns, KEEPALIVE_TIMEOUT),
        .min_interval = min_interval,
        .min_interval_idle = from->permit_pings_without_calls ? min_interval
                                                              : MIN_PING_INTERVAL_IDLE,
        .max_strikes = from->max_ping_strikes < 0 ? UINT32_MAX
                       : from->max_ping_strikes   ? (uint32_t)from->max_ping_strikes
                                                  : MAX_PING_STRIKES,
        .max_age = from->max_connection_age_ns,
        .max_age_grace = from->max_connection_age_grace_ns,
        .max_idle = from->max_connection_idle_ns,
    };
}

static bool add_workers(struct gr_server *server, const struct gr_server_options *options)
{
    struct gr_server_options alike = *options;
    size_t count = options->threads > 1 ? (size_t)options->threads - 1 : 0;

    if (count == 0)
        return true;
    alike.loop = NULL;
    alike.threads = 1;
    server->workers = calloc(count, sizeof(struct gr_server *));
    if (!server->workers)
        return false;
    while (server->worker_count < count) {
        struct gr_server *worker = gr_server_new(&alike);
        if (!worker)
            return false;
        worker->methods = &server->registry;
        server->workers[server->worker_count++] = worker;
    }
    return true;
}

struct gr_server *gr_server_new(const struct gr_server_options *options)
{
    static const struct gr_server_options DEFAULTS = {0};
    struct gr_server *server = calloc(1, sizeof(*server));

    if (!server)
        return NULL;
    options = options ? options : &DEFAULTS;
    server->methods = &server->registry;
    server->limits = limits_with_defaults(&options->limits);
    server->handshake_timeout_ns = options->handshake_timeout_ns ? options->handshake_timeout_ns
                                                                 : HANDSHAKE_TIMEOUT;
    server->trace = options->trace;
    server->spin_ns = options->spin_ns;
    server->keepalive = keepalive_options(options);
    server->seed = (uint64_t)clock_now_ns() ^ (uintptr_t)server;
    if (copy_tls(server, options->tls) && copy_interceptors(server, options))
        server->io = server_io_new(server, options->loop);
    if (!server->io || !add_workers(server, options)) {
        gr_server_free(server);
        return NULL;
    }
    return server;
}

void gr_server_free(struct gr_server *server)
{
    if (!server)
        return;
    CONTRACT(!server->io || !server_io_is_turning(server->io), "not from a callback on its loop");
    while (server->worker_count)
        gr_server_free(server->workers[--server->worker_count]);
    free(server->workers);
    server_io_free(server->io);
    while (server->served) /* those whose calls were to be finished later */
        served_free(server->served);
    free(server->interceptors);
    registry_clear(&server->registry);
    call_pool_clear(&server->pool);
    h2_memory_clear(&server->memory);
    gr_codec_clear(&server->codec);
    buf_clear(&server->scratch);
    spare_clear(&server->spare);
    free_tls(&server->tls);
    free(server);
}

int gr_server_register(struct gr_server *server, const struct gr_service *service, void *data)
{
    return registry_add(&server->registry, service, data);
}

const struct gr_service *gr_server_service(const struct gr_server *server, size_t i)
{
    return i < server->registry.service_count ? server->registry.services[i] : NULL;
}

/* ---- Connections ----------------------------------------------------------------------------- */

static struct call_target find_method(struct call_host *host, struct bytes path)
{
    struct served *served = (struct served *)host;

    return registry_find(served->server->methods, path);
}

static void wake(struct call_host *host)
{
    struct served *served = (struct served *)host;

    if (served->wake)
        served->wake(served);
}

static const struct gr_tls_peer *identify(struct call_host *host)
{
    struct served *served = (struct served *)host;

    if (!served->described && served->describe)
        served->described = served->describe(served, &served->tls_memory, &served->tls_peer);
    return served->described ? &served->tls_peer : NULL;
}

static void init_host(struct served *served)
{
    struct gr_server *server = served->server;

    served->host = (struct call_host){
        .wake = wake,
        .find = find_method,
        .loop = server_io_loop(server->io),
        .timers = &served->timers,
        .codec = &server->codec,
        .scratch = &server->scratch,
        .spare = &server->spare,
        .peer = served->peer,
        .identify = identify,
        .layers = server->interceptors,
        .layer_count = server->interceptor_count,
    };
}

static uint64_t next_random(struct gr_server *server)
{
    return ++server->connections * 0x9e3779b97f4a7c15u ^ server->seed;
}

struct served *served_new(struct gr_server *server, const char *peer, gr_time now)
{
    struct served *served = calloc(1, sizeof(*served) + strlen(peer) + 1);

    if (!served)
        return NULL;
    served->server = server;
    strcpy(served->peer, peer);
    init_host(served);
    served->conn = conn_new(&(struct conn_options){.role = ROLE_SERVER,
                                                   .limits = server->limits,
                                                   .keepalive = &server->keepalive,
                                                   .random = next_random(server),
                                                   .trace = server->trace,
                                                   .host = &served->host,
                                                   .pool = &server->pool,
                                                   .memory = &server->memory,
                                                   .one_piece = server->use_tls},
                            now);
    if (!served->conn) {
        free(served);
        return NULL;
    }
    served->next = server->served;
    if (served->next)
        served->next->prev = served;
    server->served = served;
    return served;
}

/* A call whose stream is gone belongs to nobody but to who will finish it; one with a stream, to its connection. */
static void drop_later(struct served *served)
{
    while (served->host.later) {
        struct gr_call *call = served->host.later;
        call_not_later(call);
        if (call->stream)
            continue;
        host_forget(&served->host, call);
        call_pool_put(&served->server->pool, call);
    }
}

void served_free(struct served *served)
{
    drop_later(served);
    if (served->next)
        served->next->prev = served->prev;
    *(served->prev ? &served->prev->next : &served->server->served) = served->next;
    conn_free(served->conn);
    timers_clear(&served->timers);
    gr_arena_clear(&served->tls_memory);
    free(served);
}

void server_shutdown_all(struct gr_server *server)
{
    server->state = SERVER_DRAINING;
    for (struct served *served = server->served; served; served = served->next)
        conn_shutdown(served->conn, "the server stops");
}

void server_close_all(struct gr_server *server)
{
    server->state = SERVER_STOPPED;
    for (struct served *served = server->served; served; served = served->next) {
        conn_close(served->conn, H2_NO_ERROR, "the server stops");
        conn_lost(served->conn, "the server stops");
    }
}
