/* SPDX-License-Identifier: MIT
 *
 * protobuf by descriptor. Input: one octet, which type; then the message.
 * Oracles: an arena and the heap decode the same; what decodes encodes, and from then on encoding
 * and decoding change nothing; the conformance suite's own reader (wire/pb.h), which shares no code
 * with it, reads the same response_size from a SimpleRequest. */
#include "fuzz.h"

#include "codec/pb.h"
#include "grpc/testing/messages.pb-c.h"
#include "wire/pb.h"

static const ProtobufCMessageDescriptor *const types[] = {
    &grpc__testing__simple_request__descriptor,
    &grpc__testing__simple_response__descriptor,
    &grpc__testing__streaming_output_call_request__descriptor,
    &grpc__testing__load_balancer_stats_response__descriptor,
};

static void check_against_suite(const void *message, struct bytes input)
{
    const Grpc__Testing__SimpleRequest *request = message;
    struct pb_field field;
    bool present = pb_find(input, 2, &field);
    int32_t size = present ? (int32_t)(uint32_t)field.value : 0;
    must(size == request->response_size, "the suite reads another response_size");
}

static void pack(const void *message, struct buf *out)
{
    must(gr_pb_pack(message, out) == 0, "what was decoded cannot be encoded");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    const ProtobufCMessageDescriptor *type = types[take_octet(&input) % ARRAY_LEN(types)];
    struct gr_arena arena = {0};
    struct buf once = {0};
    struct buf twice = {0};
    void *in_arena;
    void *on_heap;

    int error = gr_pb_unpack(type, input, &arena, &in_arena);
    must(gr_pb_unpack(type, input, NULL, &on_heap) == error, "an arena decodes differently");
    if (!error) {
        if (type == types[0])
            check_against_suite(in_arena, input);
        pack(in_arena, &once);
        reach("decoded");
        must(!planted(once.len >= 3), "planted: three octets");
        pack(on_heap, &twice);
        must(bytes_equal(buf_view(&once), buf_view(&twice)), "an arena decodes to something else");
        gr_arena_reset(&arena);
        buf_reset(&twice);
        must(gr_pb_unpack(type, buf_view(&once), &arena, &in_arena) == 0,
             "what was encoded is refused");
        pack(in_arena, &twice);
        must(bytes_equal(buf_view(&once), buf_view(&twice)), "encoding again gives other octets");
    }
    gr_pb_free(on_heap);
    gr_arena_clear(&arena);
    buf_clear(&once);
    buf_clear(&twice);
    return 0;
}
