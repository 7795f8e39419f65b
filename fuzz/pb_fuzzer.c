/* SPDX-License-Identifier: MIT
 *
 * protobuf by descriptor. Input: one octet, which type; then the message.
 * Oracles: an arena and the heap decode the same; what decodes encodes, and from then on encoding
 * and decoding change nothing; the conformance suite's own reader and writer (wire/pb.h), which share
 * no code with it, read the same of a request and of responses, and write requests that read back as
 * they were told. Without a type octets are octets. */
#include "fuzz.h"

#include "codec/codec.h"
#include "codec/pb.h"
#include "grpc/testing/messages.pb-c.h"
#include "wire/pb.h"

static const ProtobufCMessageDescriptor *const types[] = {
    &grpc__testing__simple_request__descriptor,
    &grpc__testing__simple_response__descriptor,
    &grpc__testing__streaming_output_call_request__descriptor,
    &grpc__testing__load_balancer_stats_response__descriptor,
    &grpc__testing__streaming_input_call_response__descriptor,
};

/* ---- what the suite reads ---- */

static void check_request(const void *message, struct bytes input)
{
    const Grpc__Testing__SimpleRequest *request = message;
    struct pb_field field;
    bool present = pb_find(input, 2, &field);
    int32_t size = present ? (int32_t)(uint32_t)field.value : 0;
    must(size == request->response_size, "the suite reads another response_size");
}

static size_t occurrences(struct bytes message, uint32_t number)
{
    struct pb_field field;
    size_t count = 0;
    while (pb_take(&message, &field))
        count += field.number == number;
    return count;
}

/* A message said in parts is put together by one reader; the other takes the last part, which is all it needs. */
static void check_response(const void *message, struct bytes input)
{
    const Grpc__Testing__Payload *payload =
        ((const Grpc__Testing__SimpleResponse *)message)->payload;
    struct bytes body;
    must(pb_response_body(input, &body), "the suite refuses a response that decodes");
    if (occurrences(input, 1) > 1)
        return;
    struct bytes expected = payload ? bytes_of(payload->body.data, payload->body.len) : NO_BYTES;
    must(bytes_equal(body, expected), "the suite reads another payload.body");
    reach("body agreed");
}

static void check_sum(const void *message, struct bytes input)
{
    const Grpc__Testing__StreamingInputCallResponse *response = message;
    must(pb_aggregated_size(input) == response->aggregated_payload_size,
         "the suite reads another aggregated_payload_size");
    reach("sum agreed");
}

static void check_against_suite(const ProtobufCMessageDescriptor *type, const void *message,
                                struct bytes input)
{
    if (type == types[0])
        check_request(message, input);
    if (type == types[1])
        check_response(message, input);
    if (type == types[4])
        check_sum(message, input);
}

/* Whatever it is: an answer, and no octet too far. */
static void read_by_suite(struct bytes input)
{
    struct bytes body;
    bool good = pb_response_body(input, &body);
    must(good || body.len == 0, "a malformed response has a body");
    must(pb_aggregated_size(input) >= -INT64_C(2147483648), "a sum is no int32");
}

/* ---- what the suite writes ---- */

static bool is_bool(const Grpc__Testing__BoolValue *value, int told)
{
    return told < 0 ? value == NULL : value != NULL && value->value == told;
}

static void *unpack_written(const ProtobufCMessageDescriptor *type, struct buf *written,
                            struct gr_arena *arena)
{
    void *message;
    must(gr_pb_unpack(type, buf_view(written), arena, &message) == 0,
         "what the suite wrote is refused");
    buf_reset(written);
    return message;
}

static size_t len_of(const Grpc__Testing__Payload *payload)
{
    return payload ? payload->body.len : 0;
}

static void check_simple(struct testing_request told, struct buf *out, struct gr_arena *arena)
{
    pb_put_simple_request(out, told);
    const Grpc__Testing__SimpleRequest *got = unpack_written(types[0], out, arena);
    bool same = (size_t)got->response_size == told.response_size &&
                len_of(got->payload) == told.payload_size &&
                is_bool(got->response_compressed, told.response_compressed) &&
                is_bool(got->expect_compressed, told.expect_compressed) &&
                (got->response_status != NULL) == told.has_status &&
                (!told.has_status || got->response_status->code == told.status_code);
    must(same, "O6: a request reads back as another");
}

static void check_streaming(struct testing_request told, struct buf *out, struct gr_arena *arena)
{
    const struct response_parameters one = {told.response_size, (uint32_t)told.payload_size,
                                            told.response_compressed};
    pb_put_streaming_request(out, told, &one, 1);
    const Grpc__Testing__StreamingOutputCallRequest *got = unpack_written(types[2], out, arena);
    must(got->n_response_parameters == 1 && (size_t)got->response_parameters[0]->size == one.size &&
             (uint32_t)got->response_parameters[0]->interval_us == one.interval_us &&
             is_bool(got->response_parameters[0]->compressed, one.compressed),
         "O6: response parameters read back as others");
    pb_put_input_request(out, told.payload_size, told.expect_compressed);
    const Grpc__Testing__StreamingInputCallRequest *input = unpack_written(
        &grpc__testing__streaming_input_call_request__descriptor, out, arena);
    must(len_of(input->payload) == told.payload_size &&
             is_bool(input->expect_compressed, told.expect_compressed),
         "O6: an input request reads back as another");
}

static void check_written(struct bytes input)
{
    struct gr_arena arena = {0};
    struct buf out = {0};
    struct testing_request told = TESTING_REQUEST(.response_size = take_octet(&input) * 1000u);
    told.payload_size = take_octet(&input);
    told.has_status = take_octet(&input) % 2;
    told.status_code = (int8_t)take_octet(&input);
    told.status_message = told.status_code % 2 ? "why" : NULL;
    told.response_compressed = take_octet(&input) % 3 - 1;
    told.expect_compressed = take_octet(&input) % 3 - 1;
    check_simple(told, &out, &arena);
    check_streaming(told, &out, &arena);
    gr_arena_clear(&arena);
    buf_clear(&out);
}

/* ---- no type ---- */

static void check_octets(struct bytes input)
{
    struct gr_arena arena = {0};
    struct buf out = {0};
    void *message;
    must(gr_decode(NULL, NULL, input, &arena, &message) == 0, "octets are refused");
    must(gr_encode(NULL, NULL, message, &out) == 0, "octets cannot be encoded");
    must(bytes_equal(buf_view(&out), input), "O6: octets come back as others");
    gr_arena_clear(&arena);
    buf_clear(&out);
}

/* ---- the reference ---- */

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

    read_by_suite(input);
    check_written(input);
    check_octets(input);
    int error = gr_pb_unpack(type, input, &arena, &in_arena);
    must(gr_pb_unpack(type, input, NULL, &on_heap) == error, "an arena decodes differently");
    if (!error) {
        check_against_suite(type, in_arena, input);
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
