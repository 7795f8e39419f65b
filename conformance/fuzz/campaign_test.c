/* SPDX-License-Identifier: MIT
 *
 * What is beside the point goes, what carries the offence stays; and a real server with a defect gives a small script. */
#include "base/test.h"

#include "fuzz/campaign.h"
#include "fuzz/minimise.h"
#include "selftest/server.h"

#include <stdio.h>

static size_t count_sends(const struct script *script)
{
    size_t count = 0;
    for (size_t i = 0; i < script->count; i++)
        count += script->steps[i].kind == STEP_SEND;
    return count;
}

/* A PING of 7 octets is in it. */
static bool has_short_ping(void *arg, const struct script *script)
{
    unsigned *asked = arg;
    (*asked)++;
    for (size_t i = 0; i < script->count; i++) {
        struct bytes octets = buf_view(&script->steps[i].octets);
        if (octets.len == 16 && octets.data[2] == 7 && octets.data[3] == FRAME_PING)
            return true;
    }
    return false;
}

static void make_long(struct script *script)
{
    for (int i = 0; i < 40; i++) {
        struct step *step = script_add(script, i == 0 ? STEP_OPEN : STEP_SEND);
        step->noise = i > 3;
        frame_put_header(&step->octets, 7, i == 20 ? FRAME_PING : 0x42, 0, 0);
        buf_put_zeros(&step->octets, 7);
        if (i % 3 == 1) {
            step->cuts[0] = 5;
            step->cut_count = 1;
        }
        (void)script_add(script, STEP_FLUSH);
    }
}

static void what_is_beside_the_point_goes(void **state)
{
    struct script script = {0};
    unsigned asked = 0;
    (void)state;
    make_long(&script);
    const struct minimise_options options = {has_short_ping, &asked, false, 500};
    script_minimise(&script, &options);
    assert_int_equal(count_sends(&script), 4); /* three that may not go, and the PING */
    assert_int_equal(script.count, 5);
    for (size_t i = 0; i < script.count; i++)
        assert_int_equal(script.steps[i].cut_count, 0);
    script_clear(&script);
}

static void anything_may_go(void **state)
{
    struct script script = {0};
    unsigned asked = 0;
    (void)state;
    make_long(&script);
    const struct minimise_options options = {has_short_ping, &asked, true, 500};
    script_minimise(&script, &options);
    assert_int_equal(count_sends(&script), 1);
    script_clear(&script);
}

static void tries_are_bounded(void **state)
{
    struct script script = {0};
    unsigned asked = 0;
    (void)state;
    make_long(&script);
    const struct minimise_options options = {has_short_ping, &asked, true, 3};
    script_minimise(&script, &options);
    assert_true(asked <= 3);
    script_clear(&script);
}

/* ---- the whole of it, against the faulty server ---- */

struct run {
    struct faulty_server *server;
    struct target_info target;
    char host[16];
};

static void start(struct run *run, enum knob_name knob)
{
    const struct faulty_options options = {.knob = knob};
    run->server = faulty_server_start(&options);
    assert_non_null(run->server);
    run->target = (struct target_info){
        .authority = "localhost", .has_test_service = true, .answers_requests = true};
    run->target.endpoint.port = faulty_server_port(run->server);
    (void)snprintf(run->target.endpoint.host, sizeof run->target.endpoint.host, "127.0.0.1");
}

static void a_defect_is_found_made_small_and_shown_again(void **state)
{
    struct run run;
    struct campaign campaign;
    struct buf text = {0};
    struct script read;
    char why[256];
    (void)state;
    start(&run, knob_find("accepts-settings-length"));
    const struct campaign_options options = {
        .layers = "frames/*",
        .seed = 1,
        .span_ns = 60 * NS_PER_S,
        .jobs = 2,
        .patience_ns = 5 * NS_PER_S,
        .stop_at_first = true,
    };
    assert_true(campaign_run(&campaign, &options, &run.target));
    assert_true(campaign_settled(&campaign) >= 1);
    const struct finding *finding = campaign.findings[0];
    assert_string_equal(finding->script.fault, "frames/settings-length");
    assert_true(finding->script.count < 12);

    script_put(&finding->script, &text);
    assert_true(script_parse(buf_view(&text), &read, why));
    const struct execute_options again = {&run.target, 5 * NS_PER_S};
    struct observed observed = script_try(&read, &again);
    assert_string_equal(observed.key, finding->observed.key);
    script_clear(&read);
    buf_clear(&text);
    campaign_clear(&campaign);
    faulty_server_stop(run.server);
}

static void nothing_is_found_where_nothing_is_wrong(void **state)
{
    struct run run;
    struct campaign campaign;
    (void)state;
    start(&run, KNOB_NONE);
    const struct campaign_options options = {
        .seed = 3, .cases = 400, .jobs = 2, .patience_ns = 20 * NS_PER_S};
    assert_true(campaign_run(&campaign, &options, &run.target));
    for (size_t i = 0; i < campaign.finding_count; i++)
        fail_msg("found %s", campaign.findings[i]->observed.key);
    assert_int_equal(atomic_load(&campaign.executed), 400);
    campaign_clear(&campaign);
    faulty_server_stop(run.server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_beside_the_point_goes),
        cmocka_unit_test(anything_may_go),
        cmocka_unit_test(tries_are_bounded),
        cmocka_unit_test(a_defect_is_found_made_small_and_shown_again),
        cmocka_unit_test(nothing_is_found_where_nothing_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
