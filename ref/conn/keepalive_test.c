/* SPDX-License-Identifier: MIT
 *
 * Keepalive on a fake clock: pings that come too often, peers that do not answer, connections too old and too idle. */
#include "conn/test_pair.h"

#define MINUTE (60 * NS_PER_S)
#define HOUR   (60 * MINUTE)

static void open_pair(struct pair *pair)
{
    assert_true(pair_open(pair, NULL, NULL));
    pump(pair);
}

/* Time passes on both sides, and what comes of it is carried. */
static void pass(struct pair *pair, int64_t ns)
{
    tick_server(pair, ns);
    tick_client(pair, 0);
    pump(pair);
}

/* The client's conn_tick would ping by its own rules; this one is a client without any. */
static void ping(struct pair *pair)
{
    static const uint8_t frame[17] = {0, 0, 8, 6};

    assert_int_equal(conn_feed(pair->served->conn, bytes_of(frame, sizeof(frame)), pair->now), 0);
    pump(pair);
}

static bool server_is_done(const struct pair *pair)
{
    return conn_done(pair->served->conn);
}

/* ---- What a server bears --------------------------------------------------------------------- */

static const struct {
    const char *name;
    bool permit;
    bool with_call;
    int strikes;
    int64_t interval; /* min_ping_interval_ns */
    int64_t apart;
    unsigned borne; /* pings; 100: any number */
} PINGS[] = {
    {"at once, idle", false, false, 0, 0, 0, 3},
    {"at once, with a call", false, true, 0, 0, 0, 3},
    {"six minutes apart, idle", false, false, 0, 0, 6 * MINUTE, 3},
    {"six minutes apart, with a call", false, true, 0, 0, 6 * MINUTE, 100},
    {"six minutes apart, idle and permitted", true, false, 0, 0, 6 * MINUTE, 100},
    {"four minutes apart, permitted", true, false, 0, 0, 4 * MINUTE, 3},
    {"two hours apart, idle", false, false, 0, 0, 2 * HOUR, 100},
    {"a second apart, which is allowed", true, false, 0, NS_PER_S, NS_PER_S, 100},
    {"just less than that", true, false, 0, NS_PER_S, NS_PER_S - 1, 3},
    {"five strikes", false, false, 5, 0, 0, 6},
    {"all strikes", false, false, -1, 0, 0, 100},
};

static void too_many_pings_end_the_connection(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(PINGS); i++) {
        struct pair pair = {.options = {.min_ping_interval_ns = PINGS[i].interval,
                                        .permit_pings_without_calls = PINGS[i].permit,
                                        .max_ping_strikes = PINGS[i].strikes,
                                        .keepalive_time_ns = TIME_NEVER}};
        struct told told = {0};
        unsigned borne = 0;

        open_pair(&pair);
        told_open(&pair, &told, &methods[SILENT]);
        if (PINGS[i].with_call)
            told_start(&pair, &told);
        pump(&pair);
        for (; borne < 100; borne++) {
            pair.now += PINGS[i].apart;
            ping(&pair);
            if (server_is_done(&pair))
                break;
        }
        if (borne != PINGS[i].borne)
            fail_msg("%s: expected %u, seen %u", PINGS[i].name, PINGS[i].borne, borne);
        assert_int_equal(conn_pings_too_often(pair.client), borne != 100);
        told_close(&told);
        pair_close(&pair);
    }
}

/* The client pings when something arrives: that is how it measures (GRPC-KA-003). */
static void what_the_server_sends_wipes_strikes(void **state)
{
    struct pair pair = {0};
    struct told told = {0};

    (void)state;
    open_pair(&pair);
    told_open(&pair, &told, &methods[BIDI]);
    told_start(&pair, &told);
    for (unsigned i = 0; i < 20; i++) {
        told_send(&told, BYTES("x"));
        pump(&pair);
        ping(&pair);
        ping(&pair);
        ping(&pair);
        assert_false(server_is_done(&pair));
    }
    ping(&pair);
    assert_true(server_is_done(&pair));
    told_close(&told);
    pair_close(&pair);
}

/* ---- Who does not answer --------------------------------------------------------------------- */

static void a_server_pings_and_gives_up_silent_clients(void **state)
{
    struct pair pair = {0};

    (void)state;
    open_pair(&pair);
    gr_time first = conn_wakes_at(pair.served->conn);
    assert_int_equal(first - pair.now, 2 * HOUR);
    pass(&pair, 2 * HOUR); /* pinged, and answered */
    assert_false(server_is_done(&pair));
    assert_int_equal(conn_wakes_at(pair.served->conn) - pair.now, 2 * HOUR);
    tick_server(&pair, 2 * HOUR); /* pinged, and the octets go nowhere */
    assert_true(conn_output(pair.served->conn).len == 17);
    assert_int_equal(conn_wakes_at(pair.served->conn) - pair.now, 20 * NS_PER_S);
    tick_server(&pair, 20 * NS_PER_S - 1);
    assert_false(conn_is_dead(pair.served->conn));
    tick_server(&pair, 1);
    assert_true(conn_is_dead(pair.served->conn));
    assert_true(server_is_done(&pair));
    pair_close(&pair);
}

