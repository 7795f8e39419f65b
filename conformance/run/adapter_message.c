/* SPDX-License-Identifier: MIT
 *
 * Writing ClientCompatRequest, reading ClientCompatResponse; see adapter_message.h. */
#include "run/adapter_message.h"

#include "wire/base64.h"
#include "wire/pb.h"

#include <stdio.h>

#define SERVICE       "connectrpc.conformance.v1.ConformanceService"
#define TYPE_PREFIX   "type.googleapis.com/connectrpc.conformance.v1."
#define RECEIVE_LIMIT 4194304 /* what gRPC clients take by default */

enum {
    HTTP_VERSION_2 = 2,
    PROTOCOL_GRPC = 2,
    CODEC_PROTO = 1,
    COMPRESSION_IDENTITY = 1,
    COMPRESSION_GZIP = 2
};

static void put_str(struct buf *out, uint32_t field, const char *text)
{
    pb_put_bytes(out, field, bytes_str(text));
}

static void put_zeros(struct buf *out, uint32_t field, size_t size)
{
    struct buf zeros = {0};
    buf_put_zeros(&zeros, size);
    pb_put_bytes(out, field, buf_view(&zeros));
    buf_clear(&zeros);
}

/* A sub-message that is taken. */
static void put_message(struct buf *out, uint32_t field, struct buf *message)
{
    pb_put_bytes(out, field, buf_view(message));
    buf_clear(message);
}

/* ---- the request ---- */

struct method {
    const char *name, *request;
    uint32_t data_field; /* of the padding in a request */
};

static const struct method methods[] = {
    [CALL_UNARY] = {"Unary", "UnaryRequest", 2},
    [CALL_CLIENT_STREAM] = {"ClientStream", "ClientStreamRequest", 2},
    [CALL_SERVER_STREAM] = {"ServerStream", "ServerStreamRequest", 2},
    [CALL_HALF_DUPLEX] = {"BidiStream", "BidiStreamRequest", 3},
    [CALL_FULL_DUPLEX] = {"BidiStream", "BidiStreamRequest", 3},
};

/* UnaryResponseDefinition or StreamResponseDefinition: response_data is field 2 of both. */
static void put_definition(struct buf *out, const struct client_call *call)
{
    struct buf definition = {0};
    for (unsigned i = 0; i < call->responses; i++)
        put_zeros(&definition, 2, call->response_size);
    put_message(out, 1, &definition);
}

static void put_request_message(struct buf *out, const struct client_call *call, bool first)
{
    const struct method *method = &methods[call->type];
    struct buf any = {0}, value = {0};
    char type[128];
    if (first && call->responses > 0)
        put_definition(&value, call);
    if (first && call->type == CALL_FULL_DUPLEX)
        pb_put_varint(&value, 2, 1);
    if (call->request_size > 0)
        put_zeros(&value, method->data_field, call->request_size);
    (void)snprintf(type, sizeof type, TYPE_PREFIX "%s", method->request);
    put_str(&any, 1, type);
    put_message(&any, 2, &value);
    put_message(out, 16, &any);
}

static void put_request_messages(struct buf *out, const struct client_call *call)
{
    bool one = call->type == CALL_UNARY || call->type == CALL_SERVER_STREAM;
    unsigned count = one ? 1 : call->messages;
    for (unsigned i = 0; i < count; i++)
        put_request_message(out, call, i == 0);
}

/* Small letters: what an HTTP library shows may be spelled as in HTTP/1. */
static void put_lower(struct buf *out, struct bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        buf_put_u8(out, c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c);
    }
}

/* Values of -bin names travel as base64, as these are strings, which must be UTF-8. */
static void put_value(struct buf *header, const struct field *field)
{
    struct buf value = {0}, name = {0};
    put_lower(&name, field->name);
    bool binary = bytes_ends_with(buf_view(&name), BYTES("-bin"));
    buf_clear(&name);
    if (binary)
        base64_put(&value, field->value, false);
    else
        buf_put(&value, field->value);
    put_message(header, 2, &value);
}

static bool is_first_of_its_name(const struct client_call *call, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (bytes_equal(call->metadata[i].name, call->metadata[index].name))
            return false;
    return true;
}

/* One Header for each name, with all its values. */
static void put_metadata(struct buf *out, const struct client_call *call)
{
    for (size_t i = 0; i < call->metadata_count; i++) {
        if (!is_first_of_its_name(call, i))
            continue;
        struct buf header = {0};
        pb_put_bytes(&header, 1, call->metadata[i].name);
        for (size_t k = i; k < call->metadata_count; k++)
            if (bytes_equal(call->metadata[i].name, call->metadata[k].name))
                put_value(&header, &call->metadata[k]);
        put_message(out, 15, &header);
    }
}

