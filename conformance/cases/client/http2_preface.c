/* SPDX-License-Identifier: MIT
 *
 * The first octets of a connection (RFC 9113 3.4): those of the client, and what it does when a server's are wrong. */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

/* The magic and then SETTINGS before anything else: expect_preface compares octet by octet. */
static void magic_then_settings(struct test *t)
{
    (void)ask_client(t, &empty_unary);
    struct conn *conn = accept_transport(t);

    send_settings(conn, NULL, 0);
    expect_preface(conn);
    serve_call(await_call_on(conn));
    expect_client_ok(t);
}

static bool has_preface(const struct conn *conn, const void *arg)
{
    (void)arg;
    return conn->got_preface && conn->got_settings;
}

/* Our SETTINGS, at last, and all that belongs to it. */
static void finish_late_preface(struct conn *conn)
{
    send_settings(conn, NULL, 0);
    send_settings_ack(conn);
    conn->auto_settings_ack = true;
    expect_preface(conn);
}

/* Clients may wait for our SETTINGS before they send HEADERS, not before they send their preface. */
static void client_speaks_first(struct test *t)
{
    (void)ask_client(t, &empty_unary);
    struct conn *conn = accept_transport(t);

    conn->auto_settings_ack = false;
    expect(t, wait_until(conn, has_preface, NULL),
           "the client connection preface, before the server has said anything", "nothing");
    finish_late_preface(conn);
    serve_call(await_call_on(conn));
    expect_client_ok(t);
}

/* The server takes its time with SETTINGS: the call waits for the connection, and succeeds. */
static void settings_come_late(struct test *t)
{
    (void)ask_client(t, &empty_unary);
    struct conn *conn = accept_transport(t);

    conn->auto_settings_ack = false;
    pass_client_time(t, 150 * NS_PER_MS);
    finish_late_preface(conn);
    serve_call(await_call_on(conn));
    expect_client_ok(t);
}

static void octet_by_octet(struct test *t)
{
    t->segmentation = SEGMENT_BYTE;
    serve_call(first_call_with(t, &empty_unary, SETTINGS({SETTING_MAX_CONCURRENT_STREAMS, 100})));
    expect_client_ok(t);
}

struct greeting {
    struct bytes octets; /* instead of SETTINGS */
    bool close;
};
#define GREETING(...) (&(const struct greeting){__VA_ARGS__})

/* The call must fail, and soon: it is not answered. */
static void wrong_greeting(struct test *t)
{
    const struct greeting *row = t->arg;

    (void)ask_client(t, &empty_unary);
    struct conn *conn = accept_transport(t);
    stop_listening(t); /* some try again for as long as they can connect */
    send_octets(conn, row->octets);
    if (row->close)
        close_transport(conn);
    else
        flush(conn);
    expect_client_outcome(
        t, ONE_OF(STATUS(GRPC_UNAVAILABLE), LENIENT_ANY_ERROR("an error with another code")));
}

/* clang-format off */
static const struct test_case cases[] = {
    {"client/http2/preface/magic", "H2-PREFACE-002 H2-PREFACE-003 H2-TLS-013",
     "A client begins with the connection preface: 24 octets, then SETTINGS.", NEEDS_CLIENT, magic_then_settings, NULL},
    {"client/http2/preface/speaks-first", "H2-PREFACE-002", "A client does not wait for the server's preface with its own.",
     NEEDS_CLIENT, client_speaks_first, NULL},
    {"client/http2/preface/settings-come-late", "GRPC-LB-006", "A call waits while its connection is being made.",
     NEEDS_CLIENT, settings_come_late, NULL},
    {"client/http2/preface/octet-by-octet", "H2-PREFACE-010", "The server's preface may come octet by octet.",
     NEEDS_CLIENT, octet_by_octet, NULL},
    {"client/http2/preface/not-settings", "H2-PREFACE-007", "A first frame that is not SETTINGS is an error.", NEEDS_CLIENT,
     wrong_greeting, GREETING(OCTETS("\0\0\x08\6\0\0\0\0\0" "12345678"), false)},
    {"client/http2/preface/settings-ack-first", "H2-PREFACE-007", "An ACK of SETTINGS is no server preface.", NEEDS_CLIENT,
     wrong_greeting, GREETING(OCTETS("\0\0\0\4\1\0\0\0\0" "\0\0\x08\6\0\0\0\0\0" "12345678"), true)},
    {"client/http2/preface/http-1", "H2-PREFACE-012", "An answer of HTTP/1.1 fails the call.", NEEDS_CLIENT, wrong_greeting,
     GREETING(OCTETS("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), true)},
    {"client/http2/preface/magic-of-a-client", "H2-PREFACE-007", "A server that sends the client's magic is no server.",
     NEEDS_CLIENT, wrong_greeting, GREETING(OCTETS("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"), false)},
    {"client/http2/preface/closed-at-once", "GRPC-MAP-024", "A connection that closes before its preface fails the call.",
     NEEDS_CLIENT, wrong_greeting, GREETING(OCTETS(""), true)},
};
/* clang-format on */
const struct case_list client_preface_cases = {cases, ARRAY_LEN(cases)};
