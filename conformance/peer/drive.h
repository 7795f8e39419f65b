/* SPDX-License-Identifier: MIT
 *
 * How a client under test is told what to do, and what it can show of how that went: the contract between the verbs of
 * peer/client.h and whatever drives a client (a command that is started, an adapter process, a function on a thread).
 * No protocol is spoken here and no verdict is made. The drives are in run/drive_*.c. */
#ifndef PEER_DRIVE_H
#define PEER_DRIVE_H

#include "base/buf.h"
#include "base/clock.h"
#include "wire/hpack.h"

struct field;

/* ---- what a client is asked for -------------------------------------------------------------- */

/* The numbers are those of connectrpc.conformance.v1.StreamType. */
enum call_type {
    CALL_UNARY = 1,
    CALL_CLIENT_STREAM,
    CALL_SERVER_STREAM,
    CALL_HALF_DUPLEX,
    CALL_FULL_DUPLEX
};

/* When the client cancels the call by itself. */
enum cancel_when {
    CANCEL_NEVER,
    CANCEL_BEFORE_HALF_CLOSE, /* after its messages, instead of END_STREAM */
    CANCEL_AFTER_HALF_CLOSE,  /* cancel_after_ms later */
    CANCEL_AFTER_RESPONSES,   /* when cancel_after_responses messages have come */
};

/* One call, described for every kind of drive. All zeros but `type` is a legal description of a plain call. */
struct client_call {
    /* What a command is told: the official interop case that makes just this call. NULL: there is none, and a case that
     * asks for it is SKIP under a command. */
    const char *interop;
    unsigned
        interop_calls; /* how many calls that one run of it makes; 0 is 1. Asking again for the same description
                                then names its next call, and starts nothing. */
    uint32_t interop_status; /* the status with which it is content, that is, exits with 0 */
    const struct client_call
        *otherwise; /* what a command is told when it has no such case; NULL: SKIP then */

    const char *
        path; /* of grpc.testing.TestService; an adapter calls the method of ConformanceService for `type` */
    enum call_type type;
    unsigned
        messages; /* requests to send; 0 sends none, also on a unary call: that is an empty message there */
    size_t request_size;          /* octets of payload in each */
    size_t response_size;         /* octets of payload asked for, in each response */
    unsigned responses;           /* messages asked for, on a call that streams them */
    const struct field *metadata; /* custom request metadata; values of -bin names are raw octets */
    size_t metadata_count;
    int64_t timeout_ms;      /* the call's deadline; 0: none */
    const char *compression; /* "gzip": compress the requests; NULL: do not */
    enum cancel_when cancel;
    uint32_t cancel_after_ms, cancel_after_responses;
    size_t receive_limit; /* the largest message the client may take; 0: its default */
};

/* ---- how it went ----------------------------------------------------------------------------- */

enum result_kind {
    RESULT_PENDING,     /* the call, or the process that makes it, goes on */
    RESULT_REPORTED,    /* the client said how the call ended: the members below `status` */
    RESULT_EXITED,      /* its process ended with exit_code; nothing more is known */
    RESULT_DIED,        /* a signal ended its process, and it was not ours: `how` */
    RESULT_UNSUPPORTED, /* the client cannot do what it was asked for: `how` */
    RESULT_FAILED,      /* it could not even begin the call, or lost its way: `how` */
};

struct client_result {
    enum result_kind kind;
    bool says_so; /* FAILED: it is the client that reports this, and no guess of ours */
    int exit_code;
    struct buf how; /* a sentence */

    uint32_t status;
    bool has_message;
    struct buf message; /* the status message, as the client's application sees it */
    struct buf details; /* length-prefixed (4 octets, big-endian) google.protobuf.Any messages */
    size_t detail_count;
    struct header_list headers,
        trailers;        /* initial and trailing metadata as reported; -bin values as reported */
    struct buf payloads; /* the payload of each response, length-prefixed in the same way */
    size_t payload_count;
    uint32_t unsent_requests;
};
void client_result_clear(struct client_result *result);

/* ---- a drive --------------------------------------------------------------------------------- */

/* Where the case listens, as the client is to be told. Borrowed until open() returns. */
struct client_address {
    const char *host; /* "127.0.0.1" */
    uint16_t port;
    bool tls;
    const char *ca_file;     /* PEM that it should trust; NULL: cleartext */
    const char *server_name; /* the name in the server's certificate; NULL: cleartext */
    const char *case_id;
};

/* Every function is called from the case's thread; different cases' side by side. */
struct drive {
    const char *name;     /* "command", "adapter", "function" */
    bool reports_status;  /* RESULT_REPORTED, with status and message */
    bool reports_result;  /* and with metadata and payloads */
    bool ends_with_calls; /* a client is a process that ends by itself when its calls have ended */
    bool exit_says_nothing; /* such a process exits with 0 whatever happens */
    int64_t
        start_patience_ns; /* until its first connection: a program must start; 0: as for anything else */
    bool shares_connections; /* later calls of the same client may use the same connection */

    /* A client for one case. returns NULL with one sentence in why: the tool's trouble */
    void *(*open)(void *arg, const struct client_address *address, char why[static 256]);
    /* Begin a call; `index` 0, 1 ... names it from now on. call: borrowed for as long as the client.
     * returns false with one sentence in why: this drive cannot ask for it */
    bool (*ask)(void *client, size_t index, const struct client_call *call, char why[static 256]);
    /* How call `index` went, if it has ended: fills *result (cleared before) once. */
    void (*poll)(void *client, size_t index, struct client_result *result);
    /* Call `index` ended (*result) and the client had never connected. Was it told something it does not know?
     * Then it is told what the call has `otherwise`, and *result is PENDING again; without that, it is
     * RESULT_UNSUPPORTED. NULL: such a thing does not happen */
    void (*reconsider)(void *client, size_t index, struct client_result *result);
    /* The client of the call asked for last has connected: it knows what it was told. NULL: of no interest */
    void (*connected)(void *client);
    /* Seconds of processor time its process has used; -1: not known. */
    double (*processor_time)(void *client);
    /* The last lines of what it printed. */
    void (*put_tail)(void *client, struct buf *out);
    /* No more calls will come. A drive whose clients end with their calls: append how it ended to *how, if it has.
     * returns whether nothing of it is left to wait for */
    bool (*has_ended)(void *client, struct buf *how);
    /* End it, by force if need be, and free. */
    void (*close)(void *client);
    void *arg;
};

#endif
