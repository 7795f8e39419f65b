/* SPDX-License-Identifier: MIT
 *
 * Layer "legal": nothing is wrong, and everything is odd: how it is coded, cut, padded, interleaved. The answer
 * must be exactly the right one. */
#include "fuzz/common.h"

/* ---- calls of each type: begun, and what must come ------------------------------------------- */

static void empty(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    uint32_t stream = make_empty_call(m);
    must_be_ok(m, stream);
    must_serve(m);
}

static void empty_service(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    uint32_t stream = make_empty_call(m);
    (void)expect_step(m, STEP_EXPECT_REPLY, stream, 0);
    (void)expect_step(m, STEP_EXPECT_NO_MORE, stream, 0);
    must_be_ok(m, stream);
    must_serve(m);
}

static uint32_t make_unary(struct maker *m, uint32_t response, uint32_t payload)
{
    struct buf message = {0};
    pb_put_simple_request(&message,
                          TESTING_REQUEST(.response_size = response, .payload_size = payload));
    uint32_t stream = make_call(m, UNARY_CALL);
    make_noise(m);
    make_message(m, stream, 0, buf_view(&message), FLAG_END_STREAM);
    buf_clear(&message);
    return stream;
}

static uint32_t draw_size(struct maker *m)
{
    static const uint32_t edges[] = {0, 1, 126, 127, 128, 16372, 16379, 16384};
    if (draw_chance(&m->draw, 40))
        return edges[draw_below(&m->draw, ARRAY_LEN(edges))];
    return draw_below(&m->draw, draw_chance(&m->draw, 70) ? 1000 : 20000);
}

static void unary(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    uint32_t size = draw_size(m);
    uint32_t stream = make_unary(m, size, draw_below(&m->draw, 12000));
    (void)expect_step(m, STEP_EXPECT_REPLY, stream, size);
    (void)expect_step(m, STEP_EXPECT_NO_MORE, stream, 0);
    must_be_ok(m, stream);
    must_serve(m);
}

static void status(struct maker *m, const struct fault *fault)
{
    static const char *const texts[] = {
        "",        "plain", "100%",   "a b", "line\nbreak", "\xc3\xa9t\xc3\xa9 \xe2\x98\xba",
        "tab\t\r", "%41",   "~tilde", "\x7f"};
    struct buf message = {0};
    (void)fault;
    begin_case(m);
    const char *text = texts[draw_below(&m->draw, ARRAY_LEN(texts))];
    uint32_t code = draw_between(&m->draw, 1, 16);
    bool streams = draw_chance(&m->draw, 40);
    struct testing_request request = TESTING_REQUEST(.has_status = true, .status_code = (int)code,
                                                     .status_message = text);
    if (streams)
        pb_put_streaming_request(&message, request, NULL, 0);
    else
        pb_put_simple_request(&message, request);
    uint32_t stream = make_call(m, streams ? FULL_DUPLEX_CALL : UNARY_CALL);
    make_message(m, stream, 0, buf_view(&message), FLAG_END_STREAM);
    const struct outcome outcomes[] = {{OUTCOME_STATUS, code, false, NULL}, {.kind = OUTCOME_END}};
    may_end(m, stream, outcomes);
    buf_put_str(&expect_step(m, STEP_EXPECT_STATUS_MESSAGE, stream, 0)->octets, text);
    must_serve(m);
    buf_clear(&message);
}

static void server_streaming(struct maker *m, const struct fault *fault)
{
    struct response_parameters wanted[6];
    struct buf message = {0};
    (void)fault;
    begin_case(m);
    size_t count = draw_below(&m->draw, 7);
    for (size_t i = 0; i < count; i++)
        wanted[i] = (struct response_parameters){.size = draw_size(m), .compressed = -1};
    pb_put_streaming_request(&message, TESTING_REQUEST(.payload_size = 0), wanted, count);
    uint32_t stream = make_call(m, STREAMING_OUTPUT_CALL);
    make_message(m, stream, 0, buf_view(&message), FLAG_END_STREAM);
    for (size_t i = 0; i < count; i++)
        (void)expect_step(m, STEP_EXPECT_REPLY, stream, (int64_t)wanted[i].size);
    (void)expect_step(m, STEP_EXPECT_NO_MORE, stream, 0);
    must_be_ok(m, stream);
    must_serve(m);
    buf_clear(&message);
}

