/* SPDX-License-Identifier: MIT
 *
 * The faulty server's connection and streams, as its own files share them. A correct HTTP/2 and gRPC server by
 * default, one thread per connection, nothing clever; each place where it can be told to err asks knob().
 * It is written on wire/ only, so that it shares no reading of the documents with a library or with ref/. */
#ifndef SELFTEST_H2_H
#define SELFTEST_H2_H

#include "base/clock.h"
#include "selftest/knobs.h"
#include "selftest/setup.h"
#include "wire/frame.h"
#include "wire/hpack.h"
#include "wire/transport.h"

#include <stdatomic.h>

#define OUR_MAX_STREAMS     100
#define OUR_MAX_HEADER_LIST 8192
#define OUR_MAX_MESSAGE     (4u << 20)
#define OUR_TABLE_SIZE      4096

enum grpc_code {
    CODE_OK,
    CODE_CANCELLED,
    CODE_UNKNOWN,
    CODE_INVALID_ARGUMENT,
    CODE_DEADLINE_EXCEEDED,
    CODE_NOT_FOUND,
    CODE_RESOURCE_EXHAUSTED = 8,
    CODE_UNIMPLEMENTED = 12,
    CODE_INTERNAL = 13,
};

enum method {
    METHOD_UNKNOWN,
    METHOD_EMPTY_CALL,
    METHOD_UNARY_CALL,
    METHOD_STREAMING_OUTPUT,
    METHOD_STREAMING_INPUT,
    METHOD_FULL_DUPLEX,
    METHOD_HALF_DUPLEX,
    METHOD_HEALTH_CHECK,
    METHOD_HEALTH_WATCH,
    METHOD_HEALTH_LIST,
    METHOD_REFLECTION,
    METHOD_THROW,
};

/* What the connections of one server share. */
struct common {
    atomic_bool may_stop;        /* somebody may ask it to: connections look now and then */
    atomic_bool stopping;        /* it was asked to stop in order */
    atomic_bool frozen;          /* serves nobody any more: a knob */
    atomic_uint clients, served; /* connections: now, in all */
    atomic_llong held, peak;     /* octets, counted by holding.c */
    const struct certificates *certificates; /* of a TLS setup */
};

enum stopping { STOPPING_NOT, STOPPING_BEGUN, STOPPING_FINAL };

enum encoding { ENCODING_IDENTITY, ENCODING_GZIP, ENCODING_DEFLATE, ENCODING_UNSUPPORTED };

/* One message the handler has promised to send. */
struct planned {
    size_t size;
    int64_t after_ns; /* since the one before */
    bool compressed;
};

struct stream {
    struct stream *next;
    uint32_t id;

    /* HTTP/2 */
    bool remote_closed; /* END_STREAM or RST_STREAM came */
    bool local_closed;  /* END_STREAM or RST_STREAM went out */
    bool they_reset, we_reset;
    int64_t send_window, receive_window;
    bool before_lower_window; /* opened before our smaller initial window was acknowledged */
    int64_t content_length;   /* -1: not said */
    uint64_t body_octets;

    /* the request */
    struct header_list request;
    enum method method;
    enum encoding request_encoding;
    bool names_encoding; /* a grpc-encoding field came */
    bool accepts_gzip, accepts_deflate;
    gr_time deadline;    /* TIME_NEVER: none */
    struct buf raw;      /* DATA octets not yet looked at: not credited either */
    struct buf assembly; /* the message being received, with its prefix */
    struct buf kept;     /* the request message of a method that takes one */
    bool kept_compressed;
    unsigned messages;
    uint64_t aggregated;

    /* the response */
    bool response_refused;       /* its header list was too long for the client */
    bool headers_sent, finished; /* finished: the handler is done, what comes in is dropped */
    enum encoding response_encoding;
    struct planned *plan;
    size_t plan_len, plan_at;
    gr_time last_sent;
    int64_t timeout_ns;  /* 0: none */
    gr_time timer;       /* its deadline, also when it has ended: a knob; 0: none */
    bool frame_was_full; /* the last DATA frame that went out */
    struct buf pending;  /* DATA octets waiting for windows */
    unsigned sent_messages;
    bool trailers_due;
    enum grpc_code status;
    struct buf status_message;
    bool wants_status; /* `wanted` is the status to end with when the plan is done */
    enum grpc_code wanted;
    bool half_closed; /* the handler knows that no more requests come */
};

