/* SPDX-License-Identifier: MIT
 *
 * Length-prefixed messages in DATA frames: what a server must read however the frames are cut, and
 * what it must refuse (PROTOCOL-HTTP2.md, Length-Prefixed-Message and Data Frames). Compressed
 * ones are in compression.c. */
#include "cases/cases.h"
#include "cases/grpc/common.h"

#define PREFIX_LEN 5

/* A whole SimpleRequest with its prefix, as one run of octets to be cut. */
static struct buf framed_simple_request(struct testing_request request)
{
    struct buf message = {0}, framed = {0};

    pb_put_simple_request(&message, request);
    put_message_prefix(&framed, 0, (uint32_t)message.len);
    buf_put(&framed, buf_view(&message));
    buf_clear(&message);
    return framed;
}

static void put_framed_output_request(struct buf *out, size_t response_size)
{
    const struct response_parameters one = {.size = response_size, .compressed = -1};
    struct buf message = {0};

    pb_put_streaming_request(&message, TESTING_REQUEST(.payload_size = 0), &one, 1);
    put_message_prefix(out, 0, (uint32_t)message.len);
    buf_put(out, buf_view(&message));
    buf_clear(&message);
}

/* ---- a zero-length message ------------------------------------------------------------------- */

static void empty_message(struct test *t)
{
    struct call *call = empty_call(t, NO_EDITS);

    expect_message(call, NO_BYTES);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

/* On a stream: it is taken as a request that asks for nothing, and the stream goes on. */
static void empty_message_on_stream(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    send_message(call, 0, NO_BYTES, FLAG_NONE);
    send_duplex(call, 7, FLAG_NONE);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    expect_reply(call, 7);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

/* ---- frames do not match messages ------------------------------------------------------------ */

struct split_row {
    size_t at;
};
static const struct split_row split_1 = {1}, split_2 = {2}, split_3 = {3}, split_4 = {4},
                              split_5 = {5}, split_6 = {6};

static void split_after(struct test *t)
{
    struct buf framed = framed_simple_request(
        TESTING_REQUEST(.response_size = 300, .payload_size = 300));
    struct call *call = start_call(t, UNARY_CALL, NO_EDITS);
    size_t at = ROW(t, split_row)->at;

    send_data(call, bytes_first(buf_view(&framed), at), FLAG_NONE);
    expect_ping_answer(call->conn); /* the first piece is there, alone */
    send_data(call, bytes_skip(buf_view(&framed), at), FLAG_END_STREAM);
    expect_unary_reply(call, 300);
    buf_clear(&framed);
}

static void one_octet_per_frame(struct test *t)
{
    struct buf framed = framed_simple_request(
        TESTING_REQUEST(.response_size = 30, .payload_size = 30));
    struct call *call = start_call(t, UNARY_CALL, NO_EDITS);

    for (size_t i = 0; i < framed.len; i++)
        send_data(call, bytes_of(framed.data + i, 1),
                  i + 1 == framed.len ? FLAG_END_STREAM : FLAG_NONE);
    expect_unary_reply(call, 30);
    buf_clear(&framed);
}

static void many_in_one_frame(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    struct buf data = {0};

    for (size_t size = 1; size <= 100; size++)
        put_framed_output_request(&data, size);
    send_data(call, buf_view(&data), FLAG_END_STREAM);
    for (size_t size = 1; size <= 100; size++)
        expect_reply(call, size);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
    buf_clear(&data);
}

/* One frame holds the end of a message and the beginning of the next, cut at each place of the
 * second's prefix. */
static void frame_spans_messages(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    struct buf data = {0};
    size_t ends[PREFIX_LEN + 2], sent = 0;

    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        put_framed_output_request(&data, 10 + i);
        ends[i] = data.len;
    }
    for (size_t i = 0; i + 1 < ARRAY_LEN(ends); i++) {
        send_data(call, bytes_of(data.data + sent, ends[i] + i - sent), FLAG_NONE);
        sent = ends[i] + i;
    }
    send_data(call, bytes_skip(buf_view(&data), sent), FLAG_END_STREAM);
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        expect_reply(call, 10 + i);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
    buf_clear(&data);
}

/* Never two of them in a row, which some servers take for a flood. */
static void empty_frames(struct test *t)
{
    struct buf framed = framed_simple_request(TESTING_REQUEST(.response_size = 12));
    struct call *call = start_call(t, UNARY_CALL, NO_EDITS);
    size_t cuts[] = {1, 5, 6, framed.len};
    size_t sent = 0;

    for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
        send_data(call, NO_BYTES, FLAG_NONE);
        send_data(call, bytes_of(framed.data + sent, cuts[i] - sent), FLAG_NONE);
        sent = cuts[i];
    }
    half_close(call);
    expect_unary_reply(call, 12);
    buf_clear(&framed);
}

