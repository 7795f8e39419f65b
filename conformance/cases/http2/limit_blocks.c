/* SPDX-License-Identifier: MIT
 *
 * What a header block may cost: blocks without end, large ones made of few octets, lengths that promise too much
 * (RFC 9113 10.5.1, RFC 7541 7.4). */
#include "cases/cases.h"
#include "cases/http2/flood.h"

#include <stdio.h>

#define STEP         16384
#define CONTINUE_CAP (2u << 20)
#define DECLARED     (64u << 20)
#define DECLARED_CAP (256u << 10)

/* The target has refused: the stream or the whole connection. */
static bool has_refused(const struct call *call)
{
    return call->reset || call->header_blocks > 0 || has_ended_connection(call->conn);
}

static bool refused(const struct conn *conn, const void *arg)
{
    (void)conn;
    return has_refused(arg);
}

static bool is_refused_within(struct call *call, int64_t ns)
{
    struct test *t = call->conn->t;
    int64_t patience = t->patience_ns;
    t->patience_ns = ns;
    bool came = wait_until(call->conn, refused, call);
    t->patience_ns = patience;
    return came;
}

/* HEADERS with a request, without END_HEADERS. */
static void begin_block(struct call *call, struct bytes more)
{
    struct buf block = {0};
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    buf_put(&block, more);
    send_frame(call->conn, FRAME_HEADERS, 0, call->stream, buf_view(&block));
    buf_clear(&block);
}

/* What is not refused, as documents have it that it should be, but hurts nobody. */
static void lenient_unless_refused(struct call *call, const char *expected, const char *seen)
{
    struct test *t = call->conn->t;
    if (!is_refused_within(call, t->patience_ns))
        test_lenient(t, HERE, expected, "%s", seen);
}

/* ---- blocks without end ---- */

static void continuation_flood(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);
    struct call *call = new_call_on(flood.conn, EMPTY_CALL);
    struct buf field = {0}, many = {0};
    size_t sent = 0;

    hpack_put_literal(&field, LITERAL_NOT_INDEXED, BYTES("x-flood"),
                      BYTES("fifty-four octets of value, so that all is sixty-four.."));
    begin_block(call, NO_BYTES);
    for (int i = 0; i < 1024 && !has_refused(call); i++) {
        send_frame(flood.conn, FRAME_CONTINUATION, 0, call->stream, buf_view(&field));
        sent += field.len;
        if (i % 64 == 63)
            turn_once(flood.conn);
    }
    while (many.len + field.len <= STEP)
        buf_put(&many, buf_view(&field));
    while (sent < CONTINUE_CAP && !test_is_over(t) && !is_refused_within(call, NS_PER_MS)) {
        send_frame(flood.conn, FRAME_CONTINUATION, 0, call->stream, buf_view(&many));
        sent += many.len;
    }
    lenient_unless_refused(call, "a block without end is cut off",
                           "two mebibytes of it were taken");
    test_note(t, "%zu octets of one block were sent", sent);
    note_defence(flood.conn);
    expect_others_served(&flood);
    abort_transport(flood.conn);
    buf_clear(&field);
    buf_clear(&many);
}

static void empty_continuations(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);
    struct call *call = new_call_on(flood.conn, EMPTY_CALL);

    begin_block(call, NO_BYTES);
    for (int i = 0; i < 2000 && !has_refused(call); i++) {
        send_frame(flood.conn, FRAME_CONTINUATION, 0, call->stream, NO_BYTES);
        if (i % 100 == 99)
            turn_once(flood.conn);
    }
    lenient_unless_refused(call, "a run of empty CONTINUATION frames is cut off",
                           "two thousand were taken");
    note_defence(flood.conn);
    expect_others_served(&flood);
    abort_transport(flood.conn);
}

/* ---- large lists in few octets --------------------------------------------------------------- */

static const struct outcome refusals[] = {ANY_RESET,
                                          HTTP(431),
                                          HTTP(400),
                                          ANY_ERROR,
                                          GOAWAY(H2_ENHANCE_YOUR_CALM),
                                          GOAWAY(H2_PROTOCOL_ERROR),
                                          GOAWAY(H2_COMPRESSION_ERROR),
                                          GOAWAY(H2_INTERNAL_ERROR),
                                          GOAWAY(H2_FRAME_SIZE_ERROR),
                                          CLOSE,
                                          {.kind = OUTCOME_END}};

static void expect_refused(struct call *call)
{
    expect_outcome(call, refusals);
    expect(call->conn->t, call_status(call) != GRPC_OK, "the request is refused",
           "it ended with OK");
}

/* An entry of 3 kB and 8000 references to it: 24 MB, more than any default limit. */
static void hpack_bomb(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);
    struct call *call = new_call_on(flood.conn, EMPTY_CALL);
    struct buf value = {0}, block = {0};

    if (table_limit(flood.conn) < 4096)
        test_skip(t, "the target's dynamic table is smaller than 4096 octets");
    put_fill(&value, 'b', 3000);
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES("x-bomb"), buf_view(&value));
    send_request_block(call, &block);
    expect_answer(call);

    call = new_call_on(flood.conn, EMPTY_CALL);
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    for (int i = 0; i < 8000; i++)
        hpack_put_indexed(&block, 62); /* the newest entry */
    send_request_block(call, &block);
    expect_refused(call);
    note_defence(flood.conn);
    expect_others_served(&flood);
    buf_clear(&value);
}

/* Its grpc-status, once it has ended. */
static int call_until_status(struct call *call)
{
    wait_for_all(call);
    return call_status(call);
}