struct h2 {
    struct common *common;
    struct transport *transport;
    struct buf in, out;
    bool preface_seen, settings_seen;
    bool closing; /* GOAWAY with an error is queued: flush it and go */
    bool dropped; /* go at once */
    bool stuck;   /* does not answer any more */
    bool fatal;   /* takes the whole server down: a knob */
    gr_time now;

    struct hpack_decoder *decoder;
    struct hpack_encoder *encoder;
    uint32_t table_size; /* theirs, for our encoder */
    bool table_size_due; /* it came behind our last block */
    uint32_t initial_window, max_frame_size, max_header_list;
    uint32_t window_before; /* initial_window when the SETTINGS frame came */
    int64_t send_window, receive_window;

    struct stream *streams; /* oldest first */
    uint32_t highest_stream;
    bool they_go_away;

    /* the header block being received */
    uint32_t block_stream; /* 0: none */
    bool block_ends_stream;
    unsigned continuations;
    size_t padding_cut;
    struct buf block;

    unsigned pings;             /* since HEADERS or DATA went out */
    gr_time last_ping;          /* theirs; 0: none */
    gr_time born, heard;        /* heard: octets came */
    gr_time idle_since, pinged; /* pinged: by us, and no answer yet; 0: not */
    int64_t held;               /* as holding.c last counted */
    size_t frames_in, octets_in;
    enum stopping stopping;
    uint32_t last_stream; /* once it is STOPPING_FINAL */

    unsigned blocks_in, lists_out, settings_in; /* for knobs that tell after a while */
    bool second;                                /* another connection was open when it came */
    size_t refused_calls, empty_data, leaked_places;
    char last_message[64];         /* of the last call that failed */
    enum encoding encoding_before; /* of the call before, for knobs, as what follows */
    bool accepted_gzip;
    uint64_t sum_before;
    char echo_before[64];
    struct buf late_settings;
    size_t uncredited; /* octets that a knob keeps */
    struct buf ping;   /* the last that came, where a knob answers no other */
    uint32_t least_table;
    bool metadata_poisoned, acknowledged;
};

/* ---- connection (conn.c) ---- */
/* Serve the connection (fd taken) until its end. watch is told its transport, and NULL before that is
 * freed. returns true when the whole server is to die of it: a knob */
bool h2_serve(int fd, struct common *common, void (*watch)(void *arg, struct transport *transport),
              void *arg);
void put_frame(struct h2 *h2, uint8_t type, uint8_t flags, uint32_t stream, struct bytes payload);
void put_rst_stream(struct h2 *h2, uint32_t stream, uint32_t code);
void put_window_update(struct h2 *h2, uint32_t stream, uint32_t increment);
void put_goaway(struct h2 *h2, uint32_t last_stream, uint32_t code, struct bytes debug);
void connection_error(struct h2 *h2, uint32_t code);

/* ---- time (ageing.c) ---- */
/* Returns when it wants to be called again. */
gr_time turn_ageing(struct h2 *h2);

/* ---- memory (holding.c) ---- */
void note_holding(struct h2 *h2);                /* now and then */
void note_release(struct h2 *h2);                /* at the end of the connection */
void note_passing(struct h2 *h2, size_t octets); /* held for a moment */

/* ---- frames in (frames.c) ---- */
void take_all_frames(struct h2 *h2);
/* The connection ended inside a DATA frame; for a knob: the missing octets are taken for zeros. */
void take_cut_off_frame(struct h2 *h2);

/* ---- abuse (abuse.c) ---- */
bool ping_is_too_many(struct h2 *h2);
void forgive_pings(struct h2 *h2); /* HEADERS or DATA go out */
void end_for_pings(struct h2 *h2);
bool write_without_reading(struct h2 *h2, struct bytes octets, int64_t patience_ns);
bool is_frozen(struct h2 *h2);

