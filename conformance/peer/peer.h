/* SPDX-License-Identifier: MIT
 *
 * The scripted peer that cases are written with: send_* speaks, expect_* judges. This is the client's half, which
 * tests servers, and what both halves share; the server's half, which tests clients, is peer/client.h. Nothing
 * here refuses to say something illegal.
 *
 * What goes on behind a verb, unless switched off on the connection: SETTINGS and PING are acknowledged, windows
 * are given back, everything is decoded, written to the transcript and shown to the linter. What is sent waits in a
 * queue until the next expect_* (or flush), so that a case's bytes can be cut in any way (--segment).
 *
 * "Nothing happened" is proved without waiting: a PING and, once it is answered, an empty SETTINGS go behind the
 * bytes in question, and both are answered while nothing else came. (Two round trips, because a server may let the
 * answer to a PING overtake what it had to say before; SETTINGS the second time, because gRPC servers tolerate
 * three PINGs between their own HEADERS or DATA and answer the fourth with ENHANCE_YOUR_CALM.) Neither counts in
 * the fields below.
 *
 * Every verb does nothing once the verdict is decided (test_is_over), and pointers returned then are still valid. */
#ifndef PEER_H
#define PEER_H

#include "peer/test.h"

/* ---- connections ----------------------------------------------------------------------------- */

struct goaway {
    uint32_t last_stream, code;
    struct bytes debug;
};

enum closed { NOT_CLOSED, CLOSED_ORDERLY, CLOSED_RESET };

struct conn {
    struct test *t;
    bool serves; /* we are the server of it, the target is the client: see peer/client.h */
    struct conn *next;
    unsigned number;             /* 1, 2 ... in the transcript */
    struct transport *transport; /* NULL once closed by us */

    /* switches a case may turn off before or between verbs; all true at first */
    bool auto_settings_ack, auto_ping_ack,
        auto_window;   /* auto_window: give back what DATA took, at once */
    bool obey_windows; /* send_data waits for the target's windows */

    /* what the target has said */
    bool got_preface; /* the 24 octets of a client */
    bool got_settings;
    uint32_t their_settings[8]; /* by id 1-6; initial values where none came */
    bool their_setting_seen[8];
    unsigned settings_received, settings_acks, pings_received, ping_acks;
    uint8_t last_ping_ack[8];
    struct goaway goaway; /* the last one */
    unsigned goaways;
    enum closed closed;

    /* our own half */
    uint32_t our_max_frame_size,
        our_initial_window; /* as we last announced; initial values at first */
    unsigned settings_sent;
    uint32_t next_stream;   /* 1, 3, 5 ... */
    int64_t send_window;    /* the target's connection window, as left for us */
    int64_t receive_window; /* ours, as left for the target */
    struct hpack_encoder *encoder;
    struct hpack_decoder *decoder;
    struct lint *lint;
    struct buf queue;      /* bytes waiting for flush */
    struct buf received;   /* octets not yet a whole frame */
    struct call *calls;    /* newest first; frames go to the newest call of their stream */
    struct inside *inside; /* private */
};

/* A new transport to the target; nothing sent. */
struct conn *open_transport(struct test *t);
/* The same, and the connection preface: magic, our SETTINGS (may be none), the target's SETTINGS awaited and
 * acknowledged, ours acknowledged. No PING: servers count them. A target that does not get through that fails the
 * case. */
struct conn *connect_with(struct test *t, const struct setting *settings, size_t count);
struct conn *connect_h2(struct test *t);
/* The connection new_call() uses, made with connect_h2 on first use. */
struct conn *main_connection(struct test *t);

#define SETTINGS(...)                                                                              \
    (const struct setting[]){__VA_ARGS__},                                                         \
        sizeof((const struct setting[]){__VA_ARGS__}) / sizeof(struct setting)

void send_octets(struct conn *conn, struct bytes octets); /* anything at all */
void send_preface(struct conn *conn);                     /* the 24 octets */
void send_frame(struct conn *conn, uint8_t type, uint8_t flags, uint32_t stream,
                struct bytes payload);
/* A header whose length field lies, followed by payload. stream_bits: with the reserved bit. */
void send_lying_frame(struct conn *conn, uint32_t length, uint8_t type, uint8_t flags,
                      uint32_t stream_bits, struct bytes payload);
