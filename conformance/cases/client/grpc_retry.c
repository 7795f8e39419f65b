/* SPDX-License-Identifier: MIT
 *
 * When a call is made again (gRFC A6): by itself, where the server cannot have seen it; never otherwise, as long as no
 * retry policy is configured. Policies belong to a channel's configuration, which no drive can give. */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

/* UNAVAILABLE of the server's own making: seen once. */
static void status_is_not_retried(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_trailers_only(call, EDITS(SET("grpc-status", "14")));
    expect_no_further_call(t);
    expect_client_status(t, GRPC_UNAVAILABLE);
}

static void committed_is_not_retried(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_status(call, GRPC_UNAVAILABLE, "after headers");
    expect_no_further_call(t);
    expect_client_status(t, GRPC_UNAVAILABLE);
}

/* Before any response: the server may have begun all the same, and only REFUSED_STREAM says that it has not. */
static void reset_is_not_retried(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_rst_stream(call->conn, call->stream, H2_ENHANCE_YOUR_CALM);
    expect_no_further_call(t);
    expect_client_outcome(
        t, ONE_OF(STATUS(GRPC_RESOURCE_EXHAUSTED), LENIENT_ANY_ERROR("an error of another code")));
}

/* REFUSED_STREAM says that nothing was done: once more, at once, and nobody need know. */
static void refused_is_retried(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_rst_stream(call->conn, call->stream, H2_REFUSED_STREAM);
    call = await_call(t);
    expect(t, header_list_count(&call->headers, "grpc-previous-rpc-attempts") == 0,
           "no grpc-previous-rpc-attempts: it is not an attempt of a policy", "it is there");
    serve_call(call);
    expect_client_ok(t);
}

/* The second attempt is the same request: its metadata and its message. */
static void refused_is_replayed(struct test *t)
{
    static const struct field own[] = {{OCTETS("x-own"), OCTETS("both times")}};
    static const struct client_call wanted = {.type = CALL_UNARY,
                                              .path = UNARY_CALL,
                                              .messages = 1,
                                              .request_size = 1000,
                                              .metadata = own,
                                              .metadata_count = ARRAY_LEN(own)};
    struct call *call = first_call(t, &wanted);

    expect_half_close(call);
    const struct call *first = call;
    send_rst_stream(call->conn, call->stream, H2_REFUSED_STREAM);
    call = await_call(t);
    expect_half_close(call);
    expect_header(call, "x-own", "both times");
    expect(t, bytes_equal(buf_view(&first->data), buf_view(&call->data)),
           "the same message as in the first attempt", "%zu octets instead of %zu", call->data.len,
           first->data.len);
    serve_call(call);
    expect_client_ok(t);
}

/* Twice refused: without a policy that is the end. */
static void refused_twice(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_rst_stream(call->conn, call->stream, H2_REFUSED_STREAM);
    call = await_call(t);
    send_rst_stream(call->conn, call->stream, H2_REFUSED_STREAM);
    expect_no_further_call(t);
    expect_client_status(t, GRPC_UNAVAILABLE);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"client/grpc/retry/status-is-not-retried", "GRPC-RETRY-001", "A status of the server is not retried without a policy.", NEEDS_CLIENT,
     status_is_not_retried, NULL},
    {"client/grpc/retry/committed-is-not-retried", "GRPC-RETRY-005 GRPC-RETRY-001", "A call that had response headers is not retried.",
     NEEDS_CLIENT, committed_is_not_retried, NULL},
    {"client/grpc/retry/reset-is-not-retried", "GRPC-RETRY-001 GRPC-MAP-011", "A call that was reset otherwise than as refused is not retried.",
     NEEDS_CLIENT, reset_is_not_retried, NULL},
    {"client/grpc/retry/refused", "GRPC-RETRY-012 GRPC-RETRY-015", "A refused call is made once more, at once.", NEEDS_CLIENT,
     refused_is_retried, NULL},
    {"client/grpc/retry/replayed", "GRPC-RETRY-017 GRPC-RETRY-012", "A refused call is made again with its metadata and message.",
     NEEDS_REPORTED_STATUS, refused_is_replayed, NULL},
    {"client/grpc/retry/refused-twice", "GRPC-RETRY-014 GRPC-MAP-008", "A call that is refused twice is UNAVAILABLE.", NEEDS_CLIENT,
     refused_twice, NULL},
};
/* clang-format on */
const struct case_list client_retry_cases = {cases, ARRAY_LEN(cases)};
