/* SPDX-License-Identifier: MIT
 *
 * TestService through a real server and a real client on one loop, over TCP: all four call types,
 * every feature the official descriptions name, and the requests that must be refused. */
#include "base/test.h"

#include "grpcref.h"
#include "services/test_service.h"

#include "grpc/testing/empty.pb-c.h"
#include "grpc/testing/messages.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

/* ---- One server, one channel, one loop per test ---------------------------------------------- */

struct pair {
    struct gr_loop *loop;
    struct gr_server *server;
    struct gr_channel *channel;
    int open_calls; /* more than 0 at the end when an assertion has cut a test short */
};

static int set_up(void **state)
{
    static struct pair pair;
    char target[40];
    int port;

    pair.open_calls = 0;
    pair.loop = gr_loop_new();
    assert_non_null(pair.loop);
    pair.server = gr_server_new(&(struct gr_server_options){.loop = pair.loop});
    assert_non_null(pair.server);
    assert_int_equal(gr_server_register(pair.server, &test_service, NULL), 0);
    assert_int_equal(gr_server_listen(pair.server, "127.0.0.1:0", &port), 0);
    snprintf(target, sizeof(target), "127.0.0.1:%d", port);
    pair.channel = gr_channel_new(target, &(struct gr_channel_options){.loop = pair.loop});
    assert_non_null(pair.channel);
    *state = &pair;
    return 0;
}

static int tear_down(void **state)
{
    struct pair *pair = *state;

    if (pair->open_calls > 0)
        return 0; /* cmocka has a failure to print: let it, and leak */
    gr_channel_free(pair->channel);
    gr_server_free(pair->server);
    gr_loop_free(pair->loop);
    return 0;
}

#define ONE_MINUTE (60 * NS_PER_S) /* of every call: a defect is a failure, not a hang */
static const struct gr_call_options usual = {.timeout_ns = ONE_MINUTE};

static struct gr_call *begin(struct pair *pair, enum test_method method,
                             struct gr_call_options options)
{
    options.timeout_ns = ONE_MINUTE;
    struct gr_call *call = gr_call_new(pair->channel, &test_service.methods[method], &options);
    assert_non_null(call);
    pair->open_calls++;
    return call;
}

/* A whole unary call. */
static struct gr_call *ask(struct pair *pair, const struct gr_method *method, const void *request,
                           const struct gr_call_options *options, const void **reply)
{
    struct gr_call *call;

    gr_unary(pair->channel, method, request, options, reply, &call);
    assert_non_null(call);
    pair->open_calls++;
    return call;
}

static void free_call(struct pair *pair, struct gr_call *call)
{
    pair->open_calls--;
    gr_call_free(call);
}

/* Waits for the end, checks the status and (unless NULL) the message, and frees the call. */
static void expect_end(struct pair *pair, struct gr_call *call, enum gr_status status,
                       const char *message)
{
    const struct gr_result *result = gr_wait(call);

    if (result->status != status)
        fail_msg("expected %s, seen %s: %.*s", gr_status_name(status),
                 gr_status_name(result->status), (int)result->message.len,
                 (const char *)result->message.data);
    if (message != NULL)
        assert_bytes(result->message, bytes_str(message));
    free_call(pair, call);
}

static void expect_zeros(const Grpc__Testing__Payload *payload, size_t size)
{
    assert_int_equal(payload != NULL ? payload->body.len : 0, size);
    if (payload != NULL)
        assert_bytes(bytes_of(payload->body.data, payload->body.len), bytes_of(test_zeros(), size));
}

/* ---- Unary ----------------------------------------------------------------------------------- */

struct unary_row {
    int32_t size;
    int type; /* response_type */
    enum { UNSAID, NO, YES } expect_compressed, response_compressed;
    enum gr_compression compression; /* of the request */
    int code;                        /* response_status; -1: none */
    enum gr_status status;
    const char *message;
};

static const char not_compressed[] =
    "expect_compressed is true, but the message was not compressed";
static const char was_compressed[] = "expect_compressed is false, but the message was compressed";

