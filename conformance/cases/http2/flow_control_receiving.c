/* SPDX-License-Identifier: MIT
 *
 * Flow control where the target receives (RFC 9113 5.2, 6.9): what it gives windows back for, when it does not,
 * and what it does about DATA beyond them. Where it sends is in flow_control.c. */
#include "cases/cases.h"
#include "cases/http2/common.h"

/* Append a StreamingInputCallRequest of so much payload, with its prefix. */
static void put_upload(struct buf *out, size_t payload)
{
    struct buf request = {0};

    pb_put_input_request(&request, payload, -1);
    put_message_prefix(out, 0, (uint32_t)request.len);
    buf_put(out, buf_view(&request));
    buf_clear(&request);
}

static struct call *begin_upload_on(struct conn *conn)
{
    struct call *call = new_call_on(conn, STREAMING_INPUT_CALL);

    send_request_headers(call, NO_EDITS, 0);
    return call;
}

static void end_upload(struct call *call, int64_t payload)
{
    struct message answer;

    half_close(call);
    answer = next_message(call);
    expect_status(call, GRPC_OK);
    expect(call->conn->t, pb_aggregated_size(answer.payload) == payload, "every octet sent arrives",
           "%lld octets of payload arrived of %lld", (long long)pb_aggregated_size(answer.payload),
           (long long)payload);
}

/* send_data waits for the windows, so a target that does not give them back lets the case run out of patience. */
static void upload(struct conn *conn, size_t payload, size_t messages)
{
    struct call *call = begin_upload_on(conn);
    struct buf message = {0};

    put_upload(&message, payload);
    for (size_t i = 0; i < messages; i++)
        send_data(call, buf_view(&message), 0);
    end_upload(call, (int64_t)(payload * messages));
    buf_clear(&message);
}

static void upload_larger_than_the_windows(struct test *t)
{
    struct conn *conn = main_connection(t);

    upload(conn, 100000, 40);
    expect_connection_still_serves(conn);
}

/* One message that is itself larger than the windows: the target must give them back before it has all of it. */
static void message_larger_than_the_windows(struct test *t)
{
    struct conn *conn = main_connection(t);

    upload(conn, 2000000, 1);
    expect_connection_still_serves(conn);
}

static void padding_is_given_back(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = begin_upload_on(conn);
    struct buf message = {0};

    put_upload(&message, 20000);
    for (size_t at = 0; at < message.len; at += 20)
        send_padded_data(call, bytes_first(bytes_skip(buf_view(&message), at), 20), 255, 0);
    end_upload(call, 20000);
    expect_connection_still_serves(conn);
    buf_clear(&message);
}

static void empty_data_ends_a_request(struct test *t)
{
    struct call *call = open_call(t);

    send_data(call, NO_BYTES, 0);
    send_message(call, 0, NO_BYTES, 0);
    send_data(call, NO_BYTES, 0);
    half_close(call);
    expect_answer(call);
    expect_connection_still_serves(call->conn);
}

#define LATE_FRAME       16000
#define LATE_STREAM_MAX  (1 << 20)
#define LATE_STREAMS_MAX 20 /* some servers take more resets for an attack */

static bool has_room_for_frame(const struct conn *conn, const void *arg)
{
    const struct bytes *frame = arg;
    return conn->send_window >= (int64_t)frame->len || conn->goaways > 0;
}

/* A DATA frame that is the connection window's matter only. returns false when it cannot go */
static bool send_late_frame(struct call *call, uint8_t flags, struct bytes frame)
{
    bool room = wait_until(call->conn, has_room_for_frame, &frame);

    expect(call->conn->t, room, "the connection window is given back for DATA that nobody reads",
           "%lld octets are left of it", (long long)call->conn->send_window);
    if (!room || call->conn->goaways > 0)
        return false;
    send_frame(call->conn, FRAME_DATA, flags, call->stream, frame);
    return true;
}

/* DATA on a stream that the target has no more use for, as much as its window allows; keeps to the connection window.
 * returns how many octets */
static int64_t send_late_data(struct call *call, uint8_t flags, struct bytes frame)
{
    int64_t allowed = call->send_window < LATE_STREAM_MAX ? call->send_window : LATE_STREAM_MAX;
    int64_t len = (int64_t)frame.len, sent = 0;

    while (sent + len <= allowed && !test_is_over(call->conn->t) &&
           send_late_frame(call, flags, frame))
        sent += len;
    return sent;
}

