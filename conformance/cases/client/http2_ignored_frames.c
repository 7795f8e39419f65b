/* SPDX-License-Identifier: MIT
 *
 * What a client passes over in a server's frames (RFC 9113 4.1, 5.5, 6): types, flags, bits and error codes nobody
 * knows, PRIORITY, and RST_STREAM, which is not answered. */
#include "cases/client/client_cases.h"
#include "cases/client/frame_row.h"

#define RESERVED_BIT (UINT32_C(1) << 31)

/* Before the response, in the middle of it, and behind nothing at all. */
static void is_ignored(struct test *t)
{
    const struct some_frame *row = t->arg;
    struct call *call = first_call(t, &large_unary);

    send_frame(call->conn, row->type, row->flags, stream_at(call, row->where), row->payload);
    expect_half_close(call); /* headers that come earlier end some clients' requests */
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_frame(call->conn, row->type, row->flags, stream_at(call, row->where), row->payload);
    expect_call_goes_on(call);
}

static bool has_answered(const struct conn *conn, const void *before)
{
    return conn->closed != NOT_CLOSED || conn->ping_acks > *(const unsigned *)before;
}

/* The reserved bit, and flags that the type does not have. */
static void odd_bits(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct conn *conn = call->conn;
    unsigned before = conn->ping_acks;
    struct buf block = {0};

    send_lying_frame(conn, 8, FRAME_PING, 0xfe, RESERVED_BIT, BYTES("odd bits"));
    (void)wait_until(conn, has_answered, &before); /* a client may end with its call */
    send_lying_frame(conn, 4, FRAME_WINDOW_UPDATE, 0xff, RESERVED_BIT | call->stream,
                     BYTES("\0\0\0\1"));
    put_response_fields(&block, LITERAL_NOT_INDEXED);
    send_lying_frame(conn, (uint32_t)block.len, FRAME_HEADERS, FLAG_END_HEADERS | 0xd2,
                     RESERVED_BIT | call->stream, buf_view(&block));
    send_lying_frame(conn, 5, FRAME_DATA, 0xf6, RESERVED_BIT | call->stream, BYTES("\0\0\0\0\0"));
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
    expect(t, memcmp(conn->last_ping_ack, "odd bits", 8) == 0,
           "the PING with odd bits is answered with the same octets", "it was not");
    buf_clear(&block);
}

static void unknown_reset_code(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_rst_stream(call->conn, call->stream, 0xdead);
    expect_client_error(t);
    expect_client_still_works(t);
}

static void reset_is_not_answered(struct test *t)
{
    struct call *call = first_call(t, &large_unary);

    send_rst_stream(call->conn, call->stream, H2_INTERNAL_ERROR);
    expect_client_error(t);
    expect(t, !call->reset, "no RST_STREAM in answer to RST_STREAM", "RST_STREAM came back");
}

/* clang-format off */
#define IGNORED_FRAME(word, clauses, title, ...)                                                                   \
    {"client/http2/frames/" word, clauses, title, NEEDS_CLIENT, is_ignored, A_FRAME(__VA_ARGS__, H2_NO_ERROR)}
/* clang-format on */

static const struct test_case cases[] = {
    IGNORED_FRAME("unknown-type-on-stream-0", "H2-FRAME-001",
                  "A frame of unknown type on stream 0 is discarded.", 0xbb, 0, ON_STREAM_0,
                  OCTETS("grpcspec")),
    IGNORED_FRAME("unknown-type-on-the-call", "H2-FRAME-001",
                  "A frame of unknown type on an open stream is discarded.", 0xbb, 0xff,
                  ON_THE_CALL, OCTETS("grpcspec")),
    IGNORED_FRAME("altsvc", "H2-FRAME-001", "ALTSVC, an extension, is discarded or understood.",
                  0x0a, 0, ON_STREAM_0, OCTETS("\0\11localhosth2=\":1\"")),
    IGNORED_FRAME("priority-on-the-call", "H2-FRAME-012", "PRIORITY on an open stream is skipped.",
                  FRAME_PRIORITY, 0, ON_THE_CALL, OCTETS("\0\0\0\0\17")),
    IGNORED_FRAME("priority-on-an-idle-stream", "H2-FRAME-012",
                  "PRIORITY on an idle stream is skipped.", FRAME_PRIORITY, 0,
                  ON_AN_UNOPENED_STREAM, OCTETS("\0\0\0\0\17")),
    {"client/http2/frames/odd-bits", "H2-FRAME-002 H2-FRAME-003 H2-FLOW-021",
     "The reserved bit and flags that a type does not have are ignored.", NEEDS_CLIENT, odd_bits,
     NULL},
    {"client/http2/frames/unknown-reset-code", "H2-FRAME-017",
     "An unknown error code in RST_STREAM ends the call and nothing else.", NEEDS_CLIENT,
     unknown_reset_code, NULL},
    {"client/http2/frames/reset-is-not-answered", "H2-FRAME-018",
     "RST_STREAM is not answered with RST_STREAM.", NEEDS_CLIENT, reset_is_not_answered, NULL},
};
const struct case_list client_ignored_frame_cases = {cases, ARRAY_LEN(cases)};
