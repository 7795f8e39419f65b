/* SPDX-License-Identifier: MIT
 *
 * A connection, either side, without I/O: it eats octets and a clock reading, and yields events and octets.
 *
 *     conn_feed(conn, in, now);
 *     while (conn_next(conn, &event))
 *         dispatch(&event);                   // handlers run here, and may send
 *     write(socket, conn_output(conn));       // then conn_sent
 *
 * The same three steps after conn_tick, and whenever the host's wake asks for it. No socket, no thread and no clock
 * inside: it runs as well under libuv as in a test with a clock of its own. */
#ifndef CONN_CONN_H
#define CONN_CONN_H

#include "call/call.h"
#include "conn/keepalive.h"
#include "h2/h2.h"

struct conn;

struct conn_options {
    enum role role;
    struct gr_limits limits;                   /* complete: limits_with_defaults */
    const struct keepalive_options *keepalive; /* borrowed until conn_free; NULL: none */
    uint64_t random;                           /* for the 10 % of its age */
    bool trace;
    void (*trace_line)(void *user, const char *line); /* NULL: stderr */
    void *trace_user;
    /* Shared state of the calls; borrowed until conn_free. A server's has one connection; a client's may outlive
     * several. host->settle is set by conn_new, the rest by the caller. */
    struct call_host *host;
    struct call_pool *pool; /* server; borrowed until conn_free */
    struct h2_memory
        *memory; /* shared by connections of this thread; borrowed until conn_free. NULL: none */
    bool
        one_piece; /* the output: for who enciphers it. Else large messages are sent from where they lie */
    /* client: a call has put something into the output, maybe while another connection had its turn. NULL: none */
    void (*output_ready)(void *user);
    void *user;
};

enum conn_event_kind {
    CONN_CALL,  /* call, event, message: for its handler or observer */
    CONN_READY, /* the peer's first SETTINGS are here */
    CONN_ROOM,  /* client: another call may start: a stream ended, or new SETTINGS */
    CONN_REFUSED, /* client: the server has not touched this call; it may go elsewhere (GRPC-RETRY-012, -013) */
    CONN_GOAWAY, /* client: no more calls here */
};

struct conn_event {
    enum conn_event_kind kind;
    struct gr_call *call;
    enum gr_event event;
    const void *message; /* borrowed until the next conn_next */
};

/* given: conn_free. NULL when out of memory. The connection preface waits in the output. */
struct conn *conn_new(const struct conn_options *options, gr_time now);
/* A server's calls are freed with it, without further events; a client's must have been taken off: conn_lost. */
void conn_free(struct conn *conn);

/* in: octets just read, any piece of the stream; borrowed until conn_next has said false.
 * returns 0 or GR_NOMEM: close it, nothing can be relied on. What the peer does wrong is no error here: it is in
 *         the events, and the GOAWAY is in the output */
MUST_USE int conn_feed(struct conn *conn, struct bytes in, gr_time now);

/* Deadlines, timers and keepalive that are due by now. */
void conn_tick(struct conn *conn, gr_time now);
/* When conn_tick wants to be called next; TIME_NEVER: never. A client's calls' timers are not
 * in it: they are its channel's. */
gr_time conn_wakes_at(const struct conn *conn);

/* The next event; false when there is none. */
bool conn_next(struct conn *conn, struct conn_event *event);

/* What is to be written, until about 256 KiB wait: its first piece, more may follow when that is written. A view, valid
 * until the next call with conn. */
struct bytes conn_output(struct conn *conn);
/* The same, all pieces: for gather_list. */
const struct gather *conn_gather(struct conn *conn);
/* n octets of that have been written. */
void conn_sent(struct conn *conn, size_t n);
/* The rest of it is the caller's to write. given: gather_clear, before the host of the calls goes away */
struct gather conn_take_output(struct conn *conn);

/* The transport is gone: all calls end. reason: static; a client's status message. Events follow. */
void conn_lost(struct conn *conn, const char *reason);

/* When the output is written, close the transport. */
bool conn_done(const struct conn *conn);
bool conn_is_ready(const struct conn *conn);
/* The peer has not answered a keepalive ping: close the transport, whatever waits to be written. */
bool conn_is_dead(const struct conn *conn);
/* client: the server's GOAWAY says too_many_pings (gRFC A8). */
bool conn_pings_too_often(const struct conn *conn);
size_t conn_open_calls(const struct conn *conn);

/* GOAWAY(2^31-1) and PING; after its ACK the final GOAWAY (RFC 9113 section 6.8); conn_done when the last call is.
 * reason: static, for people; "": none. */
void conn_shutdown(struct conn *conn, const char *reason);
/* GOAWAY now, and conn_done. reason: static, for people. */
void conn_close(struct conn *conn, enum h2_error code, const char *reason);

/* ---- Client ---------------------------------------------------------------------------------- */

/* May a call start now: ready, no GOAWAY, and fewer streams open than the server allows (H2-SET-017)? */
bool conn_has_room(const struct conn *conn);
/* Give the call a stream. It may fail at once, which its events say. */
void conn_start(struct conn *conn, struct gr_call *call);
/* Take the call off: reset its stream if it still has one; no more events. */
void conn_drop(struct gr_call *call);

#endif