void send_settings(struct conn *conn, const struct setting *settings, size_t count);
void send_settings_ack(struct conn *conn);
void send_ping(struct conn *conn, const uint8_t opaque[static 8], uint8_t flags);
void send_goaway(struct conn *conn, uint32_t last_stream, uint32_t code, struct bytes debug);
void send_window_update(struct conn *conn, uint32_t stream, uint32_t increment_bits);
void send_rst_stream(struct conn *conn, uint32_t stream, uint32_t code);
void send_priority(struct conn *conn, uint32_t stream, uint32_t dependency, bool exclusive,
                   uint8_t weight);
/* A header block as given, in one HEADERS frame with END_HEADERS (and `flags`), or as many CONTINUATIONs as it
 * needs. */
void send_block(struct conn *conn, uint32_t stream, struct bytes block, uint8_t flags);
/* Encode fields with the connection's encoder, then as send_block. */
void send_fields(struct conn *conn, uint32_t stream, const struct field *fields, size_t count,
                 uint8_t flags);
/* Encode fields into a block without sending it. */
void encode_fields(struct conn *conn, const struct field *fields, size_t count, struct buf *block);

void flush(struct conn *conn);           /* what is queued goes out now */
void finish_writing(struct conn *conn);  /* flush, then FIN; reading goes on */
void close_transport(struct conn *conn); /* flush, then close */
void abort_transport(struct conn *conn); /* RST, what is queued is lost */

/* ---- calls ----------------------------------------------------------------------------------- */

struct message {
    uint8_t flag;         /* the first octet: 0, 1, or what the target sent */
    struct bytes payload; /* as on the wire: not decompressed. Valid as long as the test */
};

/* A call, ours or (on a connection that we serve) the client's. "Received" is what the target sent: a response, or the
 * request. */
struct call {
    struct conn *conn;
    struct call *next;
    bool handed_out; /* by await_call: a call of the client */
    char path[256];
    uint32_t stream;

    bool local_closed;    /* we sent END_STREAM or RST_STREAM */
    bool local_reset;     /* it was RST_STREAM */
    unsigned blocks_sent; /* HEADERS of ours */
    size_t data_sent;     /* octets of DATA of ours */
    int64_t send_window;
    int64_t receive_window;

    unsigned header_blocks;      /* received, 1xx not counted */
    struct header_list headers;  /* the first; for Trailers-Only it is also the trailers */
    struct header_list trailers; /* the one with END_STREAM */
    bool trailers_only;
    struct buf data; /* all DATA payload, padding removed */
    size_t data_frames;
    bool remote_closed; /* END_STREAM was received, in HEADERS or DATA */
    bool ended_by_data; /* END_STREAM was on DATA: no trailers */
    bool reset;
    uint32_t reset_code;
    size_t messages_taken; /* by expect_message and next_message */
    size_t parsed;         /* private: offset of the next message in data */
    size_t last_entry; /* the last frame of the stream in the transcript: tells what came first */
    struct kept *kept; /* private: message payloads handed out */
};

/* Edits of the request headers that a well-behaved client sends. */
struct edit {
    enum { EDIT_END, EDIT_SET, EDIT_REMOVE, EDIT_ADD, EDIT_ADD_FIRST } kind;
    const char *name;
    struct bytes
        value; /* SET replaces in place (adds when absent); ADD appends, also a second of the same name */
};
#define EDITS(...) ((const struct edit[]){__VA_ARGS__, {.kind = EDIT_END}})
#define NO_EDITS   ((const struct edit[]){{.kind = EDIT_END}})
#define SET(n, v)                                                                                  \
    {                                                                                              \
        EDIT_SET, (n), BYTES(v)                                                                    \
    }
#define REMOVE(n)                                                                                  \
    {                                                                                              \
        EDIT_REMOVE, (n),                                                                          \
        {                                                                                          \
            NULL, 0                                                                                \
        }                                                                                          \
    }
#define ADD(n, v)                                                                                  \
    {                                                                                              \
        EDIT_ADD, (n), BYTES(v)                                                                    \
    }
