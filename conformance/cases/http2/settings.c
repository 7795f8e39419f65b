/* SPDX-License-Identifier: MIT
 *
 * SETTINGS (RFC 9113 6.5): acknowledging, ranges, order, and obeying what was announced. What
 * INITIAL_WINDOW_SIZE does to open streams is in flow_control.c, HEADER_TABLE_SIZE in hpack_table_size.c,
 * frames that are too long in frame_sizes.c. */
#include "cases/cases.h"
#include "cases/http2/common.h"

/* ---- acknowledging --------------------------------------------------------------------------- */

static size_t settings_acks_with_payload(const struct conn *conn)
{
    const struct transcript *transcript = &conn->t->transcript;
    size_t count = 0;

    for (size_t i = 0; i < transcript->count; i++) {
        const struct transcript_entry *entry = &transcript->entries[i];
        if (entry->direction == RECEIVED && entry->is_frame &&
            entry->frame.type == FRAME_SETTINGS && (entry->frame.flags & FLAG_ACK) != 0 &&
            (load_u24(entry->octets.data) != 0 || entry->frame.stream != 0))
            count++;
    }
    return count;
}

static void each_is_acknowledged_once(struct test *t)
{
    struct conn *conn = connect_h2(t);
    unsigned before = conn->settings_acks;

    send_settings(conn, SETTINGS({SETTING_MAX_CONCURRENT_STREAMS, 1}));
    send_settings(
        conn, SETTINGS({SETTING_MAX_CONCURRENT_STREAMS, 2}, {SETTING_MAX_HEADER_LIST_SIZE, 65536}));
    send_settings(conn, NULL, 0);
    expect_settings_acks(conn, before + 3);
    expect_ping_answer(conn);
    expect(t, conn->settings_acks == before + 3, "one ACK for each of three SETTINGS",
           "%u ACKs for 3 SETTINGS", conn->settings_acks - before);
    expect(t, settings_acks_with_payload(conn) == 0, "a SETTINGS ACK is empty and on stream 0",
           "an ACK with a payload or on another stream");
    expect_call_works(conn);
}

static void an_ack_is_not_acknowledged(struct test *t)
{
    struct conn *conn = connect_h2(t);
    unsigned before = conn->settings_acks;

    send_settings_ack(conn);
    send_settings_ack(conn);
    expect_connection_outcome(
        conn, ONE_OF(IGNORED, GOAWAY(H2_PROTOCOL_ERROR),
                     LENIENT_GOAWAY(H2_INTERNAL_ERROR, "a connection error of another code"),
                     LENIENT_CLOSE));
    test_note(t, "an ACK nobody asked for: %s",
              conn->goaways > 0 ? "a connection error" : "ignored");
    expect(t, conn->settings_acks == before, "no ACK in answer to an ACK", "%u ACKs",
           conn->settings_acks - before);
    expect_target_still_serves(t);
}

static void never_acknowledged(struct test *t)
{
    struct conn *conn = open_transport(t);

    conn->auto_settings_ack = false;
    send_preface(conn);
    send_settings(conn, NULL, 0);
    expect_call_works(conn);
    expect_call_works(conn);
    expect_target_still_serves(t);
}

/* ---- malformed ------------------------------------------------------------------------------- */

struct bad_settings {
    uint8_t flags;
    uint32_t stream;
    struct bytes payload;
    uint32_t code;
};
#define BAD(...) (&(const struct bad_settings){__VA_ARGS__})

static void malformed_settings(struct test *t)
{
    const struct bad_settings *row = t->arg;
    struct conn *conn = connect_h2(t);

    send_frame(conn, FRAME_SETTINGS, row->flags, row->stream, row->payload);
    expect_connection_error(conn, row->code);
    expect_target_still_serves(t);
}

/* ---- accepted -------------------------------------------------------------------------------- */

struct legal_settings {
    const struct setting *settings;
    size_t count;
};
#define LEGAL(...) (&(const struct legal_settings){SETTINGS(__VA_ARGS__)})

static void legal_settings(struct test *t)
{
    const struct legal_settings *row = t->arg;
    struct conn *conn = connect_h2(t);
    unsigned before = conn->settings_acks;

    send_settings(conn, row->settings, row->count);
    expect_settings_acks(conn, before + 1);
    expect_call_works(conn);
    expect_connection_still_serves(conn);
}

