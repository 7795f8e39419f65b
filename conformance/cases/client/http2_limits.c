/* SPDX-License-Identifier: MIT
 *
 * Floods and bombs of a server: each bounded, with its cap beside it. A client may defend itself (an error, GOAWAY, a
 * close) or shrug it off and finish the call; it may not hang, die, or take what it must refuse. */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

/* Whatever came of it, the call has ended, or ends now. */
static void expect_survived(struct call *call)
{
    finish_ok(call);
    expect_client_outcome(call->conn->t, ONE_OF(STATUS(GRPC_OK), ANY_ERROR));
    expect_client_still_works(call->conn->t);
}

struct flood {
    uint8_t type, flags;
    enum where where;
    struct bytes payload;
    unsigned times;
    bool after_headers;
};
#define FLOOD(...) (&(const struct flood){__VA_ARGS__})

static void frames_by_the_thousand(struct test *t)
{
    const struct flood *row = t->arg;
    struct call *call = first_call(t, &empty_unary);

    if (row->after_headers)
        send_response_headers(call, NO_EDITS, FLAG_NONE);
    for (unsigned i = 0; i < row->times && call->conn->closed == NOT_CLOSED && !test_is_over(t);
         i++) {
        send_frame(call->conn, row->type, row->flags, stream_at(call, row->where), row->payload);
        if (i % 100 == 99)
            flush(call->conn);
    }
    expect_survived(call);
}

static void stuffed_settings(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct buf payload = {0};

    for (unsigned i = 0; i < 2730; i++)
        buf_put(&payload, BYTES("\0\3\0\0\0\x64"));
    for (unsigned i = 0; i < 10; i++)
        send_frame(call->conn, FRAME_SETTINGS, 0, 0, buf_view(&payload));
    expect_survived(call);
    buf_clear(&payload);
}

/* ---- header blocks --------------------------------------------------------------------------- */

/* CONTINUATION frames of this payload on the call, as long as it listens: up to so many. */
static void send_continuations(struct call *call, struct bytes payload, unsigned times)
{
    const struct conn *conn = call->conn;

    for (unsigned i = 0; i < times && !has_let_go(conn, call) && !test_is_over(conn->t); i++) {
        send_frame(call->conn, FRAME_CONTINUATION, 0, call->stream, payload);
        if (i % 64 == 63)
            flush(call->conn);
    }
}

/* A response whose headers never end begins. */
static struct call *endless_call(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_frame(call->conn, FRAME_HEADERS, 0, call->stream, BYTES("\x88"));
    return call;
}

static void expect_cut_off(struct call *call)
{
    expect_outcome(call, ONE_OF(GOAWAY(H2_ENHANCE_YOUR_CALM), GOAWAY(H2_PROTOCOL_ERROR),
                                GOAWAY(H2_INTERNAL_ERROR), GOAWAY(H2_COMPRESSION_ERROR),
                                GOAWAY(H2_NO_ERROR), ANY_RESET, CLOSE));
    expect_client_error(call->conn->t);
}

/* More than any client is known to take by default: 16 MiB, grpc-go's MaxHeaderListSize. */
#define LARGE_FIELD  16000
#define LARGE_FIELDS ((20u << 20) / LARGE_FIELD)

/* Small fields first, a mebibyte of them, which is more than the 8 KiB that gRPC advises. A client that may be told to
 * take more than that still has a limit; one without any does what CVE-2024-27316 and its like are about. */
static void endless_block(struct test *t)
{
    struct call *call = endless_call(t);
    struct buf field = {0};

    hpack_put_literal(&field, LITERAL_NOT_INDEXED, BYTES("x-late"),
                      BYTES("forty-eight octets of a value which nobody awaits"));
    send_continuations(call, buf_view(&field), 20000);
    if (!test_is_over(t) && !wait_until(call->conn, has_let_go, call)) {
        test_lenient(t, HERE, "the block is cut off within a mebibyte", "a mebibyte was taken");
        buf_reset(&field);
        struct buf value = {0};
        put_octets(&value, 'l', LARGE_FIELD);
        hpack_put_literal(&field, LITERAL_NOT_INDEXED, BYTES("x-late"), buf_view(&value));
        send_continuations(call, buf_view(&field), LARGE_FIELDS);
        expect(t, wait_until(call->conn, has_let_go, call), "the block is cut off at last",
               "20 MiB were taken");
        buf_clear(&value);
    }
    expect_cut_off(call);
    buf_clear(&field);
}

/* Frames that carry nothing cost little: not to count them is a SHOULD that was missed. */
static void endless_empty_frames(struct test *t)
{
    struct call *call = endless_call(t);

    send_continuations(call, NO_BYTES, 20000);
    if (!test_is_over(t) && !wait_until(call->conn, has_let_go, call)) {
        test_lenient(t, HERE, "the block is cut off", "it was taken, frame by frame");
        return;
    }
    expect_cut_off(call);
}

/* A response of one large entry, seven thousand times: 21 MB of fields in a block of 12 KB. Some take up to 16 MiB. */
static void hpack_bomb(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0}, value = {0};

    put_octets(&value, 'b', 3000);
    put_response_fields(&block, LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES("x-bomb"), buf_view(&value));
    for (unsigned i = 0; i < 7000; i++)
        hpack_put_indexed(&block, 62);
    send_call_block(call, &block, FLAG_NONE);
    send_message(call, 0, NO_BYTES, FLAG_NONE);
    put_ok_trailer(&block, LITERAL_NOT_INDEXED);
    send_call_block(call, &block, FLAG_END_STREAM);
    expect_client_error(t);
    expect_client_still_works(t);
    buf_clear(&value);
}

