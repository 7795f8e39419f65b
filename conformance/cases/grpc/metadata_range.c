/* SPDX-License-Identifier: MIT
 *
 * All that metadata may be: every printable character, large values, many pairs, unusual keys (PROTOCOL-HTTP2.md,
 * Custom-Metadata). How its size is counted is in metadata_size.c. */
#include "cases/cases.h"
#include "cases/grpc/metadata_echo.h"
#include "wire/base64.h"

#include <stdio.h>

static void printable_ascii(struct test *t)
{
    uint8_t value[0x7f - 0x21];

    for (size_t i = 0; i < sizeof value; i++)
        value[i] = (uint8_t)(0x21 + i);
    value[sizeof value / 2] = ' '; /* inside, where nothing may strip it */
    struct call *call = call_with(t, INITIAL, bytes_of(value, sizeof value));
    expect_unary_reply(call, 1);
    expect_initial(call, bytes_of(value, sizeof value));
}

static void large_value(struct test *t)
{
    uint8_t value[4096];

    for (size_t i = 0; i < sizeof value; i++)
        value[i] = (uint8_t)('a' + i % 26);
    struct call *call = call_with(t, INITIAL, bytes_of(value, sizeof value));
    expect_unary_reply(call, 1);
    expect_initial(call, bytes_of(value, sizeof value));
}

/* 1500 octets, every value among them, as 2000 digits of base64. */
static void large_binary(struct test *t)
{
    struct buf text = {0}, octets = {0};

    for (size_t i = 0; i < 2000; i++)
        buf_put_u8(&text, (uint8_t)base64_digits[i * 7 % 64]);
    bool valid = base64_take(buf_view(&text), &octets);
    struct call *call = call_with(t, TRAILING, buf_view(&text));
    expect(t, valid, "own base64", "not decodable");
    expect_unary_reply(call, 1);
    expect_trailing_octets(call, buf_view(&octets));
    buf_clear(&text);
    buf_clear(&octets);
}

/* Eighty pairs, together below 8 KiB as metadata is counted; the echoes are first and last. Some servers and proxies
 * take no more than a hundred fields. */
static void many_pairs(struct test *t)
{
    char names[80][16];
    struct edit edits[ARRAY_LEN(names) + 3] = {{EDIT_ADD, INITIAL, BYTES("many")}};
    size_t count = 1;

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(names[i], sizeof names[i], "x-many-%zu", i);
        edits[count++] = (struct edit){EDIT_ADD, names[i], BYTES("value")};
    }
    edits[count++] = (struct edit){EDIT_ADD, TRAILING, BYTES("q6ur")};
    struct call *call = unary_call(t, edits, TESTING_REQUEST(.response_size = 1));
    expect_unary_reply(call, 1);
    expect_initial(call, BYTES("many"));
    expect_trailing_octets(call, BYTES("\xab\xab\xab"));
}

/* Digits, '_', '-' and '.' are legal in a key. */
static void unusual_keys(struct test *t)
{
    struct call *call = unary_call(t,
                                   EDITS(ADD("0", "v"), ADD("_x", "v"), ADD("x.y-z_0", "v"),
                                         ADD("9-bin", "AQ"), ADD(INITIAL, "k")),
                                   TESTING_REQUEST(.response_size = 1));

    expect_unary_reply(call, 1);
    expect_initial(call, BYTES("k"));
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/metadata/printable-ascii", "GRPC-MD-001",
     "Every printable ASCII character arrives unchanged.",
     NEEDS_TEST_SERVICE, printable_ascii, NULL},
    {"grpc/metadata/large-value", "GRPC-MD-001",
     "A value of 4 KiB arrives unchanged.",
     NEEDS_TEST_SERVICE, large_value, NULL},
    {"grpc/metadata/large-binary-value", "GRPC-MD-002",
     "A binary value of 1500 octets arrives unchanged.",
     NEEDS_TEST_SERVICE, large_binary, NULL},
    {"grpc/metadata/many-pairs", "GRPC-MD-001 SEC-021",
     "Eighty pairs are accepted.",
     NEEDS_TEST_SERVICE, many_pairs, NULL},
    {"grpc/metadata/unusual-keys", "GRPC-MD-001",
     "Keys of digits, underscores, dots and hyphens are accepted.",
     NEEDS_TEST_SERVICE, unusual_keys, NULL},
};
/* clang-format on */

const struct case_list metadata_range_cases = {cases, ARRAY_LEN(cases)};
