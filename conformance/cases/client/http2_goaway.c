/* SPDX-License-Identifier: MIT
 *
 * GOAWAY of a server (RFC 9113 6.8; PROTOCOL-HTTP2, Connection Management): what is covered ends well, what is not
 * moves on, and nothing new is begun on that connection. */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

#include <stdio.h>

static void on_a_stream(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_frame(call->conn, FRAME_GOAWAY, 0, call->stream, BYTES("\0\0\0\1\0\0\0\0"));
    finish_ok(call);
    expect_connection_lost(call, H2_PROTOCOL_ERROR);
}

struct away {
    uint32_t code;
    size_t debug;    /* octets of debug data */
    bool everything; /* last stream 2^31-1 instead of the call's */
};
#define AWAY(...) (&(const struct away){__VA_ARGS__})

static bool has_request_or_is_closed(const struct conn *conn, const void *call)
{
    return conn->closed != NOT_CLOSED || ((const struct call *)call)->remote_closed;
}

/* Who says an error is about to close: some clients do not wait for that. (RFC 9113 7: an unknown code may be taken
 * for INTERNAL_ERROR) */
static void may_give_up(struct call *call)
{
    (void)wait_until(call->conn, has_request_or_is_closed, call);
    if (call->remote_closed && call->conn->closed == NOT_CLOSED)
        serve_call(call);
    expect_client_outcome(
        call->conn->t,
        ONE_OF(STATUS(GRPC_OK), LENIENT_ANY_ERROR("GOAWAY with an error ends all calls")));
}

/* The call that is under way is covered: it ends well on the old connection. */
static void covered_call_ends_well(struct test *t)
{
    const struct away *row = t->arg;
    struct call *call = first_call(t, &large_unary);
    struct buf debug = {0};

    put_octets(&debug, 0xfe, row->debug);
    send_goaway(call->conn, row->everything ? 0x7fffffff : call->stream, row->code,
                buf_view(&debug));
    buf_clear(&debug);
    if (row->code != H2_NO_ERROR) {
        may_give_up(call);
        return;
    }
    serve_call(call);
    expect_client_ok(t);
    expect(t, client_connections(t) == 1, "the call stays where it is", "%u connections",
           client_connections(t));
}

/* The next call goes elsewhere: at once, or, two_steps, after a GOAWAY that announces the one that counts. */
static void next_call_elsewhere(struct test *t)
{
    bool two_steps = *(const bool *)t->arg;
    /* of the old connection only: on the new one the linter knows of none */
    struct call *call = first_call_with(t, &goaway_case, SETTINGS({SETTING_MAX_FRAME_SIZE, 65536}));
    struct conn *first = call->conn;

    if (two_steps) {
        send_goaway(first, 0x7fffffff, H2_NO_ERROR, NO_BYTES);
        expect_ping_answer(first);
    }
    send_goaway(first, call->stream, H2_NO_ERROR, NO_BYTES);
    send_settings(first, SETTINGS({SETTING_MAX_CONCURRENT_STREAMS, 100}));
    expect_settings_acks(first, 2); /* the call that it covers still needs them */
    serve_call(call);
    call = next_call(t, &goaway_case);
    expect(t, call->conn != first, "the next call on a new connection",
           "stream %u on the one that got GOAWAY", call->stream);
    serve_call(call);
    expect_client_ok(t);
}

/* Not covered, so nothing was done: it is tried once more, unseen, or fails UNAVAILABLE. */
static void uncovered_call_is_moved(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct conn *first = call->conn;

    send_goaway(first, 0, H2_NO_ERROR, NO_BYTES);
    close_transport(first);
    call = await_call(t);
    serve_call(call);
    expect_client_ok(t);
}

/* Two calls are open; the second GOAWAY lowers the mark between them, and the one above it is made again elsewhere. */
static void second_goaway_lowers(struct test *t)
{
    struct call *covered = first_call(t, &large_unary);
    struct asked *asked = ask_client(t, &large_unary);
    struct call *above = await_call(t);
    struct conn *old = covered->conn;

    if (!test_is_over(t) && above->conn != old)
        test_skip(t, "the client made a connection for each call");
    send_goaway(old, 0x7fffffff, H2_NO_ERROR, NO_BYTES);
    send_goaway(old, covered->stream, H2_NO_ERROR, NO_BYTES);
    serve_call(covered);
    above = await_call(t);
    expect(t, above->conn != old, "a call above the mark moves to a new connection",
           "stream %u on the old one", above->stream);
    serve_call(above);
    expect_asked_outcome(asked, ONE_OF(STATUS(GRPC_OK)));
    expect(t, !covered->reset, "the covered call ends well", "it was reset");
}

static void goaway_twice(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_goaway(call->conn, 0x7fffffff, H2_NO_ERROR, NO_BYTES);
    send_goaway(call->conn, 0x7fffffff, H2_NO_ERROR, NO_BYTES);
    serve_call(call);
    expect_client_ok(t);
}

