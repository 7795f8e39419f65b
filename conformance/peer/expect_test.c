/* SPDX-License-Identifier: MIT
 *
 * Each expectation, matched and mismatched: by answers, silence, closes and lies. */
#include "peer/scripted_server.h"

/* ---- judges: what a case would say ----------------------------------------------------------- */

static struct call *call_it(struct test *t)
{
    return send_unary(t, EMPTY_CALL, NO_BYTES);
}

static struct call *offend(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);
    send_frame(call->conn, OFFENCE, 0, call->stream, NO_BYTES);
    return call;
}

static void status_0(struct test *t)
{
    expect_status(call_it(t), GRPC_OK);
}
static void status_5(struct test *t)
{
    expect_status(call_it(t), GRPC_NOT_FOUND);
}
static void headers(struct test *t)
{
    expect_headers(call_it(t));
}
static void no_te(struct test *t)
{
    expect_no_header(call_it(t), "te");
}
static void no_a(struct test *t)
{
    expect_no_header(call_it(t), "a");
}
static void header_a_b(struct test *t)
{
    expect_header(call_it(t), "a", "b");
}
static void trailer_a_b(struct test *t)
{
    expect_trailer(call_it(t), "a", "b");
}
static void text_a_b(struct test *t)
{
    expect_status_message(call_it(t), "a b%");
}
static void message_hi(struct test *t)
{
    expect_message(call_it(t), BYTES("hi"));
}
static void no_messages(struct test *t)
{
    expect_no_more_messages(call_it(t));
}
static void octets_7(struct test *t)
{
    expect_data_octets(call_it(t), 7);
}
static void conn_error(struct test *t)
{
    expect_connection_error(offend(t)->conn, H2_PROTOCOL_ERROR);
}
static void stream_error(struct test *t)
{
    expect_stream_error(offend(t), H2_PROTOCOL_ERROR);
}
static void nothing_closed(struct test *t)
{
    expect_nothing_closed(offend(t)->conn);
}
static void still_serves(struct test *t)
{
    expect_connection_still_serves(main_connection(t));
}
static void connects(struct test *t)
{
    (void)connect_h2(t);
}
static void status_or_reset(struct test *t)
{
    expect_outcome(call_it(t),
                   ONE_OF(STATUS(5), RESET(H2_CANCEL), LENIENT_ANY_ERROR("any will do")));
}
static void http_or_close(struct test *t)
{
    expect_outcome(call_it(t), ONE_OF(HTTP(404), LENIENT_CLOSE));
}
static void reset_or_goaway(struct test *t)
{
    expect_outcome(offend(t), ONE_OF(ANY_RESET, GOAWAY(H2_PROTOCOL_ERROR)));
}
static void ignored(struct test *t)
{
    expect_outcome(offend(t), ONE_OF(IGNORED));
}
static void maybe_ignored(struct test *t)
{
    expect_outcome(offend(t), ONE_OF(ANY_RESET, LENIENT_IGNORED("it may")));
}
static void conn_outcome(struct test *t)
{
    expect_connection_outcome(offend(t)->conn, ONE_OF(GOAWAY(H2_NO_ERROR), CLOSE));
}
static void much_data(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);
    static const uint8_t zeros[70000];
    send_data(call, bytes_of(zeros, sizeof zeros), FLAG_END_STREAM);
}
/* The script serves one connection, so the second, which must be asked for, is never answered. */
static void spared_connection(struct test *t)
{
    struct call *call = offend(t);
    expect_stream_error(call, H2_PROTOCOL_ERROR);
    expect_connection_still_serves(call->conn);
}

/* ---- the table ---- */

/* clang-format off */
struct row {
    const char *name;
    struct script script;
    void (*judge)(struct test *t);
    enum verdict verdict;
    const char *seen; /* a part of the sentence */
};