/* The connection, for megabytes in thousands of frames: a write for each octet of them would take its time. */
static struct conn *connection_to_fill(struct test *t)
{
    if (t->segmentation == SEGMENT_BYTE)
        t->segmentation = SEGMENT_FRAME;
    return main_connection(t);
}

/* owed: how much more DATA it would have taken to use the connection window up, were none of it given back. */
static void expect_window_for_upload(struct conn *conn, int64_t owed)
{
    bool over = conn->goaways > 0 || conn->closed != NOT_CLOSED;

    if (owed > 0 && !over)
        test_skip(conn->t, "the target's connection window is wider than this case uses up");
    if (over) { /* DATA on a closed stream may be a connection error, and so may any stream error */
        expect_target_still_serves(conn->t);
        return;
    }
    upload(conn, 100000, 2);
    expect_connection_still_serves(conn);
}

/* More late DATA than the connection window was wide at first: were none of it given back, the next call would wait
 * for ever. begin: a call of which the target wants no more DATA. */
static void late_data_is_given_back(struct test *t, struct call *(*begin)(struct conn *conn),
                                    uint8_t flags, struct bytes frame)
{
    struct conn *conn = connection_to_fill(t);
    int64_t owed = conn->send_window + DEFAULT_WINDOW;

    for (int i = 0; i < LATE_STREAMS_MAX && owed > 0 && conn->goaways == 0 && !test_is_over(t); i++)
        owed -= send_late_data(begin(conn), flags, frame);
    expect_window_for_upload(conn, owed);
}

static struct call *begin_and_be_refused(struct conn *conn)
{
    struct call *call = new_call_on(conn, UNIMPLEMENTED_CALL);

    send_request_headers(call, NO_EDITS, 0);
    for (int i = 0; i < 10 && !call_has_all(call); i++)
        expect_call_works(conn);
    return call;
}

static void data_of_closed_streams_is_given_back(struct test *t,
                                                 struct call *(*begin)(struct conn *conn))
{
    struct buf late = {0};

    put_fill(&late, 0, LATE_FRAME);
    late_data_is_given_back(t, begin, 0, buf_view(&late));
    buf_clear(&late);
}

static void data_of_reset_streams_is_given_back(struct test *t)
{
    data_of_closed_streams_is_given_back(t, open_and_cancel);
}

static void data_of_refused_calls_is_given_back(struct test *t)
{
    data_of_closed_streams_is_given_back(t, begin_and_be_refused);
}

/* Frames of two octets and 255 of padding. */
static void late_padding_is_given_back(struct test *t)
{
    struct buf late = {0};

    buf_put_u8(&late, 255);
    put_fill(&late, 0, 2 + 255);
    late_data_is_given_back(t, open_and_cancel, FLAG_PADDED, buf_view(&late));
    buf_clear(&late);
}

enum cut { CUT_BY_RESET, CUT_BY_END_STREAM, CUT_BY_LENGTH };

/* The beginning of a message of 3 MiB, as much as the stream's window takes at once, and the end of its call. Or a
 * request that is longer than it has said, which servers may overlook. returns how many octets */
static int64_t send_part(struct conn *conn, enum cut cut)
{
    bool length = cut == CUT_BY_LENGTH;
    struct call *call = new_call_on(conn, STREAMING_INPUT_CALL);
    struct buf part = {0};
    int64_t sent = LATE_FRAME;

    send_request_headers(call, length ? EDITS({EDIT_ADD, "content-length", OCTETS("1")}) : NO_EDITS,
                         0);
    put_message_prefix(&part, 0, 3 << 20);
    put_fill(&part, 0, LATE_FRAME - part.len);
    if (length)
        send_late_frame(call, FLAG_END_STREAM, buf_view(&part));
    else
        sent = send_late_data(call, 0, buf_view(&part));
    if (!connection_goes_on(call)) /* it has read all that */
        sent = 0;
    else
        expect_call_works(conn);
    if (cut == CUT_BY_RESET)
        cancel_call(call);
    else if (cut == CUT_BY_END_STREAM)
        half_close(call);
    if (cut != CUT_BY_RESET)
        wait_for_all(call);
    buf_clear(&part);
    return sent;
}

/* What was read for nothing, as no message came of it, takes no window for good. */
static void cut_messages_are_given_back(struct test *t)
{
    struct conn *conn = connection_to_fill(t);
    int64_t owed = conn->send_window + DEFAULT_WINDOW;

    for (int i = 0; i < LATE_STREAMS_MAX && owed > 0 && conn->goaways == 0 &&
                    conn->closed == NOT_CLOSED && !test_is_over(t);
         i++)
        owed -= send_part(conn, *(const enum cut *)t->arg);
    expect_window_for_upload(conn, owed);
}

