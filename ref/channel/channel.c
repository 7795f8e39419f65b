/* SPDX-License-Identifier: MIT
 *
 * A channel's life and its calls' births and ends. When calls may start is in start.c. */
#include "channel/io.h"

#include "base/contract.h"
#include "codec/metadata.h"

#include <stdio.h>
#include <stdlib.h>

#define CONNECT_TIMEOUT    (20 * NS_PER_S) /* connection-backoff.md, MIN_CONNECT_TIMEOUT */
#define KEEPALIVE_TIME_MIN (10 * NS_PER_S) /* gRFC A8 */
#define KEEPALIVE_TIMEOUT  (20 * NS_PER_S)

static bool copy_string(const char **to, const char *from)
{
    *to = from ? strdup(from) : NULL;
    return *to || !from;
}

static bool copy_tls(struct gr_channel *channel, const struct gr_tls_options *from)
{
    struct gr_tls_options *to = &channel->tls;

    channel->use_tls = from != NULL;
    if (!from)
        return true;
    return copy_string(&to->cert_file, from->cert_file) &&
           copy_string(&to->key_file, from->key_file) && copy_string(&to->ca_file, from->ca_file) &&
           copy_string(&to->server_name, from->server_name) &&
           copy_string(&to->keylog_file, from->keylog_file);
}

static void free_tls(struct gr_tls_options *tls)
{
    free((void *)(uintptr_t)tls->cert_file);
    free((void *)(uintptr_t)tls->key_file);
    free((void *)(uintptr_t)tls->ca_file);
    free((void *)(uintptr_t)tls->server_name);
    free((void *)(uintptr_t)tls->keylog_file);
}

static bool copy_interceptors(struct gr_channel *channel, const struct gr_channel_options *from)
{
    size_t size = from->interceptor_count * sizeof(*from->interceptors);

    if (size == 0)
        return true;
    channel->interceptors = malloc(size);
    if (!channel->interceptors)
        return false;
    memcpy(channel->interceptors, from->interceptors, size);
    channel->host.layers = channel->interceptors;
    channel->host.layer_count = from->interceptor_count;
    return true;
}

/* PROTOCOL-HTTP2, User Agents: the application's, then ours. */
static char *make_user_agent(const char *prefix)
{
    struct buf text = {0};
    char *copy;

    if (prefix)
        buf_printf(&text, "%s ", prefix);
    buf_printf(&text, "grpc-c-%s", gr_version());
    copy = text.failed ? NULL : strdup(buf_str(&text));
    buf_clear(&text);
    return copy;
}

static char *make_authority(const char *target, const struct gr_channel_options *options)
{
    if (options->authority)
        return strdup(options->authority);
    if (options->tls && options->tls->server_name)
        return strdup(options->tls->server_name);
    return channel_io_authority(target);
}

static void wake(struct call_host *host)
{
    struct gr_channel *channel = (struct gr_channel *)host;

    if (!channel->dispatching)
        channel_io_wake(channel->io);
}

/* Calls that have no connection yet have nothing to send. */
static void settle_nothing(struct call_host *host, struct gr_call *call)
{
    (void)host, (void)call;
}

static void init_host(struct gr_channel *channel)
{
    channel->host = (struct call_host){
        .wake = wake,
        .settle = settle_nothing,
        .clock = clock_now_ns,
        .now = clock_now_ns(),
        .timers = &channel->timers,
        .codec = &channel->codec,
        .scratch = &channel->scratch,
        .spare = &channel->spare,
        .peer = channel->peer,
        .peer_max_metadata = SIZE_MAX,
    };
}

static struct keepalive_options keepalive_options(const struct gr_channel_options *from)
{
    struct keepalive_options to = {.without_calls = from->keepalive_without_calls};

    to.time = from->keepalive_time_ns;
    if (to.time > 0 && to.time < KEEPALIVE_TIME_MIN)
        to.time = KEEPALIVE_TIME_MIN;
    to.timeout = from->keepalive_timeout_ns ? from->keepalive_timeout_ns : KEEPALIVE_TIMEOUT;
    return to;
}

struct gr_channel *gr_channel_new(const char *target, const struct gr_channel_options *options)
{
    static const struct gr_channel_options DEFAULTS = {0};
    struct gr_channel *channel = calloc(1, sizeof(*channel));

    if (!channel)
        return NULL;
    options = options ? options : &DEFAULTS;
    target = target ? target : ""; /* which fails its calls */
    init_host(channel);
    channel->limits = limits_with_defaults(&options->limits);
    channel->trace = options->trace;
    channel->spin_ns = options->spin_ns;
    channel->connect_timeout_ns = options->connect_timeout_ns ? options->connect_timeout_ns
                                                              : CONNECT_TIMEOUT;
    channel->keepalive = keepalive_options(options);
    channel->random = (uint64_t)clock_now_ns() ^ (uintptr_t)channel;
    channel->target = strdup(target);
    channel->authority = make_authority(target, options);
    channel->user_agent = make_user_agent(options->user_agent);
    if (copy_tls(channel, options->tls) && copy_interceptors(channel, options) && channel->target &&
        channel->authority && channel->user_agent)
        channel->io = channel_io_new(channel, options->loop);
    if (!channel->io) {
        gr_channel_free(channel);
        return NULL;
    }
    channel->loop = channel->host.loop = channel_io_loop(channel->io);
    return channel;
}

