/* SPDX-License-Identifier: MIT
 *
 * Streams, as a client opens, counts and ends them, and frames of a server on streams that are not open (RFC 9113 5).
 */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

/* ---- identifiers ----------------------------------------------------------------------------- */

static void ids_increase(struct test *t)
{
    struct call *call = first_call(t, &custom_metadata);
    uint32_t first = call->stream;
    struct conn *conn = call->conn;

    expect(t, first % 2 == 1, "an odd stream identifier", "stream %u", first);
    serve_call(call);
    call = next_call(t, &custom_metadata);
    expect(t, call->conn != conn || (call->stream % 2 == 1 && call->stream > first),
           "a higher odd stream identifier for the next call", "stream %u after stream %u",
           call->stream, first);
    serve_call(call);
    expect_client_ok(t);
}

/* ---- frames on streams that are not open ----------------------------------------------------- */

struct stray {
    uint8_t type, flags;
    enum where where;
    struct bytes payload;
};
#define STRAY(...) (&(const struct stray){__VA_ARGS__})

static void on_an_idle_stream(struct test *t)
{
    const struct stray *row = t->arg;
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_frame(call->conn, row->type, row->flags, stream_at(call, row->where), row->payload);
    expect_connection_outcome(
        call->conn,
        ONE_OF(GOAWAY(H2_PROTOCOL_ERROR),
               LENIENT_GOAWAY(H2_STREAM_CLOSED, "taken for a stream that was closed"),
               LENIENT_GOAWAY(H2_NO_ERROR, "a connection error of another code"),
               LENIENT_GOAWAY(H2_INTERNAL_ERROR, "a connection error of another code"),
               LENIENT_GOAWAY(H2_FLOW_CONTROL_ERROR, "a connection error of another code"),
               LENIENT_CLOSE, LENIENT_IGNORED("taken for a stream that it has forgotten")));
}

/* A stream that both sides have ended: what was on its way then is no error. */
static void just_after_the_end(struct test *t)
{
    const struct stray *row = t->arg;
    struct call *call = first_call(t, &custom_metadata);

    (void)ask_client(t, &custom_metadata); /* ahead, so that the connection stays in use */
    serve_call(call);
    send_frame(call->conn, row->type, row->flags, call->stream, row->payload);
    serve_call(await_call(t));
    expect_client_ok(t);
}

/* The client has half-closed; it still wants to hear of windows and priorities. */
static void while_half_closed(struct test *t)
{
    struct call *call = first_call(t, &large_unary);

    expect_half_close(call);
    send_window_update(call->conn, call->stream, 1000);
    send_priority(call->conn, call->stream, 0, false, 7);
    expect_call_goes_on(call);
}

/* RST_STREAM, and then the rest as if nothing had been: none of it may reach the application. */
static void after_our_reset(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_rst_stream(call->conn, call->stream, H2_INTERNAL_ERROR);
    send_frame(call->conn, FRAME_DATA, 0, call->stream, BYTES("\0\0\0\0\0"));
    send_status(call, GRPC_OK, NULL);
    expect_client_error(t);
}

/* A client that cancelled must still decode what comes: the next response on the connection is built on it. */
static void late_headers_after_its_reset(struct test *t)
{
    struct call *call = first_call(t, &cancel_after_first_response);

    (void)wanted_responses(call, NULL, 0);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_response_message(call, 31415);
    await_let_go(call);
    expect_outcome(call,
                   ONE_OF(RESET(H2_CANCEL), LENIENT_ANY_RESET("CANCEL is the code"), LENIENT_CLOSE,
                          LENIENT_GOAWAY(H2_NO_ERROR, "it ends with its call")));
    const struct field late[] = {FIELD("grpc-status", "0"), FIELD("x-late", "indexed-by-now")};
    send_fields(call->conn, call->stream, late, ARRAY_LEN(late), FLAG_END_STREAM);
    expect_client_still_works(t);
}

static bool has_room(const struct conn *conn, const void *arg)
{
    return conn->closed != NOT_CLOSED || conn->send_window >= *(const int64_t *)arg;
}

/* A response of 31415 octets, at which the client cancels, and then 30000 octets that were on their way. */
static void send_too_much(struct call *call, struct bytes late)
{
    struct conn *conn = call->conn;
    const int64_t room = (int64_t)late.len;

    (void)wanted_responses(call, NULL, 0);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_response_message(call, 31415);
    await_let_go(call);
    expect_outcome(call,
                   ONE_OF(RESET(H2_CANCEL), LENIENT_ANY_RESET("CANCEL is the code"), LENIENT_CLOSE,
                          LENIENT_GOAWAY(H2_NO_ERROR, "it ends with its call")));
    if (conn->closed != NOT_CLOSED)
        return;
    (void)wait_until(conn, has_room, &room);
    expect(conn->t, conn->send_window >= room,
           "the connection's window for DATA on streams that were reset comes back", "it did not");
    send_frame(conn, FRAME_DATA, 0, call->stream, bytes_first(late, 15000));
    send_frame(conn, FRAME_DATA, 0, call->stream, bytes_skip(late, 15000));
}