static void put_cancel(struct buf *out, const struct client_call *call)
{
    struct buf cancel = {0};
    if (call->cancel == CANCEL_NEVER)
        return;
    if (call->cancel == CANCEL_BEFORE_HALF_CLOSE)
        pb_put_bytes(&cancel, 1, NO_BYTES);
    if (call->cancel == CANCEL_AFTER_HALF_CLOSE)
        pb_put_varint(&cancel, 2, call->cancel_after_ms);
    if (call->cancel == CANCEL_AFTER_RESPONSES)
        pb_put_varint(&cancel, 3, call->cancel_after_responses);
    put_message(out, 19, &cancel);
}

void put_adapter_request(struct buf *out, const char *name, const struct client_call *call,
                         const struct client_address *address, struct bytes ca_pem)
{
    size_t limit = call->receive_limit ? call->receive_limit : RECEIVE_LIMIT;
    put_str(out, 1, name);
    pb_put_varint(out, 2, HTTP_VERSION_2);
    pb_put_varint(out, 3, PROTOCOL_GRPC);
    pb_put_varint(out, 4, CODEC_PROTO);
    pb_put_varint(out, 5, call->compression ? COMPRESSION_GZIP : COMPRESSION_IDENTITY);
    put_str(out, 6, address->tls ? address->server_name : address->host);
    pb_put_varint(out, 7, address->port);
    if (ca_pem.len > 0)
        pb_put_bytes(out, 8, ca_pem);
    pb_put_varint(out, 10, limit);
    put_str(out, 11, SERVICE);
    put_str(out, 12, methods[call->type].name);
    pb_put_varint(out, 13, call->type);
    put_metadata(out, call);
    put_request_messages(out, call);
    if (call->timeout_ms > 0)
        pb_put_varint(out, 17, (uint64_t)call->timeout_ms);
    put_cancel(out, call);
}

/* ---- the response ---- */

struct bytes adapter_response_name(struct bytes response)
{
    struct pb_field field;
    return pb_find(response, 1, &field) ? field.bytes : NO_BYTES;
}

static void add_header(struct header_list *list, struct bytes header)
{
    struct pb_field field;
    struct buf name = {0};
    if (pb_find(header, 1, &field))
        put_lower(&name, field.bytes);
    while (pb_take(&header, &field))
        if (field.number == 2)
            header_list_add(list, buf_view(&name), field.bytes);
    buf_clear(&name);
}

static void add_sized(struct buf *out, size_t *count, struct bytes octets)
{
    buf_put_u32(out, (uint32_t)octets.len);
    buf_put(out, octets);
    ++*count;
}

static void read_error(struct bytes error, struct client_result *result)
{
    struct pb_field field;
    while (pb_take(&error, &field)) {
        if (field.number == 1)
            result->status = (uint32_t)field.value;
        if (field.number == 2) {
            result->has_message = true;
            buf_reset(&result->message);
            buf_put(&result->message, field.bytes);
        }
        if (field.number == 3)
            add_sized(&result->details, &result->detail_count, field.bytes);
    }
}

static void read_payload(struct bytes payload, struct client_result *result)
{
    struct pb_field data = {.bytes = NO_BYTES};
    if (!pb_find(payload, 1, &data))
        data.bytes = NO_BYTES;
    add_sized(&result->payloads, &result->payload_count, data.bytes);
}

static bool read_result(struct bytes response, struct client_result *result)
{
    struct pb_field field;
    result->kind = RESULT_REPORTED;
    while (pb_take(&response, &field)) {
        if (field.number == 1)
            add_header(&result->headers, field.bytes);
        if (field.number == 2)
            read_payload(field.bytes, result);
        if (field.number == 3)
            read_error(field.bytes, result);
        if (field.number == 4)
            add_header(&result->trailers, field.bytes);
        if (field.number == 5)
            result->unsent_requests = (uint32_t)field.value;
    }
    return response.len == 0;
}

static bool read_failure(struct bytes error, struct client_result *result)
{
    struct pb_field message = {.bytes = NO_BYTES};
    result->kind = RESULT_FAILED;
    result->says_so = true;
    buf_put_str(&result->how, "the adapter could not make the call: ");
    if (pb_find(error, 1, &message))
        buf_put(&result->how, bytes_first(message.bytes, 400));
    return true;
}

bool read_adapter_response(struct bytes response, struct client_result *result)
{
    struct pb_field field;
    if (pb_find(response, 2, &field) && field.type == PB_LEN)
        return read_result(field.bytes, result);
    return pb_find(response, 3, &field) && field.type == PB_LEN &&
           read_failure(field.bytes, result);
}
