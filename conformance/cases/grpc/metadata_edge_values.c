/* SPDX-License-Identifier: MIT
 *
 * Values at the edge of what metadata may be, and beyond it: outside ASCII, with space around them, binary but not
 * base64, or empty. They are a matter of their call only. */
#include "cases/cases.h"
#include "cases/grpc/metadata_echo.h"

static void outside_ascii(struct test *t)
{
    struct call *call = call_with(t, "x-test", BYTES("caf\xe9"));

    expect_status(call, GRPC_OK);
    expect_connection_still_serves(call->conn);
}

static void echo_outside_ascii(struct test *t)
{
    struct call *call = call_with(t, INITIAL, BYTES("caf\xe9"));

    expect_outcome(call, ONE_OF(STATUS(GRPC_OK), LENIENT_ANY_ERROR("echoing the value is an error"),
                                LENIENT_ANY_RESET("echoing the value is an error")));
    expect_connection_still_serves(call->conn);
}

static void surrounding_space(struct test *t)
{
    struct call *call = call_with(t, "x-space", BYTES(" v "));

    /* RFC 9113 8.2.1 lets it be malformed; PROTOCOL-HTTP2 lets it be stripped */
    expect_outcome(call,
                   ONE_OF(STATUS(GRPC_OK), RESET(H2_PROTOCOL_ERROR), ANY_ERROR, HTTP(400),
                          LENIENT_HTTP(502, "passed on as it is, and refused behind the proxy"),
                          LENIENT_ANY_RESET("PROTOCOL_ERROR is the code for a malformed request"),
                          LENIENT_GOAWAY(H2_PROTOCOL_ERROR,
                                         "a malformed request is an error of the stream only")));
    note_end(call);
    expect_still_serves(call);
}

struct bad_base64_row {
    const char *value;
};
static const struct bad_base64_row stars = {"***"}, one_digit = {"A"}, misplaced_padding = {"A=Q="},
                                   dangling = {"AQI=="}, space_inside = {"A Q"};

static void invalid_base64(struct test *t)
{
    struct call *other = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    struct call *call = call_with(t, "x-bad-bin", bytes_str(ROW(t, bad_base64_row)->value));

    expect_outcome(call, ONE_OF(STATUS(GRPC_OK), ANY_ERROR, HTTP(400), ANY_RESET));
    note_end(call);
    send_duplex(other, 3, FLAG_END_STREAM);
    expect_reply(other, 3);
    expect_status(other, GRPC_OK);
    expect_connection_still_serves(call->conn);
}

static void empty_ascii(struct test *t)
{
    struct call *call = call_with(t, INITIAL, NO_BYTES);

    expect_unary_reply(call, 1);
    if (!test_is_over(t) && !header_list_find(&call->headers, INITIAL))
        test_lenient(t, HERE, INITIAL " with an empty value", "it is absent");
    else
        expect_initial(call, NO_BYTES);
}

static void empty_binary(struct test *t)
{
    struct call *call = call_with(t, TRAILING, NO_BYTES);

    expect_unary_reply(call, 1);
    if (!test_is_over(t) && !header_list_find(final_block(call), TRAILING))
        test_lenient(t, HERE, TRAILING " with an empty value", "it is absent");
    else
        expect_trailing_octets(call, NO_BYTES);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/metadata/value-outside-ascii", "GRPC-MD-010",
     "A value that HTTP allows and gRPC does not causes no error.",
     NEEDS_TEST_SERVICE, outside_ascii, NULL},
    {"grpc/metadata/value-outside-ascii-echoed", "GRPC-MD-011",
     "Echoing such a value causes no error.",
     NEEDS_TEST_SERVICE, echo_outside_ascii, NULL},
    {"grpc/metadata/surrounding-space", "GRPC-MD-012",
     "Space around a value is stripped, kept or refused; the connection goes on.",
     NEEDS_TEST_SERVICE, surrounding_space, NULL},
    {"grpc/metadata/base64-of-no-digits", "GRPC-MD-013 SEC-028",
     "A binary value that is not base64 is a matter of its call only.",
     NEEDS_TEST_SERVICE, invalid_base64, &stars},
    {"grpc/metadata/base64-of-one-digit", "GRPC-MD-013 SEC-028",
     "A binary value of one digit is a matter of its call only.",
     NEEDS_TEST_SERVICE, invalid_base64, &one_digit},
    {"grpc/metadata/base64-padded-inside", "GRPC-MD-013 SEC-028",
     "A binary value with padding inside is a matter of its call only.",
     NEEDS_TEST_SERVICE, invalid_base64, &misplaced_padding},
    {"grpc/metadata/base64-too-much-padding", "GRPC-MD-013 SEC-028",
     "A binary value with too much padding is a matter of its call only.",
     NEEDS_TEST_SERVICE, invalid_base64, &dangling},
    {"grpc/metadata/base64-with-space", "GRPC-MD-013 SEC-028",
     "A binary value with a space inside is a matter of its call only.",
     NEEDS_TEST_SERVICE, invalid_base64, &space_inside},
    {"grpc/metadata/empty-ascii-value", "GRPC-MD-014",
     "An empty ASCII value is preserved.",
     NEEDS_TEST_SERVICE, empty_ascii, NULL},
    {"grpc/metadata/empty-binary-value", "GRPC-MD-014",
     "An empty binary value is preserved.",
     NEEDS_TEST_SERVICE, empty_binary, NULL},
};
/* clang-format on */

const struct case_list metadata_edge_value_cases = {cases, ARRAY_LEN(cases)};