/* DATA for a stream that the client has reset counts against its connection window; it must give it back. Three streams
 * bring more than fits into that. */
static void late_data_after_its_reset(struct test *t)
{
    struct call *open = first_call(t, &empty_unary); /* so that the connection stays in use */
    struct buf late = {0};

    put_octets(&late, 0, 30000);
    for (unsigned i = 0; i < 4 && !test_is_over(t); i++)
        send_too_much(next_call(t, &cancel_after_first_response), buf_view(&late));
    serve_call(open);
    expect_client_still_works(t);
    buf_clear(&late);
}

/* ---- how many at once ------------------------------------------------------------------------ */

/* The client wants ten calls or more at once, and may have one. Whoever breaks that is seen by the linter too. */
static void one_at_a_time(struct test *t)
{
    struct call *call = first_call_with(t, &max_streams,
                                        SETTINGS({SETTING_MAX_CONCURRENT_STREAMS, 1}));
    const struct conn *limited = call->conn; /* another one, which some then make, is not */

    for (unsigned i = 1; i < 11; i++)
        (void)ask_client(t, &max_streams);
    serve_call(call);
    for (unsigned served = 1; served < 11 && !test_is_over(t); served++) {
        call = await_call(t);
        expect_nothing_closed(call->conn);
        for (const struct call *other = limited->calls; other; other = other->next)
            expect(t,
                   call->conn != limited || other == call ||
                       (other->local_closed && other->remote_closed),
                   "one stream at a time", "stream %u was opened while %u was open", call->stream,
                   other->stream);
        serve_call(call);
        expect(t, !call->reset, "each call is served", "stream %u was reset", call->stream);
    }
}

static bool has_waiting_call(const struct conn *conn)
{
    bool waits = false;

    for (const struct call *call = conn->calls; call; call = call->next)
        waits |= !call->handed_out;
    return waits;
}

/* A call is under way when the limit falls to 0. Its successor may not open a stream before it is raised, and must
 * then; some make another connection instead. The pause is for the application, which is to make its call in it. */
static void none_until_raised(struct test *t)
{
    struct call *call = first_call(t, &custom_metadata);
    struct conn *conn = call->conn;

    send_settings(conn, SETTINGS({SETTING_MAX_CONCURRENT_STREAMS, 0}));
    expect_settings_acks(conn, 2);
    (void)ask_client(t, &custom_metadata);
    serve_call(call);
    pass_client_time(t, 500 * NS_PER_MS);
    expect(t, !has_waiting_call(conn), "no stream is opened while MAX_CONCURRENT_STREAMS is 0",
           "HEADERS came behind the ACK of it");
    if (conn->closed == NOT_CLOSED)
        send_settings(conn, SETTINGS({SETTING_MAX_CONCURRENT_STREAMS, 10}));
    serve_call(await_call(t));
    expect_client_ok(t);
}

/* Three calls are open when the limit falls to 1: they go on, and a fourth waits until there is room. */
static void lowered_below(struct test *t)
{
    enum { OPEN = 3 };
    struct call *calls[OPEN] = {first_call(t, &empty_unary)};
    struct conn *conn = calls[0]->conn;

    for (unsigned i = 1; i < OPEN; i++) {
        (void)ask_client(t, &empty_unary);
        calls[i] = await_call(t);
    }
    if (!test_is_over(t) && (calls[1]->conn != conn || calls[2]->conn != conn))
        test_skip(t, "the client made a connection for each call");
    send_settings(conn, SETTINGS({SETTING_MAX_CONCURRENT_STREAMS, 1}));
    expect_settings_acks(conn, 2);
    struct asked *fourth = ask_client(t, &empty_unary);
    pass_client_time(t, 20 * NS_PER_MS); /* so that the client has heard of it; the linter counts */
    expect_nothing_closed(conn);
    for (unsigned i = 0; i < OPEN; i++) {
        expect(t, !calls[i]->reset, "calls above a lower limit go on", "stream %u was reset",
               calls[i]->stream);
        for (const struct call *call = conn->calls; call; call = call->next)
            expect(t, call->handed_out, "a further call waits for room",
                   "stream %u was opened while %u were open and 1 was allowed", call->stream,
                   OPEN - i);
        serve_call(calls[i]);
    }
    serve_call(await_call(t));
    expect_asked_outcome(fourth, ONE_OF(STATUS(GRPC_OK)));
}

/* One stream is allowed. Its request is blocked when the response is complete and the rest is not wanted: a reset makes
 * room as any end does. */
