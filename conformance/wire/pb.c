/* SPDX-License-Identifier: MIT
 *
 * Protocol buffers by hand; see pb.h. Field numbers are those of grpc/testing/messages.proto. */
#include "wire/pb.h"

/* ---- writing ---- */

static void put_raw_varint(struct buf *out, uint64_t value)
{
    while (value >= 0x80) {
        buf_put_u8(out, (uint8_t)(0x80 | (value & 0x7f)));
        value >>= 7;
    }
    buf_put_u8(out, (uint8_t)value);
}

static void put_key(struct buf *out, uint32_t field, enum pb_wire_type type)
{
    put_raw_varint(out, (uint64_t)field << 3 | type);
}

void pb_put_varint(struct buf *out, uint32_t field, uint64_t value)
{
    put_key(out, field, PB_VARINT);
    put_raw_varint(out, value);
}

void pb_put_bytes(struct buf *out, uint32_t field, struct bytes value)
{
    put_key(out, field, PB_LEN);
    put_raw_varint(out, value.len);
    buf_put(out, value);
}

/* ---- reading ---- */

static bool take_raw_varint(struct bytes *in, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < in->len && i < 10; i++) {
        *value |= (uint64_t)(in->data[i] & 0x7f) << (7 * i);
        if (!(in->data[i] & 0x80)) {
            *in = bytes_skip(*in, i + 1);
            return true;
        }
    }
    return false;
}

static bool take_little_endian(struct bytes *in, size_t octets, uint64_t *value)
{
    if (in->len < octets)
        return false;
    *value = 0;
    for (size_t i = 0; i < octets; i++)
        *value |= (uint64_t)in->data[i] << (8 * i);
    *in = bytes_skip(*in, octets);
    return true;
}

static bool take_value(struct bytes *in, struct pb_field *field)
{
    uint64_t len = 0;
    switch (field->type) {
    case PB_VARINT:
        return take_raw_varint(in, &field->value);
    case PB_FIXED64:
        return take_little_endian(in, 8, &field->value);
    case PB_FIXED32:
        return take_little_endian(in, 4, &field->value);
    case PB_LEN:
        if (!take_raw_varint(in, &len) || len > in->len)
            return false;
        field->bytes = bytes_first(*in, (size_t)len);
        *in = bytes_skip(*in, (size_t)len);
        return true;
    }
    return false; /* groups (3, 4) and what does not exist (6, 7) */
}

bool pb_take(struct bytes *message, struct pb_field *field)
{
    struct bytes rest = *message;
    uint64_t key = 0;
    *field = (struct pb_field){0};
    if (!take_raw_varint(&rest, &key) || key >> 3 == 0 || key >> 3 > 0x1fffffff)
        return false;
    field->number = (uint32_t)(key >> 3);
    field->type = (enum pb_wire_type)(key & 7);
    if (!take_value(&rest, field))
        return false;
    *message = rest;
    return true;
}

/* Like pb_find, but absent and malformed are told apart. */
enum found { ABSENT, FOUND, MALFORMED };

static enum found find(struct bytes message, uint32_t number, struct pb_field *field)
{
    struct pb_field each;
    enum found found = ABSENT;
    *field = (struct pb_field){0};
    while (pb_take(&message, &each)) {
        if (each.number != number)
            continue;
        *field = each;
        found = FOUND;
    }
    return message.len == 0 ? found : MALFORMED;
}

bool pb_find(struct bytes message, uint32_t number, struct pb_field *field)
{
    return find(message, number, field) == FOUND;
}

/* ---- grpc.testing ---- */

/* A Payload of `size` zeros. */
static void put_payload(struct buf *out, uint32_t field, size_t size)
{
    struct buf payload = {0};
    put_key(&payload, 2, PB_LEN); /* Payload.body */
    put_raw_varint(&payload, size);
    buf_put_zeros(&payload, size);
    out->failed = out->failed || payload.failed;
    pb_put_bytes(out, field, buf_view(&payload));
    buf_clear(&payload);
}

static void put_status(struct buf *out, uint32_t field, const struct testing_request *request)
{
    struct buf status = {0};
    if (request->status_code != 0)
        pb_put_varint(&status, 1, (uint64_t)(int64_t)request->status_code);
    if (request->status_message)
        pb_put_bytes(&status, 2, bytes_str(request->status_message));
    out->failed = out->failed || status.failed;
    pb_put_bytes(out, field, buf_view(&status)); /* EchoStatus */
    buf_clear(&status);
}

static void put_bool_value(struct buf *out, uint32_t field, int value)
{
    if (value < 0)
        return;
    pb_put_bytes(out, field, value ? BYTES("\x08\x01") : NO_BYTES); /* BoolValue.value */
}

void pb_put_simple_request(struct buf *out, struct testing_request request)
{
    if (request.response_size)
        pb_put_varint(out, 2, request.response_size);
    if (request.payload_size)
        put_payload(out, 3, request.payload_size);
    put_bool_value(out, 6, request.response_compressed);
    if (request.has_status)
        put_status(out, 7, &request);
    put_bool_value(out, 8, request.expect_compressed);
}

static void put_parameters(struct buf *out, struct response_parameters parameters)
{
    struct buf inner = {0};
    if (parameters.size)
        pb_put_varint(&inner, 1, parameters.size);
    if (parameters.interval_us)
        pb_put_varint(&inner, 2, parameters.interval_us);
    put_bool_value(&inner, 3, parameters.compressed);
    out->failed = out->failed || inner.failed;
    pb_put_bytes(out, 2, buf_view(&inner));
    buf_clear(&inner);
}

void pb_put_streaming_request(struct buf *out, struct testing_request request,
                              const struct response_parameters *parameters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_parameters(out, parameters[i]);
    if (request.payload_size)
        put_payload(out, 3, request.payload_size);
    if (request.has_status)
        put_status(out, 7, &request);
}

void pb_put_input_request(struct buf *out, size_t payload_size, int expect_compressed)
{
    if (payload_size)
        put_payload(out, 1, payload_size);
    put_bool_value(out, 2, expect_compressed);
}

bool pb_response_body(struct bytes message, struct bytes *body)
{
    struct pb_field payload, field;
    *body = NO_BYTES;
    enum found outer = find(message, 1, &payload);
    if (outer != FOUND)
        return outer == ABSENT;
    if (payload.type != PB_LEN)
        return false;
    enum found inner = find(payload.bytes, 2, &field);
    if (inner != FOUND)
        return inner == ABSENT;
    if (field.type != PB_LEN)
        return false;
    *body = field.bytes;
    return true;
}

int64_t pb_aggregated_size(struct bytes message)
{
    struct pb_field field;
    enum found found = find(message, 1, &field);
    if (found == ABSENT)
        return 0;
    if (found == MALFORMED || field.type != PB_VARINT)
        return -1;
    return (int64_t)(int32_t)(uint32_t)field.value;
}
