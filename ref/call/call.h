/* SPDX-License-Identifier: MIT
 *
 * struct gr_call: one call, either side, from its first header to its last. It eats what arrived on its stream and
 * yields events; it queues what is to be sent, and whoever owns the stream takes it. It knows no frames, no sockets
 * and no clock: conn/ feeds it, and is told through struct call_host when there is something to fetch.
 *
 * The files: machine.c what may come next; request.c and response.c the peer's headers and trailers; receive.c
 * messages and events; send.c messages out; fields.c our own headers and trailers; end.c how it ends; layers.c what
 * interceptors say to it; call.c its life, and what any application may ask. */
#ifndef CALL_CALL_H
#define CALL_CALL_H

#include "base/buf.h"
#include "call/machine.h"
#include "call/outbox.h"
#include "call/timers.h"
#include "codec/arena.h"
#include "codec/compress.h"
#include "codec/message.h"
#include "grpcref.h"

/* One field of a header block. */
struct field {
    struct bytes name;
    struct bytes value;
};

/* A header block on its way out: as many fields as it takes, the text in the call's arena or static. */
#define FIELDS_INLINE 16
struct field_list {
    struct field *fields; /* `few` until there are more */
    size_t count;
    size_t cap;
    struct field few[FIELDS_INLINE];
    bool failed; /* out of memory: the list is incomplete */
};

/* How the application's method is found: what the server's registry answers for a :path. */
struct call_target {
    const struct gr_method *method; /* NULL: no such service or method */
    void *service_data;
};

/* What all calls of a connection share (server), or of a channel (client). */
struct call_host {
    /* A call has something to tell or to send: call host_next soon. NULL: somebody does anyway. */
    void (*wake)(struct call_host *host);
    /* The call has nothing more to tell now: take what it wants to send. May free it. */
    void (*settle)(struct call_host *host, struct gr_call *call);
    /* server: NULL means that no method exists */
    struct call_target (*find)(struct call_host *host, struct bytes path);
    gr_time (*clock)(void); /* NULL: `now` is good enough (a test's clock) */
    gr_time now;            /* the last reading */
    struct gr_loop *loop;   /* gr_call_loop */
    struct timers *timers;
    struct gr_codec_state *codec;
    struct buf *scratch;      /* of one message, while it is encoded or inflated */
    struct spare *spare;      /* large buffers; as long as the host's calls. NULL: none */
    const char *peer;         /* gr_call_peer; as long as the host */
    size_t peer_max_metadata; /* SETTINGS_MAX_HEADER_LIST_SIZE */

    struct gr_call
        *later; /* unary calls whose gr_finish_unary is still to come: the host must stay */

    const struct gr_interceptor *layers; /* outermost first; borrowed */
    size_t layer_count;
    /* server: what TLS knows of the peer; NULL: cleartext */
    const struct gr_tls_peer *(*identify)(struct call_host *host);

    struct gr_call *touched_first, *touched_last;
    struct gr_call *current; /* the one whose events are being told */
};

/* What an observer, a blocking caller or a handler wants of messages. */
enum reading {
    READING_ALL,  /* each as it comes */
    READING_NONE, /* none: the window closes (gr_pause_reading) */
    READING_ONE,  /* the next one, then NONE: what gr_recv wants */
    READING_DROP, /* none, and they need not be kept: what gr_wait wants */
};

struct gr_call {
    struct call_host *host;
    const struct gr_method *method; /* NULL: server, and unknown */
    void *service_data;
    void *data; /* the application's */
    enum role role;
    struct gr_arena arena; /* what lives as long as the call */

    /* Receiving. */
    enum receiving receiving;
    enum reading reading;
    enum gr_compression peer_encoding; /* of the messages it sends: grpc-encoding */
    bool peer_encoding_unknown; /* client: it names one that we do not know; bad once it is used */
    bool peer_named_encoding;
    unsigned peer_accepts; /* its grpc-accept-encoding, as of gr_accept_encoding_parse */
    size_t max_message;
    struct gr_metadata *metadata; /* of the peer's first header block; NULL: none */
    struct gr_metadata *trailers; /* client: of the last one */
    struct gr_deframer deframer;
    struct bytes piece;  /* octets of the DATA being handled: borrowed, gone with call_keep */
    struct buf backlog;  /* octets that nobody has wanted yet; before `piece` in time */
    size_t backlog_used; /* of them already deframed */
    size_t taken;        /* octets deframed since call_take_credit: window to give back */
    size_t messages_received;
    struct gr_arena message_arena; /* holds the message handed over last */
    void *message;           /* server, when the client sends just one: kept until its half-close */
    bool message_compressed; /* the flag of the message handed over last */

