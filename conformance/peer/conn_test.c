/* SPDX-License-Identifier: MIT
 *
 * What goes on behind the verbs: segmentation, windows, proofs, edits, ends; and how a verdict comes about. */
#include "peer/scripted_server.h"

/* ---- segmentation ---- */

static const struct script answers_ok = {ONE(HEAD(ONLY("0"), 1))};

static void record_call(enum segmentation how, struct buf *received)
{
    struct run run;
    begin(&run, &answers_ok);
    run.t.segmentation = how;
    struct call *call = new_call(&run.t, EMPTY_CALL);
    send_request_headers(call, NO_EDITS, FLAG_NONE);
    send_octets(call->conn, BYTES("\0\0\0\x77\0\0\0\0\0\0\0\1\x77\0\0\0\0\0x"));
    send_message(call, 0, BYTES("some payload"), FLAG_END_STREAM);
    expect_status(call, GRPC_OK);
    assert_int_equal(run.t.verdict, VERDICT_PASS);
    test_finish(&run.t);
    (void)pthread_join(run.server.thread, NULL);
    buf_put(received, buf_view(&run.server.received));
    test_clear(&run.t);
    (void)close(run.server.listener);
    buf_clear(&run.server.received);
}

static void every_segmentation_says_the_same(void **state)
{
    (void)state;
    struct buf whole = {0};
    record_call(SEGMENT_WHOLE, &whole);
    assert_true(whole.len > 100);
    for (enum segmentation how = SEGMENT_FRAME; how <= SEGMENT_RANDOM; how++) {
        struct buf other = {0};
        record_call(how, &other);
        assert_bytes(buf_view(&other), buf_view(&whole));
        buf_clear(&other);
    }
    buf_clear(&whole);
}

/* ---- what goes on behind the verbs ----------------------------------------------------------- */

static const struct script silent = {NOTHING};

static void proofs_are_not_counted(void **state)
{
    (void)state;
    struct run run;
    begin(&run, &silent);
    struct conn *conn = main_connection(&run.t);
    expect_nothing_closed(conn);
    expect_connection_outcome(conn, ONE_OF(IGNORED));
    assert_int_equal(conn->ping_acks, 0);
    assert_int_equal(conn->settings_acks, 1);
    assert_int_equal(conn->settings_sent, 1);
    expect_ping_answer(conn);
    expect_settings_acks(conn, 1);
    assert_int_equal(conn->ping_acks, 1);
    send_settings(conn, SETTINGS({SETTING_HEADER_TABLE_SIZE, 0}, {SETTING_INITIAL_WINDOW_SIZE, 7}));
    expect_settings_acks(conn, 2);
    assert_int_equal(conn->our_initial_window, 7);
    assert_int_equal(run.t.verdict, VERDICT_PASS);
    expect_settings_acks(conn, 1);
    assert_int_equal(run.t.verdict, VERDICT_FAIL);
    end(&run);
}

static const struct script gives_windows = {
    THREE({FRAME_SETTINGS, 0, false, 0, B("\0\4\0\1\x86\xa0\0\5\0\0\x80\0")},
          {FRAME_WINDOW_UPDATE, 0, false, 0, B("\0\1\x86\xa0")},
          {FRAME_WINDOW_UPDATE, 0, false, 1, B("\0\0\0\1")})};

static void windows_and_settings_of_the_target_are_obeyed(void **state)
{
    (void)state;
    static const uint8_t zeros[100000];
    struct run run;
    begin(&run, &gives_windows);
    struct call *call = new_call(&run.t, EMPTY_CALL);
    send_request_headers(call, NO_EDITS, FLAG_NONE);
    send_data(call, bytes_of(zeros, sizeof zeros), FLAG_NONE);
    expect_ping_answer(call->conn); /* all windows are here */
    assert_int_equal(run.t.verdict, VERDICT_PASS);
    assert_int_equal(call->send_window, 1);
    assert_int_equal(call->conn->send_window, 65535);
    assert_int_equal(call->conn->their_settings[SETTING_MAX_FRAME_SIZE], 32768);
    send_frame(call->conn, FRAME_DATA, FLAG_END_STREAM, call->stream, BYTES("xy"));
    assert_int_equal(call->send_window, -1);
    assert_true(call->local_closed);
    end(&run);
}

static const struct script sends_data = {TWO(HEAD(OK_LIST, 0), DATA("12345", 0))};

static void windows_are_given_back_unless_switched_off(void **state)
{
    (void)state;
    for (int automatic = 0; automatic <= 1; automatic++) {
        struct run run;
        begin(&run, &sends_data);
        struct conn *conn = main_connection(&run.t);
        conn->auto_window = automatic;
        struct call *call = new_call(&run.t, EMPTY_CALL);
        send_request_headers(call, NO_EDITS, FLAG_END_STREAM);
        expect_data_octets(call, 5);
        assert_int_equal(run.t.verdict, VERDICT_PASS);
        assert_int_equal(conn->receive_window, automatic ? 65535 : 65530);
        assert_int_equal(call->receive_window, automatic ? 65535 : 65530);
        end(&run);
    }
}

