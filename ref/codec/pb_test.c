/* SPDX-License-Identifier: MIT
 *
 * protobuf-c behind its cage: real messages of grpc.testing, octets that are none, and a type that
 * nests in itself. */
#include "base/test.h"

#include <stdlib.h>

#include "codec/pb.h"
#include "grpc/testing/messages.pb-c.h"

#define REQUEST (&grpc__testing__simple_request__descriptor)

/* message Node { Node child = 1; string name = 2; } */
struct node {
    ProtobufCMessage base;
    struct node *child;
    char *name;
};

static const ProtobufCMessageDescriptor node_descriptor;

static const ProtobufCFieldDescriptor node_fields[] = {
    {.name = "child",
     .id = 1,
     .label = PROTOBUF_C_LABEL_NONE,
     .type = PROTOBUF_C_TYPE_MESSAGE,
     .offset = offsetof(struct node, child),
     .descriptor = &node_descriptor},
    {.name = "name",
     .id = 2,
     .label = PROTOBUF_C_LABEL_NONE,
     .type = PROTOBUF_C_TYPE_STRING,
     .offset = offsetof(struct node, name),
     .default_value = &protobuf_c_empty_string},
};

static void node_init(ProtobufCMessage *message)
{
    *(struct node *)message = (struct node){
        .base = PROTOBUF_C_MESSAGE_INIT(&node_descriptor),
        .name = (char *)(uintptr_t)protobuf_c_empty_string,
    };
}

static const ProtobufCMessageDescriptor node_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "test.Node",
    .short_name = "Node",
    .sizeof_message = sizeof(struct node),
    .n_fields = 2,
    .fields = node_fields,
    .fields_sorted_by_name = (const unsigned[]){0, 1},
    .n_field_ranges = 1,
    .field_ranges = (const ProtobufCIntRange[]){{1, 0}, {0, 2}},
    .message_init = node_init,
};

/* A Node of `depth` levels, encoded: written back to front, each level around the one before. */
static struct bytes nested(uint8_t *end, unsigned depth)
{
    uint8_t *at = end;
    for (unsigned level = 1; level < depth; level++) {
        size_t len = (size_t)(end - at);
        if (len > 127) {
            *--at = (uint8_t)(len >> 7);
            *--at = (uint8_t)(len | 0x80);
        } else {
            *--at = (uint8_t)len;
        }
        *--at = 1 << 3 | 2;
    }
    return bytes_of(at, (size_t)(end - at));
}

static Grpc__Testing__SimpleRequest sample(Grpc__Testing__Payload *payload)
{
    static uint8_t body[] = "a body of a few octets";
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    grpc__testing__payload__init(payload);
    payload->body.data = body;
    payload->body.len = sizeof body;
    request.response_size = 314159;
    request.payload = payload;
    request.fill_username = true;
    return request;
}

static void assert_is_sample(const Grpc__Testing__SimpleRequest *request)
{
    assert_int_equal(request->response_size, 314159);
    assert_true(request->fill_username);
    assert_bytes(bytes_of(request->payload->body.data, request->payload->body.len),
                 bytes_of("a body of a few octets", 23));
}

static struct buf packed_sample(void)
{
    Grpc__Testing__Payload payload;
    Grpc__Testing__SimpleRequest request = sample(&payload);
    struct buf packed = {0};
    buf_put_str(&packed, "prefix");
    assert_int_equal(gr_pb_pack(&request, &packed), 0);
    buf_consume(&packed, 6);
    return packed;
}

static void round_trips_in_an_arena_and_on_the_heap(void **state)
{
    struct buf packed = packed_sample();
    struct bytes in = guard(buf_view(&packed));
    struct gr_arena arena = {0};
    void *message;
    (void)state;

    assert_int_equal(gr_pb_unpack(REQUEST, in, &arena, &message), 0);
    assert_is_sample(message);
    assert_int_equal(gr_pb_unpack(REQUEST, in, NULL, &message), 0);
    unguard(in); /* nothing views the input */
    assert_is_sample(message);
    gr_pb_free(message);
    gr_arena_clear(&arena);
    buf_clear(&packed);
}

static void no_octets_are_a_message_of_defaults(void **state)
{
    struct buf packed = {0};
    void *message;
    (void)state;

    assert_int_equal(gr_pb_unpack(REQUEST, NO_BYTES, NULL, &message), 0);
    assert_int_equal(((Grpc__Testing__SimpleRequest *)message)->response_size, 0);
    assert_int_equal(gr_pb_pack(message, &packed), 0);
    assert_int_equal(packed.len, 0);
    gr_pb_free(message);
    buf_clear(&packed);
}