static void client_streaming(struct maker *m, const struct fault *fault)
{
    struct buf data = {0};
    (void)fault;
    begin_case(m);
    int64_t sum = 0;
    uint32_t stream = make_call(m, STREAMING_INPUT_CALL);
    for (size_t i = draw_below(&m->draw, 8); i > 0; i--) {
        struct buf message = {0};
        uint32_t size = draw_below(&m->draw, 2000);
        pb_put_input_request(&message, size, -1);
        put_message_prefix(&data, 0, (uint32_t)message.len);
        buf_put(&data, buf_view(&message));
        sum += size;
        buf_clear(&message);
    }
    make_data(m, stream, buf_view(&data), FLAG_END_STREAM);
    (void)expect_step(m, STEP_EXPECT_SUM, stream, sum);
    must_be_ok(m, stream);
    must_serve(m);
    buf_clear(&data);
}

/* Answers are awaited between requests. */
static void duplex(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    uint32_t stream = make_call(m, FULL_DUPLEX_CALL);
    uint32_t rounds = draw_between(&m->draw, 1, 4);
    for (uint32_t i = 0; i < rounds; i++) {
        struct buf message = {0};
        struct response_parameters wanted = {.size = draw_size(m), .compressed = -1};
        pb_put_streaming_request(
            &message, TESTING_REQUEST(.payload_size = draw_below(&m->draw, 500)), &wanted, 1);
        make_message(m, stream, 0, buf_view(&message), i + 1 == rounds ? FLAG_END_STREAM : 0);
        (void)expect_step(m, STEP_EXPECT_REPLY, stream, (int64_t)wanted.size);
        buf_clear(&message);
    }
    must_be_ok(m, stream);
    must_serve(m);
}

/* Several calls whose frames are mixed. */
static void interleaved(struct maker *m, const struct fault *fault)
{
    uint32_t streams[8], sizes[8];
    size_t left[8];
    struct buf data[8] = {{0}};
    (void)fault;
    begin_case(m);
    size_t count = draw_between(&m->draw, 2, 8);
    for (size_t i = 0; i < count; i++) {
        struct buf message = {0};
        sizes[i] = draw_below(&m->draw, 3000);
        pb_put_simple_request(&message, TESTING_REQUEST(.response_size = sizes[i],
                                                        .payload_size = draw_below(&m->draw, 500)));
        put_message_prefix(&data[i], 0, (uint32_t)message.len);
        buf_put(&data[i], buf_view(&message));
        left[i] = data[i].len;
        streams[i] = make_call(m, UNARY_CALL);
        buf_clear(&message);
    }
    for (size_t open = count; open > 0;) {
        size_t i = draw_below(&m->draw, (uint32_t)count);
        if (left[i] == 0)
            continue;
        size_t piece = draw_between(&m->draw, 1, (uint32_t)left[i]);
        struct bytes rest = bytes_skip(buf_view(&data[i]), data[i].len - left[i]);
        left[i] -= piece;
        (void)make_frame(m, FRAME_DATA, left[i] == 0 ? FLAG_END_STREAM : 0, streams[i],
                         bytes_first(rest, piece));
        open -= left[i] == 0;
        make_noise(m);
    }
    for (size_t i = 0; i < count; i++) {
        (void)expect_step(m, STEP_EXPECT_REPLY, streams[i], sizes[i]);
        must_be_ok(m, streams[i]);
        buf_clear(&data[i]);
    }
    must_serve(m);
}

/* One call after the other: tables and windows carry over. */
static void many(struct maker *m, const struct fault *fault)
{
    (void)fault;
    make_open(m);
    for (uint32_t i = draw_between(&m->draw, 10, 60); i > 0; i--)
        must_be_ok(m, make_empty_call(m));
    must_serve(m);
}

#define F(name, clauses, wrong, make, service)                                                     \
    {                                                                                              \
        "legal/" name, clauses, wrong, make, NULL, service                                         \
    }
static const struct fault faults[] = {
    F("plain", "H2-PREFACE-008 GRPC-CALL-011", "any call", empty, false),
    F("empty", "GRPC-MSG-003 GRPC-CALL-001", "an empty message", empty_service, true),
    F("unary", "GRPC-CALL-001 GRPC-MSG-001", "a unary call", unary, true),
    F("status", "GRPC-STAT-008 GRPC-STAT-009 GRPC-STAT-003", "a status with its message", status,
      true),
    F("server-streaming", "GRPC-CALL-002 GRPC-MSG-012", "a call with a stream of responses",
      server_streaming, true),
    F("client-streaming", "GRPC-CALL-003 GRPC-MSG-002", "a call with a stream of requests",
      client_streaming, true),
    F("duplex", "GRPC-CALL-005", "a call with streams in both directions", duplex, true),
    F("interleaved", "H2-STREAM-020 GRPC-CALL-019", "calls side by side, their frames mixed",
      interleaved, true),
    F("many", "HPACK-015 GRPC-CALL-019", "one call after the other", many, false),
};
const struct fault_list legal_faults = ROWS(faults);
