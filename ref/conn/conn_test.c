/* SPDX-License-Identifier: MIT
 *
 * Calls over a pair of connections in memory: the four types, deadlines, cancellation, flow control, compression,
 * limits, shutdown; each with the octets whole, by the frame header's length, and one by one; and one call with every
 * allocation failing in turn. */
#include "conn/test_pair.h"

static const size_t SEGMENTS[] = {0, 9, 1};

/* Every scenario in every segmentation. */
static void in_all_segmentations(void (*scenario)(struct pair *pair))
{
    for (size_t i = 0; i < ARRAY_LEN(SEGMENTS); i++) {
        struct pair pair = {.segment = SEGMENTS[i]};
        assert_true(pair_open(&pair, NULL, NULL));
        pump(&pair);
        assert_true(conn_is_ready(pair.client));
        assert_true(conn_has_room(pair.client));
        scenario(&pair);
        pair_close(&pair);
    }
}

/* One request, END_STREAM, and all that follows. */
static void ask(struct pair *pair, struct told *told, const struct gr_method *method,
                struct bytes body)
{
    told_open(pair, told, method);
    told_start(pair, told);
    told_send(told, body);
    gr_half_close(&told->call);
    pump(pair);
}

/* ---- Call types ------------------------------------------------------------------------------ */

static void unary_echo(struct pair *pair)
{
    struct told told = {0};

    ask(pair, &told, &methods[UNARY], BYTES("hello"));
    assert_int_equal(told.order, 123);
    assert_bytes(told_last(&told), BYTES("hello"));
    assert_int_equal(told.call.result.status, GR_STATUS_OK);
    told_close(&told);
}

static void bidi_echo(struct pair *pair)
{
    struct told told = {0};

    told_open(pair, &told, &methods[BIDI]);
    told_start(pair, &told);
    for (size_t i = 1; i <= 3; i++) {
        told_send(&told, BYTES("again"));
        pump(pair);
        assert_int_equal(told.messages, i);
    }
    gr_half_close(&told.call);
    pump(pair);
    assert_int_equal(told.order, 12223);
    assert_int_equal(told.call.result.status, GR_STATUS_OK);
    assert_true(seen.half_closed && seen.ended);
    told_close(&told);
}

static void client_stream(struct pair *pair)
{
    struct told told = {0};

    told_open(pair, &told, &methods[GATHER]);
    told_start(pair, &told);
    for (size_t i = 0; i < 5; i++)
        told_send(&told, BYTES("x"));
    gr_half_close(&told.call);
    pump(pair);
    assert_int_equal(seen.messages, 5);
    assert_bytes(told_last(&told), BYTES("done"));
    assert_int_equal(told.call.result.status, GR_STATUS_OK);
    told_close(&told);
}

static void server_stream(struct pair *pair)
{
    struct told told = {0};

    ask(pair, &told, &methods[SPREAD], BYTES("1234567"));
    assert_int_equal(told.messages, 7);
    assert_int_equal(told.octets, 7000);
    assert_int_equal(told.call.result.status, GR_STATUS_OK);
    told_close(&told);
}

static void no_messages_at_all(struct pair *pair)
{
    struct told told = {0};

    told_open(pair, &told, &methods[BIDI]);
    told_start(pair, &told);
    gr_half_close(&told.call);
    pump(pair);
    assert_int_equal(told.order, 3); /* Trailers-Only: no headers to tell of */
    assert_int_equal(told.call.result.status, GR_STATUS_OK);
    told_close(&told);
}

/* ---- Statuses -------------------------------------------------------------------------------- */

static void an_error_carries_message_and_details(struct pair *pair)
{
    struct told told = {0};

    ask(pair, &told, &methods[UNARY], BYTES("fail"));
    assert_int_equal(told.order, 3);
    assert_int_equal(told.call.result.status, GR_STATUS_FAILED_PRECONDITION);
    assert_bytes(told.call.result.message, BYTES("no, \xc3\xa4 100%"));
    assert_bytes(told.call.result.details, BYTES("\x08\x09"));
    told_close(&told);
}

struct status_row {
    const struct gr_method *method;
    size_t requests;
    const char *body;
    enum gr_status status;
};

