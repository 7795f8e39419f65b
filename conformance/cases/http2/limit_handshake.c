/* SPDX-License-Identifier: MIT
 *
 * The first moments of a connection: one that never begins is closed in time, and what was sent before the target's
 * SETTINGS were seen is within the initial limits. */
#include "cases/cases.h"
#include "cases/http2/flood.h"
#include "peer/own_target.h"

/* ---- connections that never begin ------------------------------------------------------------ */

static void stalled_handshake(struct test *t)
{
    const struct bytes *octets = t->arg;
    int64_t timeout = server_has_seconds(t, HAS_HANDSHAKE_TIMEOUT);
    if (test_is_over(t))
        return;
    t->deadline = clock_add(t->deadline, 2 * timeout);
    gr_time began = clock_now_ns();
    struct conn *conn = open_transport(t);
    conn->auto_settings_ack = false; /* it would be a wrong preface */
    send_octets(conn, *octets);
    bool ended = ends_connection_within(conn, timeout + timeout / 4 + t->patience_ns);
    expect(t, ended, "a connection that never begins is closed", "it is still open");
    test_note(t, "closed after %.1f s", (double)(clock_now_ns() - began) / (double)NS_PER_S);
    expect_target_still_serves(t);
}

/* ---- a window smaller than the initial one --------------------------------------------------- */

/* What was sent before the target's SETTINGS were seen is within the initial window. */
static void data_before_the_lower_window(struct test *t)
{
    struct conn *conn = open_transport(t);
    struct buf request = {0};

    send_preface(conn);
    send_settings(conn, NULL, 0);
    pb_put_simple_request(&request, TESTING_REQUEST(.payload_size = 65000));
    struct call *call = send_unary_on(conn, UNARY_CALL, buf_view(&request));
    expect_headers(call);
    if (conn->their_settings[SETTING_INITIAL_WINDOW_SIZE] >= DEFAULT_WINDOW)
        test_skip(t, "the target does not lower the initial window");
    expect_status(call, GRPC_OK);
    buf_clear(&request);
}

static const struct test_case cases[] = {
    {"http2/limits/silent-connection", "SEC-027",
     "A connection on which nothing is said is closed in time.", NEEDS_TRANSPORT, stalled_handshake,
     &NO_BYTES},
    {"http2/limits/stalled-magic", "SEC-027",
     "A connection that stops after ten octets of the magic is closed in time.", NEEDS_TRANSPORT,
     stalled_handshake, &BYTES("PRI * HTTP")},
    {"http2/limits/data-before-the-lower-window", "H2-FLOW-022",
     "DATA that was sent before the server's smaller window was seen is accepted.",
     NEEDS_TEST_SERVICE, data_before_the_lower_window, NULL},
};
const struct case_list limit_handshake_cases = {cases, ARRAY_LEN(cases)};