static void empty_frames_between(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    for (size_t size = 1; size <= 3; size++) {
        send_data(call, NO_BYTES, FLAG_NONE);
        send_duplex(call, size, FLAG_NONE);
        expect_reply(call, size);
    }
    half_close(call);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

static void end_stream_on_last_octets(struct test *t)
{
    struct call *call = unary_call(t, NO_EDITS, TESTING_REQUEST(.response_size = 21));
    expect_unary_reply(call, 21);
}

static void end_stream_alone(struct test *t)
{
    struct call *call = start_call(t, UNARY_CALL, NO_EDITS);

    send_simple_request(call, TESTING_REQUEST(.response_size = 21), FLAG_NONE);
    expect_ping_answer(call->conn);
    half_close(call);
    expect_unary_reply(call, 21);
}

/* Two calls whose request octets alternate on the connection. */
static void interleaved_calls(struct test *t)
{
    struct buf framed[2] = {framed_simple_request(TESTING_REQUEST(.response_size = 111)),
                            framed_simple_request(TESTING_REQUEST(.response_size = 222))};
    struct call *calls[2] = {start_call(t, UNARY_CALL, NO_EDITS),
                             start_call(t, UNARY_CALL, NO_EDITS)};

    for (size_t i = 0; i < framed[0].len || i < framed[1].len; i++)
        for (size_t c = 0; c < 2; c++)
            if (i < framed[c].len)
                send_data(calls[c], bytes_of(framed[c].data + i, 1), FLAG_NONE);
    half_close(calls[1]);
    half_close(calls[0]);
    expect_unary_reply(calls[0], 111);
    expect_unary_reply(calls[1], 222);
    buf_clear(&framed[0]);
    buf_clear(&framed[1]);
}

/* A thousand requests whose sizes are a sequence no reordering keeps, cut anywhere. */
static void thousand_in_order(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    struct buf data = {0};
    size_t sizes[1000], sent = 0;

    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        sizes[i] = (size_t)(test_random(t) % 100) + (i % 7);
        put_framed_output_request(&data, sizes[i]);
    }
    while (sent < data.len && !test_is_over(t)) {
        struct bytes piece = bytes_first(bytes_skip(buf_view(&data), sent),
                                         (size_t)(test_random(t) % 200) + 1);
        send_data(call, piece, FLAG_NONE);
        sent += piece.len;
    }
    half_close(call);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        expect_reply(call, sizes[i]);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
    buf_clear(&data);
}

/* Every octet of the response belongs to a message whose flag is 0 or 1. */
static void response_prefix(struct test *t)
{
    static const size_t sizes[] = {0, 1, 255, 256, 65535, 65536, 70000};
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    size_t at = 0;

    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        send_duplex(call, sizes[i], i + 1 == ARRAY_LEN(sizes) ? FLAG_END_STREAM : FLAG_NONE);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        expect_reply(call, sizes[i]);
    expect_status(call, GRPC_OK);
    while (!test_is_over(t) && at < call->data.len) {
        struct bytes left = bytes_skip(buf_view(&call->data), at);
        bool whole = left.len >= PREFIX_LEN && left.data[0] <= 1 &&
                     load_u32(left.data + 1) <= left.len - PREFIX_LEN;
        expect(t, whole, "DATA is whole messages: flag 0 or 1, length, as many octets",
               "something else at octet %zu", at);
        at += whole ? PREFIX_LEN + load_u32(left.data + 1) : left.len;
    }
}

/* ---- what must be refused -------------------------------------------------------------------- */

struct flag_row {
    uint8_t flag;
};
static const struct flag_row flag_2 = {2}, flag_3 = {3}, flag_0x80 = {0x80}, flag_0xff = {0xff};

