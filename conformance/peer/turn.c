/* SPDX-License-Identifier: MIT
 *
 * Turning a connection: what is queued goes out as --segment wants it, what comes in is taken
 * apart. All waiting of the peer happens here. */
#include "peer/inside.h"
#include "wire/segment.h"

#define READ_SIZE 32768

gr_time deadline_in(const struct test *t, int64_t span)
{
    gr_time deadline = clock_add(clock_now_ns(), span);
    return deadline < t->deadline ? deadline : t->deadline;
}

/* ---- writing ---- */

/* Octets from `done` to the end of the frame it is in. */
static size_t frame_left(const struct inside *in, size_t done, size_t len)
{
    size_t i = 0;
    while (i < in->boundary_count && in->boundaries[i] <= done)
        i++;
    size_t end = i < in->boundary_count && in->boundaries[i] < len ? in->boundaries[i] : len;
    return end - done;
}

static enum transport_result write_pieces(struct conn *conn, gr_time deadline, size_t *done)
{
    struct test *t = conn->t;
    enum transport_result result = TRANSPORT_OK;
    for (*done = 0; *done < conn->queue.len && result == TRANSPORT_OK;) {
        size_t left = conn->queue.len - *done;
        bool by_frame = t->segmentation == SEGMENT_FRAME;
        size_t to_boundary = by_frame ? frame_left(conn->inside, *done, conn->queue.len) : left;
        uint64_t random = t->segmentation == SEGMENT_RANDOM ? test_random(t) : 0;
        size_t piece = segment_next(t->segmentation, *done, left, to_boundary, random);
        result = transport_write(conn->transport, bytes_of(conn->queue.data + *done, piece),
                                 deadline);
        *done += piece;
    }
    return result;
}

/* A write that fails because the target closed says nothing: reading will tell what it said before.
 */
void write_queue(struct conn *conn)
{
    struct test *t = conn->t;
    if (conn->queue.failed)
        test_broken(t, HERE, "out of memory");
    if (conn->queue.len > 0 && conn->transport && !conn->inside->write_shut) {
        size_t done = 0;
        size_t len = conn->queue.len;
        gr_time since = clock_now_ns();
        if (write_pieces(conn, deadline_in(t, t->patience_ns), &done) == TRANSPORT_TIMEOUT)
            test_fail(t, HERE, "the target reads what it is sent",
                      "it read nothing more for %.1f s, with %zu of %zu octets not written",
                      (double)(clock_now_ns() - since) / (double)NS_PER_S, len - done, len);
    }
    buf_reset(&conn->queue);
    conn->inside->boundary_count = 0;
}

void flush(struct conn *conn)
{
    if (!test_is_over(conn->t))
        write_queue(conn);
}

/* ---- reading ---- */

enum turn conn_turn(struct conn *conn, gr_time deadline)
{
    write_queue(conn);
    if (conn_is_over(conn) || test_is_over(conn->t))
        return TURN_OVER;
    uint8_t *at = buf_reserve(&conn->received, READ_SIZE);
    if (!at) {
        test_broken(conn->t, HERE, "out of memory");
        return TURN_OVER;
    }
    size_t got = 0;
    enum transport_result result = transport_read(conn->transport, at, READ_SIZE, &got, deadline);
    if (result == TRANSPORT_TIMEOUT)
        return TURN_TIMEOUT;
    if (result != TRANSPORT_OK) {
        note_closed(conn, result == TRANSPORT_END ? CLOSED_ORDERLY : CLOSED_RESET);
        return TURN_OVER;
    }
    conn->received.len += got;
    take_frames(conn);
    return TURN_READ;
}

bool turn_until(struct conn *conn, bool (*done)(const struct conn *conn, const void *arg),
                const void *arg, gr_time deadline)
{
    if (test_is_over(conn->t))
        return false;
    write_queue(conn);
    enum turn turn = TURN_READ;
    while (!done(conn, arg) && turn == TURN_READ)
        turn = conn_turn(conn, deadline);
    write_queue(conn); /* acknowledgements of what came last */
    return !test_is_over(conn->t) && done(conn, arg);
}

bool wait_until(struct conn *conn, bool (*done)(const struct conn *conn, const void *arg),
                const void *arg)
{
    return turn_until(conn, done, arg, deadline_in(conn->t, conn->t->patience_ns));
}

static bool is_closed(const struct conn *conn, const void *unused)
{
    (void)unused;
    return conn_is_over(conn);
}

bool wait_for_close(struct conn *conn)
{
    return wait_until(conn, is_closed, NULL);
}

static bool never(const struct conn *conn, const void *unused)
{
    (void)conn;
    (void)unused;
    return false;
}

void pass_time(struct conn *conn, int64_t ns)
{
    (void)turn_until(conn, never, NULL, deadline_in(conn->t, ns));
}

struct call_question {
    const struct call *call;
    bool (*done)(const struct call *call);
};

static bool ask_call(const struct conn *conn, const void *arg)
{
    (void)conn;
    const struct call_question *question = arg;
    return question->done(question->call);
}

bool call_until(struct call *call, bool (*done)(const struct call *call))
{
    struct call_question question = {call, done};
    return wait_until(call->conn, ask_call, &question);
}

bool wait_for_all(struct call *call)
{
    return call_until(call, call_has_all);
}
