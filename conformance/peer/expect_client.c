/* SPDX-License-Identifier: MIT
 *
 * Judging how the client under test takes its call: by what it reports, or by how its process ends. */
#include "peer/client.h"

#include "peer/inside.h"
#include "wire/descriptors.h"

#include <sys/socket.h>
#include <unistd.h>

static struct asked *last_asked(struct test *t)
{
    return t->client && t->client->asked_count ? t->client->asked[t->client->asked_count - 1]
                                               : NULL;
}

/* ---- waiting ---- */

/* A call that may fail and that the client tries again elsewhere, unasked: it fails there, too. */
static void refuse_connection(struct test *t)
{
    descriptors_lock();
    int fd = accept(t->client->listener, NULL, NULL);
    if (fd >= 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1},
                         sizeof(struct linger));
        (void)close(fd);
    }
    descriptors_unlock();
    if (fd >= 0)
        test_note(t, "the client went on to another connection, which was refused");
}

/* refuses: further connections. */
static enum result_kind await_result(struct asked *asked, bool refuses)
{
    struct test *t = asked->t;
    /* a process closes its channel in its own time */
    int64_t span = t->target->drive->ends_with_calls ? 2 * t->patience_ns : t->patience_ns;
    gr_time deadline = deadline_in(t, span);
    while (poll_asked(asked) == RESULT_PENDING && !test_is_over(t) && clock_now_ns() < deadline)
        if (client_turn(t, refuses, deadline) && refuses)
            refuse_connection(t);
    return poll_asked(asked);
}

const struct client_result *client_result(struct test *t)
{
    static const struct client_result none;
    struct asked *asked = last_asked(t);
    if (!asked)
        return &none;
    if (!test_is_over(t))
        (void)await_result(asked, false);
    return &asked->result;
}

/* ---- outcomes ---- */

static bool matches(const struct outcome *outcome, uint32_t status)
{
    if (outcome->kind == OUTCOME_ANY_ERROR)
        return status != GRPC_OK;
    return outcome->kind == OUTCOME_STATUS && outcome->code == status;
}

/* Strict before lenient; NULL: none. */
static const struct outcome *find_status(const struct outcome *outcomes, uint32_t status)
{
    const struct outcome *lenient = NULL;
    for (; outcomes->kind != OUTCOME_END; outcomes++) {
        if (matches(outcomes, status) && !outcomes->lenient)
            return outcomes;
        if (matches(outcomes, status) && !lenient)
            lenient = outcomes;
    }
    return lenient;
}

/* One that is not `status`: what a command that is not content may have met. strict: only those. */
static bool allows_other(const struct outcome *outcomes, uint32_t status, bool strict)
{
    for (; outcomes->kind != OUTCOME_END; outcomes++) {
        bool other = outcomes->kind == OUTCOME_ANY_ERROR ||
                     (outcomes->kind == OUTCOME_STATUS && outcomes->code != status);
        if (other && !(strict && outcomes->lenient))
            return true;
    }
    return false;
}

static void put_expected(struct buf *out, const struct outcome *outcomes)
{
    bool any_strict = false;
    for (const struct outcome *each = outcomes; each->kind != OUTCOME_END; each++)
        any_strict |= !each->lenient;
    buf_put_str(out, "the client's call ends with ");
    size_t before = out->len;
    for (const struct outcome *each = outcomes; each->kind != OUTCOME_END; each++) {
        if (any_strict && each->lenient)
            continue;
        buf_put_str(out, out->len > before ? ", or " : "");
        if (each->kind == OUTCOME_ANY_ERROR)
            buf_put_str(out, "an error");
        else
            put_status(out, each->code);
    }
}

static void judge_reported(struct test *t, const struct asked *asked,
                           const struct outcome *outcomes, struct source_line where,
                           const char *expected)
{
    const struct outcome *match = find_status(outcomes, asked->result.status);
    struct buf seen = {0};
    put_result(asked, &seen);
    if (!match)
        test_fail(t, where, expected, "%s", buf_str(&seen));
    else if (match->lenient)
        test_lenient(t, where, expected, "%s%s%s", buf_str(&seen), match->why ? ": " : "",
                     match->why ? match->why : "");
    buf_clear(&seen);
}

