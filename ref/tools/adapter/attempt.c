/* SPDX-License-Identifier: MIT
 *
 * See attempt.h. The call's events are collected by an observer; what is to be done, and when, is
 * straight-line code that turns the loop until it may go on. */
#include "tools/adapter/attempt.h"

#include "tools/adapter/convert.h"

#include "adapter.grpc.h"

#include <stdio.h>

/* When to cancel; negative: not then. */
struct cancel_at {
    bool before_half_close;
    int64_t ms_after_half_close;
    int64_t responses;
};

struct attempt {
    const CC(ClientCompatRequest) * request;
    const struct gr_method *method;
    struct gr_loop *loop;
    struct gr_call *call;
    struct cancel_at cancel;
    CC(ConformancePayload) * *payloads;
    size_t payload_count;
    size_t payload_capacity;
    size_t sent; /* requests */
    bool ended;
    const char *trouble; /* what no status says; NULL: none */
};

/* ---- What comes back ------------------------------------------------------------------------- */

static const CC(ConformancePayload) * payload_of(const void *message)
{
    const ProtobufCMessageDescriptor *type = ((const ProtobufCMessage *)message)->descriptor;

    if (type == &connectrpc__conformance__v1__unary_response__descriptor)
        return ((const CC(UnaryResponse) *)message)->payload;
    if (type == &connectrpc__conformance__v1__client_stream_response__descriptor)
        return ((const CC(ClientStreamResponse) *)message)->payload;
    if (type == &connectrpc__conformance__v1__server_stream_response__descriptor)
        return ((const CC(ServerStreamResponse) *)message)->payload;
    if (type == &connectrpc__conformance__v1__bidi_stream_response__descriptor)
        return ((const CC(BidiStreamResponse) *)message)->payload;
    return NULL; /* UnimplementedResponse has none */
}

static bool grow(struct attempt *attempt)
{
    if (attempt->payload_count < attempt->payload_capacity)
        return true;
    size_t capacity = attempt->payload_capacity * 2 + 4;
    CC(ConformancePayload) **payloads = gr_call_alloc(attempt->call,
                                                      capacity * sizeof(CC(ConformancePayload) *));
    if (payloads == NULL)
        return false;
    for (size_t i = 0; i < attempt->payload_count; i++)
        payloads[i] = attempt->payloads[i];
    attempt->payloads = payloads;
    attempt->payload_capacity = capacity;
    return true;
}

/* A message without a payload counts as one with an empty payload. */
static void keep(struct attempt *attempt, const void *message)
{
    CC(ConformancePayload) empty = CONNECTRPC__CONFORMANCE__V1__CONFORMANCE_PAYLOAD__INIT;
    const CC(ConformancePayload) *payload = payload_of(message);

    CC(ConformancePayload) *copy = grow(attempt) ? convert_copy(attempt->call,
                                                                payload != NULL ? payload : &empty)
                                                 : NULL;
    if (copy == NULL)
        attempt->trouble = "out of memory";
    else
        attempt->payloads[attempt->payload_count++] = copy;
}

static void observe(struct gr_call *call, enum gr_event event, const void *message)
{
    struct attempt *attempt = gr_call_data(call);

    if (event == GR_EVENT_MESSAGE) {
        keep(attempt, message);
        if ((int64_t)attempt->payload_count == attempt->cancel.responses)
            gr_cancel(call);
    }
    if (event == GR_EVENT_ENDED)
        attempt->ended = true;
}

/* ---- What is done ---------------------------------------------------------------------------- */

static void wait_ms(struct attempt *attempt, int64_t ms)
{
    gr_time until = clock_now_ns() + ms * NS_PER_MS;
    gr_time now;

    while (!attempt->ended && (now = clock_now_ns()) < until)
        gr_loop_turn(attempt->loop, until - now);
}

static void wait_for_payloads(struct attempt *attempt, size_t count)
{
    while (!attempt->ended && attempt->payload_count < count)
        gr_loop_turn(attempt->loop, TIME_NEVER);
}

static void wait_for_room(struct attempt *attempt)
{
    while (!attempt->ended && !gr_writable(attempt->call))
        gr_loop_turn(attempt->loop, TIME_NEVER);
}

static void send_request(struct attempt *attempt, const Google__Protobuf__Any *any)
{
    void *message = convert_from_any(attempt->call, any, attempt->method->request);

    if (message == NULL) {
        attempt->trouble = "a request message is not of the method's type";
        return;
    }
    wait_for_room(attempt);
    int error = gr_send(attempt->call, message, GR_SEND_DEFAULT);
    if (error == 0)
        attempt->sent++;
    else if (error != GR_CLOSED) /* else its status, judged later, says why */
        attempt->trouble = gr_error_text(error);
}

