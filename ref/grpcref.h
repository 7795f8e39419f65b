/* SPDX-License-Identifier: MIT
 *
 * grpcref: gRPC for C programs, on nghttp2 (HPACK) and protobuf-c. This header is the whole public interface.
 *
 * A server: gr_server_new, gr_server_register, gr_server_listen, gr_server_serve.
 * A client: gr_channel_new, then gr_unary for one request and one reply, or gr_call_new with gr_send,
 * gr_half_close, gr_recv and gr_wait for streams.
 *
 * Threads. One loop, one thread, no locks: everything made on a loop is used on the thread that runs it. The
 * exceptions are gr_server_stop and gr_server_stop_gracefully, which any thread and any signal handler may call, and
 * gr_loop_post, which any thread may call. A server with `threads` has a loop for each of them.
 *
 * Callbacks. Handlers, observers, interceptors, watches and posts run within a turn of their loop, which cannot turn
 * again before they return: what is "blocking" below does not wait there. A call on that loop ends INTERNAL instead; one
 * on a channel with a loop of its own may be waited for, and keeps all others waiting. Loops, servers and channels are
 * not freed from a callback on their loop.
 *
 * Broken promises. What is "asserted" below is so in every build: a sentence on stderr, and abort(). A pointer to what
 * has been freed, or never was what it is said to be, cannot be noticed.
 *
 * Ownership words. *borrowed*: read until the call returns. *copied*: yours again at once. *taken*: freed by the
 * library, also on failure. *given*: yours, to free with the function named.
 *
 * Documents: PROTOCOL-HTTP2.md, compression.md, statuscodes.md of grpc/grpc; RFC 9113. */
#ifndef GRPCREF_H
#define GRPCREF_H

#include "base/attr.h"
#include "base/bytes.h"
#include "base/clock.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ProtobufCMessageDescriptor; /* protobuf-c's; the only word of it here */

/* ---- Our own trouble: 0, or one of these, as int --------------------------------------------- */

#define GR_ERRORS(X)                                                                               \
    X(NOMEM, -1, "out of memory")                                                                  \
    X(INVALID, -2, "an argument is outside what the function takes")                               \
    X(ADDRESS, -3, "the address cannot be parsed or resolved")                                     \
    X(IO, -4, "the operating system refused an I/O operation")                                     \
    X(TLS, -5, "TLS could not be set up")                                                          \
    X(CLOSED, -6, "the call, connection, channel or server has already ended")                     \
    X(ENCODE, -7, "the message cannot be encoded")                                                 \
    X(TOO_LARGE, -8, "the message or metadata is larger than the limit set for it")

enum gr_error {
#define GR_ERROR_ENUM(name, value, text) GR_##name = (value),
    GR_ERRORS(GR_ERROR_ENUM)
#undef GR_ERROR_ENUM
};

/* One sentence on an enum gr_error (or "success" for 0). Static; never NULL. */
const char *gr_error_text(int error);

/* ---- The result of a call: a value, not a failure (statuscodes.md) --------------------------- */

#define GR_STATUSES(X)                                                                             \
    X(OK, 0)                                                                                       \
    X(CANCELLED, 1)                                                                                \
    X(UNKNOWN, 2)                                                                                  \
    X(INVALID_ARGUMENT, 3)                                                                         \
    X(DEADLINE_EXCEEDED, 4)                                                                        \
    X(NOT_FOUND, 5)                                                                                \
    X(ALREADY_EXISTS, 6)                                                                           \
    X(PERMISSION_DENIED, 7)                                                                        \
    X(RESOURCE_EXHAUSTED, 8)                                                                       \
    X(FAILED_PRECONDITION, 9)                                                                      \
    X(ABORTED, 10)                                                                                 \
    X(OUT_OF_RANGE, 11)                                                                            \
    X(UNIMPLEMENTED, 12)                                                                           \
    X(INTERNAL, 13)                                                                                \
    X(UNAVAILABLE, 14)                                                                             \
    X(DATA_LOSS, 15)                                                                               \
    X(UNAUTHENTICATED, 16)

