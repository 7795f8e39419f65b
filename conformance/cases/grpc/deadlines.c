/* SPDX-License-Identifier: MIT
 *
 * grpc-timeout at a server: all units, malformed and extreme values, and what expiry looks like.
 * The call that does not end by itself is a full-duplex one whose client stays silent. Time is the
 * rule here, so these cases wait; what they measure has 500 ms and more to spare. (PROTOCOL-
 * HTTP2.md, Timeout; interop timeout_on_sleeping_server) */
#include "base/clock.h"
#include "cases/cases.h"
#include "cases/grpc/common.h"
#include "cases/http2/common.h"

#define EARLY_MS 30   /* how much sooner a deadline may seem to come: clocks are rounded */
#define LATE_MS  2000 /* how much later: a busy machine */

/* A stream with this timeout on which the client says nothing more. */
static struct call *silent_call(struct test *t, const char *timeout)
{
    const struct edit edits[] = {{EDIT_ADD, "grpc-timeout", bytes_str(timeout)},
                                 {.kind = EDIT_END}};
    struct call *call = start_call(t, FULL_DUPLEX_CALL, edits);

    flush(call->conn);
    return call;
}

#define OUTCOMES_EXPIRED                                                                           \
    ONE_OF(RESET(H2_CANCEL), STATUS(GRPC_DEADLINE_EXCEEDED),                                       \
           LENIENT_STATUS(GRPC_CANCELLED, "DEADLINE_EXCEEDED is the code for a passed deadline"))

/* ---- units ----------------------------------------------------------------------------------- */

struct timeout_row {
    const char *value;
    int64_t ms; /* 0: longer than any test */
};
static const struct timeout_row unit_s = {"1S", 1000}, unit_m = {"400m", 400},
                                unit_u = {"400000u", 400}, unit_n = {"99999999n", 100},
                                unit_h = {"1H", 0}, unit_minutes = {"1M", 0};

static void expires_on_time(struct test *t)
{
    main_connection(t);
    gr_time begun = clock_now_ns();
    struct call *call = silent_call(t, ROW(t, timeout_row)->value);

    t->patience_ns += ROW(t, timeout_row)->ms * NS_PER_MS;
    expect_outcome(call, OUTCOMES_EXPIRED);
    int64_t ms = (clock_now_ns() - begun) / NS_PER_MS;
    expect(t, ms >= ROW(t, timeout_row)->ms - EARLY_MS, "the call lasts until its deadline",
           "it ended after %lld ms", (long long)ms);
    expect(t, ms <= ROW(t, timeout_row)->ms + LATE_MS, "the call ends at its deadline",
           "it ended after %lld ms", (long long)ms);
    expect_still_serves(call);
}

/* Read in a smaller unit, these would be over within 300 ms. */
static void does_not_expire(struct test *t)
{
    struct call *call = silent_call(t, ROW(t, timeout_row)->value);

    pass_time(call->conn, 300 * NS_PER_MS);
    send_duplex(call, 3, FLAG_END_STREAM);
    expect_reply(call, 3);
    expect_status(call, GRPC_OK);
}

/* ---- malformed and extreme ------------------------------------------------------------------- */

struct malformed_row {
    const char *value;
};
static const struct malformed_row no_unit = {"10"}, unknown_unit = {"1x"}, lower_case_unit = {"1s"},
                                  nine_digits = {"123456789S"}, nine_digits_ms = {"100000000m"},
                                  negative = {"-1S"}, plus_sign = {"+1S"}, nothing = {""},
                                  only_unit = {"S"}, fraction = {"1.5S"}, space = {"1 S"},
                                  hexadecimal = {"0x1S"}, two_units = {"1SS"}, word = {"soon"};

static void malformed(struct test *t)
{
    const struct edit edits[] = {
        {EDIT_ADD, "grpc-timeout", bytes_str(ROW(t, malformed_row)->value)}, {.kind = EDIT_END}};
    struct call *call = empty_call(t, edits);

    expect_outcome(call, ONE_OF(ANY_ERROR, HTTP(400), STATUS(GRPC_OK),
                                LENIENT_ANY_RESET("reset instead of a status")));
    note_end(call);
    expect_connection_still_serves(call->conn);
}

static const struct malformed_row huge_h = {"99999999H"}, huge_m = {"99999999M"},
                                  huge_s = {"99999999S"};

