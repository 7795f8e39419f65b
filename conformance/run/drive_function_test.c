/* SPDX-License-Identifier: MIT
 *
 * The server's half of the peer against a client that is a function on a thread: a very small client, correct or with
 * one fault, and the verdicts that it earns. */
#include "base/test.h"

#include "peer/client.h"
#include "run/drive_function.h"
#include "run/run.h"

#include <stdio.h>

/* ---- a client ---- */

enum fault {
    CORRECT,
    NEVER_CONNECTS,
    NEVER_REPORTS,
    PLAYS_DEAD,
    BAD_PREFACE,
    DEAF,
    BLIND,
    HALF_A_REQUEST
};

struct little {
    struct function_client *self;
    enum fault fault;
    struct transport *transport;
    struct buf in;
    struct hpack_decoder *decoder;
    uint32_t stream;
    size_t index;
    bool ended, offended;
    uint32_t status;
};

static void say(struct little *little, uint8_t type, uint8_t flags, uint32_t stream,
                struct bytes payload)
{
    struct buf out = {0};
    frame_put(&out, &(struct frame){type, flags, false, stream, payload});
    (void)transport_write(little->transport, buf_view(&out), clock_now_ns() + NS_PER_S);
    buf_clear(&out);
}

static void begin_call(struct little *little, const struct client_call *call)
{
    struct hpack_encoder *encoder = hpack_encoder_new(0);
    struct buf block = {0};
    const struct field fields[] = {FIELD(":method", "POST"),
                                   FIELD(":scheme", "http"),
                                   {BYTES(":path"), bytes_str(call->path)},
                                   FIELD(":authority", "localhost"),
                                   FIELD("te", "trailers"),
                                   FIELD("content-type", "application/grpc"),
                                   FIELD("user-agent", "grpc-little/1")};
    hpack_encode(encoder, fields, ARRAY_LEN(fields), &block);
    little->stream += little->stream ? 2 : 1;
    little->ended = false;
    little->status = GRPC_UNKNOWN;
    say(little, FRAME_HEADERS, FLAG_END_HEADERS, little->stream, buf_view(&block));
    say(little, FRAME_DATA, little->fault == HALF_A_REQUEST ? 0 : FLAG_END_STREAM, little->stream,
        BYTES("\0\0\0\0\0"));
    buf_clear(&block);
    hpack_encoder_free(encoder);
}

static void hear_headers(struct little *little, const struct frame *frame)
{
    struct header_list list = {0};
    (void)hpack_decode(little->decoder, frame->payload, &list);
    const struct field *status = header_list_find(&list, "grpc-status");
    if (status && status->value.len > 0)
        little->status = (uint32_t)status->value.data[0] - '0';
    little->ended |= (frame->flags & FLAG_END_STREAM) != 0;
    header_list_clear(&list);
}

static void hear(struct little *little, const struct frame *frame)
{
    bool ack = (frame->flags & FLAG_ACK) != 0;
    bool deaf = little->fault == DEAF;
    if (frame->type == FRAME_SETTINGS && !ack)
        say(little, FRAME_SETTINGS, FLAG_ACK, 0, NO_BYTES);
    if (frame->type == FRAME_PING && frame->stream != 0 && little->fault != BLIND) {
        say(little, FRAME_GOAWAY, 0, 0, BYTES("\0\0\0\0\0\0\0\1"));
        little->ended = little->offended = true;
        little->status = GRPC_UNAVAILABLE;
    } else if (frame->type == FRAME_PING && !ack && !deaf) {
        say(little, FRAME_PING, FLAG_ACK, 0, frame->payload);
    }
    if (frame->type == FRAME_HEADERS)
        hear_headers(little, frame);
}