/* ---- stopping in order (stopping.c) ---------------------------------------------------------- */
/* Returns when it wants to be called again. */
gr_time turn_stopping(struct h2 *h2);
/* Let the connection end in order, for a reason that its first GOAWAY gives. */
void begin_stopping(struct h2 *h2, struct bytes debug);
void take_ping_answer(struct h2 *h2, struct bytes opaque);
/* The stream is behind the final GOAWAY: it is counted, and not served. */
bool is_too_late(const struct h2 *h2, uint32_t stream);

/* ---- by type (settings.c, stream_frames.c) --------------------------------------------------- */
void take_settings(struct h2 *h2, const struct frame *frame);
void take_rst_stream(struct h2 *h2, const struct frame *frame);
void take_window_update(struct h2 *h2, const struct frame *frame);
void take_data(struct h2 *h2, const struct frame *frame);

/* ---- header blocks in (blocks.c) ------------------------------------------------------------- */
void begin_block(struct h2 *h2, const struct frame *frame);
void continue_block(struct h2 *h2, const struct frame *frame);

/* ---- what a request must look like (request.c) ----------------------------------------------- */
bool request_is_malformed(const struct header_list *request, bool trailers);
/* Malformed, or with a -bin value that is not base64: no call comes of it. */
bool request_is_refused(const struct header_list *request);
/* A knob finds fault with a request that is as good as any. */
bool request_is_refused_needlessly(const struct header_list *request);
/* The HTTP status to refuse with, or 0. */
int http_refusal(const struct header_list *request);
bool parse_timeout(struct bytes text, int64_t *timeout_ns);
bool text_equals_lower(struct bytes text, const char *lower);

/* ---- HPACK faults to overlook (hpack_faults.c) ----------------------------------------------- */
struct hpack_result decode_block(struct h2 *h2, struct bytes block, struct header_list *list);

/* ---- streams (streams.c) ---- */
struct stream *find_stream(struct h2 *h2, uint32_t id);
struct stream *open_stream(struct h2 *h2, uint32_t id);
size_t count_open(const struct h2 *h2);
void stream_error(struct h2 *h2, struct stream *stream, uint32_t code);
void close_stream_silently(struct stream *stream);
void free_streams(struct h2 *h2);
void credit(struct h2 *h2, struct stream *stream, size_t octets); /* give windows back */
void pump(struct h2 *h2);                                         /* send what windows allow */

/* ---- messages (messages.c) ---- */
void take_messages(struct h2 *h2, struct stream *stream);
void put_message(struct h2 *h2, struct stream *stream, struct bytes payload, bool compressed);
bool decode_base64_list(struct bytes text, struct buf *out_encoded);
void encode_base64(struct bytes in, struct buf *out);

/* ---- responses (respond.c) ---- */
void respond_headers(struct h2 *h2, struct stream *stream);
void respond_http(struct h2 *h2, struct stream *stream, int status);
/* message: NULL keeps what the call has. */
void respond_status(struct h2 *h2, struct stream *stream, enum grpc_code code, const char *message);
void send_trailers_now(struct h2 *h2, struct stream *stream);

/* ---- calls (call.c) and what their methods do (test_service.c) ------------------------------- */
bool service_knows(const struct header_list *request); /* its :path */
void service_begin(struct h2 *h2, struct stream *stream);
/* The deadline has passed. */
void expire(struct h2 *h2, struct stream *stream);
void service_message(struct h2 *h2, struct stream *stream, struct bytes payload, bool compressed);
void service_half_close(struct h2 *h2, struct stream *stream);
/* grpc.reflection (reflection.c) */
void reflect(struct h2 *h2, struct stream *stream, struct bytes request);
void end_reflection(struct h2 *h2, struct stream *stream);
/* What time brings: planned messages, deadlines. Returns when it wants to be called again. */
gr_time service_turn(struct h2 *h2, struct stream *stream);

#endif
