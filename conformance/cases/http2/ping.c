/* SPDX-License-Identifier: MIT
 *
 * PING (RFC 9113 6.7). Servers count pings and close on too many without a call between them, so each case sends few.
 * A PING of a wrong length is in frame_sizes.c. */
#include "cases/cases.h"
#include "cases/http2/common.h"

static void same_octets_come_back(struct test *t)
{
    const struct bytes *opaque = t->arg;
    struct conn *conn = main_connection(t);
    unsigned before = conn->ping_acks;

    send_ping(conn, opaque->data, 0);
    expect_call_works(conn);
    expect(t, conn->ping_acks == before + 1, "one answer to one PING", "%u answers",
           conn->ping_acks - before);
    expect(t, memcmp(conn->last_ping_ack, opaque->data, 8) == 0,
           "the answer has the octets of the PING", "it has others");
    expect_connection_still_serves(conn);
}

/* In one write. Servers bear two (gRFC A8). */
static void two_at_once(struct test *t)
{
    struct conn *conn = main_connection(t);
    unsigned before = conn->ping_acks;

    send_ping(conn, (const uint8_t *)"the one\0", 0);
    send_ping(conn, (const uint8_t *)"another\0", 0);
    expect_call_works(conn);
    expect(t, conn->ping_acks == before + 2, "an answer to each of two PINGs", "%u answers",
           conn->ping_acks - before);
    expect_connection_still_serves(conn);
}

static void in_the_middle_of_a_request(struct test *t)
{
    struct call *call = open_call(t);

    send_data(call, BYTES("\0\0"), 0);
    expect_ping_answer(call->conn);
    send_data(call, BYTES("\0\0\0"), FLAG_END_STREAM);
    expect_answer(call);
    expect_connection_still_serves(call->conn);
}

#define UNASKED "an ACK that nobody asked for ends the connection; no document asks for that"

static void ack_is_not_answered(struct test *t)
{
    static const uint8_t opaque[8] = "unasked";
    struct conn *conn = main_connection(t);
    unsigned acks = conn->ping_acks;

    send_ping(conn, opaque, FLAG_ACK);
    expect_connection_outcome(conn, ONE_OF(IGNORED, LENIENT_GOAWAY(H2_PROTOCOL_ERROR, UNASKED),
                                           LENIENT_GOAWAY(H2_INTERNAL_ERROR, UNASKED),
                                           {OUTCOME_CLOSE, 0, true, UNASKED}));
    if (conn->goaways > 0 || conn->closed != NOT_CLOSED) {
        expect_target_still_serves(t);
        return;
    }
    expect_ping_answer(conn);
    expect_call_works(conn);
    expect(t, conn->ping_acks == acks + 1, "only the PING without ACK is answered", "%u answers",
           conn->ping_acks - acks);
    expect_connection_still_serves(conn);
}

static void on_a_stream(struct test *t)
{
    struct call *call = open_call(t);

    send_frame(call->conn, FRAME_PING, 0, call->stream, BYTES("grpcspec"));
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
}

static void ack_on_a_stream(struct test *t)
{
    struct conn *conn = main_connection(t);

    send_frame(conn, FRAME_PING, FLAG_ACK, 3, BYTES("grpcspec"));
    expect_connection_error(conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
}

static void while_a_response_is_blocked(struct test *t)
{
    struct call *call = blocked_call(t, 500000);

    expect_ping_answer(call->conn);
    expect(t, call->data.len == 0, "no DATA without a window", "%zu octets of DATA",
           call->data.len);
    release_call(call);
    expect_connection_still_serves(call->conn);
}

static const struct test_case cases[] = {
    {"http2/ping/same-octets", "H2-PING-001", "PING is answered with the same eight octets.",
     NEEDS_TRANSPORT, same_octets_come_back, &BYTES("\x01\x23\x45\x67\x89\xab\xcd\xef")},
    {"http2/ping/all-zeros", "H2-PING-001", "PING of eight zeros is answered with them.",
     NEEDS_TRANSPORT, same_octets_come_back, &BYTES("\0\0\0\0\0\0\0\0")},
    {"http2/ping/all-ones", "H2-PING-001", "PING of eight octets 0xff is answered with them.",
     NEEDS_TRANSPORT, same_octets_come_back, &BYTES("\xff\xff\xff\xff\xff\xff\xff\xff")},
    {"http2/ping/two-at-once", "H2-PING-001", "Each of two PINGs that come together is answered.",
     NEEDS_TRANSPORT, two_at_once, NULL},
    {"http2/ping/in-the-middle-of-a-request", "H2-PING-001",
     "PING between the DATA of a request is answered.", NEEDS_TRANSPORT, in_the_middle_of_a_request,
     NULL},
    {"http2/ping/ack-not-answered", "H2-PING-002", "PING with ACK is not answered.",
     NEEDS_TRANSPORT, ack_is_not_answered, NULL},
    {"http2/ping/on-a-stream", "H2-PING-003", "PING on a stream is a PROTOCOL_ERROR.",
     NEEDS_TRANSPORT, on_a_stream, NULL},
    {"http2/ping/ack-on-a-stream", "H2-PING-003", "PING with ACK on a stream is a PROTOCOL_ERROR.",
     NEEDS_TRANSPORT, ack_on_a_stream, NULL},
    {"http2/ping/while-a-response-is-blocked", "H2-PING-005",
     "PING is answered while DATA waits for a window.", NEEDS_TEST_SERVICE,
     while_a_response_is_blocked, NULL},
};
const struct case_list ping_cases = {cases, ARRAY_LEN(cases)};