static bool listen_on(struct little *little)
{
    size_t got = 0;
    uint8_t *at = buf_reserve(&little->in, 4096);
    enum transport_result result = transport_read(little->transport, at, 4096, &got,
                                                  clock_now_ns() + 5 * NS_PER_MS);
    little->in.len += got;
    struct bytes rest = buf_view(&little->in);
    struct frame frame;
    while (frame_take(&rest, &frame))
        hear(little, &frame);
    buf_consume(&little->in, little->in.len - rest.len);
    return (result == TRANSPORT_OK || result == TRANSPORT_TIMEOUT) && !little->offended;
}

static void report(struct little *little)
{
    struct client_result result = {.kind = RESULT_REPORTED, .status = little->status};
    if (little->fault == PLAYS_DEAD) {
        result.kind = RESULT_DIED;
        buf_put_str(&result.how, "the client was killed by signal 11");
    }
    if (little->fault != NEVER_REPORTS)
        function_client_report(little->self, little->index, &result);
    client_result_clear(&result);
}

static void make_calls(struct little *little)
{
    const struct client_call *call;
    while ((call = function_client_next(little->self, TIME_NEVER, &little->index))) {
        begin_call(little, call);
        while (!little->ended && listen_on(little))
            ;
        if (!little->ended)
            little->status = GRPC_UNAVAILABLE;
        if (little->offended) {
            transport_free(little->transport);
            little->transport = NULL;
        }
        report(little);
        if (!little->transport)
            return;
    }
}

