/* SPDX-License-Identifier: MIT
 *
 * A session from its preface to its last GOAWAY. */
#include "h2/private.h"

#include <stdlib.h>

/* ---- Life ------------------------------------------------------------------------------------ */

static void put_preface(struct h2 *h2, const struct gr_limits *limits)
{
    struct trace_setting settings[3] = {
        {INITIAL_WINDOW_SIZE, limits->stream_window},
        {MAX_HEADER_LIST_SIZE, (uint32_t)limits->max_metadata},
        {ENABLE_PUSH, 0}, /* a client's; a server's word on it would mean nothing */
    };

    if (h2->role == ROLE_SERVER)
        settings[2] = (struct trace_setting){MAX_CONCURRENT_STREAMS,
                                             limits->max_concurrent_streams};
    else
        h2_put_magic(h2);
    h2_put_settings(h2, settings, ARRAY_LEN(settings));
}

struct h2 *h2_new(enum role role, const struct gr_limits *limits, struct trace *trace,
                  struct h2_memory *memory)
{
    struct h2 *h2 = calloc(1, sizeof(*h2));

    if (!h2)
        return NULL;
    if (!memory)
        memory = h2->own_memory = calloc(1, sizeof(*memory));
    h2->memory = memory;
    h2->hpack = memory ? hpack_new(memory) : NULL;
    if (!h2->hpack) {
        h2_free(h2);
        return NULL;
    }
    h2->role = role;
    h2->trace = trace;
    h2->max_metadata = limits->max_metadata;
    h2->peer_max_streams = h2->peer_max_metadata = UINT32_MAX;
    h2->peer_last_stream = INT32_MAX;
    h2->next_id = 1;
    put_preface(h2, limits);
    h2_init_windows(h2, limits);
    return h2;
}

void h2_copy_all(struct h2 *h2)
{
    h2->copies = true;
}

void h2_free(struct h2 *h2)
{
    if (!h2)
        return;
    if (h2->memory)
        h2_clear_streams(h2);
    hpack_free(h2->hpack);
    gather_clear(&h2->out);
    buf_clear(&h2->input.whole);
    if (h2->own_memory)
        h2_memory_clear(h2->own_memory);
    free(h2->own_memory);
    free(h2);
}

/* ---- The end --------------------------------------------------------------------------------- */

void h2_shutdown_notice(struct h2 *h2, const char *reason)
{
    if (!h2->done && !h2->goaway_sent)
        h2_put_goaway(h2, INT32_MAX, H2_NO_ERROR, bytes_str(reason));
}

void h2_shutdown(struct h2 *h2, const char *reason)
{
    if (h2->done || h2->goaway_sent)
        return;
    h2_put_goaway(h2, h2->last_stream, H2_NO_ERROR, bytes_str(reason));
    h2->goaway_sent = true;
}

void h2_terminate(struct h2 *h2, enum h2_error code, const char *reason)
{
    if (h2->done)
        return;
    h2_put_goaway(h2, h2->last_stream, code, bytes_str(reason));
    h2->done = true;
}

bool h2_done(const struct h2 *h2)
{
    return h2->done || ((h2->goaway_sent || h2->goaway_received) && h2->open_count == 0);
}

bool h2_failed(const struct h2 *h2)
{
    return h2->failed || h2->out.own.failed;
}

/* ---- What is asked --------------------------------------------------------------------------- */

uint32_t h2_peer_max_streams(const struct h2 *h2)
{
    return h2->peer_max_streams;
}

size_t h2_peer_max_metadata(const struct h2 *h2)
{
    return h2->peer_max_metadata;
}
