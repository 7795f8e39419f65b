/* SPDX-License-Identifier: MIT
 *
 * What goes wrong only after a while: tables that have turned over, windows after many resets, many streams at
 * once, the call behind an error, the second connection, a conversation in single octets. Each case is many
 * ordinary calls on one connection, and the linter looks at every frame. What one rule asks for once is in the
 * other files. */
#include "cases/cases.h"
#include "cases/grpc/common.h"

#include <stdio.h>

#define ECHO_INITIAL  "x-grpc-test-echo-initial"
#define ECHO_TRAILING "x-grpc-test-echo-trailing-bin"
#define MOST_STREAMS  60

/* As many of `wanted` as the target takes at once. */
static size_t streams_at_once(const struct conn *conn, size_t wanted)
{
    bool limited = conn->their_setting_seen[SETTING_MAX_CONCURRENT_STREAMS];
    uint32_t limit = conn->their_settings[SETTING_MAX_CONCURRENT_STREAMS];
    return limited && limit < wanted ? limit : wanted;
}

/* ---- header compression over many calls ------------------------------------------------------ */

/* A UnaryCall that wants its metadata back; `number` decides what that is. */
static struct call *call_for_echo(struct conn *conn, unsigned number)
{
    char text[64], base64[16];
    struct call *call = new_call_on(conn, UNARY_CALL);
    (void)snprintf(text, sizeof text, "connection-%u-call-%u", conn->number, number);
    (void)snprintf(base64, sizeof base64, "%08u", number);
    send_request_headers(call,
                         EDITS({EDIT_ADD, ECHO_INITIAL, bytes_str(text)},
                               {EDIT_ADD, ECHO_TRAILING, bytes_str(base64)}),
                         0);
    send_simple_request(call, TESTING_REQUEST(.response_size = 1), FLAG_END_STREAM);
    return call;
}

static void expect_echo(struct call *call, unsigned number)
{
    char text[64], base64[16];
    (void)snprintf(text, sizeof text, "connection-%u-call-%u", call->conn->number, number);
    (void)snprintf(base64, sizeof base64, "%08u", number);
    expect_unary_reply(call, 1);
    expect_header(call, ECHO_INITIAL, text);
    expect_trailer(call, ECHO_TRAILING, base64);
}

/* Every value is new: both tables are filled and emptied several times over. */
static void changing_metadata(struct test *t)
{
    struct conn *conn = main_connection(t);

    for (unsigned i = 0; i < 250 && !test_is_over(t); i++)
        expect_echo(call_for_echo(conn, i), i);
    expect_connection_still_serves(conn);
}

/* What one connection says is not in the tables of the other. */
static void two_connections(struct test *t)
{
    struct conn *first = connect_h2(t), *second = connect_h2(t);

    for (unsigned i = 0; i < 40 && !test_is_over(t); i++) {
        struct call *one = call_for_echo(first, i), *other = call_for_echo(second, 1000 + i);
        flush(first);
        expect_echo(other, 1000 + i);
        expect_echo(one, i);
    }
    send_goaway(first, 0, H2_NO_ERROR, NO_BYTES);
    close_transport(first);
    for (unsigned i = 40; i < 50 && !test_is_over(t); i++)
        expect_echo(call_for_echo(second, i), i);
    expect_connection_still_serves(second);
}

/* However connections end, the next is served. */
static void many_connections(struct test *t)
{
    for (unsigned i = 0; i < 60 && !test_is_over(t); i++) {
        struct conn *conn = connect_h2(t);
        if (i % 4 != 3)
            expect_status(send_unary_on(conn, EMPTY_CALL, NO_BYTES), GRPC_OK);
        else
            send_request_headers(new_call_on(conn, EMPTY_CALL), NO_EDITS, 0);
        if (i % 4 == 1)
            abort_transport(conn);
        else if (i % 4 == 2)
            send_goaway(conn, 0, H2_NO_ERROR, NO_BYTES);
        if (i % 4 != 1)
            close_transport(conn);
    }
    expect_target_still_serves(t);
}

/* ---- windows over many calls ---- */

static bool has_data(const struct conn *conn, const void *arg)
{
    const struct call *call = arg;
    return call->data.len >= 10000 || call->reset || call->remote_closed ||
           conn->closed != NOT_CLOSED;
}

