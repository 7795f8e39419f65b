/* SPDX-License-Identifier: MIT
 *
 * The official interop cases as descriptions of calls, so that every kind of drive can make them.
 * (grpc/grpc doc/interop-test-descriptions.md, doc/negative-http2-interop-test-descriptions.md) */
#include "peer/client.h"

#define LARGE_REQUEST  271828
#define LARGE_RESPONSE 314159

const struct client_call empty_unary = {
    .interop = "empty_unary", .path = EMPTY_CALL, .type = CALL_UNARY, .messages = 1};

#define LARGE_UNARY                                                                                \
    .path = UNARY_CALL, .type = CALL_UNARY, .messages = 1, .request_size = LARGE_REQUEST,          \
    .response_size = LARGE_RESPONSE, .responses = 1

const struct client_call large_unary = {.interop = "large_unary", LARGE_UNARY};

const struct client_call client_streaming = {.interop = "client_streaming",
                                             .path = STREAMING_INPUT_CALL,
                                             .type = CALL_CLIENT_STREAM,
                                             .messages = 4,
                                             .request_size = 27182};

const struct client_call server_streaming = {.interop = "server_streaming",
                                             .path = STREAMING_OUTPUT_CALL,
                                             .type = CALL_SERVER_STREAM,
                                             .messages = 1,
                                             .response_size = 31415,
                                             .responses = 4};

const struct client_call ping_pong = {.interop = "ping_pong",
                                      .path = FULL_DUPLEX_CALL,
                                      .type = CALL_FULL_DUPLEX,
                                      .messages = 4,
                                      .request_size = 27182,
                                      .response_size = 31415,
                                      .responses = 4};

const struct client_call empty_stream = {
    .interop = "empty_stream", .path = FULL_DUPLEX_CALL, .type = CALL_FULL_DUPLEX};

/* What the official cases send and want to get back. */
static const struct field echoed[] = {
    {{(const uint8_t *)"x-grpc-test-echo-initial", 24},
     {(const uint8_t *)"test_initial_metadata_value", 27}},
    {{(const uint8_t *)"x-grpc-test-echo-trailing-bin", 29}, {(const uint8_t *)"\xab\xab\xab", 3}},
};

const struct client_call custom_metadata = {.interop = "custom_metadata",
                                            .interop_calls = 2,
                                            LARGE_UNARY,
                                            .metadata = echoed,
                                            .metadata_count = ARRAY_LEN(echoed)};

const struct client_call status_code_and_message = {.interop = "status_code_and_message",
                                                    .interop_calls = 2,
                                                    .interop_status = GRPC_UNKNOWN,
                                                    .path = UNARY_CALL,
                                                    .type = CALL_UNARY,
                                                    .messages = 1};

const struct client_call special_status_message = {.interop = "special_status_message",
                                                   .interop_status = GRPC_UNKNOWN,
                                                   .path = UNARY_CALL,
                                                   .type = CALL_UNARY,
                                                   .messages = 1};

const struct client_call unimplemented_method = {.interop = "unimplemented_method",
                                                 .interop_status = GRPC_UNIMPLEMENTED,
                                                 .path = UNIMPLEMENTED_CALL,
                                                 .type = CALL_UNARY,
                                                 .messages = 1};

const struct client_call unimplemented_service = {
    .interop = "unimplemented_service",
    .interop_status = GRPC_UNIMPLEMENTED,
    .path = "/grpc.testing.UnimplementedService/UnimplementedCall",
    .type = CALL_UNARY,
    .messages = 1};

const struct client_call cancel_after_begin = {.interop = "cancel_after_begin",
                                               .interop_status = GRPC_CANCELLED,
                                               .path = STREAMING_INPUT_CALL,
                                               .type = CALL_CLIENT_STREAM,
                                               .cancel = CANCEL_BEFORE_HALF_CLOSE};

const struct client_call cancel_after_first_response = {.interop = "cancel_after_first_response",
                                                        .interop_status = GRPC_CANCELLED,
                                                        .path = FULL_DUPLEX_CALL,
                                                        .type = CALL_FULL_DUPLEX,
                                                        .messages = 1,
                                                        .request_size = 27182,
                                                        .response_size = 31415,
                                                        .responses = 1,
                                                        .cancel = CANCEL_AFTER_RESPONSES,
                                                        .cancel_after_responses = 1};

const struct client_call timeout_on_sleeping_server = {.interop = "timeout_on_sleeping_server",
                                                       .interop_status = GRPC_DEADLINE_EXCEEDED,
                                                       .path = FULL_DUPLEX_CALL,
                                                       .type = CALL_FULL_DUPLEX,
                                                       .messages = 1,
                                                       .request_size = 27182,
                                                       .timeout_ms = 100};

const struct client_call client_compressed_unary = {
    .interop = "client_compressed_unary", .interop_calls = 3, LARGE_UNARY, .compression = "gzip"};

const struct client_call server_compressed_unary = {
    .interop = "server_compressed_unary", .interop_calls = 2, LARGE_UNARY};

const struct client_call server_compressed_streaming = {.interop = "server_compressed_streaming",
                                                        .path = STREAMING_OUTPUT_CALL,
                                                        .type = CALL_SERVER_STREAM,
                                                        .messages = 1,
                                                        .response_size = 31415,
                                                        .responses = 2};

const struct client_call goaway_case = {.interop = "goaway", .interop_calls = 2, LARGE_UNARY};

#define NEGATIVE(name)                                                                             \
    {                                                                                              \
        .interop = name, .otherwise = &large_unary, LARGE_UNARY                                    \
    }
const struct client_call rst_after_header = NEGATIVE("rst_after_header");
const struct client_call rst_during_data = NEGATIVE("rst_during_data");
const struct client_call rst_after_data = NEGATIVE("rst_after_data");
const struct client_call ping_case = NEGATIVE("ping");

const struct client_call max_streams = {.interop = "max_streams", .interop_calls = 11, LARGE_UNARY};
