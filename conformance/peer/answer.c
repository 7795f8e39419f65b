/* SPDX-License-Identifier: MIT
 *
 * Answering calls of the client under test: the parts of a response, and the whole of it as the official test services
 * give it. (PROTOCOL-HTTP2, Responses; grpc/testing/test.proto; connectrpc/conformance/v1/service.proto) */
#include "peer/client.h"

#include "peer/inside.h"
#include "wire/pb.h"

#include <stdio.h>
#include <stdlib.h>

#define CONFORMANCE   "/connectrpc.conformance.v1.ConformanceService/"
#define MAX_RESPONSES 256
#define ECHO_INITIAL  "x-grpc-test-echo-initial"
#define ECHO_TRAILING "x-grpc-test-echo-trailing-bin"
#define RESPONSE_SIZE                                                                              \
    2 /* SimpleRequest.response_size; StreamingOutputCallRequest.response_parameters */
#define RESPONSE_ERROR 7 /* response_status of both */

/* What a method's messages look like. */
enum dialect {
    UNKNOWN_METHOD,
    EMPTY,
    SIMPLE,
    AGGREGATED,
    STREAMED,
    CONFORMANCE_ONE,
    CONFORMANCE_MANY
};

struct method {
    const char *path;
    enum dialect dialect;
    bool takes_many, gives_many;
};

static const struct method methods[] = {
    {EMPTY_CALL, EMPTY, false, false},
    {UNARY_CALL, SIMPLE, false, false},
    {"/grpc.testing.TestService/CacheableUnaryCall", SIMPLE, false, false},
    {STREAMING_OUTPUT_CALL, STREAMED, false, true},
    {STREAMING_INPUT_CALL, AGGREGATED, true, false},
    {FULL_DUPLEX_CALL, STREAMED, true, true},
    {"/grpc.testing.TestService/HalfDuplexCall", STREAMED, true, true},
    {CONFORMANCE "Unary", CONFORMANCE_ONE, false, false},
    {CONFORMANCE "IdempotentUnary", CONFORMANCE_ONE, false, false},
    {CONFORMANCE "ClientStream", CONFORMANCE_ONE, true, false},
    {CONFORMANCE "ServerStream", CONFORMANCE_MANY, false, true},
    {CONFORMANCE "BidiStream", CONFORMANCE_MANY, true, true},
};

static const struct method *method_of(const struct call *call)
{
    static const struct method unknown = {"", UNKNOWN_METHOD, true, false};
    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        if (strcmp(methods[i].path, call->path) == 0)
            return &methods[i];
    return &unknown;
}

/* ---- the parts ---- */

static void send_edited(struct call *call, const struct field *usual, size_t count,
                        const struct edit *edits, uint8_t flags)
{
    size_t max = count + count_edits(edits);
    struct field *fields = new_zeroed(max * sizeof *fields);
    size_t total = edit_fields(usual, count, edits, fields, max);
    send_fields(call->conn, call->stream, fields, total, flags);
    free(fields);
}

void send_response_headers(struct call *call, const struct edit *edits, uint8_t flags)
{
    const struct field usual[] = {FIELD(":status", "200"),
                                  FIELD("content-type", "application/grpc")};
    send_edited(call, usual, ARRAY_LEN(usual), edits, flags);
}

void send_trailers_only(struct call *call, const struct edit *edits)
{
    const struct field usual[] = {FIELD(":status", "200"),
                                  FIELD("content-type", "application/grpc"),
                                  FIELD("grpc-status", "0")};
    send_edited(call, usual, ARRAY_LEN(usual), edits, FLAG_END_STREAM);
}

void send_status(struct call *call, uint32_t code, const char *message)
{
    char number[16];
    (void)snprintf(number, sizeof number, "%u", (unsigned)code);
    const struct field fields[] = {{BYTES("grpc-status"), bytes_str(number)},
                                   {BYTES("grpc-message"), bytes_str(message ? message : "")}};
    send_trailers(call, fields, message ? 2 : 1);
}