static const struct row rows[] = {
    {"connects", {NOTHING}, connects, VERDICT_PASS, ""},
    {"mute", {NOTHING, .mute = true}, connects, VERDICT_FAIL, "connection open"},
    {"status", {ONE(HEAD(ONLY("0"), 1))}, status_0, VERDICT_PASS, ""},
    {"another status", {ONE(HEAD(ONLY("2"), 1))}, status_5, VERDICT_FAIL, "grpc-status 2 (UNKNOWN)"},
    {"status with 404", {ONE(HEAD("\x8d" STATUS_LIST("0"), 1))}, status_0, VERDICT_LENIENT, ":status is not 200"},
    {"status in words", {ONE(HEAD(ONLY("x"), 1))}, status_0, VERDICT_FAIL, "is no number: \"x\""},
    {"no status", {ONE(HEAD(OK_LIST, 1))}, status_0, VERDICT_FAIL, "no grpc-status in the trailers"},
    {"DATA ends", {TWO(HEAD(OK_LIST, 0), DATA("", 1))}, status_0, VERDICT_FAIL, "END_STREAM on DATA"},
    {"reset", {ONE(RST_1("\x08"))}, status_0, VERDICT_FAIL, "RST_STREAM(CANCEL)"},
    {"close", {NOTHING, .ending = FIN}, status_0, VERDICT_FAIL, "connection closed without GOAWAY"},
    {"tcp reset", {NOTHING, .ending = RST}, status_0, VERDICT_FAIL, "connection reset without GOAWAY"},
    {"goaway", {ONE(AWAY("\1")), .ending = FIN}, status_0, VERDICT_FAIL, "GOAWAY(PROTOCOL_ERROR), last stream 1"},
    {"silence", {NOTHING}, status_0, VERDICT_FAIL, "PING answered"},
    {"deaf silence", {NOTHING, .deaf = true}, status_0, VERDICT_FAIL, "PING unanswered"},
    {"interim", {TWO(HEAD("\x08\x03" "100", 0), HEAD(ONLY("0"), 1))}, status_0, VERDICT_PASS, ""},
    {"headers", {ONE(HEAD(OK_LIST, 0))}, headers, VERDICT_PASS, ""},
    {"no headers", {ONE(RST_1("\7"))}, headers, VERDICT_FAIL, "RST_STREAM(REFUSED_STREAM)"},
    {"header", {ONE(HEAD("\x88\x00\1a\1b", 0))}, header_a_b, VERDICT_PASS, ""},
    {"another header", {ONE(HEAD("\x88\x00\1a\1c", 0))}, header_a_b, VERDICT_FAIL, "header a: c"},
    {"header missing", {ONE(HEAD(OK_LIST, 0))}, header_a_b, VERDICT_FAIL, "no header a"},
    {"no header", {ONE(HEAD(OK_LIST, 0))}, no_te, VERDICT_PASS, ""},
    {"unwanted header", {ONE(HEAD("\x88\x00\1a\1c", 0))}, no_a, VERDICT_FAIL, "header a: c"},
    {"trailer", {TWO(HEAD(OK_LIST, 0), HEAD("\x00\1a\1b", 1))}, trailer_a_b, VERDICT_PASS, ""},
    {"trailer in headers", {TWO(HEAD("\x88\x00\1a\1b", 0), HEAD(STATUS_LIST("0"), 1))}, trailer_a_b, VERDICT_FAIL, "no trailer a"},
    {"message text", {ONE(HEAD("\x88\x00\x0cgrpc-message\x06" "a%20b%", 1))}, text_a_b, VERDICT_PASS, ""},
    {"message text raw", {ONE(HEAD("\x88\x00\x0cgrpc-message\x03" "a%2", 1))}, text_a_b, VERDICT_FAIL, "a%2"},
    {"message", {TWO(HEAD(OK_LIST, 0), DATA("\0\0\0\0\2hi", 0))}, message_hi, VERDICT_PASS, ""},
    {"message in pieces", {FOUR(HEAD(OK_LIST, 0), DATA("\0\0\0", 0), DATA("\0\2h", 0), DATA("i", 0))}, message_hi, VERDICT_PASS, ""},
    {"padded message", {TWO(HEAD(OK_LIST, 0), DATA("\2\0\0\0\0\2hi\0\0", FLAG_PADDED))}, message_hi, VERDICT_PASS, ""},
    {"another message", {TWO(HEAD(OK_LIST, 0), DATA("\0\0\0\0\2ho", 0))}, message_hi, VERDICT_FAIL, "the first difference is at octet 1"},
    {"half a message", {TWO(HEAD(OK_LIST, 0), DATA("\0\0\0\0\2h", 1))}, message_hi, VERDICT_FAIL, "END_STREAM on DATA"},
    {"a message of 4 GiB", {TWO(HEAD(OK_LIST, 0), DATA("\0\xff\xff\xff\xffh", 0))}, message_hi, VERDICT_FAIL, "6 octets of DATA"},
    {"no messages", {ONE(HEAD(ONLY("0"), 1))}, no_messages, VERDICT_PASS, ""},
    {"a message too many", {TWO(HEAD(OK_LIST, 0), DATA("\0\0\0\0\0", 1))}, no_messages, VERDICT_FAIL, "another message"},
    {"octets", {TWO(HEAD(OK_LIST, 0), DATA("1234567", 0))}, octets_7, VERDICT_PASS, ""},
    {"octets too many", {TWO(HEAD(OK_LIST, 0), DATA("12345678", 0))}, octets_7, VERDICT_FAIL, "8 octets"},
    {"octets too few", {TWO(HEAD(OK_LIST, 0), DATA("123456", 0))}, octets_7, VERDICT_FAIL, "6 octets of DATA"},

    {"connection error", {ONE(AWAY("\1")), .ending = FIN}, conn_error, VERDICT_PASS, ""},
    {"connection error, open", {ONE(AWAY("\1"))}, conn_error, VERDICT_LENIENT, "must be closed"},
    {"connection error, other code", {ONE(AWAY("\2")), .ending = FIN}, conn_error, VERDICT_LENIENT, "GOAWAY(INTERNAL_ERROR)"},
    {"connection error, NO_ERROR", {ONE(AWAY("\0")), .ending = FIN}, conn_error, VERDICT_FAIL, "GOAWAY(NO_ERROR)"},
    {"connection error, close", {NOTHING, .ending = FIN}, conn_error, VERDICT_LENIENT, "closed without GOAWAY"},
    {"connection error, ignored", {NOTHING}, conn_error, VERDICT_FAIL, "ignored"},
    {"connection error, deaf", {NOTHING, .deaf = true}, conn_error, VERDICT_FAIL, "connection open; nothing more for"},
    {"stream error", {ONE(RST_1("\1"))}, stream_error, VERDICT_PASS, ""},
    {"stream error, other code", {ONE(RST_1("\2"))}, stream_error, VERDICT_LENIENT, "RST_STREAM(INTERNAL_ERROR)"},
    {"stream error, goaway", {ONE(AWAY("\1")), .ending = FIN}, stream_error, VERDICT_LENIENT, "treated as a connection error"},
    {"stream error, status", {ONE(HEAD(ONLY("3"), 1))}, stream_error, VERDICT_LENIENT, "instead of RST_STREAM"},
    {"stream error, http", {ONE(HEAD("\x8c", 1))}, stream_error, VERDICT_LENIENT, "HTTP status 400"},
    {"stream error, status then reset", {TWO(HEAD(ONLY("3"), 1), RST_1("\1"))}, stream_error, VERDICT_PASS, ""},
    {"stream error, OK", {ONE(HEAD(ONLY("0"), 1))}, stream_error, VERDICT_FAIL, "grpc-status 0 (OK)"},
    {"stream error, ignored", {NOTHING}, stream_error, VERDICT_FAIL, "ignored"},
    {"stream error, close", {NOTHING, .ending = FIN}, stream_error, VERDICT_FAIL, "closed without GOAWAY"},
    {"nothing closed", {ONE(RST_1("\1"))}, nothing_closed, VERDICT_PASS, ""},
    {"something closed", {ONE(AWAY("\0"))}, nothing_closed, VERDICT_FAIL, "GOAWAY(NO_ERROR)"},
    {"nothing closed, deaf", {NOTHING, .deaf = true}, nothing_closed, VERDICT_FAIL, "PING unanswered"},

    {"outcome status", {ONE(HEAD(ONLY("5"), 1))}, status_or_reset, VERDICT_PASS, ""},
    {"outcome reset", {ONE(RST_1("\x08"))}, status_or_reset, VERDICT_PASS, ""},
    {"outcome lenient", {ONE(HEAD(ONLY("7"), 1))}, status_or_reset, VERDICT_LENIENT, "grpc-status 7 (PERMISSION_DENIED): any will do"},
    {"outcome OK", {ONE(HEAD(ONLY("0"), 1))}, status_or_reset, VERDICT_FAIL, "grpc-status 0 (OK)"},
    {"outcome other reset", {ONE(RST_1("\1"))}, status_or_reset, VERDICT_FAIL, "RST_STREAM(PROTOCOL_ERROR)"},
    {"outcome close", {NOTHING, .ending = FIN}, status_or_reset, VERDICT_FAIL, "closed without GOAWAY"},
    {"outcome silence", {NOTHING}, status_or_reset, VERDICT_FAIL, "PING answered"},
    {"outcome http", {ONE(HEAD("\x8d", 0))}, http_or_close, VERDICT_PASS, ""},
    {"outcome lenient close", {NOTHING, .ending = FIN}, http_or_close, VERDICT_LENIENT, "SHOULD come before"},
    {"outcome any reset", {ONE(RST_1("\5"))}, reset_or_goaway, VERDICT_PASS, ""},
    {"outcome goaway", {ONE(AWAY("\1"))}, reset_or_goaway, VERDICT_PASS, ""},
    {"outcome other goaway", {ONE(AWAY("\2"))}, reset_or_goaway, VERDICT_FAIL, "GOAWAY(INTERNAL_ERROR)"},
    {"outcome not ignored", {NOTHING}, reset_or_goaway, VERDICT_FAIL, "no reaction"},
    {"ignored", {NOTHING}, ignored, VERDICT_PASS, ""},
    {"ignored, deaf", {NOTHING, .deaf = true}, ignored, VERDICT_FAIL, "nothing more for"},
    {"not ignored", {ONE(RST_1("\1"))}, ignored, VERDICT_FAIL, "RST_STREAM(PROTOCOL_ERROR)"},
    {"closed, not ignored", {NOTHING, .ending = FIN}, ignored, VERDICT_FAIL, "closed without GOAWAY"},
    {"maybe ignored", {NOTHING}, maybe_ignored, VERDICT_LENIENT, "no reaction: it may"},
    {"maybe ignored, reset", {ONE(RST_1("\1"))}, maybe_ignored, VERDICT_PASS, ""},
    {"connection outcome", {ONE(AWAY("\0"))}, conn_outcome, VERDICT_PASS, ""},
    {"connection outcome close", {NOTHING, .ending = FIN}, conn_outcome, VERDICT_PASS, ""},
    {"connection outcome ignored", {NOTHING}, conn_outcome, VERDICT_FAIL, "no reaction"},

    {"still serves", {ONE(HEAD(ONLY("0"), 1))}, still_serves, VERDICT_PASS, ""},
    {"serves no more", {ONE(HEAD(ONLY("4"), 1))}, still_serves, VERDICT_FAIL, "grpc-status 4"},
    {"no window", {NOTHING}, much_data, VERDICT_FAIL, "gave no window"},
    {"an accepted goaway moves the blast radius", {ONE(AWAY("\1")), .ending = FIN}, spared_connection, VERDICT_FAIL, "connection open"},

    {"lies: window update of three octets", {ONE({FRAME_WINDOW_UPDATE, 0, false, 1, B("\0\0\1")})}, ignored, VERDICT_PASS, ""},
    {"lies: goaway of seven octets", {ONE({FRAME_GOAWAY, 0, false, 0, B("\0\0\0\0\0\0\0")})}, ignored, VERDICT_PASS, ""},
    {"lies: ping of one octet", {ONE({FRAME_PING, FLAG_ACK, false, 0, B("x")})}, ignored, VERDICT_PASS, ""},
    {"lies: settings of seven octets", {ONE({FRAME_SETTINGS, 0, false, 0, B("\0\4\xff\xff\xff\xff!")})}, ignored, VERDICT_PASS, ""},
    {"lies: padding", {ONE(DATA("\xffxx", FLAG_PADDED))}, ignored, VERDICT_PASS, ""},
    {"lies: empty padded headers", {ONE({FRAME_HEADERS, 0xff, false, 1, B("")})}, ignored, VERDICT_PASS, ""},
    {"lies: continuation of nothing", {ONE({FRAME_CONTINUATION, 4, false, 1, B("\x88")})}, ignored, VERDICT_PASS, ""},
    {"lies: frames of streams nobody opened", {TWO({FRAME_DATA, 1, false, 99, B("x")}, {FRAME_HEADERS, 5, false, 2, B("\x88")})}, ignored, VERDICT_PASS, ""},
    {"lies: a push", {ONE({FRAME_PUSH_PROMISE, 4, false, 1, B("\0\0\0\2\x82\x86\x84")})}, ignored, VERDICT_PASS, ""},
    {"lies: an unknown frame", {ONE({0xee, 0xff, true, 0x7fffffff, B("?")})}, ignored, VERDICT_PASS, ""},
    {"lies: headers that do not decode", {ONE(HEAD("\x80", 1))}, status_0, VERDICT_FAIL, "no grpc-status"},
    {"lies: a frame that never ends", {NOTHING, .raw = B("\xff\xff\xff\0\0\0\0\0\1x"), .ending = FIN}, status_0, VERDICT_FAIL, "closed without GOAWAY"},
    {"lies: HTTP/1", {NOTHING, .raw = B("HTTP/1.1 400 Bad Request\r\n\r\n"), .ending = FIN}, status_0, VERDICT_FAIL, "HTTP/1 answer: \"HTTP/1.1 400"},
};
/* clang-format on */