/* Legal: eight digits. Overflow shows as a deadline that has passed already. */
static void huge(struct test *t)
{
    const struct edit edits[] = {
        {EDIT_ADD, "grpc-timeout", bytes_str(ROW(t, malformed_row)->value)}, {.kind = EDIT_END}};
    struct call *call = empty_call(t, edits);

    expect_outcome(call, ONE_OF(STATUS(GRPC_OK), ANY_ERROR, HTTP(400), ANY_RESET));
    bool expired = call_status(call) == GRPC_DEADLINE_EXCEEDED ||
                   (call->reset && call->reset_code == H2_CANCEL);
    expect(t, !expired, "a legal timeout of eight digits is in the future", "it has expired");
    if (!test_is_over(t) && call_status(call) != GRPC_OK)
        test_lenient(t, HERE, "a legal timeout of eight digits is served", "it is refused");
    expect_connection_still_serves(call->conn);
}

static const struct malformed_row zero_n = {"0n"}, zero_s = {"0S"};

static void zero(struct test *t)
{
    struct call *call = silent_call(t, ROW(t, malformed_row)->value);

    expect_outcome(call, ONE_OF(ANY_ERROR, HTTP(400), ANY_RESET,
                                LENIENT_IGNORED("taken as no deadline at all")));
    note_end(call);
    if (!test_is_over(t) && !call->reset && !call->remote_closed)
        cancel_call(call);
    expect_connection_still_serves(call->conn);
}

/* ---- expiry ---------------------------------------------------------------------------------- */

static void no_timeout(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    send_duplex(call, 1, FLAG_NONE);
    expect_reply(call, 1);
    pass_time(call->conn, 1500 * NS_PER_MS);
    if (!test_is_over(t) && (call->reset || call->remote_closed)) {
        test_lenient(t, HERE, "no deadline where the client set none", "the call ended when idle");
        return;
    }
    send_duplex(call, 2, FLAG_END_STREAM);
    expect_reply(call, 2);
    expect_status(call, GRPC_OK);
}

/* Where the library's timer and the handler both end an expired call, either may be first: many
 * calls, so that the verdict is not a matter of luck. */
static void expiry_resets(struct test *t)
{
    struct call *calls[20];

    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        calls[i] = silent_call(t, "200m");
    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        expect_outcome(
            calls[i],
            ONE_OF(RESET(H2_CANCEL),
                   LENIENT_STATUS(GRPC_DEADLINE_EXCEEDED, "trailers instead of RST_STREAM"),
                   LENIENT_STATUS(GRPC_CANCELLED, "trailers instead of RST_STREAM")));
    expect_still_serves(calls[0]);
}

/* interop timeout_on_sleeping_server: 1 ms, a large message up, and no end. */
static void one_millisecond(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, EDITS(ADD("grpc-timeout", "1m")));
    struct buf message = {0};

    pb_put_streaming_request(&message, TESTING_REQUEST(.payload_size = 27182), NULL, 0);
    send_message(call, 0, buf_view(&message), FLAG_NONE);
    expect_outcome(call, OUTCOMES_EXPIRED);
    expect_still_serves(call);
    buf_clear(&message);
}

/* Before its deadline a call is served as any other, and the deadline has no effect afterwards. */
static void ends_before_deadline(struct test *t)
{
    struct call *call = empty_call(t, EDITS(ADD("grpc-timeout", "2S")));
    struct call *stream = start_call(t, FULL_DUPLEX_CALL, EDITS(ADD("grpc-timeout", "2000000u")));

    expect_status(call, GRPC_OK);
    for (size_t size = 1; size <= 5; size++) {
        send_duplex(stream, size, FLAG_NONE);
        expect_reply(stream, size);
    }
    half_close(stream);
    expect_status(stream, GRPC_OK);
}

/* A deadline is its own call's: the neighbour without one goes on. */
static void neighbour_goes_on(struct test *t)
{
    struct call *other = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);

    send_duplex(other, 1, FLAG_NONE);
    expect_reply(other, 1);
    struct call *call = silent_call(t, "200m");
    expect_outcome(call, OUTCOMES_EXPIRED);
    send_duplex(other, 2, FLAG_END_STREAM);
    expect_reply(other, 2);
    expect_status(other, GRPC_OK);
}

/* Calls whose requests are not there yet, or only in part: a deadline does not wait for them. */
static void unfinished_requests(struct test *t)
{
    const struct edit *timeout = EDITS(ADD("grpc-timeout", "300m"));
    struct call *calls[] = {start_call(t, UNARY_CALL, timeout), start_call(t, UNARY_CALL, timeout),
                            start_call(t, STREAMING_OUTPUT_CALL, timeout),
                            start_call(t, STREAMING_INPUT_CALL, timeout)};

    send_data(calls[1], BYTES("\0\0\0\0\144begun"), FLAG_NONE);
    send_data(calls[3], BYTES("\0\0\0"), FLAG_NONE);
    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        expect_outcome(calls[i], OUTCOMES_EXPIRED);
    expect_still_serves(calls[0]);
}

