/* SPDX-License-Identifier: MIT
 *
 * One connection of the bad server: frames in and out, flow control, HPACK, and each frame printed as a line. What is
 * bad about the server is not decided here; see server.c. */
#ifndef HTTP2_CONN_H
#define HTTP2_CONN_H

#include "wire/frame.h"
#include "wire/hpack.h"
#include "wire/transport.h"

#define MAX_CALLS 64 /* of a connection */

/* One call, from its HEADERS on. Owns its request. */
struct call {
    uint32_t stream;
    struct buf request;  /* DATA so far */
    bool whole;          /* END_STREAM came */
    bool over;           /* nothing more is sent on it */
    int64_t window;      /* octets of DATA, with padding, that the client still takes */
    bool began;          /* it is being answered */
    struct buf response; /* DATA to send */
    size_t sent;         /* of them */
};

struct conn {
    struct transport *transport;
    unsigned number; /* 1, 2 ... by accept */
    bool traced;     /* frames are printed, on stderr */
    gr_time began;
    struct buf in, out;
    struct hpack_decoder *decoder;
    struct hpack_encoder *encoder;
    int64_t window, initial_window; /* the client's */
    unsigned pings;                 /* not acknowledged yet */
    bool failed;                    /* the client broke HTTP/2 so that nothing more can be read */
    struct call calls[MAX_CALLS];
    size_t call_count;
};

/* Takes the transport. false: out of memory; conn_clear() either way. */
bool conn_init(struct conn *conn, struct transport *transport, unsigned number, bool traced);
void conn_clear(struct conn *conn);

/* Queue a frame, and print it. */
void conn_send(struct conn *conn, uint8_t type, uint8_t flags, uint32_t stream,
               struct bytes payload);
void conn_send_settings(struct conn *conn, const struct setting *settings, size_t count);
void conn_send_headers(struct conn *conn, uint32_t stream, uint8_t flags,
                       const struct field *fields, size_t count);
void conn_send_code(struct conn *conn, uint8_t type, uint32_t stream, uint32_t number);
void conn_send_goaway(struct conn *conn, uint32_t last_stream, enum h2_error code);
void conn_send_ping(struct conn *conn); /* counted in pings */
/* Send what the windows allow of the call's response up to `end` octets of it, in DATA of at most `chunk` octets, each
 * with `padding` octets (0: not PADDED). Many padded frames are printed as one line that counts them.
 * returns true when it is out up to `end` */
bool conn_send_response(struct conn *conn, struct call *call, size_t end, size_t chunk,
                        uint8_t padding);
/* Write what is queued; then read, and take what came: SETTINGS and PING are answered, calls are made and filled.
 * returns false when there is no more connection */
bool conn_turn(struct conn *conn, gr_time deadline);

#endif