static void request_headers_are_edited(void **state)
{
    (void)state;
    struct run run;
    struct field fields[12];
    begin(&run, &silent);
    struct call *call = new_call(&run.t, "/a/b");
    size_t count = request_fields(call,
                                  EDITS(SET("te", "x"), REMOVE("user-agent"), ADD("te", "y"),
                                        ADD_FIRST("z", ""), SET("new", "1")),
                                  fields, ARRAY_LEN(fields));
    assert_int_equal(count, 9);
    assert_bytes(fields[0].name, BYTES("z"));
    assert_bytes(fields[3].value, BYTES("/a/b"));
    assert_bytes(fields[5].value, BYTES("x"));
    assert_bytes(fields[7].value, BYTES("y"));
    assert_bytes(fields[8].name, BYTES("new"));
    assert_int_equal(request_fields(call, NO_EDITS, fields, 3), 3);
    end(&run);
}

static void a_call_is_found_by_its_newest_owner(void **state)
{
    (void)state;
    struct run run;
    begin(&run, &answers_ok);
    struct call *older = new_call(&run.t, EMPTY_CALL);
    struct call *newer = new_call(&run.t, EMPTY_CALL);
    newer->stream = older->stream;
    send_request_headers(newer, NO_EDITS, FLAG_END_STREAM);
    expect_status(newer, GRPC_OK);
    assert_int_equal(older->header_blocks, 0);
    assert_int_equal(run.t.verdict, VERDICT_PASS);
    end(&run);
}

/* ---- verdicts ---- */

static void the_first_failure_decides(void **state)
{
    (void)state;
    struct target_info target = {0};
    struct test t;
    test_init(&t, &any_case, &target, 0);
    test_lenient(&t, (struct source_line){"f", 1}, "e1", "s%d", 1);
    assert_false(test_is_over(&t));
    test_lenient(&t, (struct source_line){"f", 2}, "e2", "s%d", 2);
    assert_string_equal(buf_str(&t.seen), "s1");
    test_fail(&t, (struct source_line){"f", 3}, "e3", "s%d", 3);
    test_fail(&t, (struct source_line){"f", 4}, "e4", "s%d", 4);
    test_lenient(&t, (struct source_line){"f", 5}, "e5", "s%d", 5);
    test_skip(&t, "no");
    test_broken(&t, (struct source_line){"f", 6}, "no");
    assert_int_equal(t.verdict, VERDICT_FAIL);
    assert_int_equal(t.where.line, 3);
    assert_string_equal(buf_str(&t.expected), "e3");
    assert_string_equal(buf_str(&t.seen), "s3");
    test_note(&t, "a %s", "note");
    assert_string_equal(buf_str(&t.notes), "a note\n");
    test_clear(&t);
}

static void verbs_do_nothing_once_it_is_over(void **state)
{
    (void)state;
    struct target_info target = {.endpoint = {.host = "127.0.0.1", .port = 1}};
    struct test t;
    test_init(&t, &any_case, &target, clock_now_ns());
    struct call *call = new_call(&t, EMPTY_CALL); /* nobody listens on port 1 */
    assert_int_equal(t.verdict, VERDICT_BROKEN);
    assert_non_null(strstr(buf_str(&t.seen), "could not be reached"));
    send_request_headers(call, NO_EDITS, FLAG_NONE);
    send_message(call, 0, BYTES("x"), FLAG_END_STREAM);
    expect_status(call, GRPC_OK);
    assert_int_equal(next_message(call).payload.len, 0);
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_target_still_serves(&t);
    finish_writing(call->conn);
    close_transport(call->conn);
    abort_transport(call->conn);
    assert_int_equal(t.verdict, VERDICT_BROKEN);
    test_finish(&t);
    test_finish(&t);
    test_clear(&t);
}

static void ends_of_our_own(void **state)
{
    (void)state;
    static void (*const enders[])(struct conn * conn) = {finish_writing, close_transport,
                                                         abort_transport};
    for (size_t i = 0; i < ARRAY_LEN(enders); i++) {
        struct run run;
        begin(&run, &silent);
        struct conn *conn = main_connection(&run.t);
        send_ping(conn, (const uint8_t *)"12345678", FLAG_NONE);
        enders[i](conn);
        enders[i](conn);
        send_ping(conn, (const uint8_t *)"12345678", FLAG_NONE);
        pass_time(conn, 10 * NS_PER_MS);
        assert_int_equal(run.t.verdict, VERDICT_PASS);
        end(&run);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_segmentation_says_the_same),
        cmocka_unit_test(proofs_are_not_counted),
        cmocka_unit_test(windows_and_settings_of_the_target_are_obeyed),
        cmocka_unit_test(windows_are_given_back_unless_switched_off),
        cmocka_unit_test(request_headers_are_edited),
        cmocka_unit_test(a_call_is_found_by_its_newest_owner),
        cmocka_unit_test(the_first_failure_decides),
        cmocka_unit_test(verbs_do_nothing_once_it_is_over),
        cmocka_unit_test(ends_of_our_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
