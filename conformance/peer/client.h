/* SPDX-License-Identifier: MIT
 *
 * The scripted peer as a server, for cases that test clients: ask the client under test for a call, accept what it
 * connects, answer as no server should, judge what it does and what it says about it. Everything of peer/peer.h that
 * speaks or judges on a connection or a call works here too: send_data, send_message, send_rst_stream, send_goaway,
 * expect_outcome, expect_connection_error, expect_stream_error, next_message ... "The target" is the client.
 *
 * A case listens on a port of its own, and each case has a client of its own. When the case is over every connection
 * and the listener are closed, and a client that does not end then is a HANG; one that a signal ends is a CRASH. */
#ifndef PEER_CLIENT_H
#define PEER_CLIENT_H

#include "peer/drive.h"
#include "peer/peer.h"

/* ---- what to ask for: the official interop cases ---------------------------------------------------------------
 * A case that needs more (a deadline, metadata ...) describes a call of its own, with .interop = NULL: only an adapter
 * or a function can do it. */

extern const struct client_call empty_unary;      /* EmptyCall */
extern const struct client_call large_unary;      /* UnaryCall, 271828 octets up, 314159 down */
extern const struct client_call client_streaming; /* StreamingInputCall, 4 messages */
extern const struct client_call server_streaming; /* StreamingOutputCall, 4 messages */
extern const struct client_call
    ping_pong; /* FullDuplexCall, 4 messages each way, one after the other */
extern const struct client_call empty_stream; /* FullDuplexCall, none */
extern const struct client_call
    custom_metadata; /* UnaryCall, then FullDuplexCall, with metadata to be echoed */
extern const struct client_call
    status_code_and_message; /* UnaryCall, then FullDuplexCall; content with UNKNOWN, "test
                                                            status message" */
extern const struct client_call
    special_status_message; /* UnaryCall; the same with a message that needs escapes */
extern const struct client_call
    unimplemented_method; /* UnimplementedCall; content with UNIMPLEMENTED */
extern const struct client_call
    unimplemented_service; /* UnimplementedService/UnimplementedCall; the same */
extern const struct client_call
    cancel_after_begin; /* StreamingInputCall, cancelled without a message */
extern const struct client_call cancel_after_first_response; /* FullDuplexCall */
extern const struct client_call
    timeout_on_sleeping_server; /* FullDuplexCall, one message, a deadline of 1 ms (some: 100) */
extern const struct client_call
    client_compressed_unary; /* UnaryCall: a probe, then compressed and not compressed */
extern const struct client_call
    server_compressed_unary; /* UnaryCall twice: an answer compressed, and one not */
extern const struct client_call server_compressed_streaming;
/* The negative HTTP/2 cases. A command without them is told large_unary instead where one call is enough. */
extern const struct client_call goaway_case; /* large_unary, a second's pause, large_unary */
extern const struct client_call rst_after_header, rst_during_data, rst_after_data,
    ping_case;                               /* large_unary each */
extern const struct client_call max_streams; /* large_unary, then 10 or 15 at once */

/* ---- asking ---------------------------------------------------------------------------------- */

/* One call that the client was asked for; lives as long as the test. */
struct asked {
    struct test *t;
    const struct client_call *call;
    size_t index;                /* 0, 1 ... */
    struct client_result result; /* as far as it is known: see expect_client_outcome */
};

/* Start the client, if it is not running, and tell it to make this call. Makes the case SKIP when the drive cannot ask
 * for it. call: borrowed for as long as the test. Never NULL. */
struct asked *ask_client(struct test *t, const struct client_call *call);

/* ---- connections ----------------------------------------------------------------------------- */

/* The next connection of the client, with nothing read or sent. A client that never connects fails the case; starting
 * it does not count against the case's time. */
struct conn *accept_transport(struct test *t);
/* The same with TLS of the case's own choice: other certificates, versions, ALPN. The client may well refuse: then
 * conn->transport is NULL, no verdict is made, and `why` (may be NULL) says what the handshake said. */
struct conn *accept_tls(struct test *t, const struct transport_tls *tls, char why[256]);
/* The same as accept_transport, and the connection preface: our SETTINGS (may be none) at once, the client's 24 octets
 * and SETTINGS awaited and acknowledged, ours acknowledged. */
struct conn *accept_h2_with(struct test *t, const struct setting *settings, size_t count);
struct conn *accept_h2(struct test *t);
/* Wait for the client's preface and SETTINGS and its ACK of ours, after the case sent its own. */
#define expect_preface(conn) expect_preface_at((conn), HERE)
void expect_preface_at(struct conn *conn, struct source_line where);
/* How many connections the client has made so far, also those not accepted yet. */
unsigned client_connections(struct test *t);
/* Refuse whatever comes from now on: close the listener. */
void stop_listening(struct test *t);

/* ---- calls ----------------------------------------------------------------------------------- */

/* The next call of the client that was not handed out yet: its HEADERS have come (call->path, call->headers; DATA
 * and messages as they come, but a request of one small message is awaited whole, if windows let it). On this
 * connection; or on any, new ones included, which are accepted as by accept_h2. */
#define await_call_on(conn) await_call_on_at((conn), HERE)
#define await_call(t)       await_call_at((t), HERE)
struct call *await_call_on_at(struct conn *conn, struct source_line where);
struct call *await_call_at(struct test *t, struct source_line where);
/* The usual beginning: ask_client, accept_h2, await_call_on. */
struct call *first_call(struct test *t, const struct client_call *call);
/* The same with SETTINGS of ours. */
struct call *first_call_with(struct test *t, const struct client_call *call,
                             const struct setting *settings, size_t count);

