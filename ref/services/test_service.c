/* SPDX-License-Identifier: MIT
 *
 * The handlers of grpc.testing.TestService: the four unary answers, the sum of StreamingInputCall,
 * and the three calls that stream responses, which differ only in when they answer (see enum
 * answer). */
#include "services/test_service.h"

#include "services/test_responses.h"

#include "grpc/testing/empty.pb-c.h"
#include "grpc/testing/messages.pb-c.h"
#include "grpc/testing/test.grpc.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* Not const: so the linker puts it where it costs neither file nor memory. */
static uint8_t zeros[TEST_MAX_PAYLOAD];

uint8_t *test_zeros(void)
{
    return zeros;
}

/* ---- What every method does ------------------------------------------------------------------ */

static enum gr_status fail(struct gr_call *call, enum gr_status status, const char *why)
{
    if (gr_set_status_message(call, bytes_str(why)) != 0)
        return GR_STATUS_RESOURCE_EXHAUSTED;
    return status;
}

/* Echo Metadata: each value of the two keys goes back, repeated keys included. */
static enum gr_status echo_metadata(struct gr_call *call)
{
    const struct gr_metadata *metadata = gr_call_metadata(call);

    for (size_t i = 0; i < gr_metadata_count(metadata); i++) {
        struct gr_metadata_entry entry = gr_metadata_at(metadata, i);
        int error = 0;
        if (bytes_equal_str(entry.key, TEST_ECHO_INITIAL))
            error = gr_add_header(call, TEST_ECHO_INITIAL, entry.value);
        else if (bytes_equal_str(entry.key, TEST_ECHO_TRAILING))
            error = gr_add_trailer(call, TEST_ECHO_TRAILING, entry.value);
        if (error != 0)
            return fail(call, GR_STATUS_RESOURCE_EXHAUSTED, gr_error_text(error));
    }
    return GR_STATUS_OK;
}

/* Echo Status. A code that is no status cannot be echoed: that is the client's mistake, and it is
 * told. */
static enum gr_status echo_status(struct gr_call *call, const Grpc__Testing__EchoStatus *wanted)
{
    if (wanted->code < GR_STATUS_OK || wanted->code > GR_STATUS_UNAUTHENTICATED)
        return fail(call, GR_STATUS_INVALID_ARGUMENT, "response_status.code is not a status code");
    return fail(call, (enum gr_status)wanted->code, wanted->message);
}

/* CompressedRequest: the flag of the message must be what the client says it is. */
static enum gr_status check_compressed(struct gr_call *call,
                                       const Grpc__Testing__BoolValue *expected)
{
    bool was = gr_call_message_was_compressed(call);
    if (expected == NULL || (bool)expected->value == was)
        return GR_STATUS_OK;
    return fail(call, GR_STATUS_INVALID_ARGUMENT,
                was ? "expect_compressed is false, but the message was compressed"
                    : "expect_compressed is true, but the message was not compressed");
}

/* ---- Unary ----------------------------------------------------------------------------------- */

static enum gr_status empty_call(struct gr_call *call, const void *request, void *reply)
{
    (void)request;
    (void)reply;
    return echo_metadata(call);
}

static enum gr_status check_unary(struct gr_call *call, const Grpc__Testing__SimpleRequest *request)
{
    if (request->response_type != GRPC__TESTING__PAYLOAD_TYPE__COMPRESSABLE)
        return fail(call, GR_STATUS_INVALID_ARGUMENT,
                    "response_type: this server has only COMPRESSABLE payloads");
    if (request->response_size < 0)
        return fail(call, GR_STATUS_INVALID_ARGUMENT, "response_size is negative");
    if (request->response_size > TEST_MAX_PAYLOAD)
        return fail(call, GR_STATUS_RESOURCE_EXHAUSTED,
                    "response_size is larger than this server's 16 MiB");
    return check_compressed(call, request->expect_compressed);
}

/* A payload for a reply: it must outlive the handler, so it is the call's. NULL when out of memory.
 */
static Grpc__Testing__Payload *new_payload(struct gr_call *call, uint8_t *body, size_t len)
{
    Grpc__Testing__Payload *payload = gr_call_alloc(call, sizeof(*payload));
    if (payload == NULL)
        return NULL;
    grpc__testing__payload__init(payload);
    payload->body = (ProtobufCBinaryData){len, body};
    return payload;
}

/* "Unique among server instances, the same for all calls to one" (messages.proto). Static. */
static char *server_id(void)
{
    static _Thread_local char id[32];
    snprintf(id, sizeof(id), "grpcref-%ld", (long)getpid());
    return id;
}

static enum gr_status unary_call(struct gr_call *call, const void *message, void *out)
{
    const Grpc__Testing__SimpleRequest *request = message;
    Grpc__Testing__SimpleResponse *reply = out;

    enum gr_status status = echo_metadata(call);
    if (status == GR_STATUS_OK)
        status = check_unary(call, request);
    if (status != GR_STATUS_OK)
        return status;
    if (request->response_compressed != NULL && request->response_compressed->value &&
        gr_set_compression(call, GR_GZIP) != 0)
        return GR_STATUS_INTERNAL;