/* clang-format off */
static const struct unary_row unary_rows[] = {
    {0,          0, UNSAID, UNSAID, GR_IDENTITY, -1, GR_STATUS_OK, ""},
    {1,          0, UNSAID, UNSAID, GR_IDENTITY, -1, GR_STATUS_OK, ""},
    {314159,     0, UNSAID, UNSAID, GR_IDENTITY, -1, GR_STATUS_OK, ""},
    {314159,     0, UNSAID, YES,    GR_IDENTITY, -1, GR_STATUS_OK, ""},
    {314159,     0, UNSAID, NO,     GR_IDENTITY, -1, GR_STATUS_OK, ""},
    {314159,     0, YES,    YES,    GR_GZIP,     -1, GR_STATUS_OK, ""},
    {9,          0, YES,    UNSAID, GR_DEFLATE,  -1, GR_STATUS_OK, ""},
    {9,          0, NO,     UNSAID, GR_IDENTITY, -1, GR_STATUS_OK, ""},
    {9,          0, YES,    UNSAID, GR_IDENTITY, -1, GR_STATUS_INVALID_ARGUMENT, not_compressed},
    {9,          0, NO,     UNSAID, GR_GZIP,     -1, GR_STATUS_INVALID_ARGUMENT, was_compressed},
    {9,          0, UNSAID, UNSAID, GR_IDENTITY, 0,  GR_STATUS_OK, "caf\u00e9 100%\n"},
    {9,          0, UNSAID, UNSAID, GR_IDENTITY, 2,  GR_STATUS_UNKNOWN, "caf\u00e9 100%\n"},
    {9,          0, UNSAID, UNSAID, GR_IDENTITY, 16, GR_STATUS_UNAUTHENTICATED, "caf\u00e9 100%\n"},
    {9,          0, UNSAID, UNSAID, GR_IDENTITY, 17, GR_STATUS_INVALID_ARGUMENT, "response_status.code is not a status code"},
    {9,          1, UNSAID, UNSAID, GR_IDENTITY, -1, GR_STATUS_INVALID_ARGUMENT, "response_type: this server has only COMPRESSABLE payloads"},
    {-1,         0, UNSAID, UNSAID, GR_IDENTITY, -1, GR_STATUS_INVALID_ARGUMENT, "response_size is negative"},
    {INT32_MAX,  0, UNSAID, UNSAID, GR_IDENTITY, -1, GR_STATUS_RESOURCE_EXHAUSTED, "response_size is larger than this server's 16 MiB"},
};
/* clang-format on */

static void check_unary(struct pair *pair, const struct unary_row *row)
{
    static char message[] = "caf\u00e9 100%\n";
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    Grpc__Testing__BoolValue expect = GRPC__TESTING__BOOL_VALUE__INIT;
    Grpc__Testing__BoolValue compressed = GRPC__TESTING__BOOL_VALUE__INIT;
    Grpc__Testing__EchoStatus status = GRPC__TESTING__ECHO_STATUS__INIT;
    Grpc__Testing__Payload payload = GRPC__TESTING__PAYLOAD__INIT;
    struct gr_call_options options = {.timeout_ns = ONE_MINUTE, .compression = row->compression};
    const void *reply;
    struct gr_call *call;

    expect.value = row->expect_compressed == YES;
    compressed.value = row->response_compressed == YES;
    status.code = row->code;
    status.message = message;
    payload.body = (ProtobufCBinaryData){1000, test_zeros()};
    request.payload = &payload;
    request.response_size = row->size;
    request.response_type = (Grpc__Testing__PayloadType)row->type;
    request.expect_compressed = row->expect_compressed != UNSAID ? &expect : NULL;
    request.response_compressed = row->response_compressed != UNSAID ? &compressed : NULL;
    request.response_status = row->code >= 0 ? &status : NULL;

    call = ask(pair, &test_service.methods[TEST_UNARY_CALL], &request, &options, &reply);
    assert_non_null(call);
    if (row->status == GR_STATUS_OK) {
        assert_non_null(reply);
        expect_zeros(((const Grpc__Testing__SimpleResponse *)reply)->payload, (size_t)row->size);
        assert_int_equal(gr_call_message_was_compressed(call), row->response_compressed == YES);
    }
    expect_end(pair, call, row->status, row->message);
}

