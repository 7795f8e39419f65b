/* SPDX-License-Identifier: MIT
 *
 * The scenarios, and their messages, encoded by hand: grpc.testing's messages.proto has the field numbers. */
#include "scenario.h"

#include "base/attr.h"

#define KIB 1024u
#define MIB (KIB * KIB)

const struct scenario scenarios[] = {
    {"unary 10 B, 1x1", LOAD_UNARY, 10, 1, 1, 1, 0, true, PINNED},
    {"unary 10 B, 10x1", LOAD_UNARY, 10, 1, 10, 1, 0, true, PINNED},
    {"unary 10 B, 1x100", LOAD_UNARY, 10, 1, 1, 100, 0, true, PINNED},
    {"unary 10 B, 10x10", LOAD_UNARY, 10, 1, 10, 10, 0, true, PINNED},
    {"unary 10 B, 10x100", LOAD_UNARY, 10, 1, 10, 100, 0, true, PINNED},
    {"unary 10 B, 50x100", LOAD_UNARY, 10, 1, 50, 100, 0, false, PINNED},
    {"unary 10 B, 1000x1", LOAD_UNARY, 10, 1, 1000, 1, 0, false, PINNED},
    {"unary 10 B, 10000x1", LOAD_UNARY, 10, 1, 10000, 1, 0, false, PINNED},
    {"unary 10 B, 10x100, TLS", LOAD_UNARY, 10, 1, 10, 100, 0, false, TLS},
    {"unary 10 B, 10x100, two cores", LOAD_UNARY, 10, 1, 10, 100, 0, false, TWO_CORES},
    {"unary 1 KiB, 1x100", LOAD_UNARY, KIB, 1, 1, 100, 0, false, PINNED},
    {"unary 1 KiB, 10x100", LOAD_UNARY, KIB, 1, 10, 100, 0, true, PINNED},
    {"unary reply 16 KiB, 1x10", LOAD_UNARY, 16 * KIB, 1, 1, 10, 0, false, PINNED},
    {"unary reply 64 KiB, 1x10", LOAD_UNARY, 64 * KIB, 1, 1, 10, 0, false, PINNED},
    {"unary reply 256 KiB, 1x10", LOAD_UNARY, 256 * KIB, 1, 1, 10, 0, false, PINNED},
    {"unary reply 1 MiB, 1x4", LOAD_UNARY, MIB, 1, 1, 4, 0, false, PINNED},
    {"unary reply 4 MiB, 1x2", LOAD_UNARY, 4 * MIB - KIB, 1, 1, 2, 0, false, PINNED},
    {"server stream 100 B, 1x1", LOAD_SERVER_STREAM, 100, 2000, 1, 1, 0, true, PINNED},
    {"server stream 1 KiB, 1x10", LOAD_SERVER_STREAM, KIB, 500, 1, 10, 0, false, PINNED},
    {"server stream 64 KiB, 1x1", LOAD_SERVER_STREAM, 64 * KIB, 200, 1, 1, 0, true, PINNED},
    {"bidi ping-pong 10 B, 1x1", LOAD_PING_PONG, 10, 100, 1, 1, 0, false, PINNED},
    {"bidi ping-pong 10 B, 10x10", LOAD_PING_PONG, 10, 100, 10, 10, 0, true, PINNED},
    {"unary 10 B, 10,000/s", LOAD_UNARY, 10, 1, 10, 100, 10000, true, PINNED},
};
const size_t scenario_count = ARRAY_LEN(scenarios);

static void put_varint(struct buf *out, uint32_t value)
{
    for (; value >= 0x80; value >>= 7)
        buf_put_u8(out, (uint8_t)(value | 0x80));
    buf_put_u8(out, (uint8_t)value);
}

static size_t varint_len(uint32_t value)
{
    return value < 0x80 ? 1 : 1 + varint_len(value >> 7);
}

/* Payload{body: zeros} as field `number`. */
static void put_payload(struct buf *out, unsigned number, uint32_t len)
{
    put_varint(out, number << 3 | 2);
    put_varint(out, (uint32_t)(1 + varint_len(len) + len));
    put_varint(out, 2 << 3 | 2);
    put_varint(out, len);
    buf_put_zeros(out, len);
}

/* ResponseParameters{size} as field 2. */
static void put_parameters(struct buf *out, uint32_t size)
{
    put_varint(out, 2 << 3 | 2);
    put_varint(out, (uint32_t)(1 + varint_len(size)));
    put_varint(out, 1 << 3);
    put_varint(out, size);
}

void scenario_request(const struct scenario *scenario, struct buf *out)
{
    unsigned count = scenario->kind == LOAD_SERVER_STREAM ? scenario->messages : 1;

    if (scenario->kind == LOAD_UNARY) {
        put_varint(out, 2 << 3); /* SimpleRequest.response_size */
        put_varint(out, scenario->payload);
        put_payload(out, 3, scenario->payload > KIB ? 10 : scenario->payload);
        return;
    }
    for (unsigned i = 0; i < count; i++) /* StreamingOutputCallRequest */
        put_parameters(out, scenario->payload);
}

void scenario_reply(const struct scenario *scenario, struct buf *out)
{
    buf_put_u8(out, 0);
    buf_put_u32(out, 0);
    put_payload(out, 1, scenario->payload);
    if (!out->failed)
        store_u32(out->data + 1, (uint32_t)out->len - 5);
}

/* ---- Replies --------------------------------------------------------------------------------- */

static bool take_varint(struct bytes *in, uint64_t *value)
{
    *value = 0;
    for (unsigned i = 0; i < in->len && i < 10; i++) {
        *value |= (uint64_t)(in->data[i] & 0x7f) << (7 * i);
        if (in->data[i] < 0x80) {
            *in = bytes_skip(*in, i + 1);
            return true;
        }
    }
    return false;
}

/* The body of a reply's payload, when all else in it is at its default. returns false for any other message */
static bool body_of(struct bytes in, unsigned depth, struct bytes *body)
{
    const uint64_t wanted = depth == 0 ? 1 << 3 | 2 : 2 << 3 | 2; /* payload, and in it body */
    uint64_t tag, value;

    *body = NO_BYTES;
    while (in.len > 0) {
        if (!take_varint(&in, &tag) || !take_varint(&in, &value))
            return false;
        if (tag == wanted && value <= in.len) {
            *body = bytes_first(in, (size_t)value);
            in = bytes_skip(in, (size_t)value);
        } else if (value != 0 || (tag & 7 && (tag & 7) != 2)) {
            return false;
        }
    }
    return depth > 0 || body_of(*body, 1, body);
}

bool scenario_same_reply(struct bytes reply, struct bytes expected)
{
    struct bytes seen, wanted;

    return reply.data[0] == 0 && body_of(bytes_skip(reply, 5), 0, &seen) &&
           body_of(bytes_skip(expected, 5), 0, &wanted) && bytes_equal(seen, wanted);
}

const char *scenario_path(const struct scenario *scenario)
{
    return scenario->kind == LOAD_UNARY           ? "/grpc.testing.TestService/UnaryCall"
           : scenario->kind == LOAD_SERVER_STREAM ? "/grpc.testing.TestService/StreamingOutputCall"
                                                  : "/grpc.testing.TestService/FullDuplexCall";
}
