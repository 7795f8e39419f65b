/* SPDX-License-Identifier: MIT
 *
 * A server that stops: GOAWAY in two steps, calls in flight, calls that come too late (RFC 9113 6.8, gRFC A9). Each
 * case stops a server of its own, so the run must be able to start one, and SIGTERM must mean "stop in order" to it.
 * Also connections that a server ends by their age, where it is said to do so. */
#include "cases/cases.h"
#include "cases/grpc/common.h"
#include "peer/own_target.h"

#define EVERY_STREAM UINT32_C(0x7fffffff)

/* ---- what has been said ---- */

/* The n-th GOAWAY of the connection, from 0; false when there were not so many. */
static bool find_goaway(const struct conn *conn, unsigned n, struct goaway *goaway)
{
    const struct transcript *transcript = &conn->t->transcript;
    for (size_t i = 0; i < transcript->count; i++) {
        const struct transcript_entry *entry = &transcript->entries[i];
        if (!entry->is_frame || entry->direction != RECEIVED || entry->connection != conn->number ||
            entry->frame.type != FRAME_GOAWAY || entry->frame.payload.len < 8 || n-- > 0)
            continue;
        *goaway = (struct goaway){.last_stream = load_u32(entry->frame.payload.data) & EVERY_STREAM,
                                  .code = load_u32(entry->frame.payload.data + 4)};
        return true;
    }
    return false;
}

/* The GOAWAY behind which no stream is served any more. */
static bool has_final_goaway(const struct conn *conn)
{
    return conn->goaways > 0 && conn->goaway.last_stream < EVERY_STREAM;
}

static bool is_going(const struct conn *conn, const void *arg)
{
    (void)arg;
    return conn->goaways > 0 || conn->closed != NOT_CLOSED;
}

static bool is_final(const struct conn *conn, const void *arg)
{
    (void)arg;
    return has_final_goaway(conn) || conn->closed != NOT_CLOSED;
}

static void expect_closed(struct conn *conn)
{
    bool closed = wait_for_close(conn);
    expect(conn->t, closed, "the connection is closed once the last call is over",
           "it is still open");
}

/* ---- calls that the stop meets --------------------------------------------------------------- */

/* A call of which one response has come, so that its handler runs. */
static struct call *conversation(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    send_duplex(call, 10, 0);
    expect_reply(call, 10);
    return call;
}

static void go_on(struct call *call)
{
    send_duplex(call, 20, 0);
    expect_reply(call, 20);
}

