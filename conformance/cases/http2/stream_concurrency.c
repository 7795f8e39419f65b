/* SPDX-License-Identifier: MIT
 *
 * Streams side by side (RFC 9113 5.1.2, 5.4.2): how many there may be at once, that their octets stay apart, and that
 * an error of one is no matter of the others. */
#include "cases/cases.h"
#include "cases/http2/common.h"

#define HELD_MAX 1000
#define FEW      3

/* The target's limit, or 0 (and SKIP) when it has none that can be reached here. */
static uint32_t reachable_limit(struct conn *conn)
{
    uint32_t limit = conn->their_settings[SETTING_MAX_CONCURRENT_STREAMS];

    if (test_is_over(conn->t))
        return 0;
    if (conn->their_setting_seen[SETTING_MAX_CONCURRENT_STREAMS] && limit > 0 && limit <= HELD_MAX)
        return limit;
    test_skip(conn->t, "the target announces no limit of concurrent streams, or one above %d",
              HELD_MAX);
    return 0;
}

static void hold_streams(struct conn *conn, uint32_t count, struct call **first)
{
    *first = NULL;
    for (uint32_t i = 0; i < count; i++) {
        struct call *call = open_call_on(conn);
        if (*first == NULL)
            *first = call;
    }
    expect_ping_answer(conn);
}

#define CONNECTION_LOST "a connection error for a stream's fault"

static void concurrency_limit_is_enforced(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *first, *extra;

    hold_streams(conn, reachable_limit(conn), &first);
    extra = send_unary_on(conn, EMPTY_CALL, NO_BYTES);
    expect_outcome(extra,
                   ONE_OF(RESET(H2_REFUSED_STREAM), RESET(H2_PROTOCOL_ERROR),
                          LENIENT_RESET(H2_ENHANCE_YOUR_CALM, "a stream error of another code"),
                          LENIENT_GOAWAY(H2_PROTOCOL_ERROR, CONNECTION_LOST),
                          LENIENT_GOAWAY(H2_REFUSED_STREAM, CONNECTION_LOST),
                          LENIENT_GOAWAY(H2_ENHANCE_YOUR_CALM, CONNECTION_LOST), LENIENT_CLOSE));
    if (conn->goaways > 0 || conn->closed != NOT_CLOSED) {
        expect_target_still_serves(t);
        return;
    }
    if (first != NULL)
        complete_call(first);
    expect_nothing_closed(conn);
}

static void closing_frees_a_slot(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *first;

    hold_streams(conn, reachable_limit(conn), &first);
    if (first != NULL)
        complete_call(first);
    expect_call_works(conn);
    expect_nothing_closed(conn);
}

static bool has_failed(const struct conn *conn, const void *arg)
{
    const struct call *call = arg;
    return call->reset || call->remote_closed || conn->goaways > 0 || conn->closed != NOT_CLOSED;
}

/* Ways in which a stream ends before its time. returns a stream that has ended so */
static struct call *end_by_content_type(struct conn *conn)
{
    struct call *call = new_call_on(conn, EMPTY_CALL);

    send_request_headers(call, EDITS({EDIT_SET, "content-type", OCTETS("text/plain")}), 0);
    wait_until(conn, has_failed, call);
    cancel_call(call); /* for servers that do not look at it, or leave the stream half open */
    return call;
}

static struct call *end_by_deadline(struct conn *conn)
{
    struct call *call = new_call_on(conn, FULL_DUPLEX_CALL);

    send_request_headers(call, EDITS({EDIT_ADD, "grpc-timeout", OCTETS("20m")}), 0);
    wait_until(conn, has_failed, call);
    if (!call->reset && !call->remote_closed)
        cancel_call(call);
    return call;
}

static struct call *end_by_refusal(struct conn *conn)
{
    struct call *held[FEW], *extra;

    for (size_t i = 0; i < FEW; i++)
        held[i] = open_call_on(conn);
    extra = send_unary_on(conn, EMPTY_CALL, NO_BYTES);
    wait_until(conn, has_failed, extra);
    for (size_t i = 0; i < FEW; i++)
        cancel_call(held[i]);
    return extra;
}

static struct call *end_by_malformed_request(struct conn *conn)
{
    struct call *call = new_call_on(conn, EMPTY_CALL);

    send_request_headers(call, EDITS({EDIT_ADD, "connection", OCTETS("keep-alive")}),
                         FLAG_END_STREAM);
    wait_until(conn, has_failed, call);
    return call;
}

/* There is room for a few more streams. Each way of ending one is gone as often, and a call must still find a place.
 * Where an error of a stream ends the connection, the rest is left out. */