static void statuses_that_the_library_gives(struct pair *pair)
{
    static const struct status_row rows[] = {
        {&missing, 1, "x", GR_STATUS_UNIMPLEMENTED},
        {&methods[UNARY], 0, "", GR_STATUS_UNIMPLEMENTED},
        {&methods[UNARY], 2, "x", GR_STATUS_UNIMPLEMENTED},
        {&methods[UNARY], 1, "nonsense", GR_STATUS_UNKNOWN},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct told told = {0};
        told_open(pair, &told, rows[i].method);
        told_start(pair, &told);
        for (size_t n = 0; n < rows[i].requests; n++)
            told_send(&told, bytes_str(rows[i].body));
        gr_half_close(&told.call);
        pump(pair);
        assert_int_equal(told.call.result.status, rows[i].status);
        told_close(&told);
    }
}

static void a_late_answer(struct pair *pair)
{
    struct told told = {0};

    ask(pair, &told, &methods[UNARY], BYTES("later"));
    assert_int_equal(told.order, 0);
    gr_finish_unary(seen.later, GR_STATUS_OK);
    pump(pair);
    assert_int_equal(told.order, 123);
    assert_int_equal(told.call.result.status, GR_STATUS_OK);
    told_close(&told);
}

/* ---- Time and cancellation ------------------------------------------------------------------- */

static void the_client_gives_up_at_its_deadline(struct pair *pair)
{
    struct told told = {0};

    told_open(pair, &told, &methods[SILENT]);
    told_start(pair, &told);
    pump(pair);
    call_set_deadline(&told.call, pair->now + NS_PER_S);
    tick_client(pair, NS_PER_S - 1);
    assert_false(told.call.ended);
    tick_client(pair, 1);
    pump(pair);
    assert_int_equal(told.call.result.status, GR_STATUS_DEADLINE_EXCEEDED);
    assert_true(seen.ended);
    assert_int_equal(seen.status, GR_STATUS_CANCELLED);
    told_close(&told);
}

static void the_server_gives_up_at_the_deadline(struct pair *pair)
{
    struct told told = {0};

    told_open(pair, &told, &methods[SILENT]);
    call_set_deadline(&told.call, pair->now + NS_PER_S);
    told_start(pair, &told);
    pump(pair);
    assert_true(gr_call_deadline(seen.call) == pair->now + NS_PER_S);
    tick_server(pair, NS_PER_S);
    pump(pair);
    assert_int_equal(seen.status, GR_STATUS_DEADLINE_EXCEEDED);
    assert_int_equal(told.call.result.status, GR_STATUS_DEADLINE_EXCEEDED);
    told_close(&told);
}

static void the_client_cancels(struct pair *pair)
{
    struct told told = {0};

    told_open(pair, &told, &methods[SILENT]);
    told_start(pair, &told);
    pump(pair);
    gr_cancel(&told.call);
    pump(pair);
    assert_int_equal(told.order, 3);
    assert_int_equal(told.call.result.status, GR_STATUS_CANCELLED);
    assert_true(seen.ended);
    assert_int_equal(seen.status, GR_STATUS_CANCELLED);
    assert_int_equal(conn_open_calls(pair->served->conn), 0);
    told_close(&told);
}

static void the_server_cancels(struct pair *pair)
{
    struct told told = {0};

    told_open(pair, &told, &methods[SILENT]);
    told_start(pair, &told);
    pump(pair);
    gr_cancel(seen.call);
    pump(pair);
    assert_int_equal(told.call.result.status, GR_STATUS_CANCELLED);
    told_close(&told);
}

static void a_lost_connection_ends_calls_on_both_sides(struct pair *pair)
{
    struct told told = {0};

    told_open(pair, &told, &methods[SILENT]);
    told_start(pair, &told);
    pump(pair);
    conn_lost(pair->client, "gone");
    conn_lost(pair->served->conn, "gone");
    pump(pair);
    assert_int_equal(told.call.result.status, GR_STATUS_UNAVAILABLE);
    assert_int_equal(seen.status, GR_STATUS_CANCELLED);
    told_close(&told);
}

