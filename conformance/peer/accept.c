/* SPDX-License-Identifier: MIT
 *
 * Accepting what the client under test connects, and its calls; serving all its connections meanwhile. */
#include "peer/client.h"

#include "peer/inside.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

#define SLICE      (5 * NS_PER_MS) /* how soon the end of a process is noticed */
#define MAX_POLLED 64

/* ---- all connections ---- */

static size_t add_connections(struct test *t, struct pollfd *fds, size_t count)
{
    for (struct conn *conn = t->conns; conn && count < MAX_POLLED; conn = conn->next) {
        write_queue(conn);
        if (!conn_is_over(conn))
            fds[count++] = (struct pollfd){.fd = transport_fd(conn->transport), .events = POLLIN};
    }
    return count;
}

bool client_turn(struct test *t, bool with_listener, gr_time deadline)
{
    struct pollfd fds[MAX_POLLED];
    size_t count = 0;
    bool listens = with_listener && t->client && t->client->listener >= 0;
    if (listens)
        fds[count++] = (struct pollfd){.fd = t->client->listener, .events = POLLIN};
    count = add_connections(t, fds, count);
    int64_t left = deadline - clock_now_ns();
    int64_t span = left < 0 ? 0 : left < SLICE ? left : SLICE;
    (void)poll(fds, (nfds_t)count, (int)((span + NS_PER_MS - 1) / NS_PER_MS));
    for (struct conn *conn = t->conns; conn; conn = conn->next)
        if (!conn_is_over(conn) && !test_is_over(t))
            (void)conn_turn(conn, 0);
    return listens && (fds[0].revents & POLLIN);
}

void pass_client_time(struct test *t, int64_t ns)
{
    gr_time deadline = deadline_in(t, ns);
    while (!test_is_over(t) && clock_now_ns() < deadline)
        (void)client_turn(t, false, deadline);
}

/* ---- connections ---- */

static bool is_stopped(struct test *t)
{
    bool stopped = t->target->stop && atomic_load(t->target->stop) != 0;
    if (stopped)
        test_broken(t, HERE, "interrupted");
    return stopped;
}

int next_connection(struct test *t, gr_time deadline)
{
    for (bool waiting = false; !test_is_over(t) && !is_stopped(t);) {
        bool last = clock_now_ns() >= deadline;
        waiting = client_turn(t, true, deadline);
        if (waiting) {
            descriptors_lock();
            int fd = accept(t->client->listener, NULL, NULL);
            if (fd >= 0)
                descriptor_close_on_exec(fd);
            descriptors_unlock();
            if (fd >= 0)
                return fd;
        }
        if (last)
            return -1;
        if (!waiting && poll_asked(t->client->asked[t->client->asked_count - 1]) != RESULT_PENDING)
            deadline = 0; /* once more, for what came before it ended */
    }
    return -1;
}

/* What starting the client took is not the case's time. */
static void do_not_count(struct test *t, gr_time since)
{
    int64_t span = clock_now_ns() - since;
    t->uncounted_ns += span;
    t->deadline = clock_add(t->deadline, span);
}

/* A program that has connected may still be at its start: until its first call, four times the patience. */
static bool wait_for_start(struct conn *conn,
                           bool (*done)(const struct conn *conn, const void *arg))
{
    struct test *t = conn->t;
    bool starting = t->client && !t->client->called && t->target->drive->start_patience_ns > 0;
    gr_time since = clock_now_ns();
    if (!starting || test_is_over(t))
        return wait_until(conn, done, NULL);
    gr_time deadline = t->deadline;
    t->deadline = clock_add(since, 4 * t->patience_ns);
    bool held = turn_until(conn, done, NULL, t->deadline);
    t->deadline = deadline;
    do_not_count(t, since);
    return held;
}

/* The first connection may take as long as a program takes to start; that is not the case's time. */
static gr_time connect_deadline(const struct test *t)
{
    int64_t start = t->target->drive->start_patience_ns;
    if (t->client->connections || start < t->patience_ns)
        return deadline_in(t, t->patience_ns);
    return clock_add(clock_now_ns(), start);
}

static void fail_unconnected(struct test *t, gr_time since)
{
    static const char expected[] = "the client connects";
    if (judge_early_end(t, HERE, expected))
        return;
    test_fail(t, HERE, expected, "%s: it made no %sconnection in %.1f s, and still runs",
              t->client->connections ? "it went on elsewhere" : "it never connected",
              t->client->connections ? "further " : "",
              (double)(clock_now_ns() - since) / (double)NS_PER_S);
}

