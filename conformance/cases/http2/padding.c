/* SPDX-License-Identifier: MIT
 *
 * Padding, and the priority fields of HEADERS (RFC 9113 6.1, 6.2): lengths from none to the longest, too much of
 * it, and octets that are not zero. */
#include "cases/cases.h"
#include "cases/http2/common.h"

struct decorated {
    bool padded, priority,
        continued; /* continued: the second half of the block comes in CONTINUATION */
    uint8_t pad_len;
};
#define DECORATED(...) (&(const struct decorated){__VA_ARGS__})

static void decorated_headers(struct test *t)
{
    const struct decorated *row = t->arg;
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0}, payload = {0};
    size_t first;
    uint8_t flags = 0;

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    first = row->continued ? block.len / 2 : block.len;
    if (row->padded) {
        buf_put_u8(&payload, row->pad_len);
        flags |= FLAG_PADDED;
    }
    if (row->priority) {
        buf_put(&payload, BYTES("\0\0\0\0\17"));
        flags |= FLAG_PRIORITY;
    }
    buf_put(&payload, bytes_first(buf_view(&block), first));
    buf_put_zeros(&payload, row->pad_len);
    if (!row->continued)
        flags |= FLAG_END_HEADERS;
    send_frame(call->conn, FRAME_HEADERS, flags, call->stream, buf_view(&payload));
    if (row->continued)
        send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream,
                   bytes_skip(buf_view(&block), first));
    complete_call(call);
    expect_connection_still_serves(call->conn);
    buf_clear(&block);
    buf_clear(&payload);
}

/* The first half of a field section, then padding where the rest should be. */
static void headers_padding_too_long(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0}, payload = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    buf_put_u8(&payload, (uint8_t)(block.len + 1 < 255 ? block.len + 1 : 255));
    buf_put(&payload, bytes_first(buf_view(&block), 254));
    send_frame(call->conn, FRAME_HEADERS, FLAG_PADDED | FLAG_END_HEADERS, call->stream,
               buf_view(&payload));
    expect_outcome(
        call,
        ONE_OF(GOAWAY(H2_PROTOCOL_ERROR),
               LENIENT_RESET(H2_PROTOCOL_ERROR, "a stream error, though the block may be lost"),
               LENIENT_GOAWAY(H2_FRAME_SIZE_ERROR, "a connection error of another code"),
               LENIENT_GOAWAY(H2_COMPRESSION_ERROR, "a connection error of another code"),
               LENIENT_CLOSE));
    expect_target_still_serves(t);
    buf_clear(&block);
    buf_clear(&payload);
}

static void data_padding_too_long(struct test *t)
{
    const struct bytes *payload = t->arg;
    struct call *call = open_call(t);

    send_frame(call->conn, FRAME_DATA, FLAG_PADDED, call->stream, *payload);
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
}

/* Padding that reached the message parser would change the sum of payload octets. */
static void padded_data(struct test *t)
{
    uint8_t pad_len = *(const uint8_t *)t->arg;
    struct call *call = new_call(t, STREAMING_INPUT_CALL);
    struct buf request = {0}, message = {0};
    struct message answer;

    pb_put_input_request(&request, 301, -1);
    put_message_prefix(&message, 0, (uint32_t)request.len);
    buf_put(&message, buf_view(&request));
    send_request_headers(call, NO_EDITS, 0);
    for (size_t at = 0; at < message.len; at += 5)
        send_padded_data(call, bytes_first(bytes_skip(buf_view(&message), at), 5), pad_len, 0);
    send_padded_data(call, NO_BYTES, pad_len, 0); /* nothing but padding */
    half_close(call);
    answer = next_message(call);
    expect_status(call, GRPC_OK);
    expect(t, pb_aggregated_size(answer.payload) == 301, "301 octets of payload arrive",
           "%lld arrived", (long long)pb_aggregated_size(answer.payload));
    expect_connection_still_serves(call->conn);
    buf_clear(&request);
    buf_clear(&message);
}