static void the_server_ends_early(struct pair *pair)
{
    struct told told = {0};

    told_open(pair, &told, &methods[SILENT]);
    told_start(pair, &told);
    told_send(&told, BYTES("more to come"));
    pump(pair);
    gr_finish(seen.call, GR_STATUS_ABORTED);
    pump(pair);
    assert_int_equal(told.order, 3);
    assert_int_equal(told.call.result.status, GR_STATUS_ABORTED);
    assert_int_equal(conn_open_calls(pair->client), 0);
    unary_echo(pair); /* and the connection goes on */
    told_close(&told);
}

/* ---- Large messages: sent from where they lie ------------------------------------------------ */

static struct bytes large_body(void)
{
    static uint8_t body[200000];

    for (size_t i = 0; i < sizeof(body); i++)
        body[i] = (uint8_t)(i * 7 + i / 251);
    return bytes_of(body, sizeof(body));
}

static void a_large_message_goes_both_ways(struct pair *pair)
{
    struct bytes body = large_body();

    for (size_t len = 4000; len <= body.len;
         len += 49000) { /* and some more and less than a frame */
        struct told told = {0};
        ask(pair, &told, &methods[UNARY], bytes_first(body, len));
        assert_int_equal(told.call.result.status, GR_STATUS_OK);
        assert_int_equal(told.octets, len);
        told_close(&told);
    }
}

/* Frames that wait to be written hold what is in them. */
static void a_call_that_is_freed_leaves_its_frames_whole(struct pair *pair)
{
    struct told told = {0};
    struct bytes pieces[8];
    size_t count;

    told_open(pair, &told, &methods[UNARY]);
    told_start(pair, &told);
    told_send(&told, large_body());
    client_dispatch(pair);
    count = gather_list(conn_gather(pair->client), pieces, ARRAY_LEN(pieces));
    assert_true(count > 3);
    told_close(&told);
    pump(pair);
    assert_false(pair->failed);
    assert_int_equal(conn_open_calls(pair->served->conn), 0);
    unary_echo(pair);
}

/* ---- Compression and metadata ---------------------------------------------------------------- */

static void compression_both_ways(struct pair *pair)
{
    struct told told = {0};

    told_open(pair, &told, &methods[UNARY]);
    told.call.compression = GR_DEFLATE;
    told_start(pair, &told);
    told_send(&told, BYTES("gzip gzip gzip gzip"));
    gr_half_close(&told.call);
    pump(pair);
    assert_int_equal(told.call.result.status, GR_STATUS_OK);
    assert_bytes(told_last(&told), BYTES("gzip gzip gzip gzip"));
    assert_true(told.call.message_compressed);
    told_close(&told);
}

static void metadata_goes_both_ways(struct pair *pair)
{
    struct told told = {0};
    struct bytes value;

    told_open(pair, &told, &methods[SILENT]);
    told.call.headers_out = gr_metadata_new();
    assert_int_equal(gr_metadata_add(told.call.headers_out, "X-Up-Bin", BYTES("\0\xff")), 0);
    told_start(pair, &told);
    pump(pair);
    assert_true(gr_metadata_find(gr_call_metadata(seen.call), "x-up-bin", &value));
    assert_bytes(value, BYTES("\0\xff"));
    assert_int_equal(gr_add_header(seen.call, "x-down", BYTES("d")), 0);
    assert_int_equal(gr_add_trailer(seen.call, "x-last", BYTES("l")), 0);
    gr_finish(seen.call, GR_STATUS_OK);
    pump(pair);
    assert_true(gr_metadata_find(gr_call_metadata(&told.call), "x-down", &value));
    assert_true(gr_metadata_find(gr_call_trailers(&told.call), "x-last", &value));
    told_close(&told);
}

/* ---- Tests ----------------------------------------------------------------------------------- */

#define SCENARIO(name)                                                                             \
    static void name##_test(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        in_all_segmentations(name);                                                                \
    }

