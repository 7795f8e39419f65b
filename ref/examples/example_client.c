/* SPDX-License-Identifier: MIT
 *
 * The smallest useful client: a unary call, then a stream, in the three steps. It talks to
 * example-server and to any other server of grpc.testing.TestService.
 *
 *     example-client 127.0.0.1:10000 */
#include "grpcref.h"

#include "grpc/testing/messages.pb-c.h"

#include <stdio.h>
#include <stdlib.h>

/* 2. The stub: the methods this client calls. */
static const struct gr_method unary_call = {
    .path = "/grpc.testing.TestService/UnaryCall",
    .request = &grpc__testing__simple_request__descriptor,
    .reply = &grpc__testing__simple_response__descriptor,
};
static const struct gr_method full_duplex_call = {
    .path = "/grpc.testing.TestService/FullDuplexCall",
    .request = &grpc__testing__streaming_output_call_request__descriptor,
    .reply = &grpc__testing__streaming_output_call_response__descriptor,
    .client_streams = true,
    .server_streams = true,
};

/* Always a deadline: a call without one may wait for ever. */
static const struct gr_call_options in_5_seconds = {.timeout_ns = 5 * NS_PER_S};

static enum gr_status ask_once(struct gr_channel *channel)
{
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    const void *message;
    struct gr_call *call;

    request.fill_username = 1;
    enum gr_status status = gr_unary(channel, &unary_call, &request, &in_5_seconds, &message,
                                     &call);
    if (call == NULL)
        return GR_STATUS_RESOURCE_EXHAUSTED;
    const Grpc__Testing__SimpleResponse *reply = message;
    printf("UnaryCall: %s \"%s\"\n", gr_status_name(status),
           status == GR_STATUS_OK ? reply->username : "");
    gr_call_free(call);
    return status;
}

static enum gr_status talk(struct gr_channel *channel)
{
    Grpc__Testing__StreamingOutputCallRequest request =
        GRPC__TESTING__STREAMING_OUTPUT_CALL_REQUEST__INIT;
    Grpc__Testing__ResponseParameters five = GRPC__TESTING__RESPONSE_PARAMETERS__INIT;
    Grpc__Testing__ResponseParameters *parameters[] = {&five};
    Grpc__Testing__Payload payload = GRPC__TESTING__PAYLOAD__INIT;
    const void *message;

    struct gr_call *call = gr_call_new(channel, &full_duplex_call, &in_5_seconds);
    if (call == NULL)
        return GR_STATUS_RESOURCE_EXHAUSTED;
    five.size = 5;
    payload.body = (ProtobufCBinaryData){5, (uint8_t *)"hello"};
    request.payload = &payload;
    request.response_parameters = parameters;
    request.n_response_parameters = 1;
    for (int i = 0; i < 3 && gr_send(call, &request, GR_SEND_DEFAULT) == 0; i++)
        ;
    gr_half_close(call);
    while (gr_recv(call, &message) == 1) {
        const Grpc__Testing__StreamingOutputCallResponse *reply = message;
        size_t len = reply->payload != NULL ? reply->payload->body.len : 0;
        printf("FullDuplexCall: a message of %zu octets\n", len);
    }
    enum gr_status status = gr_wait(call)->status;
    printf("FullDuplexCall: %s\n", gr_status_name(status));
    gr_call_free(call);
    return status;
}

int main(int argc, char **argv)
{
    const char *target = argc > 1 ? argv[1] : "127.0.0.1:10000";

    struct gr_channel *channel = gr_channel_new(target, NULL); /* 1. a channel */
    if (channel == NULL)
        return EXIT_FAILURE;
    enum gr_status status = ask_once(channel); /* 3. calls */
    if (status == GR_STATUS_OK)
        status = talk(channel);
    gr_channel_free(channel);
    return status == GR_STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
