/* SPDX-License-Identifier: MIT
 *
 * The compression cases. Whether a response was compressed is read from its message's flag; whether
 * a request was, the server judges (expect_compressed), after a probe shows that it does judge. */
#include "tools/client_case.h"

/* A call that may compress: each message says whether it is. */
static struct gr_call_options gzip_options(const struct run *run)
{
    struct gr_call_options options = call_options(run);
    options.compression = GR_GZIP;
    return options;
}

static struct gr_call *unary_with(struct run *run, const Grpc__Testing__SimpleRequest *request,
                                  bool compressed, const void **reply)
{
    struct gr_call_options options = compressed ? gzip_options(run) : call_options(run);
    return unary(run, TEST_UNARY_CALL, request, &options, reply);
}

/* One UnaryCall of the official sizes that must succeed. */
static void large_call(struct run *run, const char *what, Grpc__Testing__SimpleRequest *request,
                       bool compressed)
{
    Grpc__Testing__Payload payload = zero_payload(271828);
    const void *reply;

    request->response_size = 314159;
    request->payload = &payload;
    struct gr_call *call = unary_with(run, request, compressed, &reply);
    const Grpc__Testing__SimpleResponse *response = reply;
    if (expect_ok(run, what, call))
        expect_payload(run, what, response->payload, 314159);
    if (request->response_compressed != NULL)
        expect_compressed(run, what, call, request->response_compressed->value);
    end(call);
}

static void client_compressed_unary(struct run *run)
{
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    Grpc__Testing__BoolValue expected = GRPC__TESTING__BOOL_VALUE__INIT;
    Grpc__Testing__Payload payload = zero_payload(271828);
    const void *reply;

    expected.value = 1;
    request.expect_compressed = &expected;
    request.response_size = 314159;
    request.payload = &payload;
    struct gr_call *probe = unary_with(run, &request, false, &reply);
    expect_status(run, "probe: an uncompressed message announced as compressed", probe,
                  GR_STATUS_INVALID_ARGUMENT);
    end(probe);

    large_call(run, "UnaryCall with a compressed message", &request, true);
    expected.value = 0;
    large_call(run, "UnaryCall with an uncompressed message", &request, false);
}

static void server_compressed_unary(struct run *run)
{
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    Grpc__Testing__BoolValue wanted = GRPC__TESTING__BOOL_VALUE__INIT;

    request.response_compressed = &wanted;
    wanted.value = 1;
    large_call(run, "UnaryCall with response_compressed true", &request, false);
    wanted.value = 0;
    large_call(run, "UnaryCall with response_compressed false", &request, false);
}

static void send_input(struct run *run, struct gr_call *call, size_t size, bool expected, int flags)
{
    Grpc__Testing__StreamingInputCallRequest request =
        GRPC__TESTING__STREAMING_INPUT_CALL_REQUEST__INIT;
    Grpc__Testing__BoolValue expect = GRPC__TESTING__BOOL_VALUE__INIT;
    Grpc__Testing__Payload payload = zero_payload(size);

    expect.value = expected;
    request.expect_compressed = &expect;
    request.payload = &payload;
    send_message(run, call, &request, flags);
}

static void client_compressed_streaming(struct run *run)
{
    struct gr_call_options options = gzip_options(run);

    struct gr_call *probe = begin(run, TEST_STREAMING_INPUT_CALL, NULL);
    if (probe == NULL)
        return;
    send_input(run, probe, 27182, true, GR_SEND_DEFAULT);
    gr_half_close(probe);
    expect_status(run, "probe: an uncompressed message announced as compressed", probe,
                  GR_STATUS_INVALID_ARGUMENT);
    end(probe);

    struct gr_call *call = begin(run, TEST_STREAMING_INPUT_CALL, &options);
    if (call == NULL)
        return;
    send_input(run, call, 27182, true, GR_SEND_DEFAULT);
    send_input(run, call, 45904, false, GR_SEND_UNCOMPRESSED);
    gr_half_close(call);
    const Grpc__Testing__StreamingInputCallResponse *reply = receive(run, "StreamingInputCall",
                                                                     call);
    if (reply != NULL)
        expect_number(run, "aggregated_payload_size", reply->aggregated_payload_size, 73086);
    expect_end(run, "StreamingInputCall", call);
    expect_ok(run, "StreamingInputCall", call);
    end(call);
}

static void server_compressed_streaming(struct run *run)
{
    static const int32_t sizes[] = {31415, 92653};
    Grpc__Testing__BoolValue yes_no[2] = {GRPC__TESTING__BOOL_VALUE__INIT,
                                          GRPC__TESTING__BOOL_VALUE__INIT};
    Grpc__Testing__ResponseParameters parameters[2];
    Grpc__Testing__ResponseParameters *list[2] = {&parameters[0], &parameters[1]};
    Grpc__Testing__StreamingOutputCallRequest request =
        GRPC__TESTING__STREAMING_OUTPUT_CALL_REQUEST__INIT;

    for (size_t i = 0; i < 2; i++) {
        yes_no[i].value = i == 0;
        grpc__testing__response_parameters__init(&parameters[i]);
        parameters[i].size = sizes[i];
        parameters[i].compressed = &yes_no[i];
    }
    request.response_parameters = list;
    request.n_response_parameters = 2;

    struct gr_call *call = begin(run, TEST_STREAMING_OUTPUT_CALL, NULL);
    if (call == NULL)
        return;
    send_message(run, call, &request, GR_SEND_DEFAULT);
    gr_half_close(call);
    for (size_t i = 0; i < 2; i++) {
        const Grpc__Testing__StreamingOutputCallResponse *reply = receive(
            run, "StreamingOutputCall", call);
        if (reply != NULL)
            expect_payload(run, "StreamingOutputCall", reply->payload, sizes[i]);
        expect_compressed(run, "StreamingOutputCall", call, yes_no[i].value);
    }
    expect_end(run, "StreamingOutputCall", call);
    expect_ok(run, "StreamingOutputCall", call);
    end(call);
}

static const struct test_case cases[] = {
    {"client_compressed_unary", "requests with and without compression", client_compressed_unary},
    {"server_compressed_unary", "responses with and without compression", server_compressed_unary},
    {"client_compressed_streaming", "the same in a stream", client_compressed_streaming},
    {"server_compressed_streaming", "the same in a stream", server_compressed_streaming},
};

const struct test_group compression_cases = {cases, ARRAY_LEN(cases)};