static int await_connection(struct test *t)
{
    gr_time since = clock_now_ns();
    if (test_is_over(t) || !t->client)
        return -1;
    bool first = t->client->connections == 0;
    int fd = next_connection(t, connect_deadline(t));
    if (first)
        do_not_count(t, since);
    if (fd < 0 && !test_is_over(t))
        fail_unconnected(t, since);
    return fd;
}

/* Takes fd. */
static void take_connection(struct conn *conn, int fd, const struct transport_tls *tls,
                            char why[static 256])
{
    struct test *t = conn->t;
    const struct drive *drive = t->target->drive;
    if (t->client->connections++ == 0 && drive->connected)
        drive->connected(t->client->handle);
    conn->transport = transport_accept(fd, tls, deadline_in(t, t->patience_ns), why);
    transcript_add_remark(&t->transcript, conn->number, clock_now_ns(), "the client connected%s%s",
                          why[0] ? ": " : "", why);
}

static struct conn *accept_as(struct test *t, const struct transport_tls *tls, char why[static 256])
{
    struct conn *conn = conn_new(t);
    int fd = await_connection(t);
    if (fd >= 0)
        take_connection(conn, fd, tls, why);
    return conn;
}

struct conn *accept_transport(struct test *t)
{
    char why[256] = "";
    struct conn *conn = accept_as(t, t->target->tls, why);
    if (!conn->transport && !test_is_over(t))
        test_fail(t, HERE, "the client connects", "no connection: %s", why);
    return conn;
}

struct conn *accept_tls(struct test *t, const struct transport_tls *tls, char why[256])
{
    char reason[256] = "";
    struct conn *conn = accept_as(t, tls, reason);
    if (why)
        (void)snprintf(why, 256, "%s", reason);
    return conn;
}

static bool is_ready(const struct conn *conn, const void *unused)
{
    (void)unused;
    return conn->inside->preface_wrong || (conn->got_settings && conn->settings_acks > 0);
}

void expect_preface_at(struct conn *conn, struct source_line where)
{
    static const char expected[] =
        "the client's preface, its SETTINGS, and its acknowledgement of ours";
    gr_time since = clock_now_ns();
    if (!wait_for_start(conn, is_ready))
        fail_conn_silent(conn, where, expected, since);
    else if (conn->inside->preface_wrong)
        fail_conn(conn, where, expected);
}

struct conn *accept_h2_with(struct test *t, const struct setting *settings, size_t count)
{
    struct conn *conn = accept_transport(t);
    send_settings(conn, settings, count);
    expect_preface_at(conn, HERE);
    return conn;
}

struct conn *accept_h2(struct test *t)
{
    return accept_h2_with(t, NULL, 0);
}

unsigned client_connections(struct test *t)
{
    return t->client ? t->client->connections : 0;
}

/* ---- calls ---- */

/* The oldest that was not handed out. */
static struct call *waiting_call(const struct conn *conn)
{
    struct call *oldest = NULL;
    for (struct call *call = conn->calls; call; call = call->next)
        if (!call->handed_out)
            oldest = call;
    return oldest;
}

/* A request of one message that fits into the initial window, as far as what was asked for says. */
static bool is_small(const struct client *client)
{
    const struct client_call *call = client->asked_count
                                         ? client->asked[client->asked_count - 1]->call
                                         : NULL;
    return call && (call->type == CALL_UNARY || call->type == CALL_SERVER_STREAM) &&
           call->request_size < DEFAULT_WINDOW / 2;
}

static bool is_whole_or_stuck(const struct conn *conn, const void *arg)
{
    const struct call *call = arg;
    return call->remote_closed || call->reset || conn->closed != NOT_CLOSED ||
           call->receive_window <= 0 || conn->receive_window <= 0;
}

/* A small request is awaited whole: an answer that overtakes it, in a client that has not written all of it yet, is
 * what a case may be about, and no accident. */
static struct call *hand_out(struct call *call)
{
    struct client *client = call->conn->t->client;
    call->handed_out = true;
    client->called = true;
    if (is_small(client))
        (void)wait_until(call->conn, is_whole_or_stuck, call);
    return call;
}

/* What a verb may look at once the case is over. */
static struct call *no_call(struct conn *conn)
{
    struct call *call = call_new(conn, "", 0);
    call->handed_out = true;
    return call;
}

