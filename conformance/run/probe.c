/* SPDX-License-Identifier: MIT
 *
 * The questions before the cases; see probe.h. */
#include "run/probe.h"

#include "peer/peer.h"
#include "target/canary.h"
#include "wire/pb.h"

#include <stdio.h>
#include <stdlib.h>

#define HEALTH_CHECK "/grpc.health.v1.Health/Check"
#define SHOWN_ANSWER 60

/* The first line of what came, made printable. */
static void put_answer(struct bytes answer, struct buf *out)
{
    for (size_t i = 0; i < answer.len && i < SHOWN_ANSWER; i++) {
        uint8_t c = answer.data[i];
        if (c == '\r' || c == '\n')
            return;
        if (c < 0x20 || c > 0x7e)
            buf_printf(out, "\\x%02x", c);
        else
            buf_put_u8(out, c);
    }
}

static bool is_tls_record(struct bytes answer)
{
    return answer.len >= 3 && answer.data[0] >= 20 && answer.data[0] <= 23 && answer.data[1] == 3;
}

void probe_describe_answer(const char *name, struct bytes answer, bool tls,
                           char sentence[static 512])
{
    if (!tls && is_tls_record(answer)) {
        snprintf(sentence, 512,
                 "%.200s does not speak cleartext HTTP/2: it answered with a TLS record; try --tls",
                 name);
        return;
    }
    struct buf text = {0};
    put_answer(answer, &text);
    snprintf(sentence, 512, "%.200s does not speak HTTP/2: it answered '%.250s'", name,
             buf_str(&text));
    buf_clear(&text);
}

/* ---- one call ---- */

struct answer {
    bool any;   /* a header block came */
    bool grpc;  /* with content-type application/grpc */
    int http;   /* :status; 0: none */
    int status; /* grpc-status; -1: none */
    char server[128];
};

static bool call_is_over(const struct conn *conn, const void *arg)
{
    const struct call *call = arg;
    (void)conn;
    return call->remote_closed || call->reset;
}

static void copy_value(const struct header_list *headers, const char *name, char *into, size_t cap)
{
    const struct field *field = header_list_find(headers, name);
    if (field)
        snprintf(into, cap, "%.*s", (int)field->value.len, (const char *)field->value.data);
}

static struct answer read_answer(const struct call *call)
{
    struct answer answer = {.status = call_status(call), .any = call->header_blocks > 0};
    char value[64] = "";
    copy_value(&call->headers, ":status", value, sizeof(value));
    answer.http = (int)strtol(value, NULL, 10);
    value[0] = '\0';
    copy_value(&call->headers, "content-type", value, sizeof(value));
    answer.grpc = strncmp(value, "application/grpc", strlen("application/grpc")) == 0;
    copy_value(&call->headers, "server", answer.server, sizeof(answer.server));
    return answer;
}

/* A call with one message, on a connection of its own. */
static struct answer ask(const struct target_info *target, const char *path, struct bytes request,
                         int64_t patience_ns)
{
    static const struct test_case probe_case = {
        .id = "probe", .clauses = "", .title = "what kind of target is this?"};
    gr_time now = clock_now_ns();
    struct test t;
    test_init(&t, &probe_case, target, now);
    t.deadline = clock_add(now, 2 * patience_ns);
    t.patience_ns = patience_ns;
    struct call *call = send_unary(&t, path, request);
    if (!test_is_over(&t))
        wait_until(call->conn, call_is_over, call);
    struct answer answer = {.status = -1};
    if (!test_is_over(&t))
        answer = read_answer(call);
    test_clear(&t);
    return answer;
}

/* ---- the whole ---- */