static void legal_settings_in_the_preface(struct test *t)
{
    const struct legal_settings *row = t->arg;
    struct conn *conn = connect_with(t, row->settings, row->count);

    expect_call_works(conn);
    expect_connection_still_serves(conn);
}

static void many_unknown_identifiers(struct test *t)
{
    struct setting settings[24]; /* below the 32 that some servers accept in one frame */
    struct conn *conn = connect_h2(t);

    for (uint16_t i = 0; i < ARRAY_LEN(settings); i++)
        settings[i] = (struct setting){(uint16_t)(0xf000 + i), UINT32_MAX - i};
    send_settings(conn, settings, ARRAY_LEN(settings));
    expect_settings_acks(conn, 2);
    expect_connection_still_serves(conn);
}

/* ---- obeyed ---------------------------------------------------------------------------------- */

static void last_of_a_repeated_identifier_wins(struct test *t)
{
    struct conn *conn = connect_with(
        t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 100}, {SETTING_INITIAL_WINDOW_SIZE, 1}));
    struct call *call = ask_for(conn, 1000);

    conn->auto_window = false;
    expect_exactly(call, 1);
    release_call(call);
}

/* A full-duplex request that asks for one response of `size` octets. */
static void ask_once_more(struct call *call, size_t size)
{
    struct buf request = {0};

    pb_put_streaming_request(&request, TESTING_REQUEST(.payload_size = 0),
                             &(struct response_parameters){.size = size}, 1);
    send_message(call, 0, buf_view(&request), 0);
    buf_clear(&request);
    next_message(call);
}

static void while_a_call_is_open(struct test *t)
{
    struct conn *conn = connect_h2(t);
    struct call *call = new_call_on(conn, FULL_DUPLEX_CALL);

    send_request_headers(call, NO_EDITS, 0);
    ask_once_more(call, 10);
    send_settings(conn, SETTINGS({SETTING_HEADER_TABLE_SIZE, 8192}, {SETTING_MAX_FRAME_SIZE, 20000},
                                 {SETTING_INITIAL_WINDOW_SIZE, 100000}));
    expect_settings_acks(conn, 2);
    ask_once_more(call, 20000);
    half_close(call);
    expect_status(call, GRPC_OK);
    expect_no_more_messages(call);
    expect_connection_still_serves(conn);
}

struct frame_limit {
    uint32_t in_preface; /* MAX_FRAME_SIZE announced at first; 0: none */
    uint32_t later;      /* and while the response waits for a window; 0: none */
    uint32_t obeyed;
};
#define LIMIT(...) (&(const struct frame_limit){__VA_ARGS__})

static void max_frame_size_is_obeyed(struct test *t)
{
    const struct frame_limit *row = t->arg;
    uint32_t first = row->in_preface ? row->in_preface : DEFAULT_MAX_FRAME_SIZE;
    struct conn *conn = connect_with(
        t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}, {SETTING_MAX_FRAME_SIZE, first}));
    struct call *call = ask_for(conn, 200000);
    size_t longest, since;

    expect_headers(call);
    if (row->later) {
        send_settings(conn, SETTINGS({SETTING_MAX_FRAME_SIZE, row->later}));
        expect_settings_acks(conn, 2);
    }
    since = t->transcript.count;
    release_call(call);
    expect(t, next_message(call).payload.len > 200000, "200000 octets in frames of any length",
           "fewer");
    longest = longest_frame_received(conn, since);
    expect(t, longest <= row->obeyed, "no frame longer than the announced MAX_FRAME_SIZE",
           "a frame of %zu octets where %u were announced", longest, row->obeyed);
    expect_connection_still_serves(conn);
}