void send_push_promise(struct call *call, uint32_t promised, const struct field *fields,
                       size_t count)
{
    struct conn *conn = call->conn;
    struct buf payload = {0};
    if (test_is_over(conn->t) || conn_is_over(conn))
        return;
    buf_put_u32(&payload, promised);
    encode_fields(conn, fields, count, &payload);
    send_frame(conn, FRAME_PUSH_PROMISE, FLAG_END_HEADERS, call->stream, buf_view(&payload));
    buf_clear(&payload);
}

/* ---- messages ---- */

static void put_zeros_in(struct buf *out, uint32_t field, size_t size)
{
    struct buf zeros = {0};
    buf_put_zeros(&zeros, size);
    pb_put_bytes(out, field, buf_view(&zeros));
    buf_clear(&zeros);
}

/* A message whose field `outer` is a message whose field `inner` is `size` octets. */
static void put_payload(struct buf *out, uint32_t outer, uint32_t inner, size_t size)
{
    struct buf payload = {0};
    put_zeros_in(&payload, inner, size);
    pb_put_bytes(out, outer, buf_view(&payload));
    buf_clear(&payload);
}

void put_response(const struct call *call, size_t size, struct buf *out)
{
    switch (method_of(call)->dialect) {
    case SIMPLE:
    case STREAMED:
        if (size > 0)
            put_payload(out, 1, 2, size); /* payload.body */
        return;
    case AGGREGATED:
        if (size > 0)
            pb_put_varint(out, 1, size); /* aggregated_payload_size */
        return;
    case CONFORMANCE_ONE:
    case CONFORMANCE_MANY:
        put_payload(out, 1, 1, size); /* payload.data */
        return;
    case EMPTY:
    case UNKNOWN_METHOD:
        return;
    }
}

void send_response_message(struct call *call, size_t size)
{
    struct buf message = {0};
    put_response(call, size, &message);
    send_message(call, 0, buf_view(&message), FLAG_NONE);
    buf_clear(&message);
}

/* ---- what is asked for ---- */

struct sizes {
    size_t *at;
    size_t count, max;
};

static void add_size(struct sizes *sizes, size_t size)
{
    if (sizes->count < sizes->max)
        sizes->at[sizes->count] = size;
    sizes->count++;
}

static size_t varint_in(struct bytes message, uint32_t number)
{
    struct pb_field field;
    return pb_find(message, number, &field) ? (size_t)(field.value & 0x7fffffff) : 0;
}

static struct bytes bytes_in(struct bytes message, uint32_t number)
{
    struct pb_field field;
    return pb_find(message, number, &field) ? field.bytes : NO_BYTES;
}

/* The response_data of a response definition: one, or as many as there are. */
static void read_definition(struct bytes message, struct sizes *sizes)
{
    struct bytes definition = bytes_in(message, 1);
    struct pb_field field;
    while (pb_take(&definition, &field))
        if (field.number == 2)
            add_size(sizes, field.bytes.len);
}

static void read_wanted(const struct method *method, struct bytes message, struct sizes *sizes)
{
    struct pb_field field;
    switch (method->dialect) {
    case SIMPLE:
        add_size(sizes, varint_in(message, RESPONSE_SIZE));
        return;
    case STREAMED:
        while (pb_take(&message, &field))
            if (field.number == RESPONSE_SIZE)
                add_size(sizes, varint_in(field.bytes, 1));
        return;
    case CONFORMANCE_ONE:
    case CONFORMANCE_MANY:
        read_definition(message, sizes);
        return;
    case AGGREGATED:
    case EMPTY:
    case UNKNOWN_METHOD:
        return;
    }
}

size_t wanted_responses(struct call *call, size_t *sizes, size_t max)
{
    const struct method *method = method_of(call);
    struct sizes wanted = {sizes, 0, max};
    struct message first = next_message(call);
    if (first.payload.data)
        read_wanted(method, first.payload, &wanted);
    if (!method->gives_many && wanted.count == 0)
        add_size(&wanted, 0);
    return wanted.count;
}

/* ---- the whole ---- */

static const struct field *echo_of(const struct call *call, const char *name)
{
    return header_list_find(&call->headers, name);
}

static void begin_response(struct call *call)
{
    const struct field *initial = echo_of(call, ECHO_INITIAL);
    const struct edit echo[] = {{EDIT_ADD, ECHO_INITIAL, initial ? initial->value : NO_BYTES},
                                {.kind = EDIT_END}};
    if (call->blocks_sent == 0)
        send_response_headers(call, initial ? echo : NO_EDITS, FLAG_NONE);
}