    /* Sending. */
    enum sending sending;
    enum gr_compression compression; /* of the messages we send */
    const struct gr_codec *codec;    /* of messages, both ways; NULL: protobuf */
    size_t send_buffer;              /* gr_limits */
    struct outbox outbox;            /* messages, framed */
    bool keep_out;                   /* client: keep what was sent; another attempt may need it */
    bool blocked;                    /* gr_writable has said false */
    struct gr_metadata *headers_out; /* gr_add_header; a client's metadata */
    struct gr_metadata *trailers_out;
    struct bytes status_message; /* the application's, in the arena */
    struct bytes status_details;
    const char *accept_encoding; /* server: say this in grpc-accept-encoding; NULL: say nothing */
    int http_status;   /* server: refuse with this :status and no more; 0: a gRPC answer */
    bool reset_wanted; /* the stream shall be reset with reset_code */
    uint32_t reset_code;

    /* Time. */
    gr_time deadline;
    struct timer deadline_timer;
    struct timer alarm; /* gr_call_timer */

    /* The end, and what has been told of all this. */
    struct gr_result result;
    bool ended; /* result is final */
    bool began; /* the peer's headers are accepted */
    bool alarm_due;
    bool writable_due;
    bool told_began;
    bool told_message; /* server, single message: handed over */
    bool told_half_closed;
    bool told_ended;

    /* Unary handlers that answer GR_LATER. */
    void *reply;
    bool later;                             /* gr_finish_unary is still to come */
    struct gr_call *later_next, **later_at; /* in the host's list; later_at NULL: it is not */

    /* Interceptors. */
    size_t layers_begun; /* so many of the host's, from the outermost, are to be told the end */
    bool refused;        /* server: by one of them, before the handler heard of it */
    struct call_value *values; /* gr_call_put */

    /* For the owner of the stream: conn/ and channel/. */
    void *stream;      /* its struct h2_stream; NULL: has none (yet, or any more) */
    bool with_headers; /* server: response headers go out before the trailers */
    bool submitted_headers;
    bool submitted_end;
    bool retried; /* a second stream is in use already (GRPC-RETRY-012) */
    void *conn;   /* the struct conn of that stream */
    bool queued;  /* in its host's list of touched calls, by these two: */
    struct gr_call *touched_next, *touched_prev;
    struct gr_call *next,
        *prev;   /* for a list of its owner: a connection's calls; those that wait in a channel */
    void *owner; /* client: its struct gr_channel. server: the struct call_pool it goes back to */

    /* For channel/. */
    gr_stream_fn *observer;
    const void *received; /* blocking use: the message that waits for gr_recv; in message_arena */
    bool waiting;         /* for a stream, in the channel's list */
    bool wait_for_ready;
    struct bytes path, scheme, authority, user_agent; /* valid as long as the call */
};

/* ---- Life ------------------------------------------------------------------------------------ */

/* Make a new or recycled call ready for use. call: all zeros, or after call_recycle. host: borrowed until the call
 * is freed or given another host. */
void call_init(struct gr_call *call, enum role role, struct call_host *host,
               const struct gr_limits *limits);

/* Free what it holds; the call is all zeros. */
void call_clear(struct gr_call *call);

/* As call_clear, but small buffers are kept for the next call_init. */
void call_recycle(struct gr_call *call);

/* ---- What arrived on the stream -------------------------------------------------------------- */

/* A header block, but not one of 1xx. fields: borrowed. too_large: it went beyond max_metadata, and `fields` is not all of it. */
void call_headers(struct gr_call *call, const struct field *fields, size_t count, bool end_stream,
                  bool too_large);

/* DATA without its padding. data: borrowed until call_keep. */
void call_data(struct gr_call *call, struct bytes data, bool end_stream);

/* RST_STREAM with an RFC 9113 section 7 code. */
void call_reset(struct gr_call *call, uint32_t h2_error);

/* The connection is gone. reason: for the client's status message; static. */
void call_lost(struct gr_call *call, const char *reason);

/* timer: one of a call's, taken from timers_due. */
void call_timer_fired(const struct timer *timer);

/* ---- What to tell the application ------------------------------------------------------------ */

/* The next event. Call until false, then call_keep.
 * message  set on GR_EVENT_MESSAGE: valid until the next call_next */
bool call_next(struct gr_call *call, enum gr_event *event, const void **message);

/* The octets given to call_data go away: keep what has not been wanted yet. */
void call_keep(struct gr_call *call);

/* Octets of stream window to give back since the last time: what the application has taken. */
size_t call_take_credit(struct gr_call *call);

/* ---- What to send ---------------------------------------------------------------------------- */

/* The header block that is due: a client's request, a server's response headers or Trailers-Only; and the trailers.
 * The text stays valid as long as the call. */