SCENARIO(unary_echo)
SCENARIO(bidi_echo)
SCENARIO(client_stream)
SCENARIO(server_stream)
SCENARIO(no_messages_at_all)
SCENARIO(an_error_carries_message_and_details)
SCENARIO(statuses_that_the_library_gives)
SCENARIO(a_late_answer)
SCENARIO(the_client_gives_up_at_its_deadline)
SCENARIO(the_server_gives_up_at_the_deadline)
SCENARIO(the_client_cancels)
SCENARIO(the_server_cancels)
SCENARIO(a_lost_connection_ends_calls_on_both_sides)
SCENARIO(the_server_ends_early)
SCENARIO(compression_both_ways)
SCENARIO(metadata_goes_both_ways)
SCENARIO(a_large_message_goes_both_ways)
SCENARIO(a_call_that_is_freed_leaves_its_frames_whole)

/* A client that reads nothing: what it holds stays within the window it gave, and the server's queue within its
 * limit. */
static void a_slow_client_stops_the_server(void **state)
{
    struct gr_limits client = {.stream_window = 10000}, server = {.send_buffer = 5000};
    struct pair pair = {0};
    struct told told = {0};
    char many[1000] = {0};

    (void)state;
    assert_true(pair_open(&pair, &server, &client));
    pump(&pair);
    told_open(&pair, &told, &methods[SPREAD]);
    gr_pause_reading(&told.call);
    told_start(&pair, &told);
    told_send(&told, bytes_of(many, sizeof(many)));
    gr_half_close(&told.call);
    pump(&pair);
    assert_int_equal(told.messages, 0);
    assert_true(pair.to_client < 11000);
    assert_true(call_out_waiting(seen.call) < 7000);
    gr_resume_reading(&told.call);
    pump(&pair);
    assert_int_equal(told.messages, 1000);
    assert_int_equal(told.call.result.status, GR_STATUS_OK);
    told_close(&told);
    pair_close(&pair);
}

/* And a server that reads nothing; another call on the same connection is not in its way. */
static void a_slow_handler_stops_only_its_own_client(void **state)
{
    struct gr_limits server = {.stream_window = 10000, .connection_window = 65535};
    struct pair pair = {0};
    struct told slow_call = {0}, other = {0};
    uint8_t big[4000] = {0};

    (void)state;
    assert_true(pair_open(&pair, &server, NULL));
    pump(&pair);
    told_open(&pair, &slow_call, &methods[SLOW]);
    told_start(&pair, &slow_call);
    for (int i = 0; i < 100; i++)
        told_send(&slow_call, bytes_of(big, sizeof(big)));
    pump(&pair);
    assert_int_equal(seen.messages, 0);
    assert_true(call_out_waiting(&slow_call.call) > 380000);
    ask(&pair, &other, &methods[UNARY], BYTES("hello"));
    assert_int_equal(other.call.result.status, GR_STATUS_OK);
    told_close(&slow_call);
    told_close(&other);
    pair_close(&pair);
}

static void a_message_at_the_limit_passes_and_one_above_fails(void **state)
{
    struct gr_limits limits = {
        .max_message = 1002}; /* a field of 999 octets has a tag and two octets of length */
    struct pair pair = {0};
    uint8_t body[1000] = {0};

    (void)state;
    assert_true(pair_open(&pair, &limits, NULL));
    pump(&pair);
    for (size_t len = 999; len <= 1000; len++) {
        struct told told = {0};
        ask(&pair, &told, &methods[UNARY], bytes_of(body, len));
        assert_int_equal(told.call.result.status,
                         len == 999 ? GR_STATUS_OK : GR_STATUS_RESOURCE_EXHAUSTED);
        told_close(&told);
    }
    pair_close(&pair);
}

static void too_much_metadata_fails_here_and_sends_nothing(void **state)
{
    struct gr_limits limits = {.max_metadata = 1000};
    struct pair pair = {0};
    struct told told = {0};
    uint8_t long_value[1000];

    (void)state;
    memset(long_value, 'v', sizeof(long_value));
    assert_true(pair_open(&pair, &limits, NULL));
    pump(&pair);
    told_open(&pair, &told, &methods[UNARY]);
    told.call.headers_out = gr_metadata_new();
    assert_int_equal(
        gr_metadata_add(told.call.headers_out, "x", bytes_of(long_value, sizeof(long_value))), 0);
    told_start(&pair, &told);
    pump(&pair);
    assert_int_equal(told.call.result.status, GR_STATUS_RESOURCE_EXHAUSTED);
    assert_null(told.call.stream);
    told_close(&told);
    pair_close(&pair);
}

