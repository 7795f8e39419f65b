/* SPDX-License-Identifier: MIT
 *
 * Request headers as a gRPC server must take them: content-type, te, method, authority, their order and their
 * END_STREAM (PROTOCOL-HTTP2.md, Requests). Paths, metadata and timeouts have files of their own. */
#include "cases/cases.h"
#include "cases/grpc/common.h"

/* ---- content-type, te, method, authority: one field edited, the call otherwise whole --------- */

struct edit_row {
    struct edit edits[3]; /* ends with EDIT_END */
    struct outcome outcomes[12];
};

static void edited_request(struct test *t)
{
    struct call *call = empty_call(t, ROW(t, edit_row)->edits);

    expect_outcome(call, ROW(t, edit_row)->outcomes);
    note_end(call);
    expect_still_serves(call);
}

#define SERVED_ANYHOW      "served: the content-type was not looked at"
#define REJECTED_OTHERWISE "rejected, but not with HTTP 415"
/* PROTOCOL-HTTP2.md: a server SHOULD answer 415 "to prevent other HTTP/2 clients from
 * misinterpreting a gRPC error response, which uses status 200 (OK), as successful". */
#define OUTCOMES_415                                                                               \
    HTTP(415), LENIENT_STATUS(GRPC_OK, SERVED_ANYHOW), LENIENT_ANY_ERROR(REJECTED_OTHERWISE),      \
        LENIENT_ANY_RESET(REJECTED_OTHERWISE), LENIENT_HTTP(400, REJECTED_OTHERWISE),              \
        LENIENT_HTTP(404, REJECTED_OTHERWISE)

static const struct edit_row content_type_json = {{SET("content-type", "application/json")},
                                                  {OUTCOMES_415}};
static const struct edit_row content_type_text = {{SET("content-type", "text/plain")},
                                                  {OUTCOMES_415}};
static const struct edit_row content_type_missing = {{REMOVE("content-type")}, {OUTCOMES_415}};
static const struct edit_row content_type_empty = {{SET("content-type", "")}, {OUTCOMES_415}};

#define OUTCOMES_NOT_NATIVE                                                                        \
    HTTP(415), ANY_ERROR, ANY_RESET, LENIENT_STATUS(GRPC_OK, "served as native gRPC"),             \
        LENIENT_HTTP(400, REJECTED_OTHERWISE), LENIENT_HTTP(404, REJECTED_OTHERWISE)
static const struct edit_row content_type_grpcx = {{SET("content-type", "application/grpcx")},
                                                   {OUTCOMES_NOT_NATIVE}};
static const struct edit_row content_type_web = {{SET("content-type", "application/grpc-web")},
                                                 {OUTCOMES_NOT_NATIVE}};

/* A target may speak gRPC-Web as well; then it answers in that, trailers in the body. */
static void not_served_as_native(struct test *t)
{
    struct call *call = empty_call(t, ROW(t, edit_row)->edits);
    const struct field *type;

    wait_for_all(call);
    type = header_list_find(&call->headers, "content-type");
    if (type && bytes_starts_with(type->value, BYTES("application/grpc-web")))
        test_note(t, "the target speaks gRPC-Web too");
    else
        expect_outcome(call, ROW(t, edit_row)->outcomes);
    expect_still_serves(call);
}
static const struct edit_row content_type_unknown = {
    {SET("content-type", "application/grpc+unknown")},
    {STATUS(GRPC_OK), ANY_ERROR, HTTP(415), LENIENT_ANY_RESET("reset instead of a status")}};

static const struct edit_row te_missing = {
    {REMOVE("te")},
    {STATUS(GRPC_OK), ANY_ERROR, HTTP(400), LENIENT_ANY_RESET("reset instead of a status")}};
static const struct edit_row authority_missing = {
    {REMOVE(":authority")},
    {STATUS(GRPC_OK), ANY_ERROR, HTTP(400), ANY_RESET, {OUTCOME_CLOSE, 0, true, CONNECTION_LOST}}};

