/* SPDX-License-Identifier: MIT
 *
 * The status that the application chose reaches the client unchanged, behind the messages and with the metadata that
 * were sent before it (PROTOCOL-HTTP2.md, Responses). */
#include "cases/cases.h"
#include "cases/grpc/common.h"
#include "wire/base64.h"

struct code_row {
    int code;
};
#define CODE(name, code) static const struct code_row name = {code}
CODE(ok, GRPC_OK);
CODE(cancelled, GRPC_CANCELLED);
CODE(unknown, GRPC_UNKNOWN);
CODE(invalid_argument, GRPC_INVALID_ARGUMENT);
CODE(deadline_exceeded, GRPC_DEADLINE_EXCEEDED);
CODE(not_found, GRPC_NOT_FOUND);
CODE(already_exists, GRPC_ALREADY_EXISTS);
CODE(permission_denied, GRPC_PERMISSION_DENIED);
CODE(resource_exhausted, GRPC_RESOURCE_EXHAUSTED);
CODE(failed_precondition, GRPC_FAILED_PRECONDITION);
CODE(aborted, GRPC_ABORTED);
CODE(out_of_range, GRPC_OUT_OF_RANGE);
CODE(unimplemented, GRPC_UNIMPLEMENTED);
CODE(internal, GRPC_INTERNAL);
CODE(unavailable, GRPC_UNAVAILABLE);
CODE(data_loss, GRPC_DATA_LOSS);
CODE(unauthenticated, GRPC_UNAUTHENTICATED);

static void code_arrives(struct test *t)
{
    int code = ROW(t, code_row)->code;
    /* OK is asked for by asking for nothing: what a test service makes of response_status 0 is its own affair. */
    struct call *call = code == GRPC_OK
                            ? unary_call(t, NO_EDITS, TESTING_REQUEST(.response_size = 1))
                            : failing_unary(t, NO_EDITS, code, "chosen");

    expect_status(call, (uint32_t)code);
    if (code != GRPC_OK)
        expect_status_message(call, "chosen");
}

static void code_on_stream(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    struct buf message = {0};

    pb_put_streaming_request(&message,
                             TESTING_REQUEST(.has_status = true, .status_code = 2,
                                             .status_message = "test status message"),
                             NULL, 0);
    send_message(call, 0, buf_view(&message), FLAG_END_STREAM);
    expect_status(call, GRPC_UNKNOWN);
    expect_status_message(call, "test status message");
    buf_clear(&message);
}

/* What was sent before the error is not lost. */
static void error_after_messages(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    struct buf message = {0};

    pb_put_streaming_request(&message,
                             TESTING_REQUEST(.has_status = true, .status_code = GRPC_DATA_LOSS,
                                             .status_message = "after three"),
                             NULL, 0);
    /* The error is asked for when all answers are here: a test service may make them in a thread of their own. */
    for (size_t size = 1; size <= 3; size++)
        send_duplex(call, size * 10000, FLAG_NONE);
    for (size_t size = 1; size <= 3; size++)
        expect_reply(call, size * 10000);
    send_message(call, 0, buf_view(&message), FLAG_END_STREAM);
    expect_no_more_messages(call);
    expect_status(call, GRPC_DATA_LOSS);
    expect_status_message(call, "after three");
    buf_clear(&message);
}

static void http_status_stays_200(struct test *t)
{
    static const int codes[] = {GRPC_NOT_FOUND, GRPC_PERMISSION_DENIED, GRPC_UNAVAILABLE,
                                GRPC_UNAUTHENTICATED};

    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        struct call *call = failing_unary(t, NO_EDITS, codes[i], "");
        expect_status(call, (uint32_t)codes[i]);
        expect_header(call, ":status", "200");
    }
}

static void error_with_metadata(struct test *t)
{
    struct call *call = failing_unary(t, EDITS(ADD("x-grpc-test-echo-trailing-bin", "q6ur")),
                                      GRPC_ABORTED, "with metadata");
    const struct field *echo;

    expect_status(call, GRPC_ABORTED);
    if (!test_is_over(t) && !response_field(call, "x-grpc-test-echo-trailing-bin")) {
        test_skip(t, "the test service sends no metadata with an error");
        return;
    }
    echo = header_list_find(final_block(call), "x-grpc-test-echo-trailing-bin");
    expect(t, echo != NULL, "trailing metadata in the block of the status",
           "it is in the initial metadata");
    expect(t, !echo || bytes_equal_str(echo->value, "q6ur"), "the value that was sent", "\"%.*s\"",
           echo ? (int)echo->value.len : 0, echo ? (const char *)echo->value.data : "");
}

/* google.rpc.Status.code (field 1) of a message in base64; -1 when malformed. */
static int64_t details_code(struct bytes text)
{
    struct buf message = {0};
    struct pb_field code = {0};
    int64_t result = -1;

    (void)base64_take(text, &message); /* up to its padding */
    if (pb_find(buf_view(&message), 1, &code))
        result = (int64_t)code.value;
    buf_clear(&message);
    return result;
}

