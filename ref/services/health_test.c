/* SPDX-License-Identifier: MIT
 *
 * What Check answers and what a watcher is told, as the owner of the services says this and that. */
#include "services/test_host.h"

#include "services/health.h"

#include "grpc/health/v1/health.grpc.h"

typedef Grpc__Health__V1__HealthCheckRequest check_request;
typedef Grpc__Health__V1__HealthCheckResponse check_response;

struct world {
    struct host host;
    struct gr_health *health;
};

static void open_world(struct world *world)
{
    host_new(&world->host);
    world->health = gr_health_new();
    assert_non_null(world->health);
    assert_int_equal(gr_health_register(world->host.server, world->health), 0);
    host_open(&world->host);
}

static void close_world(struct world *world)
{
    host_close(&world->host);
    gr_health_free(world->health);
}

static check_request request_for(const char *service)
{
    check_request request = GRPC__HEALTH__V1__HEALTH_CHECK_REQUEST__INIT;

    request.service = (char *)(uintptr_t)service;
    return request;
}

/* returns the ServingStatus, or -1 for NOT_FOUND */
static int check(struct world *world, const char *service)
{
    check_request request = request_for(service);
    const check_response *reply;
    struct gr_call *call;
    enum gr_status status = grpc_health_v1_health_check(world->host.channel, &request, &a_minute,
                                                        &reply, &call);
    int seen = status == GR_STATUS_OK ? (int)reply->status : -1;

    if (status != GR_STATUS_OK)
        assert_int_equal(status, GR_STATUS_NOT_FOUND);
    gr_call_free(call);
    return seen;
}

static struct gr_call *watch(struct world *world, const char *service)
{
    check_request request = request_for(service);
    struct gr_call *call = grpc_health_v1_health_watch__start(world->host.channel, &request,
                                                              &a_minute);

    assert_non_null(call);
    return call;
}

/* What the watcher is told next. */
static enum gr_health_status told(struct gr_call *call)
{
    const check_response *reply;

    assert_int_equal(grpc_health_v1_health_watch__recv(call, &reply), 1);
    return (enum gr_health_status)reply->status;
}

static void set(struct world *world, const char *service, enum gr_health_status status)
{
    assert_int_equal(gr_health_set(world->health, service, status), 0);
}

/* ---- Check ----------------------------------------------------------------------------------- */

static const struct {
    const char *service;
    enum gr_health_status say;
    int answer;
} CHECKS[] = {
    {"", GR_HEALTH_SERVING, GR_HEALTH_SERVING},
    {"a.B", GR_HEALTH_SERVING, GR_HEALTH_SERVING},
    {"a.B", GR_HEALTH_NOT_SERVING, GR_HEALTH_NOT_SERVING},
    {"a.B", GR_HEALTH_UNKNOWN, GR_HEALTH_UNKNOWN},
    {"a.B", GR_HEALTH_SERVICE_UNKNOWN, -1},
    {"a.C", GR_HEALTH_SERVICE_UNKNOWN, -1}, /* forgotten before it was known */
    {"", GR_HEALTH_NOT_SERVING, GR_HEALTH_NOT_SERVING},
};

static void check_answers_what_was_said(void **state)
{
    struct world world;

    (void)state;
    open_world(&world);
    assert_int_equal(check(&world, ""), GR_HEALTH_SERVING);
    assert_int_equal(check(&world, "a.B"), -1);
    for (size_t i = 0; i < ARRAY_LEN(CHECKS); i++) {
        set(&world, CHECKS[i].service, CHECKS[i].say);
        assert_int_equal(check(&world, CHECKS[i].service), CHECKS[i].answer);
    }
    close_world(&world);
}

/* ---- Watch ----------------------------------------------------------------------------------- */

static void a_watcher_is_told_at_once_and_of_every_change(void **state)
{
    static const enum gr_health_status SAID[] = {GR_HEALTH_SERVING, GR_HEALTH_NOT_SERVING,
                                                 GR_HEALTH_SERVICE_UNKNOWN, GR_HEALTH_SERVING};
    struct world world;

    (void)state;
    open_world(&world);
    struct gr_call *one = watch(&world, "a.B"), *other = watch(&world, "");
    assert_int_equal(told(one), GR_HEALTH_SERVICE_UNKNOWN);
    assert_int_equal(told(other), GR_HEALTH_SERVING);
    for (size_t i = 0; i < ARRAY_LEN(SAID); i++) {
        set(&world, "a.B", SAID[i]);
        set(&world, "a.B", SAID[i]); /* no change: nothing to tell */
        assert_int_equal(told(one), SAID[i]);
    }
    set(&world, "", GR_HEALTH_NOT_SERVING);
    assert_int_equal(told(other), GR_HEALTH_NOT_SERVING);
    gr_call_free(one);
    gr_call_free(other);
    close_world(&world);
}

static void who_stops_watching_is_forgotten(void **state)
{
    struct world world;
    struct gr_call *calls[3];

    (void)state;
    open_world(&world);
    for (size_t i = 0; i < 3; i++) {
        calls[i] = watch(&world, "a.B");
        assert_int_equal(told(calls[i]), GR_HEALTH_SERVICE_UNKNOWN);
    }
    gr_call_free(calls[1]); /* from the middle of the list */
    host_settle(&world.host);
    set(&world, "a.B", GR_HEALTH_SERVING);
    assert_int_equal(told(calls[0]), GR_HEALTH_SERVING);
    assert_int_equal(told(calls[2]), GR_HEALTH_SERVING);
    gr_call_free(calls[0]);
    gr_call_free(calls[2]);
    host_settle(&world.host);
    set(&world, "a.B", GR_HEALTH_NOT_SERVING); /* told to nobody */
    close_world(&world);
}

static void shutting_down_is_told_and_final(void **state)
{
    struct world world;

    (void)state;
    open_world(&world);
    set(&world, "a.B", GR_HEALTH_SERVING);
    struct gr_call *call = watch(&world, "a.B");
    assert_int_equal(told(call), GR_HEALTH_SERVING);
    gr_health_shut_down(world.health);
    assert_int_equal(told(call), GR_HEALTH_NOT_SERVING);
    set(&world, "a.B", GR_HEALTH_SERVING);
    assert_int_equal(check(&world, "a.B"), GR_HEALTH_NOT_SERVING);
    assert_int_equal(check(&world, ""), GR_HEALTH_NOT_SERVING);
    gr_call_free(call);
    close_world(&world);
}

static void every_allocation_may_fail(void **state)
{
    struct gr_health *health;

    (void)state;
    for (size_t n = 0;; n++) {
        fail_allocation(n);
        health = gr_health_new();
        int error = health ? gr_health_set(health, "a.B", GR_HEALTH_SERVING) : GR_NOMEM;
        bool failed = stop_failing();
        assert_int_equal(error, failed ? GR_NOMEM : 0);
        gr_health_free(health);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_answers_what_was_said),
        cmocka_unit_test(a_watcher_is_told_at_once_and_of_every_change),
        cmocka_unit_test(who_stops_watching_is_forgotten),
        cmocka_unit_test(shutting_down_is_told_and_final),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
