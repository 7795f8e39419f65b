/* SPDX-License-Identifier: MIT
 *
 * Prefixes that a server must refuse: flags nobody has defined, lengths whose octets do not all come, and lengths
 * above its limit (PROTOCOL-HTTP2.md, Length-Prefixed-Message). Flag 1 is in compression_*.c, payloads in
 * message_protobuf.c. */
#include "cases/cases.h"
#include "cases/grpc/common.h"

struct flag_row {
    uint8_t flag;
};
static const struct flag_row flag_2 = {2}, flag_3 = {3}, flag_0x80 = {0x80}, flag_0xff = {0xff};

/* Whatever the server makes of the flag, no handler may be given a message that nobody has sent: this one asks for three
 * octets. */
static void reserved_flag(struct test *t)
{
    struct call *call = start_call(t, UNARY_CALL, NO_EDITS);
    struct buf request = {0};

    pb_put_simple_request(&request, TESTING_REQUEST(.response_size = 3));
    send_message(call, ROW(t, flag_row)->flag, buf_view(&request), FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(STATUS(GRPC_INTERNAL), ANY_RESET,
                                LENIENT_ANY_ERROR("INTERNAL is what other servers say"),
                                LENIENT_STATUS(GRPC_OK, "taken as a message without compression")));
    if (call_status(call) == GRPC_OK)
        expect_reply(call, 3);
    expect_still_serves(call);
    buf_clear(&request);
}

struct truncated_row {
    const char *path;
    struct bytes data;
};
static const struct truncated_row prefix_1_of_5 = {EMPTY_CALL, {(const uint8_t *)"\0", 1}};
static const struct truncated_row prefix_3_of_5 = {EMPTY_CALL, {(const uint8_t *)"\0\0\0", 3}};
static const struct truncated_row prefix_4_of_5 = {EMPTY_CALL, {(const uint8_t *)"\0\0\0\0", 4}};
static const struct truncated_row prefix_alone = {UNARY_CALL, {(const uint8_t *)"\0\0\0\0\x64", 5}};

/* On a unary method a success would also be a call without its one message. */
#define OUTCOMES_TRUNCATED                                                                         \
    ONE_OF(STATUS(GRPC_INTERNAL), LENIENT_ANY_ERROR("INTERNAL is what other servers say"),         \
           LENIENT_ANY_RESET("reset instead of a status"))

static void truncated(struct test *t)
{
    struct call *call = start_call(t, ROW(t, truncated_row)->path, NO_EDITS);

    send_data(call, ROW(t, truncated_row)->data, FLAG_END_STREAM);
    expect_outcome(call, OUTCOMES_TRUNCATED);
    expect_not_ok(call);
    expect_still_serves(call);
}

static void truncated_payload(struct test *t)
{
    struct call *call = start_call(t, UNARY_CALL, NO_EDITS);
    struct buf data = {0};

    put_message_prefix(&data, 0, 100);
    buf_put_zeros(&data, 50);
    send_data(call, buf_view(&data), FLAG_END_STREAM);
    expect_outcome(call, OUTCOMES_TRUNCATED);
    expect_not_ok(call);
    expect_still_serves(call);
    buf_clear(&data);
}

/* One whole message of 10 octets of payload, then half of another. */
static void truncated_second(struct test *t)
{
    static const struct response_parameters twenty = {.size = 20};
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    struct buf message = {0}, data = {0};

    send_duplex(call, 10, FLAG_NONE);
    expect_reply(call, 10); /* the first is read: what the target says now is about the second */
    size_t answered = call->data.len;
    pb_put_streaming_request(&message, TESTING_REQUEST(.payload_size = 100), &twenty, 1);
    put_message_prefix(&data, 0, (uint32_t)message.len);
    buf_put(&data, bytes_first(buf_view(&message), message.len / 2));
    send_data(call, buf_view(&data), FLAG_END_STREAM);
    expect_outcome(
        call, ONE_OF(STATUS(GRPC_INTERNAL), LENIENT_ANY_ERROR("INTERNAL is what other servers say"),
                     LENIENT_ANY_RESET("reset instead of a status"),
                     LENIENT_STATUS(GRPC_OK, "the partial message was dropped silently")));
    expect(t, call->data.len == answered, "a partial message is not delivered",
           "%zu octets of DATA behind it", call->data.len - answered);
    expect_still_serves(call);
    buf_clear(&message);
    buf_clear(&data);
}

struct length_row {
    uint32_t length;
};
static const struct length_row length_2_gib = {0x7fffffff}, length_4_gib = {0xffffffff};