static void details_agree(struct test *t)
{
    struct call *call = failing_unary(t, NO_EDITS, GRPC_FAILED_PRECONDITION, "details");
    const struct field *details;

    expect_status(call, GRPC_FAILED_PRECONDITION);
    details = header_list_find(final_block(call), "grpc-status-details-bin");
    if (!test_is_over(t) && !details)
        test_skip(t, "the response has no grpc-status-details-bin");
    if (!test_is_over(t) && details_code(details->value) != GRPC_FAILED_PRECONDITION)
        test_lenient(t, HERE, "grpc-status-details-bin with the code of grpc-status", "code %lld",
                     (long long)details_code(details->value));
}

/* Frames of the call that the target sent after the one with END_STREAM, other than RST_STREAM and
 * WINDOW_UPDATE. */
static void nothing_after_trailers(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    bool ended = false;
    char scratch[16];

    send_duplex(call, 100, FLAG_NONE);
    send_duplex(call, 200, FLAG_END_STREAM);
    expect_status(call, GRPC_OK);
    expect_connection_still_serves(call->conn);
    for (size_t i = 0; i < t->transcript.count; i++) {
        const struct transcript_entry *e = &t->transcript.entries[i];
        if (e->direction != RECEIVED || !e->is_frame || e->frame.stream != call->stream)
            continue;
        bool harmless = e->frame.type == FRAME_RST_STREAM || e->frame.type == FRAME_WINDOW_UPDATE;
        expect(t, !ended || harmless, "no frames of the call behind its trailers", "%s",
               frame_type_name(e->frame.type, scratch));
        if (e->frame.type == FRAME_DATA || e->frame.type == FRAME_HEADERS)
            ended = ended || (e->frame.flags & FLAG_END_STREAM);
    }
}

#define CODE_CASE(words, name, row)                                                                \
    {                                                                                              \
        "grpc/status/code-" words, "GRPC-STAT-009 GRPC-STAT-008",                                  \
            "A handler's " name " reaches the client.", NEEDS_TEST_SERVICE, code_arrives, &(row)   \
    }

/* clang-format off */
static const struct test_case cases[] = {
    CODE_CASE("ok", "OK", ok),
    CODE_CASE("cancelled", "CANCELLED", cancelled),
    CODE_CASE("unknown", "UNKNOWN", unknown),
    CODE_CASE("invalid-argument", "INVALID_ARGUMENT", invalid_argument),
    CODE_CASE("deadline-exceeded", "DEADLINE_EXCEEDED", deadline_exceeded),
    CODE_CASE("not-found", "NOT_FOUND", not_found),
    CODE_CASE("already-exists", "ALREADY_EXISTS", already_exists),
    CODE_CASE("permission-denied", "PERMISSION_DENIED", permission_denied),
    CODE_CASE("resource-exhausted", "RESOURCE_EXHAUSTED", resource_exhausted),
    CODE_CASE("failed-precondition", "FAILED_PRECONDITION", failed_precondition),
    CODE_CASE("aborted", "ABORTED", aborted),
    CODE_CASE("out-of-range", "OUT_OF_RANGE", out_of_range),
    CODE_CASE("unimplemented", "UNIMPLEMENTED", unimplemented),
    CODE_CASE("internal", "INTERNAL", internal),
    CODE_CASE("unavailable", "UNAVAILABLE", unavailable),
    CODE_CASE("data-loss", "DATA_LOSS", data_loss),
    CODE_CASE("unauthenticated", "UNAUTHENTICATED", unauthenticated),
    {"grpc/status/code-and-message-on-stream", "GRPC-STAT-008",
     "Code and message of a stream's handler reach the client.",
     NEEDS_TEST_SERVICE, code_on_stream, NULL},
    {"grpc/status/error-after-messages", "GRPC-STAT-008 GRPC-MSG-012",
     "Messages sent before an error arrive before it.",
     NEEDS_TEST_SERVICE, error_after_messages, NULL},
    {"grpc/status/http-status-stays-200", "GRPC-STAT-015",
     "A gRPC error is not turned into an HTTP status.",
     NEEDS_TEST_SERVICE, http_status_stays_200, NULL},
    {"grpc/status/error-with-metadata", "GRPC-STAT-022",
     "Trailing metadata and the status of an error share one block.",
     NEEDS_TEST_SERVICE, error_with_metadata, NULL},
    {"grpc/status/details-agree", "GRPC-STAT-018",
     "grpc-status-details-bin, if sent, has the code of grpc-status.",
     NEEDS_TEST_SERVICE, details_agree, NULL},
    {"grpc/status/nothing-after-trailers", "GRPC-REQ-HDR-024 GRPC-REQ-HDR-025",
     "Nothing but RST_STREAM follows the trailers of a call.",
     NEEDS_TEST_SERVICE, nothing_after_trailers, NULL},
};
/* clang-format on */

const struct case_list status_of_application_cases = {cases, ARRAY_LEN(cases)};
