/* SPDX-License-Identifier: MIT
 *
 * grpc.health.v1.Health (health-checking.md, gRFC A17, gRFC A90): Check, Watch, List. Judged where the target has the
 * service. Which services a target registers is its own affair: the names tried are "", which stands for the server
 * as a whole, and the test service. */
#include "cases/cases.h"
#include "cases/grpc/common.h"
#include "peer/own_target.h"

#define CHECK "/grpc.health.v1.Health/Check"
#define WATCH "/grpc.health.v1.Health/Watch"
#define LIST  "/grpc.health.v1.Health/List"

#define NO_SUCH_SERVICE "no.such.Service"

enum serving { UNKNOWN, SERVING, NOT_SERVING, SERVICE_UNKNOWN };

/* HealthCheckRequest: string service = 1. */
static struct call *ask_health(struct test *t, const char *path, const char *service)
{
    struct buf request = {0};
    if (*service)
        pb_put_bytes(&request, 1, bytes_str(service));
    struct call *call = send_unary(t, path, buf_view(&request));
    buf_clear(&request);
    return call;
}

/* HealthCheckResponse: ServingStatus status = 1. -1: the message is not one. */
static int64_t serving_status(struct bytes message)
{
    struct pb_field field;
    struct bytes rest = message;
    while (pb_take(&rest, &field))
        continue;
    if (rest.len > 0)
        return -1;
    return pb_find(message, 1, &field) ? (int64_t)field.value : UNKNOWN;
}

static int64_t one_status(struct call *call)
{
    struct message message = one_message(call);
    return test_is_over(call->conn->t) ? -1 : serving_status(message.payload);
}

static const char *const names[] = {"", "grpc.testing.TestService"};

/* ---- Check ---- */

static void expect_serving_or_not(struct call *call)
{
    int64_t status = one_status(call);
    expect(call->conn->t, status == SERVING || status == NOT_SERVING, "SERVING or NOT_SERVING",
           "status %lld", (long long)status);
    expect_status(call, GRPC_OK);
}

/* The name is one that the server answers for: the first of those tried that is not NOT_FOUND. */
static void known_service(struct test *t)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct call *call = ask_health(t, CHECK, names[i]);
        wait_for_all(call);
        if (call_status(call) == GRPC_NOT_FOUND)
            continue;
        expect_serving_or_not(call);
        return;
    }
    test_skip(t, "the target answers for none of the services that were tried");
}

static void unknown_service(struct test *t)
{
    struct call *call = ask_health(t, CHECK, NO_SUCH_SERVICE);

    expect_status(call, GRPC_NOT_FOUND);
    if (!test_is_over(t) && call->data.len > 0)
        test_lenient(t, HERE, "NOT_FOUND alone", "a message before it");
    expect_connection_still_serves(call->conn);
}

static void empty_name(struct test *t)
{
    struct call *call = ask_health(t, CHECK, "");

    wait_for_all(call);
    if (call_status(call) == GRPC_NOT_FOUND)
        test_lenient(t, HERE, "the empty name stands for the server as a whole", "NOT_FOUND");
    else
        expect_serving_or_not(call);
}

static void check_is_never_service_unknown(struct test *t)
{
    static const char *const tried[] = {"",  "grpc.testing.TestService", NO_SUCH_SERVICE, "a",
                                        "/", "grpc.health.v1.Health"};

    for (size_t i = 0; i < ARRAY_LEN(tried); i++) {
        struct call *call = ask_health(t, CHECK, tried[i]);
        wait_for_all(call);
        if (call_status(call) != GRPC_OK)
            continue;
        int64_t status = one_status(call);
        expect(t, status != SERVICE_UNKNOWN, "SERVICE_UNKNOWN is for Watch only",
               "Check of '%s' answers SERVICE_UNKNOWN", tried[i]);
    }
    expect_connection_still_serves(main_connection(t));
}

/* ---- Watch ---- */

static struct call *watch(struct test *t, const char *service)
{
    struct call *call = ask_health(t, WATCH, service);
    struct message first = next_message(call);

    if (!test_is_over(t) && call->messages_taken == 0) {
        if (call_status(call) == GRPC_UNIMPLEMENTED)
            test_skip(t, "the target's health service has no Watch");
        else
            expect(t, false, "Watch answers at once and stays open",
                   "it ended with status %d, without a message", call_status(call));
    }
    expect(t, serving_status(first.payload) >= 0, "a HealthCheckResponse",
           "%zu octets that are not one", first.payload.len);
    return call;
}

/* What the server had to say by then is here, and it was not the end. */
static void expect_still_watching(struct call *call)
{
    expect_ping_answer(call->conn);
    expect_connection_still_serves(call->conn);
    expect(call->conn->t, !call->remote_closed && !call->reset, "Watch stays open",
           "it ended with status %d", call_status(call));
}