static void unary_answers_as_asked(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(unary_rows); i++)
        check_unary(*state, &unary_rows[i]);
}

static void empty_call_answers_empty(void **state)
{
    struct pair *pair = *state;
    Grpc__Testing__Empty request = GRPC__TESTING__EMPTY__INIT;
    const void *reply;
    struct gr_call *call;

    call = ask(pair, &test_service.methods[TEST_EMPTY_CALL], &request, &usual, &reply);
    assert_non_null(reply);
    expect_end(pair, call, GR_STATUS_OK, "");
}

static void cacheable_call_answers_with_the_time_and_a_cache_lifetime(void **state)
{
    struct pair *pair = *state;
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    const void *reply;
    struct gr_call *call;
    struct bytes lifetime;

    call = ask(pair, &test_service.methods[TEST_CACHEABLE_UNARY_CALL], &request, &usual, &reply);
    assert_non_null(reply);
    assert_true(((const Grpc__Testing__SimpleResponse *)reply)->payload->body.len >= 19);
    assert_true(gr_metadata_find(gr_call_metadata(call), "cache-control", &lifetime));
    assert_bytes(lifetime, BYTES("max-age=60, public"));
    expect_end(pair, call, GR_STATUS_OK, "");
}

static void the_server_id_is_the_same_for_every_call(void **state)
{
    struct pair *pair = *state;
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    char first[64] = "";

    request.fill_server_id = 1;
    for (int i = 0; i < 2; i++) {
        const void *reply;
        struct gr_call *call;
        call = ask(pair, &test_service.methods[TEST_UNARY_CALL], &request, &usual, &reply);
        assert_non_null(reply);
        const char *id = ((const Grpc__Testing__SimpleResponse *)reply)->server_id;
        assert_string_not_equal(id, "");
        if (i == 0)
            snprintf(first, sizeof(first), "%s", id);
        assert_string_equal(id, first);
        expect_end(pair, call, GR_STATUS_OK, "");
    }
}

static void unimplemented_methods_and_services_say_so(void **state)
{
    struct pair *pair = *state;
    const struct gr_method *const nobodys[] = {&test_service.methods[TEST_UNIMPLEMENTED_CALL],
                                               &unimplemented_service_call};

    for (size_t i = 0; i < ARRAY_LEN(nobodys); i++) {
        Grpc__Testing__Empty request = GRPC__TESTING__EMPTY__INIT;
        const void *reply;
        struct gr_call *call;
        call = ask(pair, nobodys[i], &request, &usual, &reply);
        expect_end(pair, call, GR_STATUS_UNIMPLEMENTED, NULL);
    }
}

/* ---- Client streaming ------------------------------------------------------------------------ */

static void send_input(struct gr_call *call, size_t size, const bool *expect_compressed, int flags)
{
    Grpc__Testing__StreamingInputCallRequest request =
        GRPC__TESTING__STREAMING_INPUT_CALL_REQUEST__INIT;
    Grpc__Testing__BoolValue expect = GRPC__TESTING__BOOL_VALUE__INIT;
    Grpc__Testing__Payload payload = GRPC__TESTING__PAYLOAD__INIT;

    payload.body = (ProtobufCBinaryData){size, test_zeros()};
    request.payload = &payload;
    if (expect_compressed != NULL) {
        expect.value = *expect_compressed;
        request.expect_compressed = &expect;
    }
    assert_int_equal(gr_send(call, &request, flags), 0);
}

static void expect_sum(struct pair *pair, struct gr_call *call, int32_t sum)
{
    const void *message;

    gr_half_close(call);
    assert_int_equal(gr_recv(call, &message), 1);
    assert_int_equal(
        ((const Grpc__Testing__StreamingInputCallResponse *)message)->aggregated_payload_size, sum);
    assert_int_equal(gr_recv(call, &message), 0);
    expect_end(pair, call, GR_STATUS_OK, "");
}

static void streaming_input_is_summed(void **state)
{
    static const size_t sizes[] = {27182, 8, 1828, 45904, 0};
    struct gr_call *call = begin(*state, TEST_STREAMING_INPUT_CALL, (struct gr_call_options){0});

    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        send_input(call, sizes[i], NULL, GR_SEND_DEFAULT);
    expect_sum(*state, call, 74922);
}