/* Ten times what a client said it would take, which only a client that said something must refuse. */
static void too_large_a_list(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    bool said = !test_is_over(t) && call->conn->their_setting_seen[SETTING_MAX_HEADER_LIST_SIZE] &&
                call->conn->their_settings[SETTING_MAX_HEADER_LIST_SIZE] <= 100000;
    struct buf value = {0};

    put_octets(&value, 'v', 13000);
    struct edit edits[9] = {0};
    static const char *const names[] = {"x-1", "x-2", "x-3", "x-4", "x-5", "x-6", "x-7", "x-8"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        edits[i] = (struct edit){EDIT_ADD, names[i], buf_view(&value)};
    send_response_headers(call, edits, FLAG_NONE);
    finish_ok(call);
    if (said)
        expect_client_outcome(
            t, ONE_OF(ANY_ERROR,
                      LENIENT_STATUS(GRPC_OK, "its own MAX_HEADER_LIST_SIZE is advice only")));
    else
        expect_client_outcome(t, ONE_OF(ANY_ERROR, STATUS(GRPC_OK)));
    expect_client_still_works(t);
    buf_clear(&value);
}

/* A thousand fields without a name and without a value: malformed, and nothing to remember. */
static void empty_fields(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    for (unsigned i = 0; i < 1000; i++)
        hpack_put_literal(&block, LITERAL_NOT_INDEXED, NO_BYTES, NO_BYTES);
    send_call_block(call, &block, FLAG_NONE);
    finish_ok(call);
    expect_client_outcome(
        t, ONE_OF(ANY_ERROR, LENIENT_STATUS(GRPC_OK, "that a name is a token is only a SHOULD")));
    expect_client_still_works(t);
}

/* A string that says it is 64 MiB long, and comes slowly. */
static void endless_string(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0}, piece = {0};

    hpack_put_indexed(&block, 8);
    buf_put_u8(&block, LITERAL_NOT_INDEXED);
    hpack_put_string(&block, BYTES("x-endless"));
    hpack_put_int(&block, 7, 0, (uint64_t)64 << 20);
    put_octets(&piece, 'e', 16000);
    send_frame(call->conn, FRAME_HEADERS, 0, call->stream, buf_view(&block));
    for (unsigned i = 0; i < 64 && call->conn->closed == NOT_CLOSED && !test_is_over(t); i++) {
        send_frame(call->conn, FRAME_CONTINUATION, 0, call->stream, buf_view(&piece));
        flush(call->conn);
    }
    expect_outcome(call, ONE_OF(GOAWAY(H2_COMPRESSION_ERROR), GOAWAY(H2_ENHANCE_YOUR_CALM),
                                GOAWAY(H2_PROTOCOL_ERROR), GOAWAY(H2_INTERNAL_ERROR),
                                GOAWAY(H2_NO_ERROR), ANY_RESET, CLOSE));
    expect_client_error(t);
    buf_clear(&block);
    buf_clear(&piece);
}

/* clang-format off */
#define FRAMES(word, clause, title, ...) \
    {"client/http2/limits/" word, clause, title, NEEDS_CLIENT, frames_by_the_thousand, FLOOD(__VA_ARGS__)}

static const struct test_case cases[] = {
    FRAMES("settings-flood", "SEC-006 SEC-032", "A flood of SETTINGS (20000) neither hangs nor kills.", FRAME_SETTINGS, 0, ON_STREAM_0,
           OCTETS(""), 20000, false),
    FRAMES("ping-flood", "SEC-007 SEC-032", "A flood of PING (20000) neither hangs nor kills.", FRAME_PING, 0, ON_STREAM_0,
           OCTETS("12345678"), 20000, false),
    FRAMES("empty-data-flood", "SEC-011 SEC-032", "A flood of empty DATA (5000) neither hangs nor kills.", FRAME_DATA, 0, ON_THE_CALL,
           OCTETS(""), 5000, true),
    FRAMES("unknown-frame-flood", "SEC-015", "A flood of unknown frames (10000) neither hangs nor kills.", 0xbb, 0, ON_STREAM_0,
           OCTETS("nobody knows this frame"), 10000, false),
    FRAMES("window-update-flood", "SEC-015", "A flood of WINDOW_UPDATE (10000) neither hangs nor kills.", FRAME_WINDOW_UPDATE, 0,
           ON_STREAM_0, OCTETS("\0\0\0\1"), 10000, false),
    {"client/http2/limits/stuffed-settings", "SEC-008", "SETTINGS of 2730 entries are processed, or refused.", NEEDS_CLIENT,
     stuffed_settings, NULL},
    {"client/http2/limits/continuation-flood", "SEC-004 SEC-019", "An endless header block is cut off: after a mebibyte, or 20 at most.",
     NEEDS_CLIENT, endless_block, NULL},
    {"client/http2/limits/empty-continuation-flood", "SEC-005", "An endless run of empty CONTINUATIONs (20000) is cut off.",
     NEEDS_CLIENT, endless_empty_frames, NULL},
    {"client/http2/limits/hpack-bomb", "SEC-016", "A small block of 21 MB of fields is refused.", NEEDS_CLIENT, hpack_bomb, NULL},
    {"client/http2/limits/large-header-list", "SEC-022", "Headers of 100 KB are refused by who said so.", NEEDS_CLIENT,
     too_large_a_list, NULL},
    {"client/http2/limits/empty-fields", "SEC-009", "A thousand fields without names are refused.", NEEDS_CLIENT, empty_fields, NULL},
    {"client/http2/limits/endless-string", "SEC-018 SEC-019", "A string of 64 MiB is refused within a megabyte.", NEEDS_CLIENT,
     endless_string, NULL},
};
/* clang-format on */
const struct case_list client_limit_cases = {cases, ARRAY_LEN(cases)};
