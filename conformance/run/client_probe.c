/* SPDX-License-Identifier: MIT
 *
 * The first look at a client; see client_probe.h. It is a case that is not in the report. */
#include "run/client_probe.h"

#include "peer/client.h"

#include <stdio.h>

/* Whichever of them the client has: one without the plain cases is made for the negative ones. */
static const struct client_call large = {.interop = "large_unary",
                                         .otherwise = &ping_case,
                                         .path = UNARY_CALL,
                                         .type = CALL_UNARY,
                                         .messages = 1};
static const struct client_call plain = {.interop = "empty_unary",
                                         .otherwise = &large,
                                         .path = EMPTY_CALL,
                                         .type = CALL_UNARY,
                                         .messages = 1};

static void makes_a_call(struct test *t)
{
    struct call *call = first_call(t, &plain);
    const struct field *agent = header_list_find(&call->headers, "user-agent");
    if (agent)
        test_note(t, "%.*s", (int)agent->value.len, (const char *)agent->value.data);
    serve_call(call);
    expect_client_ok(t);
}

static const struct test_case probe_case = {.id = "client/probe",
                                            .clauses = "",
                                            .title = "The client makes a call.",
                                            .needs = NEEDS_CLIENT,
                                            .run = makes_a_call};

static void add_facts(struct report *report, const struct target_info *target, const struct test *t,
                      const char *agent)
{
    const struct drive *drive = target->drive;
    if (!report)
        return;
    report_add_fact(report, "drive", drive->name);
    report_add_fact(report, "user-agent", agent[0] ? agent : "none");
    report_add_fact(report, "plain call", t->verdict == VERDICT_PASS ? "ok" : "fails");
    report_add_fact(
        report, "shows",
        drive->reports_result ? "status, message, metadata and payloads"
        : drive->exit_says_nothing
            ? "nothing but the wire: it exits with 0 also for a case that does not exist"
            : "exit status");
}

/* The first note is the user-agent; a first line. */
static void first_line(const struct buf *notes, char line[static 256])
{
    struct bytes text = buf_view(notes);
    size_t len = bytes_find(text, '\n');
    (void)snprintf(line, 256, "%.*s", (int)(len < 255 ? len : 255),
                   text.data ? (const char *)text.data : "");
}

bool probe_client(struct target_info *target, const struct run_options *options,
                  struct report *report, char why[static 1024])
{
    struct test t;
    char agent[256] = "";
    run_case(options, target, &probe_case, &t);
    bool called = t.conns && t.conns->calls && t.conns->calls->header_blocks > 0;
    target->answers_requests = called;
    if (called && t.notes.len > 0 && header_list_find(&t.conns->calls->headers, "user-agent"))
        first_line(&t.notes, agent);
    if (called)
        add_facts(report, target, &t, agent);
    else
        (void)snprintf(why, 1024, "the client made no call: %.300s%s%.600s", buf_str(&t.seen),
                       t.notes.len ? "\n" : "", buf_str(&t.notes));
    test_clear(&t);
    return called;
}
