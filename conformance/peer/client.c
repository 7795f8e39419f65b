/* SPDX-License-Identifier: MIT
 *
 * The client under test, as a case sees it: asked for calls, listened to, and judged by how it ends. How it is started
 * and told is the drive's business; see drive.h. */
#include "peer/client.h"

#include "peer/inside.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

void client_result_clear(struct client_result *result)
{
    buf_clear(&result->how);
    buf_clear(&result->message);
    buf_clear(&result->details);
    buf_clear(&result->payloads);
    header_list_clear(&result->headers);
    header_list_clear(&result->trailers);
    *result = (struct client_result){.kind = RESULT_PENDING};
}

/* ---- asking ---- */

static void open_client(struct test *t)
{
    const struct target_info *target = t->target;
    struct client *client = new_zeroed(sizeof *client);
    char why[256] = "";
    t->client = client;
    client->listener = transport_listen(0, &client->port);
    if (client->listener < 0) {
        test_broken(t, HERE, "cannot listen on 127.0.0.1");
        return;
    }
    struct client_address address = {
        .host = "127.0.0.1",
        .port = client->port,
        .tls = target->tls != NULL,
        .ca_file = target->tls ? target->trusted_ca : NULL,
        .server_name = target->tls ? target->tls_name : NULL,
        .case_id = t->test_case->id,
    };
    client->handle = target->drive->open(target->drive->arg, &address, why);
    if (!client->handle)
        test_broken(t, HERE, "the client could not be started: %s", why);
}

static void remark_asked(struct test *t, const struct asked *asked)
{
    const struct client_call *call = asked->call;
    transcript_add_remark(&t->transcript, 0, clock_now_ns(), "the client was asked for %s",
                          call->interop ? call->interop
                          : call->path  ? call->path
                                        : "a call");
}

struct asked *ask_client(struct test *t, const struct client_call *call)
{
    static struct asked nobody; /* what a verb may look at once the case is over */
    char why[256] = "";
    if (!t->client && !test_is_over(t))
        open_client(t);
    struct client *client = t->client;
    if (!client || client->asked_count == MAX_ASKED)
        return &nobody;
    struct asked *asked = new_zeroed(sizeof *asked);
    *asked = (struct asked){.t = t, .call = call, .index = client->asked_count};
    client->asked[client->asked_count++] = asked;
    if (test_is_over(t))
        return asked;
    remark_asked(t, asked);
    if (!t->target->drive->ask(client->handle, asked->index, call, why))
        test_skip(t, "%s", why);
    return asked;
}

static bool somebody_waits(const struct client *client)
{
    struct pollfd listener = {.fd = client->listener, .events = POLLIN};
    return poll(&listener, 1, 0) > 0;
}

enum result_kind poll_asked(struct asked *asked)
{
    struct test *t = asked->t;
    if (asked->result.kind != RESULT_PENDING || !t || !t->client || !t->client->handle)
        return asked->result.kind;
    const struct drive *drive = t->target->drive;
    struct client *client = t->client;
    drive->poll(client->handle, asked->index, &asked->result);
    bool ended = asked->result.kind != RESULT_PENDING;
    bool never = client->connections == 0 && client->listener >= 0 && !somebody_waits(client);
    if (ended && never && drive->reconsider)
        drive->reconsider(client->handle, asked->index, &asked->result);
    return asked->result.kind;
}

/* ---- in words ---- */

static void put_reported(const struct client_result *result, struct buf *out)
{
    buf_put_str(out, "the client reported ");
    put_status(out, result->status);
    if (result->message.len == 0)
        return;
    buf_put_str(out, ", \"");
    put_escaped(out, buf_view(&result->message), 160);
    buf_put_str(out, "\"");
}

void put_result(const struct asked *asked, struct buf *out)
{
    const struct client_result *result = &asked->result;
    switch (result->kind) {
    case RESULT_PENDING:
        buf_put_str(out, "the client is still at it");
        return;
    case RESULT_REPORTED:
        put_reported(result, out);
        return;
    case RESULT_EXITED:
        buf_printf(out, "the client exited with status %d", result->exit_code);
        return;
    case RESULT_DIED:
    case RESULT_UNSUPPORTED:
    case RESULT_FAILED:
        buf_put(out, buf_view(&result->how));
        return;
    }
}

void put_client_state(struct test *t, struct buf *out)
{
    struct client *client = t->client;
    if (!client || client->asked_count == 0)
        return;
    struct asked *last = client->asked[client->asked_count - 1];
    (void)poll_asked(last);
    put_result(last, out);
}

/* ---- an end that comes early ---- */

static void judge_death(struct test *t, const struct asked *asked, struct source_line where)
{
    if (test_is_over(t) && t->verdict != VERDICT_FAIL && t->verdict != VERDICT_LENIENT)
        return;
    if (t->verdict == VERDICT_FAIL)
        test_note(t, "the case itself: FAIL, %s", buf_str(&t->seen));
    t->verdict = VERDICT_CRASH;
    t->where = where;
    buf_reset(&t->expected);
    buf_reset(&t->seen);
    buf_put_str(&t->expected, "the client survives");
    buf_put(&t->seen, buf_view(&asked->result.how));
}

