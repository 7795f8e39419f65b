/* SPDX-License-Identifier: MIT
 *
 * How a call ends: grpc-status once and well-formed, grpc-message percent-encoded, codes and
 * messages of the application unchanged, and no code the library may not choose (PROTOCOL-
 * HTTP2.md, Responses; statuscodes.md). */
#include "cases/cases.h"
#include "cases/grpc/common.h"
#include "wire/base64.h"

#include <ctype.h>
#include <stdlib.h>

static struct call *failing_unary(struct test *t, const struct edit *edits, int code,
                                  const char *message)
{
    return unary_call(
        t, edits,
        TESTING_REQUEST(.has_status = true, .status_code = code, .status_message = message));
}

/* ---- grpc-status, once and well-formed ------------------------------------------------------- */

static bool well_formed(struct bytes status)
{
    if (status.len == 0 || status.len > 10 || (status.len > 1 && status.data[0] == '0'))
        return false;
    for (size_t i = 0; i < status.len; i++)
        if (status.data[i] < '0' || status.data[i] > '9')
            return false;
    return true;
}

static void expect_one_status(struct call *call)
{
    struct test *t = call->conn->t;
    const struct field *status = header_list_find(final_block(call), "grpc-status");
    size_t count = header_list_count(&call->headers, "grpc-status");

    if (test_is_over(t))
        return;
    if (!call->trailers_only)
        count += header_list_count(&call->trailers, "grpc-status");
    expect(t, status != NULL, "grpc-status in the last block", "none");
    expect(t, count == 1, "grpc-status once in the response", "%zu times", count);
    expect(t, !status || well_formed(status->value),
           "decimal digits without leading zeros, sign or spaces", "\"%.*s\"",
           status ? (int)status->value.len : 0, status ? (const char *)status->value.data : "");
}

static void once_ok(struct test *t)
{
    struct call *call = unary_call(t, NO_EDITS, TESTING_REQUEST(.response_size = 1));

    expect_unary_reply(call, 1);
    expect_one_status(call);
}

static void once_error(struct test *t)
{
    struct call *call = failing_unary(t, NO_EDITS, GRPC_PERMISSION_DENIED, "no");

    expect_status(call, GRPC_PERMISSION_DENIED);
    expect_one_status(call);
}

static void once_stream(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    send_duplex(call, 5, FLAG_END_STREAM);
    expect_reply(call, 5);
    expect_status(call, GRPC_OK);
    expect_one_status(call);
}

static void once_unimplemented(struct test *t)
{
    struct call *call = unimplemented_call(t);

    expect_outcome(call, ONE_OF(ANY_ERROR));
    expect_one_status(call);
}

/* ---- grpc-message ---------------------------------------------------------------------------- */

struct message_row {
    const char *text;
};
#define SPECIAL                                                                                    \
    "\t\ntest with whitespace\r\nand Unicode BMP \xe2\x98\xba and non-BMP \xf0\x9f\x98\x88\t\n"
static const struct message_row special = {SPECIAL};
static const struct message_row percent = {"100% of %41 is not %4 or %zz %"};
static const struct message_row controls = {"\x01\x1f\x7f a\tb"};
static const struct message_row unicode = {"caf\xc3\xa9 \xe6\xb1\x89\xe5\xad\x97 \xf0\x9f\x9a\x80"};
static const struct message_row punctuation = {"!\"#$&'()*+,-./ :;<=>?@[\\]^_`{|}~"};
static const struct message_row plain = {"test status message"};
static const struct message_row plus = {"a+b c=d&e"};

static bool percent_decode(struct bytes in, struct buf *out)
{
    for (size_t i = 0; i < in.len; i++) {
        uint8_t c = in.data[i];
        if (c < 0x20 || c > 0x7e)
            return false;
        if (c == '%') {
            if (in.len - i < 3 || !isxdigit(in.data[i + 1]) || !isxdigit(in.data[i + 2]))
                return false;
            const char hex[3] = {(char)in.data[i + 1], (char)in.data[i + 2], 0};
            c = (uint8_t)strtoul(hex, NULL, 16);
            i += 2;
        }
        buf_put_u8(out, c);
    }
    return true;
}

static void message_arrives(struct test *t)
{
    const char *text = ROW(t, message_row)->text;
    struct call *call = failing_unary(t, NO_EDITS, GRPC_UNKNOWN, text);
    const struct field *message;
    struct buf decoded = {0};

    expect_status(call, GRPC_UNKNOWN);
    message = header_list_find(final_block(call), "grpc-message");
    expect(t, message != NULL, "grpc-message", "none");
    if (message) {
        bool valid = percent_decode(message->value, &decoded);
        expect(t, valid, "octets 0x20 to 0x7e, and % only before two hexadecimal digits",
               "a raw octet or a bare %%");
        expect(t, bytes_equal_str(buf_view(&decoded), text), "the message the application chose",
               "\"%.*s\"", (int)message->value.len, (const char *)message->value.data);
    }
    buf_clear(&decoded);
}

