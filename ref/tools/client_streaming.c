/* SPDX-License-Identifier: MIT
 *
 * The streaming cases: client_streaming, server_streaming, ping_pong, empty_stream. */
#include "tools/client_case.h"

/* The sizes of the official descriptions. */
static const size_t request_sizes[] = {27182, 8, 1828, 45904};
static const int32_t response_sizes[] = {31415, 9, 2653, 58979};

static void client_streaming(struct run *run)
{
    struct gr_call *call = begin(run, TEST_STREAMING_INPUT_CALL, NULL);
    if (call == NULL)
        return;
    for (size_t i = 0; i < ARRAY_LEN(request_sizes); i++) {
        Grpc__Testing__StreamingInputCallRequest request =
            GRPC__TESTING__STREAMING_INPUT_CALL_REQUEST__INIT;
        Grpc__Testing__Payload payload = zero_payload(request_sizes[i]);
        request.payload = &payload;
        send_message(run, call, &request, GR_SEND_DEFAULT);
    }
    gr_half_close(call);

    const Grpc__Testing__StreamingInputCallResponse *reply = receive(run, "StreamingInputCall",
                                                                     call);
    if (reply != NULL)
        expect_number(run, "aggregated_payload_size", reply->aggregated_payload_size, 74922);
    expect_end(run, "StreamingInputCall", call);
    expect_ok(run, "StreamingInputCall", call);
    end(call);
}

static void server_streaming(struct run *run)
{
    Grpc__Testing__StreamingOutputCallRequest request =
        GRPC__TESTING__STREAMING_OUTPUT_CALL_REQUEST__INIT;
    Grpc__Testing__ResponseParameters parameters[ARRAY_LEN(response_sizes)];
    Grpc__Testing__ResponseParameters *list[ARRAY_LEN(response_sizes)];

    for (size_t i = 0; i < ARRAY_LEN(response_sizes); i++) {
        grpc__testing__response_parameters__init(&parameters[i]);
        parameters[i].size = response_sizes[i];
        list[i] = &parameters[i];
    }
    request.response_parameters = list;
    request.n_response_parameters = ARRAY_LEN(list);

    struct gr_call *call = begin(run, TEST_STREAMING_OUTPUT_CALL, NULL);
    if (call == NULL)
        return;
    send_message(run, call, &request, GR_SEND_DEFAULT);
    gr_half_close(call);
    for (size_t i = 0; i < ARRAY_LEN(response_sizes); i++) {
        const Grpc__Testing__StreamingOutputCallResponse *reply = receive(
            run, "StreamingOutputCall", call);
        if (reply != NULL)
            expect_payload(run, "StreamingOutputCall", reply->payload, response_sizes[i]);
    }
    expect_end(run, "StreamingOutputCall", call);
    expect_ok(run, "StreamingOutputCall", call);
    end(call);
}

static void ping_pong(struct run *run)
{
    struct gr_call *call = begin(run, TEST_FULL_DUPLEX_CALL, NULL);
    if (call == NULL)
        return;
    for (size_t i = 0; i < ARRAY_LEN(request_sizes); i++) {
        struct duplex_request ping;
        duplex_request_init(&ping, response_sizes[i], request_sizes[i]);
        send_message(run, call, &ping.message, GR_SEND_DEFAULT);

        const Grpc__Testing__StreamingOutputCallResponse *pong = receive(run, "FullDuplexCall",
                                                                         call);
        if (pong != NULL)
            expect_payload(run, "FullDuplexCall", pong->payload, response_sizes[i]);
    }
    gr_half_close(call);
    expect_end(run, "FullDuplexCall", call);
    expect_ok(run, "FullDuplexCall", call);
    end(call);
}

static void empty_stream(struct run *run)
{
    struct gr_call *call = begin(run, TEST_FULL_DUPLEX_CALL, NULL);
    if (call == NULL)
        return;
    gr_half_close(call);
    expect_end(run, "FullDuplexCall", call);
    expect_ok(run, "FullDuplexCall", call);
    end(call);
}

static const struct test_case cases[] = {
    {"client_streaming", "four requests, one sum", client_streaming},
    {"server_streaming", "one request, four responses in order", server_streaming},
    {"ping_pong", "four requests, each answered in turn", ping_pong},
    {"empty_stream", "no message either way", empty_stream},
};

const struct test_group streaming_cases = {cases, ARRAY_LEN(cases)};
