/* SPDX-License-Identifier: MIT
 *
 * The connection preface (RFC 9113 3.4): what a server says first, what it must refuse, and that octets arrive in
 * any pieces. TLS and ALPN are not here. */
#include "cases/cases.h"
#include "cases/http2/common.h"

static bool settings_came(const struct conn *conn, const void *arg)
{
    (void)arg;
    return conn->got_settings;
}

static const struct transcript_entry *first_received(const struct transcript *transcript)
{
    for (size_t i = 0; i < transcript->count; i++)
        if (transcript->entries[i].direction == RECEIVED)
            return &transcript->entries[i];
    return NULL;
}

static void first_frame_is_settings(struct test *t)
{
    struct conn *conn = open_transport(t);
    const struct transcript_entry *first;

    send_preface(conn);
    send_settings(conn, NULL, 0);
    wait_until(conn, settings_came, NULL);
    first = first_received(&t->transcript);

    expect(t, first != NULL, "a SETTINGS frame, before any request", "nothing came");
    expect(t,
           first != NULL && first->is_frame && first->frame.type == FRAME_SETTINGS &&
               first->frame.stream == 0 && (first->frame.flags & FLAG_ACK) == 0,
           "the first frame is SETTINGS without ACK on stream 0", "another frame came first");
    expect_settings_acks(conn, 1);
    expect_call_works(conn);
}

static void our_settings_are_acknowledged(struct test *t)
{
    struct conn *conn = open_transport(t);

    send_preface(conn);
    send_settings(conn, SETTINGS({SETTING_MAX_CONCURRENT_STREAMS, 100},
                                 {SETTING_INITIAL_WINDOW_SIZE, 65535}));
    expect_settings_acks(conn, 1);
    expect_call_works(conn);
}

/* No GOAWAY is owed to a peer that does not speak HTTP/2: closing is enough. */
static const struct outcome not_http2[] = {
    GOAWAY(H2_PROTOCOL_ERROR),
    CLOSE,
    {OUTCOME_GOAWAY, H2_FRAME_SIZE_ERROR, true, "closed, with another code than PROTOCOL_ERROR"},
    {OUTCOME_GOAWAY, H2_INTERNAL_ERROR, true, "closed, with another code than PROTOCOL_ERROR"},
    {.kind = OUTCOME_END},
};

/* The row is the 24 octets. SETTINGS follow, as they would from a client. */
static void wrong_magic(struct test *t)
{
    struct conn *conn = open_transport(t);

    send_octets(conn, *(const struct bytes *)t->arg);
    send_settings(conn, NULL, 0);
    expect_connection_outcome(conn, not_http2);
    expect_target_still_serves(t);
}

static void ping_before_settings(struct test *t)
{
    static const uint8_t opaque[8] = "preface";
    struct conn *conn = open_transport(t);

    send_preface(conn);
    send_ping(conn, opaque, 0);
    send_settings(conn, NULL, 0);
    expect_connection_outcome(conn, not_http2);
    expect_target_still_serves(t);
}

static void request_before_settings(struct test *t)
{
    struct conn *conn = open_transport(t);
    struct call *call;

    send_preface(conn);
    call = send_unary_on(conn, EMPTY_CALL, NO_BYTES);
    expect_connection_outcome(conn, not_http2);
    expect(t, call->header_blocks == 0, "no response without the client's SETTINGS",
           "the request was answered");
    expect_target_still_serves(t);
}

static void settings_on_a_stream_first(struct test *t)
{
    struct conn *conn = open_transport(t);

    send_preface(conn);
    send_frame(conn, FRAME_SETTINGS, 0, 1, NO_BYTES);
    expect_connection_outcome(conn, not_http2);
    expect_target_still_serves(t);
}

static void request_in_the_first_flight(struct test *t)
{
    struct conn *conn = open_transport(t);

    send_preface(conn);
    send_settings(conn, NULL, 0);
    expect_call_works(conn);
    expect_connection_still_serves(conn);
}

/* Two writes in a row often reach a server as one read, and before the handshake nothing it says tells that the first
 * has been read: the one place where time must pass. */
#define APART (20 * NS_PER_MS)

static void send_apart(struct conn *conn, struct bytes octets)
{
    send_octets(conn, octets);
    flush(conn);
    pass_time(conn, APART);
}

/* A server may send its SETTINGS before it has all of the magic, which our ACK must not interrupt. */
static struct conn *open_unacknowledging_transport(struct test *t)
{
    struct conn *conn = open_transport(t);

    conn->auto_settings_ack = false;
    return conn;
}

static void acknowledge_from_now_on(struct conn *conn)
{
    for (unsigned i = 0; i < conn->settings_received; i++)
        send_settings_ack(conn);
    conn->auto_settings_ack = true;
}

static void octet_by_octet(struct test *t)
{
    struct conn *conn;

    t->segmentation = SEGMENT_BYTE;
    conn = open_unacknowledging_transport(t);
    for (size_t at = 0; at < 3; at++)
        send_apart(conn, bytes_first(bytes_skip(CONNECTION_PREFACE, at), 1));
    send_octets(conn, bytes_skip(CONNECTION_PREFACE, 3));
    send_settings(conn, SETTINGS({SETTING_ENABLE_PUSH, 0}));
    acknowledge_from_now_on(conn);
    expect_call_works(conn);
    expect_connection_still_serves(conn);
}