static void padding_that_is_not_zero(struct test *t)
{
    struct call *call = open_call(t);

    send_frame(call->conn, FRAME_DATA, FLAG_PADDED, call->stream,
               BYTES("\4\0\0\0\0\0\xff\xff\xff\xff"));
    expect_outcome(call,
                   ONE_OF(IGNORED, STATUS(GRPC_OK), GOAWAY(H2_PROTOCOL_ERROR),
                          LENIENT_RESET(H2_PROTOCOL_ERROR,
                                        "a stream error, where only a connection error is allowed"),
                          LENIENT_CLOSE));
    test_note(t, "padding octets that are not zero: %s",
              call->conn->goaways ? "a connection error" : "ignored");
    expect_target_still_serves(t);
}

static const struct test_case cases[] = {
    {"http2/frames/headers-padding-too-long", "H2-FRAME-027",
     "HEADERS with more padding than octets is a PROTOCOL_ERROR.", NEEDS_TRANSPORT,
     headers_padding_too_long, NULL},
    {"http2/frames/data-padding-as-long-as-payload", "H2-FRAME-029",
     "DATA whose pad length is the payload's length is a PROTOCOL_ERROR.", NEEDS_TEST_SERVICE,
     data_padding_too_long, &BYTES("\5\0\0\0\0")},
    {"http2/frames/data-padding-too-long", "H2-FRAME-029",
     "DATA whose pad length is above the payload's length is a PROTOCOL_ERROR.", NEEDS_TEST_SERVICE,
     data_padding_too_long, &BYTES("\xff\0\0\0\0")},
    {"http2/frames/headers-pad-length-0", "H2-FRAME-030",
     "HEADERS with PADDED and no padding are understood.", NEEDS_TRANSPORT, decorated_headers,
     DECORATED(.padded = true)},
    {"http2/frames/headers-pad-length-1", "H2-FRAME-030",
     "HEADERS with one octet of padding are understood.", NEEDS_TRANSPORT, decorated_headers,
     DECORATED(.padded = true, .pad_len = 1)},
    {"http2/frames/headers-pad-length-255", "H2-FRAME-030",
     "HEADERS with 255 octets of padding are understood.", NEEDS_TRANSPORT, decorated_headers,
     DECORATED(.padded = true, .pad_len = 255)},
    {"http2/frames/headers-with-priority", "H2-FRAME-032",
     "HEADERS with priority fields are understood.", NEEDS_TRANSPORT, decorated_headers,
     DECORATED(.priority = true)},
    {"http2/frames/headers-with-padding-and-priority", "H2-FRAME-032 H2-FRAME-030",
     "HEADERS with padding and priority fields are understood.", NEEDS_TRANSPORT, decorated_headers,
     DECORATED(.padded = true, .priority = true, .pad_len = 7)},
    {"http2/frames/padded-headers-with-continuation", "H2-FRAME-034 H2-FRAME-030",
     "A block whose HEADERS are padded goes on in CONTINUATION.", NEEDS_TRANSPORT,
     decorated_headers,
     DECORATED(.padded = true, .priority = true, .continued = true, .pad_len = 7)},
    {"http2/frames/data-pad-length-0", "H2-FRAME-031",
     "DATA with PADDED and no padding are understood.", NEEDS_TEST_SERVICE, padded_data,
     &(const uint8_t){0}},
    {"http2/frames/data-pad-length-255", "H2-FRAME-031",
     "DATA with 255 octets of padding are understood.", NEEDS_TEST_SERVICE, padded_data,
     &(const uint8_t){255}},
    {"http2/frames/padding-not-zero", "H2-FRAME-033",
     "Padding octets that are not zero are ignored or a PROTOCOL_ERROR.", NEEDS_TEST_SERVICE,
     padding_that_is_not_zero, NULL},
};
const struct case_list padding_cases = {cases, ARRAY_LEN(cases)};