/* A request each 100 ms for 3 s: a deadline is a point in time, and no limit to silence. */
static void while_requests_come(struct test *t)
{
    struct call *call = start_call(t, STREAMING_INPUT_CALL, EDITS(ADD("grpc-timeout", "400m")));
    gr_time begun = clock_now_ns();

    for (int i = 0; i < 30 && !test_is_over(t) && !call->reset && !call->remote_closed; i++) {
        send_input(call, 10, FLAG_NONE);
        pass_time(call->conn, 100 * NS_PER_MS);
    }
    int64_t ms = (clock_now_ns() - begun) / NS_PER_MS;
    expect(t, ms < 400 + LATE_MS, "the call ends at its deadline", "it went on for %lld ms",
           (long long)ms);
    expect_outcome(call, OUTCOMES_EXPIRED);
    expect_still_serves(call);
}

/* One call has ended well, one was reset by us, one has no deadline: the deadline of the first two passes unnoticed. */
static void behind_the_end(struct test *t)
{
    const struct edit *timeout = EDITS(ADD("grpc-timeout", "700m"));
    struct call *ended = empty_call(t, timeout),
                *cancelled = start_call(t, FULL_DUPLEX_CALL, timeout);

    expect_status(ended, GRPC_OK);
    cancel_call(cancelled);
    struct call *open = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    send_duplex(open, 1, FLAG_NONE);
    expect_reply(open, 1);
    pass_time(ended->conn, 300 * NS_PER_MS); /* for what threads say late of a call that is over */
    size_t since = t->transcript.count;
    pass_time(ended->conn, 900 * NS_PER_MS);
    expect(t, frames_received_since(ended->conn, since, ended->stream) == 0,
           "nothing on a stream that has ended both ways", "frames when its deadline passed");
    expect(t, frames_received_since(ended->conn, since, cancelled->stream) == 0,
           "nothing on a stream that the client has reset", "frames when its deadline passed");
    send_duplex(open, 2, FLAG_END_STREAM);
    expect_reply(open, 2);
    expect_status(open, GRPC_OK);
}

static size_t count_messages(const struct call *call)
{
    struct bytes rest = buf_view(&call->data);
    size_t count = 0;
    for (; rest.len >= 5 && rest.len - 5 >= load_u32(rest.data + 1); count++)
        rest = bytes_skip(rest, 5 + (size_t)load_u32(rest.data + 1));
    return count;
}

/* Twenty responses at intervals of 100 ms, a deadline after 350 ms: three come in time. A busy machine makes timers
 * late, never early, so ten are too many on any. */
static void no_data_after_deadline(struct test *t)
{
    struct response_parameters spaced[20];
    struct call *call = start_call(t, STREAMING_OUTPUT_CALL, EDITS(ADD("grpc-timeout", "350m")));
    gr_time begun = clock_now_ns();

    for (size_t i = 0; i < ARRAY_LEN(spaced); i++)
        spaced[i] = (struct response_parameters){10, 100000, -1};
    send_output_request(call, spaced, ARRAY_LEN(spaced), FLAG_END_STREAM);
    wait_for_all(call);
    if (call_status(call) == GRPC_OK && clock_now_ns() - begun < 1900 * NS_PER_MS) {
        test_skip(t, "the test service ignores interval_us");
        return;
    }
    expect_outcome(call, OUTCOMES_EXPIRED);
    size_t octets = call->data.len, messages = count_messages(call);
    expect(t, messages < 10, "no DATA later than a second after a deadline of 350 ms",
           "%zu responses at intervals of 100 ms", messages);
    pass_time(call->conn, 300 * NS_PER_MS);
    expect(t, call->data.len == octets, "no DATA behind the end", "%zu more octets",
           call->data.len - octets);
    expect_still_serves(call);
}