enum gr_status {
#define GR_STATUS_ENUM(name, value) GR_STATUS_##name = (value),
    GR_STATUSES(GR_STATUS_ENUM)
#undef GR_STATUS_ENUM
        GR_LATER =
            100 /* a unary handler's answer: gr_finish_unary will be called later; never on the wire */
};

/* "UNIMPLEMENTED" for 12; "UNKNOWN" for what is no status. Static. */
const char *gr_status_name(enum gr_status status);

/* How a call ended. All views live as long as the call. */
struct gr_result {
    enum gr_status status;
    struct bytes message; /* UTF-8, percent-decoded; empty when the peer sent none */
    struct bytes
        details; /* grpc-status-details-bin, base64-decoded: a google.rpc.Status; empty when absent */
};

/* ---- Metadata: an ordered list of key and value, keys may repeat (PROTOCOL-HTTP2, Custom-Metadata) ---- */

struct gr_metadata_entry {
    struct bytes key; /* lower case: [0-9a-z_.-] */
    struct bytes
        value; /* raw octets for a key that ends in "-bin" (the wire's base64 is ours), else 0x20-0x7e */
};

struct gr_metadata; /* all functions take NULL for "none" */

struct gr_metadata *gr_metadata_new(void); /* given: gr_metadata_free. NULL when out of memory */
void gr_metadata_free(struct gr_metadata *metadata);

/* Add an entry at the end. key (NUL-terminated) and value are copied; upper case in key is made lower, and a value that
 * is not binary loses the blanks around it.
 * returns 0, GR_NOMEM, or GR_INVALID: a key that is empty, starts with ':' or "grpc-", is one of the protocol's
 *         own fields (te, content-type, user-agent, connection ...), or has an octet outside the rule; a value
 *         with an octet outside 0x20-0x7e under a key that is not -bin */
MUST_USE int gr_metadata_add(struct gr_metadata *metadata, const char *key, struct bytes value);

size_t gr_metadata_count(const struct gr_metadata *metadata);
/* i < count (asserted). Views valid until the list changes or is freed. */
struct gr_metadata_entry gr_metadata_at(const struct gr_metadata *metadata, size_t i);
/* The first value under key; false when there is none. */
bool gr_metadata_find(const struct gr_metadata *metadata, const char *key, struct bytes *value);

/* ---- The loop: sockets and timers of any number of servers and channels, on one thread (libuv inside) ---- */

struct gr_loop;

struct gr_loop *gr_loop_new(void); /* given: gr_loop_free. NULL when out of memory or descriptors */
/* Frees the loop. Every server and channel on it must have been freed before (asserted). */
void gr_loop_free(struct gr_loop *loop);
/* Turn until gr_loop_stop, or until nothing is left to wait for; from a callback on it: returns at once. SIGPIPE is
 * blocked on this thread meanwhile, as it is during gr_loop_turn: a peer that is gone is a status, not a signal. */
void gr_loop_run(struct gr_loop *loop);
/* Leave gr_loop_run after the current turn. Only from a callback on this loop. */
void gr_loop_stop(struct gr_loop *loop);
/* One turn: waits for and handles at least one event, at most timeout_ns (0, and while spin_ns runs: only what is ready).
 * returns false when nothing is left to wait for, or from a callback on it */
bool gr_loop_turn(struct gr_loop *loop, int64_t timeout_ns);

/* Have run(data) called on the loop's thread, in one of its next turns, in the order of posting: so another thread may
 * finish what a handler answered GR_LATER. From any thread, not from a signal handler. What waits keeps no loop from
 * ending; gr_loop_free runs it then. The loop must be there: who posts to a server's own loop has ended before
 * gr_server_free.
 * returns 0 or GR_NOMEM */
MUST_USE int gr_loop_post(struct gr_loop *loop, void (*run)(void *data), void *data);

/* ---- TLS (OpenSSL; TLS 1.2 or newer, ALPN "h2" required) ------------------------------------- */

struct gr_tls_options {
    const char *
        cert_file; /* PEM chain; a server must have one; a client that has one offers it (mutual TLS) */
    const char *key_file; /* PEM */
    const char
        *ca_file; /* PEM. client: whom to trust (NULL: the system's store). server: demand a client
                               certificate signed by one of these (NULL: none asked for) */
    const char
        *server_name; /* client: SNI, the name verified, and :authority (NULL: the target's host) */
    const char *keylog_file; /* append secrets in NSS format, for Wireshark (NULL: no) */
};

