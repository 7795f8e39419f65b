/* SPDX-License-Identifier: MIT
 *
 * A key with several values: repeated fields, and values joined by commas (PROTOCOL-HTTP2.md, Custom-Metadata). */
#include "cases/cases.h"
#include "cases/grpc/metadata_echo.h"

/* The test service may send back one of the values or all: what comes must be a choice of 0x01 and
 * 0x02. */
static void comma_joined_binary(struct test *t)
{
    struct call *call = call_with(t, TRAILING, BYTES("AQ,Ag"));
    struct buf echo = {0};

    expect_status(call, GRPC_OK);
    join_values(final_block(call), TRAILING, &echo);
    const char *seen = buf_str(&echo);
    bool both = !strcmp(seen, "AQ,Ag") || !strcmp(seen, "AQ==,Ag==");
    bool one = !strcmp(seen, "AQ") || !strcmp(seen, "AQ==") || !strcmp(seen, "Ag") ||
               !strcmp(seen, "Ag==");
    expect(t, both || one, "two values, 0x01 and 0x02 (or one of them back)", "\"%s\"", seen);
    if (!test_is_over(t) && one)
        test_note(t, "the test service sends back one value of two");
    buf_clear(&echo);
}

static void repeated_keys(struct test *t)
{
    struct call *call = unary_call(
        t, EDITS(ADD(INITIAL, "1"), ADD("x-between", "2"), ADD(INITIAL, "3")),
        TESTING_REQUEST(.response_size = 1));
    struct buf echo = {0};

    expect_unary_reply(call, 1);
    join_values(&call->headers, INITIAL, &echo);
    const char *seen = buf_str(&echo);
    bool both = !strcmp(seen, "1,3") || !strcmp(seen, "1, 3");
    bool one = !strcmp(seen, "1") || !strcmp(seen, "3");
    expect(t, both || one, "1 then 3 (or one of them back)", "\"%s\"", seen);
    if (!test_is_over(t) && one)
        test_note(t, "the test service sends back one value of two: %s", seen);
    buf_clear(&echo);
}

static void joined_keys(struct test *t)
{
    struct call *joined = call_with(t, "x-list", BYTES("a,b"));
    struct call *separate = unary_call(t, EDITS(ADD("x-list", "a"), ADD("x-list", "b")),
                                       TESTING_REQUEST(.response_size = 1));

    expect_unary_reply(joined, 1);
    expect_unary_reply(separate, 1);
}

static void comma_in_ascii(struct test *t)
{
    struct call *call = call_with(t, INITIAL, BYTES("a,b"));
    struct buf echo = {0};

    expect_unary_reply(call, 1);
    join_values(&call->headers, INITIAL, &echo);
    const char *seen = buf_str(&echo);
    expect(t, !strcmp(seen, "a,b"), "\"a,b\"", "\"%s\"", seen);
    if (!test_is_over(t) && header_list_count(&call->headers, INITIAL) == 2)
        test_note(t, "one field came back as two");
    buf_clear(&echo);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/metadata/binary-joined-by-comma", "GRPC-MD-005",
     "Binary values joined by a comma are split before they are decoded.",
     NEEDS_TEST_SERVICE, comma_joined_binary, NULL},
    {"grpc/metadata/repeated-keys-in-order", "GRPC-MD-006",
     "The values of a repeated key keep their order.",
     NEEDS_TEST_SERVICE, repeated_keys, NULL},
    {"grpc/metadata/joined-or-separate", "GRPC-MD-007",
     "Values joined by a comma and separate fields are both accepted.",
     NEEDS_TEST_SERVICE, joined_keys, NULL},
    {"grpc/metadata/comma-in-ascii", "GRPC-MD-001 GRPC-MD-007",
     "A comma in an ASCII value is kept.",
     NEEDS_TEST_SERVICE, comma_in_ascii, NULL},
};
/* clang-format on */

const struct case_list metadata_list_cases = {cases, ARRAY_LEN(cases)};