static bool has_window_for(const struct call *call, size_t octets)
{
    return call->send_window >= (int64_t)octets && call->conn->send_window >= (int64_t)octets;
}

/* Whether there is window for so much, if need be after further round trips, as long as each brings some. */
static bool gives_window_for(struct call *call, size_t octets)
{
    int64_t before = -1;

    while (!has_window_for(call, octets) && call->send_window > before &&
           !test_is_over(call->conn->t)) {
        before = call->send_window;
        expect_status(send_unary_on(call->conn, UNIMPLEMENTED_CALL, NO_BYTES), GRPC_UNIMPLEMENTED);
    }
    return has_window_for(call, octets);
}

#define ACCEPTED_MAX (32 << 20)

/* A handler that cannot write stops reading, and so must the window: what the target holds stays bounded. */
static void a_stuck_handler_stops_the_window(struct test *t)
{
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));
    struct call *call = new_call_on(conn, FULL_DUPLEX_CALL);
    struct buf request = {0};
    size_t sent = 0, length;

    pb_put_streaming_request(&request, TESTING_REQUEST(.payload_size = 16000),
                             &(struct response_parameters){.size = 16000}, 1);
    length = request.len + 5;
    send_request_headers(call, NO_EDITS, 0);
    for (; sent < ACCEPTED_MAX && gives_window_for(call, length); sent += length)
        send_message(call, 0, buf_view(&request), 0);
    if (!test_is_over(t) && sent >= ACCEPTED_MAX) /* no document says how much is too much */
        test_lenient(t, HERE, "no more stream window while the handler is stuck",
                     "%zu octets were accepted", sent);
    cancel_call(call);
    open_windows(conn);
    expect_connection_still_serves(conn);
    buf_clear(&request);
}

static const struct outcome refused_or_tolerated[] = {
    RESET(H2_FLOW_CONTROL_ERROR),
    GOAWAY(H2_FLOW_CONTROL_ERROR),
    IGNORED,
    LENIENT_ANY_ERROR("a gRPC status in place of FLOW_CONTROL_ERROR"),
    {OUTCOME_GOAWAY, H2_PROTOCOL_ERROR, true, "a connection error of another code"},
    {OUTCOME_GOAWAY, H2_INTERNAL_ERROR, true, "a connection error of another code"},
    {OUTCOME_ANY_RESET, 0, true, "a stream error of another code"},
    {OUTCOME_CLOSE, 0, true,
     "a GOAWAY with the code SHOULD come before the close (RFC 9113 5.4.1)"},
    {.kind = OUTCOME_END},
};

/* Never complete, and below the usual limit of 4 MiB, so that it is not refused for its size. */
#define OVERRUN_MESSAGE 4000000
#define OVERRUN         200000

/* DATA of one message, so much that a window of the call or the connection does not hold it. */
static void overrun(struct call *call)
{
    struct conn *conn = call->conn;
    struct buf data = {0};
    int64_t wider = call->send_window > conn->send_window ? call->send_window : conn->send_window;

    if (wider + OVERRUN >= OVERRUN_MESSAGE)
        test_skip(conn->t, "the target's windows are wider than this case overruns");
    conn->obey_windows = false;
    put_message_prefix(&data, 0, OVERRUN_MESSAGE);
    send_frame(conn, FRAME_DATA, 0, call->stream, buf_view(&data));
    put_fill(&data, 0, DEFAULT_MAX_FRAME_SIZE - data.len);
    for (int64_t sent = 0; sent < wider + OVERRUN; sent += DEFAULT_MAX_FRAME_SIZE)
        send_frame(conn, FRAME_DATA, 0, call->stream, buf_view(&data));
    buf_clear(&data);
}

static void stream_window_is_overrun(struct test *t)
{
    struct call *call = open_call(t);

    overrun(call);
    expect_outcome(call, refused_or_tolerated);
    test_note(t, "DATA beyond the window: %s",
              call->reset || call->conn->goaways ? "refused" : "tolerated or refused by a status");
    expect_target_still_serves(t);
}

static bool is_answered_or_ended(const struct conn *conn, const void *arg)
{
    (void)arg;
    return conn->ping_acks > 0 || conn->goaways > 0 || conn->closed != NOT_CLOSED;
}

