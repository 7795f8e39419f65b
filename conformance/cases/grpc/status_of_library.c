/* SPDX-License-Identifier: MIT
 *
 * Codes that a library may not choose: they are the application's (statuscodes.md). Which code it does choose is
 * judged by the cases about each input. */
#include "cases/cases.h"
#include "cases/grpc/common.h"

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

#define LIBRARY_CASE(words, what, run)                                                             \
    {                                                                                              \
        "grpc/status/library-code-" words, "GRPC-STAT-019",                                        \
            "The library's own answer to " what " has no code that is the application's.",         \
            NEEDS_TRANSPORT, run, NULL                                                             \
    }

/* clang-format off */
static const struct test_case cases[] = {
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

const struct case_list status_of_library_cases = {cases, ARRAY_LEN(cases)};
