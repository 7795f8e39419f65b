/* SPDX-License-Identifier: MIT
 *
 * Protocol fields are no metadata: they do not come back as such, nor twice (PROTOCOL-HTTP2.md, Custom-Metadata). */
#include "cases/cases.h"
#include "cases/grpc/metadata_echo.h"

static void reserved_not_echoed(struct test *t)
{
    static const char *const once[] = {"content-type", "grpc-status", "grpc-message",
                                       "grpc-encoding", "grpc-accept-encoding"};
    static const char *const never[] = {"te", "grpc-timeout", ":path", ":method", "user-agent"};
    struct call *call = unary_call(
        t, EDITS(ADD("grpc-timeout", "20S"), ADD(INITIAL, "e"), ADD(TRAILING, "q6ur")),
        TESTING_REQUEST(.response_size = 1));

    expect_unary_reply(call, 1);
    for (size_t i = 0; i < ARRAY_LEN(once); i++)
        expect(t,
               header_list_count(&call->headers, once[i]) <= 1 &&
                   header_list_count(&call->trailers, once[i]) <= 1,
               "each protocol field at most once in a block", "%s more than once", once[i]);
    for (size_t i = 0; i < ARRAY_LEN(never); i++)
        if (!test_is_over(t) && response_field(call, never[i]))
            test_lenient(t, HERE, "no request field among the response's", "%s", never[i]);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/metadata/protocol-fields-not-echoed", "GRPC-MD-016 GRPC-STAT-001 GRPC-REQ-HDR-023",
     "Protocol fields do not come back as metadata, nor twice.",
     NEEDS_TEST_SERVICE, reserved_not_echoed, NULL},
};
/* clang-format on */

const struct case_list metadata_protocol_field_cases = {cases, ARRAY_LEN(cases)};