static void reset_makes_room(struct test *t)
{
    struct call *call = first_call_with(
        t, &max_streams,
        SETTINGS({SETTING_MAX_CONCURRENT_STREAMS, 1}, {SETTING_INITIAL_WINDOW_SIZE, 0}));

    (void)ask_client(t, &max_streams);
    (void)ask_client(t, &max_streams);
    expect_settings_acks(call->conn, 1);
    for (unsigned i = 0; i < 2; i++) {
        send_response_headers(call, NO_EDITS, FLAG_NONE);
        send_response_message(call, 314159);
        send_status(call, GRPC_OK, NULL);
        send_rst_stream(call->conn, call->stream, H2_NO_ERROR);
        call = await_call(t);
    }
    expect_nothing_closed(call->conn);
}

/* Five calls at once, nothing said against it: one connection is enough. */
static void one_connection(struct test *t)
{
    enum { CALLS = 5 };
    struct call *calls[CALLS] = {first_call(t, &empty_unary)};

    for (unsigned i = 1; i < CALLS; i++)
        calls[i] = next_call(t, &empty_unary);
    if (!test_is_over(t) && client_connections(t) > 1)
        test_lenient(t, HERE, "five calls on one connection", "%u connections",
                     client_connections(t));
    for (unsigned i = 0; i < CALLS; i++)
        serve_call(calls[i]);
    expect_client_ok(t);
}

/* RFC 7540 made it an error of the stream, RFC 9113 nothing at all. */
static void depends_on_itself(struct test *t)
{
    struct call *call = first_call(t, &large_unary);

    send_priority(call->conn, call->stream, call->stream, false, 7);
    expect_outcome(
        call, ONE_OF(RESET(H2_PROTOCOL_ERROR), IGNORED, LENIENT_CLOSE,
                     LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "the connection instead of the stream")));
    if (!call->reset && call->conn->closed == NOT_CLOSED)
        serve_call(call);
}

/* ---- blast radius ---------------------------------------------------------------------------- */

static void stream_error_is_one_streams(struct test *t)
{
    struct call *victim = first_call(t, &large_unary);
    struct asked *asked = ask_client(t, &large_unary);
    struct call *sibling = await_call(t);

    send_rst_stream(victim->conn, victim->stream, H2_INTERNAL_ERROR);
    serve_call(sibling);
    expect_asked_outcome(asked, ONE_OF(STATUS(GRPC_OK)));
    expect(t, sibling->conn->closed == NOT_CLOSED, "the connection stays open", "it was closed");
}

/* Ten answers octet by octet, in turn: whoever mixes them up fails. */
static void interleaved(struct test *t)
{
    struct call *calls[10] = {first_call(t, &max_streams)};
    unsigned count = by_adapter(t) ? 4 : 10; /* an adapter need not make many calls at once */
    struct buf message = {0};

    for (unsigned i = 0; i < count; i++)
        (void)ask_client(t, &max_streams);
    serve_call(calls[0]);
    for (unsigned i = 0; i < count; i++) {
        calls[i] = await_call(t);
        if (!test_is_over(t) && calls[i]->conn != calls[0]->conn)
            test_skip(t, "the client made a connection for each call");
        expect_half_close(calls[i]);
        send_response_headers(calls[i], NO_EDITS, FLAG_NONE);
    }
    put_response_message(calls[0], 314159, &message);
    for (size_t at = 0; at < message.len && !test_is_over(t); at += at < 20 ? 1 : 4099)
        for (unsigned i = 0; i < count; i++)
            send_data(calls[i], bytes_first(bytes_skip(buf_view(&message), at), at < 20 ? 1 : 4099),
                      FLAG_NONE);
    for (unsigned i = 0; i < count; i++)
        send_status(calls[i], GRPC_OK, NULL);
    await_answer_or_end(calls[0]->conn); /* some make more calls than ten */
    for (unsigned i = 0; i < count; i++)
        expect(t, !calls[i]->reset, "each of the calls ends well", "stream %u was reset",
               calls[i]->stream);
    buf_clear(&message);
}