static void watch_tells_at_once(struct test *t)
{
    gr_time began = clock_now_ns();
    expect_target_still_serves(t);
    int64_t ordinary = clock_now_ns() -
                       began; /* of a connection and a call, as busy as the machine is */
    began = clock_now_ns();
    struct call *call = watch(t, "");
    int64_t took = clock_now_ns() - began;

    expect(t, took < NS_PER_S + 20 * ordinary, "the first message within a second",
           "it took %.2f s", (double)took / (double)NS_PER_S);
    expect_still_watching(call);
    cancel_call(call);
    expect_connection_still_serves(call->conn);
}

static void watch_of_unknown_service(struct test *t)
{
    struct call *call = ask_health(t, WATCH, NO_SUCH_SERVICE);
    struct message first = next_message(call);

    if (call_status(call) == GRPC_UNIMPLEMENTED)
        test_skip(t, "the target's health service has no Watch");
    expect(t, call->messages_taken == 1, "a message that says SERVICE_UNKNOWN",
           "the call ended with status %d", call_status(call));
    expect(t, serving_status(first.payload) == SERVICE_UNKNOWN, "SERVICE_UNKNOWN", "status %lld",
           (long long)serving_status(first.payload));
    expect_still_watching(call);
}

static bool has_second_message(const struct conn *conn, const void *arg)
{
    (void)conn;
    const struct call *call = arg;
    struct bytes data = buf_view(&call->data);
    size_t first = data.len < 5 ? 0 : 5 + (size_t)load_u32(data.data + 1);
    return (data.len >= 5 && data.len >= first + 5) || call_has_all(call);
}

static void watch_tells_changes(struct test *t)
{
    const char *service = server_has(t, HAS_CHANGING_HEALTH);
    struct call *call = ask_health(t, WATCH, service);
    int64_t before = one_status(call);
    gr_time until = clock_add(clock_now_ns(), 5 * NS_PER_S);

    while (!test_is_over(t) && !has_second_message(call->conn, call) && clock_now_ns() < until)
        wait_until(call->conn, has_second_message, call);
    int64_t after = one_status(call);
    expect(t, before != after, "a message for each change", "status %lld twice in a row",
           (long long)after);
}

/* ---- List ---- */

static bool list_has(struct bytes message, const char *service)
{
    struct pb_field entry, name;
    while (pb_take(&message, &entry)) {
        struct bytes key = entry.number == 1 && pb_find(entry.bytes, 1, &name) ? name.bytes
                                                                               : NO_BYTES;
        if (entry.number == 1 && bytes_equal_str(key, service))
            return true;
    }
    return false;
}

static bool is_http_404(const struct call *call)
{
    const struct field *status = header_list_find(&call->headers, ":status");
    return status && bytes_equal_str(status->value, "404");
}

static void list_names_what_check_accepts(struct test *t)
{
    struct call *list = ask_health(t, LIST, "");

    wait_for_all(list);
    if (call_status(list) == GRPC_UNIMPLEMENTED || is_http_404(list)) {
        test_skip(t, "the target's health service has no List (gRFC A90)");
        return;
    }
    if (call_status(list) == GRPC_RESOURCE_EXHAUSTED) {
        test_note(t, "List: RESOURCE_EXHAUSTED, more than 100 services");
        return;
    }
    expect_status(list, GRPC_OK);
    struct message message = one_message(list);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct call *check = ask_health(t, CHECK, names[i]);
        wait_for_all(check);
        if (!test_is_over(t) && call_status(check) == GRPC_OK &&
            !list_has(message.payload, names[i]))
            test_lenient(t, HERE, "List has every service that Check answers for",
                         "'%s' is missing", names[i]);
    }
}

static const struct test_case cases[] = {
    {"grpc/health/known-service", "GRPC-HEALTH-001",
     "Check of a registered service answers SERVING or NOT_SERVING.", NEEDS_HEALTH, known_service,
     NULL},
    {"grpc/health/unknown-service", "GRPC-HEALTH-002", "Check of an unknown service is NOT_FOUND.",
     NEEDS_HEALTH, unknown_service, NULL},
    {"grpc/health/empty-name", "GRPC-HEALTH-003",
     "The empty service name stands for the server as a whole.", NEEDS_HEALTH, empty_name, NULL},
    {"grpc/health/check-never-service-unknown", "GRPC-HEALTH-004",
     "Check never answers SERVICE_UNKNOWN.", NEEDS_HEALTH, check_is_never_service_unknown, NULL},
    {"grpc/health/watch-tells-at-once", "GRPC-HEALTH-005",
     "Watch sends the status within a second and stays open.", NEEDS_HEALTH, watch_tells_at_once,
     NULL},
    {"grpc/health/watch-unknown-service", "GRPC-HEALTH-006",
     "Watch of an unknown service sends SERVICE_UNKNOWN and stays open.", NEEDS_HEALTH,
     watch_of_unknown_service, NULL},
    {"grpc/health/watch-tells-changes", "GRPC-HEALTH-007",
     "Watch sends a message when the status changes.", NEEDS_HEALTH, watch_tells_changes, NULL},
    {"grpc/health/list", "GRPC-HEALTH-008", "List names every service that Check answers for.",
     NEEDS_HEALTH, list_names_what_check_accepts, NULL},
};
const struct case_list health_cases = {cases, ARRAY_LEN(cases)};
