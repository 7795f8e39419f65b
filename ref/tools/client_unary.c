/* SPDX-License-Identifier: MIT
 *
 * The unary cases: empty_unary, large_unary, cacheable_unary. */
#include "tools/client_case.h"

#include <inttypes.h>
#include <stdio.h>

static void empty_unary(struct run *run)
{
    Grpc__Testing__Empty request = GRPC__TESTING__EMPTY__INIT;
    const void *reply;
    struct gr_call *call = unary(run, TEST_EMPTY_CALL, &request, NULL, &reply);

    if (expect_ok(run, "EmptyCall", call) && reply == NULL)
        fail(run, "EmptyCall: expected an empty message, seen none");
    end(call);
}

static void large_unary(struct run *run)
{
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    Grpc__Testing__Payload payload = zero_payload(271828);
    const void *reply;

    request.response_size = 314159;
    request.payload = &payload;
    struct gr_call *call = unary(run, TEST_UNARY_CALL, &request, NULL, &reply);

    const Grpc__Testing__SimpleResponse *response = reply;
    if (expect_ok(run, "UnaryCall", call))
        expect_payload(run, "UnaryCall", response->payload, 314159);
    end(call);
}

/* GET is not part of PROTOCOL-HTTP2 any more, so both calls go out as POST, which no cache may
 * answer. The bodies are compared only to say whether something in between is a cache all the same.
 */
static void cacheable_unary(struct run *run)
{
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    Grpc__Testing__Payload payload = GRPC__TESTING__PAYLOAD__INIT;
    struct gr_call_options options = call_options(run);
    struct gr_metadata *metadata = gr_metadata_new();
    const void *replies[2] = {NULL, NULL};
    char now[32];

    int len = snprintf(now, sizeof(now), "%" PRId64, clock_now_ns());
    payload.body = (ProtobufCBinaryData){(size_t)len, (uint8_t *)now};
    request.payload = &payload;
    options.metadata = metadata;
    if (metadata == NULL || gr_metadata_add(metadata, "x-user-ip", BYTES("1.2.3.4")) != 0)
        fail(run, "out of memory");

    struct gr_call *first = unary(run, TEST_CACHEABLE_UNARY_CALL, &request, &options, &replies[0]);
    struct gr_call *second = unary(run, TEST_CACHEABLE_UNARY_CALL, &request, &options, &replies[1]);
    if (expect_ok(run, "first CacheableUnaryCall", first) &&
        expect_ok(run, "second CacheableUnaryCall", second)) {
        const Grpc__Testing__Payload *a =
            ((const Grpc__Testing__SimpleResponse *)replies[0])->payload;
        const Grpc__Testing__Payload *b =
            ((const Grpc__Testing__SimpleResponse *)replies[1])->payload;
        bool same = a != NULL && b != NULL &&
                    bytes_equal(bytes_of(a->body.data, a->body.len),
                                bytes_of(b->body.data, b->body.len));
        snprintf(run->note, sizeof(run->note), "sent as POST; %s",
                 same ? "both answers are the same, as from a cache"
                      : "the answers differ: no cache in between");
    }
    end(first);
    end(second);
    gr_metadata_free(metadata);
}

static const struct test_case cases[] = {
    {"empty_unary", "one empty message each way", empty_unary},
    {"cacheable_unary", "the same request twice (as POST)", cacheable_unary},
    {"large_unary", "271828 octets there, 314159 back", large_unary},
};

const struct test_group unary_cases = {cases, ARRAY_LEN(cases)};