static const struct test_case cases[] = {
    {"client/http2/streams/identifiers", "H2-STREAM-004",
     "Stream identifiers are odd and increase.", NEEDS_CLIENT, ids_increase, NULL},
    {"client/http2/streams/data-on-an-idle-stream", "H2-STREAM-006",
     "DATA on an idle stream is a PROTOCOL_ERROR.", NEEDS_CLIENT, on_an_idle_stream,
     STRAY(FRAME_DATA, 0, ON_AN_UNOPENED_STREAM, OCTETS("\0\0\0\0\0"))},
    {"client/http2/streams/window-update-on-an-idle-stream", "H2-STREAM-007",
     "WINDOW_UPDATE on an idle stream is a PROTOCOL_ERROR.", NEEDS_CLIENT, on_an_idle_stream,
     STRAY(FRAME_WINDOW_UPDATE, 0, ON_AN_UNOPENED_STREAM, OCTETS("\0\0\0\1"))},
    {"client/http2/streams/headers-on-an-even-stream", "H2-STREAM-008",
     "HEADERS on a stream that was not promised is a PROTOCOL_ERROR.", NEEDS_CLIENT,
     on_an_idle_stream, STRAY(FRAME_HEADERS, FLAG_END_HEADERS, ON_AN_EVEN_STREAM, OCTETS("\x88"))},
    {"client/http2/streams/headers-on-an-unopened-stream", "H2-STREAM-008",
     "HEADERS on a stream that the client has not opened is a PROTOCOL_ERROR.", NEEDS_CLIENT,
     on_an_idle_stream,
     STRAY(FRAME_HEADERS, FLAG_END_HEADERS, ON_AN_UNOPENED_STREAM, OCTETS("\x88"))},
    {"client/http2/streams/window-update-just-after-the-end", "H2-STREAM-014",
     "WINDOW_UPDATE on a stream that has just ended is no error.", NEEDS_CLIENT, just_after_the_end,
     STRAY(FRAME_WINDOW_UPDATE, 0, ON_THE_CALL, OCTETS("\0\0\0\1"))},
    {"client/http2/streams/reset-just-after-the-end", "H2-STREAM-014",
     "RST_STREAM on a stream that has just ended is no error.", NEEDS_CLIENT, just_after_the_end,
     STRAY(FRAME_RST_STREAM, 0, ON_THE_CALL, OCTETS("\0\0\0\0"))},
    {"client/http2/streams/priority-just-after-the-end", "H2-FRAME-012",
     "PRIORITY on a stream that has ended is skipped.", NEEDS_CLIENT, just_after_the_end,
     STRAY(FRAME_PRIORITY, 0, ON_THE_CALL, OCTETS("\0\0\0\0\7"))},
    {"client/http2/streams/while-half-closed", "H2-STREAM-011",
     "WINDOW_UPDATE and PRIORITY are taken on a half-closed stream.", NEEDS_CLIENT,
     while_half_closed, NULL},
    {"client/http2/streams/after-our-reset", "H2-STREAM-012 GRPC-CANCEL-006",
     "What follows a RST_STREAM on its stream never reaches the application.", NEEDS_CLIENT,
     after_our_reset, NULL},
    {"client/http2/streams/late-headers-after-its-reset", "H2-STREAM-013 HPACK-019",
     "Header blocks of streams that the client has reset are decoded.", NEEDS_SHARED_CONNECTION,
     late_headers_after_its_reset, NULL},
    {"client/http2/streams/late-data-after-its-reset", "H2-STREAM-013 H2-FLOW-017",
     "DATA of streams that the client has reset is given back.", NEEDS_SHARED_CONNECTION,
     late_data_after_its_reset, NULL},
    {"client/http2/streams/one-at-a-time", "H2-SET-017 H2-STREAM-016",
     "MAX_CONCURRENT_STREAMS=1 makes calls wait, and then go on.", NEEDS_CLIENT, one_at_a_time,
     NULL},
    {"client/http2/streams/none-until-raised", "H2-SET-018",
     "MAX_CONCURRENT_STREAMS=0 makes calls wait until it is raised.", NEEDS_CLIENT,
     none_until_raised, NULL},
    {"client/http2/streams/limit-lowered", "H2-SET-019",
     "A limit below the number of open streams ends none of them, and opens none.",
     NEEDS_SHARED_CONNECTION, lowered_below, NULL},
    {"client/http2/streams/reset-makes-room", "H2-STREAM-016 H2-SET-017",
     "A stream that was reset is not counted any more.", NEEDS_CLIENT, reset_makes_room, NULL},
    {"client/http2/streams/one-connection", "GRPC-LB-029",
     "Calls at the same time share a connection.", NEEDS_SHARED_CONNECTION, one_connection, NULL},
    {"client/http2/streams/depends-on-itself", "H2-FRAME-013",
     "A stream that depends on itself is its own error, or nothing at all.", NEEDS_CLIENT,
     depends_on_itself, NULL},
    {"client/http2/streams/error-of-one", "H2-STREAM-021",
     "A reset of one stream leaves the others alone.", NEEDS_SHARED_CONNECTION,
     stream_error_is_one_streams, NULL},
    {"client/http2/streams/interleaved", "H2-STREAM-020 GRPC-CALL-019",
     "Frames of many streams, interleaved, are kept apart.", NEEDS_CLIENT, interleaved, NULL},
};
const struct case_list client_stream_cases = {cases, ARRAY_LEN(cases)};