static void send_requests(struct attempt *attempt)
{
    const CC(ClientCompatRequest) *request = attempt->request;
    bool in_turn = request->stream_type ==
                   CONNECTRPC__CONFORMANCE__V1__STREAM_TYPE__STREAM_TYPE_FULL_DUPLEX_BIDI_STREAM;

    for (size_t i = 0; i < request->n_request_messages; i++) {
        wait_ms(attempt, request->request_delay_ms);
        if (attempt->ended || attempt->trouble != NULL)
            return;
        send_request(attempt, request->request_messages[i]);
        if (in_turn)
            wait_for_payloads(attempt, i + 1);
    }
}

static void carry_out(struct attempt *attempt)
{
    send_requests(attempt);
    if (attempt->trouble != NULL || attempt->cancel.before_half_close)
        gr_cancel(attempt->call);
    gr_half_close(attempt->call);
    if (attempt->cancel.ms_after_half_close >= 0) {
        wait_ms(attempt, attempt->cancel.ms_after_half_close);
        gr_cancel(attempt->call);
    }
    while (!attempt->ended)
        gr_loop_turn(attempt->loop, TIME_NEVER);
}

/* ---- From the request to a call -------------------------------------------------------------- */

static const struct gr_method *find_method(const CC(ClientCompatRequest) * request)
{
    const struct gr_service *service = &connectrpc_conformance_v1_conformance_service__service;
    char path[200];

    if (request->optional_service_case == 0 || request->optional_method_case == 0)
        return NULL;
    snprintf(path, sizeof(path), "/%s/%s", request->service, request->method);
    for (size_t i = 0; i < service->method_count; i++) {
        if (strcmp(service->methods[i].path, path) == 0)
            return &service->methods[i];
    }
    return NULL;
}

static struct cancel_at cancel_at(const CC(ClientCompatRequest__Cancel) * cancel)
{
    struct cancel_at at = {.ms_after_half_close = -1, .responses = -1};

    if (cancel == NULL)
        return at;
    switch (cancel->cancel_timing_case) {
    case CONNECTRPC__CONFORMANCE__V1__CLIENT_COMPAT_REQUEST__CANCEL__CANCEL_TIMING_BEFORE_CLOSE_SEND:
        at.before_half_close = true;
        break;
    case CONNECTRPC__CONFORMANCE__V1__CLIENT_COMPAT_REQUEST__CANCEL__CANCEL_TIMING_AFTER_CLOSE_SEND_MS:
        at.ms_after_half_close = cancel->after_close_send_ms;
        break;
    case CONNECTRPC__CONFORMANCE__V1__CLIENT_COMPAT_REQUEST__CANCEL__CANCEL_TIMING_AFTER_NUM_RESPONSES:
        at.responses = cancel->after_num_responses;
        break;
    default:
        at.ms_after_half_close = 0;
    }
    return at;
}

/* Request metadata. returns NULL when out of memory, or when a header cannot be sent */
static struct gr_metadata *new_metadata(const CC(ClientCompatRequest) * request)
{
    struct gr_metadata *metadata = gr_metadata_new();
    struct buf scratch = {0};
    int error = metadata == NULL ? GR_NOMEM : 0;

    for (size_t i = 0; i < request->n_request_headers; i++) {
        const CC(Header) *header = request->request_headers[i];
        for (size_t j = 0; j < header->n_value && error == 0; j++)
            error = gr_metadata_add(metadata, header->name,
                                    convert_value(header->name, header->value[j], &scratch));
    }
    bool whole = error == 0 && !scratch.failed;
    buf_clear(&scratch);
    if (whole)
        return metadata;
    gr_metadata_free(metadata);
    return NULL;
}

static struct gr_call_options call_options(struct attempt *attempt,
                                           const struct gr_metadata *metadata)
{
    const CC(ClientCompatRequest) *request = attempt->request;
    struct gr_call_options options = {
        .metadata = metadata,
        .max_message = request->message_receive_limit,
        .observer = observe,
        .data = attempt,
    };

    if (request->compression == CONNECTRPC__CONFORMANCE__V1__COMPRESSION__COMPRESSION_GZIP)
        options.compression = GR_GZIP;
    if (request->optional_timeout_ms_case != 0) /* 0 is a deadline, too: now */
        options.timeout_ns = request->timeout_ms > 0 ? request->timeout_ms * NS_PER_MS : -1;
    return options;
}

