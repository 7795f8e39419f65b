/* SPDX-License-Identifier: MIT
 *
 * SETTINGS, as a server sends them (RFC 9113 6.5): acknowledged, refused, obeyed. What INITIAL_WINDOW_SIZE does to
 * windows is in http2_flow_control.c, MAX_CONCURRENT_STREAMS in http2_streams.c. */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

/* ---- acknowledged ---------------------------------------------------------------------------- */

/* Both the one of our preface and one in the middle of a call. */
static void are_acknowledged(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_settings(call->conn, SETTINGS({SETTING_MAX_CONCURRENT_STREAMS, 100}));
    expect_settings_acks(call->conn, 2);

    serve_call(call);
    expect_client_ok(t);
}

static void each_is_acknowledged(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    for (uint32_t i = 0; i < 3; i++)
        send_settings(call->conn, SETTINGS({SETTING_MAX_HEADER_LIST_SIZE, 65536 + i}));
    expect_settings_acks(call->conn, 4);
    serve_call(call);
    expect_client_ok(t);
}

/* In our preface, and again later: all of it is skipped. */
static void unknown_are_ignored(struct test *t)
{
    struct call *call = first_call_with(t, &empty_unary, SETTINGS({0xf0f0, 1}, {0, 7}));

    send_settings(call->conn, SETTINGS({0xffff, 0xffffffff}));
    expect_settings_acks(call->conn, 2);
    serve_call(call);
    expect_client_ok(t);
}

static void during_a_stream(struct test *t)
{
    struct call *call = first_call(t, &server_streaming);
    size_t sizes[4], count = wanted_responses(call, sizes, ARRAY_LEN(sizes));

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    for (size_t i = 0; i < count && i < ARRAY_LEN(sizes); i++) {
        send_settings(call->conn, SETTINGS({SETTING_HEADER_TABLE_SIZE, 4096}));
        send_response_message(call, sizes[i]);
    }
    expect_settings_acks(call->conn, 1 + (unsigned)count);
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
}

static void unsolicited_ack(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_settings_ack(call->conn);
    send_settings_ack(call->conn);
    serve_call(call);
    expect_client_outcome(
        t, ONE_OF(STATUS(GRPC_OK), LENIENT_ANY_ERROR("a connection error, which is not required")));
}

/* Informational: the client is told nothing of its SETTINGS. */
static void never_acknowledged(struct test *t)
{
    (void)ask_client(t, &empty_unary);
    struct conn *conn = accept_transport(t);

    conn->auto_settings_ack = false;
    send_settings(conn, NULL, 0);
    serve_call(await_call_on(conn));
    expect_client_ok(t);
}

/* ---- refused --------------------------------------------------------------------------------- */

struct bad_settings {
    uint8_t flags;
    bool on_the_call;
    struct bytes payload;
    uint32_t code;
};
#define BAD(...) (&(const struct bad_settings){__VA_ARGS__})

static void are_refused(struct test *t)
{
    const struct bad_settings *row = t->arg;
    struct call *call = first_call(t, &empty_unary);

    send_frame(call->conn, FRAME_SETTINGS, row->flags, row->on_the_call ? call->stream : 0,
               row->payload);
    finish_ok(call);
    expect_connection_lost(call, row->code);
}

/* ---- obeyed ---------------------------------------------------------------------------------- */

/* The linter sees every frame that is too long; the case makes sure that there are long ones. */
static void frames_are_short_enough(struct test *t)
{
    struct call *call = first_call(t, &large_unary);

    expect_half_close(call);
    expect(t, call->data.len > 16384, "a request of more than a frame", "%zu octets",
           call->data.len);
    serve_call(call);
    expect_client_ok(t);
}

/* A client whose headers do not fit must fail that call by itself; one that sends them anyway is only warned. */
static void header_list_limit(struct test *t)
{
    struct call *call = first_call_with(t, &custom_metadata,
                                        SETTINGS({SETTING_MAX_HEADER_LIST_SIZE, 16384}));

    serve_call(call);
    serve_call(next_call(t, &custom_metadata));
    expect_client_ok(t);
}

