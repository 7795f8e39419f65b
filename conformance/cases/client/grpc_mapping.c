/* SPDX-License-Identifier: MIT
 *
 * What a client makes of an end without a gRPC status: RST_STREAM codes (PROTOCOL-HTTP2, Errors), HTTP statuses
 * (http-grpc-status-mapping.md), lost connections, and responses that are not gRPC. A client that is only a command
 * shows that it is an error; which code, an adapter tells. */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

/* ---- RST_STREAM ------------------------------------------------------------------------------ */

struct reset {
    uint32_t h2_code, status;
    struct outcome also; /* accepted as LENIENT, or .kind OUTCOME_END */
};
#define RESET_ROW(...) (&(const struct reset){__VA_ARGS__})
#define NO_OTHER                                                                                   \
    {                                                                                              \
        OUTCOME_END, 0, false, NULL                                                                \
    }

static void expect_mapped(struct test *t, uint32_t status, const struct outcome *also)
{
    const struct outcome outcomes[] = {STATUS(status), *also, {.kind = OUTCOME_END}};

    expect_client_outcome(t, outcomes);
}

static void reset_after_headers(struct call *call, uint32_t h2_code)
{
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_rst_stream(call->conn, call->stream, h2_code);
}

static bool has_another_call(const struct test *t)
{
    for (const struct conn *conn = t->conns; conn; conn = conn->next)
        for (const struct call *call = conn->calls; call; call = call->next)
            if (!call->handed_out)
                return true;
    return false;
}

/* After response headers, so that nobody may retry it unseen. A client that sees REFUSED_STREAM before its application
 * saw the headers may do it all the same: then it is refused again. */
static void reset_is_mapped(struct test *t)
{
    const struct reset *row = t->arg;

    reset_after_headers(first_call(t, &empty_unary), row->h2_code);
    if (row->h2_code == H2_REFUSED_STREAM && !test_is_over(t) &&
        client_result(t)->kind == RESULT_PENDING && has_another_call(t))
        reset_after_headers(await_call(t), row->h2_code);
    expect_mapped(t, row->status, &row->also);
    expect_client_still_works(t);
}

/* Everything has come but trailers. */
static void reset_instead_of_trailers(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_response_message(call, 0);
    send_rst_stream(call->conn, call->stream, *(const uint32_t *)t->arg);
    expect_client_error(t);
}

static void reset_inside_a_message(struct test *t)
{
    struct call *call = first_call(t, &large_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_data(call, BYTES("\0\0\0\1\0half of it"), FLAG_NONE);
    send_rst_stream(call->conn, call->stream, H2_NO_ERROR);
    expect_client_error(t);
}

/* The result is complete, the request is not (its window is 0): the reset only says that the rest is not wanted. */
static void reset_after_trailers(struct test *t)
{
    struct call *call = first_call_with(t, &large_unary,
                                        SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_response_message(call, 314159);
    send_status(call, GRPC_OK, NULL);
    send_rst_stream(call->conn, call->stream, H2_NO_ERROR);
    expect_client_ok(t);
}

/* ---- HTTP statuses --------------------------------------------------------------------------- */

struct http {
    const char *status, *content_type;
    uint32_t code;
    struct outcome also; /* as in struct reset */
};
#define HTTP_ROW(...) (&(const struct http){__VA_ARGS__})

static void put_text_field(struct buf *block, const char *name, const char *value)
{
    hpack_put_literal(block, LITERAL_NOT_INDEXED, bytes_str(name), bytes_str(value));
}

/* Headers with END_STREAM, as a proxy sends them. */
static void http_status_is_mapped(struct test *t)
{
    const struct http *row = t->arg;
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};

    put_text_field(&block, ":status", row->status);
    put_text_field(&block, "content-type", row->content_type);
    send_call_block(call, &block, FLAG_END_STREAM);
    expect_mapped(t, row->code, &row->also);
    expect_client_still_works(t);
}

/* The same with a page behind it, which is no message. */
static void http_body_is_no_message(struct test *t)
{
    const struct http *row = t->arg;
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};

    put_text_field(&block, ":status", row->status);
    put_text_field(&block, "content-type", row->content_type);
    send_call_block(call, &block, FLAG_NONE);
    send_data(call, BYTES("<html><body><h1>Not here</h1></body></html>"), FLAG_END_STREAM);
    expect_mapped(t, row->code, &row->also);
    expect_client_still_works(t);
}

