/* SPDX-License-Identifier: MIT
 *
 * Frames of a server (RFC 9113 4.1, 4.2, 6): types, flags and bits nobody knows, padding, header blocks in pieces,
 * wrong lengths, and frames in places where they must not be. */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

struct some_frame {
    uint8_t type, flags;
    enum where where;
    struct bytes payload;
    uint32_t code; /* of the connection error that is due */
};
#define A_FRAME(...)   (&(const struct some_frame){__VA_ARGS__})
#define RESERVED_BIT   (UINT32_C(1) << 31)
#define A_FIELD        "\x00\x06x-late\x01v" /* a literal that would be legal in any block */
#define ANY_FIELD_SIZE 9

/* ---- to be ignored --------------------------------------------------------------------------- */

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

/* Some make an error of the stream of it, which leaves the connection in step: the block is not decoded. */
static void headers_padding_too_long(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_frame(call->conn, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_PADDED, call->stream,
               BYTES("\2\x88"));
    await_let_go(call);
    if (call->reset && call->conn->closed == NOT_CLOSED && call->conn->goaways == 0) {
        test_lenient(t, HERE, "GOAWAY(PROTOCOL_ERROR)", "RST_STREAM: the stream's error only");
        expect_client_error(t);
        return;
    }
    finish_ok(call);
    expect_connection_lost(call, H2_PROTOCOL_ERROR);
}

/* ---- padding and priority -------------------------------------------------------------------- */

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

/* ---- header blocks in pieces ----------------------------------------------------------------- */

/* HEADERS with the first octets, three CONTINUATIONs of one octet, and one with the rest: as many frames as hardened
 * clients take. */
static void block_in_pieces(struct test *t)
{
    size_t first = *(const size_t *)t->arg;
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};
    struct bytes rest;

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    rest = buf_view(&block);
    send_frame(call->conn, FRAME_HEADERS, 0, call->stream, bytes_first(rest, first));
    rest = bytes_skip(rest, first);
    for (unsigned i = 0; i < 3; i++) {
        send_frame(call->conn, FRAME_CONTINUATION, 0, call->stream, bytes_first(rest, 1));
        rest = bytes_skip(rest, 1);
    }
    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream, rest);
    finish_ok(call);
    expect_client_ok(t);
    buf_clear(&block);
}

/* The block is completed behind the intruder, so that a client which lets it pass has a good response. */
static void intruder_in_a_block(struct test *t)
{
    const struct some_frame *row = t->arg;
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    send_frame(call->conn, FRAME_HEADERS, 0, call->stream, bytes_first(buf_view(&block), 8));
    send_frame(call->conn, row->type, row->flags, stream_at(call, row->where), row->payload);
    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream,
               bytes_skip(buf_view(&block), 8));
    finish_ok(call);
    expect_connection_lost(call, H2_PROTOCOL_ERROR);
    buf_clear(&block);
}

static void continuation_elsewhere(struct test *t)
{
    const struct some_frame *row = t->arg;
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    send_frame(call->conn, FRAME_HEADERS, 0, call->stream, bytes_first(buf_view(&block), 8));
    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, stream_at(call, row->where),
               bytes_skip(buf_view(&block), 8));
    expect_connection_lost(call, H2_PROTOCOL_ERROR);
    buf_clear(&block);
}

static void continuation_after_the_end(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_frame(call->conn, FRAME_CONTINUATION, FLAG_END_HEADERS, call->stream, BYTES(A_FIELD));
    finish_ok(call);
    expect_connection_lost(call, H2_PROTOCOL_ERROR);
}

/* ---- connection errors ----------------------------------------------------------------------- */

/* What follows makes the response good, so that a client which lets the frame pass succeeds. */
static void ends_the_connection(struct test *t)
{
    const struct some_frame *row = t->arg;
    struct call *call = first_call(t, &empty_unary);

    send_frame(call->conn, row->type, row->flags, stream_at(call, row->where), row->payload);
    finish_ok(call);
    expect_connection_lost(call, row->code);
}

/* The same behind response headers: DATA is only legal there. */
static void ends_the_connection_after_headers(struct test *t)
{
    const struct some_frame *row = t->arg;
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_frame(call->conn, row->type, row->flags, stream_at(call, row->where), row->payload);
    finish_ok(call);
    expect_connection_lost(call, row->code);
}