static void each_row_is_judged(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct run run;
        begin(&run, &rows[i].script);
        rows[i].judge(&run.t);
        test_finish(&run.t);
        const char *seen = buf_str(&run.t.seen);
        bool right = run.t.verdict == rows[i].verdict && strstr(seen, rows[i].seen);
        if (!right)
            print_error("%s: verdict %d, seen: %s\n", rows[i].name, (int)run.t.verdict, seen);
        wrong += right ? 0 : 1;
        end(&run);
    }
    assert_int_equal(wrong, 0);
}

static void a_close_says_nothing_of_a_target_that_never_answered(void **state)
{
    (void)state;
    static const struct script closes = {NOTHING, .ending = FIN};
    static void (*const judges[])(struct test * t) = {conn_error, conn_outcome, http_or_close};
    for (size_t i = 0; i < ARRAY_LEN(judges); i++) {
        struct run run;
        begin(&run, &closes);
        run.target.answers_requests = false;
        judges[i](&run.t);
        assert_int_equal(run.t.verdict, VERDICT_FAIL);
        end(&run);
    }
}

static void the_offending_frame_is_marked(void **state)
{
    (void)state;
    static const struct script resets = {ONE(RST_1("\2"))};
    struct run run;
    begin(&run, &resets);
    status_0(&run.t);
    size_t marked = 0;
    for (size_t i = 0; i < run.t.transcript.count; i++) {
        const struct transcript_entry *entry = &run.t.transcript.entries[i];
        marked += entry->offending ? 1 : 0;
        assert_true(!entry->offending || entry->frame.type == FRAME_RST_STREAM);
    }
    assert_int_equal(marked, 1);
    end(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_judged),
        cmocka_unit_test(a_close_says_nothing_of_a_target_that_never_answered),
        cmocka_unit_test(the_offending_frame_is_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
