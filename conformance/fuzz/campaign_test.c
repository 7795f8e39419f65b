/* SPDX-License-Identifier: MIT
 *
 * What is beside the point goes, what carries the offence stays; and a real server with a defect gives a small
 * script. */
#include "base/test.h"

#include "fuzz/campaign_inside.h"
#include "fuzz/minimise.h"
#include "run/drive_function.h"
#include "selftest/client/function.h"
#include "selftest/server.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

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

/* ---- the whole of it, against the faulty server ---------------------------------------------- */

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

static void a_client_s_defect_is_found(void **state)
{
    enum client_knob turned = client_knob_find("accepts-settings-length");
    const struct client_function function = {faulty_client_run, &turned};
    struct drive drive;
    struct campaign campaign;
    (void)state;
    drive_function_init(&drive, &function, SHOWS_RESULT);
    const struct target_info target = {.drive = &drive,
                                       .authority = "localhost",
                                       .has_test_service = true,
                                       .answers_requests = true};
    const struct campaign_options options = {
        .role = FUZZ_CLIENTS,
        .layers = "client-frames/settings-*",
        .seed = 1,
        .span_ns = 60 * NS_PER_S,
        .jobs = 2,
        .patience_ns = 5 * NS_PER_S,
        .stop_at_first = true,
        .no_minimising = true,
    };
    assert_true(campaign_run(&campaign, &options, &target));
    assert_true(campaign_settled(&campaign) >= 1);
    assert_string_equal(campaign.findings[0]->script.fault, "client-frames/settings-length");
    campaign_clear(&campaign);
}

/* ---- a relay that holds everybody up for a while when it meets a PING of a wrong length ------ */

#define MOST_PAIRS 16

struct relay {
    pthread_t thread;
    int listener;
    uint16_t port, server;
    atomic_bool over;
    atomic_int held_up_ms;
    struct pollfd
        ends[1 + 2 * MOST_PAIRS]; /* the listener; then client, server, client, server ... */
};

static int connect_to(uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static void take_pair(struct relay *relay)
{
    int fd = accept(relay->listener, NULL, NULL);
    size_t i = 1;
    while (i < ARRAY_LEN(relay->ends) && relay->ends[i].fd >= 0)
        i += 2;
    if (fd >= 0 && i < ARRAY_LEN(relay->ends)) {
        relay->ends[i].fd = fd;
        relay->ends[i + 1].fd = connect_to(relay->server);
    } else if (fd >= 0) {
        (void)close(fd);
    }
}

static bool holds_up(const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i + 9 <= len; i++)
        if (octets[i] == 0 && octets[i + 3] == FRAME_PING && octets[i + 1] == 0 &&
            octets[i + 2] != 8 && octets[i + 4] == 0 && load_u32(octets + i + 5) == 0)
            return true;
    return false;
}

static void carry(struct relay *relay, size_t from)
{
    static uint8_t octets[65536];
    size_t to = from % 2 ? from + 1 : from - 1;
    ssize_t got = recv(relay->ends[from].fd, octets, sizeof octets, 0);
    if (got > 0 && from % 2 && holds_up(octets, (size_t)got))
        (void)poll(NULL, 0, atomic_load(&relay->held_up_ms));
    if (got > 0 && send(relay->ends[to].fd, octets, (size_t)got, MSG_NOSIGNAL) == got)
        return;
    (void)close(relay->ends[from].fd);
    (void)close(relay->ends[to].fd);
    relay->ends[from].fd = relay->ends[to].fd = -1;
}

static void *relay_all(void *arg)
{
    struct relay *relay = arg;
    while (!atomic_load(&relay->over)) {
        if (poll(relay->ends, ARRAY_LEN(relay->ends), 20) <= 0)
            continue;
        if (relay->ends[0].revents)
            take_pair(relay);
        for (size_t i = 1; i < ARRAY_LEN(relay->ends); i++)
            if (relay->ends[i].fd >= 0 && relay->ends[i].revents)
                carry(relay, i);
    }
    for (size_t i = 0; i < ARRAY_LEN(relay->ends); i++)
        if (relay->ends[i].fd >= 0)
            (void)close(relay->ends[i].fd);
    return NULL;
}

static void relay_start(struct relay *relay, uint16_t server)
{
    *relay = (struct relay){.server = server};
    relay->listener = transport_listen(0, &relay->port);
    assert_true(relay->listener >= 0);
    for (size_t i = 0; i < ARRAY_LEN(relay->ends); i++)
        relay->ends[i] = (struct pollfd){.fd = i == 0 ? relay->listener : -1, .events = POLLIN};
    assert_int_equal(pthread_create(&relay->thread, NULL, relay_all, relay), 0);
}

/* One case of that generator, and the question whether others waited beside it. */
static void ask_of(struct campaign *campaign, const struct campaign_options *options,
                   const struct target_info *target)
{
    assert_true(campaign_run(campaign, options, target));
    assert_int_equal(atomic_load(&campaign->executed), 1);
    slowness_in_question(campaign);
}

static void who_makes_others_wait_is_found(void **state)
{
    struct run run;
    struct relay relay;
    struct campaign campaign;
    struct campaign_options options = {.layers = "frames/ping-length",
                                       .cases = 1,
                                       .jobs = 1,
                                       .patience_ns = 20 * NS_PER_S,
                                       .no_minimising = true};
    (void)state;
    start(&run, KNOB_NONE);
    relay_start(&relay, run.target.endpoint.port);
    run.target.endpoint.port = relay.port;
    /* Where others work as well a harmless case may take long, and the difference must be larger. */
    for (int ms = 400; ms <= 6400; ms *= 4) {
        atomic_store(&relay.held_up_ms, ms);
        ask_of(&campaign, &options, &run.target);
        if (campaign_settled(&campaign) > 0 || ms == 6400)
            break;
        campaign_clear(&campaign);
    }
    assert_int_equal(campaign_settled(&campaign), 1);
    assert_int_equal(campaign.findings[0]->kind, FINDING_SLOW);
    assert_int_equal(campaign.findings[0]->confirmed, CONFIRMATIONS);
    assert_string_equal(campaign.findings[0]->script.fault, "frames/ping-length");
    campaign_clear(&campaign);

    options.layers = "frames/ping-answered";
    ask_of(&campaign, &options, &run.target);
    assert_int_equal(campaign_settled(&campaign), 0);
    campaign_clear(&campaign);
    atomic_store(&relay.over, true);
    assert_int_equal(pthread_join(relay.thread, NULL), 0);
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
        cmocka_unit_test(a_client_s_defect_is_found),
        cmocka_unit_test(who_makes_others_wait_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
