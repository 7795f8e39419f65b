/* SPDX-License-Identifier: MIT
 *
 * For tests: a server and a client connection that meet in memory, on a clock of their own, with the octets between
 * them cut as the test likes. All static: each test program that wants it includes it once. */
#ifndef CONN_PAIR_H
#define CONN_PAIR_H

#include "conn/test_service.h"

#include "conn/conn.h"
#include "server/server.h"

/* ---- The pair -------------------------------------------------------------------------------- */

struct pair {
    gr_time now;
    size_t segment;                     /* octets fed at a time; 0: all there are */
    struct gr_server_options options;   /* the server's, set before pair_open */
    struct keepalive_options keepalive; /* the client's, likewise */
    struct gr_server *server;
    struct served *served;
    struct call_host host; /* the client's */
    struct timers timers;
    struct gr_codec_state codec;
    struct buf scratch;
    struct gr_limits limits; /* the client's */
    struct conn *client;
    bool failed;      /* a feed said GR_NOMEM */
    size_t to_client; /* octets carried */
};

/* A client's call, and what it was told. */
struct told {
    struct gr_call call;
    unsigned order; /* one decimal digit for each event: 1 BEGAN, 2 MESSAGE, 3 ENDED, 4 else */
    size_t messages;
    size_t octets;
    uint8_t last
        [64]; /* the last message's body, its beginning; no allocation, for the test that fails those */
    size_t last_len;
    bool refused;
};

static MAYBE_UNUSED bool pair_open(struct pair *pair, const struct gr_limits *server_limits,
                                   const struct gr_limits *client_limits)
{
    seen = (struct seen){0};
    if (server_limits)
        pair->options.limits = *server_limits;
    pair->now = pair->now ? pair->now : NS_PER_S;
    pair->server = gr_server_new(&pair->options);
    if (!pair->server || gr_server_register(pair->server, &service, NULL) != 0)
        return false;
    pair->served = served_new(pair->server, "memory", pair->now);
    pair->limits = limits_with_defaults(client_limits);
    pair->host = (struct call_host){
        .timers = &pair->timers, .codec = &pair->codec, .scratch = &pair->scratch};
    pair->client = conn_new(&(struct conn_options){.role = ROLE_CLIENT,
                                                   .limits = pair->limits,
                                                   .keepalive = &pair->keepalive,
                                                   .host = &pair->host},
                            pair->now);
    return pair->served && pair->client;
}

static void pair_close(struct pair *pair)
{
    conn_free(pair->client);
    timers_clear(&pair->timers);
    gr_codec_clear(&pair->codec);
    buf_clear(&pair->scratch);
    if (pair->served) {
        conn_lost(pair->served->conn, "the test is over");
        server_dispatch(pair->served);
        served_free(pair->served);
    }
    gr_server_free(pair->server);
}

static void told_event(struct conn_event *event)
{
    struct told *told = (struct told *)event->call; /* its first member */
    static const unsigned digit[] = {
        [GR_EVENT_BEGAN] = 1,    [GR_EVENT_MESSAGE] = 2, [GR_EVENT_HALF_CLOSED] = 4,
        [GR_EVENT_WRITABLE] = 4, [GR_EVENT_TIMER] = 4,   [GR_EVENT_ENDED] = 3};

    if (event->kind == CONN_REFUSED)
        told->refused = true;
    if (event->kind != CONN_CALL)
        return;
    told->order = told->order * 10 + digit[event->event];
    if (event->event != GR_EVENT_MESSAGE)
        return;
    const payload *message = event->message;
    told->messages++;
    told->octets += message->body.len;
    told->last_len = message->body.len < sizeof(told->last) ? message->body.len
                                                            : sizeof(told->last);
    if (told->last_len)
        memcpy(told->last, message->body.data, told->last_len);
}

static void client_dispatch(struct pair *pair)
{
    struct conn_event event;

    while (conn_next(pair->client, &event))
        told_event(&event);
}

/* Carry what one side has written to the other, in segments. returns whether there was anything */
static bool carry(struct pair *pair, struct conn *from, struct conn *to)
{
    struct bytes all = conn_output(from);
    size_t len = all.len;

    for (struct bytes rest = all; rest.len;) {
        struct bytes piece = bytes_first(rest, pair->segment ? pair->segment : rest.len);
        if (conn_feed(to, piece, pair->now) != 0)
            pair->failed = true;
        rest = bytes_skip(rest, piece.len);
        if (to == pair->client)
            client_dispatch(pair);
        else
            server_dispatch(pair->served);
    }
    if (to == pair->client)
        pair->to_client += len;
    conn_sent(from, len);
    return len > 0;
}

/* Until both have nothing more to say. */
static MAYBE_UNUSED void pump(struct pair *pair)
{
    bool more = true;

    while (more && !pair->failed) {
        client_dispatch(pair);
        server_dispatch(pair->served);
        more = carry(pair, pair->client, pair->served->conn);
        more = carry(pair, pair->served->conn, pair->client) || more;
    }
}

/* Time passes, for one side or both. */
static MAYBE_UNUSED void tick_client(struct pair *pair, int64_t ns)
{
    pair->now += ns;
    conn_tick(pair->client, pair->now);
}

static MAYBE_UNUSED void tick_server(struct pair *pair, int64_t ns)
{
    pair->now += ns;
    conn_tick(pair->served->conn, pair->now);
}

static MAYBE_UNUSED void told_open(struct pair *pair, struct told *told,
                                   const struct gr_method *method)
{
    struct gr_call *call = &told->call;

    call_init(call, ROLE_CLIENT, &pair->host, &pair->limits);
    call->method = method;
    call->path = bytes_str(method->path);
    call->scheme = BYTES("http");
    call->authority = BYTES("memory");
    call->user_agent = BYTES("grpc-c-test/1");
}

static MAYBE_UNUSED void told_start(struct pair *pair, struct told *told)
{
    assert_int_equal(call_send_headers(&told->call), 0);
    conn_start(pair->client, &told->call);
}

static MAYBE_UNUSED struct bytes told_last(const struct told *told)
{
    return bytes_of(told->last, told->last_len);
}

static MAYBE_UNUSED void told_send(struct told *told, struct bytes body)
{
    (void)!gr_send(&told->call, PAYLOAD(body), GR_SEND_DEFAULT);
}

static MAYBE_UNUSED void told_close(struct told *told)
{
    conn_drop(&told->call);
    host_forget(told->call.host, &told->call);
    call_clear(&told->call);
}

#endif