static bool has_call(const struct conn *conn, const void *unused)
{
    (void)unused;
    return waiting_call(conn) != NULL;
}

static void fail_uncalled(struct conn *conn, struct source_line where, gr_time since)
{
    static const char expected[] = "the client sends the HEADERS of its call";
    if (conn_is_over(conn) && judge_early_end(conn->t, where, expected))
        return;
    fail_conn_silent(conn, where, expected, since);
}

struct call *await_call_on_at(struct conn *conn, struct source_line where)
{
    gr_time since = clock_now_ns();
    if (test_is_over(conn->t))
        return no_call(conn);
    if (wait_for_start(conn, has_call))
        return hand_out(waiting_call(conn));
    if (!test_is_over(conn->t))
        fail_uncalled(conn, where, since);
    return no_call(conn);
}

static struct call *waiting_anywhere(struct test *t)
{
    struct call *found = NULL;
    for (struct conn *conn = t->conns; conn; conn = conn->next)
        if (waiting_call(conn))
            found = waiting_call(conn);
    return found;
}

/* A connection that came meanwhile is greeted as usual. */
static void greet_next(struct test *t, gr_time deadline)
{
    char why[256] = "";
    int fd = next_connection(t, deadline);
    if (fd < 0)
        return;
    struct conn *conn = conn_new(t);
    take_connection(conn, fd, t->target->tls, why);
    send_settings(conn, NULL, 0);
}

struct call *await_call_at(struct test *t, struct source_line where)
{
    static const char expected[] = "the client makes a call";
    struct call *call = NULL;
    gr_time since = clock_now_ns();
    if (!t->client)
        return no_call(t->conns ? t->conns : conn_new(t));
    bool first = t->client->connections == 0;
    gr_time deadline = connect_deadline(t);
    while (!test_is_over(t) && !(call = waiting_anywhere(t)) && clock_now_ns() < deadline) {
        greet_next(t, clock_add(clock_now_ns(), SLICE));
        if (first && t->client->connections > 0) {
            do_not_count(t, since);
            deadline = deadline_in(t, t->patience_ns);
            first = false;
        }
        if (!waiting_anywhere(t) && !client_turn(t, true, 0) && judge_early_end(t, where, expected))
            break;
    }
    if (call && !test_is_over(t))
        return hand_out(call);
    if (!test_is_over(t))
        test_fail(t, where, expected, "none came in %.1f s, on %u connection%s",
                  (double)(clock_now_ns() - since) / (double)NS_PER_S, t->client->connections,
                  t->client->connections == 1 ? "" : "s");
    return no_call(t->conns ? t->conns : conn_new(t));
}

struct call *first_call_with(struct test *t, const struct client_call *call,
                             const struct setting *settings, size_t count)
{
    (void)ask_client(t, call);
    return await_call_on_at(accept_h2_with(t, settings, count), HERE);
}

struct call *first_call(struct test *t, const struct client_call *call)
{
    return first_call_with(t, call, NULL, 0);
}

/* ---- no more of them ---- */

void expect_half_close_at(struct call *call, struct source_line where)
{
    static const char expected[] = "the end of the request (END_STREAM)";
    gr_time since = clock_now_ns();
    if (test_is_over(call->conn->t))
        return;
    if (!call_until(call, call_has_all))
        fail_call_silent(call, where, expected, since);
    else if (!call->remote_closed)
        fail_call(call, where, expected);
}

static bool all_ended(struct test *t)
{
    bool ended = true;
    for (size_t i = 0; i < t->client->asked_count; i++)
        ended &= poll_asked(t->client->asked[i]) != RESULT_PENDING;
    return ended;
}

void expect_no_further_call_at(struct test *t, struct source_line where)
{
    static const char expected[] = "no further call";
    if (test_is_over(t) || !t->client)
        return;
    gr_time deadline = deadline_in(t, t->patience_ns);
    while (!test_is_over(t) && !waiting_anywhere(t) && !all_ended(t) && clock_now_ns() < deadline)
        greet_next(t, clock_add(clock_now_ns(), SLICE));
    struct call *call = waiting_anywhere(t);
    if (!call || test_is_over(t))
        return;
    mark_entry(t, call->last_entry);
    test_fail(t, where, expected, "another call of %s, on connection %u, stream %u", call->path,
              call->conn->number, (unsigned)call->stream);
}