/* Where a reset meets a window that is given back, it takes many of them to see it, on connections that are new. */
static void overrun_again_and_again(struct test *t)
{
    struct call *calls[24];
    size_t refused = 0, behind = 0;
    size_t count = t->segmentation == SEGMENT_BYTE ? 3 : ARRAY_LEN(calls); /* that takes its time */

    for (size_t i = 0; i < count; i++) {
        calls[i] = open_call_on(connect_h2(t));
        overrun(calls[i]);
        send_ping(calls[i]->conn, (const uint8_t *)"all read", 0);
        pass_time(calls[i]->conn, 0);
    }
    for (size_t i = 0; i < count; i++) {
        bool came = wait_until(calls[i]->conn, is_answered_or_ended, NULL);
        expect(t, came, "an answer to the PING behind the DATA, or the end of the connection",
               "neither");
        refused += calls[i]->reset || calls[i]->conn->goaways > 0;
        const struct transcript_entry *last = &t->transcript.entries[calls[i]->last_entry];
        behind += calls[i]->reset && last->frame.type != FRAME_RST_STREAM;
    }
    expect(t, behind == 0, "nothing on a stream behind its RST_STREAM", "frames on %zu streams",
           behind);
    test_note(t, "%zu of %zu streams were refused", refused, count);
    expect_target_still_serves(t);
}

static const struct test_case cases[] = {
    {"http2/flow-control/upload-larger-than-the-windows", "H2-FLOW-018",
     "A server that reads gives back its windows, so that 4 MB arrive.", NEEDS_TEST_SERVICE,
     upload_larger_than_the_windows, NULL},
    {"http2/flow-control/message-larger-than-the-windows", "H2-FLOW-018",
     "One message of 2 MB arrives, though it is larger than the windows.", NEEDS_TEST_SERVICE,
     message_larger_than_the_windows, NULL},
    {"http2/flow-control/padding-given-back", "H2-FLOW-016",
     "Windows are given back for padding too.", NEEDS_TEST_SERVICE, padding_is_given_back, NULL},
    {"http2/flow-control/empty-data", "H2-FLOW-005",
     "Empty DATA is accepted, and with END_STREAM ends a request.", NEEDS_TRANSPORT,
     empty_data_ends_a_request, NULL},
    {"http2/flow-control/data-of-reset-streams-given-back", "H2-FLOW-017 H2-STREAM-013",
     "DATA that comes for reset streams is given back to the connection window.",
     NEEDS_TEST_SERVICE, data_of_reset_streams_is_given_back, NULL},
    {"http2/flow-control/data-of-refused-calls-given-back", "H2-FLOW-017",
     "DATA that comes for calls already refused is given back to the connection window.",
     NEEDS_TEST_SERVICE, data_of_refused_calls_is_given_back, NULL},
    {"http2/flow-control/late-padding-given-back", "H2-FLOW-017 H2-FLOW-016",
     "Padding that comes for reset streams is given back to the connection window.",
     NEEDS_TEST_SERVICE, late_padding_is_given_back, NULL},
    {"http2/flow-control/reset-messages-given-back", "H2-FLOW-017",
     "The beginnings of messages whose calls are reset are given back to the connection window.",
     NEEDS_TEST_SERVICE, cut_messages_are_given_back, &(const enum cut){CUT_BY_RESET}},
    {"http2/flow-control/truncated-messages-given-back", "H2-FLOW-017",
     "The beginnings of messages whose requests end are given back to the connection window.",
     NEEDS_TEST_SERVICE, cut_messages_are_given_back, &(const enum cut){CUT_BY_END_STREAM}},
    {"http2/flow-control/malformed-requests-given-back", "H2-FLOW-017 H2-STREAM-013",
     "DATA that makes its request malformed is given back to the connection window.",
     NEEDS_TEST_SERVICE, cut_messages_are_given_back, &(const enum cut){CUT_BY_LENGTH}},
    {"http2/flow-control/stuck-handler", "H2-FLOW-020",
     "A server whose handler cannot write gives no more stream window for its requests.",
     NEEDS_TEST_SERVICE, a_stuck_handler_stops_the_window, NULL},
    {"http2/flow-control/stream-window-overrun", "H2-FLOW-014 H2-FLOW-015",
     "DATA beyond the windows is refused or tolerated, and the server goes on.", NEEDS_TEST_SERVICE,
     stream_window_is_overrun, NULL},
    {"http2/flow-control/stream-window-overrun-again", "H2-STREAM-018 H2-FLOW-014",
     "Streams on 24 connections overrun their windows; what is refused is over then.",
     NEEDS_TEST_SERVICE, overrun_again_and_again, NULL},
};
const struct case_list flow_control_receiving_cases = {cases, ARRAY_LEN(cases)};