/* Our decoder holds the client to the smaller table: a block that forgets that is a COMPRESSION_ERROR. */
static void table_size(struct test *t)
{
    uint32_t size = *(const uint32_t *)t->arg;
    struct call *call = first_call_with(t, &ping_pong, SETTINGS({SETTING_HEADER_TABLE_SIZE, size}));

    expect_settings_acks(call->conn, 1);
    serve_call(call);
    expect_client_ok(t);
    expect_client_still_works(t);
}

/* Everything at its largest is legal. */
static void largest_values(struct test *t)
{
    struct call *call = first_call_with(
        t, &large_unary,
        SETTINGS({SETTING_HEADER_TABLE_SIZE, UINT32_MAX}, {0xf0f0, UINT32_MAX},
                 {SETTING_ENABLE_PUSH, 0}, {SETTING_MAX_CONCURRENT_STREAMS, UINT32_MAX},
                 {SETTING_MAX_HEADER_LIST_SIZE, UINT32_MAX}, {SETTING_MAX_FRAME_SIZE, 0xffffff},
                 {SETTING_INITIAL_WINDOW_SIZE, MAX_WINDOW}));

    serve_call(call);
    expect_client_ok(t);
    expect_client_still_works(t);
}

/* Two SETTINGS frames between two blocks of the client: the values of the second count, and its encoder owes us word of
 * the smallest table in between (RFC 7541 4.2). The linter judges both. */
static void there_and_back(struct test *t)
{
    struct call *call = first_call(t, &custom_metadata);
    struct conn *conn = call->conn;

    expect_half_close(call);
    send_settings(conn, SETTINGS({SETTING_HEADER_TABLE_SIZE, 0}, {SETTING_MAX_FRAME_SIZE, 65536},
                                 {SETTING_INITIAL_WINDOW_SIZE, 1 << 20}));
    send_settings(conn, SETTINGS({SETTING_HEADER_TABLE_SIZE, 4096}, {SETTING_MAX_FRAME_SIZE, 16384},
                                 {SETTING_INITIAL_WINDOW_SIZE, DEFAULT_WINDOW}));
    expect_settings_acks(conn, 3);
    if (!t->target->drive->ends_with_calls)
        (void)ask_client(t, &large_unary); /* ahead, so that the connection stays in use */
    serve_call(call);
    serve_call(await_call(t));
    expect_client_ok(t);
}

/* What a SETTINGS frame does not mention stays as it was. */
static void not_mentioned(struct test *t)
{
    struct call *call = call_behind_settings(
        t, SETTINGS({SETTING_HEADER_TABLE_SIZE, 0}, {SETTING_INITIAL_WINDOW_SIZE, 10}));

    expect_data_octets(call, 10);
    send_settings(call->conn, SETTINGS({SETTING_MAX_HEADER_LIST_SIZE, 65536}));
    send_settings(call->conn, NULL, 0);
    expect_settings_acks(call->conn, 4);
    expect_data_octets(call, 10);
    call->conn->auto_window = true;
    send_settings(call->conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 1 << 20}));
    serve_call(call);
    expect_client_ok(t);
    expect_client_still_works(t); /* its block is held to the table of 0 by our decoder */
}

#define REFUSED(word, clauses, title, ...)                                                         \
    {                                                                                              \
        "client/http2/settings/" word, clauses, title, NEEDS_CLIENT, are_refused, BAD(__VA_ARGS__) \
    }