static void upper_case_hex(struct test *t)
{
    struct call *call = failing_unary(t, NO_EDITS, GRPC_UNKNOWN, "caf\xc3\xa9 \xef\xbb\xbf\n");
    const struct field *message;
    bool encoded = false, lower = false;

    expect_status(call, GRPC_UNKNOWN);
    message = header_list_find(final_block(call), "grpc-message");
    for (size_t i = 0; message && i + 2 < message->value.len; i++) {
        const uint8_t *at = message->value.data + i;
        if (*at != '%')
            continue;
        encoded = true;
        lower = lower || islower(at[1]) || islower(at[2]);
    }
    expect(t, encoded, "a percent-encoded message", "%s", message ? "nothing encoded" : "none");
    expect(t, !lower, "%XX with upper-case digits", "\"%.*s\"",
           message ? (int)message->value.len : 0, message ? (const char *)message->value.data : "");
}

static void long_message(struct test *t)
{
    char text[2001];

    for (size_t i = 0; i + 1 < sizeof text; i++)
        text[i] = (char)('a' + i % 26);
    text[sizeof text - 1] = 0;
    struct call *call = failing_unary(t, NO_EDITS, GRPC_UNKNOWN, text);
    expect_status(call, GRPC_UNKNOWN);
    expect_status_message(call, text);
}

/* ---- the application's choice ---------------------------------------------------------------- */

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

/* ---- codes a library never chooses ----------------------------------------------------------- */

/* statuscodes.md lists those that only applications use. */
static void expect_library_code(struct call *call)
{
    struct test *t = call->conn->t;
    static const int application[] = {
        GRPC_INVALID_ARGUMENT, GRPC_NOT_FOUND,    GRPC_ALREADY_EXISTS, GRPC_FAILED_PRECONDITION,
        GRPC_ABORTED,          GRPC_OUT_OF_RANGE, GRPC_DATA_LOSS};

    expect_outcome(call, ONE_OF(STATUS(GRPC_OK), ANY_ERROR, HTTP(415), HTTP(400), HTTP(404),
                                HTTP(405), ANY_RESET, IGNORED));
    for (size_t i = 0; i < ARRAY_LEN(application); i++)
        expect(t, call_status(call) != application[i],
               "a code that libraries use: the application did not choose this", "%s",
               grpc_status_name((uint32_t)application[i]));
    if (!test_is_over(t) && !call->reset && !call->remote_closed)
        cancel_call(call);
    expect_target_still_serves(
        t); /* what else it does to the connection is for the cases about the input */
}

static void library_content_type(struct test *t)
{
    expect_library_code(empty_call(t, EDITS(SET("content-type", "application/json"))));
}

static void library_method(struct test *t)
{
    expect_library_code(empty_call(t, EDITS(SET(":method", "GET"))));
}

static void library_path(struct test *t)
{
    expect_library_code(empty_call(t, EDITS(SET(":path", "/nowhere"))));
}

static void library_encoding(struct test *t)
{
    struct call *call = start_call(t, EMPTY_CALL, EDITS(ADD("grpc-encoding", "x-unknown")));

    send_message(call, 1, BYTES("?"), FLAG_END_STREAM);
    expect_library_code(call);
}

static void library_flag(struct test *t)
{
    struct call *call = start_call(t, EMPTY_CALL, NO_EDITS);

    send_message(call, 2, NO_BYTES, FLAG_END_STREAM);
    expect_library_code(call);
}

static void library_truncated(struct test *t)
{
    struct call *call = start_call(t, EMPTY_CALL, NO_EDITS);

    send_data(call, BYTES("\0\0"), FLAG_END_STREAM);
    expect_library_code(call);
}

static void library_too_large(struct test *t)
{
    struct call *call = start_call(t, EMPTY_CALL, NO_EDITS);

    send_data(call, BYTES("\0\x7f\xff\xff\xff"), FLAG_NONE);
    expect_library_code(call);
}

static void library_protobuf(struct test *t)
{
    struct call *call = start_call(t, UNARY_CALL, NO_EDITS);

    send_message(call, 0, BYTES("\xff\xff"), FLAG_END_STREAM);
    expect_library_code(call);
}

