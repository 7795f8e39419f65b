/* SPDX-License-Identifier: MIT
 *
 * An HTTP/2 session (RFC 9113), either side: frames, streams, windows, header blocks; HPACK is nghttp2's. It knows
 * streams that carry a gRPC call, and asks that call for its octets; what it hears it appends to a list of events, and
 * what those mean is conn/'s business. */
#ifndef H2_H2_H
#define H2_H2_H

#include "base/buf.h"
#include "base/clock.h"
#include "call/call.h"
#include "h2/frame.h"
#include "h2/gather.h"

struct h2_queue;

/* Of what the peer sends: on a stream, or on the connection. */
struct h2_window {
    int32_t left; /* octets that it may still send */
    int32_t owed; /* octets taken, and not yet given back */
};

/* One stream, from its first frame until its CLOSED event has been taken. */
struct h2_stream {
    int32_t id;
    struct gr_call *call; /* conn's; NULL: nobody's any more, or not yet */
    bool has_head;        /* the peer's request or final response headers are here */
    bool remote_ended;    /* the peer has sent END_STREAM */
    bool local_ended;     /* we have */
    bool reset_by_peer;
    bool reset_by_us;
    bool closed;
    bool has_source; /* our headers have left: DATA may follow, when the call has some */
    bool waiting;    /* and it had none last time it was asked */
    int32_t send_window;
    struct h2_window receive;
    int64_t content_length;        /* -1: the peer has not said */
    int64_t received;              /* octets of DATA, without padding */
    struct h2_stream *below;       /* in the same place of the table */
    struct h2_stream *next, *prev; /* all of the session */
    struct h2_queue *queue;        /* NULL: in none */
    struct h2_stream *turn_next, *turn_prev;
};

enum h2_event_kind {
    H2_EVENT_HEADERS, /* a whole header block, but not one of 1xx: fields, end_stream, too_large */
    H2_EVENT_DATA,    /* data, end_stream */
    H2_EVENT_CLOSED, /* code: RST_STREAM's, or NO_ERROR. The last event of its stream; h2_release it then */
    H2_EVENT_SETTINGS, /* the peer's, first or later */
    H2_EVENT_PING,     /* the peer's; its answer is under way */
    H2_EVENT_PING_ACK, /* of h2_ping; code: which */
    H2_EVENT_GOAWAY,   /* code, too_many_pings */
};

struct h2_event {
    enum h2_event_kind kind;
    struct h2_stream *stream;   /* HEADERS, DATA, CLOSED */
    const struct field *fields; /* valid until h2_next has said false */
    size_t field_count;
    struct bytes data; /* a view of what was fed */
    uint32_t code;
    bool end_stream;
    bool too_large;      /* the block went beyond max_metadata; fields are those before */
    bool too_many_pings; /* GOAWAY says so (gRFC A8) */
};

/* Of streams closed lately. */
enum h2_closed {
    H2_CLOSED_UNKNOWN, /* long ago, or never opened */
    H2_CLOSED_ENDED,   /* END_STREAM both ways */
    H2_CLOSED_BY_PEER, /* its RST_STREAM */
    H2_CLOSED_BY_US,   /* our RST_STREAM: the peer may not know yet (RFC 9113 section 5.1) */
};

struct h2;
struct h2_memory;
struct trace;

/* trace: borrowed; NULL: none. memory: borrowed until h2_free, shared with the sessions of this thread; NULL: its
 * own. given: h2_free. NULL when out of memory. The connection preface waits in the output. */
struct h2 *h2_new(enum role role, const struct gr_limits *limits, struct trace *trace,
                  struct h2_memory *memory);
/* From now on the output is one piece; else large messages are pieces of their own, that are not copied. */
void h2_copy_all(struct h2 *h2);
void h2_free(struct h2 *h2);

/* Eat frames, in pieces of any size. in: borrowed until h2_next has said false. returns false when the session is beyond
 * help: GOAWAY, which says why, waits in the output */
MUST_USE bool h2_feed(struct h2 *h2, struct bytes in, gr_time now);

/* The peer has made us work for nothing, so much (weight; an empty frame: 1). returns false when that was too much
 * lately (CVE-2019-9511 to 9518, CVE-2023-44487) */
bool h2_count(struct h2 *h2, uint32_t weight, gr_time now);

/* The oldest event; false when there is none, and then memory of past events is reused. */
bool h2_next(struct h2 *h2, struct h2_event *event);

/* Frames of all that calls have to send, until about `enough` octets wait: the first piece of them. A view, valid until the
 * next call with h2. */
struct bytes h2_output(struct h2 *h2, size_t enough);
/* The same, all pieces. */
const struct gather *h2_gather(struct h2 *h2, size_t enough);
/* All that waits in the output is the caller's from now on. given: gather_clear */
struct gather h2_take_output(struct h2 *h2);
/* n octets of the output have been written. */
void h2_sent(struct h2 *h2, size_t n);
/* So much waits that the peer does not seem to read: do no more for it. */
bool h2_is_clogged(const struct h2 *h2);

/* The peer wants no more, or may get no more: close the transport when the output is written. */
bool h2_done(const struct h2 *h2);
/* Out of memory inside: nothing can be relied on. */
bool h2_failed(const struct h2 *h2);

/* ---- Streams --------------------------------------------------------------------------------- */

/* NULL when no stream of this id is open. */
struct h2_stream *h2_find(struct h2 *h2, int32_t id);
/* How a stream that is open no more was closed. */
enum h2_closed h2_how_closed(const struct h2 *h2, int32_t id);
/* The stream's CLOSED event has been handled. */
void h2_release(struct h2 *h2, struct h2_stream *stream);

/* client: open a stream for call; DATA comes from call_read_out. NULL when out of memory or ids. */
struct h2_stream *h2_request(struct h2 *h2, struct gr_call *call, const struct field_list *fields);
/* server: the first header block; end: it is the only one. DATA comes from call_read_out. */
MUST_USE bool h2_respond(struct h2 *h2, struct h2_stream *stream, const struct field_list *fields,
                         bool end);
/* server: the last one. */
MUST_USE bool h2_trailers(struct h2 *h2, struct h2_stream *stream, const struct field_list *fields);
/* The call has something for its DATA source again. */
void h2_resume(struct h2 *h2, struct h2_stream *stream);
void h2_reset(struct h2 *h2, struct h2_stream *stream, enum h2_error code);
/* Octets of DATA that the application has taken: they are given back to the stream's window. */
void h2_consume(struct h2 *h2, struct h2_stream *stream, size_t len);

/* ---- The connection -------------------------------------------------------------------------- */

enum h2_ping {
    H2_PING_SHUTDOWN,
    H2_PING_KEEPALIVE,
};

void h2_ping(struct h2 *h2, enum h2_ping which);
/* GOAWAY with 2^31-1; GOAWAY with the last stream taken. reason: for people */
void h2_shutdown_notice(struct h2 *h2, const char *reason);
void h2_shutdown(struct h2 *h2, const char *reason);
/* Have HEADERS or DATA left since the last time this was asked? */
bool h2_take_sent(struct h2 *h2);
/* GOAWAY with code and a reason for people, and nothing is sent or taken after it. */
void h2_terminate(struct h2 *h2, enum h2_error code, const char *reason);

/* What the peer's SETTINGS allow: streams open at once; octets of a header list. */
uint32_t h2_peer_max_streams(const struct h2 *h2);
size_t h2_peer_max_metadata(const struct h2 *h2);

#endif