static const struct test_case cases[] = {
    {"client/http2/settings/ack", "H2-SET-001 H2-PREFACE-004",
     "Every SETTINGS frame of the server is acknowledged.", NEEDS_CLIENT, are_acknowledged, NULL},
    {"client/http2/settings/each-is-acknowledged", "H2-SET-001",
     "Three SETTINGS frames at once get three ACKs.", NEEDS_CLIENT, each_is_acknowledged, NULL},
    {"client/http2/settings/unknown", "H2-SET-011",
     "Settings that nobody knows are skipped, and acknowledged.", NEEDS_CLIENT, unknown_are_ignored,
     NULL},
    {"client/http2/settings/during-a-stream", "H2-SET-013",
     "SETTINGS in the middle of a stream disturb nothing.", NEEDS_CLIENT, during_a_stream, NULL},
    {"client/http2/settings/unsolicited-ack", "H2-SET-014",
     "An ACK nobody asked for neither crashes nor stalls.", NEEDS_CLIENT, unsolicited_ack, NULL},
    {"client/http2/settings/never-acknowledged", "H2-SET-015",
     "A call works before the client's SETTINGS are acknowledged.", NEEDS_CLIENT,
     never_acknowledged, NULL},
    REFUSED("ack-with-a-payload", "H2-SET-002 H2-ERR-001",
            "SETTINGS with ACK and a payload is a FRAME_SIZE_ERROR.", FLAG_ACK, false,
            OCTETS("\0\3\0\0\0\1"), H2_FRAME_SIZE_ERROR),
    REFUSED("on-a-stream", "H2-SET-003", "SETTINGS on a stream is a PROTOCOL_ERROR.", FLAG_NONE,
            true, OCTETS("\0\3\0\0\0\1"), H2_PROTOCOL_ERROR),
    REFUSED("of-wrong-length", "H2-SET-004", "SETTINGS of 3 octets is a FRAME_SIZE_ERROR.",
            FLAG_NONE, false, OCTETS("\0\3\0"), H2_FRAME_SIZE_ERROR),
    REFUSED("push-neither-0-nor-1", "H2-SET-005", "ENABLE_PUSH=2 is a PROTOCOL_ERROR.", FLAG_NONE,
            false, OCTETS("\0\2\0\0\0\2"), H2_PROTOCOL_ERROR),
    REFUSED("push-from-a-server", "H2-SET-006", "ENABLE_PUSH=1 of a server is a PROTOCOL_ERROR.",
            FLAG_NONE, false, OCTETS("\0\2\0\0\0\1"), H2_PROTOCOL_ERROR),
    REFUSED("window-too-large", "H2-SET-008", "INITIAL_WINDOW_SIZE=2^31 is a FLOW_CONTROL_ERROR.",
            FLAG_NONE, false, OCTETS("\0\4\x80\0\0\0"), H2_FLOW_CONTROL_ERROR),
    REFUSED("frame-size-too-small", "H2-SET-009", "MAX_FRAME_SIZE=16383 is a PROTOCOL_ERROR.",
            FLAG_NONE, false, OCTETS("\0\5\0\0\x3f\xff"), H2_PROTOCOL_ERROR),
    REFUSED("frame-size-too-large", "H2-SET-010", "MAX_FRAME_SIZE=2^24 is a PROTOCOL_ERROR.",
            FLAG_NONE, false, OCTETS("\0\5\1\0\0\0"), H2_PROTOCOL_ERROR),
    {"client/http2/settings/frame-size-obeyed", "H2-SET-016",
     "No frame is longer than the server's MAX_FRAME_SIZE.", NEEDS_CLIENT, frames_are_short_enough,
     NULL},
    {"client/http2/settings/header-list-limit", "H2-SET-020",
     "Headers within MAX_HEADER_LIST_SIZE are sent.", NEEDS_CLIENT, header_list_limit, NULL},
    {"client/http2/settings/table-size-0", "HPACK-008",
     "HEADER_TABLE_SIZE=0 empties the client's table.", NEEDS_CLIENT, table_size,
     &(const uint32_t){0}},
    {"client/http2/settings/table-size-smaller", "HPACK-008",
     "HEADER_TABLE_SIZE=64 is not exceeded.", NEEDS_CLIENT, table_size, &(const uint32_t){64}},
    {"client/http2/settings/largest-values", "H2-SET-008 H2-SET-010 H2-SET-011 H2-SET-017",
     "Every setting may have its largest value.", NEEDS_CLIENT, largest_values, NULL},
    {"client/http2/settings/there-and-back", "HPACK-008 H2-SET-016",
     "Of SETTINGS that change and change back nothing is lost.", NEEDS_CLIENT, there_and_back,
     NULL},
    {"client/http2/settings/not-mentioned", "H2-SET-013 H2-FLOW-006",
     "SETTINGS change only what they mention.", NEEDS_CLIENT, not_mentioned, NULL},
    {"client/http2/settings/table-size-larger", "HPACK-008 HPACK-021",
     "HEADER_TABLE_SIZE=65536 does no harm.", NEEDS_CLIENT, table_size, &(const uint32_t){65536}},
};
const struct case_list client_settings_cases = {cases, ARRAY_LEN(cases)};