static void library_timeout(struct test *t)
{
    expect_library_code(empty_call(t, EDITS(ADD("grpc-timeout", "1x"))));
}

static void library_base64(struct test *t)
{
    expect_library_code(empty_call(t, EDITS(ADD("x-bad-bin", "***"))));
}

#define CODE_CASE(words, name, row)                                                                \
    {                                                                                              \
        "grpc/status/code-" words, "GRPC-STAT-009 GRPC-STAT-008",                                  \
            "A handler's " name " reaches the client.", NEEDS_TEST_SERVICE, code_arrives, &(row)   \
    }
#define LIBRARY_CASE(words, what, run)                                                             \
    {                                                                                              \
        "grpc/status/library-code-" words, "GRPC-STAT-019",                                        \
            "The library's own answer to " what " has no code that is the application's.",         \
            NEEDS_TRANSPORT, run, NULL                                                             \
    }

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/status/once-on-success", "GRPC-STAT-001 GRPC-STAT-002",
     "A success ends with one grpc-status, 0.",
     NEEDS_TEST_SERVICE, once_ok, NULL},
    {"grpc/status/once-on-error", "GRPC-STAT-001 GRPC-STAT-002",
     "An error ends with one grpc-status, in decimal.",
     NEEDS_TEST_SERVICE, once_error, NULL},
    {"grpc/status/once-on-stream", "GRPC-STAT-001 GRPC-STAT-002",
     "A stream ends with one grpc-status, in the trailers.",
     NEEDS_TEST_SERVICE, once_stream, NULL},
    {"grpc/status/once-on-unimplemented", "GRPC-STAT-001 GRPC-STAT-002",
     "An unknown method ends with one grpc-status, in decimal without leading zeros.",
     NEEDS_TRANSPORT, once_unimplemented, NULL},
    {"grpc/status/message-special", "GRPC-STAT-003",
     "A message with whitespace and Unicode is percent-encoded and arrives unchanged.",
     NEEDS_TEST_SERVICE, message_arrives, &special},
    {"grpc/status/message-percent", "GRPC-STAT-003",
     "The percent sign is encoded, also where it looks like an escape.",
     NEEDS_TEST_SERVICE, message_arrives, &percent},
    {"grpc/status/message-control-characters", "GRPC-STAT-003",
     "Control characters and DEL are percent-encoded.",
     NEEDS_TEST_SERVICE, message_arrives, &controls},
    {"grpc/status/message-unicode", "GRPC-STAT-003",
     "UTF-8 of two, three and four octets is percent-encoded octet by octet.",
     NEEDS_TEST_SERVICE, message_arrives, &unicode},
    {"grpc/status/message-punctuation", "GRPC-STAT-003",
     "Printable ASCII other than % arrives unchanged.",
     NEEDS_TEST_SERVICE, message_arrives, &punctuation},
    {"grpc/status/message-plain", "GRPC-STAT-008 GRPC-STAT-003",
     "A plain message arrives unchanged.",
     NEEDS_TEST_SERVICE, message_arrives, &plain},
    {"grpc/status/message-plus", "GRPC-STAT-003",
     "Percent-encoding is not form encoding: + is itself, and a space is not +.",
     NEEDS_TEST_SERVICE, message_arrives, &plus},
    {"grpc/status/message-upper-case-hex", "GRPC-STAT-004",
     "Percent-encoding uses upper-case hexadecimal digits.",
     NEEDS_TEST_SERVICE, upper_case_hex, NULL},
    {"grpc/status/message-long", "GRPC-STAT-008",
     "A message of 2000 characters arrives whole.",
     NEEDS_TEST_SERVICE, long_message, NULL},
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
    LIBRARY_CASE("for-content-type", "a foreign content-type", library_content_type),
    LIBRARY_CASE("for-method-get", "a GET request", library_method),
    LIBRARY_CASE("for-malformed-path", "a path without a method", library_path),
    LIBRARY_CASE("for-unknown-encoding", "an unknown encoding", library_encoding),
    LIBRARY_CASE("for-reserved-flag", "a reserved flag", library_flag),
    LIBRARY_CASE("for-truncated-message", "a truncated message", library_truncated),
    LIBRARY_CASE("for-oversized-message", "a message of 2 GiB", library_too_large),
    LIBRARY_CASE("for-invalid-protobuf", "a message that is not protobuf", library_protobuf),
    LIBRARY_CASE("for-malformed-timeout", "a malformed timeout", library_timeout),
    LIBRARY_CASE("for-invalid-base64", "invalid base64", library_base64),
};
/* clang-format on */

const struct case_list status_cases = {cases, ARRAY_LEN(cases)};