/* One value of len octets up, and down again: HEADERS, and CONTINUATION where it does not fit. */
static void carry_metadata(struct pair *pair, size_t len)
{
    struct told told = {0};
    struct bytes value, sent = large_body();

    assert_true(sent.len >= len);
    sent = bytes_first(sent, len);
    told_open(pair, &told, &methods[SILENT]);
    told.call.headers_out = gr_metadata_new();
    assert_int_equal(gr_metadata_add(told.call.headers_out, "x-up-bin", sent), 0);
    told_start(pair, &told);
    pump(pair);
    assert_true(gr_metadata_find(gr_call_metadata(seen.call), "x-up-bin", &value));
    assert_bytes(value, sent);
    assert_int_equal(gr_add_header(seen.call, "x-down-bin", sent), 0);
    gr_finish(seen.call, GR_STATUS_OK);
    pump(pair);
    assert_true(gr_metadata_find(gr_call_metadata(&told.call), "x-down-bin", &value));
    assert_bytes(value, sent);
    told_close(&told);
}

static void metadata_longer_than_a_frame_goes_both_ways(void **state)
{
    struct gr_limits limits = {.max_metadata = 1 << 20};
    struct pair pair = {0};

    (void)state;
    assert_true(pair_open(&pair, &limits, &limits));
    pump(&pair);
    for (size_t len = 11900; len < 12300; len++) /* base64: about MAX_FRAME_SIZE */
        carry_metadata(&pair, len);
    carry_metadata(&pair, 24000);
    carry_metadata(&pair, 45000); /* of four frames; nghttp2 reads no value beyond 64 KiB */
    pair_close(&pair);
}

static void the_client_keeps_to_the_servers_limit_of_streams(void **state)
{
    struct gr_limits limits = {.max_concurrent_streams = 2};
    struct pair pair = {0};
    struct told told[2] = {0};

    (void)state;
    assert_true(pair_open(&pair, &limits, NULL));
    pump(&pair);
    for (size_t i = 0; i < 2; i++) {
        assert_true(conn_has_room(pair.client));
        told_open(&pair, &told[i], &methods[SILENT]);
        told_start(&pair, &told[i]);
    }
    pump(&pair);
    assert_false(conn_has_room(pair.client));
    gr_cancel(&told[0].call);
    pump(&pair);
    assert_true(conn_has_room(pair.client));
    told_close(&told[0]);
    told_close(&told[1]);
    pair_close(&pair);
}

static void one_stream_too_many_is_refused_and_may_go_elsewhere(void **state)
{
    struct gr_limits limits = {.max_concurrent_streams = 1};
    struct pair pair = {0};
    struct told told[2] = {0};

    (void)state;
    assert_true(pair_open(&pair, &limits, NULL));
    for (size_t i = 0; i < 2; i++) { /* before the server's SETTINGS are here */
        told_open(&pair, &told[i], &methods[SILENT]);
        told[i].call.keep_out = true;
        told_start(&pair, &told[i]);
    }
    pump(&pair);
    assert_false(told[0].refused);
    assert_true(told[1].refused);
    assert_false(told[1].call.ended);
    told_close(&told[0]);
    told_close(&told[1]);
    pair_close(&pair);
}

static void a_graceful_shutdown_lets_calls_finish(void **state)
{
    struct pair pair = {0};
    struct told told = {0};

    (void)state;
    assert_true(pair_open(&pair, NULL, NULL));
    pump(&pair);
    told_open(&pair, &told, &methods[BIDI]);
    told_start(&pair, &told);
    told_send(&told, BYTES("1"));
    pump(&pair);
    conn_shutdown(pair.served->conn, "");
    pump(&pair);
    assert_false(conn_has_room(pair.client));
    assert_false(conn_done(pair.served->conn));
    told_send(&told, BYTES("2"));
    gr_half_close(&told.call);
    pump(&pair);
    assert_int_equal(told.messages, 2);
    assert_int_equal(told.call.result.status, GR_STATUS_OK);
    assert_true(conn_done(pair.served->conn));
    assert_true(conn_done(pair.client));
    told_close(&told);
    pair_close(&pair);
}

