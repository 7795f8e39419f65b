/* SPDX-License-Identifier: MIT
 *
 * Layer "messages": length-prefixed messages, their compression, and protocol buffers that are wrong
 * (PROTOCOL-HTTP2, Length-Prefixed-Message; compression.md). */
#include "fuzz/common.h"

#define INTERNAL_ERROR                                                                             \
    ONE_OF(STATUS(GRPC_INTERNAL), LENIENT_ANY_ERROR(NULL), LENIENT_ANY_RESET(NULL),                \
           LENIENT_HTTP(400, NULL))

static uint32_t begin_unary(struct maker *m, const struct edit *edits)
{
    uint32_t stream = make_stream(m);
    make_request(m, stream, UNARY_CALL, edits, FLAG_NONE);
    return stream;
}

static void put_request(struct buf *message, size_t response_size)
{
    pb_put_simple_request(message, TESTING_REQUEST(.response_size = response_size));
}

static void reserved_flag(struct maker *m, const struct fault *fault)
{
    struct buf message = {0};
    (void)fault;
    begin_case(m);
    put_request(&message, 3);
    uint32_t sibling = begin_sibling(m);
    uint32_t stream = begin_unary(m, NULL);
    make_message(m, stream, (uint8_t)draw_between(&m->draw, 2, 255), buf_view(&message),
                 FLAG_END_STREAM);
    may_end(m, stream, ONE_OF(STATUS(GRPC_INTERNAL), ANY_RESET, LENIENT_ANY_ERROR(NULL)));
    end_sibling(m, sibling);
    must_serve(m);
    buf_clear(&message);
}

static void truncated(struct maker *m, const struct fault *fault)
{
    struct buf message = {0}, data = {0};
    (void)fault;
    begin_case(m);
    put_request(&message, 3);
    put_message_prefix(&data, 0, (uint32_t)message.len);
    buf_put(&data, buf_view(&message));
    uint32_t sibling = begin_sibling(m);
    uint32_t stream = begin_unary(m, NULL);
    make_data(m, stream,
              bytes_first(buf_view(&data), draw_between(&m->draw, 1, (uint32_t)data.len - 1)),
              FLAG_END_STREAM);
    may_end(m, stream, INTERNAL_ERROR);
    end_sibling(m, sibling);
    must_serve(m);
    buf_clear(&message);
    buf_clear(&data);
}

static void too_long(struct maker *m, const struct fault *fault)
{
    struct buf data = {0};
    (void)fault;
    begin_case(m);
    uint32_t stream = begin_unary(m, NULL);
    put_message_prefix(&data, 0, 0x1000000u + (uint32_t)(draw_u64(&m->draw) % 0xef000000u));
    draw_octets(&m->draw, &data, draw_below(&m->draw, 100));
    make_data(m, stream, buf_view(&data), draw_chance(&m->draw, 50) ? FLAG_END_STREAM : 0);
    may_end(m, stream,
            ONE_OF(STATUS(GRPC_RESOURCE_EXHAUSTED), STATUS(GRPC_INTERNAL), LENIENT_ANY_ERROR(NULL),
                   LENIENT_ANY_RESET(NULL), LENIENT_IGNORED(NULL)));
    must_serve(m);
    buf_clear(&data);
}

static void flag_without_encoding(struct maker *m, const struct fault *fault)
{
    struct buf message = {0};
    (void)fault;
    begin_case(m);
    put_request(&message, 3);
    const struct edit identity[] = {ADD("grpc-encoding", "identity"), {.kind = EDIT_END}};
    uint32_t stream = begin_unary(m, draw_chance(&m->draw, 50) ? identity : NULL);
    make_message(m, stream, 1, buf_view(&message), FLAG_END_STREAM);
    may_end(m, stream,
            ONE_OF(STATUS(GRPC_INTERNAL), LENIENT_ANY_ERROR(NULL), LENIENT_ANY_RESET(NULL)));
    must_serve(m);
    buf_clear(&message);
}

static void unknown_encoding(struct maker *m, const struct fault *fault)
{
    struct buf message = {0};
    (void)fault;
    begin_case(m);
    put_request(&message, 3);
    const struct edit edits[] = {ADD("grpc-encoding", "x-unknown"), {.kind = EDIT_END}};
    uint32_t stream = begin_unary(m, edits);
    make_message(m, stream, 1, buf_view(&message), FLAG_END_STREAM);
    may_end(m, stream, ONE_OF(STATUS(GRPC_UNIMPLEMENTED), LENIENT_ANY_ERROR(NULL)));
    must_serve(m);
    buf_clear(&message);
}

