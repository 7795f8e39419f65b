/* SPDX-License-Identifier: MIT
 *
 * A scripted server for the unit tests of peer/, and only for them: a thread that serves one connection, answers the
 * first HEADERS or the first frame of type OFFENCE with the frames of a script, and SETTINGS and PING as it says. */
#ifndef PEER_SCRIPTED_SERVER_H
#define PEER_SCRIPTED_SERVER_H

#include "base/test.h"

#include "peer/peer.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define OFFENCE            0x77
#define OK_LIST            "\x88" /* :status 200 */
#define STATUS_LIST(digit) "\x00\x0bgrpc-status\x01" digit
#define ONLY(digit)        OK_LIST STATUS_LIST(digit)

#define B(literal)                                                                                 \
    {                                                                                              \
        (const uint8_t *)("" literal), sizeof(literal) - 1                                         \
    }

enum ending { STAY, FIN, RST };

struct script {
    struct frame frames[5];
    size_t count;
    struct bytes raw; /* behind them */
    enum ending ending;
    bool deaf; /* no answer to PING, nor to SETTINGS after the first */
    bool mute; /* nothing at all, not even the preface */
};

struct server {
    const struct script *script;
    int listener;
    struct transport *transport;
    struct buf received; /* everything */
    size_t parsed;
    bool reacted;
    unsigned settings;
    pthread_t thread;
};

static void say(struct server *server, struct frame frame)
{
    struct buf out = {0};
    frame_put(&out, &frame);
    (void)transport_write(server->transport, buf_view(&out), clock_now_ns() + NS_PER_S);
    buf_clear(&out);
}

/* returns false when the connection is to end */
static bool react(struct server *server)
{
    const struct script *script = server->script;
    server->reacted = true;
    for (size_t i = 0; i < script->count; i++)
        say(server, script->frames[i]);
    (void)transport_write(server->transport, script->raw, clock_now_ns() + NS_PER_S);
    return script->ending == STAY;
}

static bool answer(struct server *server, const struct frame *frame)
{
    bool ack = (frame->flags & FLAG_ACK) != 0;
    bool deaf = server->script->deaf;
    if (frame->type == FRAME_SETTINGS && !ack && (server->settings++ == 0 || !deaf))
        say(server, (struct frame){FRAME_SETTINGS, FLAG_ACK, false, 0, NO_BYTES});
    if (frame->type == FRAME_PING && !ack && !deaf)
        say(server, (struct frame){FRAME_PING, FLAG_ACK, false, 0, frame->payload});
    if ((frame->type == FRAME_HEADERS || frame->type == OFFENCE) && !server->reacted)
        return react(server);
    return true;
}

static bool answer_all(struct server *server)
{
    struct bytes rest = bytes_skip(buf_view(&server->received), server->parsed);
    struct frame frame;
    while (frame_take(&rest, &frame)) {
        server->parsed = server->received.len - rest.len;
        if (!answer(server, &frame))
            return false;
    }
    return true;
}

static void serve_connection(struct server *server)
{
    server->parsed = CONNECTION_PREFACE.len;
    if (!server->script->mute)
        say(server, (struct frame){FRAME_SETTINGS, 0, false, 0, NO_BYTES});
    enum transport_result result = TRANSPORT_OK;
    while (result == TRANSPORT_OK) {
        size_t got = 0;
        uint8_t *at = buf_reserve(&server->received, 65536);
        result = transport_read(server->transport, at, 65536, &got, clock_now_ns() + 10 * NS_PER_S);
        server->received.len += got;
        if (!server->script->mute && !answer_all(server))
            break;
    }
    if (server->script->ending == RST)
        transport_abort(server->transport);
    else
        transport_free(server->transport);
}

static void *serve_one(void *arg)
{
    struct server *server = arg;
    char why[256];
    int fd = accept(server->listener, NULL, NULL);
    server->transport = fd < 0 ? NULL : transport_accept(fd, NULL, clock_now_ns() + NS_PER_S, why);
    if (server->transport)
        serve_connection(server);
    return NULL;
}

/* ---- one run ---- */

struct run {
    struct server server;
    struct target_info target;
    struct test t;
};

static const struct test_case any_case = {.id = "unit/peer"};

static void begin(struct run *run, const struct script *script)
{
    *run = (struct run){.server = {.script = script}};
    run->target = (struct target_info){
        .endpoint = {.host = "127.0.0.1"}, .answers_requests = true, .has_test_service = true};
    run->server.listener = transport_listen(0, &run->target.endpoint.port);
    assert_true(run->server.listener >= 0);
    assert_int_equal(pthread_create(&run->server.thread, NULL, serve_one, &run->server), 0);
    test_init(&run->t, &any_case, &run->target, clock_now_ns());
    run->t.patience_ns = 300 * NS_PER_MS;
}

static void end(struct run *run)
{
    test_clear(&run->t);
    (void)shutdown(run->server.listener, SHUT_RDWR);
    (void)pthread_join(run->server.thread, NULL);
    (void)close(run->server.listener);
    buf_clear(&run->server.received);
}

/* ---- scripts ---- */

/* clang-format off */
#define ONE(...)   .frames = {__VA_ARGS__}, .count = 1
#define TWO(...)   .frames = {__VA_ARGS__}, .count = 2
#define THREE(...) .frames = {__VA_ARGS__}, .count = 3
#define FOUR(...)  .frames = {__VA_ARGS__}, .count = 4
#define HEAD(list, flags) {FRAME_HEADERS, (flags) | FLAG_END_HEADERS, false, 1, B(list)}
#define DATA(octets, flags) {FRAME_DATA, (flags), false, 1, B(octets)}
#define RST_1(code) {FRAME_RST_STREAM, 0, false, 1, B("\0\0\0" code)}
#define AWAY(code) {FRAME_GOAWAY, 0, false, 0, B("\0\0\0\1\0\0\0" code)}
#define NOTHING    .count = 0
/* clang-format on */

#endif