#define MALFORMED(words, what, row)                                                                \
    {                                                                                              \
        "grpc/deadline/malformed-" words, "GRPC-DL-005",                                           \
            "A timeout " what " fails its call or is ignored.", NEEDS_TRANSPORT, malformed, &(row) \
    }

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/deadline/unit-seconds", "GRPC-DL-004",
     "A timeout in seconds expires on time.",
     NEEDS_TEST_SERVICE, expires_on_time, &unit_s},
    {"grpc/deadline/unit-milliseconds", "GRPC-DL-004",
     "A timeout in milliseconds expires on time.",
     NEEDS_TEST_SERVICE, expires_on_time, &unit_m},
    {"grpc/deadline/unit-microseconds", "GRPC-DL-004",
     "A timeout in microseconds expires on time.",
     NEEDS_TEST_SERVICE, expires_on_time, &unit_u},
    {"grpc/deadline/unit-nanoseconds", "GRPC-DL-004",
     "A timeout in nanoseconds expires on time.",
     NEEDS_TEST_SERVICE, expires_on_time, &unit_n},
    {"grpc/deadline/unit-hours", "GRPC-DL-004",
     "A timeout of one hour is not one of a smaller unit.",
     NEEDS_TEST_SERVICE, does_not_expire, &unit_h},
    {"grpc/deadline/unit-minutes", "GRPC-DL-004",
     "A timeout of one minute is not one of a smaller unit.",
     NEEDS_TEST_SERVICE, does_not_expire, &unit_minutes},
    MALFORMED("no-unit", "without unit", no_unit),
    MALFORMED("unknown-unit", "with an unknown unit", unknown_unit),
    MALFORMED("lower-case-unit", "in \"s\", which is no unit,", lower_case_unit),
    MALFORMED("nine-digits", "of nine digits", nine_digits),
    MALFORMED("nine-digits-milliseconds", "of nine digits in milliseconds", nine_digits_ms),
    MALFORMED("negative", "below zero", negative),
    MALFORMED("plus-sign", "with a plus sign", plus_sign),
    MALFORMED("empty", "with an empty value", nothing),
    MALFORMED("only-unit", "of a unit alone", only_unit),
    MALFORMED("fraction", "with a fraction", fraction),
    MALFORMED("space", "with a space inside", space),
    MALFORMED("hexadecimal", "in hexadecimal", hexadecimal),
    MALFORMED("two-units", "with two units", two_units),
    MALFORMED("word", "that is a word", word),
    {"grpc/deadline/huge-hours", "GRPC-DL-013 GRPC-DL-004",
     "99999999 hours do not overflow.",
     NEEDS_TEST_SERVICE, huge, &huge_h},
    {"grpc/deadline/huge-minutes", "GRPC-DL-013 GRPC-DL-004",
     "99999999 minutes do not overflow.",
     NEEDS_TEST_SERVICE, huge, &huge_m},
    {"grpc/deadline/huge-seconds", "GRPC-DL-013 GRPC-DL-004",
     "99999999 seconds do not overflow.",
     NEEDS_TEST_SERVICE, huge, &huge_s},
    {"grpc/deadline/zero-nanoseconds", "GRPC-DL-014",
     "A timeout of 0n has expired or is malformed: the call ends.",
     NEEDS_TEST_SERVICE, zero, &zero_n},
    {"grpc/deadline/zero-seconds", "GRPC-DL-014",
     "A timeout of 0S has expired or is malformed: the call ends.",
     NEEDS_TEST_SERVICE, zero, &zero_s},
    {"grpc/deadline/none", "GRPC-DL-006",
     "Without grpc-timeout an idle call stays alive.",
     NEEDS_TEST_SERVICE, no_timeout, NULL},
    {"grpc/deadline/expiry-resets", "GRPC-DL-007",
     "When the deadline passes, the server resets the stream with CANCEL.",
     NEEDS_TEST_SERVICE, expiry_resets, NULL},
    {"grpc/deadline/one-millisecond", "GRPC-DL-011",
     "A timeout of 1 ms ends a call that would not end, with DEADLINE_EXCEEDED.",
     NEEDS_TEST_SERVICE, one_millisecond, NULL},
    {"grpc/deadline/ends-before", "GRPC-DL-004",
     "A call that ends before its deadline is served as any other.",
     NEEDS_TEST_SERVICE, ends_before_deadline, NULL},
    {"grpc/deadline/neighbour-goes-on", "GRPC-DL-011 GRPC-DL-006",
     "A deadline ends its own call and no other of the connection.",
     NEEDS_TEST_SERVICE, neighbour_goes_on, NULL},
    {"grpc/deadline/unfinished-requests", "GRPC-DL-011 GRPC-DL-004",
     "A deadline ends calls whose requests have not come, or only in part.",
     NEEDS_TEST_SERVICE, unfinished_requests, NULL},
    {"grpc/deadline/while-requests-come", "GRPC-DL-011 GRPC-DL-004",
     "A deadline ends a call whose client keeps sending requests.",
     NEEDS_TEST_SERVICE, while_requests_come, NULL},
    {"grpc/deadline/behind-the-end", "H2-STREAM-017 H2-FRAME-018 GRPC-DL-006",
     "A deadline that passes behind the end of its call changes nothing.",
     NEEDS_TEST_SERVICE, behind_the_end, NULL},
    {"grpc/deadline/no-data-afterwards", "GRPC-DL-015",
     "After the deadline no more responses are sent.",
     NEEDS_TEST_SERVICE, no_data_after_deadline, NULL},
};
/* clang-format on */

const struct case_list deadline_cases = {cases, ARRAY_LEN(cases)};
