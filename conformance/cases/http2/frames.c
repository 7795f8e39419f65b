/* SPDX-License-Identifier: MIT
 *
 * Frames (RFC 9113 4.1, 6): types, flags and bits nobody knows, PRIORITY, RST_STREAM, and frames in places where they
 * must not be. Lengths are in frame_sizes.c, padding in padding.c, header blocks over several frames in
 * continuation.c, stream states in stream_states.c. */
#include "cases/cases.h"
#include "cases/http2/common.h"

/* ---- to be ignored --------------------------------------------------------------------------- */

enum { ON_STREAM_0, ON_AN_OPEN_STREAM, ON_AN_IDLE_STREAM };

struct some_frame {
    uint8_t type, flags;
    int where;
    struct bytes payload;
};
#define A_FRAME(...) (&(const struct some_frame){__VA_ARGS__})

static uint32_t stream_for(int where, const struct call *call)
{
    switch (where) {
    case ON_STREAM_0:
        return 0;
    case ON_AN_OPEN_STREAM:
        return call->stream;
    default:
        return call->stream + 100;
    }
}

/* Sent in the middle of a call, which then goes on as if nothing had been. */
static void ignored_frame(struct test *t)
{
    const struct some_frame *row = t->arg;
    struct call *call = open_call(t);

    send_frame(call->conn, row->type, row->flags, stream_for(row->where, call), row->payload);
    complete_call(call);
    expect_nothing_closed(call->conn);
    expect_connection_still_serves(call->conn);
}

/* Every type that no document has taken, on the connection and on a stream in turn. */
static void every_unknown_type(struct test *t)
{
    struct call *call = open_call(t);

    for (unsigned type = 0x0b; type <= 0xff && !test_is_over(t); type++)
        if (type != 0x0c && type != 0x10) /* ORIGIN, PRIORITY_UPDATE */
            send_frame(call->conn, (uint8_t)type, 0, type % 2 ? 0 : call->stream,
                       BYTES("grpcspec"));
    complete_call(call);
    expect_nothing_closed(call->conn);
    expect_connection_still_serves(call->conn);
}

struct odd_bits {
    uint8_t flags;
    bool reserved;
};
#define ODD(...)     (&(const struct odd_bits){__VA_ARGS__})
#define RESERVED_BIT (UINT32_C(1) << 31)

static void send_odd(struct conn *conn, uint8_t type, uint8_t flags, uint32_t stream,
                     struct bytes payload)
{
    const struct odd_bits *row = conn->t->arg;
    uint32_t stream_bits = row->reserved ? stream | RESERVED_BIT : stream;

    send_lying_frame(conn, (uint32_t)payload.len, type, (uint8_t)(flags | row->flags), stream_bits,
                     payload);
}

static void odd_bits_in_ping(struct test *t)
{
    struct conn *conn = main_connection(t);
    unsigned before = conn->ping_acks;

    send_odd(conn, FRAME_PING, 0, 0, BYTES("odd bits"));
    expect_call_works(conn);
    expect_nothing_closed(conn);
    expect(t, conn->ping_acks == before + 1, "the PING is answered once", "%u answers",
           conn->ping_acks - before);
    expect(t, memcmp(conn->last_ping_ack, "odd bits", 8) == 0, "the answer has the same octets",
           "it has others");
    expect_connection_still_serves(conn);
}

static void odd_bits_in_settings(struct test *t)
{
    struct conn *conn = main_connection(t);
    unsigned before = conn->settings_acks;

    send_odd(conn, FRAME_SETTINGS, 0, 0, NO_BYTES);
    expect_settings_acks(conn, before + 1);
    expect_connection_still_serves(conn);
}

static void odd_bits_in_request(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0}, message = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    put_message_prefix(&message, 0, 0);
    send_odd(conn, FRAME_HEADERS, FLAG_END_HEADERS, call->stream, buf_view(&block));
    send_data(call, buf_view(&message), FLAG_END_STREAM);
    expect_answer(call);
    expect_connection_still_serves(conn);
    buf_clear(&block);
    buf_clear(&message);
}

/* Were the odd bits taken for END_STREAM, the second frame would be refused. */
static void odd_bits_in_data(struct test *t)
{
    struct call *call = open_call(t);
    struct buf message = {0};

    put_message_prefix(&message, 0, 0);
    send_odd(call->conn, FRAME_DATA, 0, call->stream, bytes_first(buf_view(&message), 2));
    send_odd(call->conn, FRAME_DATA, FLAG_END_STREAM, call->stream,
             bytes_skip(buf_view(&message), 2));
    expect_answer(call);
    expect_connection_still_serves(call->conn);
    buf_clear(&message);
}

