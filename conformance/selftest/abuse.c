/* SPDX-License-Identifier: MIT
 *
 * How the faulty server bears abuse: pings that come too often (gRFC A8), clients that do not read, and the knobs by
 * which one client's flood becomes everybody's. */
#include "selftest/h2.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

/* ---- pings ---- */

#define MOST_STRIKES 2
/* No test lasts as long as the five minutes between two pings that are allowed: the first is free, each later one is a
 * strike, until HEADERS or DATA go out. */
bool ping_is_too_many(struct h2 *h2)
{
    unsigned most = knob(KNOB_NO_STRIKE_IS_FORGIVEN) ? 0 : MOST_STRIKES;
    gr_time before = h2->last_ping;
    int64_t apart = setup_here()->pings_apart_ns;
    h2->last_ping = h2->now;
    if (knob(KNOB_BEARS_ANY_PINGS))
        return false;
    bool permitted = apart > 0 && h2->now - before >= apart;
    if (permitted && !knob(KNOB_PERMITTED_PINGS_ARE_STRIKES))
        return false;
    return h2->pings++ > most;
}

void forgive_pings(struct h2 *h2)
{
    if (!knob(KNOB_STRIKES_ARE_KEPT))
        h2->pings = 0;
}

void end_for_pings(struct h2 *h2)
{
    put_goaway(h2, h2->highest_stream, H2_ENHANCE_YOUR_CALM, BYTES("too_many_pings"));
    h2->closing = true;
}

/* ---- writing to who does not read ------------------------------------------------------------ */

/* Nothing is read meanwhile, so that what would have to be answered stays with the client. */
bool write_without_reading(struct h2 *h2, struct bytes octets, int64_t patience_ns)
{
    int fd = transport_fd(h2->transport);
    gr_time deadline = clock_now_ns() + patience_ns;
    while (octets.len > 0) {
        ssize_t n = send(fd, octets.data, octets.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            octets = bytes_skip(octets, (size_t)n);
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return false;
        int64_t left = (deadline - clock_now_ns()) / NS_PER_MS;
        struct pollfd writable = {.fd = fd, .events = POLLOUT};
        if (left <= 0 || poll(&writable, 1, (int)left) < 0 ||
            (writable.revents & (POLLERR | POLLHUP)))
            return false;
    }
    return true;
}

/* ---- floods that become everybody's ---------------------------------------------------------- */

#define FLOOD_FRAMES  90
#define FLOOD_OCTETS  100000
#define FLOOD_CLIENTS 150
#define LARGE_BLOCK   2500

static bool is_flooded(const struct h2 *h2)
{
    size_t waiting = 0;
    for (const struct stream *stream = h2->streams; stream; stream = stream->next)
        waiting += stream->pending.len;
    return h2->frames_in > FLOOD_FRAMES || h2->octets_in > FLOOD_OCTETS || waiting > FLOOD_OCTETS ||
           atomic_load(&h2->common->clients) > FLOOD_CLIENTS;
}

/* The whole server has stopped: no connection is served any more. */
bool is_frozen(struct h2 *h2)
{
    bool stops = (knob(KNOB_FLOODS_STOP_ALL) && is_flooded(h2)) ||
                 (knob(KNOB_HEADER_LISTS_STOP_ALL) && h2->block.len > LARGE_BLOCK);
    if (stops)
        atomic_store(&h2->common->frozen, true);
    return atomic_load(&h2->common->frozen);
}
