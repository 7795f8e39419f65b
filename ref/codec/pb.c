/* SPDX-License-Identifier: MIT
 *
 * protobuf-c, caged; see pb.h. */
#include "codec/pb.h"

#include <protobuf-c/protobuf-c.h>
#include <stdlib.h>
#include <string.h>

/* What protobuf-c allocates from. */
struct memory {
    struct gr_arena *arena; /* NULL: the heap */
    bool failed;            /* tells "out of memory" from "no such message" */
};

static void *allocate(void *data, size_t size)
{
    struct memory *memory = data;
    void *start = memory->arena ? gr_arena_alloc(memory->arena, size) : malloc(size ? size : 1);
    memory->failed |= !start;
    return start;
}

static void release(void *data, void *start)
{
    struct memory *memory = data;
    if (!memory->arena)
        free(start);
}

static int size_of(const void *message, size_t *len)
{
    if (!protobuf_c_message_check(message))
        return GR_ENCODE;
    *len = protobuf_c_message_get_packed_size(message);
    return *len > INT32_MAX ? GR_ENCODE : 0;
}

/* The same type may stand twice in a program of shared libraries. */
static bool is_of(const void *message, const ProtobufCMessageDescriptor *type)
{
    const ProtobufCMessageDescriptor *own = ((const ProtobufCMessage *)message)->descriptor;
    return own == type || (own && own->name && strcmp(own->name, type->name) == 0);
}

int gr_pb_size(const struct ProtobufCMessageDescriptor *type, const void *message, size_t *len)
{
    return message && is_of(message, type) ? size_of(message, len) : GR_ENCODE;
}

int gr_pb_put(const void *message, size_t len, struct buf *out)
{
    uint8_t *at = buf_reserve(out, len);
    if (!at)
        return GR_NOMEM;
    out->len += protobuf_c_message_pack(message, at);
    return 0;
}

int gr_pb_pack(const void *message, struct buf *out)
{
    size_t len;
    int error = size_of(message, &len);
    return error ? error : gr_pb_put(message, len, out);
}

/* ---- How deep does it nest? Asked of the octets, before protobuf-c follows them down its own
 * stack ---- */

#define MAX_FIELD_NUMBER ((1u << 29) - 1)

enum wire_type { VARINT = 0, FIXED64 = 1, LENGTH_DELIMITED = 2, FIXED32 = 5 };

static bool take_varint(struct bytes *in, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < in->len && i < 10; i++) {
        *value |= (uint64_t)(in->data[i] & 0x7f) << (7 * i);
        if (in->data[i] < 0x80) {
            *in = bytes_skip(*in, i + 1);
            return true;
        }
    }
    return false;
}

/* Take a field's value; *content is that of a length-delimited one, else empty. */
static bool take_value(struct bytes *in, unsigned wire_type, struct bytes *content)
{
    uint64_t len = 0;
    *content = NO_BYTES;
    if (wire_type == VARINT)
        return take_varint(in, &len);
    if (wire_type == FIXED64)
        len = 8;
    else if (wire_type == FIXED32)
        len = 4;
    else if (wire_type != LENGTH_DELIMITED || !take_varint(in, &len))
        return false;
    if (len > in->len)
        return false;
    if (wire_type == LENGTH_DELIMITED)
        *content = bytes_first(*in, (size_t)len);
    *in = bytes_skip(*in, (size_t)len);
    return true;
}

/* False when it nests deeper than `depth`, and for what is no protobuf at all. */
static bool nests_within(const ProtobufCMessageDescriptor *descriptor, struct bytes in,
                         unsigned depth)
{
    if (depth == 0)
        return false;
    while (in.len > 0) {
        uint64_t tag;
        struct bytes content;
        if (!take_varint(&in, &tag) || !take_value(&in, tag & 7, &content))
            return false;
        uint64_t number = tag >> 3;
        if (number == 0 || number > MAX_FIELD_NUMBER) /* protobuf-c takes it for an unknown field */
            return false;
        const ProtobufCFieldDescriptor *field;
        field = protobuf_c_message_descriptor_get_field(descriptor, (unsigned)number);
        bool nested = field && field->type == PROTOBUF_C_TYPE_MESSAGE;
        if (nested && !nests_within(field->descriptor, content, depth - 1))
            return false;
    }
    return true;
}

int gr_pb_unpack(const struct ProtobufCMessageDescriptor *descriptor, struct bytes in,
                 struct gr_arena *arena, void **message)
{
    *message = NULL;
    if (!nests_within(descriptor, in, GR_PB_MAX_DEPTH))
        return GR_INVALID;
    struct memory memory = {arena, false};
    ProtobufCAllocator allocator = {allocate, release, &memory};
    const uint8_t *data = in.len ? in.data : (const uint8_t *)"";
    *message = protobuf_c_message_unpack(descriptor, &allocator, in.len, data);
    if (*message)
        return 0;
    return memory.failed ? GR_NOMEM : GR_INVALID;
}

void *gr_pb_new(const struct ProtobufCMessageDescriptor *descriptor, struct gr_arena *arena)
{
    struct memory memory = {arena, false};
    void *message = allocate(&memory, descriptor->sizeof_message);
    if (message)
        protobuf_c_message_init(descriptor, message);
    return message;
}

void gr_pb_free(void *message)
{
    struct memory memory = {NULL, false};
    ProtobufCAllocator allocator = {allocate, release, &memory};
    protobuf_c_message_free_unpacked(message, &allocator);
}

const char *gr_pb_type_name(const struct ProtobufCMessageDescriptor *descriptor)
{
    return descriptor->name;
}
