/* SPDX-License-Identifier: MIT
 *
 * What the test cases of grpcref-client are written in: a run with its channel, the first failure
 * (which is remembered; later expectations then do nothing), and the few verbs the official
 * descriptions need.
 *
 * A case is one short function in a table, a file per group. */
#ifndef TOOLS_CLIENT_CASE_H
#define TOOLS_CLIENT_CASE_H

#include "grpcref.h"
#include "services/test_service.h"

#include "grpc/testing/empty.pb-c.h"
#include "grpc/testing/messages.pb-c.h"

/* The command line, decoded: client.c fills it. */
struct client_flags {
    const char *server_host;
    const char *server_host_override; /* NULL: none */
    const char *test_case;
    const char *ca_file; /* NULL: the system's store */
    const char *tls_cert_file;
    const char *tls_key_file;
    const char *tls_keylog_file;
    const char *unix_path;
    const char *adapter; /* NULL: cases */
    bool use_tls;
    bool use_test_ca;
    bool trace;
    bool help;
    bool version;
    int64_t server_port;
    int64_t call_timeout_ms; /* of every call that has no deadline of its own: nothing hangs */
    int64_t soak_iterations;
    int64_t soak_max_failures;
    int64_t soak_max_latency_ms;
    int64_t soak_overall_timeout_seconds;
    int64_t soak_min_time_ms_between_rpcs;
    int64_t soak_request_size;
    int64_t soak_response_size;
    int64_t soak_num_threads;
    int64_t adapter_workers;
};

struct run {
    const struct client_flags *flags;
    struct gr_loop *loop;
    struct gr_channel *channel; /* on loop */
    char failure[600];          /* empty: nothing failed yet */
    char note[200];             /* printed behind OK; empty: none */
};

typedef void test_case_fn(struct run *run);

struct test_case {
    const char *name; /* the official one */
    const char *what; /* for --help */
    test_case_fn *run;
};

struct test_group {
    const struct test_case *cases;
    size_t count;
};

extern const struct test_group unary_cases;
extern const struct test_group streaming_cases;
extern const struct test_group compression_cases;
extern const struct test_group status_cases;
extern const struct test_group cancel_cases;
extern const struct test_group soak_cases;
extern const struct test_group http2_cases; /* for servers that err; "all" leaves them out */

/* A channel as the flags say. given: gr_channel_free. NULL, and the run failed, when out of memory
 */
struct gr_channel *new_channel(struct run *run, struct gr_loop *loop);

/* ---- Expectations: false when this or an earlier one failed ---------------------------------- */

/* Remember what was expected and seen, if nothing failed before. Always false. */
bool fail(struct run *run, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool expect_ok(struct run *run, const char *what, struct gr_call *call);
bool expect_status(struct run *run, const char *what, struct gr_call *call, enum gr_status status);
/* Status, and the message octet for octet. */
bool expect_status_message(struct run *run, const char *what, struct gr_call *call,
                           enum gr_status status, const char *message);
/* A body of `size` octets of zero, of type COMPRESSABLE. */
bool expect_payload(struct run *run, const char *what, const Grpc__Testing__Payload *payload,
                    int32_t size);
bool expect_number(struct run *run, const char *what, int64_t seen, int64_t expected);
bool expect_compressed(struct run *run, const char *what, struct gr_call *call, bool expected);
/* `key` is there with exactly `value`. where: "initial metadata" or "trailing metadata". */
bool expect_metadata(struct run *run, const char *what, const char *where,
                     const struct gr_metadata *metadata, const char *key, struct bytes value);

/* ---- Verbs. All take and return NULL for "could not", with the run failed -------------------- */

/* The options every call starts from. */
struct gr_call_options call_options(const struct run *run);

/* UnaryCall and its kin, to the end; *reply is NULL unless OK. options: NULL for call_options().
 * given: gr_call_free */
struct gr_call *unary(struct run *run, enum test_method method, const void *request,
                      const struct gr_call_options *options, const void **reply);

/* Begin a streaming call. given: gr_call_free */
struct gr_call *begin(struct run *run, enum test_method method,
                      const struct gr_call_options *options);
void send_message(struct run *run, struct gr_call *call, const void *message, int flags);
/* The next message, borrowed until the next; NULL, and the run failed, when there is none. */
const void *receive(struct run *run, const char *what, struct gr_call *call);
/* No message comes any more. */
bool expect_end(struct run *run, const char *what, struct gr_call *call);
void end(struct gr_call *call); /* gr_call_free, for NULL too */

/* { response_parameters: { size }, payload: { body: payload_size zeros } }; 0 leaves a part out.
 * The caller's storage, because protobuf-c's messages are trees of pointers. */
struct duplex_request {
    Grpc__Testing__StreamingOutputCallRequest message;
    Grpc__Testing__ResponseParameters parameters;
    Grpc__Testing__ResponseParameters *list[1];
    Grpc__Testing__Payload payload;
};
void duplex_request_init(struct duplex_request *request, int32_t size, size_t payload_size);

Grpc__Testing__Payload zero_payload(size_t size);

#endif