static void a_client_pings_while_it_has_calls(void **state)
{
    struct pair pair = {.keepalive = {.time = 10 * NS_PER_S, .timeout = NS_PER_S},
                        .options = {.max_ping_strikes = -1}};
    struct told told = {0};

    (void)state;
    open_pair(&pair);
    assert_int_equal(conn_wakes_at(pair.client), TIME_NEVER);
    told_open(&pair, &told, &methods[SILENT]);
    pair.now += HOUR;
    told_start(&pair, &told);
    pair.host.now = pair.now;
    pump(&pair);
    tick_client(&pair, 10 * NS_PER_S);
    assert_int_equal(conn_wakes_at(pair.client) - pair.now, NS_PER_S); /* the answer is awaited */
    pump(&pair);
    assert_int_equal(conn_wakes_at(pair.client) - pair.now, 10 * NS_PER_S); /* and came */
    tick_client(&pair, 10 * NS_PER_S);
    tick_client(&pair, NS_PER_S);
    assert_true(conn_is_dead(pair.client));
    client_dispatch(&pair);
    assert_int_equal(told.order, 3);
    assert_int_equal(told.call.result.status, GR_STATUS_UNAVAILABLE);
    told_close(&told);
    pair_close(&pair);
}

static void a_client_may_ping_without_calls(void **state)
{
    struct pair pair = {
        .keepalive = {.time = 10 * NS_PER_S, .timeout = NS_PER_S, .without_calls = true}};

    (void)state;
    open_pair(&pair);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(conn_wakes_at(pair.client) - pair.now, 10 * NS_PER_S);
        tick_client(&pair, 10 * NS_PER_S);
        pump(&pair);
        assert_false(server_is_done(&pair));
    }
    tick_client(&pair, 10 * NS_PER_S); /* nobody permitted that */
    pump(&pair);
    assert_true(server_is_done(&pair));
    assert_true(conn_pings_too_often(pair.client));
    pair_close(&pair);
}

/* ---- Age and idleness ------------------------------------------------------------------------ */

static void an_old_connection_takes_no_more_calls(void **state)
{
    struct pair pair = {
        .options = {.max_connection_age_ns = HOUR, .max_connection_age_grace_ns = MINUTE}};
    struct told told = {0};

    (void)state;
    open_pair(&pair);
    told_open(&pair, &told, &methods[BIDI]);
    told_start(&pair, &told);
    pump(&pair);
    pass(&pair, HOUR * 9 / 10 - 1);
    assert_true(conn_has_room(pair.client));
    pass(&pair, HOUR * 2 / 10 + 1);
    assert_false(conn_has_room(pair.client));
    assert_false(server_is_done(&pair));
    told_send(&told, BYTES("still"));
    pump(&pair);
    assert_bytes(told_last(&told), BYTES("still"));
    pass(&pair, MINUTE);
    assert_true(server_is_done(&pair));
    conn_lost(pair.client, "closed");
    client_dispatch(&pair);
    assert_int_equal(told.call.result.status, GR_STATUS_UNAVAILABLE);
    told_close(&told);
    pair_close(&pair);
}

static void ages_differ_a_little(void **state)
{
    struct pair pair = {.options = {.max_connection_age_ns = HOUR}};
    gr_time least = TIME_NEVER, most = 0;

    (void)state;
    open_pair(&pair);
    for (int i = 0; i < 200; i++) {
        struct served *served = served_new(pair.server, "memory", 0);
        gr_time at = conn_wakes_at(served->conn);
        least = at < least ? at : least;
        most = at > most ? at : most;
        served_free(served);
    }
    assert_in_range(least, HOUR * 9 / 10, HOUR * 93 / 100);
    assert_in_range(most, HOUR * 107 / 100, HOUR * 11 / 10);
    pair_close(&pair);
}

static void an_idle_connection_is_closed_a_busy_one_is_not(void **state)
{
    struct pair pair = {.options = {.max_connection_idle_ns = MINUTE}};
    struct told told = {0};

    (void)state;
    open_pair(&pair);
    told_open(&pair, &told, &methods[BIDI]);
    told_start(&pair, &told);
    pump(&pair);
    pass(&pair, HOUR); /* a call is open */
    assert_true(conn_has_room(pair.client));
    gr_half_close(&told.call);
    pump(&pair);
    pass(&pair, MINUTE - 1);
    assert_true(conn_has_room(pair.client));
    pass(&pair, 1);
    assert_false(conn_has_room(pair.client));
    assert_true(conn_done(pair.client)); /* which closes the transport, with nothing left to say */
    told_close(&told);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_many_pings_end_the_connection),
        cmocka_unit_test(what_the_server_sends_wipes_strikes),
        cmocka_unit_test(a_server_pings_and_gives_up_silent_clients),
        cmocka_unit_test(a_client_pings_while_it_has_calls),
        cmocka_unit_test(a_client_may_ping_without_calls),
        cmocka_unit_test(an_old_connection_takes_no_more_calls),
        cmocka_unit_test(ages_differ_a_little),
        cmocka_unit_test(an_idle_connection_is_closed_a_busy_one_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
