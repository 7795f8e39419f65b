/* SPDX-License-Identifier: MIT
 *
 * An HTTP/2 session: streams, header compression, flow control, all by nghttp2, whose callbacks end here. They only
 * append to a list of events; nobody else meets them. It knows streams that carry a gRPC call and asks that call
 * for its octets; what the events mean is conn.c's business. */
#ifndef CONN_H2_H
#define CONN_H2_H

#include "base/buf.h"
#include "call/call.h"
#include "conn/gather.h"

/* RFC 9113 section 7. */
enum h2_error {
    H2_NO_ERROR = 0x0,
    H2_PROTOCOL_ERROR = 0x1,
    H2_INTERNAL_ERROR = 0x2,
    H2_FLOW_CONTROL_ERROR = 0x3,
    H2_STREAM_CLOSED = 0x5,
    H2_FRAME_SIZE_ERROR = 0x6,
    H2_REFUSED_STREAM = 0x7,
    H2_CANCEL = 0x8,
    H2_ENHANCE_YOUR_CALM = 0xb,
};

/* One stream, from its first frame until its CLOSED event has been taken. */
struct h2_stream {
    int32_t id;
    struct gr_call *call; /* conn.c's; NULL: nobody's any more, or not yet */
    bool remote_ended;    /* the peer has sent END_STREAM */
    bool local_ended;     /* we have */
    bool reset_by_peer;
    bool reset_by_us;
    bool closed;                   /* nghttp2 has forgotten it */
    bool waiting;                  /* that source had nothing last time it was asked */
    int32_t window;                /* what h2_note_windows found */
    struct h2_stream *next, *prev; /* all of the session; next alone: the free ones */
};

enum h2_event_kind {
    H2_EVENT_HEADERS, /* a whole header block: fields, end_stream, too_large */
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

/* trace: borrowed; NULL: none. memory: borrowed until h2_free, shared with the sessions of this thread; NULL:
 * none. given: h2_free. NULL when out of memory. The connection preface waits in the output. */
struct h2 *h2_new(enum role role, const struct gr_limits *limits, struct trace *trace,
                  struct h2_memory *memory);
/* From now on the output is one piece; else large messages are pieces of their own, that are not copied. */
void h2_copy_all(struct h2 *h2);
void h2_free(struct h2 *h2);

/* Eat whole frames or pieces of frames; a frame header comes whole (conn/guard.c sees to it: nghttp2 1.52 counts a
 * CONTINUATION once for each read in which it sees a part of its header). in: borrowed until h2_next has said false.
 * returns false when the session is beyond help; h2_error_seen says why, GOAWAY waits in the output */
MUST_USE bool h2_feed(struct h2 *h2, struct bytes in);

/* The oldest event; false when there is none, and then memory of past events is reused. */
bool h2_next(struct h2 *h2, struct h2_event *event);

/* Frames of all that was submitted, until about `enough` octets wait: the first piece of them. A view, valid until the
 * next call with h2. */
struct bytes h2_output(struct h2 *h2, size_t enough);
/* The same, all pieces. */
const struct gather *h2_gather(struct h2 *h2, size_t enough);
/* All that waits in the output is the caller's from now on. given: gather_clear */
struct gather h2_take_output(struct h2 *h2);
/* n octets of the output have been written. */
void h2_sent(struct h2 *h2, size_t n);

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
/* server: the last one. Now, even when DATA waits. */
MUST_USE bool h2_trailers(struct h2 *h2, struct h2_stream *stream, const struct field_list *fields);
/* The call has something for its DATA source again. */
void h2_resume(struct h2 *h2, struct h2_stream *stream);
void h2_reset(struct h2 *h2, struct h2_stream *stream, enum h2_error code);
/* RST_STREAM on an id that is closed already. */
void h2_reset_id(struct h2 *h2, int32_t id, enum h2_error code);
/* Write frames until the stream is closed: after h2_reset, before more is fed. */
void h2_flush_reset(struct h2 *h2, struct h2_stream *stream);
/* Octets of DATA that the application has taken; those of the connection; both as DATA events carried them. */
void h2_consume(struct h2 *h2, struct h2_stream *stream, size_t len);
void h2_consume_connection(struct h2 *h2, size_t len);

/* A SETTINGS frame is about to be fed: keep the windows that it may change, to see whether one overflows. */
void h2_note_windows(struct h2 *h2);

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
/* The highest id the peer has opened. */
int32_t h2_last_stream(const struct h2 *h2);

/* What the peer's SETTINGS allow: streams open at once; octets of a header list. */
uint32_t h2_peer_max_streams(const struct h2 *h2);
size_t h2_peer_max_metadata(const struct h2 *h2);

/* "1.52.0". Static. */
const char *h2_library_version(void);

#endif