/* What was not sent when a call was reset was not taken from the connection's window either. */
static void responses_reset_midway(struct test *t)
{
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 10000}));
    struct buf request = {0};
    struct response_parameters large = {.size = 20000, .compressed = -1};

    pb_put_streaming_request(&request, TESTING_REQUEST(.payload_size = 0), &large, 1);
    conn->auto_window = false;
    for (int i = 0; i < 30 && !test_is_over(t); i++) {
        struct call *call = send_unary_on(conn, STREAMING_OUTPUT_CALL, buf_view(&request));
        bool came = wait_until(conn, has_data, call);
        expect(t, came && call->data.len == 10000, "10000 octets, as the window allows", "%zu",
               call->data.len);
        cancel_call(call);
        send_window_update(conn, 0, 10000);
    }
    buf_clear(&request);
    conn->auto_window = true;
    send_settings(conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, DEFAULT_WINDOW}));
    struct call *call = new_call_on(conn, UNARY_CALL);
    send_request_headers(call, NO_EDITS, 0);
    send_simple_request(call, TESTING_REQUEST(.response_size = 150000), FLAG_END_STREAM);
    expect_unary_reply(call, 150000);
}

/* Small messages use a window up as large ones do. */
static void many_small_uploads(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *calls[20];

    for (int round = 0; round < 20 && !test_is_over(t); round++) {
        for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
            calls[i] = new_call_on(conn, UNARY_CALL);
            send_request_headers(calls[i], NO_EDITS, 0);
            send_simple_request(calls[i], TESTING_REQUEST(.response_size = 1, .payload_size = 600),
                                FLAG_END_STREAM);
        }
        for (size_t i = 0; i < ARRAY_LEN(calls); i++)
            expect_unary_reply(calls[i], 1);
    }
    expect_connection_still_serves(conn);
}

/* Each round another initial window and another table; the linter counts. */
static void changing_settings(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *open = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    for (unsigned i = 0; i < 40 && !test_is_over(t); i++) {
        send_settings(conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 200 + i * 7919 % 1500},
                                     {SETTING_HEADER_TABLE_SIZE, i % 2 ? 4096 : i * 97 % 1000}));
        expect_echo(call_for_echo(conn, i), i);
        send_duplex(open, 2000, 0);
        expect_reply(open, 2000);
    }
    half_close(open);
    expect_status(open, GRPC_OK);
}

/* A smaller window that the target announced does not stop a call that is older than its acknowledgement. */
static void older_than_the_lower_window(struct test *t)
{
    struct conn *conn = open_transport(t);
    size_t pieces = 0;

    send_preface(conn);
    send_settings(conn, NULL, 0);
    struct call *call = new_call_on(conn, STREAMING_INPUT_CALL);
    send_request_headers(call, NO_EDITS, 0);
    for (; pieces < 3; pieces++)
        send_input(call, 20000, 0);
    expect_settings_acks(conn, 1);
    if (conn->their_settings[SETTING_INITIAL_WINDOW_SIZE] >= DEFAULT_WINDOW)
        test_skip(t, "the target does not lower the initial window");
    for (; pieces < 10 && !test_is_over(t); pieces++)
        send_input(call, 20000, 0);
    half_close(call);
    expect_sum(call, 200000);
}

/* ---- many at once ---- */

/* Asked in turn, answered in whatever order, and read from the last to the first. */
static void many_conversations(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *calls[MOST_STREAMS];
    size_t count = streams_at_once(conn, MOST_STREAMS);

    for (size_t i = 0; i < count; i++)
        calls[i] = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    for (size_t round = 0; round < 4 && !test_is_over(t); round++) {
        for (size_t i = 0; i < count; i++)
            send_duplex(calls[i], 1 + 7 * i + 13 * round, 0);
        for (size_t i = 0; i < count && round == 0; i++)
            skip_if_turned_away(calls[i]);
        for (size_t i = count; i > 0; i--)
            expect_reply(calls[i - 1], 1 + 7 * (i - 1) + 13 * round);
    }
    for (size_t i = 0; i < count; i++)
        half_close(calls[i]);
    for (size_t i = 0; i < count; i++)
        expect_status(calls[i], GRPC_OK);
    expect_connection_still_serves(conn);
}

