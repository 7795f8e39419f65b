/* SPDX-License-Identifier: MIT
 *
 * PING, as a server sends it. (RFC 9113 section 6.7) */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

static bool has_answered(const struct conn *conn, const void *before)
{
    return conn->closed != NOT_CLOSED || conn->ping_acks > *(const unsigned *)before;
}

static void same_octets_come_back(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct conn *conn = call->conn;
    unsigned before = conn->ping_acks;

    send_ping(conn, (const uint8_t[8]){0xff, 0, 0x80, 4, 5, 6, 7, 8}, FLAG_NONE);
    (void)wait_until(conn, has_answered, &before); /* a client may end with its call */
    serve_call(call);
    expect_client_ok(t);
    expect(t, conn->ping_acks == before + 1, "one answer to one PING", "%u answers",
           conn->ping_acks - before);
    expect(t, memcmp(conn->last_ping_ack, "\xff\0\x80\4\5\6\7\10", 8) == 0,
           "an answer with the same octets", "it had others");
}

static bool has_answered_all(const struct conn *conn, const void *all)
{
    return conn->closed != NOT_CLOSED || conn->ping_acks >= *(const unsigned *)all;
}

/* Twenty at once, all with the same octets. */
static void each_is_answered(struct test *t)
{
    enum { PINGS = 20 };
    struct call *call = first_call(t, &empty_unary);
    struct conn *conn = call->conn;
    unsigned before = conn->ping_acks, all = before + PINGS;

    for (unsigned i = 0; i < PINGS; i++)
        send_ping(conn, (const uint8_t[8]){1, 2, 3, 4, 5, 6, 7, 8}, FLAG_NONE);
    (void)wait_until(conn, has_answered_all, &all); /* a client may end with its call */
    serve_call(call);
    expect_client_ok(t);
    expect(t, conn->ping_acks == all, "20 answers to 20 PINGs", "%u answers",
           conn->ping_acks - before);
}

/* Only the PING is answered. What an ACK is that nobody asked for, no document says: some close the connection. */
static void ack_is_not_answered(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct conn *conn = call->conn;
    unsigned before = conn->ping_acks;

    send_ping(conn, (const uint8_t[8]){9, 9, 9, 9, 9, 9, 9, 9}, FLAG_ACK);
    send_ping(conn, (const uint8_t[8]){1, 1, 1, 1, 1, 1, 1, 1}, FLAG_NONE);
    (void)wait_until(conn, has_answered, &before);
    if (conn->ping_acks == before && (conn->closed != NOT_CLOSED || conn->goaways > 0)) {
        test_lenient(t, HERE, "a PING with ACK is passed over", "the connection was given up");
        return;
    }
    serve_call(call);
    expect_client_ok(t);
    expect(t, conn->ping_acks == before + 1,
           "no answer to a PING with ACK, one to the PING behind it", "%u answers",
           conn->ping_acks - before);
}

/* The client's DATA waits for a window, its answer to a PING does not. */
static void answered_while_blocked(struct test *t)
{
    struct call *call = first_call_with(t, &large_unary,
                                        SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));

    expect_ping_answer(call->conn);
    send_settings(call->conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 1 << 20}));
    serve_call(call);
    expect_client_ok(t);
}

struct bad_ping {
    bool on_the_call;
    struct bytes payload;
    uint32_t code;
};

static void refused(struct test *t)
{
    const struct bad_ping *row = t->arg;
    struct call *call = first_call(t, &empty_unary);

    send_frame(call->conn, FRAME_PING, FLAG_NONE, row->on_the_call ? call->stream : 0,
               row->payload);
    finish_ok(call);
    expect_connection_lost(call, row->code);
}

static const struct test_case cases[] = {
    {"client/http2/ping/same-octets", "H2-PING-001", "PING is answered with the same octets.",
     NEEDS_CLIENT, same_octets_come_back, NULL},
    {"client/http2/ping/each-is-answered", "H2-PING-001", "Each of several PINGs is answered.",
     NEEDS_CLIENT, each_is_answered, NULL},
    {"client/http2/ping/ack-is-not-answered", "H2-PING-002", "PING with ACK is not answered.",
     NEEDS_CLIENT, ack_is_not_answered, NULL},
    {"client/http2/ping/answered-while-blocked", "H2-PING-005",
     "PING is answered while DATA waits for a window.", NEEDS_CLIENT, answered_while_blocked, NULL},
    {"client/http2/ping/on-a-stream", "H2-PING-003", "PING on a stream is a PROTOCOL_ERROR.",
     NEEDS_CLIENT, refused, &(const struct bad_ping){true, OCTETS("12345678"), H2_PROTOCOL_ERROR}},
    {"client/http2/ping/of-wrong-length", "H2-PING-004 H2-ERR-001",
     "PING of 6 octets is a FRAME_SIZE_ERROR.", NEEDS_CLIENT, refused,
     &(const struct bad_ping){false, OCTETS("123456"), H2_FRAME_SIZE_ERROR}},
};
const struct case_list client_ping_cases = {cases, ARRAY_LEN(cases)};
