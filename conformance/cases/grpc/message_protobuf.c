/* SPDX-License-Identifier: MIT
 *
 * Requests, whole as messages, that are not protocol buffers: an error of their call (statuscodes.md). */
#include "cases/cases.h"
#include "cases/grpc/common.h"

struct protobuf_row {
    struct bytes payload;
    bool contested; /* protobuf libraries differ on whether this is an error at all */
};
static const struct protobuf_row cut_varint = {{(const uint8_t *)"\xff\xff", 2}, false};
/* payload (field 3) announces 100 octets of 2 */
static const struct protobuf_row cut_field = {{(const uint8_t *)"\x1a\x64\0\0", 4}, false};
/* response_size (field 2) as a varint of eleven octets */
static const struct protobuf_row long_varint = {
    {(const uint8_t *)"\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12}, false};
/* field number 0 */
static const struct protobuf_row field_zero = {{(const uint8_t *)"\x00\x01", 2}, true};
/* wire type 7, which there is not, for an unknown field */
static const struct protobuf_row wire_type_7 = {{(const uint8_t *)"\xff\x01\x01", 3}, true};
/* response_status.message (7.2) is not UTF-8 */
static const struct protobuf_row not_utf8 = {{(const uint8_t *)"\x3a\x04\x12\x02\xc3\x28", 6},
                                             true};

static void invalid_protobuf(struct test *t)
{
    struct call *call = start_call(t, UNARY_CALL, NO_EDITS);

    send_message(call, 0, ROW(t, protobuf_row)->payload, FLAG_END_STREAM);
    if (ROW(t, protobuf_row)->contested)
        expect_outcome(call, ONE_OF(STATUS(GRPC_INTERNAL),
                                    LENIENT_ANY_ERROR("statuscodes.md says INTERNAL"),
                                    LENIENT_STATUS(GRPC_OK, "its protobuf library takes this")));
    else
        expect_status(call, GRPC_INTERNAL);
    expect_connection_still_serves(call->conn);
}

/* response_size = 5 among fields 1000 of four wire types: a client may be newer. Groups, which not every library
 * knows any more, are left out. */
static void unknown_fields(struct test *t)
{
    struct call *call = start_call(t, UNARY_CALL, NO_EDITS);

    send_message(call, 0,
                 BYTES("\xc0\x3e\x01"
                       "\xc1\x3e"
                       "8 octets"
                       "\x10\x05"
                       "\xc2\x3e\x03"
                       "abc"
                       "\xc5\x3e"
                       "four"),
                 FLAG_END_STREAM);
    expect_unary_reply(call, 5);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/message/protobuf-cut-varint", "GRPC-MSG-010",
     "A request that ends inside a tag fails with INTERNAL.",
     NEEDS_TEST_SERVICE, invalid_protobuf, &cut_varint},
    {"grpc/message/protobuf-cut-field", "GRPC-MSG-010",
     "A request that ends inside a field fails with INTERNAL.",
     NEEDS_TEST_SERVICE, invalid_protobuf, &cut_field},
    {"grpc/message/protobuf-long-varint", "GRPC-MSG-010",
     "A request with a varint of eleven octets fails with INTERNAL.",
     NEEDS_TEST_SERVICE, invalid_protobuf, &long_varint},
    {"grpc/message/protobuf-field-zero", "GRPC-MSG-010",
     "A request with a field numbered 0 fails with INTERNAL.",
     NEEDS_TEST_SERVICE, invalid_protobuf, &field_zero},
    {"grpc/message/protobuf-wire-type-7", "GRPC-MSG-010",
     "A request with an undefined wire type fails with INTERNAL.",
     NEEDS_TEST_SERVICE, invalid_protobuf, &wire_type_7},
    {"grpc/message/protobuf-not-utf8", "GRPC-MSG-010",
     "A request with a string that is not UTF-8 fails with INTERNAL.",
     NEEDS_TEST_SERVICE, invalid_protobuf, &not_utf8},
    {"grpc/message/protobuf-unknown-fields", "GRPC-MSG-015",
     "A request with fields that its type does not have is served.",
     NEEDS_TEST_SERVICE, unknown_fields, NULL},
};
/* clang-format on */

const struct case_list message_protobuf_cases = {cases, ARRAY_LEN(cases)};
