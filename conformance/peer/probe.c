/* SPDX-License-Identifier: MIT
 *
 * Proving that nothing happened, without waiting: see the head of peer.h for why it takes two round
 * trips, a PING and a SETTINGS. */
#include "peer/inside.h"

static bool can_ask(const struct conn *conn)
{
    const struct inside *in = conn->inside;
    return !conn_is_over(conn) && !in->write_shut && framing_can_probe(&in->framing);
}

void send_awaited_ping(struct conn *conn)
{
    struct inside *in = conn->inside;
    store_u32(in->awaited_ping, 0x73706563); /* "spec", to be known in a capture */
    store_u32(in->awaited_ping + 4, (uint32_t)++in->probe_number);
    in->awaited_ping_answered = false;
    send_ping(conn, in->awaited_ping, FLAG_NONE);
}

struct decision {
    bool (*decided)(const struct conn *conn, const void *arg);
    const void *arg;
    enum probe_state awaited;
};

static bool decided_or_answered(const struct conn *conn, const void *arg)
{
    const struct decision *decision = arg;
    return conn->inside->probe == decision->awaited || decision->decided(conn, decision->arg);
}

static void ask_with_ping(struct conn *conn)
{
    if (!can_ask(conn))
        return;
    conn->inside->probe = PROBE_PING_SENT;
    send_awaited_ping(conn);
}

static void ask_with_settings(struct conn *conn)
{
    conn->inside->next_settings_is_probe = true;
    send_settings(conn, NULL, 0);
    conn->inside->next_settings_is_probe = false;
    conn->inside->probe = PROBE_SETTINGS_SENT;
}

/* One round trip. returns whether the answer came, and nothing decided before */
static bool answered(struct conn *conn, struct decision *decision, enum probe_state awaited)
{
    decision->awaited = awaited;
    (void)wait_until(conn, decided_or_answered, decision);
    return conn->inside->probe == awaited && !decision->decided(conn, decision->arg);
}

/* On a loaded machine everything takes longer, and so does what an application has to say. */
static int64_t grace_after(int64_t grace_ns, int64_t proof_ns, int64_t patience_ns)
{
    int64_t longer = 20 * proof_ns < patience_ns ? 20 * proof_ns : patience_ns;
    return longer > grace_ns ? longer : grace_ns;
}

enum settled settle(struct conn *conn, bool (*decided)(const struct conn *conn, const void *arg),
                    const void *arg, int64_t grace_ns)
{
    struct decision decision = {decided, arg, PROBE_NONE};
    gr_time since = clock_now_ns();
    conn->inside->probe = PROBE_NONE;
    if (!decided(conn, arg))
        ask_with_ping(conn);
    bool ignored = answered(conn, &decision, PROBE_PING_ANSWERED);
    if (ignored) {
        ask_with_settings(conn);
        ignored = answered(conn, &decision, PROBE_DONE);
    }
    if (ignored && grace_ns > 0)
        (void)turn_until(conn, decided, arg,
                         deadline_in(conn->t, grace_after(grace_ns, clock_now_ns() - since,
                                                          conn->t->patience_ns)));
    conn->inside->probe = PROBE_NONE;
    if (decided(conn, arg))
        return SETTLED_DECIDED;
    if (conn_is_over(conn))
        return SETTLED_OVER;
    return ignored ? SETTLED_IGNORED : SETTLED_SILENT;
}

static bool is_answered(const struct conn *conn, const void *unused)
{
    (void)unused;
    return conn->inside->awaited_ping_answered;
}

int probe_alive(struct conn *conn, int64_t span)
{
    gr_time deadline = deadline_in(conn->t, span);
    if (!can_ask(conn) || deadline <= clock_now_ns())
        return -1;
    ask_with_ping(conn);
    bool alive = turn_until(conn, is_answered, NULL, deadline);
    conn->inside->probe = PROBE_NONE;
    return alive ? 1 : 0;
}
