/* SPDX-License-Identifier: MIT
 *
 * Request headers as a gRPC server must take them, and the shape of the response they lead to
 * (PROTOCOL-HTTP2.md, Requests and Responses). Metadata, timeouts and message contents have files
 * of their own. */
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

#define CONNECTION_LOST    "the whole connection is closed for a fault of the request"
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

/* ---- the shape of a response ----------------------------------------------------------------- */

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

/* ---- :path ----------------------------------------------------------------------------------- */

struct path_row {
    const char *path;
    struct outcome outcomes[10];
};

static void path(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);
    const struct edit edits[] = {{EDIT_SET, ":path", bytes_str(ROW(t, path_row)->path)},
                                 {.kind = EDIT_END}};

    send_request_headers(call, edits, FLAG_NONE);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    expect_outcome(call, ROW(t, path_row)->outcomes);
    if (ROW(t, path_row)->path[0] != '/')
        expect_not_ok(call);
    note_end(call);
    expect_still_serves(call);
}

#define ONLY_UNIMPLEMENTED                                                                         \
    {                                                                                              \
        STATUS(GRPC_UNIMPLEMENTED),                                                                \
            LENIENT_HTTP(404,                                                                      \
                         "clients make UNIMPLEMENTED of it, but a gRPC answer has :status 200")    \
    }
/* Not of the form /service/method, yet a path HTTP allows. */
#define REDIRECTED "redirected to a tidier path, as HTTP servers do; clients make UNKNOWN of it"
#define OUTCOMES_NO_METHOD                                                                         \
    {                                                                                              \
        STATUS(GRPC_UNIMPLEMENTED), HTTP(404), HTTP(400), LENIENT_HTTP(301, REDIRECTED),           \
            LENIENT_HTTP(307, REDIRECTED), LENIENT_HTTP(308, REDIRECTED),                          \
            LENIENT_STATUS(GRPC_OK, "a handler ran for a path that names none"),                   \
            LENIENT_ANY_ERROR("UNIMPLEMENTED is what other servers say"),                          \
            LENIENT_ANY_RESET("reset instead of a status")                                         \
    }
/* Malformed for HTTP too (RFC 9113 8.3.1): a stream error is as good. A handler must not run. */
#define OUTCOMES_NO_SLASH                                                                          \
    {                                                                                              \
        STATUS(GRPC_UNIMPLEMENTED), HTTP(404), HTTP(400), RESET(H2_PROTOCOL_ERROR),                \
            LENIENT_ANY_ERROR("UNIMPLEMENTED is what other servers say"),                          \
            LENIENT_ANY_RESET("PROTOCOL_ERROR is the code for a malformed request"),               \
            LENIENT_GOAWAY(H2_PROTOCOL_ERROR,                                                      \
                           "a malformed request is an error of the stream only"),                  \
        {                                                                                          \
            OUTCOME_CLOSE, 0, true, CONNECTION_LOST                                                \
        }                                                                                          \
    }

static const struct path_row unknown_method = {UNIMPLEMENTED_CALL, ONLY_UNIMPLEMENTED};
static const struct path_row undeclared_method = {"/grpc.testing.TestService/NoSuchMethod",
                                                  ONLY_UNIMPLEMENTED};
static const struct path_row unknown_service = {"/grpc.testing.NoSuchService/UnimplementedCall",
                                                ONLY_UNIMPLEMENTED};
static const struct path_row service_case = {"/grpc.testing.testservice/EmptyCall",
                                             ONLY_UNIMPLEMENTED};
static const struct path_row method_case = {"/grpc.testing.TestService/emptycall",
                                            ONLY_UNIMPLEMENTED};
static const struct path_row path_root = {"/", OUTCOMES_NO_METHOD};
static const struct path_row path_one_part = {"/x", OUTCOMES_NO_METHOD};
static const struct path_row path_two_slashes = {"//", OUTCOMES_NO_METHOD};
static const struct path_row path_three_parts = {"/a/b/c", OUTCOMES_NO_METHOD};
static const struct path_row path_query = {EMPTY_CALL "?a=b", OUTCOMES_NO_METHOD};
static const struct path_row path_trailing_slash = {EMPTY_CALL "/", OUTCOMES_NO_METHOD};
static const struct path_row path_double_slash = {"/grpc.testing.TestService//EmptyCall",
                                                  OUTCOMES_NO_METHOD};