/* ---- Codecs: how messages become octets ------------------------------------------------------ */

/* protobuf is what messages are unless a call says otherwise (gr_call_options.codec). A method without message types
 * (gr_method.request or reply NULL) has octets for messages: a struct bytes, sent and received as it is. */

struct gr_out;   /* octets being written */
struct gr_arena; /* memory that goes with the message, or call, that it is for */

/* Append octets (copied). returns 0 or GR_NOMEM */
MUST_USE int gr_out_put(struct gr_out *out, struct bytes octets);
/* Aligned for any type, not zeroed; freed with the arena. NULL when out of memory. */
void *gr_arena_alloc(struct gr_arena *memory, size_t size);

struct gr_codec {
    const char *name; /* "text": the content-type is "application/grpc+text" */
    /* Write `message` of this type. returns 0, GR_NOMEM, or GR_ENCODE: there is no writing it */
    int (*encode)(const void *message, const struct ProtobufCMessageDescriptor *type,
                  struct gr_out *out);
    /* Read `in` (borrowed: what *message keeps of it is copied into memory).
     * returns 0, GR_NOMEM, or GR_INVALID: that is no such message */
    int (*decode)(struct bytes in, const struct ProtobufCMessageDescriptor *type,
                  struct gr_arena *memory, void **message);
};

/* From now on servers serve calls of this content-type, and answer in kind; those of one that nobody has
 * registered are UNIMPLEMENTED. For the whole program; before its first server or channel. codec: borrowed for
 * ever; it may be asked on many threads at once.
 * returns 0, or GR_INVALID: the name is not of [a-z0-9._-], is longer than 32, is "proto" or another codec's; or 16
 *         are there already */
MUST_USE int gr_register_codec(const struct gr_codec *codec);

/* ---- Compression (compression.md) ------------------------------------------------------------ */

enum gr_compression {
    GR_IDENTITY,
    GR_GZIP,
    GR_DEFLATE,
    GR_ZSTD,            /* if the library was built with libzstd */
    GR_SNAPPY,          /* if it was built with libsnappy; its framing format */
    GR_COMPRESSION_OWN, /* the first number that gr_register_compressor gives */
};

/* Can this build do it, or has it been registered? Where one is asked for that is not there, messages go
 * uncompressed. */
bool gr_compression_available(enum gr_compression compression);

struct gr_compressor {
    const char *name; /* as in grpc-encoding: "lz4" */
    /* Write `in`, one message, compressed. returns 0 or GR_NOMEM */
    int (*compress)(struct bytes in, struct gr_out *out);
    /* The reverse, stopping at once beyond max octets.
     * returns 0, GR_NOMEM, GR_TOO_LARGE: it is more than max; GR_INVALID: it is corrupt, or cut short */
    int (*decompress)(struct bytes in, size_t max, struct gr_out *out);
};

/* From now on the name is in grpc-accept-encoding, and calls may use the number returned as enum gr_compression.
 * For the whole program; before its first server or channel. compressor: borrowed for ever; asked on many threads
 * at once.
 * returns the number, or GR_INVALID: the name is not of [a-z0-9._-], is longer than 32 or is taken; or 8 are there
 *         already */
MUST_USE int gr_register_compressor(const struct gr_compressor *compressor);

/* Per-message choice; only has an effect on a call whose encoding is not identity. */
enum gr_send_flags {
    GR_SEND_DEFAULT = 0,
    GR_SEND_UNCOMPRESSED = 1, /* this message with flag 0 although the call compresses */
};

/* ---- Limits and windows; 0 in any member means the default named ----------------------------- */

struct gr_limits {
    size_t max_message; /* octets of a received message after decompression; default 4 MiB */
    size_t
        max_metadata; /* octets of a received header list, as SETTINGS_MAX_HEADER_LIST_SIZE counts
                                      them (RFC 9113 6.5.2); default 16 KiB, advertised */
    uint32_t stream_window;          /* octets, SETTINGS_INITIAL_WINDOW_SIZE; default 1 MiB */
    uint32_t connection_window;      /* octets; default 4 MiB; at least 65535 */
    uint32_t max_concurrent_streams; /* what we advertise; default 1000. server only */
    size_t
        send_buffer; /* octets queued on one call before gr_writable turns false; default 256 KiB */
};