static void no_streaming_input_sums_to_zero(void **state)
{
    expect_sum(*state, begin(*state, TEST_STREAMING_INPUT_CALL, (struct gr_call_options){0}), 0);
}

static void streaming_input_compression_is_checked_per_message(void **state)
{
    static const bool yes = true, no = false;
    struct gr_call_options gzip = {.compression = GR_GZIP};

    struct gr_call *right = begin(*state, TEST_STREAMING_INPUT_CALL, gzip);
    send_input(right, 27182, &yes, GR_SEND_DEFAULT);
    send_input(right, 45904, &no, GR_SEND_UNCOMPRESSED);
    expect_sum(*state, right, 73086);

    struct gr_call *wrong = begin(*state, TEST_STREAMING_INPUT_CALL, gzip);
    send_input(wrong, 27182, &yes, GR_SEND_UNCOMPRESSED);
    expect_end(*state, wrong, GR_STATUS_INVALID_ARGUMENT, not_compressed);
}

/* ---- Server and bidirectional streaming ------------------------------------------------------ */

/* What one response shall be. */
struct wish {
    int32_t size;
    int32_t interval_us;
    bool compressed;
};

#define MOST_WISHES 64

/* One request with these wishes; code -1: no response_status. */
static int send_wishes(struct gr_call *call, const struct wish *wishes, size_t count, int code)
{
    static char message[] = "as you wish";
    Grpc__Testing__StreamingOutputCallRequest request =
        GRPC__TESTING__STREAMING_OUTPUT_CALL_REQUEST__INIT;
    Grpc__Testing__ResponseParameters parameters[MOST_WISHES];
    Grpc__Testing__ResponseParameters *list[MOST_WISHES];
    Grpc__Testing__BoolValue compressed[MOST_WISHES];
    Grpc__Testing__EchoStatus status = GRPC__TESTING__ECHO_STATUS__INIT;

    assert_true(count <= MOST_WISHES);
    for (size_t i = 0; i < count; i++) {
        grpc__testing__response_parameters__init(&parameters[i]);
        grpc__testing__bool_value__init(&compressed[i]);
        compressed[i].value = wishes[i].compressed;
        parameters[i].size = wishes[i].size;
        parameters[i].interval_us = wishes[i].interval_us;
        parameters[i].compressed = &compressed[i];
        list[i] = &parameters[i];
    }
    status.code = code;
    status.message = message;
    request.response_parameters = list;
    request.n_response_parameters = count;
    request.response_status = code >= 0 ? &status : NULL;
    return gr_send(call, &request, GR_SEND_DEFAULT);
}

static void expect_wishes(struct gr_call *call, const struct wish *wishes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const void *message;
        assert_int_equal(gr_recv(call, &message), 1);
        expect_zeros(((const Grpc__Testing__StreamingOutputCallResponse *)message)->payload,
                     (size_t)wishes[i].size);
        assert_int_equal(gr_call_message_was_compressed(call), wishes[i].compressed);
    }
}

static void expect_no_more(struct gr_call *call)
{
    const void *message;
    assert_int_equal(gr_recv(call, &message), 0);
}

static const struct wish four[] = {
    {31415, 0, true}, {9, 0, false}, {2653, 0, false}, {58979, 0, true}};

static void streaming_output_comes_in_order_compressed_as_asked(void **state)
{
    struct gr_call *call = begin(*state, TEST_STREAMING_OUTPUT_CALL, (struct gr_call_options){0});

    assert_int_equal(send_wishes(call, four, ARRAY_LEN(four), -1), 0);
    gr_half_close(call);
    expect_wishes(call, four, ARRAY_LEN(four));
    expect_no_more(call);
    expect_end(*state, call, GR_STATUS_OK, "");
}

static void full_duplex_answers_each_request_before_the_next(void **state)
{
    struct gr_call *call = begin(*state, TEST_FULL_DUPLEX_CALL, (struct gr_call_options){0});

    for (size_t i = 0; i < ARRAY_LEN(four); i++) {
        assert_int_equal(send_wishes(call, &four[i], 1, -1), 0);
        expect_wishes(call, &four[i], 1);
    }
    gr_half_close(call);
    expect_no_more(call);
    expect_end(*state, call, GR_STATUS_OK, "");
}