/* gzip by hand: one stored block, so that a size and a check sum are all there is to get wrong. */
static uint32_t crc32_of(struct bytes octets)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < octets.len; i++) {
        crc ^= octets.data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void put_little(struct buf *out, uint32_t v, int octets)
{
    for (int i = 0; i < octets; i++)
        buf_put_u8(out, (uint8_t)(v >> (8 * i)));
}

static void put_gzip(struct buf *out, struct bytes message)
{
    buf_put(out, bytes_of("\x1f\x8b\x08\0\0\0\0\0\0\xff\x01", 11));
    put_little(out, (uint32_t)message.len, 2);
    put_little(out, ~(uint32_t)message.len & 0xffff, 2);
    buf_put(out, message);
    put_little(out, crc32_of(message), 4);
    put_little(out, (uint32_t)message.len, 4);
}

static const struct edit with_gzip[] = {ADD("grpc-encoding", "gzip"), {.kind = EDIT_END}};

static void damaged_gzip(struct maker *m, const struct fault *fault)
{
    struct buf message = {0}, zipped = {0};
    (void)fault;
    begin_case(m);
    put_request(&message, draw_below(&m->draw, 100));
    put_gzip(&zipped, buf_view(&message));
    if (draw_chance(&m->draw, 40))
        zipped.len = draw_between(&m->draw, 1, (uint32_t)zipped.len - 9);
    else
        zipped.data[draw_chance(&m->draw, 50) ? draw_below(&m->draw, 3)
                                              : zipped.len - 1 - draw_below(&m->draw, 8)] ^= 0x55;
    uint32_t sibling = begin_sibling(m);
    uint32_t stream = begin_unary(m, with_gzip);
    make_message(m, stream, 1, buf_view(&zipped), FLAG_END_STREAM);
    may_end(m, stream, INTERNAL_ERROR);
    end_sibling(m, sibling);
    must_serve(m);
    buf_clear(&message);
    buf_clear(&zipped);
}

static void gzip(struct maker *m, const struct fault *fault)
{
    struct buf message = {0}, zipped = {0};
    (void)fault;
    begin_case(m);
    uint32_t size = draw_below(&m->draw, 2000);
    put_request(&message, size);
    put_gzip(&zipped, buf_view(&message));
    bool zips = draw_chance(&m->draw, 60);
    uint32_t stream = begin_unary(m, with_gzip);
    make_message(m, stream, zips, zips ? buf_view(&zipped) : buf_view(&message), FLAG_END_STREAM);
    may_end(m, stream, ONE_OF(STATUS(GRPC_OK), LENIENT_STATUS(GRPC_UNIMPLEMENTED, NULL)));
    must_serve(m);
    buf_clear(&message);
    buf_clear(&zipped);
}

static void bad_protobuf(struct maker *m, const struct fault *fault)
{
    static const struct bytes messages[] = {
        {(const uint8_t *)"\x0a\xff\xff\xff\xff\x0f", 6},
        {(const uint8_t *)"\x08", 1},
        {(const uint8_t *)"\x0a\x05\x01", 3},
        {(const uint8_t *)"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11},
        {(const uint8_t *)"\x1a\x64"
                          "x",
         3},
        {(const uint8_t *)"\xff\xff\xff", 3}};
    (void)fault;
    begin_case(m);
    uint32_t stream = begin_unary(m, NULL);
    make_message(m, stream, 0, messages[draw_below(&m->draw, ARRAY_LEN(messages))],
                 FLAG_END_STREAM);
    may_end(m, stream, ONE_OF(STATUS(GRPC_INTERNAL), LENIENT_ANY_ERROR(NULL)));
    must_serve(m);
}

static void two_messages(struct maker *m, const struct fault *fault)
{
    struct buf message = {0};
    (void)fault;
    begin_case(m);
    put_request(&message, 3);
    uint32_t stream = begin_unary(m, NULL);
    make_message(m, stream, 0, buf_view(&message), 0);
    make_message(m, stream, 0, buf_view(&message), FLAG_END_STREAM);
    may_end(m, stream,
            ONE_OF(STATUS(GRPC_UNIMPLEMENTED), STATUS(GRPC_INTERNAL), LENIENT_ANY_ERROR(NULL),
                   LENIENT_ANY_RESET(NULL), LENIENT_STATUS(GRPC_OK, NULL)));
    must_serve(m);
    buf_clear(&message);
}

/* The prefix comes in frames of an octet or two. */
static void split_prefix(struct maker *m, const struct fault *fault)
{
    struct buf message = {0}, data = {0};
    (void)fault;
    begin_case(m);
    uint32_t size = draw_below(&m->draw, 300);
    put_request(&message, size);
    put_message_prefix(&data, 0, (uint32_t)message.len);
    buf_put(&data, buf_view(&message));
    uint32_t stream = begin_unary(m, NULL);
    struct bytes rest = buf_view(&data);
    while (rest.len > 0) {
        struct bytes piece = bytes_first(rest, draw_below(&m->draw, 3));
        rest = bytes_skip(rest, piece.len);
        (void)make_frame(m, FRAME_DATA, rest.len == 0 ? FLAG_END_STREAM : 0, stream, piece);
        if (draw_chance(&m->draw, 20))
            make_flush(m);
    }
    (void)expect_step(m, STEP_EXPECT_REPLY, stream, size);
    must_be_ok(m, stream);
    must_serve(m);
    buf_clear(&message);
    buf_clear(&data);
}

#define F(name, clauses, wrong, make)                                                              \
    {                                                                                              \
        "messages/" name, clauses, wrong, make, NULL, true                                         \
    }
static const struct fault faults[] = {
    F("reserved-flag", "GRPC-MSG-004", "a flag above 1", reserved_flag),
    F("truncated", "GRPC-MSG-005", "a message that ends too early", truncated),
    F("too-long", "GRPC-MSG-008 SEC-024", "a length beyond any limit", too_long),
    F("flag-without-encoding", "GRPC-COMP-006 GRPC-COMP-007",
      "the flag says compressed, no grpc-encoding says how", flag_without_encoding),
    F("unknown-encoding", "GRPC-COMP-001", "an encoding that nobody knows", unknown_encoding),
    F("damaged-gzip", "GRPC-COMP-016", "gzip that is damaged", damaged_gzip),
    F("gzip", "GRPC-COMP-008 GRPC-COMP-011", "gzip as it should be", gzip),
    F("bad-protobuf", "GRPC-MSG-010", "octets that are no protocol buffers message", bad_protobuf),
    F("two-messages", "GRPC-CALL-008", "a unary call with two messages", two_messages),
    F("split-prefix", "GRPC-MSG-002 GRPC-MSG-006",
      "a message in frames of an octet or two, some empty", split_prefix),
};
const struct fault_list message_faults = ROWS(faults);