/* A body that looks like gRPC, under a content-type that is not. */
static void other_content_type(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, EDITS(SET("content-type", "text/plain")), FLAG_NONE);
    send_response_message(call, 0);
    send_trailers(call, &FIELD("x-trailer", "1"), 1);
    expect_client_status(t, GRPC_UNKNOWN);
}

/* The content-type of a response may name its format. */
static void of_a_format(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, EDITS(SET("content-type", "application/grpc+proto")), FLAG_NONE);
    finish_ok(call);
    expect_client_ok(t);
}

/* grpc-status counts, whatever HTTP says. */
static void grpc_status_beats_http(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_trailers_only(call, EDITS(SET(":status", "503"), SET("grpc-status", "7")));
    expect_client_status(t, GRPC_PERMISSION_DENIED);
}

/* ---- no end at all --------------------------------------------------------------------------- */

static void end_on_data(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    bool on_its_own = *(const bool *)t->arg;
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_message(call, 0, NO_BYTES, on_its_own ? FLAG_NONE : FLAG_END_STREAM);
    if (on_its_own)
        send_data(call, NO_BYTES, FLAG_END_STREAM);
    expect_client_outcome(t, ONE_OF(STATUS(GRPC_INTERNAL), STATUS(GRPC_UNKNOWN),
                                    LENIENT_ANY_ERROR("an error of another code")));
}

enum how_lost { CLOSED, ABORTED, CLOSED_AFTER_HEADERS, CLOSED_AFTER_MESSAGE };

static void connection_lost(struct test *t)
{
    enum how_lost how = *(const enum how_lost *)t->arg;
    struct call *call = first_call(t, &empty_unary);

    if (how >= CLOSED_AFTER_HEADERS)
        send_response_headers(call, NO_EDITS, FLAG_NONE);
    if (how == CLOSED_AFTER_MESSAGE)
        send_response_message(call, 0);
    stop_listening(t);
    if (how == ABORTED)
        abort_transport(call->conn);
    else
        close_transport(call->conn);
    expect_client_outcome(t, ONE_OF(STATUS(GRPC_UNAVAILABLE)));
}

static void not_retried_elsewhere(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    close_transport(call->conn);
    expect_no_further_call(t);
    expect_client_error(t);
}

/* clang-format off */
#define RESETS(word, clause, title, ...) \
    {"client/grpc/mapping/reset-" word, clause, title, NEEDS_CLIENT, reset_is_mapped, RESET_ROW(__VA_ARGS__)}
#define HTTPS(word, clause, title, ...) \
    {"client/grpc/mapping/http-" word, clause, title, NEEDS_CLIENT, http_status_is_mapped, HTTP_ROW(__VA_ARGS__)}

