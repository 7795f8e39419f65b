/* SPDX-License-Identifier: MIT
 *
 * Encodings that the server does not know: refused with UNIMPLEMENTED and a list of those it does (compression.md). */
#include "cases/cases.h"
#include "cases/grpc/compressed.h"

static struct call *call_in_unknown_encoding(struct test *t, uint8_t flag)
{
    struct call *call = start_call(t, EMPTY_CALL, EDITS(ADD("grpc-encoding", "x-unknown")));

    send_message(call, flag, flag ? BYTES("not empty") : NO_BYTES, FLAG_END_STREAM);
    return call;
}

static void unknown_encoding(struct test *t)
{
    struct call *call = call_in_unknown_encoding(t, 1);
    const struct field *message;

    expect_status(call, GRPC_UNIMPLEMENTED);
    message = header_list_find(final_block(call), "grpc-message");
    if (!test_is_over(t) && !(message && bytes_contains(message->value, BYTES("x-unknown"))))
        test_note(t, "grpc-message does not name the encoding");
    expect_connection_still_serves(call->conn);
}

static void unknown_encoding_lists_accepted(struct test *t)
{
    struct call *call = call_in_unknown_encoding(t, 1);

    expect_outcome(call, ONE_OF(ANY_ERROR));
    expect(t, response_field(call, "grpc-accept-encoding") != NULL,
           "grpc-accept-encoding in the response that refuses an encoding", "none");
}

static void unknown_encoding_not_accepted(struct test *t)
{
    struct call *call = call_in_unknown_encoding(t, 1);

    expect_outcome(call, ONE_OF(ANY_ERROR));
    if (!test_is_over(t) && !response_field(call, "grpc-accept-encoding"))
        test_skip(t, "the response has no grpc-accept-encoding");
    expect(t, !response_accepts(call, "x-unknown"),
           "grpc-accept-encoding without the encoding just refused", "it is listed");
}

static void unknown_encoding_unused(struct test *t)
{
    struct call *call = call_in_unknown_encoding(t, 0);

    expect_outcome(call, ONE_OF(STATUS(GRPC_UNIMPLEMENTED), STATUS(GRPC_OK),
                                LENIENT_ANY_ERROR("UNIMPLEMENTED is the code for an encoding")));
    note_end(call);
    expect_connection_still_serves(call->conn);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/compression/unknown-encoding", "GRPC-COMP-001",
     "A compressed message in an encoding the server does not know fails with UNIMPLEMENTED.",
     NEEDS_TEST_SERVICE, unknown_encoding, NULL},
    {"grpc/compression/unknown-encoding-lists-accepted", "GRPC-COMP-002",
     "The response that refuses an encoding has grpc-accept-encoding.",
     NEEDS_TEST_SERVICE, unknown_encoding_lists_accepted, NULL},
    {"grpc/compression/unknown-encoding-not-accepted", "GRPC-COMP-003",
     "The encoding just refused is not in grpc-accept-encoding.",
     NEEDS_TEST_SERVICE, unknown_encoding_not_accepted, NULL},
    {"grpc/compression/unknown-encoding-unused", "GRPC-COMP-024",
     "An unknown encoding that no message uses is refused or served.",
     NEEDS_TEST_SERVICE, unknown_encoding_unused, NULL},
};
/* clang-format on */

const struct case_list compression_unknown_encoding_cases = {cases, ARRAY_LEN(cases)};
