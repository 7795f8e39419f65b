/* SPDX-License-Identifier: MIT
 *
 * Compressed messages; see compressed.h. No case is here. */
#include "cases/grpc/compressed.h"

void send_compressed(struct call *call, struct bytes message, enum format format, uint8_t flags)
{
    struct buf compressed = {0};

    compress_into(&compressed, message, format);
    send_message(call, 1, buf_view(&compressed), flags);
    buf_clear(&compressed);
}

void send_compressed_input(struct call *call, size_t size, int expect_compressed, uint8_t flags)
{
    struct buf message = {0};

    pb_put_input_request(&message, size, expect_compressed);
    send_compressed(call, buf_view(&message), FORMAT_GZIP, flags);
    buf_clear(&message);
}

void send_compressed_request(struct call *call, struct testing_request request)
{
    struct buf message = {0};

    pb_put_simple_request(&message, request);
    send_compressed(call, buf_view(&message), FORMAT_GZIP, FLAG_END_STREAM);
    buf_clear(&message);
}

struct testing_request asking(size_t size, int response_compressed, int expect_compressed)
{
    return (struct testing_request){.response_size = size,
                                    .response_compressed = response_compressed,
                                    .expect_compressed = expect_compressed};
}

void needs_encoding(struct test *t, const char *encoding, enum format format)
{
    const struct edit edits[] = {{EDIT_ADD, "grpc-encoding", bytes_str(encoding)},
                                 {.kind = EDIT_END}};
    struct call *call = start_call(t, EMPTY_CALL, edits);

    send_compressed(call, NO_BYTES, format, FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(STATUS(GRPC_OK), ANY_ERROR));
    if (!test_is_over(t) && call_status(call) == GRPC_UNIMPLEMENTED)
        test_skip(t, "the target does not support grpc-encoding: %s", encoding);
}

static struct bytes trim(struct bytes s)
{
    while (s.len && s.data[0] == ' ')
        s = bytes_skip(s, 1);
    while (s.len && s.data[s.len - 1] == ' ')
        s.len--;
    return s;
}

static bool list_contains(struct bytes list, struct bytes item)
{
    while (list.len) {
        size_t comma = bytes_find(list, ',');
        if (bytes_equal(trim(bytes_first(list, comma)), item))
            return true;
        list = bytes_skip(list, comma + 1);
    }
    return false;
}

bool response_accepts(const struct call *call, const char *encoding)
{
    const struct header_list *blocks[] = {&call->headers, &call->trailers};

    for (size_t b = 0; b < ARRAY_LEN(blocks); b++)
        for (size_t i = 0; i < blocks[b]->count; i++)
            if (bytes_equal_str(blocks[b]->fields[i].name, "grpc-accept-encoding") &&
                list_contains(blocks[b]->fields[i].value, bytes_str(encoding)))
                return true;
    return false;
}

void check_declared(struct call *call, struct message message, struct bytes accepted,
                    struct buf *inflated)
{
    struct test *t = call->conn->t;
    const struct field *encoding = header_list_find(&call->headers, "grpc-encoding");

    if (test_is_over(t))
        return;
    if (message.flag == 0) {
        buf_put(inflated, message.payload);
        return;
    }
    expect(t, message.flag == 1, "a compressed-flag octet of 0 or 1", "%u", message.flag);
    expect(t, encoding && !bytes_equal_str(encoding->value, "identity"),
           "a message with flag 1 has its encoding declared in the headers", "%s",
           encoding ? "grpc-encoding: identity" : "no grpc-encoding");
    expect(t, !encoding || list_contains(accepted, encoding->value),
           "an encoding that the client accepts", "grpc-encoding: %.*s",
           encoding ? (int)encoding->value.len : 0,
           encoding ? (const char *)encoding->value.data : "");
    expect(t, inflate_into(inflated, message.payload),
           "a message with flag 1 is one whole stream of the declared encoding",
           "%zu octets that are not", message.payload.len);
}

uint8_t expect_declared_reply(struct call *call, struct bytes accepted, size_t size)
{
    struct test *t = call->conn->t;
    struct message message = one_message(call);
    struct buf inflated = {0};
    struct bytes body = NO_BYTES;

    check_declared(call, message, accepted, &inflated);
    bool parsed = pb_response_body(buf_view(&inflated), &body);
    expect(t, parsed && body.len == size, "payload.body has the size that was asked for",
           "%zu octets where %zu were asked for", body.len, size);
    buf_clear(&inflated);
    return message.flag;
}