static void put_percent_encoded(struct buf *out, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c >= 0x20 && c <= 0x7e && c != '%')
            buf_put_u8(out, c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

/* status: a grpc.testing.EchoStatus, or nothing for OK. */
static void end_response(struct call *call, struct bytes status)
{
    const struct field *trailing = echo_of(call, ECHO_TRAILING);
    struct buf message = {0};
    char number[16];
    (void)snprintf(number, sizeof number, "%zu", varint_in(status, 1));
    put_percent_encoded(&message, bytes_in(status, 2));
    struct field fields[3] = {{BYTES("grpc-status"), bytes_str(number)}};
    size_t count = 1;
    if (message.len > 0)
        fields[count++] = (struct field){BYTES("grpc-message"), buf_view(&message)};
    if (trailing)
        fields[count++] = *trailing;
    if (!call->reset && !call->local_closed)
        send_trailers(call, fields, count);
    buf_clear(&message);
}

static void send_sizes(struct call *call, const size_t *sizes, size_t count)
{
    begin_response(call);
    for (size_t i = 0; i < count && i < MAX_RESPONSES && !call->reset; i++)
        send_response_message(call, sizes[i]);
}

/* Of messages that a StreamingInputCall adds up. */
static size_t input_size(struct bytes message)
{
    return bytes_in(bytes_in(message, 1), 2).len;
}

/* One answer, when the request is whole. */
static void serve_single(struct call *call, const struct method *method)
{
    size_t sizes[MAX_RESPONSES] = {0}, sum = 0;
    struct sizes wanted = {sizes, 0, MAX_RESPONSES};
    struct bytes status = NO_BYTES;
    for (struct message m = next_message(call); m.payload.data; m = next_message(call)) {
        if (wanted.count == 0)
            read_wanted(method, m.payload, &wanted);
        sum += method->dialect == AGGREGATED ? input_size(m.payload) : 0;
        if (method->dialect == SIMPLE)
            status = bytes_in(m.payload, RESPONSE_ERROR);
    }
    if (call->reset || test_is_over(call->conn->t))
        return;
    begin_response(call);
    if (varint_in(status, 1) == 0 && call->data_sent == 0)
        send_response_message(call, method->dialect == AGGREGATED ? sum : sizes[0]);
    end_response(call, status);
}

/* An answer to each message as it comes, and no headers before the first of them or the end of the request; what a
 * response definition wants beyond that, at the end. */
static void serve_stream(struct call *call, const struct method *method)
{
    size_t sizes[MAX_RESPONSES] = {0}, sent = 0;
    struct sizes wanted = {sizes, 0, MAX_RESPONSES};
    struct bytes status = NO_BYTES;
    bool defined = method->dialect == CONFORMANCE_MANY;
    for (struct message m = next_message(call); m.payload.data; m = next_message(call)) {
        if (!defined || wanted.count == 0)
            read_wanted(method, m.payload, &wanted);
        size_t now = defined && method->takes_many && sent < wanted.count ? sent + 1 : wanted.count;
        send_sizes(call, sizes + sent, now - sent);
        sent = now;
        if (!defined)
            status = bytes_in(m.payload, RESPONSE_ERROR);
        if (varint_in(status, 1) != 0)
            break;
    }
    if (call->reset || test_is_over(call->conn->t))
        return;
    send_sizes(call, sizes + sent, wanted.count - sent);
    end_response(call, status);
}

void serve_call(struct call *call)
{
    const struct method *method = method_of(call);
    if (test_is_over(call->conn->t))
        return;
    if (method->dialect == UNKNOWN_METHOD)
        send_trailers_only(call, EDITS(SET("grpc-status", "12")));
    else if (method->gives_many)
        serve_stream(call, method);
    else
        serve_single(call, method);
    flush(call->conn);
}

void finish_ok(struct call *call)
{
    if (test_is_over(call->conn->t))
        return;
    begin_response(call);
    if (call->data_sent == 0 && !method_of(call)->gives_many)
        send_response_message(call, 0);
    end_response(call, NO_BYTES);
    flush(call->conn);
}
