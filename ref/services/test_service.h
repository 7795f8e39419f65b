/* SPDX-License-Identifier: MIT
 *
 * grpc.testing.TestService as the official interop test descriptions define it, and the methods a
 * client needs to call it. What it is not: a load balancer's, a reporter of ORCA metrics or a
 * checker of credentials.
 *
 * Features (interop-test-descriptions.md, Server): EmptyCall, UnaryCall, CacheableUnaryCall,
 * StreamingInputCall, StreamingOutputCall, FullDuplexCall, HalfDuplexCall, CompressedRequest,
 * CompressedResponse, Echo Status, Echo Metadata (in every method), interval_us. */
#ifndef SERVICES_TEST_SERVICE_H
#define SERVICES_TEST_SERVICE_H

#include "grpcref.h"

/* The rows of test_service.methods. */
enum test_method {
    TEST_EMPTY_CALL,
    TEST_UNARY_CALL,
    TEST_CACHEABLE_UNARY_CALL,
    TEST_STREAMING_OUTPUT_CALL,
    TEST_STREAMING_INPUT_CALL,
    TEST_FULL_DUPLEX_CALL,
    TEST_HALF_DUPLEX_CALL,
    TEST_UNIMPLEMENTED_CALL, /* no handler, on purpose: UNIMPLEMENTED */
    TEST_METHOD_COUNT
};

/* For gr_server_register; a client takes &test_service.methods[TEST_UNARY_CALL]. */
extern const struct gr_service test_service;

/* grpc.testing.UnimplementedService/UnimplementedCall: for clients only, no server registers it. */
extern const struct gr_method unimplemented_service_call;

/* The keys of Echo Metadata. */
#define TEST_ECHO_INITIAL  "x-grpc-test-echo-initial"
#define TEST_ECHO_TRAILING "x-grpc-test-echo-trailing-bin"

/* The largest payload body the service answers with; above it the call ends RESOURCE_EXHAUSTED. */
#define TEST_MAX_PAYLOAD (16 * 1024 * 1024)

/* TEST_MAX_PAYLOAD octets of zero: the body of every payload. Never written to; not const because
 * protobuf-c's messages are not. */
uint8_t *test_zeros(void);

#endif
