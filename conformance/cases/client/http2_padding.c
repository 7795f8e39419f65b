/* SPDX-License-Identifier: MIT
 *
 * Padding, and the priority fields of HEADERS (RFC 9113 6.1, 6.2): lengths from none to the longest, and octets that
 * are not zero. Too much of it is in http2_frame_errors.c. */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

/* The whole response in frames of `pad` octets of padding each, of which all are `octet`. */
static void put_padded(struct buf *payload, struct bytes inner, uint8_t pad, uint8_t octet)
{
    buf_reset(payload);
    buf_put_u8(payload, pad);
    buf_put(payload, inner);
    put_octets(payload, octet, pad);
}

struct padding {
    uint8_t pad, octet;
    bool may_refuse;
};
#define PADDING(...) (&(const struct padding){__VA_ARGS__})

static void padded_response(struct test *t)
{
    const struct padding *row = t->arg;
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0}, payload = {0};

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    put_padded(&payload, buf_view(&block), row->pad, row->octet);
    send_frame(call->conn, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_PADDED, call->stream,
               buf_view(&payload));
    put_padded(&payload, BYTES("\0\0"), row->pad, row->octet);
    send_frame(call->conn, FRAME_DATA, FLAG_PADDED, call->stream, buf_view(&payload));
    put_padded(&payload, BYTES("\0\0\0"), row->pad, row->octet);
    send_frame(call->conn, FRAME_DATA, FLAG_PADDED, call->stream, buf_view(&payload));
    send_status(call, GRPC_OK, NULL);
    if (row->may_refuse)
        expect_client_outcome(t, ONE_OF(STATUS(GRPC_OK), ANY_ERROR));
    else
        expect_client_ok(t);
    buf_clear(&block);
    buf_clear(&payload);
}

static void headers_with_priority(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct buf payload = {0};

    buf_put(&payload, BYTES("\x80\0\0\0\x0f"));
    put_response_fields(&payload, LITERAL_NOT_INDEXED);
    send_frame(call->conn, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_PRIORITY, call->stream,
               buf_view(&payload));
    finish_ok(call);
    expect_client_ok(t);
    buf_clear(&payload);
}

static const struct test_case cases[] = {
    {"client/http2/frames/padding", "H2-FRAME-030 H2-FRAME-031",
     "Padding of HEADERS and DATA is no part of the block or the message.", NEEDS_CLIENT,
     padded_response, PADDING(255, 0, false)},
    {"client/http2/frames/padding-of-1", "H2-FRAME-030 H2-FRAME-031",
     "One octet of padding is padding.", NEEDS_CLIENT, padded_response, PADDING(1, 0, false)},
    {"client/http2/frames/padding-of-0", "H2-FRAME-030 H2-FRAME-031",
     "A padded frame may have no padding.", NEEDS_CLIENT, padded_response, PADDING(0, 0, false)},
    {"client/http2/frames/padding-not-zero", "H2-FRAME-033",
     "Padding that is not zero is ignored, or a PROTOCOL_ERROR.", NEEDS_CLIENT, padded_response,
     PADDING(20, 0xff, true)},
    {"client/http2/frames/headers-with-priority", "H2-FRAME-032",
     "The priority fields in HEADERS are skipped.", NEEDS_CLIENT, headers_with_priority, NULL},
};
const struct case_list client_padding_cases = {cases, ARRAY_LEN(cases)};
