/* SPDX-License-Identifier: MIT
 *
 * Floods and their canaries; see flood.h. No case is here. */
#include "cases/http2/flood.h"

bool has_ended_connection(const struct conn *conn)
{
    return conn->goaways > 0 || conn->closed != NOT_CLOSED;
}

static bool has_ended(const struct conn *conn, const void *arg)
{
    (void)arg;
    return has_ended_connection(conn);
}

bool ends_connection_within(struct conn *conn, int64_t ns)
{
    int64_t patience = conn->t->patience_ns;
    conn->t->patience_ns = ns;
    bool ended = wait_until(conn, has_ended, NULL);
    conn->t->patience_ns = patience;
    return ended;
}

void note_defence(const struct conn *conn)
{
    char scratch[16];
    if (conn->goaways > 0)
        test_note(conn->t, "the target ended the connection: GOAWAY(%s)",
                  h2_error_name(conn->goaway.code, scratch));
    else if (conn->closed != NOT_CLOSED)
        test_note(conn->t, "the target closed the connection without GOAWAY");
    else
        test_note(conn->t, "the target bore it");
}

void turn_once(struct conn *conn)
{
    pass_time(conn, 0);
}

/* A server that says at once that it has no room sheds load: nobody waits. (C-core also says CANCELLED.) */
static bool is_turned_away(const struct call *call)
{
    return call_is_turned_away(call) || call_status(call) == GRPC_UNAVAILABLE ||
           call_status(call) == GRPC_CANCELLED;
}

void expect_served_in_the_end(struct conn *conn)
{
    struct test *t = conn->t;
    gr_time until = clock_add(clock_now_ns(), t->patience_ns);
    struct call *call;
    do {
        call = send_unary_on(conn, EMPTY_CALL, NO_BYTES);
        wait_for_all(call);
        if (is_turned_away(call))
            pass_time(conn, 50 * NS_PER_MS);
    } while (!test_is_over(t) && is_turned_away(call) && conn->closed == NOT_CLOSED &&
             clock_now_ns() < until);
    expect_answer(call);
}

struct flood begin_flood(struct test *t, const struct setting *settings, size_t count)
{
    struct flood flood = {.canary = connect_h2(t)};
    expect_served_in_the_end(flood.canary);
    flood.conn = connect_with(t, settings, count);
    return flood;
}

static void expect_call(struct conn *conn)
{
    struct test *t = conn->t;
    gr_time began = clock_now_ns();
    struct call *call = send_unary_on(conn, EMPTY_CALL, NO_BYTES);
    wait_for_all(call);
    int64_t took = clock_now_ns() - began;
    if (is_turned_away(call))
        test_note(t, "a call of another client was turned away: %s",
                  call->reset ? "REFUSED_STREAM" : grpc_status_name((uint32_t)call_status(call)));
    else
        expect_answer(call);
    if (took >= NS_PER_S)
        test_note(t, "a call beside the flood took %.1f s", (double)took / (double)NS_PER_S);
}

void expect_others_served(const struct flood *flood)
{
    struct test *t = flood->canary->t;
    expect_call(flood->canary);
    if (test_is_over(t))
        return;
    struct conn *another = connect_h2(t);
    expect_call(another);
    close_transport(another);
}

bool stays_quiet(struct conn *canary, int64_t ns, bool (*happened)(void *arg, int64_t within_ns),
                 void *arg)
{
    for (int i = 0; i < 3; i++) {
        if (happened(arg, ns / 3))
            return false;
        expect_served_in_the_end(canary);
    }
    return !happened(arg, 0);
}

struct answers {
    unsigned wanted;
};

static bool is_answered_or_ended(const struct conn *conn, const void *arg)
{
    const struct answers *answers = arg;
    return conn->ping_acks >= answers->wanted || has_ended_connection(conn);
}

void expect_borne_or_refused(const struct flood *flood)
{
    struct conn *conn = flood->conn;
    struct answers answers = {conn->ping_acks + 1};
    if (!has_ended_connection(conn))
        send_ping(conn, (const uint8_t *)"theflood", 0);
    bool came = wait_until(conn, is_answered_or_ended, &answers);
    expect(conn->t, came, "an answer to the PING behind the flood, or the end of the connection",
           "neither in %.1f s", (double)conn->t->patience_ns / (double)NS_PER_S);
    note_defence(conn);
    expect_others_served(flood);
}