static void many_ordered_streams(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct response_parameters sizes[30];
    struct call *calls[20];
    struct buf request = {0};
    size_t count = streams_at_once(conn, ARRAY_LEN(calls));

    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        sizes[i] = (struct response_parameters){.size = 10 + i, .compressed = -1};
    pb_put_streaming_request(&request, TESTING_REQUEST(.payload_size = 0), sizes, ARRAY_LEN(sizes));
    for (size_t i = 0; i < count; i++)
        calls[i] = send_unary_on(conn, STREAMING_OUTPUT_CALL, buf_view(&request));
    for (size_t i = 0; i < count; i++)
        skip_if_turned_away(calls[i]);
    for (size_t i = 0; i < count && !test_is_over(t); i++) {
        for (size_t k = 0; k < ARRAY_LEN(sizes); k++)
            expect_reply(calls[i], sizes[k].size);
        expect_status(calls[i], GRPC_OK);
    }
    buf_clear(&request);
}

static void long_conversation(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    for (size_t round = 0; round < 60 && !test_is_over(t); round++) {
        for (size_t i = 0; i < 10; i++)
            send_duplex(call, 1 + round + i, 0);
        for (size_t i = 0; i < 10; i++)
            expect_reply(call, 1 + round + i);
    }
    half_close(call);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

/* ---- what an error leaves behind ------------------------------------------------------------- */

/* Nothing of a call that failed is in the next one. */
static void success_behind_failures(struct test *t)
{
    struct conn *conn = main_connection(t);

    for (unsigned i = 0; i < 40 && !test_is_over(t); i++) {
        struct call *bad = new_call_on(conn, UNARY_CALL), *good = NULL;
        send_request_headers(
            bad, EDITS(ADD(ECHO_INITIAL, "of the failed"), ADD(ECHO_TRAILING, "q6ur")), 0);
        send_simple_request(bad,
                            TESTING_REQUEST(.has_status = true, .status_code = 10,
                                            .status_message = "of the failed"),
                            FLAG_END_STREAM);
        expect_status(bad, GRPC_ABORTED);
        expect_status_message(bad, "of the failed");
        good = new_call_on(conn, UNARY_CALL);
        send_request_headers(good, NO_EDITS, 0);
        send_simple_request(good, TESTING_REQUEST(.response_size = 3), FLAG_END_STREAM);
        expect_unary_reply(good, 3);
        expect_no_header(good, ECHO_INITIAL);
        const struct field *message = response_field(good, "grpc-message");
        expect(t, !message || !bytes_ends_with(message->value, BYTES("failed")),
               "not the message of another call", "grpc-message with OK: %.*s",
               (int)message->value.len, (const char *)message->value.data);
        expect(t, !response_field(good, ECHO_TRAILING), "no metadata that was not asked for",
               "the metadata of another call");
    }
}

/* What a call has said ends with it: its metadata, and what of its messages was counted or only begun. */
static void nothing_is_inherited(struct test *t)
{
    struct conn *conn = main_connection(t);

    expect_echo(call_for_echo(conn, 1), 1);
    struct call *call = send_unary_on(conn, UNARY_CALL, NO_BYTES);
    expect_unary_reply(call, 0);
    expect_no_header(call, ECHO_INITIAL);
    expect(t, !response_field(call, ECHO_TRAILING), "no metadata that was not asked for",
           "the metadata of the call before");
    call = start_call(t, STREAMING_INPUT_CALL, NO_EDITS);
    send_input(call, 500, FLAG_END_STREAM);
    expect_sum(call, 500);
    call = start_call(t, STREAMING_INPUT_CALL, NO_EDITS);
    send_input(call, 70, FLAG_NONE);
    send_data(call, BYTES("\0\0\0"), FLAG_NONE);
    expect_connection_still_serves(conn);
    cancel_call(call);
    call = start_call(t, STREAMING_INPUT_CALL, NO_EDITS);
    send_input(call, 3, FLAG_END_STREAM);
    expect_sum(call, 3);
}

/* More failures than streams are allowed at once: each gives its place back. */
static void failures_leave_room(struct test *t)
{
    struct conn *conn = main_connection(t);

    for (int i = 0; i < 130 && !test_is_over(t); i++) {
        struct call *call = i % 2 ? new_call_on(conn, UNARY_CALL)
                                  : new_call_on(conn, UNIMPLEMENTED_CALL);
        send_request_headers(call, NO_EDITS, 0);
        send_simple_request(call, TESTING_REQUEST(.has_status = true, .status_code = 9),
                            FLAG_END_STREAM);
        expect_status(call, i % 2 ? GRPC_FAILED_PRECONDITION : GRPC_UNIMPLEMENTED);
    }
    expect_connection_still_serves(conn);
}

/* ---- a conversation in pieces ---- */

static const enum segmentation by_octet = SEGMENT_BYTE, at_random = SEGMENT_RANDOM;

static void in_pieces(struct test *t)
{
    t->segmentation = *(const enum segmentation *)t->arg;
    struct conn *conn = main_connection(t);
    struct call *talk = start_call(t, FULL_DUPLEX_CALL, EDITS(ADD(ECHO_INITIAL, "in pieces")));
    struct call *upload = start_call(t, STREAMING_INPUT_CALL, NO_EDITS);
    struct buf message = {0};

    pb_put_input_request(&message, 300, -1);
    for (int i = 0; i < 3; i++) {
        send_duplex(talk, 50, 0);
        send_message(upload, 0, buf_view(&message), 0);
        expect_reply(talk, 50);
    }
    expect_header(talk, ECHO_INITIAL, "in pieces");
    struct call *cancelled = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    cancel_call(cancelled);
    half_close(upload);
    expect_sum(upload, 900);
    expect_ping_answer(conn);
    half_close(talk);
    expect_status(talk, GRPC_OK);
    expect_connection_still_serves(conn);
    buf_clear(&message);
}

#define CASE(name, clauses, title, run, arg)                                                       \
    {                                                                                              \
        "grpc/endurance/" name, clauses, title, NEEDS_TEST_SERVICE, run, arg                       \
    }

static const struct test_case cases[] = {
    CASE("changing-metadata", "HPACK-015 HPACK-016 GRPC-MD-001",
         "Metadata that is new in each of 250 calls comes back as it was.", changing_metadata,
         NULL),
    CASE("two-connections", "HPACK-015 GRPC-MD-001",
         "Two connections used in turn keep their header tables apart, and one outlives the other.",
         two_connections, NULL),
    CASE("many-connections", "H2-PREFACE-008",
         "Sixty connections that end in four ways are followed by one that is served.",
         many_connections, NULL),
    CASE("responses-reset-midway", "H2-FLOW-004 GRPC-CANCEL-004",
         "What a reset kept from being sent is not taken from the connection's window.",
         responses_reset_midway, NULL),
    CASE("many-small-uploads", "H2-FLOW-018",
         "The window that 400 small messages take is given back.", many_small_uploads, NULL),
    CASE("changing-settings", "H2-SET-013 H2-FLOW-006 HPACK-008",
         "Forty changes of window and table size beside an open call all count.", changing_settings,
         NULL),
    CASE("older-than-the-lower-window", "H2-FLOW-022 H2-FLOW-018",
         "A call older than the target's smaller initial window goes on.",
         older_than_the_lower_window, NULL),
    CASE("many-conversations", "GRPC-CALL-019 H2-STREAM-020",
         "Sixty calls at once each get their own answers, four times.", many_conversations, NULL),
    CASE("many-ordered-streams", "GRPC-MSG-012 GRPC-CALL-004",
         "Twenty streams at once each get their thirty messages in order.", many_ordered_streams,
         NULL),
    CASE("long-conversation", "GRPC-CALL-005 GRPC-MSG-012",
         "Six hundred messages on one stream are each answered, in order.", long_conversation,
         NULL),
    CASE("success-behind-failures", "GRPC-STAT-022 GRPC-MD-001",
         "Nothing of a call that failed is in the one behind it.", success_behind_failures, NULL),
    CASE("nothing-is-inherited", "GRPC-CALL-003 GRPC-MD-001 GRPC-MD-002",
         "Metadata and messages of a call that is over are not in the one behind it.",
         nothing_is_inherited, NULL),
    CASE("failures-leave-room", "H2-STREAM-016 H2-STREAM-021",
         "130 failing calls take no stream's place for good.", failures_leave_room, NULL),
    CASE("in-single-octets", "H2-PREFACE-010 GRPC-MSG-002",
         "Two calls, metadata, a cancelled call and a PING are understood octet by octet.",
         in_pieces, &by_octet),
    CASE("in-random-pieces", "H2-PREFACE-010 GRPC-MSG-002",
         "Two calls, metadata, a cancelled call and a PING are understood in pieces of any size.",
         in_pieces, &at_random),
};
const struct case_list endurance_cases = {cases, ARRAY_LEN(cases)};
