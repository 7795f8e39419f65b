/* SPDX-License-Identifier: MIT
 *
 * The shape of a response: headers, messages and trailers, or one block for an error (PROTOCOL-HTTP2.md, Responses;
 * gRFC A6). What grpc-status says in it is in status_*.c. */
#include "cases/cases.h"
#include "cases/grpc/common.h"

static bool status_is_200(const struct call *call)
{
    const struct field *status = header_list_find(&call->headers, ":status");
    return status && bytes_equal_str(status->value, "200");
}

static bool content_type_is_grpc(const struct call *call)
{
    const struct field *type = header_list_find(&call->headers, "content-type");
    return type && bytes_starts_with(type->value, BYTES("application/grpc"));
}

static void response_headers(struct test *t)
{
    struct call *call = unary_call(t, NO_EDITS, TESTING_REQUEST(.response_size = 10));

    expect_unary_reply(call, 10);
    expect(t, status_is_200(call), ":status is 200", "another");
    expect(t, content_type_is_grpc(call), "a content-type that begins with application/grpc", "%s",
           header_list_find(&call->headers, "content-type") ? "another" : "none");
    expect(t, header_list_count(&call->headers, "content-type") == 1, "one content-type", "%zu",
           header_list_count(&call->headers, "content-type"));
    expect(t, !header_list_find(&call->headers, "grpc-status"),
           "grpc-status only in the trailers, when messages follow the headers",
           "grpc-status in the first block");
}

/* HEADERS, DATA*, HEADERS with END_STREAM; or for errors one HEADERS with END_STREAM. */
static void expect_shape(struct call *call)
{
    struct test *t = call->conn->t;

    expect(t, !call->ended_by_data, "END_STREAM on the trailers", "END_STREAM on DATA");
    expect(t, call->header_blocks == (call->trailers_only ? 1 : 2),
           "two header blocks, or one with END_STREAM", "%u header blocks", call->header_blocks);
    expect(t, !call->trailers_only || call->data.len == 0, "no DATA in a Trailers-Only response",
           "%zu octets of DATA", call->data.len);
    expect(t, header_list_find(final_block(call), "grpc-status") != NULL,
           "grpc-status in the last block", "none");
}

static void shape_ok(struct test *t)
{
    struct call *call = unary_call(t, NO_EDITS, TESTING_REQUEST(.response_size = 10));

    expect_unary_reply(call, 10);
    expect_shape(call);
    expect(t, !call->trailers_only, "a message, so headers and trailers", "Trailers-Only");
}

static void shape_stream(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    send_duplex(call, 1, FLAG_NONE);
    send_duplex(call, 2, FLAG_END_STREAM);
    expect_reply(call, 1);
    expect_reply(call, 2);
    expect_status(call, GRPC_OK);
    expect_shape(call);
}

static void shape_error(struct test *t)
{
    struct call *call = unary_call(
        t, NO_EDITS,
        TESTING_REQUEST(.has_status = true, .status_code = 2, .status_message = "shape"));

    expect_status(call, GRPC_UNKNOWN);
    expect_shape(call);
}

static void trailers_only(struct test *t)
{
    struct call *call = unimplemented_call(t);

    expect_outcome(call, ONE_OF(ANY_ERROR));
    expect_shape(call);
    expect(t, status_is_200(call), ":status 200 in the first block", "another");
    expect(t, content_type_is_grpc(call), "a content-type of gRPC in the first block", "%s",
           header_list_find(&call->headers, "content-type") ? "another" : "none");
    if (!call->trailers_only)
        test_note(t, "a full response instead of Trailers-Only");
}

static void immediate_error(struct test *t)
{
    struct call *call = unary_call(
        t, NO_EDITS,
        TESTING_REQUEST(.has_status = true, .status_code = 5, .status_message = "at once"));

    expect_status(call, GRPC_NOT_FOUND);
    if (!test_is_over(t) && !call->trailers_only)
        test_lenient(t, HERE, "Trailers-Only: nothing was sent before the error (gRFC A6)",
                     "headers and trailers in %u blocks", call->header_blocks);
}