static const struct test_case cases[] = {
    RESETS("no-error", "GRPC-MAP-001 GRPC-CANCEL-006", "RST_STREAM(NO_ERROR) before trailers is INTERNAL.", H2_NO_ERROR, GRPC_INTERNAL,
           LENIENT_STATUS(GRPC_UNAVAILABLE, "UNAVAILABLE instead of INTERNAL")),
    RESETS("protocol-error", "GRPC-MAP-002", "RST_STREAM(PROTOCOL_ERROR) is INTERNAL.", H2_PROTOCOL_ERROR, GRPC_INTERNAL, NO_OTHER),
    RESETS("internal-error", "GRPC-MAP-003", "RST_STREAM(INTERNAL_ERROR) is INTERNAL.", H2_INTERNAL_ERROR, GRPC_INTERNAL, NO_OTHER),
    RESETS("flow-control-error", "GRPC-MAP-004", "RST_STREAM(FLOW_CONTROL_ERROR) is INTERNAL.", H2_FLOW_CONTROL_ERROR,
           GRPC_INTERNAL, LENIENT_STATUS(GRPC_RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED instead of INTERNAL")),
    RESETS("settings-timeout", "GRPC-MAP-005", "RST_STREAM(SETTINGS_TIMEOUT) is INTERNAL.", H2_SETTINGS_TIMEOUT, GRPC_INTERNAL, NO_OTHER),
    RESETS("stream-closed", "GRPC-MAP-006", "RST_STREAM(STREAM_CLOSED) is an error.", H2_STREAM_CLOSED, GRPC_INTERNAL,
           {OUTCOME_ANY_ERROR, 0, false, NULL}),
    RESETS("frame-size-error", "GRPC-MAP-007", "RST_STREAM(FRAME_SIZE_ERROR) is INTERNAL.", H2_FRAME_SIZE_ERROR, GRPC_INTERNAL, NO_OTHER),
    RESETS("cancel", "GRPC-MAP-009", "RST_STREAM(CANCEL) of a server is CANCELLED.", H2_CANCEL, GRPC_CANCELLED, NO_OTHER),
    RESETS("compression-error", "GRPC-MAP-010", "RST_STREAM(COMPRESSION_ERROR) is INTERNAL.", H2_COMPRESSION_ERROR, GRPC_INTERNAL, NO_OTHER),
    RESETS("connect-error", "GRPC-MAP-010", "RST_STREAM(CONNECT_ERROR) is INTERNAL.", H2_CONNECT_ERROR, GRPC_INTERNAL, NO_OTHER),
    RESETS("enhance-your-calm", "GRPC-MAP-011", "RST_STREAM(ENHANCE_YOUR_CALM) is RESOURCE_EXHAUSTED.", H2_ENHANCE_YOUR_CALM,
           GRPC_RESOURCE_EXHAUSTED, NO_OTHER),
    RESETS("inadequate-security", "GRPC-MAP-012", "RST_STREAM(INADEQUATE_SECURITY) is PERMISSION_DENIED.",
           H2_INADEQUATE_SECURITY, GRPC_PERMISSION_DENIED, NO_OTHER),
    RESETS("http-1-1-required", "GRPC-MAP-013", "RST_STREAM(HTTP_1_1_REQUIRED) is an error.", H2_HTTP_1_1_REQUIRED, GRPC_UNKNOWN,
           {OUTCOME_ANY_ERROR, 0, false, NULL}),
    RESETS("unknown-code", "GRPC-MAP-013", "RST_STREAM with an unknown code is an error.", 0x99, GRPC_UNKNOWN,
           {OUTCOME_ANY_ERROR, 0, false, NULL}),
    {"client/grpc/mapping/reset-instead-of-trailers", "GRPC-CANCEL-006 GRPC-MAP-001",
     "RST_STREAM(NO_ERROR) instead of trailers is an error.", NEEDS_CLIENT, reset_instead_of_trailers, &(const uint32_t){H2_NO_ERROR}},
    {"client/grpc/mapping/cancel-instead-of-trailers", "GRPC-CANCEL-006", "RST_STREAM(CANCEL) instead of trailers is an error.",
     NEEDS_CLIENT, reset_instead_of_trailers, &(const uint32_t){H2_CANCEL}},
    {"client/grpc/mapping/reset-inside-a-message", "GRPC-CANCEL-006", "RST_STREAM inside a message is an error.", NEEDS_CLIENT,
     reset_inside_a_message, NULL},
    {"client/grpc/mapping/reset-after-trailers", "GRPC-CALL-017", "RST_STREAM(NO_ERROR) behind the trailers changes nothing.",
     NEEDS_CLIENT, reset_after_trailers, NULL},

    HTTPS("400", "GRPC-MAP-014", ":status 400 is INTERNAL.", "400", "text/html", GRPC_INTERNAL, NO_OTHER),
    HTTPS("401", "GRPC-MAP-015", ":status 401 is UNAUTHENTICATED.", "401", "text/html", GRPC_UNAUTHENTICATED, NO_OTHER),
    HTTPS("403", "GRPC-MAP-016", ":status 403 is PERMISSION_DENIED.", "403", "text/html", GRPC_PERMISSION_DENIED, NO_OTHER),
    HTTPS("404", "GRPC-MAP-017", ":status 404 is UNIMPLEMENTED.", "404", "text/html", GRPC_UNIMPLEMENTED, NO_OTHER),
    HTTPS("429", "GRPC-MAP-018", ":status 429 is UNAVAILABLE.", "429", "text/html", GRPC_UNAVAILABLE, NO_OTHER),
    HTTPS("431", "GRPC-MAP-019", ":status 431 is INTERNAL.", "431", "text/html", GRPC_INTERNAL,
          LENIENT_STATUS(GRPC_UNKNOWN, "431 is newer than its table")),
    HTTPS("502", "GRPC-MAP-018", ":status 502 is UNAVAILABLE.", "502", "text/html", GRPC_UNAVAILABLE, NO_OTHER),
    HTTPS("503", "GRPC-MAP-018", ":status 503 is UNAVAILABLE.", "503", "text/html", GRPC_UNAVAILABLE, NO_OTHER),
    HTTPS("504", "GRPC-MAP-018", ":status 504 is UNAVAILABLE.", "504", "text/html", GRPC_UNAVAILABLE, NO_OTHER),
    HTTPS("200", "GRPC-MAP-020", ":status 200 that is not gRPC is UNKNOWN.", "200", "text/html", GRPC_UNKNOWN, NO_OTHER),
    HTTPS("204", "GRPC-MAP-020", ":status 204 is UNKNOWN.", "204", "text/html", GRPC_UNKNOWN, NO_OTHER),
    HTTPS("302", "GRPC-MAP-020", ":status 302 is UNKNOWN.", "302", "text/html", GRPC_UNKNOWN, NO_OTHER),
    HTTPS("409", "GRPC-MAP-020", ":status 409 is UNKNOWN.", "409", "text/html", GRPC_UNKNOWN, NO_OTHER),
    HTTPS("500", "GRPC-MAP-020", ":status 500 is UNKNOWN.", "500", "text/html", GRPC_UNKNOWN, NO_OTHER),
    HTTPS("599", "GRPC-MAP-020", ":status 599 is UNKNOWN.", "599", "text/html", GRPC_UNKNOWN, NO_OTHER),
    {"client/grpc/mapping/page-of-404", "GRPC-MAP-017 GRPC-MAP-020", "A page with :status 404 is UNIMPLEMENTED, and no message.",
     NEEDS_CLIENT, http_body_is_no_message, HTTP_ROW("404", "text/html", GRPC_UNIMPLEMENTED, NO_OTHER)},
    {"client/grpc/mapping/page-of-200", "GRPC-MAP-020", "A page with :status 200 is UNKNOWN, and no message.", NEEDS_CLIENT,
     http_body_is_no_message, HTTP_ROW("200", "text/html", GRPC_UNKNOWN, NO_OTHER)},
    {"client/grpc/mapping/page-of-503", "GRPC-MAP-018", "A page with :status 503 is UNAVAILABLE, and no message.", NEEDS_CLIENT,
     http_body_is_no_message, HTTP_ROW("503", "text/html", GRPC_UNAVAILABLE, NO_OTHER)},
    {"client/grpc/mapping/other-content-type", "GRPC-MAP-021", "A response that is not gRPC is UNKNOWN, whatever its body.",
     NEEDS_CLIENT, other_content_type, NULL},
    {"client/grpc/mapping/content-type-of-a-format", "GRPC-MAP-021", "A response of application/grpc+proto is gRPC.", NEEDS_CLIENT,
     of_a_format, NULL},
    {"client/grpc/mapping/grpc-status-beats-http", "GRPC-STAT-014", "grpc-status counts, whatever :status says.", NEEDS_CLIENT,
     grpc_status_beats_http, NULL},
    {"client/grpc/mapping/end-on-data", "GRPC-MAP-022", "A stream that ends without trailers is an error.", NEEDS_CLIENT,
     end_on_data, &(const bool){false}},
    {"client/grpc/mapping/end-on-empty-data", "GRPC-MAP-022", "A stream that ends with empty DATA instead of trailers is an error.",
     NEEDS_CLIENT, end_on_data, &(const bool){true}},
    {"client/grpc/mapping/connection-closed", "GRPC-MAP-023 H2-ERR-005", "A connection that closes makes its calls UNAVAILABLE.",
     NEEDS_CLIENT, connection_lost, &(const enum how_lost){CLOSED}},
    {"client/grpc/mapping/connection-reset", "GRPC-MAP-023", "A connection that is reset makes its calls UNAVAILABLE.",
     NEEDS_CLIENT, connection_lost, &(const enum how_lost){ABORTED}},
    {"client/grpc/mapping/connection-closed-after-headers", "GRPC-MAP-023",
     "A connection that closes behind response headers makes its calls UNAVAILABLE.", NEEDS_CLIENT, connection_lost,
     &(const enum how_lost){CLOSED_AFTER_HEADERS}},
    {"client/grpc/mapping/connection-closed-after-message", "GRPC-MAP-023",
     "A connection that closes before the trailers makes its calls UNAVAILABLE.", NEEDS_CLIENT, connection_lost,
     &(const enum how_lost){CLOSED_AFTER_MESSAGE}},
    {"client/grpc/mapping/not-retried-elsewhere", "H2-ERR-005 GRPC-RETRY-005",
     "A call that had response headers is not made again.", NEEDS_CLIENT, not_retried_elsewhere, NULL},
};
/* clang-format on */
const struct case_list client_mapping_cases = {cases, ARRAY_LEN(cases)};