/* ---- Methods and services -------------------------------------------------------------------- */

struct gr_call;

/* What a call tells its handler (server) or its observer (client). */
enum gr_event {
    GR_EVENT_BEGAN,       /* server: request headers are here. client: response headers are here */
    GR_EVENT_MESSAGE,     /* `message` is the decoded message, borrowed */
    GR_EVENT_HALF_CLOSED, /* server: the client has sent its last message */
    GR_EVENT_WRITABLE, /* gr_writable was false and is true again; on a client also before BEGAN */
    GR_EVENT_TIMER,    /* gr_call_timer fired; likewise */
    GR_EVENT_ENDED, /* the last event, exactly once: finished, cancelled, expired or lost; gr_call_result
                             says how. gr_send and gr_finish do nothing from here on. server: when the
                             handler returns, the call is gone; nobody may use it any more */
};

/* A handler of one unary method: read `request` (borrowed), fill `reply` (initialised; what it points to is
 * taken from gr_call_alloc, or static), return the status. On a status other than OK the reply is not sent.
 * GR_LATER: call, request and reply stay valid until gr_finish_unary, also when the client has gone meanwhile or the
 * deadline has passed; gr_call_deadline says when it does, and an interceptor's `ended` hears of it at once. */
typedef enum gr_status gr_unary_fn(struct gr_call *call, const void *request, void *reply);

/* A handler of one streaming method, or a client's observer. */
typedef void gr_stream_fn(struct gr_call *call, enum gr_event event, const void *message);

/* One method. Static data, as a rule written by the code generator. */
struct gr_method {
    const char *path;                                 /* "/package.Service/Method" */
    const struct ProtobufCMessageDescriptor *request; /* NULL: octets, as struct bytes */
    const struct ProtobufCMessageDescriptor *reply;
    bool client_streams;
    bool server_streams;
    gr_unary_fn *
        unary; /* server: set only when neither side streams (asserted at register); NULL: UNIMPLEMENTED */
    gr_stream_fn *stream; /* server: set for the other three types; NULL: UNIMPLEMENTED */
};

/* The .proto a service comes from, for reflection. Static data, as a rule written by the code generator. */
struct gr_file_descriptor {
    const char *name; /* "helloworld.proto", as it is imported */
    struct bytes
        bytes; /* a serialized google.protobuf.FileDescriptorProto, without source positions */
    const struct gr_file_descriptor *const *dependencies; /* what it imports, in its order */
    size_t dependency_count;
};

struct gr_service {
    const char *name; /* "package.Service" */
    const struct gr_method *methods;
    size_t method_count;
    const struct gr_file_descriptor *file; /* NULL: unknown to reflection */
};

/* ---- A call, either side --------------------------------------------------------------------- */

/* Queue a message. Copied (encoded) before return. Never blocks and never refuses for size of the queue: ask
 * gr_writable (or gr_wait_writable) before the next one, or memory grows. flags: enum gr_send_flags.
 * returns 0, GR_NOMEM, GR_ENCODE, GR_TOO_LARGE, or GR_CLOSED when the call has ended or is finished or half-closed.
 *         GR_ENCODE: it is NULL, not initialised, or of another type than the method's. Where the method does not
 *         stream, one message is due: who sends two is told nothing here, and its peer ends the call UNIMPLEMENTED */
MUST_USE int gr_send(struct gr_call *call, const void *message, int flags);

/* False while more than limits.send_buffer octets wait on this call. */
bool gr_writable(const struct gr_call *call);

/* Stop and start the flow of GR_EVENT_MESSAGE. While stopped the peer is given no more window than it has: a slow
 * reader never makes anybody's memory grow. */
void gr_pause_reading(struct gr_call *call);
void gr_resume_reading(struct gr_call *call);

/* GR_EVENT_TIMER in delay_ns; replaces a timer still running; negative: none. Gone when the call ends. */
void gr_call_timer(struct gr_call *call, int64_t delay_ns);

