/* SPDX-License-Identifier: MIT
 *
 * The canary; see canary.h. */
#include "target/canary.h"

#include "wire/frame.h"

#include <stdio.h>

#define KEPT_MAX 65536 /* of what the target says before it answers the PING */

static const uint8_t ping_octets[8] = {'g', 'r', 'p', 'c', 's', 'p', 'e', 'c'};

static struct canary *give_up(struct canary *canary, enum canary_answer answer, const char *why)
{
    canary->answer = answer;
    snprintf(canary->why, sizeof(canary->why), "%s", why);
    return canary;
}

static bool send_greeting(struct transport *transport, gr_time deadline)
{
    struct buf out = {0};
    struct frame settings = {.type = FRAME_SETTINGS};
    struct frame ping = {.type = FRAME_PING, .payload = {ping_octets, sizeof(ping_octets)}};
    buf_put(&out, CONNECTION_PREFACE);
    frame_put(&out, &settings);
    frame_put(&out, &ping);
    bool sent = !out.failed && transport_write(transport, buf_view(&out), deadline) == TRANSPORT_OK;
    buf_clear(&out);
    return sent;
}

/* A server's first frame is SETTINGS (RFC 9113 3.4): enough octets to tell have come, and they say
 * otherwise. */
static bool is_not_http2(struct bytes in)
{
    static const uint8_t rest[] = {FRAME_SETTINGS, 0, 0, 0, 0, 0};
    if (in.len > 0 && in.data[0] != 0)
        return true; /* a SETTINGS frame of 64 KiB and more is no greeting */
    struct bytes from_type = bytes_first(bytes_skip(in, 3), sizeof(rest));
    return memcmp(rest, from_type.data ? from_type.data : rest, from_type.len) != 0;
}

/* Look at the whole frames that have come; true when the PING is answered. */
static bool take_frames(struct canary *canary, struct buf *received)
{
    struct bytes in = buf_view(received);
    struct frame frame;
    bool answered = false;
    while (!answered && frame_take(&in, &frame)) {
        canary->got_settings |= frame.type == FRAME_SETTINGS;
        answered = frame.type == FRAME_PING && (frame.flags & FLAG_ACK) &&
                   bytes_equal(frame.payload, bytes_of(ping_octets, sizeof(ping_octets)));
    }
    buf_consume(received, received->len - in.len);
    return answered;
}

static void keep_first(struct canary *canary, struct bytes octets)
{
    struct bytes kept = bytes_first(octets, sizeof(canary->first) - canary->first_len);
    if (kept.len > 0)
        memcpy(canary->first + canary->first_len, kept.data, kept.len);
    canary->first_len += kept.len;
}

static void listen_for_answer(struct canary *canary, struct transport *transport,
                              struct buf *received, gr_time deadline)
{
    while (received->len < KEPT_MAX) {
        uint8_t *room = buf_reserve(received, 4096);
        size_t got = 0;
        if (!room)
            break;
        enum transport_result result = transport_read(transport, room, 4096, &got, deadline);
        keep_first(canary, bytes_of(room, got));
        received->len += got;
        if (!canary->got_settings && is_not_http2(bytes_of(canary->first, canary->first_len))) {
            give_up(canary, CANARY_NOT_HTTP2, "it does not speak HTTP/2");
            return;
        }
        if (take_frames(canary, received)) {
            canary->answer = CANARY_SERVES;
            return;
        }
        if (result == TRANSPORT_TIMEOUT) {
            give_up(canary, CANARY_SILENT,
                    canary->got_settings ? "it does not answer a PING" : "it says nothing");
            return;
        }
        if (result != TRANSPORT_OK) {
            give_up(canary, CANARY_CLOSED, "it closes new connections");
            return;
        }
    }
    give_up(canary, CANARY_SILENT, "it does not answer a PING");
}

struct canary canary_ask(const struct endpoint *endpoint, const struct transport_tls *tls,
                         int64_t patience_ns)
{
    struct canary canary = {.answer = CANARY_UNREACHABLE};
    gr_time deadline = clock_add(clock_now_ns(), patience_ns);
    struct transport *transport = transport_connect(endpoint, tls, deadline, canary.why);
    if (!transport)
        return canary;
    struct buf received = {0};
    /* a target that closes at once may still have said why: read whether or not all was written */
    (void)send_greeting(transport, deadline);
    listen_for_answer(&canary, transport, &received, deadline);
    buf_clear(&received);
    transport_free(transport);
    return canary;
}