bool judge_early_end(struct test *t, struct source_line where, const char *expected)
{
    struct client *client = t->client;
    for (size_t i = 0; client && i < client->asked_count; i++) {
        struct asked *asked = client->asked[i];
        enum result_kind kind = poll_asked(asked);
        bool last = i + 1 == client->asked_count;
        if (kind == RESULT_UNSUPPORTED)
            test_skip(t, "%s", buf_str(&asked->result.how));
        else if (kind == RESULT_DIED)
            judge_death(t, asked, where);
        if (test_is_over(t))
            return true;
        if (kind == RESULT_PENDING || !last)
            continue;
        if (!client->connections &&
            (asked->call->timeout_ms || asked->call->cancel != CANCEL_NEVER)) {
            test_skip(t, "the call was over, by the client's own doing, before it connected");
            return true;
        }
        struct buf seen = {0};
        put_result(asked, &seen);
        test_fail(t, where, expected, "%s%s",
                  client->connections ? "" : "it never connected: ", buf_str(&seen));
        buf_clear(&seen);
        return true;
    }
    return false;
}

/* ---- the end ---- */

/* A verdict of the end's own replaces what the case found, which is kept as a note. */
static void replace_verdict(struct test *t, enum verdict verdict, const char *expected,
                            const struct buf *seen)
{
    static const char *const names[] = {"PASS", "LENIENT", "FAIL",  "CRASH",
                                        "HANG", "SKIP",    "BROKEN"};
    struct buf copy = {0};
    buf_put(&copy, buf_view(seen));
    if (t->verdict != VERDICT_PASS)
        test_note(t, "the case itself: %s, %s", names[t->verdict], buf_str(&t->seen));
    t->verdict = verdict;
    t->where = HERE;
    buf_reset(&t->expected);
    buf_reset(&t->seen);
    buf_put_str(&t->expected, expected);
    buf_put(&t->seen, buf_view(&copy));
    buf_clear(&copy);
}

static bool may_replace(const struct test *t)
{
    return t->verdict == VERDICT_PASS || t->verdict == VERDICT_LENIENT ||
           t->verdict == VERDICT_FAIL;
}

static bool is_stopped(const struct test *t)
{
    return t->target->stop && atomic_load(t->target->stop) != 0;
}

/* How long it may take to end, or to tell, once everything is closed. */
static int64_t end_patience(const struct test *t)
{
    return 2 * t->patience_ns;
}

/* returns whether the client has ended, or has told how each call went */
static bool wait_for_end(struct test *t, struct buf *how)
{
    const struct drive *drive = t->target->drive;
    gr_time deadline = clock_add(clock_now_ns(), end_patience(t));
    while (!drive->has_ended(t->client->handle, how)) {
        if (clock_now_ns() >= deadline || is_stopped(t))
            return false;
        (void)client_turn(t, false, clock_add(clock_now_ns(), 5 * NS_PER_MS));
    }
    return true;
}

static void judge_hang(struct test *t, double processor_before)
{
    const struct drive *drive = t->target->drive;
    double after = drive->processor_time(t->client->handle);
    double seconds = (double)end_patience(t) / (double)NS_PER_S;
    struct buf seen = {0};
    buf_printf(&seen, "%.1f s after grpcspec closed every connection and its port, the client %s",
               seconds, drive->ends_with_calls ? "still runs" : "has not told how its call ended");
    if (processor_before >= 0 && after - processor_before > seconds / 2)
        buf_printf(&seen, "; it spins: %.1f s of processor time in that while",
                   after - processor_before);
    replace_verdict(t, VERDICT_HANG, "the client's call ends when its server goes away", &seen);
    buf_clear(&seen);
}

static void judge_end(struct test *t)
{
    struct client *client = t->client;
    struct buf how = {0};
    double processor = t->target->drive->processor_time(client->handle);
    bool ended = wait_for_end(t, &how);
    for (size_t i = 0; i < client->asked_count; i++)
        if (poll_asked(client->asked[i]) == RESULT_DIED && may_replace(t))
            replace_verdict(t, VERDICT_CRASH, "the client survives", &client->asked[i]->result.how);
    if (!ended && may_replace(t) && !is_stopped(t))
        judge_hang(t, processor);
    buf_clear(&how);
}

/* What the report says of it besides the verdict. */
static void note_end(struct test *t)
{
    struct buf note = {0};
    put_client_state(t, &note);
    if (note.len > 0)
        test_note(t, "%s", buf_str(&note));
    buf_reset(&note);
    if (t->verdict != VERDICT_PASS && t->verdict != VERDICT_SKIP)
        t->target->drive->put_tail(t->client->handle, &note);
    if (note.len > 0)
        test_note(t, "the client printed:\n%s", buf_str(&note));
    buf_clear(&note);
}

void stop_listening(struct test *t)
{
    if (!t->client || t->client->listener < 0)
        return;
    (void)close(t->client->listener);
    t->client->listener = -1;
}

void client_end(struct test *t)
{
    struct client *client = t->client;
    if (!client || client->ended)
        return;
    client->ended = true;
    stop_listening(t);
    if (!client->handle)
        return;
    judge_end(t);
    note_end(t);
    t->target->drive->close(client->handle);
    client->handle = NULL;
}

void client_free(struct test *t)
{
    struct client *client = t->client;
    if (!client)
        return;
    for (size_t i = 0; i < client->asked_count; i++) {
        client_result_clear(&client->asked[i]->result);
        free(client->asked[i]);
    }
    free(client);
    t->client = NULL;
}
