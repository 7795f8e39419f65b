/* SPDX-License-Identifier: MIT
 *
 * A channel's states as its watcher sees them: connecting, a server that goes away, one that is not there, and the
 * pauses between attempts. */
#include "services/test_host.h"

#include "channel/channel.h"
#include "services/test_service.h"

#define IDLE       GR_CHANNEL_IDLE
#define CONNECTING GR_CHANNEL_CONNECTING
#define READY      GR_CHANNEL_READY
#define FAILURE    GR_CHANNEL_TRANSIENT_FAILURE

struct seen_states {
    enum gr_channel_state all[16];
    size_t count;
};

static void note(struct gr_channel *channel, enum gr_channel_state state, void *data)
{
    struct seen_states *seen = data;

    assert_int_equal(gr_channel_state(channel), state);
    if (seen->count < ARRAY_LEN(seen->all))
        seen->all[seen->count++] = state;
}

static void expect_states(const struct seen_states *seen, const enum gr_channel_state *expected,
                          size_t count)
{
    assert_int_equal(seen->count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(seen->all[i], expected[i]);
}

static void states_are_told_in_order(void **state)
{
    static const enum gr_channel_state EXPECTED[] = {CONNECTING, READY, IDLE};
    struct seen_states seen = {.count = 0};
    struct host host;

    (void)state;
    host_new(&host);
    host_open(&host);
    gr_channel_watch(host.channel, note, &seen);
    assert_int_equal(gr_channel_state(host.channel), IDLE);
    assert_int_equal(gr_channel_wait(host.channel, IDLE, NS_PER_MS), IDLE); /* nobody wants it */
    gr_channel_connect(host.channel);
    assert_int_equal(gr_channel_wait(host.channel, IDLE, 10 * NS_PER_S), CONNECTING);
    assert_int_equal(gr_channel_wait(host.channel, CONNECTING, 10 * NS_PER_S), READY);
    gr_server_stop(host.server);
    assert_int_equal(gr_channel_wait(host.channel, READY, 10 * NS_PER_S), IDLE);
    expect_states(&seen, EXPECTED, ARRAY_LEN(EXPECTED));
    host_close(&host);
}

/* A port where nobody listens: a server had it. */
static struct gr_channel *channel_to_nobody(struct host *host)
{
    host_new(host);
    host_open(host);
    gr_server_stop(host->server);
    host_settle(host);
    return host->channel;
}

static void the_pause_grows_and_is_never_the_same(void **state)
{
    static const int64_t LEAST[] = {800, 1280, 2048, 3276}, MOST[] = {1200, 1920, 3072, 4916};
    struct host host;
    struct gr_channel *channel = channel_to_nobody(&host);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(LEAST); i++) {
        gr_channel_connect(channel);
        assert_int_equal(gr_channel_wait(channel, IDLE, 10 * NS_PER_S), CONNECTING);
        assert_int_equal(gr_channel_wait(channel, CONNECTING, 10 * NS_PER_S), FAILURE);
        int64_t pause_ms = (channel->retry_at - channel->host.now) / NS_PER_MS;
        assert_in_range(pause_ms, LEAST[i] - 1, MOST[i]);
        channel_tick(channel, channel->retry_at); /* the clock is the channel's parameter */
        assert_int_equal(gr_channel_state(channel), IDLE);
    }
    host_close(&host);
}

static enum gr_status ask(struct gr_channel *channel, bool wait_for_ready, int64_t timeout_ns)
{
    const struct gr_call_options options = {.timeout_ns = timeout_ns,
                                            .wait_for_ready = wait_for_ready};
    struct gr_call *call = gr_call_new(channel, &test_service.methods[TEST_EMPTY_CALL], &options);
    enum gr_status status = gr_wait(call)->status;

    gr_call_free(call);
    return status;
}

static void a_call_fails_or_waits_as_it_says(void **state)
{
    struct host host;
    struct gr_channel *channel = channel_to_nobody(&host);

    (void)state;
    assert_int_equal(ask(channel, false, 10 * NS_PER_S), GR_STATUS_UNAVAILABLE);
    assert_int_equal(gr_channel_state(channel), FAILURE);
    assert_int_equal(ask(channel, false, 10 * NS_PER_S), GR_STATUS_UNAVAILABLE);
    assert_int_equal(ask(channel, true, NS_PER_S / 20), GR_STATUS_DEADLINE_EXCEEDED);
    host_close(&host);
}

/* gRFC A8: the interval doubles for the connections to come. */
static void a_server_that_finds_pings_too_many_is_heeded(void **state)
{
    struct host host;

    (void)state;
    host_new(&host);
    host_open(&host);
    host.channel->keepalive.time = 20 * NS_PER_MS; /* less than an application may ask for */
    host.channel->keepalive.without_calls = true;
    gr_channel_connect(host.channel);
    assert_int_equal(gr_channel_wait(host.channel, IDLE, 10 * NS_PER_S), CONNECTING);
    assert_int_equal(gr_channel_wait(host.channel, CONNECTING, 10 * NS_PER_S), READY);
    assert_int_equal(gr_channel_wait(host.channel, READY, 10 * NS_PER_S), IDLE);
    assert_int_equal(host.channel->keepalive.time, 40 * NS_PER_MS);
    host_close(&host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_are_told_in_order),
        cmocka_unit_test(the_pause_grows_and_is_never_the_same),
        cmocka_unit_test(a_call_fails_or_waits_as_it_says),
        cmocka_unit_test(a_server_that_finds_pings_too_many_is_heeded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