/* Twenty calls go by: a server that sends headers when a handler begins has begun by then, however its threads are
 * busy. */
static void no_early_headers(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    for (int i = 0; i < 20 && call->header_blocks == 0; i++)
        expect_connection_still_serves(call->conn);
    if (!test_is_over(t) && call->header_blocks > 0)
        test_lenient(t, HERE, "no headers before the first message (gRFC A6)",
                     "headers as soon as the call began");
    half_close(call);
    expect_status(call, GRPC_OK);
}

static bool pseudo_fields_lead(const struct header_list *list)
{
    bool regular = false;

    for (size_t i = 0; i < list->count; i++) {
        bool pseudo = list->fields[i].name.len > 0 && list->fields[i].name.data[0] == ':';
        if (pseudo && regular)
            return false;
        regular = regular || !pseudo;
    }
    return true;
}

static bool has_pseudo_fields(const struct header_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->fields[i].name.len > 0 && list->fields[i].name.data[0] == ':')
            return true;
    return false;
}

static void pseudo_order(struct test *t)
{
    struct call *ok = unary_call(t, EDITS(ADD("x-grpc-test-echo-initial", "first")),
                                 TESTING_REQUEST(.response_size = 1));
    expect_status(ok, GRPC_OK);
    expect(t, pseudo_fields_lead(&ok->headers), ":status before every other field",
           "a regular field before it");
    expect(t, ok->trailers_only || !has_pseudo_fields(&ok->trailers),
           "no pseudo-header fields in trailers", "at least one");

    struct call *error = unimplemented_call(t);
    expect_outcome(error, ONE_OF(ANY_ERROR));
    expect(t, pseudo_fields_lead(&error->headers), ":status before every other field",
           "a regular field before it");
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/request/response-headers", "GRPC-REQ-HDR-023",
     "Response headers have :status 200 and one content-type of gRPC.",
     NEEDS_TEST_SERVICE, response_headers, NULL},
    {"grpc/request/response-shape-unary", "GRPC-REQ-HDR-024 GRPC-REQ-HDR-025",
     "A unary response is headers, a message, and trailers with END_STREAM.",
     NEEDS_TEST_SERVICE, shape_ok, NULL},
    {"grpc/request/response-shape-stream", "GRPC-REQ-HDR-024 GRPC-REQ-HDR-025",
     "A streamed response is headers, messages, and trailers with END_STREAM.",
     NEEDS_TEST_SERVICE, shape_stream, NULL},
    {"grpc/request/response-shape-error", "GRPC-REQ-HDR-024 GRPC-REQ-HDR-025",
     "A response with an error ends with one block of trailers with END_STREAM.",
     NEEDS_TEST_SERVICE, shape_error, NULL},
    {"grpc/request/trailers-only", "GRPC-REQ-HDR-026 GRPC-REQ-HDR-025",
     "An error without messages is one block with :status 200, content-type and grpc-status.",
     NEEDS_TRANSPORT, trailers_only, NULL},
    {"grpc/request/immediate-error-is-trailers-only", "GRPC-REQ-HDR-027",
     "An error before anything was sent is Trailers-Only.",
     NEEDS_TEST_SERVICE, immediate_error, NULL},
    {"grpc/request/no-headers-before-first-message", "GRPC-REQ-HDR-028",
     "Response headers wait for the first message.",
     NEEDS_TEST_SERVICE, no_early_headers, NULL},
    {"grpc/request/pseudo-fields-lead", "GRPC-REQ-HDR-007",
     ":status precedes every other response field, and trailers have no pseudo-header fields.",
     NEEDS_TEST_SERVICE, pseudo_order, NULL},
};
/* clang-format on */

const struct case_list response_shape_cases = {cases, ARRAY_LEN(cases)};