void gr_channel_free(struct gr_channel *channel)
{
    if (!channel)
        return;
    CONTRACT(channel->calls == 0, "its calls must have been freed before");
    CONTRACT(!channel_is_busy(channel), "not from a callback on its loop");
    channel_io_free(channel->io);
    timers_clear(&channel->timers);
    gr_codec_clear(&channel->codec);
    h2_memory_clear(&channel->memory);
    buf_clear(&channel->scratch);
    spare_clear(&channel->spare);
    free_tls(&channel->tls);
    free(channel->interceptors);
    free(channel->target);
    free(channel->authority);
    free(channel->user_agent);
    free(channel);
}

/* ---- States ---------------------------------------------------------------------------------- */

enum gr_channel_state gr_channel_state(const struct gr_channel *channel)
{
    return channel->state;
}

void gr_channel_watch(struct gr_channel *channel, gr_channel_watch_fn *watch, void *data)
{
    channel->watch = watch;
    channel->watch_data = data;
}

void gr_channel_connect(struct gr_channel *channel)
{
    channel->connect_wanted = true;
    channel_io_wake(channel->io);
}

bool channel_is_busy(const struct gr_channel *channel)
{
    return channel->io && channel_io_is_turning(channel->io);
}

/* ---- Calls ----------------------------------------------------------------------------------- */

static bool copy_metadata(struct gr_call *call, const struct gr_metadata *from)
{
    if (gr_metadata_count(from) == 0)
        return true;
    call->headers_out = gr_metadata_copy(from);
    return call->headers_out != NULL;
}

static void apply_options(struct gr_call *call, const struct gr_call_options *options)
{
    struct gr_channel *channel = call->owner;

    if (gr_compression_available(options->compression))
        call->compression = options->compression;
    call->codec = options->codec;
    call->observer = options->observer;
    call->reading = options->observer ? READING_ALL : READING_NONE;
    call->data = options->data;
    call->wait_for_ready = options->wait_for_ready;
    if (options->max_message)
        call->max_message = options->max_message;
    gr_deframer_init(&call->deframer, call->max_message);
    call->path = bytes_str(call->method->path);
    call->scheme = channel->use_tls ? BYTES("https") : BYTES("http");
    call->authority = bytes_str(channel->authority);
    call->user_agent = bytes_str(channel->user_agent);
}

/* Until the server has answered, what is sent is kept: it may have to be sent again (GRPC-RETRY-012). */
static void begin(struct gr_call *call, int64_t timeout_ns)
{
    struct gr_channel *channel = call->owner;
    enum gr_status refusal = channel->host.layer_count ? layers_begin(call) : GR_STATUS_OK;

    call->keep_out = true;
    channel_wait(channel, call, false);
    if (call_send_headers(call) != 0)
        return;
    if (refusal != GR_STATUS_OK)
        layers_refuse(call, refusal);
    else if (timeout_ns < 0)
        call_fail(call, GR_STATUS_DEADLINE_EXCEEDED, "the deadline has passed");
    else if (timeout_ns > 0)
        call_set_deadline(call, clock_add(host_now(call->host), timeout_ns));
}

struct gr_call *gr_call_new(struct gr_channel *channel, const struct gr_method *method,
                            const struct gr_call_options *options)
{
    static const struct gr_call_options DEFAULTS = {0};
    struct gr_call *call = calloc(1, sizeof(*call));

    if (!call)
        return NULL;
    options = options ? options : &DEFAULTS;
    call_init(call, ROLE_CLIENT, &channel->host, &channel->limits);
    call->owner = channel;
    call->method = method;
    if (!copy_metadata(call, options->metadata)) {
        call_clear(call);
        free(call);
        return NULL;
    }
    channel->calls++;
    apply_options(call, options);
    begin(call, options->timeout_ns);
    return call;
}

void gr_call_free(struct gr_call *call)
{
    struct gr_channel *channel;

    if (!call)
        return;
    CONTRACT(call->role == ROLE_CLIENT, "a server's call is freed by its server");
    channel = call->owner;
    if (call->layers_begun && !call->ended)
        call->result.status = GR_STATUS_CANCELLED;
    layers_ended(call);
    channel_stop_waiting(channel, call);
    conn_drop(call);
    host_forget(&channel->host, call);
    call_clear(call);
    free(call);
    channel->calls--;
}