/* A block in two frames, the second with the flag that in HEADERS would be END_STREAM: the request goes on. */
static void odd_bits_in_continuation(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    send_frame(conn, FRAME_HEADERS, 0, call->stream, bytes_first(buf_view(&block), 10));
    send_odd(conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream,
             bytes_skip(buf_view(&block), 10));
    complete_call(call);
    expect_connection_still_serves(conn);
    buf_clear(&block);
}

static void odd_bits_in_window_update(struct test *t)
{
    struct call *call = open_call(t);

    send_odd(call->conn, FRAME_WINDOW_UPDATE, 0, 0, BYTES("\0\0\0\1"));
    send_odd(call->conn, FRAME_WINDOW_UPDATE, 0, call->stream, BYTES("\0\0\0\1"));
    complete_call(call);
    expect_connection_still_serves(call->conn);
}

static void odd_bits_in_rst_stream(struct test *t)
{
    struct call *call = open_call(t);

    send_odd(call->conn, FRAME_RST_STREAM, 0, call->stream, BYTES("\0\0\0\10"));
    expect_nothing_closed(call->conn);
    expect_connection_still_serves(call->conn);
}

/* ---- PRIORITY -------------------------------------------------------------------------------- */

static void priority_on_an_idle_stream(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);

    send_priority(conn, call->stream, 0, false, 255);
    send_priority(conn, call->stream + 50, call->stream, true, 0);
    send_request_headers(call, NO_EDITS, 0);
    complete_call(call);
    expect_connection_still_serves(conn);
}

static void priority_on_an_open_stream(struct test *t)
{
    struct call *call = open_call(t);

    send_priority(call->conn, call->stream, 0, true, 16);
    complete_call(call);
    expect_connection_still_serves(call->conn);
}

static void priority_on_a_half_closed_stream(struct test *t)
{
    struct call *call = blocked_call(t, 100);

    send_priority(call->conn, call->stream, 0, false, 3);
    release_call(call);
    expect_connection_still_serves(call->conn);
}

static void priority_on_a_closed_stream(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = send_unary(t, EMPTY_CALL, NO_BYTES);

    expect_answer(call);
    send_priority(conn, call->stream, 0, false, 3);
    send_priority(conn, 2, 0, false, 3); /* even streams are the server's, and idle */
    expect_call_works(conn);
    expect_connection_still_serves(conn);
}

static void priority_on_itself(struct test *t)
{
    struct call *call = open_call(t);

    send_priority(call->conn, call->stream, call->stream, false, 16);
    expect_outcome(
        call, ONE_OF(IGNORED, RESET(H2_PROTOCOL_ERROR),
                     LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "a connection error for a stream's fault"),
                     LENIENT_CLOSE));
    expect_target_still_serves(t);
}

/* ---- RST_STREAM ------------------------------------------------------------------------------ */

/* Whether a thread of its own still says something of a call is a matter of luck: of twenty calls none may be
 * answered so. */
static void reset_is_not_answered(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *calls[20];
    size_t answered = 0;

    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        calls[i] = open_call_on(conn);
        expect_call_works(conn);
        cancel_call(calls[i]);
        expect_call_works(conn);
    }
    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        answered += frames_received(conn, FRAME_RST_STREAM, calls[i]->stream);
    expect(t, answered == 0, "no RST_STREAM in answer to RST_STREAM", "%zu came back for twenty",
           answered);
    expect_connection_still_serves(conn);
}

static void reset_with_code(struct test *t)
{
    uint32_t code = *(const uint32_t *)t->arg;
    struct call *call = open_call(t);
    struct call *sibling = open_call(t);

    send_rst_stream(call->conn, call->stream, code);
    complete_call(sibling);
    expect_nothing_closed(call->conn);
    expect_connection_still_serves(call->conn);
}

/* ---- connection errors ----------------------------------------------------------------------- */

struct misplaced {
    uint8_t type, flags;
    uint32_t stream; /* as it is; 0 is 0 */
    struct bytes payload;
};
#define MISPLACED(...) (&(const struct misplaced){__VA_ARGS__})

