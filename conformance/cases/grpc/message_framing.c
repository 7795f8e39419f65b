/* SPDX-License-Identifier: MIT
 *
 * Length-prefixed messages in DATA frames: what a server must read however the frames are cut, down to messages of no
 * octets (PROTOCOL-HTTP2.md, Length-Prefixed-Message and Data Frames). What it must refuse is in message_prefix.c. */
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

/* Messages up and down whose lengths, with their prefix, go through 16384: one of each fills its frame to the last
 * octet. Nothing of them waits for a frame behind it, be it a message or the end. */
static void around_a_full_frame(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    struct buf message = {0};

    for (size_t size = 16350; size < 16385 && !test_is_over(t); size++) {
        pb_put_streaming_request(&message, TESTING_REQUEST(.payload_size = size),
                                 &(struct response_parameters){.size = size, .compressed = -1}, 1);
        send_message(call, 0, buf_view(&message), FLAG_NONE);
        expect_reply(call, size);
        buf_reset(&message);
    }
    half_close(call);
    expect_status(call, GRPC_OK);
    for (size_t size = 16365; size < 16380 && !test_is_over(t); size++)
        expect_unary_reply(unary_call(t, NO_EDITS, TESTING_REQUEST(.response_size = size)), size);
    buf_clear(&message);
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
    {"grpc/message/around-a-full-frame", "GRPC-MSG-002 GRPC-REQ-HDR-025",
     "Messages that fill a frame to the last octet are delivered, and so is the end behind them.",
     NEEDS_TEST_SERVICE, around_a_full_frame, NULL},
    {"grpc/message/response-prefix", "GRPC-MSG-001",
     "Responses of all sizes carry flag, length in network order, and as many octets.",
     NEEDS_TEST_SERVICE, response_prefix, NULL},
};
/* clang-format on */

const struct case_list message_framing_cases = {cases, ARRAY_LEN(cases)};