static bool connect_to_case(struct little *little)
{
    char why[256];
    struct endpoint endpoint = {.port = function_client_address(little->self)->port};
    (void)snprintf(endpoint.host, sizeof endpoint.host, "%s",
                   function_client_address(little->self)->host);
    little->transport = transport_connect(&endpoint, NULL, clock_now_ns() + NS_PER_S, why);
    if (!little->transport)
        return false;
    struct bytes preface = little->fault == BAD_PREFACE ? BYTES("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                                                        : CONNECTION_PREFACE;
    (void)transport_write(little->transport, preface, clock_now_ns() + NS_PER_S);
    say(little, FRAME_SETTINGS, 0, 0, NO_BYTES);
    return true;
}

static void be_client(struct function_client *self, void *arg)
{
    const enum fault *fault = arg;
    struct little little = {.self = self, .fault = *fault, .decoder = hpack_decoder_new(4096)};
    size_t index;
    if (little.fault == NEVER_CONNECTS)
        (void)function_client_next(self, TIME_NEVER, &index);
    else if (connect_to_case(&little))
        make_calls(&little);
    while (!function_client_is_over(self))
        (void)function_client_next(self, clock_add(clock_now_ns(), 5 * NS_PER_MS), &index);
    transport_free(little.transport);
    hpack_decoder_free(little.decoder);
    buf_clear(&little.in);
}

/* ---- cases ---- */

static void goes_well(struct test *t)
{
    serve_call(first_call(t, &empty_unary));
    expect_client_ok(t);
    expect_client_still_works(t);
}

static void fails(struct test *t)
{
    send_trailers_only(first_call(t, &empty_unary), EDITS(SET("grpc-status", "7")));
    expect_client_status(t, GRPC_PERMISSION_DENIED);
}

static void is_answered(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    expect_half_close(call);
    expect_ping_answer(call->conn);
    serve_call(call);
    expect_client_ok(t);
}

static void offends(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    send_frame(call->conn, FRAME_PING, FLAG_NONE, call->stream, BYTES("12345678"));
    expect_connection_error(call->conn, H2_PROTOCOL_ERROR);
    expect_client_error(t);
}

static void goes_away(struct test *t)
{
    close_transport(first_call(t, &empty_unary)->conn);
    stop_listening(t);
    expect_client_error(t);
}

static void asks_what_no_command_does(struct test *t)
{
    static const struct client_call own = {.type = CALL_UNARY, .path = EMPTY_CALL};
    serve_call(first_call(t, &own));
    expect_client_ok(t);
}

static const struct row {
    void (*run)(struct test *t);
    enum fault fault;
    enum function_shows shows;
    enum verdict verdict;
    const char *seen; /* a part of it */
} rows[] = {
    {goes_well, CORRECT, SHOWS_RESULT, VERDICT_PASS, ""},
    {goes_well, CORRECT, SHOWS_EXIT_STATUS, VERDICT_PASS, ""},
    {fails, CORRECT, SHOWS_RESULT, VERDICT_PASS, ""},
    {fails, CORRECT, SHOWS_EXIT_STATUS, VERDICT_PASS, ""},
    {is_answered, CORRECT, SHOWS_RESULT, VERDICT_PASS, ""},
    {offends, CORRECT, SHOWS_RESULT, VERDICT_PASS, ""},
    {goes_away, CORRECT, SHOWS_RESULT, VERDICT_PASS, ""},
    {asks_what_no_command_does, CORRECT, SHOWS_RESULT, VERDICT_PASS, ""},
    {asks_what_no_command_does, CORRECT, SHOWS_EXIT_STATUS, VERDICT_SKIP, "adapter"},
    {goes_well, NEVER_CONNECTS, SHOWS_RESULT, VERDICT_HANG, "has not told"},
    {goes_well, NEVER_REPORTS, SHOWS_RESULT, VERDICT_HANG, "has not told"},
    {goes_well, NEVER_REPORTS, SHOWS_EXIT_STATUS, VERDICT_HANG, "still runs"},
    {goes_well, PLAYS_DEAD, SHOWS_RESULT, VERDICT_CRASH, "signal 11"},
    {goes_well, BAD_PREFACE, SHOWS_RESULT, VERDICT_FAIL, "no connection preface"},
    {is_answered, DEAF, SHOWS_RESULT, VERDICT_FAIL, "no answer"},
    {is_answered, HALF_A_REQUEST, SHOWS_RESULT, VERDICT_FAIL, "stream open"},
    {offends, BLIND, SHOWS_RESULT, VERDICT_FAIL, "ignored"},
};

static void verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *row = &rows[i];
        enum fault fault = row->fault;
        struct client_function function = {be_client, &fault};
        struct drive drive;
        drive_function_init(&drive, &function, row->shows);
        struct target_info target = {.drive = &drive, .answers_requests = true};
        struct test_case test_case = {
            .id = "client/unit/test", .needs = NEEDS_CLIENT, .run = row->run};
        bool long_wait = row->verdict != VERDICT_HANG; /* a busy computer is no fault */
        struct run_options options = {.patience_ns = long_wait ? 3 * NS_PER_S : 300 * NS_PER_MS};
        struct test t;
        run_case(&options, &target, &test_case, &t);
        if (t.verdict != row->verdict || !strstr(buf_str(&t.seen), row->seen))
            fail_msg("row %zu: verdict %d, seen \"%s\", notes \"%s\"", i, (int)t.verdict,
                     buf_str(&t.seen), buf_str(&t.notes));
        test_clear(&t);
    }
}

static void the_linter_reads_the_request(void **state)
{
    (void)state;
    enum fault fault = CORRECT;
    struct client_function function = {be_client, &fault};
    struct drive drive;
    drive_function_init(&drive, &function, SHOWS_RESULT);
    struct target_info target = {.drive = &drive, .answers_requests = true};
    struct test_case test_case = {
        .id = "client/unit/test", .needs = NEEDS_CLIENT, .run = goes_well};
    struct run_options options = {0};
    struct test t;
    run_case(&options, &target, &test_case, &t);
    for (size_t i = 0; i < lint_rule_count; i++)
        if (lint_bits_have(&t.lint_broken, i))
            fail_msg("%s", lint_rules[i].id);
    size_t exercised = 0;
    for (size_t i = 0; i < lint_rule_count; i++)
        exercised += lint_bits_have(&t.lint_exercised, i);
    assert_true(exercised > 15);
    test_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(the_linter_reads_the_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