static void push_promise(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct conn *conn = call->conn;
    bool off = conn->their_setting_seen[SETTING_ENABLE_PUSH] &&
               conn->their_settings[SETTING_ENABLE_PUSH] == 0;
    const struct field request[] = {FIELD(":method", "GET"), FIELD(":scheme", "http"),
                                    FIELD(":path", "/"), FIELD(":authority", "localhost")};

    send_push_promise(call, 2, request, ARRAY_LEN(request));
    if (off) {
        expect_connection_lost(call, H2_PROTOCOL_ERROR);
        return;
    }
    test_note(t, "the client has not sent ENABLE_PUSH=0, so it may be promised streams");
    serve_call(call);
    expect_client_outcome(t, ONE_OF(STATUS(GRPC_OK), ANY_ERROR));
}

/* ---- lengths --------------------------------------------------------------------------------- */

static void longest_frame(struct test *t)
{
    struct call *call = first_call(t, &large_unary);
    struct buf response = {0}, message = {0};

    put_response(call, 314159, &response);
    put_message_prefix(&message, 0, (uint32_t)response.len);
    buf_put(&message, buf_view(&response));
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    for (struct bytes rest = buf_view(&message); rest.len > 0;) {
        struct bytes piece = bytes_first(rest, rest.len < 16384 ? rest.len : 16384);
        send_data(call, piece, FLAG_NONE);
        rest = bytes_skip(rest, piece.len);
    }
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
    buf_clear(&response);
    buf_clear(&message);
}

static uint32_t one_too_long(struct call *call)
{
    uint32_t limit = call->conn->their_settings[SETTING_MAX_FRAME_SIZE];

    if (limit >= 1 << 20)
        test_skip(call->conn->t, "the client takes frames of %u octets", limit);
    return limit + 1;
}

static void data_too_long(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    uint32_t length = one_too_long(call);
    struct buf payload = {0};

    if (call->send_window < length || call->conn->send_window < length)
        test_skip(t, "the client's windows are smaller than its MAX_FRAME_SIZE");
    put_octets(&payload, 0, length);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_frame(call->conn, FRAME_DATA, 0, call->stream, buf_view(&payload));
    expect_outcome(call,
                   ONE_OF(RESET(H2_FRAME_SIZE_ERROR), GOAWAY(H2_FRAME_SIZE_ERROR),
                          LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "a connection error of another code"),
                          LENIENT_GOAWAY(H2_INTERNAL_ERROR, "a connection error of another code"),
                          LENIENT_CLOSE));
    expect_client_error(t);
    buf_clear(&payload);
}

static void headers_too_long(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    uint32_t length = one_too_long(call);
    struct buf block = {0};

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    while (block.len + ANY_FIELD_SIZE < length)
        buf_put(&block, BYTES(A_FIELD));
    hpack_put_literal(&block, LITERAL_NOT_INDEXED, BYTES("x-fill"), BYTES("0123456789"));
    send_frame(call->conn, FRAME_HEADERS, FLAG_END_HEADERS, call->stream, buf_view(&block));
    finish_ok(call);
    expect_connection_lost(call, H2_FRAME_SIZE_ERROR);
    buf_clear(&block);
}

/* A setting that nobody knows, as often as it takes. */
static void settings_too_long(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    uint32_t length = one_too_long(call);
    struct buf settings = {0};

    while (settings.len < length)
        buf_put(&settings, BYTES("\xf0\xf0\0\0\0\1"));
    send_frame(call->conn, FRAME_SETTINGS, 0, 0, buf_view(&settings));
    finish_ok(call);
    expect_connection_lost(call, H2_FRAME_SIZE_ERROR);
    buf_clear(&settings);
}

/* The frame would end the message; half of it comes, then the end of the connection. */
static void close_inside_a_frame(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_lying_frame(call->conn, 5, FRAME_DATA, 0, call->stream, BYTES("\0\0\0"));
    close_transport(call->conn);
    expect_client_outcome(
        t, ONE_OF(STATUS(GRPC_UNAVAILABLE), LENIENT_ANY_ERROR("a lost connection is UNAVAILABLE")));
}

static void priority_of_wrong_length(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_frame(call->conn, FRAME_PRIORITY, 0, call->stream, BYTES("\0\0\0\0"));
    expect_outcome(
        call, ONE_OF(RESET(H2_FRAME_SIZE_ERROR), GOAWAY(H2_FRAME_SIZE_ERROR),
                     LENIENT_RESET(H2_PROTOCOL_ERROR, "a stream error of another code"),
                     LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "a connection error of another code"),
                     LENIENT_CLOSE, LENIENT_IGNORED("PRIORITY is deprecated, and skipped unread")));
}

