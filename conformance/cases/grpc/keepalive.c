/* SPDX-License-Identifier: MIT
 *
 * Pings that keep a connection alive (gRFC A8, A9, keepalive.md): which of a client's a server bears, and its own.
 * By default a server bears a ping in five minutes with a call and in two hours without, and two pings that come too
 * soon; so ten in a row are too many whatever its arithmetic is. */
#include "cases/cases.h"
#include "cases/grpc/common.h"
#include "peer/own_target.h"

#define MOST_PINGS 10

static bool is_ending(const struct conn *conn)
{
    return conn->goaways > 0 || conn->closed != NOT_CLOSED;
}

struct acks {
    unsigned wanted;
};

static bool is_answered(const struct conn *conn, const void *arg)
{
    const struct acks *acks = arg;
    return conn->ping_acks >= acks->wanted || is_ending(conn);
}

/* One PING, and what comes of it: an answer or the end. */
static void ping_once(struct conn *conn, uint8_t number)
{
    uint8_t opaque[8] = {'k', 'e', 'e', 'p', 'i', 'n', 'g', number};
    struct acks acks = {conn->ping_acks + 1};

    send_ping(conn, opaque, 0);
    bool came = wait_until(conn, is_answered, &acks);
    expect(conn->t, came, "an answer to PING, or the end of the connection", "neither");
}

/* Ping until it is too much. The strike is announced, with its name, before the connection ends. */
static void expect_too_many(struct conn *conn)
{
    struct test *t = conn->t;
    unsigned sent = 0;

    while (!test_is_over(t) && !is_ending(conn) && sent < MOST_PINGS)
        ping_once(conn, (uint8_t)sent++);
    if (!is_ending(conn)) {
        test_lenient(t, HERE, "GOAWAY(ENHANCE_YOUR_CALM) for too many pings",
                     "%u pings at once are borne", sent);
        return;
    }
    wait_for_close(conn);
    test_note(t, "PING number %u was too many", sent);
    expect(t, sent > 2, "two strikes are forgiven", "the connection ended at PING number %u", sent);
    expect_connection_error(conn, H2_ENHANCE_YOUR_CALM);
    if (conn->goaways > 0 && !bytes_equal_str(conn->goaway.debug, "too_many_pings"))
        test_lenient(t, HERE, "debug data \"too_many_pings\"", "'%.*s'",
                     (int)conn->goaway.debug.len,
                     conn->goaway.debug.len ? (const char *)conn->goaway.debug.data : "");
    expect_target_still_serves(t);
}

static void idle_connection(struct test *t)
{
    expect_too_many(main_connection(t));
}

static void beside_an_idle_stream(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    send_duplex(call, 1, 0);
    expect_reply(call, 1);
    expect_too_many(call->conn);
}

static void two_are_borne(struct test *t)
{
    struct conn *conn = main_connection(t);

    ping_once(conn, 1);
    ping_once(conn, 2);
    expect(t, !is_ending(conn), "two PINGs on a fresh connection are borne", "the connection ends");
    expect_connection_still_serves(conn);
}

/* Answers are not pings, asked for or not (grpc-java #12417). */
static void acks_are_no_strikes(struct test *t)
{
    static const uint8_t opaque[8] = "unasked";
    struct conn *conn = main_connection(t);

    send_ping(conn, opaque, FLAG_ACK);
    ping_once(conn, 0);
    if (!test_is_over(t) && is_ending(conn))
        test_skip(t, "the target ends the connection at the first ACK that nobody asked for");
    for (int i = 1; i < MOST_PINGS; i++)
        send_ping(conn, opaque, FLAG_ACK);
    ping_once(conn, 1);
    expect(t, !is_ending(conn), "PING with ACK is not counted as a ping", "the connection ends");
    expect_connection_still_serves(conn);
}

/* DATA of the server wipes the strikes. */
static void between_messages(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    for (uint8_t i = 0; i < 20 && !test_is_over(t); i++) {
        send_duplex(call, 1, 0);
        expect_reply(call, 1);
        ping_once(call->conn, i);
        expect(t, !is_ending(call->conn), "a PING behind each response is borne",
               "the connection ends at the PING behind response %u", i + 1);
    }
    half_close(call);
    expect_status(call, GRPC_OK);
}

/* ---- a server configured so ---- */

static void permitted_without_calls(struct test *t)
{
    struct conn *conn;
    int64_t apart = server_has_seconds(t, HAS_PERMIT_IDLE_PINGS);

    if (test_is_over(t))
        return;
    t->deadline = clock_add(t->deadline, 20 * apart);
    conn = connect_h2(t);
    for (uint8_t i = 0; i < MOST_PINGS && !test_is_over(t); i++) {
        pass_time(conn, apart + apart / 4);
        ping_once(conn, i);
        expect(t, !is_ending(conn), "pings as far apart as the server permits are borne",
               "the connection ends");
    }
}

static bool was_pinged_or_closed(const struct conn *conn, const void *arg)
{
    (void)arg;
    return conn->pings_received > 0 || conn->closed != NOT_CLOSED;
}

/* The answer that never comes: the connection is closed for it, and was idle all the time. */
static void own_ping_unanswered(struct test *t)
{
    int64_t time = server_has_seconds(t, HAS_KEEPALIVE_TIME);
    int64_t timeout = server_has_seconds(t, HAS_KEEPALIVE_TIMEOUT);
    struct conn *conn;

    if (test_is_over(t))
        return;
    t->deadline = clock_add(t->deadline, time + timeout);
    t->patience_ns += time + timeout;
    conn = connect_h2(t);
    conn->auto_ping_ack = false;
    bool pinged = wait_until(conn, was_pinged_or_closed, NULL) && conn->pings_received > 0;
    expect(t, pinged, "a PING of the server on the idle connection", "none came");
    bool closed = wait_for_close(conn);
    expect(t, closed, "a connection whose PING is not answered is closed", "it is still open");
    expect_target_still_serves(t);
}

static const struct test_case cases[] = {
    {"grpc/keepalive/idle-connection", "GRPC-KA-001",
     "Ten PINGs at once on an idle connection are too many: GOAWAY(ENHANCE_YOUR_CALM), "
     "too_many_pings.",
     NEEDS_TRANSPORT, idle_connection, NULL},
    {"grpc/keepalive/two-pings", "GRPC-KA-002", "Two PINGs on a fresh connection are borne.",
     NEEDS_TRANSPORT, two_are_borne, NULL},
    {"grpc/keepalive/acks-are-no-strikes", "GRPC-KA-002",
     "Ten PING with ACK are not counted as pings.", NEEDS_TRANSPORT, acks_are_no_strikes, NULL},
    {"grpc/keepalive/between-messages", "GRPC-KA-003",
     "A PING behind each of twenty responses is borne.", NEEDS_TEST_SERVICE, between_messages,
     NULL},
    {"grpc/keepalive/beside-an-idle-stream", "GRPC-KA-004",
     "Ten PINGs at once beside a call that rests are too many.", NEEDS_TEST_SERVICE,
     beside_an_idle_stream, NULL},
    {"grpc/keepalive/permitted-without-calls", "GRPC-KA-005",
     "Pings as far apart as the server permits are borne without calls.", NEEDS_TRANSPORT,
     permitted_without_calls, NULL},
    {"grpc/keepalive/own-ping-unanswered", "GRPC-KA-014",
     "The server pings an idle connection, and closes it when no answer comes.", NEEDS_TRANSPORT,
     own_ping_unanswered, NULL},
};
const struct case_list keepalive_cases = {cases, ARRAY_LEN(cases)};