/* The official case is content: the call ended with the status that it wants. */
static void judge_content(struct test *t, const struct asked *asked, const struct outcome *outcomes,
                          struct source_line where, const char *expected)
{
    uint32_t status = asked->call->interop_status;
    const struct outcome *match = find_status(outcomes, status);
    if (!match)
        test_fail(t, where, expected,
                  "the client exited with status 0: for it the call ended with %s",
                  grpc_status_name(status));
    else if (match->lenient)
        test_lenient(t, where, expected, "the client exited with status 0: %s%s%s",
                     grpc_status_name(status), match->why ? ": " : "",
                     match->why ? match->why : "");
}

static void judge_discontent(struct test *t, const struct asked *asked,
                             const struct outcome *outcomes, struct source_line where,
                             const char *expected)
{
    uint32_t wanted = asked->call->interop_status;
    int code = asked->result.exit_code;
    bool by_error = wanted == GRPC_OK && allows_other(outcomes, wanted, false);
    if (by_error)
        test_note(
            t,
            "the client exited with status %d: its call failed; with which status was not visible",
            code);
    else if (wanted != GRPC_OK && allows_other(outcomes, wanted, true))
        test_note(t,
                  "the client exited with status %d: its call did not end with %s; how it ended "
                  "was not visible",
                  code, grpc_status_name(wanted));
    else if (wanted != GRPC_OK && allows_other(outcomes, wanted, false))
        test_lenient(t, where, expected, "the client exited with status %d: it did not end with %s",
                     code, grpc_status_name(wanted));
    else
        test_fail(t, where, expected, "the client exited with status %d", code);
}

static void judge_exit(struct test *t, const struct asked *asked, const struct outcome *outcomes,
                       struct source_line where, const char *expected)
{
    if (t->target->drive->exit_says_nothing)
        test_skip(t, "what the wire shows is right, but how the call ended is not visible: the "
                     "client exits with 0 also "
                     "for a case that does not exist");
    else if (asked->result.exit_code == 0)
        judge_content(t, asked, outcomes, where, expected);
    else
        judge_discontent(t, asked, outcomes, where, expected);
}

/* A client that says that it could not make the call, after it has connected: an error, if one without a status. */
static bool is_error_without_status(const struct asked *asked, const struct outcome *outcomes)
{
    return asked->result.kind == RESULT_FAILED && asked->result.says_so &&
           asked->t->client->connections > 0 && allows_other(outcomes, GRPC_OK, false);
}

void expect_client_outcome_at(struct test *t, struct asked *asked, const struct outcome *outcomes,
                              struct source_line where)
{
    struct buf expected = {0};
    gr_time since = clock_now_ns();
    asked = asked ? asked : last_asked(t);
    if (test_is_over(t) || !asked)
        return;
    put_expected(&expected, outcomes);
    bool may_fail = allows_other(outcomes, asked->call->interop_status, false);
    enum result_kind kind = await_result(asked, may_fail && t->target->drive->ends_with_calls &&
                                                    t->client->connections > 0);
    if (test_is_over(t))
        ;
    else if (kind == RESULT_PENDING)
        test_fail(t, where, buf_str(&expected), "the client's call has not ended after %.1f s",
                  (double)(clock_now_ns() - since) / (double)NS_PER_S);
    else if (kind == RESULT_REPORTED)
        judge_reported(t, asked, outcomes, where, buf_str(&expected));
    else if (kind == RESULT_EXITED)
        judge_exit(t, asked, outcomes, where, buf_str(&expected));
    else if (is_error_without_status(asked, outcomes))
        test_note(t, "%s; the status was not visible", buf_str(&asked->result.how));
    else
        (void)judge_early_end(t, where, buf_str(&expected));
    buf_clear(&expected);
}

/* ---- what else it reports ---- */