static void finish(struct call *call)
{
    half_close(call);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

/* Stop the server; its GOAWAY has come. */
static void begin_stop(struct conn *conn)
{
    struct test *t = conn->t;
    stop_own_target(t);
    if (test_is_over(t))
        return;
    bool going = wait_until(conn, is_going, NULL);
    expect(t, going && conn->goaways > 0, "GOAWAY",
           conn->closed ? "the connection was closed without it" : "none came");
}

static void idle_connection(struct test *t)
{
    start_own_target(t);
    struct conn *conn = main_connection(t);
    struct call *call = send_unary(t, EMPTY_CALL, NO_BYTES);

    expect_headers(call);
    begin_stop(conn);
    expect_closed(conn);
    expect(t, conn->goaway.code == H2_NO_ERROR, "GOAWAY(NO_ERROR)", "GOAWAY with code %u",
           conn->goaway.code);
    bool ended = !test_is_over(t) && own_target_has_ended(t, 2 * NS_PER_S);
    test_note(t, "%s", ended ? "the process ended" : "the process was still there after 2 s");
}

static void two_steps(struct test *t)
{
    struct goaway first = {0}, second = {0};
    start_own_target(t);
    struct call *call = conversation(t);
    struct conn *conn = call->conn;

    begin_stop(conn);
    wait_until(conn, is_final, NULL);
    if (test_is_over(t))
        return;
    bool has_first = find_goaway(conn, 0, &first), has_second = find_goaway(conn, 1, &second);
    expect(t, has_first && first.code == H2_NO_ERROR, "GOAWAY(NO_ERROR)", "code %u", first.code);
    if (first.last_stream != EVERY_STREAM)
        test_lenient(t, HERE, "the first GOAWAY of a shutdown names stream 2^31-1",
                     "it names stream %u", first.last_stream);
    else
        expect(t, has_second, "a second GOAWAY that names the last stream", "none came");
    expect(t, conn->goaway.last_stream >= call->stream, "the open call is one that will be served",
           "the last stream is %u, the call's is %u", conn->goaway.last_stream, call->stream);
    go_on(call);
    finish(call);
}

static void call_in_flight_completes(struct test *t)
{
    start_own_target(t);
    struct call *call = conversation(t);

    begin_stop(call->conn);
    go_on(call);
    expect_ping_answer(call->conn);
    go_on(call);
    finish(call);
    expect_closed(call->conn);
}

/* A response has come: who would be told to try again elsewhere would have the call twice. */
static void not_refused_after_a_response(struct test *t)
{
    start_own_target(t);
    struct call *call = conversation(t);

    begin_stop(call->conn);
    wait_until(call->conn, is_final, NULL);
    half_close(call);
    wait_for_close(call->conn);
    expect(t, !call->reset || call->reset_code != H2_REFUSED_STREAM,
           "no REFUSED_STREAM after a response", "RST_STREAM(REFUSED_STREAM)");
    expect(t, call_status(call) == GRPC_OK, "the call ends with OK", "it ended with status %d",
           call_status(call));
}

/* ---- calls that come during the stop --------------------------------------------------------- */

static bool has_ended(const struct conn *conn, const void *arg)
{
    const struct call *call = arg;
    return call->remote_closed || call->reset || conn->closed != NOT_CLOSED ||
           (has_final_goaway(conn) && conn->goaway.last_stream < call->stream);
}

/* Served, or below no GOAWAY's last stream, or refused in a way that says it was not processed. */
static void expect_served_or_disowned(struct call *call)
{
    struct conn *conn = call->conn;
    wait_until(conn, has_ended, call);
    bool disowned = has_final_goaway(conn) && conn->goaway.last_stream < call->stream;
    bool refused = call->reset && call->reset_code == H2_REFUSED_STREAM;
    bool served = call_status(call) == GRPC_OK, unavailable = call_status(call) == GRPC_UNAVAILABLE;
    test_note(conn->t, "the new call was %s",
              served     ? "served"
              : disowned ? "above the last stream"
                         : "refused");
    expect(conn->t, served || disowned || refused || unavailable,
           "the call is served, refused, or named as not processed by the last GOAWAY",
           "none of it: status %d, last stream %u, the call's %u", call_status(call),
           conn->goaway.last_stream, call->stream);
}

/* A server that waits for an answer to its PING before the final GOAWAY gets it now. */
static void answer_pings(struct conn *conn, size_t since)
{
    const struct transcript *transcript = &conn->t->transcript;
    size_t count = transcript->count;
    for (size_t i = since; i < count && !test_is_over(conn->t); i++) {
        const struct transcript_entry *entry = &transcript->entries[i];
        bool ping = entry->is_frame && entry->direction == RECEIVED &&
                    entry->connection == conn->number && entry->frame.type == FRAME_PING &&
                    !(entry->frame.flags & FLAG_ACK) && entry->frame.payload.len == 8;
        uint8_t opaque[8];
        if (!ping)
            continue;
        memcpy(opaque, entry->frame.payload.data, sizeof opaque); /* sending moves the entries */
        send_ping(conn, opaque, FLAG_ACK);
    }
    conn->auto_ping_ack = true;
}

static void call_behind_first_goaway(struct test *t)
{
    start_own_target(t);
    struct call *old = conversation(t);

    old->conn->auto_ping_ack = false;
    size_t since = t->transcript.count;
    begin_stop(old->conn);
    struct call *new = send_unary_on(old->conn, EMPTY_CALL, NO_BYTES);
    flush(old->conn);
    answer_pings(old->conn, since);
    expect_served_or_disowned(new);
    go_on(old);
    finish(old);
}

static void call_behind_final_goaway(struct test *t)
{
    start_own_target(t);
    struct call *old = conversation(t);

    begin_stop(old->conn);
    wait_until(old->conn, is_final, NULL);
    struct call *new = send_unary_on(old->conn, EMPTY_CALL, NO_BYTES);
    go_on(old);
    expect(t, call_status(new) != GRPC_OK, "a call behind the final GOAWAY is not served",
           "it ended with OK");
    expect_served_or_disowned(new);
    finish(old);
}

/* Accepted and kept open: a backlog, or a server that does not mean to stop. */
static bool takes_a_connection(struct test *t)
{
    char why[256] = "";
    uint8_t scratch[256];
    size_t got;
    enum transport_result result = TRANSPORT_END;
    gr_time deadline = clock_now_ns() + t->patience_ns;
    struct transport *transport = transport_connect(&t->target->endpoint, t->target->tls, deadline,
                                                    why);
    if (!transport)
        return false;
    do
        result = transport_read(transport, scratch, sizeof scratch, &got,
                                clock_now_ns() + 200 * NS_PER_MS);
    while (result == TRANSPORT_OK);
    transport_free(transport);
    return result == TRANSPORT_TIMEOUT;
}

static void new_connection_is_refused(struct test *t)
{
    start_own_target(t);
    struct call *old = conversation(t);

    begin_stop(old->conn);
    wait_until(old->conn, is_final, NULL);
    if (!test_is_over(t) && takes_a_connection(t)) {
        struct conn *another = open_transport(t);
        send_preface(another);
        send_settings(another, NULL, 0);
        struct call *call = send_unary_on(another, EMPTY_CALL, NO_BYTES);
        wait_for_all(call);
        expect(t, call_status(call) != GRPC_OK, "a server that stops serves no new connection",
               "a call on it ended with OK");
        test_note(t, "a new connection was taken, and no call served on it");
    }
    go_on(old);
    finish(old);
}

/* What is ignored still counts: more than the connection's window, and entries of the dynamic table. */
static void ignored_streams_count(struct test *t)
{
    struct buf bulk = {0};
    start_own_target(t);
    struct call *old = conversation(t);

    buf_put_zeros(&bulk, 20000);
    begin_stop(old->conn);
    wait_until(old->conn, is_final, NULL);
    for (int i = 0; i < 6 && !test_is_over(t); i++) {
        struct call *ignored = new_call_on(old->conn, STREAMING_INPUT_CALL);
        send_request_headers(
            ignored, EDITS(ADD("x-ignored", "the table grows"), ADD("x-more", "and grows")), 0);
        send_data(ignored, buf_view(&bulk), 0);
        go_on(old);
    }
    expect(t, old->conn->goaway.code == H2_NO_ERROR, "the connection goes on",
           "GOAWAY with code %u", old->conn->goaway.code);
    finish(old);
    buf_clear(&bulk);
}

/* The error ends what the stop would have waited for (golang CVE-2022-27664). */
static void error_during_shutdown(struct test *t)
{
    start_own_target(t);
    struct call *call = conversation(t);

    begin_stop(call->conn);
    send_frame(call->conn, FRAME_PING, 0, 0, BYTES("1234567"));
    bool closed = wait_for_close(call->conn);
    expect(t, closed, "a connection error ends the connection, also during a shutdown",
           "it is still open");
}

/* ---- connections that end by their age, where the server is said to do that ------------------ */

#define LATE (2 * NS_PER_S) /* a busy machine */

static void expect_goaway_because(struct conn *conn, int64_t from, int64_t until, gr_time began,
                                  const char *debug)
{
    struct test *t = conn->t;
    t->deadline = clock_add(t->deadline, until);
    t->patience_ns = until - (clock_now_ns() - began) + NS_PER_S;
    wait_until(conn, is_going, NULL);
    int64_t took = clock_now_ns() - began;
    expect(t, conn->goaways > 0, "GOAWAY",
           conn->closed ? "a close without it" : "none in the time that was said");
    expect(t, conn->goaway.code == H2_NO_ERROR, "GOAWAY(NO_ERROR)", "code %u", conn->goaway.code);
    expect(t, took >= from && took <= until, "GOAWAY when it is time", "after %.2f s",
           (double)took / (double)NS_PER_S);
    struct goaway first = {0};
    if (find_goaway(conn, 0, &first) && conn->goaways == 1 &&
        !bytes_equal_str(conn->goaway.debug, debug))
        test_lenient(t, HERE, debug, "debug data '%.*s'", (int)conn->goaway.debug.len,
                     conn->goaway.debug.len ? (const char *)conn->goaway.debug.data : "");
}

static void max_idle(struct test *t)
{
    int64_t idle = server_has_seconds(t, HAS_MAX_IDLE);
    if (test_is_over(t))
        return;
    gr_time began = clock_now_ns();
    struct conn *conn = connect_h2(t);
    expect_goaway_because(conn, idle - idle / 10, idle + idle / 2 + LATE, began, "max_idle");
    expect_closed(conn);
}

static void max_age(struct test *t)
{
    int64_t age = server_has_seconds(t, HAS_MAX_AGE);
    if (test_is_over(t))
        return;
    gr_time began = clock_now_ns();
    struct call *call = conversation(t);
    expect_goaway_because(call->conn, age - age / 8, age + age / 8 + LATE, began, "max_age");
    go_on(call);
    finish(call);
    expect_closed(call->conn);
}

static void max_age_grace(struct test *t)
{
    int64_t age = server_has_seconds(t, HAS_MAX_AGE),
            grace = server_has_seconds(t, HAS_MAX_AGE_GRACE);
    if (test_is_over(t))
        return;
    t->deadline = clock_add(t->deadline, age + grace);
    t->patience_ns += age + grace + age / 8;
    struct call *call = conversation(t);
    bool closed = wait_for_close(call->conn);
    expect(t, closed, "a call that outlives the grace ends with its connection",
           "it is still open");
}

static const struct test_case cases[] = {
    {"grpc/shutdown/idle-connection", "GRPC-GOAWAY-001 GRPC-GOAWAY-010",
     "A server that stops says GOAWAY before it closes an idle connection.", NEEDS_TRANSPORT,
     idle_connection, NULL},
    {"grpc/shutdown/two-steps", "H2-GOAWAY-004 H2-GOAWAY-006",
     "The first GOAWAY of a shutdown names stream 2^31-1, the second the last stream that will be "
     "served.",
     NEEDS_TEST_SERVICE, two_steps, NULL},
    {"grpc/shutdown/call-in-flight-completes", "GRPC-GOAWAY-010 H2-GOAWAY-005",
     "A call in flight completes during a shutdown, PINGs are answered, and then the connection is "
     "closed.",
     NEEDS_TEST_SERVICE, call_in_flight_completes, NULL},
    {"grpc/shutdown/not-refused-after-a-response", "H2-GOAWAY-007",
     "A call that has had a response is not refused by a shutdown.", NEEDS_TEST_SERVICE,
     not_refused_after_a_response, NULL},
    {"grpc/shutdown/call-behind-first-goaway", "H2-GOAWAY-005",
     "A call that crosses the first GOAWAY is served, or named as not processed.",
     NEEDS_TEST_SERVICE, call_behind_first_goaway, NULL},
    {"grpc/shutdown/call-behind-final-goaway", "GRPC-STAT-021",
     "A call behind the final GOAWAY is not served.", NEEDS_TEST_SERVICE, call_behind_final_goaway,
     NULL},
    {"grpc/shutdown/new-connection", "GRPC-STAT-021",
     "A server that stops serves no new connection.", NEEDS_TEST_SERVICE, new_connection_is_refused,
     NULL},
    {"grpc/shutdown/ignored-streams-count", "H2-GOAWAY-008",
     "Header blocks and 120000 octets of DATA behind the final GOAWAY neither confuse HPACK nor "
     "use up the window.",
     NEEDS_TEST_SERVICE, ignored_streams_count, NULL},
    {"grpc/shutdown/error-during-shutdown", "H2-ERR-002",
     "A connection error during a shutdown closes the connection.", NEEDS_TEST_SERVICE,
     error_during_shutdown, NULL},
    {"grpc/shutdown/max-idle", "GRPC-GOAWAY-006",
     "An idle connection is closed in order when its time is over.", NEEDS_TRANSPORT, max_idle,
     NULL},
    {"grpc/shutdown/max-age", "GRPC-GOAWAY-007",
     "A connection of the greatest age is told so, and its call completes.", NEEDS_TEST_SERVICE,
     max_age, NULL},
    {"grpc/shutdown/max-age-grace", "GRPC-GOAWAY-008",
     "A call that outlives the grace ends with its connection.", NEEDS_TEST_SERVICE, max_age_grace,
     NULL},
};
const struct case_list shutdown_cases = {cases, ARRAY_LEN(cases)};
