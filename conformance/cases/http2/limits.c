/* SPDX-License-Identifier: MIT
 *
 * Floods of frames (RFC 9113 10.5): resets, SETTINGS, PING, PRIORITY, empty DATA, unknown types, windows. What a
 * header block may cost is in limit_blocks.c, a message in limit_messages.c, what is never read in
 * limit_unread_*.c and limit_windows.c, and memory in memory.c. */
#include "cases/cases.h"
#include "cases/http2/flood.h"

#define BATCH 100 /* frames between two looks at what the target says */

/* ---- resets by the client (CVE-2023-44487) --------------------------------------------------- */

#define RAPID_RESETS 500

static void rapid_reset(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);

    for (int i = 0; i < RAPID_RESETS && !has_ended_connection(flood.conn); i++) {
        struct call *call = new_call_on(flood.conn, EMPTY_CALL);
        send_request_headers(call, NO_EDITS, 0);
        cancel_call(call);
        if (i % BATCH == BATCH - 1)
            turn_once(flood.conn);
    }
    expect_borne_or_refused(&flood);
}

/* The handlers of calls that are reset at once would each work for three seconds. */
static void slow_calls_reset(struct test *t)
{
    const struct response_parameters slow = {.size = 1, .interval_us = 100000, .compressed = -1};
    struct response_parameters parameters[30];
    struct flood flood = begin_flood(t, NULL, 0);
    struct buf request = {0};

    for (size_t i = 0; i < ARRAY_LEN(parameters); i++)
        parameters[i] = slow;
    pb_put_streaming_request(&request, TESTING_REQUEST(.payload_size = 0), parameters,
                             ARRAY_LEN(parameters));
    for (int i = 0; i < 4 * 100 && !has_ended_connection(flood.conn); i++) {
        struct call *call = send_unary_on(flood.conn, STREAMING_OUTPUT_CALL, buf_view(&request));
        cancel_call(call);
        if (i % BATCH == BATCH - 1)
            turn_once(flood.conn);
    }
    expect_borne_or_refused(&flood);
    buf_clear(&request);
}

/* ---- resets that the server is made to send (CVE-2025-8671) ---------------------------------- */

#define MADE_RESETS 200

static void update_window_by_zero(struct call *call)
{
    send_window_update(call->conn, call->stream, 0);
}

static void overflow_window(struct call *call)
{
    send_window_update(call->conn, call->stream, (uint32_t)MAX_WINDOW);
    send_window_update(call->conn, call->stream, (uint32_t)MAX_WINDOW);
}

static void send_data_after_end(struct call *call)
{
    send_frame(call->conn, FRAME_DATA, 0, call->stream, BYTES("late"));
}

static void send_headers_after_end(struct call *call)
{
    const struct field late = FIELD("x-late", "1");
    send_fields(call->conn, call->stream, &late, 1, FLAG_END_STREAM);
}

static void send_short_priority(struct call *call)
{
    send_frame(call->conn, FRAME_PRIORITY, 0, call->stream, BYTES("\0\0\0\0"));
}

static void depend_on_itself(struct call *call)
{
    send_priority(call->conn, call->stream, call->stream, false, 15);
}

struct provocation {
    void (*provoke)(struct call *call);
};
#define PROVOCATION(f) (&(const struct provocation){f})

/* The response waits for a window that never comes, so that the stream is open when the frame comes. */
static void made_you_reset(struct test *t)
{
    const struct provocation *row = t->arg;
    struct flood flood = begin_flood(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));

    for (int i = 0; i < MADE_RESETS && !has_ended_connection(flood.conn); i++) {
        row->provoke(ask_for(flood.conn, 1000));
        if (i % BATCH == BATCH - 1)
            turn_once(flood.conn);
    }
    expect_borne_or_refused(&flood);
}

/* ---- frames that cost nothing to send -------------------------------------------------------- */

#define STUFFED 2730 /* entries in 16380 octets */

static void stuffed_settings(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);
    struct buf payload = {0};

    for (size_t i = 0; i < STUFFED; i++) {
        const struct setting unknown = {(uint16_t)(0xf000 + i % 0xfff), (uint32_t)i};
        settings_put(&payload, &unknown, 1);
    }
    for (unsigned i = 0; i < 10 && !has_ended_connection(flood.conn); i++) {
        unsigned before = flood.conn->settings_acks;
        gr_time began = clock_now_ns();
        send_frame(flood.conn, FRAME_SETTINGS, 0, 0, buf_view(&payload));
        while (!test_is_over(t) && flood.conn->settings_acks == before &&
               !has_ended_connection(flood.conn) && clock_now_ns() - began < t->patience_ns)
            pass_time(flood.conn, NS_PER_MS);
        int64_t took = clock_now_ns() - began;
        expect(t, flood.conn->settings_acks > before || has_ended_connection(flood.conn),
               "an acknowledgement, or the end of the connection", "none in %.2f s",
               (double)took / (double)NS_PER_S);
        if (took >= NS_PER_S)
            test_note(t, "an acknowledgement took %.1f s", (double)took / (double)NS_PER_S);
    }
    expect_borne_or_refused(&flood);
    buf_clear(&payload);
}

/* Streams that were never opened, and their order turned over again and again. */
static void priority_shuffle(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);

    for (uint32_t i = 0; i < 10000 && !has_ended_connection(flood.conn); i++) {
        uint32_t stream = 1001 + 2 * (i % 100), on = 1001 + 2 * ((i * 37 + 11) % 100);
        send_priority(flood.conn, stream, on == stream ? 0 : on, i % 3 == 0, (uint8_t)(i * 7));
        if (i % (10 * BATCH) == 0)
            turn_once(flood.conn);
    }
    expect_borne_or_refused(&flood);
}