static void full_duplex_requests_sent_at_once_are_all_answered(void **state)
{
    struct gr_call *call = begin(*state, TEST_FULL_DUPLEX_CALL, (struct gr_call_options){0});

    for (size_t i = 0; i < 10; i++)
        assert_int_equal(send_wishes(call, four, ARRAY_LEN(four), -1), 0);
    gr_half_close(call);
    for (size_t i = 0; i < 10; i++)
        expect_wishes(call, four, ARRAY_LEN(four));
    expect_no_more(call);
    expect_end(*state, call, GR_STATUS_OK, "");
}

static void an_empty_stream_ends_ok(void **state)
{
    static const enum test_method methods[] = {TEST_FULL_DUPLEX_CALL, TEST_HALF_DUPLEX_CALL};

    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        struct gr_call *call = begin(*state, methods[i], (struct gr_call_options){0});
        gr_half_close(call);
        expect_no_more(call);
        expect_end(*state, call, GR_STATUS_OK, "");
    }
}

/* The answers of the first request come, the status of the second ends the call, the third is not
 * looked at. */
static void a_status_in_a_stream_follows_what_is_owed(void **state)
{
    static const struct wish slow = {100, 20000, false};
    struct gr_call *call = begin(*state, TEST_FULL_DUPLEX_CALL, (struct gr_call_options){0});

    assert_int_equal(send_wishes(call, &slow, 1, -1), 0);
    assert_int_equal(send_wishes(call, &slow, 1, GR_STATUS_ABORTED), 0);
    assert_int_equal(send_wishes(call, &slow, 1, -1), 0);
    expect_wishes(call, &slow, 1);
    expect_no_more(call);
    expect_end(*state, call, GR_STATUS_ABORTED, "as you wish");
}

static void half_duplex_answers_only_after_half_close(void **state)
{
    struct pair *pair = *state;
    Grpc__Testing__Empty empty = GRPC__TESTING__EMPTY__INIT;
    const void *reply;
    struct gr_call *other;
    struct gr_call *call = begin(pair, TEST_HALF_DUPLEX_CALL, (struct gr_call_options){0});

    for (size_t i = 0; i < ARRAY_LEN(four); i++)
        assert_int_equal(send_wishes(call, &four[i], 1, -1), 0);
    /* A whole call on the same connection, after those requests: had they been answered, we would
     * know. */
    other = ask(pair, &test_service.methods[TEST_EMPTY_CALL], &empty, &usual, &reply);
    expect_end(pair, other, GR_STATUS_OK, "");
    assert_null(gr_call_metadata(call));
    gr_half_close(call);
    expect_wishes(call, four, ARRAY_LEN(four));
    expect_no_more(call);
    expect_end(pair, call, GR_STATUS_OK, "");
}

static void interval_us_is_waited_before_each_response(void **state)
{
    static const struct wish slow[] = {{1, 30000, false}, {2, 0, false}, {3, 30000, false}};
    struct gr_call *call = begin(*state, TEST_STREAMING_OUTPUT_CALL, (struct gr_call_options){0});
    gr_time began = clock_now_ns();

    assert_int_equal(send_wishes(call, slow, ARRAY_LEN(slow), -1), 0);
    gr_half_close(call);
    expect_wishes(call, slow, ARRAY_LEN(slow));
    expect_end(*state, call, GR_STATUS_OK, "");
    assert_true(clock_now_ns() - began >= 60 * NS_PER_MS);
}

/* Many times the windows and the send buffer: the server must stop, and go on when told. */
static void a_long_stream_passes_through_small_buffers(void **state)
{
    struct wish megabytes[MOST_WISHES];
    struct gr_call *call = begin(*state, TEST_STREAMING_OUTPUT_CALL, (struct gr_call_options){0});

    for (size_t i = 0; i < MOST_WISHES; i++)
        megabytes[i] = (struct wish){1024 * 1024, 0, false};
    assert_int_equal(send_wishes(call, megabytes, MOST_WISHES, -1), 0);
    gr_half_close(call);
    expect_wishes(call, megabytes, MOST_WISHES);
    expect_no_more(call);
    expect_end(*state, call, GR_STATUS_OK, "");
}