/* Advisory: a server may also send the long list. It must not take the connection down. */
static void max_header_list_size(struct test *t)
{
    struct conn *conn = connect_with(t, SETTINGS({SETTING_MAX_HEADER_LIST_SIZE, 512}));
    struct call *call = new_call_on(conn, UNARY_CALL);
    struct buf value = {0};

    put_fill(&value, 'v', 2048);
    send_request_headers(call, EDITS({EDIT_ADD, "x-grpc-test-echo-initial", buf_view(&value)}), 0);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    expect_outcome(
        call,
        ONE_OF(ANY_ERROR, ANY_RESET,
               LENIENT_STATUS(GRPC_OK, "the list is longer than the limit, which is advisory")));
    expect_connection_still_serves(conn);
    buf_clear(&value);
}

/* ---- the target's own ------------------------------------------------------------------------ */

static void own_values_are_in_range(struct test *t)
{
    struct conn *conn = connect_h2(t);
    const uint32_t *theirs = conn->their_settings;

    expect_call_works(conn);
    expect(t, !conn->their_setting_seen[SETTING_ENABLE_PUSH] || theirs[SETTING_ENABLE_PUSH] == 0,
           "a server's ENABLE_PUSH is 0 or absent", "ENABLE_PUSH=%u", theirs[SETTING_ENABLE_PUSH]);
    expect(t, theirs[SETTING_INITIAL_WINDOW_SIZE] <= MAX_WINDOW,
           "INITIAL_WINDOW_SIZE of at most 2^31-1", "INITIAL_WINDOW_SIZE=%u",
           theirs[SETTING_INITIAL_WINDOW_SIZE]);
    expect(t, theirs[SETTING_MAX_FRAME_SIZE] >= 16384 && theirs[SETTING_MAX_FRAME_SIZE] <= 16777215,
           "MAX_FRAME_SIZE of 16384 to 16777215", "MAX_FRAME_SIZE=%u",
           theirs[SETTING_MAX_FRAME_SIZE]);
}

static void own_concurrency_limit(struct test *t)
{
    struct conn *conn = connect_h2(t);
    uint32_t limit = conn->their_settings[SETTING_MAX_CONCURRENT_STREAMS];

    expect_call_works(conn);
    if (test_is_over(t))
        return;
    if (!conn->their_setting_seen[SETTING_MAX_CONCURRENT_STREAMS]) {
        test_note(t, "MAX_CONCURRENT_STREAMS is not announced: no limit");
        return;
    }
    test_note(t, "MAX_CONCURRENT_STREAMS=%u", limit);
    expect(t, limit > 0, "a limit that lets a call through", "MAX_CONCURRENT_STREAMS=0");
    if (limit < 100)
        test_lenient(t, HERE, "MAX_CONCURRENT_STREAMS of at least 100", "MAX_CONCURRENT_STREAMS=%u",
                     limit);
}