static void add_fact(struct report *report, const char *name, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
static void add_fact(struct report *report, const char *name, const char *fmt, ...)
{
    char value[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(value, sizeof(value), fmt, args);
    va_end(args);
    if (report)
        report_add_fact(report, name, value);
}

static void add_grpc_fact(const struct answer *answer, struct report *report)
{
    if (answer->grpc)
        add_fact(report, "grpc", "yes");
    else if (answer->any)
        add_fact(
            report, "grpc",
            "no: an HTTP/2 server, but it answers a call with :status %d and without content-type "
            "application/grpc; only cases about HTTP/2 are judged",
            answer->http);
    else
        add_fact(report, "grpc",
                 "unknown: it answered no call; judged as if it had the test service");
}

/* The newest version that is not UNIMPLEMENTED (gRFC A15). */
static void find_reflection(struct target_info *target, int64_t patience_ns)
{
    static const char *const paths[] = {
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"};
    struct buf list_services = {0};
    pb_put_bytes(&list_services, 7, NO_BYTES);
    for (size_t i = 0; i < ARRAY_LEN(paths) && !target->reflection_path; i++) {
        struct answer answer = ask(target, paths[i], buf_view(&list_services), patience_ns);
        if (answer.grpc && answer.status != GRPC_UNIMPLEMENTED)
            target->reflection_path = paths[i];
    }
    buf_clear(&list_services);
}

static void ask_what_it_serves(struct target_info *target, struct probe *probe, int64_t patience_ns,
                               struct report *report)
{
    struct answer empty = ask(target, EMPTY_CALL, NO_BYTES, patience_ns);
    target->answers_requests = empty.any;
    /* one that answers nothing is to fail the cases, not to be excused from them */
    target->has_test_service = !empty.any || (empty.grpc && empty.status == GRPC_OK);
    probe->speaks_grpc = empty.grpc;
    add_grpc_fact(&empty, report);
    if (empty.server[0])
        add_fact(report, "server", "%s", empty.server);
    if (!empty.grpc)
        return;
    struct answer health = ask(target, HEALTH_CHECK, NO_BYTES, patience_ns);
    target->has_health = health.status == GRPC_OK || health.status == GRPC_NOT_FOUND;
    find_reflection(target, patience_ns);
    add_fact(report, "test service", "%s", target->has_test_service ? "yes" : "no");
    add_fact(report, "health service", "%s", target->has_health ? "yes" : "no");
    add_fact(report, "reflection", "%s", target->reflection_path ? target->reflection_path : "no");
}

struct probe probe_target(struct target_info *target, const char *name, int64_t patience_ns,
                          struct report *report)
{
    struct probe probe = {0};
    struct canary canary = canary_ask(&target->endpoint, target->tls, patience_ns);
    if (canary.answer == CANARY_UNREACHABLE) {
        bool repeats = strncmp(canary.why, "connect: ", strlen("connect: ")) == 0;
        bool cleartext = target->tls && strstr(canary.why, "wrong version number");
        snprintf(probe.failure, sizeof(probe.failure), "cannot connect to %.200s: %.250s%s", name,
                 canary.why + (repeats ? strlen("connect: ") : 0),
                 cleartext ? " (if it speaks cleartext: without --tls)" : "");
        return probe;
    }
    struct bytes first = bytes_of(canary.first, canary.first_len);
    if (canary.answer == CANARY_NOT_HTTP2) {
        probe_describe_answer(name, first, target->tls != NULL, probe.failure);
        return probe;
    }
    if (!canary.got_settings) {
        snprintf(probe.failure, sizeof(probe.failure), "%.200s does not speak HTTP/2: %.200s", name,
                 canary.answer != CANARY_CLOSED ? canary.why
                 : target->tls
                     ? "it closed the connection without a word"
                     : "it closed the connection without a word (if it expects TLS: --tls)");
        return probe;
    }
    probe.speaks_http2 = true;
    add_fact(report, "http/2", "yes%s%s", canary.answer == CANARY_SERVES ? "" : ", but ",
             canary.answer == CANARY_SERVES ? "" : canary.why);
    ask_what_it_serves(target, &probe, patience_ns, report);
    return probe;
}