static void empty_names(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);
    struct call *call = new_call_on(flood.conn, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    for (int i = 0; i < 1000; i++)
        hpack_put_literal(&block, LITERAL_NOT_INDEXED, NO_BYTES, NO_BYTES);
    send_request_block(call, &block);
    if (call_until_status(call) == GRPC_OK)
        test_lenient(t, HERE, "the request is refused",
                     "accepted; RFC 9113 8.2.1 says SHOULD. What they cost is "
                     "memory-after-empty-names' matter");
    else
        expect_refused(call);
    note_defence(flood.conn);
    expect_others_served(&flood);
}

/* ---- lengths that promise too much ----------------------------------------------------------- */

static void long_integer(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    buf_put_u8(&block, LITERAL_NOT_INDEXED);
    hpack_put_long_int(&block, 7, 0, 127, 64);
    send_block(conn, call->stream, buf_view(&block), FLAG_END_STREAM);
    expect_connection_error(conn, H2_COMPRESSION_ERROR);
    expect_target_still_serves(t);
    buf_clear(&block);
}

static void declared_string(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);
    struct call *call = new_call_on(flood.conn, EMPTY_CALL);
    struct buf start = {0}, piece = {0};
    size_t sent = 0;

    buf_put_u8(&start, LITERAL_NOT_INDEXED);
    hpack_put_string(&start, BYTES("x-declared"));
    hpack_put_int(&start, 7, 0, DECLARED);
    put_fill(&piece, 'd', STEP);
    begin_block(call, buf_view(&start));
    while (sent < DECLARED_CAP && !test_is_over(t) && !is_refused_within(call, NS_PER_MS)) {
        send_frame(flood.conn, FRAME_CONTINUATION, 0, call->stream, buf_view(&piece));
        sent += STEP;
    }
    bool came = is_refused_within(call, t->patience_ns);
    expect(t, came, "a value of 64 MiB is refused at its length", "%zu octets of it were taken",
           sent);
    test_note(t, "refused after at most %zu octets", sent);
    note_defence(flood.conn);
    expect_others_served(&flood);
    abort_transport(flood.conn);
    buf_clear(&start);
    buf_clear(&piece);
}

static void fragmented_field(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);
    struct call *call = new_call_on(flood.conn, EMPTY_CALL);
    uint32_t limit = flood.conn->their_settings[SETTING_MAX_HEADER_LIST_SIZE];
    struct buf value = {0}, block = {0};

    put_fill(&value, 'f', 1 << 20);
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_NOT_INDEXED, BYTES("x-large"), buf_view(&value));
    send_block(flood.conn, call->stream, buf_view(&block), 0); /* 65 frames */
    if (!has_ended_connection(flood.conn))
        send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    bool came = is_refused_within(call, t->patience_ns);
    expect(t, came, "an answer to the request, whatever it is", "none");
    if (call_status(call) == GRPC_OK && limit > 1 << 20)
        test_lenient(t, HERE, "metadata of a mebibyte is above the limit",
                     "it was accepted: no lower limit is advertised");
    else
        expect_refused(call);
    note_defence(flood.conn);
    expect_others_served(&flood);
    buf_clear(&value);
    buf_clear(&block);
}

/* ---- a table smaller than the initial one ---------------------------------------------------- */

static void update_due(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call;
    struct buf block = {0};

    if (conn->their_settings[SETTING_HEADER_TABLE_SIZE] >= 4096) {
        test_skip(t, "the target does not advertise a HEADER_TABLE_SIZE below 4096");
        return;
    }
    call = new_call_on(conn, EMPTY_CALL);
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    send_block(conn, call->stream, buf_view(&block), FLAG_END_STREAM);
    expect_connection_error(conn, H2_COMPRESSION_ERROR);
    expect_target_still_serves(t);
    buf_clear(&block);
}

static const struct test_case cases[] = {
    {"http2/limits/continuation-flood", "SEC-004 SEC-032",
     "A header block without end is cut off: 1024 CONTINUATION of 64 octets, then more, up to 2 "
     "MiB.",
     NEEDS_TRANSPORT, continuation_flood, NULL},
    {"http2/limits/empty-continuations", "SEC-005 SEC-032",
     "A run of empty CONTINUATION is cut off: up to 2000.", NEEDS_TRANSPORT, empty_continuations,
     NULL},
    {"http2/limits/hpack-bomb", "SEC-016 SEC-032",
     "A block of 8 kB that stands for 24 MB is refused.", NEEDS_TRANSPORT, hpack_bomb, NULL},
    {"http2/limits/empty-names", "SEC-009 SEC-032", "A thousand fields without a name are refused.",
     NEEDS_TRANSPORT, empty_names, NULL},
    {"http2/limits/long-integer", "SEC-017",
     "A length of 64 needless octets is a COMPRESSION_ERROR.", NEEDS_TRANSPORT, long_integer, NULL},
    {"http2/limits/declared-string", "SEC-018 SEC-032",
     "A value that says it has 64 MiB is refused before 256 KiB of it were sent.", NEEDS_TRANSPORT,
     declared_string, NULL},
    {"http2/limits/fragmented-field", "SEC-019 SEC-020",
     "A value of 1 MiB over 64 CONTINUATION is refused like any that is too large.",
     NEEDS_TRANSPORT, fragmented_field, NULL},
    {"http2/limits/size-update-due", "HPACK-007",
     "A block without the size update that a smaller table makes due is a COMPRESSION_ERROR.",
     NEEDS_TRANSPORT, update_due, NULL},
};
const struct case_list limit_block_cases = {cases, ARRAY_LEN(cases)};