#define OUTCOMES_NOT_POST                                                                          \
    HTTP(405), ANY_ERROR, ANY_RESET, HTTP(400), HTTP(404), HTTP(501),                              \
        LENIENT_STATUS(GRPC_OK, "a handler ran although :method is not POST")
static const struct edit_row method_get = {{SET(":method", "GET")}, {OUTCOMES_NOT_POST}};
static const struct edit_row method_put = {{SET(":method", "PUT")}, {OUTCOMES_NOT_POST}};

static const struct edit_row reserved_fields = {
    {ADD("grpc-message-type", "x"), ADD("grpc-future", "y")},
    {STATUS(GRPC_OK), LENIENT_ANY_ERROR("unknown grpc- fields are refused, not ignored")}};

static void content_type_proto(struct test *t)
{
    struct call *call = empty_call(t, EDITS(SET("content-type", "application/grpc+proto")));
    const struct field *type;

    expect_outcome(call, ONE_OF(STATUS(GRPC_OK),
                                LENIENT_ANY_ERROR("the sub-format for protobuf is refused"),
                                LENIENT_HTTP(415, "the sub-format for protobuf is refused")));
    if (call_status(call) == GRPC_OK) {
        type = header_list_find(&call->headers, "content-type");
        expect(t, type && bytes_starts_with(type->value, BYTES("application/grpc")),
               "the response's content-type begins with application/grpc", "%s",
               type ? "another content-type" : "no content-type");
    }
    expect_still_serves(call);
}

/* ---- order and framing of the request headers ------------------------------------------------ */

/* Every rotation of the regular fields: each of them is once the first and once the last. */
static void field_order(struct test *t)
{
    struct field fields[24], turned[24];
    const struct edit *edits = EDITS(ADD("grpc-timeout", "10S"), ADD("x-order", "1"),
                                     ADD("x-order-bin", "AAEC"),
                                     ADD("grpc-accept-encoding", "identity"));
    struct conn *conn = main_connection(t);

    for (size_t turn = 0; turn < 8 && !test_is_over(t); turn++) {
        struct call *call = new_call_on(conn, EMPTY_CALL);
        size_t count = request_fields(call, edits, fields, ARRAY_LEN(fields));
        size_t pseudo = 0;

        while (pseudo < count && fields[pseudo].name.data[0] == ':')
            pseudo++;
        size_t regular = count - pseudo;
        for (size_t i = 0; i < count; i++)
            turned[i] = i < pseudo ? fields[i] : fields[pseudo + (i - pseudo + turn) % regular];
        send_fields(conn, call->stream, turned, count, FLAG_NONE);
        send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
        expect_status(call, GRPC_OK);
    }
}

/* PROTOCOL-HTTP2 has clients close on DATA, an empty one if need be; what END_STREAM on HEADERS
 * means to a server is left to HTTP/2. */
#define NOT_AN_END "END_STREAM on HEADERS is not taken as the end of the request"

static void headers_end_stream_duplex(struct test *t)
{
    struct call *call = new_call(t, FULL_DUPLEX_CALL);

    send_request_headers(call, NO_EDITS, FLAG_END_STREAM);
    expect_outcome(call,
                   ONE_OF(STATUS(GRPC_OK), LENIENT_ANY_ERROR("a stream of no messages is refused"),
                          LENIENT_ANY_RESET("a stream of no messages is refused"),
                          LENIENT_IGNORED(NOT_AN_END)));
    expect(t, call->data.len == 0, "no response messages", "%zu octets of DATA", call->data.len);
    expect_still_serves(call);
}