/* One stream is allowed, and other calls wait for it, when the connection is given up: they go elsewhere. */
static void waiting_calls_move(struct test *t)
{
    struct call *call = first_call_with(t, &max_streams,
                                        SETTINGS({SETTING_MAX_CONCURRENT_STREAMS, 1}));
    struct conn *first = call->conn;

    for (unsigned i = 0; i < 3; i++)
        (void)ask_client(t, &max_streams);
    expect_settings_acks(first, 1);
    serve_call(call);
    call = await_call(t);
    if (!test_is_over(t) && call->conn != first)
        test_skip(t, "the client made another connection for its second call");
    send_goaway(first, call->stream, H2_NO_ERROR, NO_BYTES);
    serve_call(call);
    for (unsigned i = 0; i < 2; i++) {
        call = await_call(t);
        expect(t, call->conn != first, "calls that waited on a new connection",
               "stream %u on the one that got GOAWAY", call->stream);
        serve_call(call);
    }
}

static bool has_goaway(const struct conn *conn, const void *arg)
{
    (void)arg;
    return conn->goaways > 0;
}

/* Some name a stream of their own there. Nobody looks: a server opens none that could be tried again. */
static void judge_last_stream(const struct conn *conn)
{
    if (conn->goaway.last_stream != 0)
        test_lenient(conn->t, HERE, "GOAWAY with last stream 0: a server opens none",
                     "last stream %u", (unsigned)conn->goaway.last_stream);
}

/* A client that is done says so before it closes. */
static void says_goodbye(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct conn *conn = call->conn;

    serve_call(call);
    expect_client_ok(t);
    if (test_is_over(t))
        return;
    (void)wait_until(conn, has_goaway, NULL);
    if (conn->goaways == 0)
        test_lenient(t, HERE, "GOAWAY before the client closes a healthy connection",
                     conn->closed == NOT_CLOSED ? "nothing" : "the connection closed without");
    else
        judge_last_stream(conn);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"client/http2/goaway/on-a-stream", "H2-GOAWAY-001", "GOAWAY on a stream is a PROTOCOL_ERROR.", NEEDS_CLIENT,
     on_a_stream, NULL},
    {"client/http2/goaway/covered-call", "GRPC-GOAWAY-003 H2-GOAWAY-009", "A call that GOAWAY covers ends well.",
     NEEDS_CLIENT, covered_call_ends_well, AWAY(H2_NO_ERROR, 0, false)},
    {"client/http2/goaway/covered-by-everything", "GRPC-GOAWAY-003 H2-GOAWAY-009",
     "GOAWAY with last stream 2^31-1 covers every call.", NEEDS_CLIENT, covered_call_ends_well, AWAY(H2_NO_ERROR, 0, true)},
    {"client/http2/goaway/debug-data", "H2-GOAWAY-009", "Debug data of a thousand octets is no error.", NEEDS_CLIENT,
     covered_call_ends_well, AWAY(H2_NO_ERROR, 1000, false)},
    {"client/http2/goaway/unknown-code", "H2-GOAWAY-009 H2-FRAME-017", "A covered call ends well whatever the code.",
     NEEDS_CLIENT, covered_call_ends_well, AWAY(0xff, 10, false)},
    {"client/http2/goaway/twice", "H2-GOAWAY-009", "GOAWAY twice is no error.", NEEDS_CLIENT, goaway_twice, NULL},
    {"client/http2/goaway/next-call", "H2-GOAWAY-002 GRPC-GOAWAY-004 H2-SET-001 H2-SET-016", "After GOAWAY the next call is on a new connection.",
     NEEDS_CLIENT, next_call_elsewhere, &(const bool){false}},
    {"client/http2/goaway/drain", "H2-GOAWAY-002 GRPC-GOAWAY-005 H2-SET-001", "A server may drain in two steps.", NEEDS_CLIENT,
     next_call_elsewhere, &(const bool){true}},
    {"client/http2/goaway/waiting-calls", "GRPC-GOAWAY-004 H2-SET-017", "Calls that waited for a stream go on after GOAWAY.",
     NEEDS_CLIENT, waiting_calls_move, NULL},
    {"client/http2/goaway/uncovered-call", "GRPC-GOAWAY-002 GRPC-RETRY-013",
     "A call that GOAWAY does not cover is tried again elsewhere.", NEEDS_CLIENT, uncovered_call_is_moved, NULL},
    {"client/http2/goaway/mark-lowered", "GRPC-GOAWAY-005 GRPC-GOAWAY-002",
     "A second GOAWAY takes only the calls above its mark.", NEEDS_SHARED_CONNECTION, second_goaway_lowers, NULL},
    {"client/http2/goaway/says-goodbye", "H2-GOAWAY-011", "A client sends GOAWAY before it closes a healthy connection.",
     NEEDS_CLIENT, says_goodbye, NULL},
};
/* clang-format on */
const struct case_list client_goaway_cases = {cases, ARRAY_LEN(cases)};