/* The row is how many octets of the magic come in the first write. */
static void magic_in_two_pieces(struct test *t)
{
    size_t first = *(const size_t *)t->arg;
    struct conn *conn = open_unacknowledging_transport(t);

    send_apart(conn, bytes_first(CONNECTION_PREFACE, first));
    send_octets(conn, bytes_skip(CONNECTION_PREFACE, first));
    send_settings(conn, NULL, 0);
    acknowledge_from_now_on(conn);
    expect_settings_acks(conn, 1);
    expect_call_works(conn);
}

/* An empty frame of unknown type, so that nothing but its header is there to be understood. */
static void frame_header_in_two_pieces(struct test *t)
{
    struct conn *conn = connect_h2(t);
    struct buf header = {0};

    frame_put_header(&header, 0, 0xbb, 0, 0);
    send_apart(conn, bytes_first(buf_view(&header), 4));
    send_octets(conn, bytes_skip(buf_view(&header), 4));
    expect_call_works(conn);
    buf_clear(&header);
}

/* No rule says what a server owes HTTP/1.1 on this port, but a hang helps nobody. */
static void http1_request(struct test *t)
{
    struct conn *conn = open_transport(t);

    send_octets(conn, BYTES("GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: grpcspec\r\n\r\n"));
    finish_writing(conn);
    expect_connection_outcome(conn, not_http2);
    expect_target_still_serves(t);
}

static const struct test_case cases[] = {
    {"http2/preface/first-frame-is-settings", "H2-PREFACE-001",
     "The first frame of a server is SETTINGS without ACK, sent without waiting for a request.",
     NEEDS_TRANSPORT, first_frame_is_settings, NULL},
    {"http2/preface/settings-acknowledged", "H2-PREFACE-004 H2-SET-001",
     "The SETTINGS of the client's preface are acknowledged.", NEEDS_TRANSPORT,
     our_settings_are_acknowledged, NULL},
    {"http2/preface/other-text", "H2-PREFACE-005",
     "Octets that are not the magic end the connection.", NEEDS_TRANSPORT, wrong_magic,
     &BYTES("INVALID CONNECTION PREFACE\r\n\r\n")},
    {"http2/preface/first-octet-wrong", "H2-PREFACE-005",
     "A magic whose first octet is wrong ends the connection.", NEEDS_TRANSPORT, wrong_magic,
     &BYTES("pRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")},
    {"http2/preface/version-wrong", "H2-PREFACE-005",
     "A magic of another HTTP version ends the connection.", NEEDS_TRANSPORT, wrong_magic,
     &BYTES("PRI * HTTP/2.1\r\n\r\nSM\r\n\r\n")},
    {"http2/preface/last-octet-wrong", "H2-PREFACE-005",
     "A magic whose last octet is wrong ends the connection.", NEEDS_TRANSPORT, wrong_magic,
     &BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\rX")},
    {"http2/preface/ping-before-settings", "H2-PREFACE-006",
     "A client preface that goes on with PING in place of SETTINGS ends the connection.",
     NEEDS_TRANSPORT, ping_before_settings, NULL},
    {"http2/preface/request-before-settings", "H2-PREFACE-006",
     "A client preface that goes on with a request in place of SETTINGS ends the connection, "
     "unanswered.",
     NEEDS_TRANSPORT, request_before_settings, NULL},
    {"http2/preface/settings-on-a-stream", "H2-PREFACE-006 H2-SET-003",
     "A client preface whose SETTINGS names a stream ends the connection.", NEEDS_TRANSPORT,
     settings_on_a_stream_first, NULL},
    {"http2/preface/request-in-first-flight", "H2-PREFACE-008",
     "A request that comes together with the client preface is served.", NEEDS_TRANSPORT,
     request_in_the_first_flight, NULL},
    {"http2/preface/octet-by-octet", "H2-PREFACE-010",
     "Preface and request are understood when every octet comes alone.", NEEDS_TRANSPORT,
     octet_by_octet, NULL},
    {"http2/preface/cut-inside-magic", "H2-PREFACE-010",
     "A magic that comes in two pieces is understood.", NEEDS_TRANSPORT, magic_in_two_pieces,
     &(const size_t){10}},
    {"http2/preface/cut-before-last-octet-of-magic", "H2-PREFACE-010",
     "A magic whose last octet comes alone with what follows is understood.", NEEDS_TRANSPORT,
     magic_in_two_pieces, &(const size_t){23}},
    {"http2/preface/cut-inside-frame-header", "H2-PREFACE-010",
     "A frame header that comes in two pieces is understood.", NEEDS_TRANSPORT,
     frame_header_in_two_pieces, NULL},
    {"http2/preface/http1-request", "H2-PREFACE-011",
     "An HTTP/1.1 request on an HTTP/2 port gets an end of the connection, not a hang.",
     NEEDS_TRANSPORT, http1_request, NULL},
};
const struct case_list preface_cases = {cases, ARRAY_LEN(cases)};
