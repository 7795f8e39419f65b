/* SPDX-License-Identifier: MIT
 *
 * ASCII and binary metadata arrive unchanged, and binary values in either form of base64, padded or not
 * (PROTOCOL-HTTP2.md, Custom-Metadata). */
#include "cases/cases.h"
#include "cases/grpc/metadata_echo.h"

static void ascii_unary(struct test *t)
{
    struct call *call = call_with(t, INITIAL, BYTES("test_initial_metadata_value"));

    expect_unary_reply(call, 1);
    expect_initial(call, BYTES("test_initial_metadata_value"));
}

/* The initial metadata is there with the first response, before the client half-closes. */
static void ascii_duplex(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL,
                                   EDITS(ADD(INITIAL, "test_initial_metadata_value")));

    send_duplex(call, 4, FLAG_NONE);
    expect_reply(call, 4);
    expect_initial(call, BYTES("test_initial_metadata_value"));
    half_close(call);
    expect_status(call, GRPC_OK);
}

static void binary_unary(struct test *t)
{
    struct call *call = call_with(t, TRAILING, BYTES("q6ur"));

    expect_unary_reply(call, 1);
    expect_trailing_octets(call, BYTES("\xab\xab\xab"));
}

static void binary_duplex(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, EDITS(ADD(TRAILING, "q6ur")));

    send_duplex(call, 4, FLAG_END_STREAM);
    expect_reply(call, 4);
    expect_status(call, GRPC_OK);
    expect_trailing_octets(call, BYTES("\xab\xab\xab"));
}

struct base64_row {
    struct bytes text, octets;
};
#define BASE64(name, text, octets)                                                                 \
    static const struct base64_row name = {{(const uint8_t *)(text), sizeof(text) - 1},            \
                                           {(const uint8_t *)(octets), sizeof(octets) - 1}}
BASE64(padded_1, "AQ==", "\x01");
BASE64(padded_2, "q6s=", "\xab\xab");
BASE64(padded_4, "+/8A/w==", "\xfb\xff\x00\xff");
BASE64(unpadded_1, "AQ", "\x01");
BASE64(unpadded_2, "q6s", "\xab\xab");
BASE64(unpadded_3, "AP+A", "\x00\xff\x80");
BASE64(unpadded_4, "+/8A/w", "\xfb\xff\x00\xff");

static void base64_form(struct test *t)
{
    struct call *call = call_with(t, TRAILING, ROW(t, base64_row)->text);

    expect_unary_reply(call, 1);
    expect_trailing_octets(call, ROW(t, base64_row)->octets);
}

static void emitted_unpadded(struct test *t)
{
    struct call *call = call_with(t, TRAILING, BYTES("AQ=="));
    const struct field *echo;

    expect_status(call, GRPC_OK);
    expect_trailing_octets(call, BYTES("\x01"));
    echo = header_list_find(final_block(call), TRAILING);
    if (!test_is_over(t) && echo && bytes_find(echo->value, '=') < echo->value.len)
        test_lenient(t, HERE, "base64 without padding", "\"%.*s\"", (int)echo->value.len,
                     (const char *)echo->value.data);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/metadata/ascii-unary", "GRPC-MD-001",
     "ASCII metadata arrives unchanged and comes back as initial metadata.",
     NEEDS_TEST_SERVICE, ascii_unary, NULL},
    {"grpc/metadata/ascii-duplex", "GRPC-MD-001",
     "On a stream, initial metadata is there with the first response.",
     NEEDS_TEST_SERVICE, ascii_duplex, NULL},
    {"grpc/metadata/binary-unary", "GRPC-MD-002",
     "Binary metadata arrives as octets and comes back as trailing metadata.",
     NEEDS_TEST_SERVICE, binary_unary, NULL},
    {"grpc/metadata/binary-duplex", "GRPC-MD-002",
     "On a stream, binary metadata comes back in the trailers.",
     NEEDS_TEST_SERVICE, binary_duplex, NULL},
    {"grpc/metadata/padded-one-octet", "GRPC-MD-003",
     "Base64 with two padding characters is accepted.",
     NEEDS_TEST_SERVICE, base64_form, &padded_1},
    {"grpc/metadata/padded-two-octets", "GRPC-MD-003",
     "Base64 with one padding character is accepted.",
     NEEDS_TEST_SERVICE, base64_form, &padded_2},
    {"grpc/metadata/padded-four-octets", "GRPC-MD-003",
     "Base64 of several quanta with padding is accepted.",
     NEEDS_TEST_SERVICE, base64_form, &padded_4},
    {"grpc/metadata/unpadded-one-octet", "GRPC-MD-003",
     "Base64 of one octet without padding is accepted.",
     NEEDS_TEST_SERVICE, base64_form, &unpadded_1},
    {"grpc/metadata/unpadded-two-octets", "GRPC-MD-003",
     "Base64 of two octets without padding is accepted.",
     NEEDS_TEST_SERVICE, base64_form, &unpadded_2},
    {"grpc/metadata/unpadded-three-octets", "GRPC-MD-003 GRPC-MD-018",
     "Base64 of three octets, the first of them 0, is accepted.",
     NEEDS_TEST_SERVICE, base64_form, &unpadded_3},
    {"grpc/metadata/unpadded-four-octets", "GRPC-MD-003",
     "Base64 of several quanta without padding is accepted.",
     NEEDS_TEST_SERVICE, base64_form, &unpadded_4},
    {"grpc/metadata/binary-sent-unpadded", "GRPC-MD-004 GRPC-MD-002",
     "Binary metadata is sent without padding.",
     NEEDS_TEST_SERVICE, emitted_unpadded, NULL},
};
/* clang-format on */

const struct case_list metadata_ascii_and_binary_cases = {cases, ARRAY_LEN(cases)};