/* Memory that lives until the call is freed; NULL when out of memory. Aligned for any type, not zeroed. */
void *gr_call_alloc(struct gr_call *call, size_t size);
/* A string made in it, as printf would: what a reply's text is made of. NULL when out of memory. */
char *gr_call_printf(struct gr_call *call, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Anything the handler wants to find again; NULL at first. */
void gr_call_set_data(struct gr_call *call, void *data);
void *gr_call_data(const struct gr_call *call);

/* What the peer sent: request metadata on a server, response-header metadata on a client (NULL until
 * GR_EVENT_BEGAN or when there was none: Trailers-Only). Valid as long as the call. */
const struct gr_metadata *gr_call_metadata(const struct gr_call *call);
/* client: trailing metadata; NULL until GR_EVENT_ENDED. */
const struct gr_metadata *gr_call_trailers(const struct gr_call *call);
/* How the call ended; status is meaningful from GR_EVENT_ENDED on. */
const struct gr_result *gr_call_result(const struct gr_call *call);
/* When it expires, on clock_now_ns()'s clock; TIME_NEVER without a deadline. */
gr_time gr_call_deadline(const struct gr_call *call);
/* "127.0.0.1:4711" or "unix"; valid as long as the call. */
const char *gr_call_peer(const struct gr_call *call);
/* The loop that the call lives on: for gr_loop_post. */
struct gr_loop *gr_call_loop(const struct gr_call *call);
/* The method called; as it was registered, or given to gr_call_new. */
const struct gr_method *gr_call_method(const struct gr_call *call);

/* Things that travel with a call, from an interceptor to the next or to the handler: who the caller is, for instance.
 * key: an address that nobody else uses, of a static variable as a rule. value: borrowed until the call is freed; from
 * gr_call_alloc, say. A key that was put already gets the new value.
 * returns 0 or GR_NOMEM */
MUST_USE int gr_call_put(struct gr_call *call, const void *key, void *value);
/* What was put under key; NULL: nothing was. */
void *gr_call_get(const struct gr_call *call, const void *key);

/* What TLS knows of the peer. */
struct gr_tls_peer {
    const char *version; /* "TLSv1.3" */
    const char *cipher;  /* "TLS_AES_256_GCM_SHA384" */
    const char *alpn;    /* "h2" */
    const char *
        subject; /* of its certificate, RFC 2253: "CN=client,O=Example"; NULL: it has shown none. What it has
                            shown is verified (gr_tls_options.ca_file) */
    const char *const
        *names; /* the certificate's subject alternative names: "DNS:client.test", "IP:127.0.0.1",
                                 "URI:spiffe://test/client", "email:a@b.test"; other kinds are left out */
    size_t name_count;
};

/* server: the client's. NULL: cleartext, out of memory, or the connection was gone before this was first asked of any
 * of its calls. Valid as long as the call. On a client always NULL. */
const struct gr_tls_peer *gr_call_tls(const struct gr_call *call);

/* Was the flag "compressed" set on the message now being handed over? For tests of compression. */
bool gr_call_message_was_compressed(const struct gr_call *call);

/* End the call from here with CANCELLED: RST_STREAM(CANCEL) on the wire. No effect on an ended call. */
void gr_cancel(struct gr_call *call);

/* ---- Interceptors ---------------------------------------------------------------------------- */

/* A layer around every call of a server or of a channel, of all four types: it looks on, adds metadata, refuses.
 * Logging, tokens, quotas and measuring are made of this; examples/interceptors has two.
 *
 * Order. The first of the list is the outermost: it is the first to see a call begin and the last to see it end.
 *
 *     server: begin and received run first to last; sending, finish and ended last to first
 *     client: begin and sending run first to last; received and ended last to first
 *
 * Any member may be NULL: then that passes. None may end or free the call, send, or turn the loop; a status other than
 * OK does end it (what is no status becomes UNKNOWN), and the layers further in are not asked; gr_set_status_message
 * before says why. `message` is borrowed. Each gets the `data` of its layer last. */
struct gr_interceptor {
    /* The call begins. server: gr_call_metadata is here; the method exists. client: gr_add_header adds metadata.
     * Refused, a server's handler never hears of it, and a client's request never leaves. */
    enum gr_status (*begin)(struct gr_call *call, void *data);
    /* A message has come, and is not yet told. */
    enum gr_status (*received)(struct gr_call *call, const void *message, void *data);
    /* A message is about to be sent. Refused, gr_send returns GR_CLOSED. */
    enum gr_status (*sending)(struct gr_call *call, const void *message, void *data);
    /* server: the status that a handler (or a refusal) ends the call with; returns the one to send. Not asked when the
     * call ends in another way: its deadline, its client, a message that cannot be read. */
    enum gr_status (*finish)(struct gr_call *call, enum gr_status status, void *data);
    /* The call has ended, gr_call_result says how. Told exactly once for each call whose begin this layer was asked,
     * even if it refused. */
    void (*ended)(struct gr_call *call, void *data);
    void *data;
};

/* ---- Server ---------------------------------------------------------------------------------- */

struct gr_server;

struct gr_server_options {
    struct gr_loop *loop; /* NULL: the server makes its own */
    /* So many loops, each on a thread of its own while gr_server_serve runs (on the first of them); default 1. The
     * kernel deals connections out among them (SO_REUSEPORT); a connection and its calls stay on one. So with more than
     * one, handlers and interceptors run side by side, and what they share is theirs to guard. */
    int threads;
    /* Poll for so long after octets came or went before the loop sleeps: a wake-up costs more than a call does, so answers
     * come sooner, for CPU. The loop's, so that of all who are on it the longest counts. Default: sleep at once. */
    int64_t spin_ns;
    struct gr_limits limits;
    const struct gr_tls_options *tls; /* NULL: cleartext with prior knowledge. Copied */
    gr_time
        handshake_timeout_ns; /* TLS and connection preface must be here by then; default 20 s */
    bool trace;               /* print every frame, decoded, one a line, on stderr */
    /* Keepalive (gRFC A8, A9). */
    int64_t
        keepalive_time_ns; /* ping a client that was silent so long; default 2 h; TIME_NEVER: do not */
    int64_t keepalive_timeout_ns; /* no answer by then: the connection is lost; default 20 s */
    int64_t
        min_ping_interval_ns; /* a client's pings that come sooner are strikes, but for those that follow
                                         something we have sent; default 5 min */
    bool permit_pings_without_calls; /* the same interval without calls; else it is 2 h then */
    int max_ping_strikes; /* so many are forgiven, the next one is GOAWAY "too_many_pings"; default 2;
                                         negative: all */
    int64_t max_connection_age_ns; /* then GOAWAY "max_age", 10 % sooner or later; default: never */
    int64_t
        max_connection_age_grace_ns; /* calls may go on so long after that; default: as long as they like */
    int64_t max_connection_idle_ns; /* so long without calls: GOAWAY "max_idle"; default: never */

    const struct gr_interceptor
        *interceptors; /* around every call; the array is copied, data is not */
    size_t interceptor_count;
};

struct gr_server *
gr_server_new(const struct gr_server_options *options); /* options: copied, NULL for defaults.
                                                                              given: gr_server_free */
/* Closes what is open at once (calls end CANCELLED) and frees, with all calls: those answered GR_LATER that are not
 * finished yet are gone, too, and gr_finish_unary must not be called for them any more. Threads that work on them, and
 * would gr_loop_post, have ended before. Not from a callback on its loop (asserted). */
void gr_server_free(struct gr_server *server);

/* Before gr_server_serve. service and all it points to: borrowed until gr_server_free. data: what gr_service_data gives
 * its handlers.
 * returns 0, GR_NOMEM, or GR_INVALID when a service of that name is registered */
MUST_USE int gr_server_register(struct gr_server *server, const struct gr_service *service,
                                void *data);
void *gr_service_data(const struct gr_call *call);
/* The services registered, in their order; NULL behind the last. As it was registered. */
const struct gr_service *gr_server_service(const struct gr_server *server, size_t i);

/* Listen on "HOST:PORT" (":0" and "HOST:0" let the kernel choose), "[::1]:PORT" or "unix:PATH"; may be repeated; with
 * threads, before gr_server_serve.
 * port: the port bound, NULL if not wanted; 0 for unix.
 * returns 0, GR_NOMEM, GR_ADDRESS (also for a PATH longer than the system's 107), GR_IO (errno says more), GR_TLS (errno:
 *         why a file cannot be opened; 0: they can be, and one is not what it should be), GR_CLOSED: it was stopped */
MUST_USE int gr_server_listen(struct gr_server *server, const char *address, int *port);

/* Turn the loop until stopped, for good: a server is not started again. With threads, until all of them have.
 * returns 0, or GR_NOMEM when a thread could not be started: then it is stopped */
int gr_server_serve(struct gr_server *server);

/* Stop now: connections get GOAWAY and are closed, calls end CANCELLED, gr_server_serve returns. */
void gr_server_stop(struct gr_server *server);

/* Stop accepting; GOAWAY(2^31-1), a PING, then GOAWAY with the last stream (RFC 9113 6.8); calls in flight may
 * finish until timeout_ns has passed (TIME_NEVER: however long), then as gr_server_stop. */
void gr_server_stop_gracefully(struct gr_server *server, int64_t timeout_ns);

/* What a handler may say before the response headers leave (they leave with the first message, with
 * gr_send_headers, or as Trailers-Only with the status); and what a client's interceptor may say in its `begin`.
 * 0, GR_NOMEM, GR_INVALID (gr_metadata_add's rule) or GR_CLOSED once they left. */
MUST_USE int gr_add_header(struct gr_call *call, const char *key, struct bytes value);
/* Response headers now, without waiting for a message. */
MUST_USE int gr_send_headers(struct gr_call *call);
/* Trailing metadata, until the call is finished. */
MUST_USE int gr_add_trailer(struct gr_call *call, const char *key, struct bytes value);
/* Compress this call's messages, if the client accepts that; else they stay uncompressed. Before headers leave.
 * returns 0, or GR_CLOSED once they left */
MUST_USE int gr_set_compression(struct gr_call *call, enum gr_compression compression);

/* Message and details that go with the status which the handler returns or gr_finish sends. Copied. */
MUST_USE int gr_set_status_message(struct gr_call *call, struct bytes message);
MUST_USE int gr_set_status_details(struct gr_call *call, struct bytes details);

/* End a streaming call: what is queued is sent, then the trailers; then RST_STREAM(NO_ERROR) if the client has not
 * half-closed. What is no status becomes UNKNOWN. No effect on a call that is finished or ended; server only
 * (asserted). */
void gr_finish(struct gr_call *call, enum gr_status status);
/* The same for a unary call whose handler returned GR_LATER; sends the reply it was given when status is OK. Once: then
 * the call is gone. */
void gr_finish_unary(struct gr_call *call, enum gr_status status);

/* ---- Client ---------------------------------------------------------------------------------- */

struct gr_channel;

struct gr_channel_options {
    struct gr_loop *loop; /* NULL: the channel makes its own */
    int64_t spin_ns;      /* as gr_server_options' */
    struct gr_limits limits;
    const struct gr_tls_options *tls; /* NULL: cleartext with prior knowledge. Copied */
    const char *authority;  /* :authority (NULL: from the target, or tls->server_name). Copied */
    const char *user_agent; /* prefix to our own (NULL: none). Copied */
    gr_time connect_timeout_ns; /* default 20 s (connection-backoff.md) */
    bool trace;                 /* print every frame, decoded, one a line, on stderr */
    /* Keepalive (gRFC A8). A server that answers too_many_pings makes us ping half as often from then on. */
    int64_t
        keepalive_time_ns; /* ping a server that was silent so long; at least 10 s; default: never */
    int64_t keepalive_timeout_ns; /* no answer by then: the connection is lost; default 20 s */
    bool keepalive_without_calls; /* ping without calls too: the server must permit it */

    const struct gr_interceptor
        *interceptors; /* around every call; the array is copied, data is not */
    size_t interceptor_count;
};

/* A channel to "HOST:PORT", "dns:HOST:PORT" or "unix:PATH". Connects on the first call, and again after a loss.
 * options: copied, NULL for defaults.
 * given: gr_channel_free. NULL when out of memory; a bad target or TLS set-up fails its calls, UNAVAILABLE. */
struct gr_channel *gr_channel_new(const char *target, const struct gr_channel_options *options);
/* NULL: no effect. Calls must be freed before (asserted). Not from a callback on its loop (asserted). */
void gr_channel_free(struct gr_channel *channel);

/* connectivity-semantics-and-api.md. SHUTDOWN is not among them: then there is no channel any more. */
enum gr_channel_state {
    GR_CHANNEL_IDLE,       /* no connection, none wanted */
    GR_CHANNEL_CONNECTING, /* resolving, connecting, or waiting for the server's SETTINGS */
    GR_CHANNEL_READY,
    GR_CHANNEL_TRANSIENT_FAILURE, /* for a while, which grows (connection-backoff.md), no new attempt; then IDLE */
};

enum gr_channel_state gr_channel_state(const struct gr_channel *channel);
/* Connect without a call, if the channel is IDLE when the loop turns next. */
void gr_channel_connect(struct gr_channel *channel);
/* Have each change told, as it happens, from within the loop. watch must not free the channel or turn its loop.
 * It replaces the one before; NULL: none. */
typedef void gr_channel_watch_fn(struct gr_channel *channel, enum gr_channel_state state,
                                 void *data);
void gr_channel_watch(struct gr_channel *channel, gr_channel_watch_fn *watch, void *data);
/* Blocking: turn the loop while the state is `from`, for at most timeout_ns (TIME_NEVER: however long).
 * returns the state then */
enum gr_channel_state gr_channel_wait(struct gr_channel *channel, enum gr_channel_state from,
                                      int64_t timeout_ns);

struct gr_call_options {
    int64_t
        timeout_ns; /* 0: no deadline. Negative or too late: DEADLINE_EXCEEDED without a request */
    const struct gr_metadata *metadata; /* copied */
    enum gr_compression compression;    /* of requests */
    size_t max_message;                 /* 0: the channel's limit */
    bool
        wait_for_ready; /* wait for a connection until the deadline instead of failing UNAVAILABLE */
    gr_stream_fn *observer; /* event-driven use: told everything; then gr_recv must not be used */
    void *data;             /* gr_call_data */
    const struct gr_codec *codec; /* of both directions; registered. NULL: protobuf */
};

/* Begin a call. Headers leave with the next turn of the loop. method: borrowed until the call is freed. options: copied,
 * NULL for defaults.
 * given: gr_call_free. NULL only when out of memory */
struct gr_call *gr_call_new(struct gr_channel *channel, const struct gr_method *method,
                            const struct gr_call_options *options);
/* Cancels the call if it has not ended, and frees it; an observer hears no more of it. From its own observer, too.
 * NULL: no effect. A client's only (asserted), as all of the following. */
void gr_call_free(struct gr_call *call);

/* The last message has been sent. No effect twice. */
void gr_half_close(struct gr_call *call);

/* Blocking: turn the loop until gr_writable says so: what a client calls before each gr_send of a long stream.
 * returns false when the call has ended: gr_wait has the status */
bool gr_wait_writable(struct gr_call *call);

/* Blocking: turn the loop until there is a message or the call has ended.
 * message: the decoded message, valid until the next gr_recv, gr_wait or gr_call_free
 * returns 1 with a message, 0 when no more will come (gr_wait has the status) */
MUST_USE int gr_recv(struct gr_call *call, const void **message);

/* Blocking: turn the loop until response headers are here, or the call has ended (then NULL may come back). */
const struct gr_metadata *gr_wait_headers(struct gr_call *call);

/* Blocking: turn the loop until the call has ended; messages not received are dropped. */
const struct gr_result *gr_wait(struct gr_call *call);

/* One request, one reply, blocking. On OK *reply is the decoded reply, valid until gr_call_free(*call_out).
 * call_out: the ended call, for metadata and the result's message; given: gr_call_free (also when not OK); NULL only
 *           when out of memory. Neither of the two may be NULL
 * returns the status */
enum gr_status gr_unary(struct gr_channel *channel, const struct gr_method *method,
                        const void *request, const struct gr_call_options *options,
                        const void **reply, struct gr_call **call_out);

/* "grpcref/0.1.0 nghttp2/1.52.0"; static. */
const char *gr_version(void);

#ifdef __cplusplus
}
#endif

#endif