static void empty_data(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);
    struct call *call = open_call_on(flood.conn);

    for (int i = 0; i < 5000 && !has_ended_connection(flood.conn); i++) {
        send_frame(flood.conn, FRAME_DATA, 0, call->stream, NO_BYTES);
        if (i % (10 * BATCH) == 0)
            turn_once(flood.conn);
    }
    expect_borne_or_refused(&flood);
}

static void unknown_frames(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);
    struct buf payload = {0};

    put_fill(&payload, 'u', DEFAULT_MAX_FRAME_SIZE);
    for (int i = 0; i < 256 && !has_ended_connection(flood.conn); i++) {
        send_frame(flood.conn, 0xbe, 0xff, i % 2 ? 0 : 1, buf_view(&payload));
        turn_once(flood.conn);
    }
    expect_borne_or_refused(&flood);
    buf_clear(&payload);
}

static void window_updates(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);

    for (int i = 0; i < 10000 && !has_ended_connection(flood.conn); i++) {
        send_window_update(flood.conn, 0, 1);
        if (i % (10 * BATCH) == 0)
            turn_once(flood.conn);
    }
    expect_borne_or_refused(&flood);
}

/* ---- connections ---- */

static void idle_connections(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);

    for (int i = 0; i < 200 && !test_is_over(t); i++)
        (void)connect_h2(t);
    expect_others_served(&flood);
}

static void advertised_concurrency(struct test *t)
{
    struct conn *conn = main_connection(t);
    uint32_t most = conn->their_settings[SETTING_MAX_CONCURRENT_STREAMS];

    expect(t, most > 0, "MAX_CONCURRENT_STREAMS that lets a client in",
           "0: no request may be sent");
    if (!conn->their_setting_seen[SETTING_MAX_CONCURRENT_STREAMS])
        test_lenient(t, HERE, "a finite MAX_CONCURRENT_STREAMS, against abuse",
                     "none is advertised");
    else if (most > 10000)
        test_lenient(t, HERE, "MAX_CONCURRENT_STREAMS up to 10000, against abuse", "%u", most);
    expect_connection_still_serves(conn);
}

static const struct test_case cases[] = {
    {"http2/limits/rapid-reset", "SEC-001 SEC-032",
     "Others are served beside 500 requests that are reset at once.", NEEDS_TRANSPORT, rapid_reset,
     NULL},
    {"http2/limits/slow-calls-reset", "SEC-002 SEC-001",
     "Others are served beside 400 calls of twenty seconds that are reset at once.",
     NEEDS_TEST_SERVICE, slow_calls_reset, NULL},
    {"http2/limits/made-you-reset-zero-increment", "SEC-003 SEC-032",
     "Others are served beside 200 streams that a WINDOW_UPDATE of 0 makes the server reset.",
     NEEDS_TEST_SERVICE, made_you_reset, PROVOCATION(update_window_by_zero)},
    {"http2/limits/made-you-reset-window-overflow", "SEC-003 SEC-032",
     "Others are served beside 200 streams whose window is overflowed.", NEEDS_TEST_SERVICE,
     made_you_reset, PROVOCATION(overflow_window)},
    {"http2/limits/made-you-reset-late-data", "SEC-003 SEC-032",
     "Others are served beside 200 streams with DATA behind END_STREAM.", NEEDS_TEST_SERVICE,
     made_you_reset, PROVOCATION(send_data_after_end)},
    {"http2/limits/made-you-reset-late-headers", "SEC-003 SEC-032",
     "Others are served beside 200 streams with HEADERS behind END_STREAM.", NEEDS_TEST_SERVICE,
     made_you_reset, PROVOCATION(send_headers_after_end)},
    {"http2/limits/made-you-reset-short-priority", "SEC-003 SEC-032",
     "Others are served beside 200 streams with PRIORITY of four octets.", NEEDS_TEST_SERVICE,
     made_you_reset, PROVOCATION(send_short_priority)},
    {"http2/limits/made-you-reset-self-dependency", "SEC-003 SEC-032",
     "Others are served beside 200 streams that depend on themselves.", NEEDS_TEST_SERVICE,
     made_you_reset, PROVOCATION(depend_on_itself)},
    {"http2/limits/stuffed-settings", "SEC-008 SEC-032",
     "Ten SETTINGS of 2730 entries are each acknowledged within a second, or refused.",
     NEEDS_TRANSPORT, stuffed_settings, NULL},
    {"http2/limits/priority-shuffle", "SEC-013 SEC-032",
     "Others are served beside 10000 PRIORITY on 100 streams.", NEEDS_TRANSPORT, priority_shuffle,
     NULL},
    {"http2/limits/empty-data", "SEC-011 SEC-032",
     "Others are served beside 5000 empty DATA frames.", NEEDS_TEST_SERVICE, empty_data, NULL},
    {"http2/limits/unknown-frames", "SEC-015 SEC-032",
     "Others are served beside 4 MiB of frames of an unknown type.", NEEDS_TRANSPORT,
     unknown_frames, NULL},
    {"http2/limits/window-updates", "SEC-015 SEC-032",
     "Others are served beside 10000 WINDOW_UPDATE of 1.", NEEDS_TRANSPORT, window_updates, NULL},
    {"http2/limits/idle-connections", "SEC-030", "Others are served beside 200 idle connections.",
     NEEDS_TRANSPORT, idle_connections, NULL},
    {"http2/limits/advertised-concurrency", "SEC-031",
     "The server advertises how many streams it takes at once.", NEEDS_TRANSPORT,
     advertised_concurrency, NULL},
};
const struct case_list limit_cases = {cases, ARRAY_LEN(cases)};