static const struct path_row path_leading_double = {"/" EMPTY_CALL, OUTCOMES_NO_METHOD};
static const struct path_row path_percent = {"/grpc.testing.TestService/%45mptyCall",
                                             OUTCOMES_NO_METHOD};
static const struct path_row path_empty_method = {"/grpc.testing.TestService/", OUTCOMES_NO_METHOD};
static const struct path_row path_no_slash = {"grpc.testing.TestService/EmptyCall",
                                              OUTCOMES_NO_SLASH};
static const struct path_row path_asterisk = {"*", OUTCOMES_NO_SLASH};

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
    {"grpc/request/path-unimplemented-method", "GRPC-CALL-011",
     "TestService/UnimplementedCall ends with UNIMPLEMENTED.",
     NEEDS_TEST_SERVICE, path, &unknown_method},
    {"grpc/request/path-undeclared-method", "GRPC-CALL-011",
     "A method the service does not declare ends with UNIMPLEMENTED.",
     NEEDS_TEST_SERVICE, path, &undeclared_method},
    {"grpc/request/path-unknown-service", "GRPC-CALL-012",
     "A service the server does not have ends with UNIMPLEMENTED.",
     NEEDS_TRANSPORT, path, &unknown_service},
    {"grpc/request/path-service-case", "GRPC-CALL-014",
     "Service names are case-sensitive.",
     NEEDS_TEST_SERVICE, path, &service_case},
    {"grpc/request/path-method-case", "GRPC-CALL-014",
     "Method names are case-sensitive.",
     NEEDS_TEST_SERVICE, path, &method_case},
    {"grpc/request/path-root", "GRPC-CALL-013",
     "The path / names no method and breaks nothing.",
     NEEDS_TRANSPORT, path, &path_root},
    {"grpc/request/path-one-part", "GRPC-CALL-013",
     "A path of one part names no method and breaks nothing.",
     NEEDS_TRANSPORT, path, &path_one_part},
    {"grpc/request/path-two-slashes", "GRPC-CALL-013",
     "The path // names no method and breaks nothing.",
     NEEDS_TRANSPORT, path, &path_two_slashes},
    {"grpc/request/path-three-parts", "GRPC-CALL-013",
     "A path of three parts names no method and breaks nothing.",
     NEEDS_TRANSPORT, path, &path_three_parts},
    {"grpc/request/path-with-query", "GRPC-CALL-013",
     "A query behind the method is not cut off.",
     NEEDS_TEST_SERVICE, path, &path_query},
    {"grpc/request/path-trailing-slash", "GRPC-CALL-013",
     "A slash behind the method is not cut off.",
     NEEDS_TEST_SERVICE, path, &path_trailing_slash},
    {"grpc/request/path-double-slash", "GRPC-CALL-013",
     "Two slashes between service and method are not one.",
     NEEDS_TEST_SERVICE, path, &path_double_slash},
    {"grpc/request/path-leading-double-slash", "GRPC-CALL-013",
     "Two slashes before the service are not one.",
     NEEDS_TEST_SERVICE, path, &path_leading_double},
    {"grpc/request/path-percent-encoded", "GRPC-CALL-013",
     "A percent-encoded method name is not decoded.",
     NEEDS_TEST_SERVICE, path, &path_percent},
    {"grpc/request/path-empty-method", "GRPC-CALL-013",
     "An empty method name names no method and breaks nothing.",
     NEEDS_TEST_SERVICE, path, &path_empty_method},
    {"grpc/request/path-without-leading-slash", "SEC-029 GRPC-CALL-013",
     "A path without a leading slash never reaches a handler.",
     NEEDS_TEST_SERVICE, path, &path_no_slash},
    {"grpc/request/path-asterisk", "GRPC-CALL-013",
     "The path * names no method and breaks nothing.",
     NEEDS_TRANSPORT, path, &path_asterisk},
};
/* clang-format on */

const struct case_list request_cases = {cases, ARRAY_LEN(cases)};
