/* SPDX-License-Identifier: MIT
 *
 * GOAWAY (RFC 9113 6.8) from the client, and what a server says when it ends a connection (5.4.1). Graceful shutdown
 * of the server is not here: a tester cannot ask for it. */
#include "cases/cases.h"
#include "cases/http2/common.h"

/* A client's GOAWAY names streams of the server, and those are even: some servers refuse an odd one. */
#define HIGHEST_PUSHED_STREAM UINT32_C(0x7ffffffe)

static void on_a_stream(struct test *t)
{
    struct call *call = open_call(t);

    send_frame(call->conn, FRAME_GOAWAY, 0, call->stream, BYTES("\0\0\0\0\0\0\0\0"));
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
}

struct farewell {
    uint32_t last_stream, code;
    size_t debug;
};
#define FAREWELL(...) (&(const struct farewell){__VA_ARGS__})

/* RFC 9113 7 lets a code that nobody knows be INTERNAL_ERROR, and whoever says that is about to close. */
static void expect_answer_unless_closed(struct call *call)
{
    struct conn *conn = call->conn;

    wait_for_all(call);
    if (!test_is_over(conn->t) && conn->closed != NOT_CLOSED && !call->remote_closed &&
        !call->reset)
        test_lenient(conn->t, HERE, "open calls complete", "the connection was closed%s",
                     conn->goaways > 0 ? ", with a GOAWAY" : " without GOAWAY");
    else
        expect_answer(call);
}

/* The streams of a GOAWAY are the receiver's: it says nothing of the requests we have sent. */
static void open_call_completes(struct test *t)
{
    const struct farewell *row = t->arg;
    struct call *call = open_call(t);
    struct buf debug = {0};

    put_fill(&debug, 'd', row->debug);
    send_goaway(call->conn, row->last_stream, row->code, buf_view(&debug));
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    if (row->code == H2_NO_ERROR)
        expect_answer(call);
    else
        expect_answer_unless_closed(call);
    expect_target_still_serves(t);
    buf_clear(&debug);
}

static void waiting_response_completes(struct test *t)
{
    struct call *call = blocked_call(t, 100000);

    send_goaway(call->conn, 0, H2_NO_ERROR, NO_BYTES);
    release_call(call);
    expect_target_still_serves(t);
}

/* The connection is as it was for a call that is open: its windows are given back, and PINGs answered. */
static void open_upload_completes(struct test *t)
{
    struct call *call = new_call(t, STREAMING_INPUT_CALL);
    struct buf message = {0};

    pb_put_input_request(&message, 60000, -1);
    send_request_headers(call, NO_EDITS, 0);
    send_message(call, 0, buf_view(&message), 0);
    send_goaway(call->conn, 0, H2_NO_ERROR, NO_BYTES);
    for (int i = 0; i < 5; i++)
        send_message(call, 0, buf_view(&message), 0);
    expect_ping_answer(call->conn);
    half_close(call);
    expect_status(call, GRPC_OK);
    expect_target_still_serves(t);
    buf_clear(&message);
}

static void twice(struct test *t)
{
    struct call *call = open_call(t);

    send_goaway(call->conn, HIGHEST_PUSHED_STREAM, H2_NO_ERROR, NO_BYTES);
    send_goaway(call->conn, 0, H2_NO_ERROR, NO_BYTES);
    complete_call(call);
    expect_target_still_serves(t);
}

/* Odd, but no rule forbids it. The server may serve it, or have begun to close. */
static void new_stream_after_it(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call;

    expect_call_works(conn);
    send_goaway(conn, 0, H2_NO_ERROR, NO_BYTES);
    call = send_unary_on(conn, UNIMPLEMENTED_CALL, NO_BYTES);
    expect_outcome(call, ONE_OF(ANY_ERROR, HTTP(404), HTTP(415), RESET(H2_REFUSED_STREAM),
                                GOAWAY(H2_NO_ERROR), CLOSE));
    expect_target_still_serves(t);
}

/* ---- what a server says before it closes ----------------------------------------------------- */

static void provoke(struct conn *conn)
{
    send_frame(conn, FRAME_PING, 0, 0, BYTES("1234567"));
}