static long peak_memory_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* A gigabyte is asked for and nothing is read: the server may hold a message or two, not
 * sixty-four. */
static void a_client_that_does_not_read_costs_the_server_little(void **state)
{
    struct pair *pair = *state;
    struct wish huge[MOST_WISHES];
    struct gr_call *call = begin(pair, TEST_STREAMING_OUTPUT_CALL, (struct gr_call_options){0});

    for (size_t i = 0; i < MOST_WISHES; i++)
        huge[i] = (struct wish){TEST_MAX_PAYLOAD, 0, false};
    assert_int_equal(send_wishes(call, huge, MOST_WISHES, -1), 0);
    gr_half_close(call);
    long before_kib = peak_memory_kib();
    gr_wait_headers(call);
    for (int i = 0; i < 500; i++)
        gr_loop_turn(pair->loop, NS_PER_MS);
    assert_in_range(peak_memory_kib() - before_kib, 0, 256 * 1024);
    gr_cancel(call);
    expect_end(pair, call, GR_STATUS_CANCELLED, NULL);
}

static void a_stream_cancelled_while_it_is_owed_more_is_dropped(void **state)
{
    static const struct wish endless[] = {{100, 0, false}, {100, INT32_MAX, false}};
    struct gr_call *call = begin(*state, TEST_FULL_DUPLEX_CALL, (struct gr_call_options){0});

    assert_int_equal(send_wishes(call, endless, ARRAY_LEN(endless), -1), 0);
    expect_wishes(call, endless, 1);
    gr_cancel(call);
    expect_end(*state, call, GR_STATUS_CANCELLED, NULL);
    empty_call_answers_empty(state);
}

struct refused_row {
    struct wish wish;
    size_t count;
    enum gr_status status;
    const char *message;
};

/* clang-format off */
static const struct refused_row refused_rows[] = {
    {{-1, 0, false},                   1, GR_STATUS_INVALID_ARGUMENT,   "response_parameters.size is negative"},
    {{1, -1, false},                   1, GR_STATUS_INVALID_ARGUMENT,   "response_parameters.interval_us is negative"},
    {{INT32_MAX, 0, false},            1, GR_STATUS_RESOURCE_EXHAUSTED, "response_parameters.size is larger than this server's 16 MiB"},
    {{TEST_MAX_PAYLOAD + 1, 0, false}, 1, GR_STATUS_RESOURCE_EXHAUSTED, "response_parameters.size is larger than this server's 16 MiB"},
};
/* clang-format on */

static void streams_refuse_what_cannot_be_answered(void **state)
{
    static const enum test_method methods[] = {TEST_STREAMING_OUTPUT_CALL, TEST_FULL_DUPLEX_CALL,
                                               TEST_HALF_DUPLEX_CALL};

    for (size_t m = 0; m < ARRAY_LEN(methods); m++) {
        for (size_t i = 0; i < ARRAY_LEN(refused_rows); i++) {
            const struct refused_row *row = &refused_rows[i];
            struct gr_call *call = begin(*state, methods[m], (struct gr_call_options){0});
            assert_int_equal(send_wishes(call, &row->wish, row->count, -1), 0);
            gr_half_close(call);
            expect_end(*state, call, row->status, row->message);
        }
    }
}

/* HalfDuplexCall keeps what it is asked for: 1025 requests of 64 are more than it will. */
static void half_duplex_does_not_hoard(void **state)
{
    static const struct wish wishes[MOST_WISHES];
    struct gr_call *call = begin(*state, TEST_HALF_DUPLEX_CALL, (struct gr_call_options){0});

    for (size_t i = 0; i < 1025; i++) {
        if (send_wishes(call, wishes, MOST_WISHES, -1) != 0)
            break;
    }
    const struct gr_result *result = gr_wait(call);
    assert_int_equal(result->status, GR_STATUS_RESOURCE_EXHAUSTED);
    free_call(*state, call);
}