static void reserved_flag(struct test *t)
{
    struct call *call = start_call(t, UNARY_CALL, NO_EDITS);
    struct buf request = {0};

    pb_put_simple_request(&request, TESTING_REQUEST(.response_size = 3));
    send_message(call, ROW(t, flag_row)->flag, buf_view(&request), FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(STATUS(GRPC_INTERNAL), ANY_RESET,
                                LENIENT_ANY_ERROR("INTERNAL is what other servers say"),
                                LENIENT_STATUS(GRPC_OK, "taken as a message without compression")));
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
    struct call *call = start_call(t, STREAMING_INPUT_CALL, NO_EDITS);
    struct buf message = {0}, data = {0};

    send_input(call, 10, FLAG_NONE);
    pb_put_input_request(&message, 100, -1);
    put_message_prefix(&data, 0, (uint32_t)message.len);
    buf_put(&data, bytes_first(buf_view(&message), message.len / 2));
    send_data(call, buf_view(&data), FLAG_END_STREAM);
    expect_outcome(
        call, ONE_OF(STATUS(GRPC_INTERNAL), LENIENT_ANY_ERROR("INTERNAL is what other servers say"),
                     LENIENT_ANY_RESET("reset instead of a status"),
                     LENIENT_STATUS(GRPC_OK, "the partial message was dropped silently")));
    if (call_status(call) == GRPC_OK) {
        int64_t sum = pb_aggregated_size(one_message(call).payload);
        expect(t, sum == 10, "a partial message is not delivered", "a sum of %lld octets, not 10",
               (long long)sum);
    }
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

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/message/empty", "GRPC-MSG-003 GRPC-CALL-001",
     "A zero-length message is a message, up and down.",
     NEEDS_TEST_SERVICE, empty_message, NULL},
    {"grpc/message/empty-on-stream", "GRPC-MSG-003",
     "Zero-length messages on a stream are taken, and the stream goes on.",
     NEEDS_TEST_SERVICE, empty_message_on_stream, NULL},
    {"grpc/message/split-after-flag", "GRPC-MSG-002 GRPC-MSG-001",
     "A message whose first frame ends behind the flag is read.",
     NEEDS_TEST_SERVICE, split_after, &split_1},
    {"grpc/message/split-after-two-octets", "GRPC-MSG-002 GRPC-MSG-001",
     "A message whose first frame ends behind one octet of the length is read.",
     NEEDS_TEST_SERVICE, split_after, &split_2},
    {"grpc/message/split-after-three-octets", "GRPC-MSG-002 GRPC-MSG-001",
     "A message whose first frame ends behind two octets of the length is read.",
     NEEDS_TEST_SERVICE, split_after, &split_3},
    {"grpc/message/split-after-four-octets", "GRPC-MSG-002 GRPC-MSG-001",
     "A message whose first frame ends behind three octets of the length is read.",
     NEEDS_TEST_SERVICE, split_after, &split_4},
    {"grpc/message/split-after-prefix", "GRPC-MSG-002 GRPC-MSG-001",
     "A message whose first frame is its prefix is read.",
     NEEDS_TEST_SERVICE, split_after, &split_5},
    {"grpc/message/split-in-payload", "GRPC-MSG-002 GRPC-MSG-001",
     "A message whose first frame ends behind one octet of payload is read.",
     NEEDS_TEST_SERVICE, split_after, &split_6},
    {"grpc/message/one-octet-per-frame", "GRPC-MSG-002",
     "A message sent in frames of one octet is read.",
     NEEDS_TEST_SERVICE, one_octet_per_frame, NULL},
    {"grpc/message/many-in-one-frame", "GRPC-MSG-002 GRPC-MSG-012",
     "A hundred messages in one frame are read, each on its own.",
     NEEDS_TEST_SERVICE, many_in_one_frame, NULL},
    {"grpc/message/frame-spans-messages", "GRPC-MSG-002",
     "Frames that hold the end of one message and the beginning of the next are read.",
     NEEDS_TEST_SERVICE, frame_spans_messages, NULL},
    {"grpc/message/empty-frames-inside", "GRPC-MSG-006",
     "Empty DATA frames inside a message are ignored.",
     NEEDS_TEST_SERVICE, empty_frames, NULL},
    {"grpc/message/empty-frames-between", "GRPC-MSG-006",
     "Empty DATA frames between messages are ignored.",
     NEEDS_TEST_SERVICE, empty_frames_between, NULL},
    {"grpc/message/end-stream-on-last-octets", "GRPC-MSG-007",
     "END_STREAM on the frame with the last octets ends the request.",
     NEEDS_TEST_SERVICE, end_stream_on_last_octets, NULL},
    {"grpc/message/end-stream-on-empty-frame", "GRPC-MSG-007",
     "END_STREAM on an empty frame of its own ends the request.",
     NEEDS_TEST_SERVICE, end_stream_alone, NULL},
    {"grpc/message/interleaved-calls", "GRPC-MSG-002 GRPC-CALL-019",
     "Messages of two calls whose frames alternate are read, each for its call.",
     NEEDS_TEST_SERVICE, interleaved_calls, NULL},
    {"grpc/message/thousand-in-order", "GRPC-MSG-012 GRPC-MSG-002",
     "A thousand messages cut anywhere are delivered whole and in order.",
     NEEDS_TEST_SERVICE, thousand_in_order, NULL},
    {"grpc/message/response-prefix", "GRPC-MSG-001",
     "Responses of all sizes carry flag, length in network order, and as many octets.",
     NEEDS_TEST_SERVICE, response_prefix, NULL},
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
};
/* clang-format on */

const struct case_list message_cases = {cases, ARRAY_LEN(cases)};