#define ADD_FIRST(n, v)                                                                            \
    {                                                                                              \
        EDIT_ADD_FIRST, (n), BYTES(v)                                                              \
    }

#define EMPTY_CALL            "/grpc.testing.TestService/EmptyCall"
#define UNARY_CALL            "/grpc.testing.TestService/UnaryCall"
#define STREAMING_OUTPUT_CALL "/grpc.testing.TestService/StreamingOutputCall"
#define STREAMING_INPUT_CALL  "/grpc.testing.TestService/StreamingInputCall"
#define FULL_DUPLEX_CALL      "/grpc.testing.TestService/FullDuplexCall"
#define UNIMPLEMENTED_CALL    "/grpc.testing.TestService/UnimplementedCall"

struct call *new_call(struct test *t, const char *path); /* on main_connection(t) */
struct call *new_call_on(struct conn *conn,
                         const char *path); /* takes the next stream id; nothing sent */

/* :method POST, :scheme, :path, :authority, te: trailers, content-type: application/grpc, user-agent; edited. */
void send_request_headers(struct call *call, const struct edit *edits, uint8_t flags);
/* The same list, not sent: into fields (at most max), for cases that encode by hand. Values view into call or edits. */
size_t request_fields(struct call *call, const struct edit *edits, struct field *fields,
                      size_t max);
void send_trailers(struct call *call, const struct field *fields,
                   size_t count); /* with END_STREAM */

/* A length-prefixed message in DATA frames of at most the target's MAX_FRAME_SIZE. flags: FLAG_END_STREAM or 0. */
void send_message(struct call *call, uint8_t compressed_flag, struct bytes payload, uint8_t flags);
/* Only the five octets. */
void put_message_prefix(struct buf *out, uint8_t compressed_flag, uint32_t length);
/* DATA as given: in one frame when it fits the target's MAX_FRAME_SIZE, else several. */
void send_data(struct call *call, struct bytes data, uint8_t flags);
void send_padded_data(struct call *call, struct bytes data, uint8_t pad_len, uint8_t flags);
void half_close(struct call *call);  /* empty DATA with END_STREAM */
void cancel_call(struct call *call); /* RST_STREAM(CANCEL) */

/* A whole well-formed call in one verb: headers, one message, END_STREAM. */
struct call *send_unary(struct test *t, const char *path, struct bytes request);
struct call *send_unary_on(struct conn *conn, const char *path, struct bytes request);

/* ---- what may come: data, not code ----------------------------------------------------------- */

enum outcome_kind {
    OUTCOME_END,       /* ends a list */
    OUTCOME_STATUS,    /* the call ended with grpc-status `code` */
    OUTCOME_ANY_ERROR, /* the call ended with any grpc-status but 0 */
    OUTCOME_HTTP,      /* the response's :status is `code` (not 200) */
    OUTCOME_RESET,     /* RST_STREAM with `code` */
    OUTCOME_ANY_RESET,
    OUTCOME_GOAWAY, /* GOAWAY with `code` */
    OUTCOME_CLOSE, /* connection closed without GOAWAY. Weaker: never a strict pass where a code is due, and a
                           FAIL on a target that never answered a request */
    OUTCOME_IGNORED, /* nothing happened: a PING sent after it was answered, the stream (if any) still open */
};
struct outcome {
    enum outcome_kind kind;
    uint32_t code;
    bool lenient;    /* accepted as LENIENT */
    const char *why; /* lenient: why that is accepted, or NULL */
};
#define ONE_OF(...) ((const struct outcome[]){__VA_ARGS__, {.kind = OUTCOME_END}})
#define STATUS(c)                                                                                  \
    {                                                                                              \
        OUTCOME_STATUS, (c), false, NULL                                                           \
    }
#define ANY_ERROR                                                                                  \
    {                                                                                              \
        OUTCOME_ANY_ERROR, 0, false, NULL                                                          \
    }
#define HTTP(c)                                                                                    \
    {                                                                                              \
        OUTCOME_HTTP, (c), false, NULL                                                             \
    }
#define RESET(c)                                                                                   \
    {                                                                                              \
        OUTCOME_RESET, (c), false, NULL                                                            \
    }