static const struct test_case cases[] = {
    {"http2/settings/ack", "H2-SET-001 H2-PREFACE-004",
     "Each SETTINGS is acknowledged, once, by an empty frame.", NEEDS_TRANSPORT,
     each_is_acknowledged_once, NULL},
    {"http2/settings/unsolicited-ack", "H2-SET-014",
     "An ACK that nobody asked for is ignored or a PROTOCOL_ERROR, and never answered.",
     NEEDS_TRANSPORT, an_ack_is_not_acknowledged, NULL},
    {"http2/settings/never-acknowledged", "H2-SET-015",
     "A server whose SETTINGS are not acknowledged yet serves requests.", NEEDS_TRANSPORT,
     never_acknowledged, NULL},

    {"http2/settings/ack-with-payload", "H2-SET-002",
     "A SETTINGS ACK with a payload is a FRAME_SIZE_ERROR.", NEEDS_TRANSPORT, malformed_settings,
     BAD(.flags = FLAG_ACK, .payload = OCTETS("\0\3\0\0\0\1"), .code = H2_FRAME_SIZE_ERROR)},
    {"http2/settings/on-a-stream", "H2-SET-003", "SETTINGS on a stream is a PROTOCOL_ERROR.",
     NEEDS_TRANSPORT, malformed_settings,
     BAD(.stream = 1, .payload = OCTETS("\0\3\0\0\0\1"), .code = H2_PROTOCOL_ERROR)},
    {"http2/settings/length-1", "H2-SET-004", "SETTINGS of 1 octet is a FRAME_SIZE_ERROR.",
     NEEDS_TRANSPORT, malformed_settings,
     BAD(.payload = OCTETS("\0"), .code = H2_FRAME_SIZE_ERROR)},
    {"http2/settings/length-5", "H2-SET-004", "SETTINGS of 5 octets is a FRAME_SIZE_ERROR.",
     NEEDS_TRANSPORT, malformed_settings,
     BAD(.payload = OCTETS("\0\3\0\0\0"), .code = H2_FRAME_SIZE_ERROR)},
    {"http2/settings/length-7", "H2-SET-004", "SETTINGS of 7 octets is a FRAME_SIZE_ERROR.",
     NEEDS_TRANSPORT, malformed_settings,
     BAD(.payload = OCTETS("\0\3\0\0\0\1\0"), .code = H2_FRAME_SIZE_ERROR)},
    {"http2/settings/enable-push-2", "H2-SET-005", "ENABLE_PUSH=2 is a PROTOCOL_ERROR.",
     NEEDS_TRANSPORT, malformed_settings,
     BAD(.payload = OCTETS("\0\2\0\0\0\2"), .code = H2_PROTOCOL_ERROR)},
    {"http2/settings/initial-window-size-above-the-limit", "H2-SET-008",
     "INITIAL_WINDOW_SIZE=2^31 is a FLOW_CONTROL_ERROR.", NEEDS_TRANSPORT, malformed_settings,
     BAD(.payload = OCTETS("\0\4\x80\0\0\0"), .code = H2_FLOW_CONTROL_ERROR)},
    {"http2/settings/initial-window-size-all-ones", "H2-SET-008",
     "INITIAL_WINDOW_SIZE=2^32-1 is a FLOW_CONTROL_ERROR.", NEEDS_TRANSPORT, malformed_settings,
     BAD(.payload = OCTETS("\0\4\xff\xff\xff\xff"), .code = H2_FLOW_CONTROL_ERROR)},
    {"http2/settings/max-frame-size-below-the-limit", "H2-SET-009",
     "MAX_FRAME_SIZE=16383 is a PROTOCOL_ERROR.", NEEDS_TRANSPORT, malformed_settings,
     BAD(.payload = OCTETS("\0\5\0\0\x3f\xff"), .code = H2_PROTOCOL_ERROR)},
    {"http2/settings/max-frame-size-0", "H2-SET-009", "MAX_FRAME_SIZE=0 is a PROTOCOL_ERROR.",
     NEEDS_TRANSPORT, malformed_settings,
     BAD(.payload = OCTETS("\0\5\0\0\0\0"), .code = H2_PROTOCOL_ERROR)},
    {"http2/settings/max-frame-size-above-the-limit", "H2-SET-010",
     "MAX_FRAME_SIZE=2^24 is a PROTOCOL_ERROR.", NEEDS_TRANSPORT, malformed_settings,
     BAD(.payload = OCTETS("\0\5\1\0\0\0"), .code = H2_PROTOCOL_ERROR)},

    {"http2/settings/unknown-identifier", "H2-SET-011",
     "A setting nobody knows is ignored and acknowledged.", NEEDS_TRANSPORT, legal_settings,
     LEGAL({0xf0f0, 1})},
    {"http2/settings/identifier-0", "H2-SET-011",
     "The setting 0, which has no meaning, is ignored and acknowledged.", NEEDS_TRANSPORT,
     legal_settings, LEGAL({0, UINT32_MAX})},
    {"http2/settings/many-unknown-identifiers", "H2-SET-011",
     "A frame of unknown settings only is ignored and acknowledged.", NEEDS_TRANSPORT,
     many_unknown_identifiers, NULL},
    {"http2/settings/enable-push-1", "H2-SET-005", "ENABLE_PUSH=1 is accepted from a client.",
     NEEDS_TRANSPORT, legal_settings, LEGAL({SETTING_ENABLE_PUSH, 1})},
    {"http2/settings/all-parameters", "H2-SET-001", "All six settings in one preface are accepted.",
     NEEDS_TRANSPORT, legal_settings_in_the_preface,
     LEGAL({SETTING_HEADER_TABLE_SIZE, 4096}, {SETTING_ENABLE_PUSH, 0},
           {SETTING_MAX_CONCURRENT_STREAMS, 100}, {SETTING_INITIAL_WINDOW_SIZE, 65535},
           {SETTING_MAX_FRAME_SIZE, 16384}, {SETTING_MAX_HEADER_LIST_SIZE, 65536})},
    {"http2/settings/largest-values", "H2-SET-008 H2-SET-010",
     "The largest window and frame size that the ranges allow are accepted.", NEEDS_TRANSPORT,
     legal_settings,
     LEGAL({SETTING_INITIAL_WINDOW_SIZE, 0x7fffffff}, {SETTING_MAX_FRAME_SIZE, 0xffffff},
           {SETTING_MAX_CONCURRENT_STREAMS, UINT32_MAX},
           {SETTING_MAX_HEADER_LIST_SIZE, UINT32_MAX})},
    {"http2/settings/largest-table-size", "H2-SET-001", "HEADER_TABLE_SIZE=2^32-1 is accepted.",
     NEEDS_TRANSPORT, legal_settings, LEGAL({SETTING_HEADER_TABLE_SIZE, UINT32_MAX})},
    {"http2/settings/later-identifiers", "H2-SET-011",
     "ENABLE_CONNECT_PROTOCOL, NO_RFC7540_PRIORITIES and a large one nobody knows are accepted.",
     NEEDS_TRANSPORT, legal_settings_in_the_preface, LEGAL({8, 1}, {9, 1}, {0xffff, UINT32_MAX})},
    {"http2/settings/client-concurrency-limit", "H2-SET-001",
     "A client's MAX_CONCURRENT_STREAMS=0 forbids pushes, not its own requests.", NEEDS_TRANSPORT,
     legal_settings, LEGAL({SETTING_MAX_CONCURRENT_STREAMS, 0})},

    {"http2/settings/last-value-wins", "H2-SET-012",
     "Of a setting that is given twice in a frame, the last counts.", NEEDS_TEST_SERVICE,
     last_of_a_repeated_identifier_wins, NULL},
    {"http2/settings/during-a-call", "H2-SET-013",
     "SETTINGS in the middle of a call do not disturb it.", NEEDS_TEST_SERVICE,
     while_a_call_is_open, NULL},
    {"http2/settings/default-max-frame-size-obeyed", "H2-SET-016",
     "Without MAX_FRAME_SIZE no frame is longer than 16384 octets.", NEEDS_TEST_SERVICE,
     max_frame_size_is_obeyed, LIMIT(.obeyed = 16384)},
    {"http2/settings/raised-max-frame-size-obeyed", "H2-SET-016",
     "With MAX_FRAME_SIZE=20000 no frame is longer than 20000 octets.", NEEDS_TEST_SERVICE,
     max_frame_size_is_obeyed, LIMIT(.in_preface = 20000, .obeyed = 20000)},
    {"http2/settings/largest-max-frame-size-obeyed", "H2-SET-016",
     "With MAX_FRAME_SIZE=2^24-1 a long response is whole.", NEEDS_TEST_SERVICE,
     max_frame_size_is_obeyed, LIMIT(.in_preface = 0xffffff, .obeyed = 0xffffff)},
    {"http2/settings/lowered-max-frame-size-obeyed", "H2-SET-016 H2-SET-001",
     "Once a lower MAX_FRAME_SIZE is acknowledged, no longer frame comes.", NEEDS_TEST_SERVICE,
     max_frame_size_is_obeyed, LIMIT(.in_preface = 65536, .later = 16384, .obeyed = 16384)},
    {"http2/settings/max-header-list-size", "H2-SET-020",
     "A response beyond MAX_HEADER_LIST_SIZE costs at most its own call.", NEEDS_TEST_SERVICE,
     max_header_list_size, NULL},

    {"http2/settings/own-values-in-range", "H2-SET-021 H2-SET-007",
     "A server announces no push and values within the ranges.", NEEDS_TRANSPORT,
     own_values_are_in_range, NULL},
    {"http2/settings/own-concurrency-limit", "H2-SET-022",
     "A server that limits concurrent streams allows at least 100.", NEEDS_TRANSPORT,
     own_concurrency_limit, NULL},
};
const struct case_list settings_cases = {cases, ARRAY_LEN(cases)};
