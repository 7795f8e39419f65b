/* SPDX-License-Identifier: MIT
 *
 * Stream identifiers (RFC 9113 5.1.1): odd, ever higher, with gaps, up to the highest, and never used again. */
#include "cases/cases.h"
#include "cases/http2/common.h"

#define HIGHEST_STREAM UINT32_C(0x7fffffff)

/* A whole EmptyCall on a stream id of our choice. */
static struct call *call_on_stream(struct conn *conn, uint32_t stream)
{
    struct call *call = new_call_on(conn, EMPTY_CALL);

    call->stream = stream;
    send_request_headers(call, NO_EDITS, 0);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    return call;
}

static void even_identifier(struct test *t)
{
    struct conn *conn = main_connection(t);

    call_on_stream(conn, 2);
    expect_connection_error(conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(t);
}

/* A skipped stream is a closed stream. Servers that do not remember which ids were skipped and which were used drop
 * HEADERS for both alike; what none may do is serve it. */
static const struct outcome refused_or_dropped_as_closed[] = {
    GOAWAY(H2_PROTOCOL_ERROR),
    {OUTCOME_GOAWAY, H2_STREAM_CLOSED, true, "a connection error of another code"},
    {OUTCOME_RESET, H2_STREAM_CLOSED, true, "refused as a stream error only"},
    {OUTCOME_RESET, H2_PROTOCOL_ERROR, true, "refused as a stream error only"},
    {OUTCOME_IGNORED, 0, true, "dropped, as on a stream that has ended before"},
    {OUTCOME_CLOSE, 0, true,
     "a GOAWAY with the code SHOULD come before the close (RFC 9113 5.4.1)"},
    {.kind = OUTCOME_END},
};

static void expect_refused_on(struct conn *conn, uint32_t stream)
{
    struct call *late = call_on_stream(conn, stream);

    expect_outcome(late, refused_or_dropped_as_closed);
    expect(conn->t, late->header_blocks == 0, "no response on the lower stream",
           "the request was served");
    expect_target_still_serves(conn->t);
}

static void lower_identifier(struct test *t)
{
    struct conn *conn = main_connection(t);

    expect_answer(call_on_stream(conn, 5));
    expect_refused_on(conn, 3);
}

static void lower_identifier_while_open(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);

    call->stream = 9;
    send_request_headers(call, NO_EDITS, 0);
    expect_refused_on(conn, 7);
}

static void gaps(struct test *t)
{
    struct conn *conn = main_connection(t);

    expect_answer(call_on_stream(conn, 1));
    expect_answer(call_on_stream(conn, 9));
    expect_answer(call_on_stream(conn, 1001));
    expect_nothing_closed(conn);
    conn->next_stream = 1003;
    expect_connection_still_serves(conn);
}

static void highest_identifier(struct test *t)
{
    struct conn *conn = main_connection(t);

    expect_answer(call_on_stream(conn, 1));
    expect_answer(call_on_stream(conn, HIGHEST_STREAM));
    expect_target_still_serves(t);
}

/* Which error it is depends on whether the server still knows the stream. What it must not do is serve it again. */
static void identifier_used_again(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *again;

    expect_answer(call_on_stream(conn, 1));
    again = call_on_stream(conn, 1);
    expect_outcome(again, ONE_OF(GOAWAY(H2_PROTOCOL_ERROR), GOAWAY(H2_STREAM_CLOSED),
                                 LENIENT_RESET(H2_STREAM_CLOSED, "refused as a stream error only"),
                                 LENIENT_IGNORED("dropped, not refused"), LENIENT_CLOSE));
    expect(t, again->header_blocks == 0, "no second response on the stream",
           "the request was served again");
    expect_target_still_serves(t);
}

/* Far apart, and alike in their last 8, 16 and 24 bits. What is said of one is said of no other: each is asked for
 * another size, one is reset, and windows open from the last to the first. */
static void far_apart(struct test *t)
{
    static const uint32_t ids[] = {1, 257, 65537, 65539, 131073, 16777217, 0x40000001};
    enum { RESET_ONE = 2 };
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));
    struct call *calls[ARRAY_LEN(ids)];

    conn->auto_window = false;
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        conn->next_stream = ids[i];
        calls[i] = ask_for(conn, 100 + i);
        expect_headers(calls[i]);
    }
    cancel_call(calls[RESET_ONE]);
    for (size_t i = ARRAY_LEN(ids); i > 0 && !test_is_over(t); i--) {
        if (i - 1 == RESET_ONE)
            continue;
        send_window_update(conn, calls[i - 1]->stream, 1000);
        expect(t, next_message(calls[i - 1]).payload.len >= 100 + i - 1,
               "the window of each stream opens that stream", "less came than was asked for");
        expect_status(calls[i - 1], GRPC_OK);
    }
    open_windows(conn);
    expect_connection_still_serves(conn);
}

static const struct test_case cases[] = {
    {"http2/streams/even-identifier", "H2-STREAM-001",
     "A stream with an even identifier is a PROTOCOL_ERROR.", NEEDS_TRANSPORT, even_identifier,
     NULL},
    {"http2/streams/lower-identifier", "H2-STREAM-002 H2-STREAM-005",
     "A new stream below an earlier one is a PROTOCOL_ERROR.", NEEDS_TRANSPORT, lower_identifier,
     NULL},
    {"http2/streams/lower-identifier-while-open", "H2-STREAM-002",
     "A new stream below one that is still open is a PROTOCOL_ERROR.", NEEDS_TRANSPORT,
     lower_identifier_while_open, NULL},
    {"http2/streams/gaps", "H2-STREAM-005", "Stream identifiers may be skipped.", NEEDS_TRANSPORT,
     gaps, NULL},
    {"http2/streams/highest-identifier", "H2-STREAM-005", "Stream 2^31-1 is served like any other.",
     NEEDS_TRANSPORT, highest_identifier, NULL},
    {"http2/streams/identifier-used-again", "H2-STREAM-003",
     "HEADERS on a stream that has ended are an error of the connection and not served.",
     NEEDS_TRANSPORT, identifier_used_again, NULL},
    {"http2/streams/identifiers-far-apart", "H2-STREAM-020 H2-STREAM-005",
     "Streams whose identifiers are alike in 8, 16 or 24 bits are not taken for each other.",
     NEEDS_TEST_SERVICE, far_apart, NULL},
};
const struct case_list stream_identifier_cases = {cases, ARRAY_LEN(cases)};