static void misplaced_frame(struct test *t)
{
    const struct misplaced *row = t->arg;
    struct conn *conn = connect_h2(t);

    send_frame(conn, row->type, row->flags, row->stream, row->payload);
    expect_connection_error(conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
}

static void headers_on_stream_zero(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    send_frame(call->conn, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_END_STREAM, 0, buf_view(&block));
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
    buf_clear(&block);
}

static void push_promise(struct test *t)
{
    struct call *call = open_call(t);
    struct buf payload = {0};

    buf_put_u32(&payload, 2);
    put_request(&payload, call, NO_EDITS, LITERAL_NOT_INDEXED);
    send_frame(call->conn, FRAME_PUSH_PROMISE, FLAG_END_HEADERS, call->stream, buf_view(&payload));
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
    buf_clear(&payload);
}

/* ---- cut off --------------------------------------------------------------------------------- */

/* The frame that would complete the request is announced in full, and never comes in full. */
static void cut_off_inside_data(struct test *t)
{
    struct call *call = open_call(t);

    send_lying_frame(call->conn, 5, FRAME_DATA, FLAG_END_STREAM, call->stream, BYTES("\0\0\0"));
    finish_writing(call->conn);
    wait_for_close(call->conn);
    expect(t, call_status(call) != GRPC_OK, "half a message is no message",
           "the call ended with OK");
    expect_target_still_serves(t);
}

static const struct test_case cases[] = {
    {"http2/frames/unknown-type-on-stream-0", "H2-FRAME-001",
     "A frame of unknown type on stream 0 is ignored.", NEEDS_TRANSPORT, ignored_frame,
     A_FRAME(0xbb, 0, ON_STREAM_0, OCTETS("grpcspec"))},
    {"http2/frames/unknown-type-with-all-flags", "H2-FRAME-001",
     "A frame of unknown type is ignored whatever its flags are.", NEEDS_TRANSPORT, ignored_frame,
     A_FRAME(0xff, 0xff, ON_STREAM_0, OCTETS(""))},
    {"http2/frames/unknown-type-on-an-open-stream", "H2-FRAME-001",
     "A frame of unknown type on an open stream is ignored.", NEEDS_TRANSPORT, ignored_frame,
     A_FRAME(0xbb, 0, ON_AN_OPEN_STREAM, OCTETS("grpcspec"))},
    {"http2/frames/unknown-type-on-an-idle-stream", "H2-FRAME-001",
     "A frame of unknown type on an idle stream is ignored.", NEEDS_TRANSPORT, ignored_frame,
     A_FRAME(0xbb, 0, ON_AN_IDLE_STREAM, OCTETS("grpcspec"))},
    {"http2/frames/altsvc-from-a-client", "H2-FRAME-001", "ALTSVC from a client is ignored.",
     NEEDS_TRANSPORT, ignored_frame,
     A_FRAME(0x0a, 0, ON_STREAM_0, OCTETS("\0\11localhosth2=\":1\""))},
    {"http2/frames/every-unknown-type", "H2-FRAME-001",
     "Frames of all types that are not taken are ignored.", NEEDS_TRANSPORT, every_unknown_type,
     NULL},
    {"http2/frames/undefined-flags-on-ping", "H2-FRAME-002", "Undefined flags of PING are ignored.",
     NEEDS_TRANSPORT, odd_bits_in_ping, ODD(.flags = 0xfe)},
    {"http2/frames/undefined-flags-on-settings", "H2-FRAME-002",
     "Undefined flags of SETTINGS are ignored.", NEEDS_TRANSPORT, odd_bits_in_settings,
     ODD(.flags = 0xfe)},
    {"http2/frames/undefined-flags-on-headers", "H2-FRAME-002",
     "Undefined flags of HEADERS are ignored.", NEEDS_TRANSPORT, odd_bits_in_request,
     ODD(.flags = 0xd2)},
    {"http2/frames/undefined-flags-on-data", "H2-FRAME-002", "Undefined flags of DATA are ignored.",
     NEEDS_TRANSPORT, odd_bits_in_data, ODD(.flags = 0xf6)},
    {"http2/frames/undefined-flags-on-continuation", "H2-FRAME-002",
     "Undefined flags of CONTINUATION are ignored.", NEEDS_TRANSPORT, odd_bits_in_continuation,
     ODD(.flags = 0xfb)},
    {"http2/frames/undefined-flags-on-window-update", "H2-FRAME-002",
     "Undefined flags of WINDOW_UPDATE are ignored.", NEEDS_TRANSPORT, odd_bits_in_window_update,
     ODD(.flags = 0xff)},
    {"http2/frames/undefined-flags-on-rst-stream", "H2-FRAME-002",
     "Undefined flags of RST_STREAM are ignored.", NEEDS_TRANSPORT, odd_bits_in_rst_stream,
     ODD(.flags = 0xff)},
    {"http2/frames/reserved-bit-on-ping", "H2-FRAME-003",
     "The reserved bit beside stream 0 is ignored.", NEEDS_TRANSPORT, odd_bits_in_ping,
     ODD(.reserved = true)},
    {"http2/frames/reserved-bit-on-headers", "H2-FRAME-003",
     "The reserved bit beside a new stream's id is ignored.", NEEDS_TRANSPORT, odd_bits_in_request,
     ODD(.reserved = true)},
    {"http2/frames/reserved-bit-on-data", "H2-FRAME-003",
     "The reserved bit beside an open stream's id is ignored.", NEEDS_TRANSPORT, odd_bits_in_data,
     ODD(.reserved = true)},
    {"http2/frames/priority-on-an-idle-stream", "H2-FRAME-012",
     "PRIORITY on an idle stream changes nothing: the stream can still be opened.", NEEDS_TRANSPORT,
     priority_on_an_idle_stream, NULL},
    {"http2/frames/priority-on-an-open-stream", "H2-FRAME-012",
     "PRIORITY on an open stream changes nothing.", NEEDS_TRANSPORT, priority_on_an_open_stream,
     NULL},
    {"http2/frames/priority-on-a-half-closed-stream", "H2-FRAME-012 H2-STREAM-011",
     "PRIORITY on a half-closed stream changes nothing.", NEEDS_TEST_SERVICE,
     priority_on_a_half_closed_stream, NULL},
    {"http2/frames/priority-on-a-closed-stream", "H2-FRAME-012",
     "PRIORITY on a closed stream, and on one of the server's ids, changes nothing.",
     NEEDS_TRANSPORT, priority_on_a_closed_stream, NULL},
    {"http2/frames/priority-on-itself", "H2-FRAME-013",
     "A stream that depends on itself is ignored or a PROTOCOL_ERROR of that stream.",
     NEEDS_TEST_SERVICE, priority_on_itself, NULL},
    {"http2/frames/priority-on-stream-0", "H2-FRAME-010",
     "PRIORITY on stream 0 is a PROTOCOL_ERROR.", NEEDS_TRANSPORT, misplaced_frame,
     MISPLACED(FRAME_PRIORITY, .payload = OCTETS("\0\0\0\3\17"))},
    {"http2/frames/rst-stream-on-stream-0", "H2-FRAME-014",
     "RST_STREAM on stream 0 is a PROTOCOL_ERROR.", NEEDS_TRANSPORT, misplaced_frame,
     MISPLACED(FRAME_RST_STREAM, .payload = OCTETS("\0\0\0\10"))},
    {"http2/frames/rst-stream-on-an-idle-stream", "H2-FRAME-015",
     "RST_STREAM on an idle stream is a PROTOCOL_ERROR.", NEEDS_TRANSPORT, misplaced_frame,
     MISPLACED(FRAME_RST_STREAM, 0, 5, OCTETS("\0\0\0\10"))},
    {"http2/frames/rst-stream-not-answered", "H2-FRAME-018",
     "RST_STREAM is not answered by RST_STREAM.", NEEDS_TEST_SERVICE, reset_is_not_answered, NULL},
    {"http2/frames/rst-stream-unknown-code", "H2-FRAME-017",
     "RST_STREAM with a code nobody knows ends its own stream only.", NEEDS_TRANSPORT,
     reset_with_code, &(const uint32_t){0xdeadbeef}},
    {"http2/frames/rst-stream-no-error", "H2-STREAM-021",
     "RST_STREAM(NO_ERROR) ends its own stream only.", NEEDS_TRANSPORT, reset_with_code,
     &(const uint32_t){H2_NO_ERROR}},
    {"http2/frames/rst-stream-cancel", "H2-STREAM-021",
     "RST_STREAM(CANCEL) ends its own stream only.", NEEDS_TRANSPORT, reset_with_code,
     &(const uint32_t){H2_CANCEL}},
    {"http2/frames/rst-stream-protocol-error", "H2-STREAM-021",
     "RST_STREAM(PROTOCOL_ERROR) ends its own stream only.", NEEDS_TRANSPORT, reset_with_code,
     &(const uint32_t){H2_PROTOCOL_ERROR}},
    {"http2/frames/push-promise", "H2-FRAME-019", "PUSH_PROMISE from a client is a PROTOCOL_ERROR.",
     NEEDS_TRANSPORT, push_promise, NULL},
    {"http2/frames/headers-on-stream-0", "H2-FRAME-026", "HEADERS on stream 0 is a PROTOCOL_ERROR.",
     NEEDS_TRANSPORT, headers_on_stream_zero, NULL},
    {"http2/frames/data-on-stream-0", "H2-FRAME-028", "DATA on stream 0 is a PROTOCOL_ERROR.",
     NEEDS_TRANSPORT, misplaced_frame, MISPLACED(FRAME_DATA, .payload = OCTETS("\0\0\0\0\0"))},
    {"http2/frames/cut-off-inside-data", "H2-FRAME-035",
     "Half a DATA frame before the end of the connection is not a message.", NEEDS_TEST_SERVICE,
     cut_off_inside_data, NULL},
};
const struct case_list frame_cases = {cases, ARRAY_LEN(cases)};