#define ANY_RESET                                                                                  \
    {                                                                                              \
        OUTCOME_ANY_RESET, 0, false, NULL                                                          \
    }
#define GOAWAY(c)                                                                                  \
    {                                                                                              \
        OUTCOME_GOAWAY, (c), false, NULL                                                           \
    }
#define CLOSE                                                                                      \
    {                                                                                              \
        OUTCOME_CLOSE, 0, false, NULL                                                              \
    }
#define IGNORED                                                                                    \
    {                                                                                              \
        OUTCOME_IGNORED, 0, false, NULL                                                            \
    }
#define LENIENT_STATUS(c, why)                                                                     \
    {                                                                                              \
        OUTCOME_STATUS, (c), true, (why)                                                           \
    }
#define LENIENT_ANY_ERROR(why)                                                                     \
    {                                                                                              \
        OUTCOME_ANY_ERROR, 0, true, (why)                                                          \
    }
#define LENIENT_HTTP(c, why)                                                                       \
    {                                                                                              \
        OUTCOME_HTTP, (c), true, (why)                                                             \
    }
#define LENIENT_RESET(c, why)                                                                      \
    {                                                                                              \
        OUTCOME_RESET, (c), true, (why)                                                            \
    }
#define LENIENT_ANY_RESET(why)                                                                     \
    {                                                                                              \
        OUTCOME_ANY_RESET, 0, true, (why)                                                          \
    }
#define LENIENT_GOAWAY(c, why)                                                                     \
    {                                                                                              \
        OUTCOME_GOAWAY, (c), true, (why)                                                           \
    }
#define LENIENT_CLOSE                                                                              \
    {                                                                                              \
        OUTCOME_CLOSE, 0, true,                                                                    \
            "a GOAWAY with the code SHOULD come before the close (RFC 9113 5.4.1)"                 \
    }
#define LENIENT_IGNORED(why)                                                                       \
    {                                                                                              \
        OUTCOME_IGNORED, 0, true, (why)                                                            \
    }

/* gRPC status codes (statuscodes.md) */
enum grpc_status {
    GRPC_OK,
    GRPC_CANCELLED,
    GRPC_UNKNOWN,
    GRPC_INVALID_ARGUMENT,
    GRPC_DEADLINE_EXCEEDED,
    GRPC_NOT_FOUND,
    GRPC_ALREADY_EXISTS,
    GRPC_PERMISSION_DENIED,
    GRPC_RESOURCE_EXHAUSTED,
    GRPC_FAILED_PRECONDITION,
    GRPC_ABORTED,
    GRPC_OUT_OF_RANGE,
    GRPC_UNIMPLEMENTED,
    GRPC_INTERNAL,
    GRPC_UNAVAILABLE,
    GRPC_DATA_LOSS,
    GRPC_UNAUTHENTICATED
};
const char *grpc_status_name(uint32_t code); /* "INTERNAL", or "UNKNOWN STATUS" */

/* ---- judging --------------------------------------------------------------------------------------------------
 * Each waits at most t->patience_ns for what decides it. A timeout is a failure that says what was awaited. */

/* The call ends in one of these ways (or the connection does). The first match decides, PASS before lenient. */
#define expect_outcome(call, outcomes) expect_outcome_at((call), (outcomes), HERE)
/* The same for a connection: GOAWAY, CLOSE or IGNORED. */
#define expect_connection_outcome(conn, outcomes)                                                  \
    expect_connection_outcome_at((conn), (outcomes), HERE)
/* A connection error: GOAWAY(code) and close; a close without GOAWAY, or GOAWAY with another error code, is LENIENT. */
#define expect_connection_error(conn, code) expect_connection_error_at((conn), (code), HERE)
/* A stream error: RST_STREAM(code). Lenient: the same as GOAWAY(code) where RFC 9113 5.4.2 lets an endpoint treat a
 * stream error as a connection error; another RST_STREAM code. */
#define expect_stream_error(call, code) expect_stream_error_at((call), (code), HERE)

