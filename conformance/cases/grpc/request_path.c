/* SPDX-License-Identifier: MIT
 *
 * Paths: methods and services that are not there, and what is no /service/method at all (PROTOCOL-HTTP2.md,
 * Requests). */
#include "cases/cases.h"
#include "cases/grpc/common.h"

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

const struct case_list request_path_cases = {cases, ARRAY_LEN(cases)};