static void a_timer_fires_once(void **state)
{
    struct pair pair = {0};
    struct told told = {0};

    (void)state;
    assert_true(pair_open(&pair, NULL, NULL));
    told_open(&pair, &told, &methods[SILENT]);
    told.call.began = true;
    gr_call_timer(&told.call, NS_PER_S);
    tick_client(&pair, NS_PER_S);
    pump(&pair);
    tick_client(&pair, NS_PER_S);
    pump(&pair);
    assert_int_equal(told.order, 14);
    told_close(&told);
    pair_close(&pair);
}

/* Each allocation of a whole call fails once: nothing crashes, nothing leaks, and the call never says OK falsely. */
static void survive_any_failing_allocation(struct bytes message, enum gr_compression compression)
{
    for (size_t n = 0;; n++) {
        struct pair pair = {0};
        struct told told = {0};
        fail_allocation(n);
        if (pair_open(&pair, NULL, NULL)) {
            told_open(&pair, &told, &methods[UNARY]);
            told.call.compression = compression;
            told_start(&pair, &told);
            told_send(&told, message);
            gr_half_close(&told.call);
            pump(&pair);
        }
        bool failed = stop_failing();
        if (told.call.ended && told.call.result.status == GR_STATUS_OK) {
            assert_int_equal(told.octets, message.len);
            assert_bytes(told_last(&told), bytes_first(message, told.last_len));
        }
        if (told.call.host)
            told_close(&told);
        pair_close(&pair);
        if (!failed)
            break;
    }
}

static void a_call_survives_any_failing_allocation(void **state)
{
    (void)state;
    survive_any_failing_allocation(BYTES("gzip hello"), GR_GZIP);
}

/* It is not copied on its way. */
static void a_large_call_survives_any_failing_allocation(void **state)
{
    (void)state;
    survive_any_failing_allocation(large_body(), GR_IDENTITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unary_echo_test),
        cmocka_unit_test(bidi_echo_test),
        cmocka_unit_test(client_stream_test),
        cmocka_unit_test(server_stream_test),
        cmocka_unit_test(no_messages_at_all_test),
        cmocka_unit_test(an_error_carries_message_and_details_test),
        cmocka_unit_test(statuses_that_the_library_gives_test),
        cmocka_unit_test(a_late_answer_test),
        cmocka_unit_test(the_client_gives_up_at_its_deadline_test),
        cmocka_unit_test(the_server_gives_up_at_the_deadline_test),
        cmocka_unit_test(the_client_cancels_test),
        cmocka_unit_test(the_server_cancels_test),
        cmocka_unit_test(a_lost_connection_ends_calls_on_both_sides_test),
        cmocka_unit_test(the_server_ends_early_test),
        cmocka_unit_test(compression_both_ways_test),
        cmocka_unit_test(metadata_goes_both_ways_test),
        cmocka_unit_test(a_large_message_goes_both_ways_test),
        cmocka_unit_test(a_call_that_is_freed_leaves_its_frames_whole_test),
        cmocka_unit_test(a_slow_client_stops_the_server),
        cmocka_unit_test(a_slow_handler_stops_only_its_own_client),
        cmocka_unit_test(a_message_at_the_limit_passes_and_one_above_fails),
        cmocka_unit_test(too_much_metadata_fails_here_and_sends_nothing),
        cmocka_unit_test(metadata_longer_than_a_frame_goes_both_ways),
        cmocka_unit_test(the_client_keeps_to_the_servers_limit_of_streams),
        cmocka_unit_test(one_stream_too_many_is_refused_and_may_go_elsewhere),
        cmocka_unit_test(a_graceful_shutdown_lets_calls_finish),
        cmocka_unit_test(a_timer_fires_once),
        cmocka_unit_test(a_call_survives_any_failing_allocation),
        cmocka_unit_test(a_large_call_survives_any_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