static void length_over_limit(struct test *t)
{
    struct call *call = start_call(t, UNARY_CALL, NO_EDITS);
    struct buf data = {0};

    put_message_prefix(&data, 0, ROW(t, length_row)->length);
    buf_put_zeros(&data, 10);
    send_data(call, buf_view(&data), FLAG_NONE);
    expect_outcome(
        call, ONE_OF(STATUS(GRPC_RESOURCE_EXHAUSTED),
                     LENIENT_ANY_ERROR("RESOURCE_EXHAUSTED is the code for a message too large"),
                     LENIENT_ANY_RESET("reset instead of a status"),
                     LENIENT_IGNORED("it waits for the body: no limit, or one that is checked "
                                     "only when all is there")));
    if (!call->remote_closed && !call->reset)
        cancel_call(call);
    expect_still_serves(call);
    buf_clear(&data);
}

/* The limit is the server's choice (4 MiB unless configured): served whole, or refused with the
 * right code. */
static void five_mebibytes(struct test *t)
{
    const size_t size = (size_t)5 << 20;
    struct call *call = start_call(t, STREAMING_INPUT_CALL, NO_EDITS);

    send_input(call, size, FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(STATUS(GRPC_RESOURCE_EXHAUSTED), STATUS(GRPC_OK),
                                LENIENT_ANY_RESET("reset instead of a status")));
    if (call_status(call) == GRPC_OK) {
        int64_t sum = pb_aggregated_size(one_message(call).payload);
        expect(t, sum == (int64_t)size, "the message is taken whole, or refused",
               "a sum of %lld octets", (long long)sum);
    }
    note_end(call);
    expect_still_serves(call);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/message/flag-2", "GRPC-MSG-004",
     "A compressed-flag octet of 2 fails the call with INTERNAL.",
     NEEDS_TEST_SERVICE, reserved_flag, &flag_2},
    {"grpc/message/flag-3", "GRPC-MSG-004",
     "A compressed-flag octet of 3 fails the call with INTERNAL.",
     NEEDS_TEST_SERVICE, reserved_flag, &flag_3},
    {"grpc/message/flag-high-bit", "GRPC-MSG-004",
     "A compressed-flag octet of 0x80 fails the call with INTERNAL.",
     NEEDS_TEST_SERVICE, reserved_flag, &flag_0x80},
    {"grpc/message/flag-all-bits", "GRPC-MSG-004",
     "A compressed-flag octet of 0xff fails the call with INTERNAL.",
     NEEDS_TEST_SERVICE, reserved_flag, &flag_0xff},
    {"grpc/message/truncated-after-flag", "GRPC-MSG-005 GRPC-CALL-007",
     "END_STREAM behind one octet of a prefix fails the call with INTERNAL.",
     NEEDS_TEST_SERVICE, truncated, &prefix_1_of_5},
    {"grpc/message/truncated-in-length", "GRPC-MSG-005 GRPC-CALL-007",
     "END_STREAM behind three octets of a prefix fails the call with INTERNAL.",
     NEEDS_TEST_SERVICE, truncated, &prefix_3_of_5},
    {"grpc/message/truncated-before-last-length-octet", "GRPC-MSG-005 GRPC-CALL-007",
     "END_STREAM behind four octets of a prefix fails the call with INTERNAL.",
     NEEDS_TEST_SERVICE, truncated, &prefix_4_of_5},
    {"grpc/message/truncated-after-prefix", "GRPC-MSG-005 GRPC-CALL-007",
     "END_STREAM behind a prefix that announces a payload fails the call with INTERNAL.",
     NEEDS_TEST_SERVICE, truncated, &prefix_alone},
    {"grpc/message/truncated-payload", "GRPC-MSG-005 GRPC-CALL-007",
     "END_STREAM inside a payload fails the call with INTERNAL.",
     NEEDS_TEST_SERVICE, truncated_payload, NULL},
    {"grpc/message/truncated-second", "GRPC-MSG-005 GRPC-MSG-001",
     "END_STREAM inside a later message of a stream fails the call, and the part is not delivered.",
     NEEDS_TEST_SERVICE, truncated_second, NULL},
    {"grpc/message/length-2-gib", "SEC-024 GRPC-MSG-008",
     "A length of 2^31-1 is refused with RESOURCE_EXHAUSTED before the body comes.",
     NEEDS_TEST_SERVICE, length_over_limit, &length_2_gib},
    {"grpc/message/length-4-gib", "SEC-024 GRPC-MSG-008",
     "A length of 2^32-1 is refused with RESOURCE_EXHAUSTED before the body comes.",
     NEEDS_TEST_SERVICE, length_over_limit, &length_4_gib},
    {"grpc/message/five-mebibytes", "GRPC-MSG-008",
     "A message of 5 MiB is taken whole, or refused with RESOURCE_EXHAUSTED.",
     NEEDS_TEST_SERVICE, five_mebibytes, NULL},
};
/* clang-format on */

const struct case_list message_prefix_cases = {cases, ARRAY_LEN(cases)};