/* clang-format off */
#define INTRUDER(word, clauses, ...)                                                                               \
    {"client/http2/frames/in-a-block-" word, clauses, "Inside a header block nothing but CONTINUATION may come: " word ".", \
     NEEDS_CLIENT, intruder_in_a_block, A_FRAME(__VA_ARGS__, H2_PROTOCOL_ERROR)}
#define IGNORED_FRAME(word, clauses, title, ...)                                                                   \
    {"client/http2/frames/" word, clauses, title, NEEDS_CLIENT, is_ignored, A_FRAME(__VA_ARGS__, H2_NO_ERROR)}
#define FATAL(word, clauses, title, ...)                                                                           \
    {"client/http2/frames/" word, clauses, title, NEEDS_CLIENT, ends_the_connection, A_FRAME(__VA_ARGS__)}
#define FATAL_AFTER_HEADERS(word, clauses, title, ...)                                                             \
    {"client/http2/frames/" word, clauses, title, NEEDS_CLIENT, ends_the_connection_after_headers, A_FRAME(__VA_ARGS__)}
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

    {"client/http2/frames/block-in-pieces", "H2-FRAME-034",
     "A header block in CONTINUATION frames is the same block.", NEEDS_CLIENT, block_in_pieces,
     &(const size_t){1}},
    {"client/http2/frames/block-begins-empty", "H2-FRAME-034",
     "HEADERS may hold nothing of its block.", NEEDS_CLIENT, block_in_pieces, &(const size_t){0}},
    {"client/http2/frames/block-cut-in-a-value", "H2-FRAME-034",
     "A header block may be cut inside a value.", NEEDS_CLIENT, block_in_pieces,
     &(const size_t){30}},
    INTRUDER("data", "H2-FRAME-024", FRAME_DATA, 0, ON_THE_CALL, OCTETS("\0\0\0\0\0")),
    INTRUDER("ping", "H2-FRAME-024", FRAME_PING, 0, ON_STREAM_0, OCTETS("12345678")),
    INTRUDER("settings", "H2-FRAME-024", FRAME_SETTINGS, 0, ON_STREAM_0, OCTETS("")),
    INTRUDER("window-update", "H2-FRAME-024", FRAME_WINDOW_UPDATE, 0, ON_STREAM_0,
             OCTETS("\0\0\0\1")),
    INTRUDER("priority", "H2-FRAME-024", FRAME_PRIORITY, 0, ON_THE_CALL, OCTETS("\0\0\0\0\17")),
    INTRUDER("reset", "H2-FRAME-024", FRAME_RST_STREAM, 0, ON_THE_CALL, OCTETS("\0\0\0\10")),
    INTRUDER("unknown-type", "H2-FRAME-009", 0xbb, 0, ON_THE_CALL, OCTETS("grpcspec")),
    INTRUDER("headers", "H2-FRAME-025", FRAME_HEADERS, FLAG_END_HEADERS, ON_AN_UNOPENED_STREAM,
             OCTETS("\x88")),
    {"client/http2/frames/continuation-on-stream-0", "H2-FRAME-022",
     "CONTINUATION on stream 0 is a PROTOCOL_ERROR.", NEEDS_CLIENT, continuation_elsewhere,
     A_FRAME(.where = ON_STREAM_0)},
    {"client/http2/frames/continuation-on-another-stream", "H2-FRAME-023",
     "CONTINUATION on another stream than its block's is a PROTOCOL_ERROR.", NEEDS_CLIENT,
     continuation_elsewhere, A_FRAME(.where = ON_AN_UNOPENED_STREAM)},
    FATAL("continuation-first", "H2-FRAME-021", "CONTINUATION without HEADERS is a PROTOCOL_ERROR.",
          FRAME_CONTINUATION, FLAG_END_HEADERS, ON_THE_CALL, OCTETS(A_FIELD), H2_PROTOCOL_ERROR),
    {"client/http2/frames/continuation-after-the-end", "H2-FRAME-021",
     "CONTINUATION behind END_HEADERS is a PROTOCOL_ERROR.", NEEDS_CLIENT,
     continuation_after_the_end, NULL},

    FATAL("data-on-stream-0", "H2-FRAME-028 H2-ERR-002", "DATA on stream 0 is a PROTOCOL_ERROR.",
          FRAME_DATA, 0, ON_STREAM_0, OCTETS("\0\0\0\0\0"), H2_PROTOCOL_ERROR),
    FATAL("headers-on-stream-0", "H2-FRAME-026", "HEADERS on stream 0 is a PROTOCOL_ERROR.",
          FRAME_HEADERS, FLAG_END_HEADERS, ON_STREAM_0, OCTETS("\x88"), H2_PROTOCOL_ERROR),
    FATAL("priority-on-stream-0", "H2-FRAME-010", "PRIORITY on stream 0 is a PROTOCOL_ERROR.",
          FRAME_PRIORITY, 0, ON_STREAM_0, OCTETS("\0\0\0\3\17"), H2_PROTOCOL_ERROR),
    FATAL("reset-on-stream-0", "H2-FRAME-014", "RST_STREAM on stream 0 is a PROTOCOL_ERROR.",
          FRAME_RST_STREAM, 0, ON_STREAM_0, OCTETS("\0\0\0\10"), H2_PROTOCOL_ERROR),
    FATAL("reset-on-an-idle-stream", "H2-FRAME-015",
          "RST_STREAM on an idle stream is a PROTOCOL_ERROR.", FRAME_RST_STREAM, 0,
          ON_AN_UNOPENED_STREAM, OCTETS("\0\0\0\10"), H2_PROTOCOL_ERROR),
    FATAL("reset-of-wrong-length", "H2-FRAME-016", "RST_STREAM of 3 octets is a FRAME_SIZE_ERROR.",
          FRAME_RST_STREAM, 0, ON_THE_CALL, OCTETS("\0\0\10"), H2_FRAME_SIZE_ERROR),
    FATAL("goaway-too-short", "H2-FRAME-008", "GOAWAY of 7 octets is a FRAME_SIZE_ERROR.",
          FRAME_GOAWAY, 0, ON_STREAM_0, OCTETS("\0\0\0\0\0\0\0"), H2_FRAME_SIZE_ERROR),
    FATAL("headers-too-short-for-priority", "H2-FRAME-008",
          "HEADERS too short for its priority fields is a FRAME_SIZE_ERROR.", FRAME_HEADERS,
          FLAG_END_HEADERS | FLAG_PRIORITY, ON_THE_CALL, OCTETS("\0\0\0\0"), H2_FRAME_SIZE_ERROR),
    {"client/http2/frames/headers-padding-too-long", "H2-FRAME-027",
     "HEADERS with more padding than payload is a PROTOCOL_ERROR.", NEEDS_CLIENT,
     headers_padding_too_long, NULL},
    FATAL_AFTER_HEADERS("data-padding-too-long", "H2-FRAME-029",
                        "DATA with more padding than payload is a PROTOCOL_ERROR.", FRAME_DATA,
                        FLAG_PADDED, ON_THE_CALL, OCTETS("\5\0\0\0\0"), H2_PROTOCOL_ERROR),
    {"client/http2/frames/push-promise", "H2-FRAME-020",
     "PUSH_PROMISE to a client that disabled push is a PROTOCOL_ERROR.", NEEDS_CLIENT, push_promise,
     NULL},
    {"client/http2/frames/priority-of-wrong-length", "H2-FRAME-011",
     "PRIORITY of 4 octets is a FRAME_SIZE_ERROR of its stream.", NEEDS_CLIENT,
     priority_of_wrong_length, NULL},
    {"client/http2/frames/longest-allowed", "H2-FRAME-005",
     "DATA of exactly 16384 octets is accepted.", NEEDS_CLIENT, longest_frame, NULL},
    {"client/http2/frames/data-too-long", "H2-FRAME-006",
     "DATA longer than MAX_FRAME_SIZE is a FRAME_SIZE_ERROR.", NEEDS_CLIENT, data_too_long, NULL},
    {"client/http2/frames/headers-too-long", "H2-FRAME-007",
     "HEADERS longer than MAX_FRAME_SIZE is a FRAME_SIZE_ERROR of the connection.", NEEDS_CLIENT,
     headers_too_long, NULL},
    {"client/http2/frames/settings-too-long", "H2-FRAME-007",
     "SETTINGS longer than MAX_FRAME_SIZE is a FRAME_SIZE_ERROR of the connection.", NEEDS_CLIENT,
     settings_too_long, NULL},
    {"client/http2/frames/close-inside-a-frame", "H2-FRAME-035",
     "A connection that ends inside a frame fails the call.", NEEDS_CLIENT, close_inside_a_frame,
     NULL},
};
const struct case_list client_frame_cases = {cases, ARRAY_LEN(cases)};
