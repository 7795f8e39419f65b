/* SPDX-License-Identifier: MIT
 *
 * A step at a time: a function for each kind. What is judged is judged by the verbs of peer/; see execute.h. */
#include "fuzz/execute.h"

#include "fuzz/answer.h"
#include "peer/client.h"

#include <stdlib.h>

/* Where writes end in what is queued. */
struct write_plan {
    size_t *ends;
    size_t count, cap;
};

struct run {
    const struct script *script;
    struct test *t;
    struct conn *conn;  /* the current one; NULL before the first `open` */
    struct buf pending; /* said, and not yet a whole frame as the target reads it */
    bool blind;         /* a frame was written in two parts of which the linter saw none */
    struct write_plan plan;
    uint32_t highest; /* stream on which HEADERS were said, on the current connection */
};

/* ---- saying ---- */

static void plan_cut(struct run *run, size_t at)
{
    struct write_plan *plan = &run->plan;
    if (plan->count == plan->cap) {
        size_t cap = plan->cap ? plan->cap * 2 : 64;
        size_t *ends = realloc(plan->ends, cap * sizeof *ends);
        if (!ends)
            abort();
        plan->ends = ends;
        plan->cap = cap;
    }
    plan->ends[plan->count++] = at;
}

static void write_piece(struct conn *conn, size_t from, size_t to)
{
    gr_time deadline = deadline_in(conn->t, conn->t->patience_ns);
    enum transport_result result = transport_write(
        conn->transport, bytes_of(conn->queue.data + from, to - from), deadline);
    if (result == TRANSPORT_TIMEOUT)
        test_fail(conn->t, HERE, "the target reads what it is sent", "it reads nothing more");
}

/* The planned pieces; what is left of the queue then is written by peer/ as a whole. */
static void write_planned(struct run *run)
{
    struct conn *conn = run->conn;
    size_t done = 0;
    for (size_t i = 0; conn && i < run->plan.count; i++) {
        size_t end = run->plan.ends[i];
        if (test_is_over(run->t) || conn_is_over(conn) || end > conn->queue.len || end <= done)
            continue;
        write_piece(conn, done, end);
        done = end;
    }
    run->plan.count = 0;
    if (conn && done > 0)
        buf_consume(&conn->queue, done);
}

/* Whole frames one by one, so that the linter knows each, however the steps of the script divide them. */
static void queue_pending(struct run *run, bool all)
{
    struct bytes rest = buf_view(&run->pending);
    struct frame frame;
    if (bytes_starts_with(rest, CONNECTION_PREFACE)) {
        send_octets(run->conn, CONNECTION_PREFACE);
        rest = bytes_skip(rest, CONNECTION_PREFACE.len);
    }
    for (struct bytes before = rest; frame_take(&rest, &frame); before = rest)
        send_octets(run->conn, bytes_first(before, before.len - rest.len));
    if (all && rest.len > 0) {
        send_octets(run->conn, rest);
        run->blind = true;
        rest = NO_BYTES;
    }
    buf_consume(&run->pending, run->pending.len - rest.len);
}

static void say_flush(struct run *run)
{
    if (run->conn)
        queue_pending(run, true);
    write_planned(run);
    if (run->conn)
        flush(run->conn);
}

static void note_stream(struct run *run, struct bytes octets)
{
    if (octets.len < FRAME_HEADER_LEN || octets.data[3] != FRAME_HEADERS)
        return;
    uint32_t stream = load_u32(octets.data + 5) & 0x7fffffffu;
    if (stream > run->highest)
        run->highest = stream;
}

static void say_octets(struct run *run, const struct step *step)
{
    size_t base = run->conn->queue.len + run->pending.len;
    for (size_t i = 0; i < step->cut_count; i++)
        plan_cut(run, base + step->cuts[i]);
    note_stream(run, buf_view(&step->octets));
    buf_put(&run->pending, buf_view(&step->octets));
    queue_pending(run, false);
}

static void open_connection(struct run *run)
{
    if (run->conn)
        say_flush(run);
    run->plan.count = 0;
    buf_reset(&run->pending);
    run->conn = open_transport(run->t);
    run->highest = 0;
}

/* The client is asked for its one plain call, and connects. */
static void accept_connection(struct run *run)
{
    (void)ask_client(run->t, &empty_unary);
    run->conn = accept_transport(run->t);
}

static void note_call(struct run *run, uint32_t stream)
{
    struct conn *conn = run->conn;
    if (conn->serves) { /* the client's, whole */
        say_flush(run);
        expect_half_close(await_call_on(conn));
        return;
    }
    conn->next_stream = stream;
    (void)new_call_on(conn, EMPTY_CALL);
}

/* ---- the steps ---- */

static void perform_on_connection(struct run *run, const struct step *step)
{
    switch (step->kind) {
    case STEP_CALL:
        note_call(run, step->stream);
        return;
    case STEP_SEND:
        say_octets(run, step);
        return;
    case STEP_FLUSH:
        say_flush(run);
        return;
    case STEP_FIN:
        say_flush(run);
        finish_writing(run->conn);
        return;
    case STEP_WINDOWS:
        run->conn->auto_window = step->number != 0;
        return;
    case STEP_EXPECT_SERVES:
        say_flush(run);
        answer_serves(run->conn, run->highest + 2 - (run->highest + 1) % 2);
        run->highest = run->conn->next_stream - 2;
        return;
    default:
        say_flush(run);
        answer_step(run->conn, step);
        return;
    }
}

static void perform(struct run *run, const struct step *step)
{
    if (step->kind == STEP_OPEN)
        open_connection(run);
    else if (step->kind == STEP_ACCEPT)
        accept_connection(run);
    else if (run->conn && !test_is_over(run->t))
        perform_on_connection(run, step);
}

size_t script_execute(const struct script *script, const struct execute_options *options,
                      struct test *t)
{
    static const struct test_case fuzz_case = {.id = "fuzz", .title = "a script"};
    struct run run = {.script = script, .t = t};
    gr_time now = clock_now_ns();
    test_init(t, &fuzz_case, options->target, now);
    t->patience_ns = options->patience_ns;
    t->deadline = clock_add(now, 4 * options->patience_ns);
    size_t decided = script->count;
    for (size_t i = 0; i < script->count; i++) {
        perform(&run, &script->steps[i]);
        if (decided == script->count && test_is_over(t))
            decided = i;
    }
    if (run.conn)
        say_flush(&run);
    free(run.plan.ends);
    buf_clear(&run.pending);
    test_finish(t);
    if (run.blind)
        t->finding_count = 0;
    return decided;
}
