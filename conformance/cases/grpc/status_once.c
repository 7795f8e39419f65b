/* SPDX-License-Identifier: MIT
 *
 * grpc-status, once in a response and well-formed (PROTOCOL-HTTP2.md, Responses). */
#include "cases/cases.h"
#include "cases/grpc/common.h"

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
};
/* clang-format on */

const struct case_list status_once_cases = {cases, ARRAY_LEN(cases)};