#define expect_headers(call)              expect_headers_at((call), HERE)
#define expect_header(call, name, value)  expect_header_at((call), (name), (value), HERE)
#define expect_no_header(call, name)      expect_no_header_at((call), (name), HERE)
#define expect_trailer(call, name, value) expect_trailer_at((call), (name), (value), HERE)
#define expect_status(call, code)         expect_status_at((call), (code), HERE)
/* grpc-message, percent-decoded. */
#define expect_status_message(call, text) expect_status_message_at((call), (text), HERE)
/* The next message, whole: with exactly this payload; or any (returned). A zero-length payload when over. */
#define expect_message(call, payload) expect_message_at((call), (payload), HERE)
#define next_message(call)            next_message_at((call), HERE)
#define expect_no_more_messages(call) expect_no_more_messages_at((call), HERE)
/* DATA: at least / exactly this many octets in all have come on the call. Exactly: proved by a PING after. */
#define expect_data_octets(call, octets) expect_data_octets_at((call), (octets), HERE)
/* Exactly this many of our SETTINGS, the preface's included, have been acknowledged. */
#define expect_settings_acks(conn, count) expect_settings_acks_at((conn), (count), HERE)
/* A PING is sent and answered with the same octets; what the target had sent before is then all here. */
#define expect_ping_answer(conn) expect_ping_answer_at((conn), HERE)
/* No GOAWAY, no close: proved as above. Streams may have been reset. */
#define expect_nothing_closed(conn) expect_nothing_closed_at((conn), HERE)
/* Blast radius: where there is a TestService, an EmptyCall on the same connection is OK; elsewhere any answer to it
 * will do. Sends no PING. Gives windows back first where the case had withheld them. Where an earlier verb accepted
 * that the target closed this connection, the same is asked of a new one. */
#define expect_connection_still_serves(conn) expect_connection_still_serves_at((conn), HERE)
/* The same on a new connection. */
#define expect_target_still_serves(t) expect_target_still_serves_at((t), HERE)

void expect_outcome_at(struct call *call, const struct outcome *outcomes, struct source_line where);
void expect_connection_outcome_at(struct conn *conn, const struct outcome *outcomes,
                                  struct source_line where);
void expect_connection_error_at(struct conn *conn, uint32_t code, struct source_line where);
void expect_stream_error_at(struct call *call, uint32_t code, struct source_line where);
void expect_headers_at(struct call *call, struct source_line where);
void expect_header_at(struct call *call, const char *name, const char *value,
                      struct source_line where);
void expect_no_header_at(struct call *call, const char *name, struct source_line where);
void expect_trailer_at(struct call *call, const char *name, const char *value,
                       struct source_line where);
void expect_status_at(struct call *call, uint32_t code, struct source_line where);
void expect_status_message_at(struct call *call, const char *text, struct source_line where);
void expect_message_at(struct call *call, struct bytes payload, struct source_line where);
struct message next_message_at(struct call *call, struct source_line where);
void expect_no_more_messages_at(struct call *call, struct source_line where);
void expect_data_octets_at(struct call *call, size_t octets, struct source_line where);
void expect_settings_acks_at(struct conn *conn, unsigned count, struct source_line where);
void expect_ping_answer_at(struct conn *conn, struct source_line where);
void expect_nothing_closed_at(struct conn *conn, struct source_line where);
void expect_connection_still_serves_at(struct conn *conn, struct source_line where);
void expect_target_still_serves_at(struct test *t, struct source_line where);

/* Waiting without judging, for cases with a rule of their own: turn the connection until `done` says so, the
 * connection closes, or patience ends. returns whether `done` said so. */
bool wait_until(struct conn *conn, bool (*done)(const struct conn *conn, const void *arg),
                const void *arg);
/* The same for a call: until no more HEADERS or DATA can come on it. */
bool wait_for_all(struct call *call);
bool call_has_all(const struct call *call);
/* The same for a connection: until either side has closed it. */
bool wait_for_close(struct conn *conn);
/* Turn the connection for exactly this long, less when it closes; for rules about time only (deadlines, keepalive). */
void pass_time(struct conn *conn, int64_t ns);

/* The grpc-status of an ended call; -1 when there is none or it is not a number. */
int call_status(const struct call *call);
/* It says that it has no room for the call: RESOURCE_EXHAUSTED, or REFUSED_STREAM (RFC 9113 section 8.7). */
bool call_is_turned_away(const struct call *call);

#endif