void call_request_fields(struct gr_call *call, struct field_list *list);
void call_response_fields(struct gr_call *call, struct field_list *list);
void call_trailer_fields(struct gr_call *call, struct field_list *list);
void fields_init(struct field_list *list);
void fields_clear(struct field_list *list);
/* Octets as SETTINGS_MAX_HEADER_LIST_SIZE counts them (RFC 9113 section 6.5.2). */
size_t fields_size(const struct field_list *list);

/* Octets of framed messages that wait. */
static inline size_t call_out_waiting(const struct gr_call *call)
{
    return call->outbox.waiting;
}

/* Those next to be sent, at most `room`, as far as they lie in one piece. A view, valid until call_take_out. */
struct bytes call_peek_out(const struct gr_call *call, size_t room);
/* n of them are taken. returns who holds them, for a caller that goes on looking at them: given, shared_drop */
struct shared *call_take_out(struct gr_call *call, size_t n);
/* Copy up to `room` of them, of any pieces, and take them. returns how many */
size_t call_read_out(struct gr_call *call, uint8_t *to, size_t room);

/* Append one message, encoded, compressed, framed. returns as gr_send */
MUST_USE int call_queue_message(struct gr_call *call, const void *message, int flags);

/* Headers, FINISH: step the sending table. returns 0 or GR_CLOSED */
MUST_USE int call_send_headers(struct gr_call *call);
void call_finish_sending(struct gr_call *call);

/* ---- How it ends ----------------------------------------------------------------------------- */

/* It fails here: the server answers with this status, the client reports it and resets the stream. message: copied.
 * No effect on an ended call. */
void call_fail(struct gr_call *call, enum gr_status status, const char *message);

/* It ends: result is final and GR_EVENT_ENDED due. */
void call_end(struct gr_call *call, enum gr_status status, struct bytes message);

/* Ask for RST_STREAM. */
void call_want_reset(struct gr_call *call, uint32_t h2_error);

/* Forget all that waits to be sent. */
void call_drop_out(struct gr_call *call);

/* Start the deadline; already past: the call fails at once. */
void call_set_deadline(struct gr_call *call, gr_time deadline);

/* server: the client's stream is closed in both directions, all is sent. */
void call_stream_done(struct gr_call *call);

/* ---- Interceptors ---------------------------------------------------------------------------- */

/* The call begins. returns OK, or the first refusal; those asked so far will be told the end. */
enum gr_status layers_begin(struct gr_call *call);
/* May this event be told? Ends the call and returns false when a layer refuses; runs `begin` on a server. */
bool layers_pass(struct gr_call *call, enum gr_event event, const void *message);
/* A message is to be sent. returns false when a layer refuses: the call is finished or has failed */
bool layers_let_out(struct gr_call *call, const void *message);
/* The status to send instead of this one. */
enum gr_status layers_finish(struct gr_call *call, enum gr_status status);
/* The call has ended, or is freed before. No effect twice. */
void layers_ended(struct gr_call *call);
/* client: fail the call with the status of a refusal, and its message, if it has one. */
void layers_refuse(struct gr_call *call, enum gr_status status);

/* A unary call is to be finished later; and is, or goes away. */
void call_later(struct gr_call *call);
void call_not_later(struct gr_call *call);

/* ---- The host -------------------------------------------------------------------------------- */

/* The next event of any call of the host that was touched; false when all are told and settled. */
bool host_next(struct call_host *host, struct gr_call **call, enum gr_event *event,
               const void **message);
/* The time: its clock's, or the last reading. */
gr_time host_now(struct call_host *host);
/* The call goes away, or to another host. */
void host_forget(struct call_host *host, struct gr_call *call);

/* Calls that wait to be used again, so that a call in steady state allocates nothing. All zeros is empty. */
struct call_pool {
    struct gr_call *first;
    size_t count;
};

struct gr_call *
call_pool_get(struct call_pool *pool); /* ready for call_init; NULL when out of memory */
void call_pool_put(struct call_pool *pool, struct gr_call *call);
void call_pool_clear(struct call_pool *pool);

/* ---- Between the files of call/ -------------------------------------------------------------- */

void call_touch(struct gr_call *call);
void call_begin_request(struct gr_call *call, const struct field *fields, size_t count,
                        bool too_large);
void call_begin_response(struct gr_call *call, const struct field *fields, size_t count,
                         bool too_large);
void call_finish_response(struct gr_call *call, const struct field *fields, size_t count,
                          bool too_large);
/* The client has all: judge the pending result against what came. */
bool call_input_drained(const struct gr_call *call);

/* A field that only one of the header block can be; NULL when absent. */
const struct field *field_find(const struct field *fields, size_t count, const char *name);

/* Limits with every 0 replaced by its default. */
struct gr_limits limits_with_defaults(const struct gr_limits *limits);

#endif