/* The request: expect_header, expect_no_header, expect_message, next_message, expect_no_more_messages and
 * expect_trailer of peer.h judge it. All of it, to its END_STREAM: */
#define expect_half_close(call) expect_half_close_at((call), HERE)
void expect_half_close_at(struct call *call, struct source_line where);
/* Within patience, no further call comes on any connection, new ones included: proved on open connections by a PING
 * answered, elsewhere by the client's end. For "is not retried". */
#define expect_no_further_call(t) expect_no_further_call_at((t), HERE)
void expect_no_further_call_at(struct test *t, struct source_line where);

/* ---- answering ------------------------------------------------------------------------------- */

/* :status 200, content-type: application/grpc; edited. */
void send_response_headers(struct call *call, const struct edit *edits, uint8_t flags);
/* Trailers: grpc-status, and grpc-message when not NULL, as given (not percent-encoded). With END_STREAM. */
void send_status(struct call *call, uint32_t code, const char *message);
/* :status 200, content-type, grpc-status: 0; edited. With END_STREAM. */
void send_trailers_only(struct call *call, const struct edit *edits);
/* A response message that the called method may return, with `size` octets of payload; flag 0. */
void send_response_message(struct call *call, size_t size);
/* The same message, not sent, without the prefix: for cases that frame, cut or compress it themselves. */
void put_response(const struct call *call, size_t size, struct buf *out);
/* Headers of a promised request in a PUSH_PROMISE on this call's stream. */
void send_push_promise(struct call *call, uint32_t promised, const struct field *fields,
                       size_t count);

/* What the client asks for: the sizes of the responses, from its first message (awaited). count: how many; the first
 * `max` are in sizes. A method that returns one message: 1. */
size_t wanted_responses(struct call *call, size_t *sizes, size_t max);
/* The rest of the answer that a correct server gives: what was asked for and status 0, with headers if none were sent
 * yet. Waits for the request as far as it must. */
void serve_call(struct call *call);
/* Only the part behind the headers and messages already sent: one response if none was sent, then OK. */
void finish_ok(struct call *call);

/* ---- judging the client's end ------------------------------------------------------------------------------------
 * About the call that was asked for last (or `asked`). An adapter and a function report it. A command shows only
 * whether it exits with 0, which means that the call ended as its official case wants (OK, or interop_status):
 *   expected the status that the official case wants: must exit with 0;
 *   expected only other statuses: must not exit with 0, and a note says that the code itself was not visible.
 * A case for which that is not enough NEEDS_REPORTED_STATUS. All connections are served (PING, SETTINGS, windows)
 * while these wait. */

/* STATUS(code), ANY_ERROR and their LENIENT_ forms of peer.h, in ONE_OF(...). */
#define expect_client_outcome(t, outcomes) expect_client_outcome_at((t), NULL, (outcomes), HERE)
#define expect_client_status(t, code)                                                              \
    expect_client_outcome_at((t), NULL, ONE_OF(STATUS(code)), HERE)
#define expect_client_error(t) expect_client_outcome_at((t), NULL, ONE_OF(ANY_ERROR), HERE)
#define expect_client_ok(t)    expect_client_status((t), GRPC_OK)
#define expect_asked_outcome(asked, outcomes)                                                      \
    expect_client_outcome_at((asked)->t, (asked), (outcomes), HERE)
void expect_client_outcome_at(struct test *t, struct asked *asked, const struct outcome *outcomes,
                              struct source_line where);

/* These judge only what was reported; under a drive that does not report it they do nothing but note that it was not
 * visible. Rows of cases that are about them say NEEDS_REPORTED_STATUS or NEEDS_REPORTED_RESULT. They wait for the end
 * of the call. */
#define expect_client_message(t, text) expect_client_message_at((t), (text), HERE)
#define expect_client_header(t, name, value)                                                       \
    expect_client_field_at((t), false, (name), (value), HERE)
#define expect_client_trailer(t, name, value)                                                      \
    expect_client_field_at((t), true, (name), (value), HERE)
#define expect_client_no_header(t, name)  expect_client_field_at((t), false, (name), NULL, HERE)
#define expect_client_no_trailer(t, name) expect_client_field_at((t), true, (name), NULL, HERE)
#define expect_client_payloads(t, count)  expect_client_payloads_at((t), (count), HERE)
void expect_client_message_at(struct test *t, const char *text, struct source_line where);
/* value NULL: it must not be there. A name given several times: values joined with ", " in their order. Values of -bin
 * names as they are reported, base64. */
void expect_client_field_at(struct test *t, bool trailer, const char *name, const char *value,
                            struct source_line where);
void expect_client_payloads_at(struct test *t, size_t count, struct source_line where);

/* What is known of the last asked call, without judging; waits for its end within patience. RESULT_PENDING: it
 * goes on. */
const struct client_result *client_result(struct test *t);
/* It has not ended, proved by a PING on the connection of the call. */
#define expect_client_waits(call) expect_client_waits_at((call), HERE)
void expect_client_waits_at(struct call *call, struct source_line where);
/* Blast radius: asked for another plain call, the client makes it and it ends with OK. A client that is a process that
 * ends with its calls cannot be asked again: nothing happens then. */
#define expect_client_still_works(t) expect_client_still_works_at((t), HERE)
void expect_client_still_works_at(struct test *t, struct source_line where);

/* Serve all connections (PING, SETTINGS, windows) for exactly this long; for rules about time only. */
void pass_client_time(struct test *t, int64_t ns);

#endif