/* ---- Echo Metadata --------------------------------------------------------------------------- */

static size_t count_of(const struct gr_metadata *metadata, const char *key, struct bytes value)
{
    size_t count = 0;

    for (size_t i = 0; i < gr_metadata_count(metadata); i++) {
        struct gr_metadata_entry entry = gr_metadata_at(metadata, i);
        count += bytes_equal_str(entry.key, key) && bytes_equal(entry.value, value);
    }
    return count;
}

static void every_method_echoes_metadata(void **state)
{
    struct gr_metadata *metadata = gr_metadata_new();
    struct gr_call_options options = {.metadata = metadata};

    assert_int_equal(gr_metadata_add(metadata, TEST_ECHO_INITIAL, BYTES("one")), 0);
    assert_int_equal(gr_metadata_add(metadata, TEST_ECHO_INITIAL, BYTES("two")), 0);
    assert_int_equal(gr_metadata_add(metadata, TEST_ECHO_TRAILING, BYTES("\0\xff,")), 0);
    assert_int_equal(gr_metadata_add(metadata, "x-not-echoed", BYTES("three")), 0);
    for (enum test_method m = 0; m < TEST_UNIMPLEMENTED_CALL; m++) {
        struct gr_call *call = begin(*state, m, options);
        if (!test_service.methods[m].client_streams) {
            /* An empty message of any type is the same on the wire; protobuf-c asks for the right
             * one. */
            void *request = calloc(1, test_service.methods[m].request->sizeof_message);
            protobuf_c_message_init(test_service.methods[m].request, request);
            assert_int_equal(gr_send(call, request, GR_SEND_DEFAULT), 0);
            free(request);
        }
        gr_half_close(call);
        assert_int_equal(gr_wait(call)->status, GR_STATUS_OK);
        const struct gr_metadata *initial = gr_call_metadata(call);
        const struct gr_metadata *trailing = gr_call_trailers(call);
        /* Also where no message follows: Trailers-Only would make trailing metadata of it. */
        assert_int_equal(count_of(initial, TEST_ECHO_INITIAL, BYTES("one")), 1);
        assert_int_equal(count_of(initial, TEST_ECHO_INITIAL, BYTES("two")), 1);
        assert_int_equal(count_of(trailing, TEST_ECHO_TRAILING, BYTES("\0\xff,")), 1);
        assert_int_equal(count_of(initial, "x-not-echoed", BYTES("three")), 0);
        free_call(*state, call);
    }
    gr_metadata_free(metadata);
}

#define ON_A_PAIR(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* First: it looks at the peak of this process. */
        ON_A_PAIR(a_client_that_does_not_read_costs_the_server_little),
        ON_A_PAIR(unary_answers_as_asked),
        ON_A_PAIR(empty_call_answers_empty),
        ON_A_PAIR(cacheable_call_answers_with_the_time_and_a_cache_lifetime),
        ON_A_PAIR(the_server_id_is_the_same_for_every_call),
        ON_A_PAIR(unimplemented_methods_and_services_say_so),
        ON_A_PAIR(streaming_input_is_summed),
        ON_A_PAIR(no_streaming_input_sums_to_zero),
        ON_A_PAIR(streaming_input_compression_is_checked_per_message),
        ON_A_PAIR(streaming_output_comes_in_order_compressed_as_asked),
        ON_A_PAIR(full_duplex_answers_each_request_before_the_next),
        ON_A_PAIR(full_duplex_requests_sent_at_once_are_all_answered),
        ON_A_PAIR(an_empty_stream_ends_ok),
        ON_A_PAIR(a_status_in_a_stream_follows_what_is_owed),
        ON_A_PAIR(half_duplex_answers_only_after_half_close),
        ON_A_PAIR(interval_us_is_waited_before_each_response),
        ON_A_PAIR(a_long_stream_passes_through_small_buffers),
        ON_A_PAIR(a_stream_cancelled_while_it_is_owed_more_is_dropped),
        ON_A_PAIR(streams_refuse_what_cannot_be_answered),
        ON_A_PAIR(half_duplex_does_not_hoard),
        ON_A_PAIR(every_method_echoes_metadata),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