/* The result of a call that has ended and that was reported; NULL: nothing to judge. */
static const struct client_result *reported(struct test *t, bool visible, const char *what,
                                            struct source_line where)
{
    struct asked *asked = last_asked(t);
    if (test_is_over(t) || !asked)
        return NULL;
    if (!visible) {
        test_note(t, "%s was not visible", what);
        return NULL;
    }
    enum result_kind kind = await_result(asked, false);
    if (kind == RESULT_REPORTED)
        return &asked->result;
    if (!judge_early_end(t, where, what))
        test_fail(t, where, what, "the client's call has not ended");
    return NULL;
}

void expect_client_message_at(struct test *t, const char *text, struct source_line where)
{
    const struct client_result *result = reported(t, t->target->drive->reports_status,
                                                  "the status message", where);
    if (!result || bytes_equal_str(buf_view(&result->message), text))
        return;
    struct buf expected = {0}, seen = {0};
    buf_put_str(&expected, "the client reports the message \"");
    put_escaped(&expected, bytes_str(text), 200);
    buf_put_str(&expected, "\"");
    put_escaped(&seen, buf_view(&result->message), 200);
    test_fail(t, where, buf_str(&expected), "it reported \"%s\"", buf_str(&seen));
    buf_clear(&expected);
    buf_clear(&seen);
}

static bool join_values(const struct header_list *list, const char *name, struct buf *out)
{
    bool any = false;
    for (size_t i = 0; i < list->count; i++) {
        if (!bytes_equal_str(list->fields[i].name, name))
            continue;
        buf_put_str(out, any ? ", " : "");
        buf_put(out, list->fields[i].value);
        any = true;
    }
    return any;
}

void expect_client_field_at(struct test *t, bool trailer, const char *name, const char *value,
                            struct source_line where)
{
    const char *kind = trailer ? "trailing" : "initial";
    const struct client_result *result = reported(t, t->target->drive->reports_result,
                                                  "reported metadata", where);
    if (!result)
        return;
    struct buf seen = {0}, expected = {0}, shown = {0};
    bool there = join_values(trailer ? &result->trailers : &result->headers, name, &seen);
    put_escaped(&shown, buf_view(&seen), 200);
    if (value)
        buf_printf(&expected, "the client reports %s metadata %s: %s", kind, name, value);
    else
        buf_printf(&expected, "the client reports no %s metadata %s", kind, name);
    if (value && !there)
        test_fail(t, where, buf_str(&expected), "none of that name");
    else if (there && !(value && bytes_equal_str(buf_view(&seen), value)))
        test_fail(t, where, buf_str(&expected), "%s: %s", name, buf_str(&shown));
    buf_clear(&seen);
    buf_clear(&shown);
    buf_clear(&expected);
}

void expect_client_payloads_at(struct test *t, size_t count, struct source_line where)
{
    const struct client_result *result = reported(t, t->target->drive->reports_result,
                                                  "the messages it took", where);
    struct buf expected = {0};
    if (!result || result->payload_count == count)
        return;
    buf_printf(&expected, "the client's application gets %zu message%s", count,
               count == 1 ? "" : "s");
    test_fail(t, where, buf_str(&expected), "it got %zu", result->payload_count);
    buf_clear(&expected);
}

/* ---- still there ---- */

void expect_client_waits_at(struct call *call, struct source_line where)
{
    static const char expected[] = "the client's call goes on";
    struct test *t = call->conn->t;
    expect_nothing_closed_at(call->conn, where);
    struct asked *asked = last_asked(t);
    if (test_is_over(t) || !asked)
        return;
    if (call->reset)
        fail_call(call, where, expected);
    else
        (void)(poll_asked(asked) != RESULT_PENDING && judge_early_end(t, where, expected));
}

void expect_client_still_works_at(struct test *t, struct source_line where)
{
    if (test_is_over(t) || t->target->drive->ends_with_calls)
        return;
    struct asked *asked = ask_client(t, &empty_unary);
    serve_call(await_call_at(t, where));
    expect_client_outcome_at(t, asked, ONE_OF(STATUS(GRPC_OK)), where);
}