static void refuses_octets_that_are_no_message(void **state)
{
    static const struct bytes rows[] = {
        BYTES("\xff"),                                             /* a tag cut short */
        BYTES("\x10"),                                             /* a tag without its value */
        BYTES("\x10\xff"),                                         /* a varint cut short */
        BYTES("\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), /* a varint of 11 octets */
        BYTES("\x1a\x05"
              "abc"),                                          /* a length beyond the end */
        BYTES("\x1a\xff\xff\xff\xff\x0f"),                     /* a length of 2^32-1 */
        BYTES("\x1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), /* a length of 2^64-1 */
        BYTES("\x1a\x02\x12\x05"),                             /* the same, inside the payload */
        BYTES("\x09"
              "1234567"), /* a fixed64 of 7 octets */
        BYTES("\x0d"
              "123"),                      /* a fixed32 of 3 */
        BYTES("\x0b\x0c"),                 /* a group */
        BYTES("\x00\x00"),                 /* field number 0 */
        BYTES("\x80\x00\x00"),             /* the same in two octets */
        BYTES("\x80\x80\x80\x80\x10\x00"), /* field number 2^29 */
        BYTES("\x0e\x00"),                 /* wire type 6 */
    };
    struct gr_arena arena = {0};
    (void)state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes in = guard(rows[i]);
        void *message = &arena;
        assert_int_equal(gr_pb_unpack(REQUEST, in, &arena, &message), GR_INVALID);
        assert_null(message);
        assert_int_equal(gr_pb_unpack(REQUEST, in, NULL, &message), GR_INVALID);
        unguard(in);
    }
    gr_arena_clear(&arena);
}

static void no_cut_and_no_octet_does_harm(void **state)
{
    struct buf packed = packed_sample();
    struct gr_arena arena = {0};
    (void)state;

    for (size_t i = 0; i < packed.len * 256; i++) {
        struct buf broken = {0};
        void *message;
        buf_put(&broken, bytes_first(buf_view(&packed), i % 2 ? packed.len : i / 256 + 1));
        broken.data[i / 256] = (uint8_t)i;
        int error = gr_pb_unpack(REQUEST, buf_view(&broken), &arena, &message);
        assert_true(error == 0 || error == GR_INVALID);
        gr_arena_reset(&arena);
        buf_clear(&broken);
    }
    gr_arena_clear(&arena);
    buf_clear(&packed);
}

static void nesting_has_a_limit(void **state)
{
    const size_t size = 1 << 16;
    uint8_t *octets = malloc(size);
    struct gr_arena arena = {0};
    void *message;
    (void)state;

    struct bytes deepest = nested(octets + size, GR_PB_MAX_DEPTH);
    assert_int_equal(gr_pb_unpack(&node_descriptor, deepest, &arena, &message), 0);
    unsigned depth = 0;
    for (const struct node *node = message; node; node = node->child)
        depth++;
    assert_int_equal(depth, GR_PB_MAX_DEPTH);
    struct bytes deeper = nested(octets + size, GR_PB_MAX_DEPTH + 1);
    assert_int_equal(gr_pb_unpack(&node_descriptor, deeper, &arena, &message), GR_INVALID);
    deeper = nested(octets + size, 10000);
    assert_int_equal(gr_pb_unpack(&node_descriptor, deeper, &arena, &message), GR_INVALID);
    gr_arena_clear(&arena);
    free(octets);
}

static void refuses_to_pack_what_is_no_message(void **state)
{
    Grpc__Testing__StreamingOutputCallRequest request =
        GRPC__TESTING__STREAMING_OUTPUT_CALL_REQUEST__INIT;
    Grpc__Testing__ResponseParameters *parameters[] = {NULL};
    ProtobufCMessage nothing = {0};
    struct buf out = {0};
    (void)state;

    request.n_response_parameters = 1;
    request.response_parameters = parameters;
    assert_int_equal(gr_pb_pack(&request, &out), GR_ENCODE);
    assert_int_equal(gr_pb_pack(&nothing, &out), GR_ENCODE);
    assert_int_equal(gr_pb_pack(NULL, &out), GR_ENCODE);
    assert_int_equal(out.len, 0);
    buf_clear(&out);
}

static void makes_messages_by_descriptor(void **state)
{
    struct gr_arena arena = {0};
    (void)state;

    Grpc__Testing__SimpleRequest *request = gr_pb_new(REQUEST, &arena);
    assert_ptr_equal(request->base.descriptor, REQUEST);
    assert_null(request->payload);
    request = gr_pb_new(REQUEST, NULL);
    assert_ptr_equal(request->base.descriptor, REQUEST);
    gr_pb_free(request);
    gr_pb_free(NULL);
    assert_string_equal(gr_pb_type_name(REQUEST), "grpc.testing.SimpleRequest");
    gr_arena_clear(&arena);
}

/* With the n-th allocation failing; returns whether one did. */
static bool scenario(size_t n, struct gr_arena *arena, struct bytes in)
{
    struct buf out = {0};
    void *message = NULL;
    fail_allocation(n);
    void *empty = gr_pb_new(REQUEST, arena);
    int error = gr_pb_unpack(REQUEST, in, arena, &message);
    int pack_error = message ? gr_pb_pack(message, &out) : 0;
    bool failed = stop_failing();
    assert_int_equal(!empty || error == GR_NOMEM || pack_error == GR_NOMEM, failed);
    if (!arena) {
        gr_pb_free(empty);
        gr_pb_free(message);
    }
    buf_clear(&out);
    return failed;
}

static void survives_every_failing_allocation(void **state)
{
    struct buf packed = packed_sample();
    struct gr_arena arena = {0};
    (void)state;

    for (size_t n = 0; scenario(n, NULL, buf_view(&packed)); n++)
        ;
    for (size_t n = 0; scenario(n, &arena, buf_view(&packed)); n++)
        gr_arena_clear(&arena);
    gr_arena_clear(&arena);
    buf_clear(&packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trips_in_an_arena_and_on_the_heap),
        cmocka_unit_test(no_octets_are_a_message_of_defaults),
        cmocka_unit_test(refuses_octets_that_are_no_message),
        cmocka_unit_test(no_cut_and_no_octet_does_harm),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(refuses_to_pack_what_is_no_message),
        cmocka_unit_test(makes_messages_by_descriptor),
        cmocka_unit_test(survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