static void error_names_the_last_stream(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call;

    expect_call_works(conn);
    call = send_unary_on(conn, EMPTY_CALL, NO_BYTES);
    expect_answer(call);
    provoke(conn);
    wait_for_close(conn);
    if (test_is_over(t))
        return;
    if (conn->goaways == 0)
        test_lenient(t, HERE, "GOAWAY before the close", "the connection was closed without one");
    else if (conn->goaway.last_stream == UINT32_C(0x7fffffff))
        test_lenient(t, HERE, "the last stream is the last that was processed",
                     "2^31-1 where %u was served: allowed, but it says nothing", call->stream);
    else
        expect(t, conn->goaway.last_stream == call->stream,
               "the last stream is the last that was processed",
               "last stream %u where %u was served", conn->goaway.last_stream, call->stream);
    expect_target_still_serves(t);
}

static void error_closes_the_connection(struct test *t)
{
    struct conn *conn = main_connection(t);

    expect_call_works(conn);
    provoke(conn);
    wait_for_close(conn);
    expect(t, conn->closed != NOT_CLOSED, "the connection is closed after a connection error",
           "it is still open");
    expect_target_still_serves(t);
}

static void error_beside_an_open_call(struct test *t)
{
    struct call *call = open_call(t);

    provoke(call->conn);
    expect_connection_error(call->conn, H2_FRAME_SIZE_ERROR);
    expect(t, call_status(call) != GRPC_OK, "a call without its message does not succeed",
           "it ended with OK");
    expect_target_still_serves(t);
}

static const struct test_case cases[] = {
    {"http2/goaway/on-a-stream", "H2-GOAWAY-001", "GOAWAY on a stream is a PROTOCOL_ERROR.",
     NEEDS_TRANSPORT, on_a_stream, NULL},
    {"http2/goaway/open-call-completes", "H2-GOAWAY-010",
     "A client's GOAWAY does not end its own open calls.", NEEDS_TRANSPORT, open_call_completes,
     FAREWELL(0, H2_NO_ERROR, 0)},
    {"http2/goaway/debug-data-and-unknown-code", "H2-GOAWAY-009 H2-FRAME-017",
     "GOAWAY with debug data and a code nobody knows leaves open calls alone.", NEEDS_TRANSPORT,
     open_call_completes, FAREWELL(0, 0xff, 1000)},
    {"http2/goaway/highest-last-stream", "H2-GOAWAY-010",
     "GOAWAY that names stream 2^31-2 leaves open calls alone.", NEEDS_TRANSPORT,
     open_call_completes, FAREWELL(HIGHEST_PUSHED_STREAM, H2_NO_ERROR, 8)},
    {"http2/goaway/waiting-response-completes", "H2-GOAWAY-010",
     "A response that waits for a window completes after a client's GOAWAY.", NEEDS_TEST_SERVICE,
     waiting_response_completes, NULL},
    {"http2/goaway/open-upload-completes", "H2-GOAWAY-010 H2-PING-001",
     "After a client's GOAWAY an open upload gets its windows back, and PING an answer.",
     NEEDS_TEST_SERVICE, open_upload_completes, NULL},
    {"http2/goaway/twice", "H2-GOAWAY-010", "A second GOAWAY with a lower last stream is accepted.",
     NEEDS_TRANSPORT, twice, NULL},
    {"http2/goaway/new-stream-after-it", "H2-GOAWAY-010",
     "A request after the client's own GOAWAY is answered, refused, or met by an end of the "
     "connection.",
     NEEDS_TRANSPORT, new_stream_after_it, NULL},

    {"http2/errors/last-stream", "H2-ERR-001",
     "GOAWAY of a connection error names the last stream that was served.", NEEDS_TRANSPORT,
     error_names_the_last_stream, NULL},
    {"http2/errors/connection-closed", "H2-ERR-002", "A connection error closes the connection.",
     NEEDS_TRANSPORT, error_closes_the_connection, NULL},
    {"http2/errors/beside-an-open-call", "H2-ERR-001 H2-ERR-002",
     "A connection error while a request is incomplete is reported, and the request not served.",
     NEEDS_TRANSPORT, error_beside_an_open_call, NULL},
};
const struct case_list goaway_cases = {cases, ARRAY_LEN(cases)};
