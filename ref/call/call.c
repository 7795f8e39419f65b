/* SPDX-License-Identifier: MIT
 *
 * A call's life and memory, and what any application may ask of it. Not here: what it receives and sends. */
#include "call/call.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* A recycled call keeps buffers up to this size. */
#define KEEP_BUFFER 4096

struct gr_limits limits_with_defaults(const struct gr_limits *limits)
{
    static const struct gr_limits DEFAULTS = {
        .max_message = 4u << 20,
        .max_metadata = 16u << 10,
        .stream_window = 1u << 20,
        .connection_window = 4u << 20,
        .max_concurrent_streams = 1000,
        .send_buffer = 256u << 10,
    };
    struct gr_limits full = limits ? *limits : DEFAULTS;

    full.max_message = full.max_message ? full.max_message : DEFAULTS.max_message;
    full.max_metadata = full.max_metadata ? full.max_metadata : DEFAULTS.max_metadata;
    full.stream_window = full.stream_window ? full.stream_window : DEFAULTS.stream_window;
    full.connection_window = full.connection_window ? full.connection_window
                                                    : DEFAULTS.connection_window;
    full.max_concurrent_streams = full.max_concurrent_streams ? full.max_concurrent_streams
                                                              : DEFAULTS.max_concurrent_streams;
    full.send_buffer = full.send_buffer ? full.send_buffer : DEFAULTS.send_buffer;
    return full;
}

void call_init(struct gr_call *call, enum role role, struct call_host *host,
               const struct gr_limits *limits)
{
    call->role = role;
    call->host = host;
    call->max_message = limits->max_message;
    call->send_buffer = limits->send_buffer;
    call->peer_accepts = 1u << GR_IDENTITY;
    call->deadline = TIME_NEVER;
    call->deadline_timer.of = call;
    call->alarm.of = call;
    gr_deframer_init(&call->deframer, call->max_message);
    call->deframer.spare = call->arena.spare = call->message_arena.spare = host->spare;
}

static void clear_buffer(struct buf *buf)
{
    if (buf->cap > KEEP_BUFFER)
        buf_clear(buf);
    else
        buf_reset(buf);
}

static void stop_timers(struct gr_call *call)
{
    timers_stop(call->host->timers, &call->deadline_timer);
    timers_stop(call->host->timers, &call->alarm);
}

static void free_lists(struct gr_call *call)
{
    gr_metadata_free(call->metadata);
    gr_metadata_free(call->trailers);
    gr_metadata_free(call->headers_out);
    gr_metadata_free(call->trailers_out);
}

void call_recycle(struct gr_call *call)
{
    struct gr_call kept = {0};

    stop_timers(call);
    free_lists(call);
    gr_deframer_clear(&call->deframer);
    outbox_reset(&call->outbox);
    clear_buffer(&call->backlog);
    gr_arena_reset(&call->arena);
    gr_arena_reset(&call->message_arena);
    kept.outbox = call->outbox;
    kept.backlog = call->backlog;
    kept.arena = call->arena;
    kept.message_arena = call->message_arena;
    *call = kept;
}

void call_clear(struct gr_call *call)
{
    call_recycle(call);
    outbox_clear(&call->outbox);
    buf_clear(&call->backlog);
    gr_arena_clear(&call->arena);
    gr_arena_clear(&call->message_arena);
    *call = (struct gr_call){0};
}

/* ---- Time ------------------------------------------------------------------------------------ */

void call_set_deadline(struct gr_call *call, gr_time deadline)
{
    call->deadline = deadline;
    if (deadline == TIME_NEVER)
        return;
    if (deadline <= call->host->now)
        call_fail(call, GR_STATUS_DEADLINE_EXCEEDED, "the deadline has passed");
    else if (!timers_start(call->host->timers, &call->deadline_timer, deadline))
        call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "out of memory");
}

void call_timer_fired(const struct timer *timer)
{
    struct gr_call *call = timer->of;

    if (timer == &call->deadline_timer) {
        call_fail(call, GR_STATUS_DEADLINE_EXCEEDED, "the deadline has passed");
        return;
    }
    call->alarm_due = true;
    call_touch(call);
}

void gr_call_timer(struct gr_call *call, int64_t delay_ns)
{
    if (delay_ns < 0 || call->ended)
        timers_stop(call->host->timers, &call->alarm);
    else if (!timers_start(call->host->timers, &call->alarm,
                           clock_add(host_now(call->host), delay_ns)))
        call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "out of memory");
}

gr_time gr_call_deadline(const struct gr_call *call)
{
    return call->deadline;
}

/* ---- What an application may ask ------------------------------------------------------------- */

void *gr_call_alloc(struct gr_call *call, size_t size)
{
    return gr_arena_alloc(&call->arena, size);
}

char *gr_call_printf(struct gr_call *call, const char *fmt, ...)
{
    va_list args, again;
    char *text = NULL;

    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    if (len >= 0)
        text = gr_call_alloc(call, (size_t)len + 1);
    if (text)
        vsnprintf(text, (size_t)len + 1, fmt, again);
    va_end(again);
    va_end(args);
    return text;
}

void gr_call_set_data(struct gr_call *call, void *data)
{
    call->data = data;
}

void *gr_call_data(const struct gr_call *call)
{
    return call->data;
}

void *gr_service_data(const struct gr_call *call)
{
    return call->service_data;
}

const struct gr_metadata *gr_call_metadata(const struct gr_call *call)
{
    return call->metadata;
}

const struct gr_metadata *gr_call_trailers(const struct gr_call *call)
{
    return call->trailers;
}

const struct gr_result *gr_call_result(const struct gr_call *call)
{
    return &call->result;
}

const char *gr_call_peer(const struct gr_call *call)
{
    return call->host->peer ? call->host->peer : "";
}

struct gr_loop *gr_call_loop(const struct gr_call *call)
{
    return call->host->loop;
}

const struct gr_tls_peer *gr_call_tls(const struct gr_call *call)
{
    return call->host->identify ? call->host->identify(call->host) : NULL;
}

const struct gr_method *gr_call_method(const struct gr_call *call)
{
    return call->method;
}

bool gr_call_message_was_compressed(const struct gr_call *call)
{
    return call->message_compressed;
}

void gr_pause_reading(struct gr_call *call)
{
    call->reading = READING_NONE;
}

void gr_resume_reading(struct gr_call *call)
{
    call->reading = READING_ALL;
    call_touch(call);
}