    reply->payload = new_payload(call, zeros, (size_t)request->response_size);
    if (reply->payload == NULL)
        return GR_STATUS_RESOURCE_EXHAUSTED;
    if (request->fill_server_id)
        reply->server_id = server_id();
    if (request->response_status != NULL)
        return echo_status(call, request->response_status);
    return GR_STATUS_OK;
}

/* The payload is the time, so that a client can see a cache between us: its two answers are then
 * the same. */
static enum gr_status cacheable_unary_call(struct gr_call *call, const void *request, void *out)
{
    Grpc__Testing__SimpleResponse *reply = out;
    char *body = gr_call_alloc(call, 32);
    struct timespec now;

    (void)request;
    if (body == NULL)
        return GR_STATUS_RESOURCE_EXHAUSTED;
    enum gr_status status = echo_metadata(call);
    if (status != GR_STATUS_OK)
        return status;
    if (gr_add_header(call, "cache-control", BYTES("max-age=60, public")) != 0)
        return GR_STATUS_RESOURCE_EXHAUSTED;

    clock_gettime(CLOCK_REALTIME, &now);
    int64_t now_ns = (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
    int len = snprintf(body, 32, "%" PRId64, now_ns);
    reply->payload = new_payload(call, (uint8_t *)body, (size_t)len);
    return reply->payload != NULL ? GR_STATUS_OK : GR_STATUS_RESOURCE_EXHAUSTED;
}

/* ---- StreamingInputCall ---------------------------------------------------------------------- */

/* The call's data is its sum so far. returns NULL, with the call finished, when there is no memory
 */
static int64_t *begin_sum(struct gr_call *call)
{
    int64_t *sum = gr_call_alloc(call, sizeof(*sum));
    if (sum == NULL) {
        gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
        return NULL;
    }
    *sum = 0;
    gr_call_set_data(call, sum);
    return sum;
}

static void add_to_sum(struct gr_call *call, int64_t *sum,
                       const Grpc__Testing__StreamingInputCallRequest *request)
{
    enum gr_status status = check_compressed(call, request->expect_compressed);
    if (status != GR_STATUS_OK) {
        gr_finish(call, status);
        return;
    }
    if (request->payload != NULL)
        *sum += (int64_t)request->payload->body.len;
}

static void answer_sum(struct gr_call *call, int64_t sum)
{
    Grpc__Testing__StreamingInputCallResponse reply =
        GRPC__TESTING__STREAMING_INPUT_CALL_RESPONSE__INIT;

    if (sum > INT32_MAX) {
        gr_finish(call, fail(call, GR_STATUS_OUT_OF_RANGE, "the sum does not fit its field"));
        return;
    }
    reply.aggregated_payload_size = (int32_t)sum;
    gr_finish(call, gr_send(call, &reply, GR_SEND_DEFAULT) == 0 ? GR_STATUS_OK
                                                                : GR_STATUS_RESOURCE_EXHAUSTED);
}

static void streaming_input_call(struct gr_call *call, enum gr_event event, const void *message)
{
    int64_t *sum = gr_call_data(call);

    if (event == GR_EVENT_BEGAN && begin_sum(call) != NULL) {
        enum gr_status status = echo_metadata(call);
        if (status != GR_STATUS_OK)
            gr_finish(call, status);
    }
    if (event == GR_EVENT_MESSAGE && sum != NULL)
        add_to_sum(call, sum, message);
    if (event == GR_EVENT_HALF_CLOSED && sum != NULL)
        answer_sum(call, *sum);
}

/* ---- The three that stream responses --------------------------------------------------------- */

/* When a streaming call answers. */
enum answer {
    AT_ONCE,         /* StreamingOutputCall, FullDuplexCall: each request is served as it comes */
    AFTER_HALF_CLOSE /* HalfDuplexCall: all of them once the client has finished */
};

struct stream {
    struct test_responses owed;
    enum answer answer;
    bool half_closed; /* no more requests will come */
    bool closing;     /* a request asked for `status`: it follows what is owed */
    enum gr_status status;
};

static void begin_stream(struct gr_call *call, enum answer answer)
{
    struct stream *stream = gr_call_alloc(call, sizeof(*stream));
    if (stream == NULL) {
        gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
        return;
    }
    *stream = (struct stream){.answer = answer};
    gr_call_set_data(call, stream);

    enum gr_status status = echo_metadata(call);
    /* Any later message may ask to be compressed, so the encoding is announced; each says for
     * itself. */
    if (status == GR_STATUS_OK && gr_set_compression(call, GR_GZIP) != 0)
        status = GR_STATUS_INTERNAL;
    if (status != GR_STATUS_OK)
        gr_finish(call, status);
}

/* Send what is owed and may go; then wait for the next request, or end. */
static void progress(struct gr_call *call, struct stream *stream)
{
    if (stream->answer == AFTER_HALF_CLOSE && !stream->half_closed)
        return;
    if (!test_responses_send(&stream->owed, call))
        return;
    if (stream->closing)
        gr_finish(call, stream->status);
    else if (stream->half_closed)
        gr_finish(call, GR_STATUS_OK);
    else
        gr_resume_reading(call);
}

/* One request. While it is being served no other is read: a client that asks faster than it reads
 * waits. */
static void take_request(struct gr_call *call, struct stream *stream,
                         const Grpc__Testing__StreamingOutputCallRequest *request)
{
    const char *why = NULL;

    if (stream->closing)
        return;
    if (request->response_status != NULL) {
        stream->closing = true;
        stream->half_closed = true;
        stream->status = echo_status(call, request->response_status);
        return;
    }
    enum gr_status status = test_responses_add(&stream->owed, request, &why);
    if (status != GR_STATUS_OK) {
        stream->closing = true;
        stream->half_closed = true;
        stream->status = fail(call, status, why);
        return;
    }
    if (stream->answer == AT_ONCE)
        gr_pause_reading(call);
}

static void stream_responses(struct gr_call *call, enum gr_event event, const void *message,
                             enum answer answer)
{
    if (event == GR_EVENT_BEGAN) {
        begin_stream(call, answer);
        return;
    }
    struct stream *stream = gr_call_data(call);
    if (stream == NULL)
        return;
    if (event == GR_EVENT_ENDED) {
        test_responses_clear(&stream->owed);
        return;
    }
    if (event == GR_EVENT_MESSAGE)
        take_request(call, stream, message);
    if (event == GR_EVENT_HALF_CLOSED)
        stream->half_closed = true;
    if (event == GR_EVENT_TIMER)
        test_responses_wake(&stream->owed);
    progress(call, stream);
}

static void answer_at_once(struct gr_call *call, enum gr_event event, const void *message)
{
    stream_responses(call, event, message, AT_ONCE);
}

static void answer_after_half_close(struct gr_call *call, enum gr_event event, const void *message)
{
    stream_responses(call, event, message, AFTER_HALF_CLOSE);
}

/* ---- The tables ------------------------------------------------------------------------------ */

#define EMPTY           &grpc__testing__empty__descriptor
#define SIMPLE_REQUEST  &grpc__testing__simple_request__descriptor
#define SIMPLE_RESPONSE &grpc__testing__simple_response__descriptor
#define INPUT_REQUEST   &grpc__testing__streaming_input_call_request__descriptor
#define INPUT_RESPONSE  &grpc__testing__streaming_input_call_response__descriptor
#define OUTPUT_REQUEST  &grpc__testing__streaming_output_call_request__descriptor
#define OUTPUT_RESPONSE &grpc__testing__streaming_output_call_response__descriptor
#define PATH            "/grpc.testing.TestService/"
#define UNARY           .client_streams = false, .server_streams = false, .unary
#define CLIENT_STREAM   .client_streams = true, .server_streams = false, .stream
#define SERVER_STREAM   .client_streams = false, .server_streams = true, .stream
#define BIDI_STREAM     .client_streams = true, .server_streams = true, .stream

/* clang-format off */
static const struct gr_method methods[TEST_METHOD_COUNT] = {
    [TEST_EMPTY_CALL] =
        {PATH "EmptyCall", EMPTY, EMPTY, UNARY = empty_call},
    [TEST_UNARY_CALL] =
        {PATH "UnaryCall", SIMPLE_REQUEST, SIMPLE_RESPONSE, UNARY = unary_call},
    [TEST_CACHEABLE_UNARY_CALL] =
        {PATH "CacheableUnaryCall", SIMPLE_REQUEST, SIMPLE_RESPONSE, UNARY = cacheable_unary_call},
    [TEST_STREAMING_OUTPUT_CALL] =
        {PATH "StreamingOutputCall", OUTPUT_REQUEST, OUTPUT_RESPONSE, SERVER_STREAM = answer_at_once},
    [TEST_STREAMING_INPUT_CALL] =
        {PATH "StreamingInputCall", INPUT_REQUEST, INPUT_RESPONSE, CLIENT_STREAM = streaming_input_call},
    [TEST_FULL_DUPLEX_CALL] =
        {PATH "FullDuplexCall", OUTPUT_REQUEST, OUTPUT_RESPONSE, BIDI_STREAM = answer_at_once},
    [TEST_HALF_DUPLEX_CALL] =
        {PATH "HalfDuplexCall", OUTPUT_REQUEST, OUTPUT_RESPONSE, BIDI_STREAM = answer_after_half_close},
    [TEST_UNIMPLEMENTED_CALL] =
        {PATH "UnimplementedCall", EMPTY, EMPTY, UNARY = NULL},
};
/* clang-format on */

const struct gr_service test_service = {"grpc.testing.TestService", methods, TEST_METHOD_COUNT,
                                        &grpc_testing_test__file};

const struct gr_method unimplemented_service_call = {
    .path = "/grpc.testing.UnimplementedService/UnimplementedCall",
    .request = EMPTY,
    .reply = EMPTY,
};