static void headers_end_stream_unary(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);

    send_request_headers(call, NO_EDITS, FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(STATUS(GRPC_UNIMPLEMENTED),
                                LENIENT_ANY_ERROR("statuscodes.md says UNIMPLEMENTED"),
                                LENIENT_ANY_RESET("reset instead of a status"),
                                LENIENT_STATUS(GRPC_OK, "taken as an empty message"),
                                LENIENT_IGNORED(NOT_AN_END)));
    expect_still_serves(call);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/request/content-type-json", "GRPC-REQ-HDR-010",
     "A content-type of application/json is answered with HTTP 415.",
     NEEDS_TRANSPORT, edited_request, &content_type_json},
    {"grpc/request/content-type-text", "GRPC-REQ-HDR-010",
     "A content-type of text/plain is answered with HTTP 415.",
     NEEDS_TRANSPORT, edited_request, &content_type_text},
    {"grpc/request/content-type-missing", "GRPC-REQ-HDR-010",
     "A request without content-type is answered with HTTP 415.",
     NEEDS_TRANSPORT, edited_request, &content_type_missing},
    {"grpc/request/content-type-empty", "GRPC-REQ-HDR-010",
     "An empty content-type is answered with HTTP 415.",
     NEEDS_TRANSPORT, edited_request, &content_type_empty},
    {"grpc/request/content-type-shares-prefix", "GRPC-REQ-HDR-012",
     "application/grpcx is not served as gRPC.",
     NEEDS_TRANSPORT, edited_request, &content_type_grpcx},
    {"grpc/request/content-type-grpc-web", "GRPC-REQ-HDR-012",
     "application/grpc-web is not served as native gRPC.",
     NEEDS_TRANSPORT, not_served_as_native, &content_type_web},
    {"grpc/request/content-type-proto", "GRPC-REQ-HDR-011 GRPC-REQ-HDR-023",
     "application/grpc+proto is served like application/grpc.",
     NEEDS_TEST_SERVICE, content_type_proto, NULL},
    {"grpc/request/content-type-unknown-format", "GRPC-REQ-HDR-013",
     "An unknown sub-format ends the call, or is served as protobuf; the connection goes on.",
     NEEDS_TEST_SERVICE, edited_request, &content_type_unknown},
    {"grpc/request/te-missing", "GRPC-REQ-HDR-014",
     "A request without te: trailers is served or rejected, on its stream.",
     NEEDS_TRANSPORT, edited_request, &te_missing},
    {"grpc/request/authority-missing", "GRPC-REQ-HDR-016",
     "A request without :authority is served or rejected, on its stream.",
     NEEDS_TRANSPORT, edited_request, &authority_missing},
    {"grpc/request/method-get", "GRPC-REQ-HDR-015",
     "A GET request reaches no handler.",
     NEEDS_TEST_SERVICE, edited_request, &method_get},
    {"grpc/request/method-put", "GRPC-REQ-HDR-015",
     "A PUT request reaches no handler.",
     NEEDS_TEST_SERVICE, edited_request, &method_put},
    {"grpc/request/reserved-fields", "GRPC-REQ-HDR-018",
     "Unknown fields that begin with grpc- are ignored.",
     NEEDS_TEST_SERVICE, edited_request, &reserved_fields},
    {"grpc/request/field-order", "GRPC-REQ-HDR-017",
     "Regular request fields are taken in any order.",
     NEEDS_TEST_SERVICE, field_order, NULL},
    {"grpc/request/end-stream-on-headers-stream", "GRPC-REQ-HDR-022",
     "END_STREAM on the request headers of a stream is a stream of no messages.",
     NEEDS_TEST_SERVICE, headers_end_stream_duplex, NULL},
    {"grpc/request/end-stream-on-headers-unary", "GRPC-REQ-HDR-022 GRPC-CALL-007",
     "END_STREAM on the request headers of a unary call is a missing message: an error.",
     NEEDS_TEST_SERVICE, headers_end_stream_unary, NULL},
};
/* clang-format on */

const struct case_list request_header_cases = {cases, ARRAY_LEN(cases)};