/* Why this is not for us; NULL: it is. */
static const char *refuse(const CC(ClientCompatRequest) * request)
{
    if (request->protocol != CONNECTRPC__CONFORMANCE__V1__PROTOCOL__PROTOCOL_GRPC ||
        request->http_version != CONNECTRPC__CONFORMANCE__V1__HTTPVERSION__HTTP_VERSION_2)
        return "only gRPC on HTTP/2 is here";
    if (request->codec != CONNECTRPC__CONFORMANCE__V1__CODEC__CODEC_PROTO)
        return "only the protobuf codec is here";
    if (request->compression > CONNECTRPC__CONFORMANCE__V1__COMPRESSION__COMPRESSION_GZIP)
        return "of the compressions only identity and gzip are here";
    if (find_method(request) == NULL)
        return "no such method";
    return NULL;
}

/* returns false with the reason as trouble */
static bool begin(struct attempt *attempt, struct channels *channels)
{
    attempt->trouble = refuse(attempt->request);
    if (attempt->trouble != NULL)
        return false;
    attempt->method = find_method(attempt->request);
    struct gr_channel *channel = channels_find(channels, attempt->request);
    if (channel == NULL) {
        attempt->trouble = "cannot make a channel";
        return false;
    }
    struct gr_metadata *metadata = new_metadata(attempt->request);
    if (metadata == NULL) {
        attempt->trouble = "the request headers cannot be sent";
        return false;
    }
    const struct gr_call_options options = call_options(attempt, metadata);
    attempt->call = gr_call_new(channel, attempt->method, &options);
    gr_metadata_free(metadata);
    if (attempt->call == NULL)
        attempt->trouble = "out of memory";
    return attempt->call != NULL;
}

/* ---- The answer to the runner ---------------------------------------------------------------- */

/* returns false when out of memory */
static bool describe(const struct attempt *attempt, CC(ClientResponseResult) * result)
{
    struct gr_call *call = attempt->call;
    bool ok = gr_call_result(call)->status == GR_STATUS_OK;
    struct headers headers, trailers;

    if (!convert_metadata(call, gr_call_metadata(call), &headers) ||
        !convert_metadata(call, gr_call_trailers(call), &trailers))
        return false;
    result->response_headers = headers.list;
    result->n_response_headers = headers.count;
    result->response_trailers = trailers.list;
    result->n_response_trailers = trailers.count;
    /* A method with one reply has none when it fails, as gr_unary has it. */
    result->payloads = attempt->payloads;
    result->n_payloads = ok || attempt->method->server_streams ? attempt->payload_count : 0;
    result->num_unsent_requests = (int32_t)(attempt->request->n_request_messages - attempt->sent);
    if (ok)
        return true;
    result->error = convert_result(call, gr_call_result(call));
    return result->error != NULL;
}

void attempt(struct channels *channels, const CC(ClientCompatRequest) * request,
             void (*write)(void *to, const CC(ClientCompatResponse) * response), void *to)
{
    struct attempt attempt = {
        .request = request, .loop = channels->loop, .cancel = cancel_at(request->cancel)};
    CC(ClientCompatResponse) response = CONNECTRPC__CONFORMANCE__V1__CLIENT_COMPAT_RESPONSE__INIT;
    CC(ClientResponseResult) result = CONNECTRPC__CONFORMANCE__V1__CLIENT_RESPONSE_RESULT__INIT;
    CC(ClientErrorResult) error = CONNECTRPC__CONFORMANCE__V1__CLIENT_ERROR_RESULT__INIT;

    if (begin(&attempt, channels)) {
        carry_out(&attempt);
        if (attempt.trouble == NULL && !describe(&attempt, &result))
            attempt.trouble = "out of memory";
    }
    response.test_name = request->test_name;
    response.result_case = CONNECTRPC__CONFORMANCE__V1__CLIENT_COMPAT_RESPONSE__RESULT_RESPONSE;
    response.response = &result;
    if (attempt.trouble != NULL) {
        error.message = (char *)(uintptr_t)attempt.trouble;
        response.result_case = CONNECTRPC__CONFORMANCE__V1__CLIENT_COMPAT_RESPONSE__RESULT_ERROR;
        response.error = &error;
    }
    write(to, &response);
    if (attempt.call != NULL)
        gr_call_free(attempt.call);
}