static void each_end_frees_a_slot(struct test *t)
{
    static struct call *(*const ends[])(struct conn * conn) = {open_and_cancel, end_by_content_type,
                                                               end_by_deadline, end_by_refusal,
                                                               end_by_malformed_request};
    struct conn *conn = main_connection(t);
    uint32_t limit = reachable_limit(conn);
    struct call *first;

    if (limit <= FEW)
        return;
    hold_streams(conn, limit - FEW, &first);
    for (size_t i = 0; i < ARRAY_LEN(ends) * FEW && !test_is_over(t); i++) {
        if (!connection_goes_on(ends[i / FEW](conn))) {
            test_note(t, "the connection ended with an error of a stream");
            expect_target_still_serves(t);
            return;
        }
        expect_call_works(conn);
    }
    expect_nothing_closed(conn);
}

/* No more than a server with a small pool of threads allows. Ended in the reverse of the order they began in. */
static void concurrent_calls(struct test *t)
{
    struct call *calls[8];

    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        calls[i] = open_call(t);
    for (size_t i = ARRAY_LEN(calls); i > 0; i--)
        complete_call(calls[i - 1]);
    expect_connection_still_serves(main_connection(t));
}

struct upload {
    struct call *call;
    struct buf message;
    size_t payload;
};

static void begin_upload(struct test *t, struct upload *upload, size_t payload)
{
    struct buf request = {0};

    upload->payload = payload;
    upload->call = new_call(t, STREAMING_INPUT_CALL);
    pb_put_input_request(&request, payload, -1);
    put_message_prefix(&upload->message, 0, (uint32_t)request.len);
    buf_put(&upload->message, buf_view(&request));
    send_request_headers(upload->call, NO_EDITS, 0);
    buf_clear(&request);
}

static void end_upload(struct test *t, struct upload *upload)
{
    struct message answer;

    half_close(upload->call);
    answer = next_message(upload->call);
    expect_status(upload->call, GRPC_OK);
    expect(t, pb_aggregated_size(answer.payload) == (int64_t)upload->payload,
           "each stream gets its own octets", "%lld octets of payload where %zu were sent",
           (long long)pb_aggregated_size(answer.payload), upload->payload);
    buf_clear(&upload->message);
}

/* Several uploads, an octet of each in turn. */
static void interleaved_streams(struct test *t)
{
    struct upload uploads[8] = {{0}};

    for (size_t i = 0; i < ARRAY_LEN(uploads); i++)
        begin_upload(t, &uploads[i], 10 + i);
    for (size_t at = 0; at < 64; at++)
        for (size_t i = 0; i < ARRAY_LEN(uploads); i++)
            if (at < uploads[i].message.len)
                send_data(uploads[i].call, bytes_of(uploads[i].message.data + at, 1), 0);
    for (size_t i = 0; i < ARRAY_LEN(uploads); i++)
        end_upload(t, &uploads[i]);
    expect_connection_still_serves(main_connection(t));
}

/* A stream error beside a call that is in the middle of its request and one that waits for a window. RFC 9113 5.4.1
 * lets it be an error of the connection; then the others are lost with it. */
static void a_stream_error_is_local(struct test *t)
{
    struct call *blocked = blocked_call(t, 1000);
    struct conn *conn = blocked->conn;
    struct call *open = open_call_on(conn);
    struct call *bad = new_call_on(conn, EMPTY_CALL);

    send_request_headers(bad, EDITS({EDIT_ADD, "connection", OCTETS("keep-alive")}),
                         FLAG_END_STREAM);
    wait_until(conn, has_failed, bad);
    if (!connection_goes_on(bad)) {
        test_lenient(t, HERE, "an error of a stream", "a connection error for a stream's fault");
        expect_target_still_serves(t);
        return;
    }
    release_call(blocked);
    complete_call(open);
    expect_connection_still_serves(conn);
}

static const struct test_case cases[] = {
    {"http2/streams/concurrency-limit-enforced", "H2-STREAM-015",
     "A stream above the announced limit is refused, and only that one.", NEEDS_TEST_SERVICE,
     concurrency_limit_is_enforced, NULL},
    {"http2/streams/closing-frees-a-slot", "H2-STREAM-016",
     "At the limit, the end of one stream makes room for another.", NEEDS_TEST_SERVICE,
     closing_frees_a_slot, NULL},
    {"http2/streams/each-end-frees-a-slot", "H2-STREAM-016",
     "Near the limit, streams that are reset, refused, malformed or too late make room again.",
     NEEDS_TEST_SERVICE, each_end_frees_a_slot, NULL},
    {"http2/streams/concurrent-calls", "H2-STREAM-020",
     "Eight calls open at once all end, in any order.", NEEDS_TRANSPORT, concurrent_calls, NULL},
    {"http2/streams/interleaved", "H2-STREAM-020",
     "Streams whose DATA comes octet by octet in turn stay apart.", NEEDS_TEST_SERVICE,
     interleaved_streams, NULL},
    {"http2/streams/error-is-local", "H2-STREAM-021",
     "A stream error leaves the other streams alone.", NEEDS_TEST_SERVICE, a_stream_error_is_local,
     NULL},
};
const struct case_list stream_concurrency_cases = {cases, ARRAY_LEN(cases)};
