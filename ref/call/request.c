/* SPDX-License-Identifier: MIT
 *
 * A server reads the header block of a request: is it gRPC, which method, by when, how compressed. What HTTP/2
 * itself forbids has been refused before this. (PROTOCOL-HTTP2, Requests.) */
#include "call/call.h"
#include "codec/codec.h"
#include "codec/metadata.h"
#include "codec/status.h"
#include "codec/timeout.h"

/* The protocol's own fields of one request; data NULL: absent. */
struct request {
    struct bytes method;
    struct bytes path;
    struct bytes content_type;
    struct bytes timeout;
    struct bytes encoding;
};

const struct field *field_find(const struct field *fields, size_t count, const char *name)
{
    struct bytes wanted = bytes_str(name);

    for (size_t i = 0; i < count; i++)
        if (bytes_equal(fields[i].name, wanted))
            return &fields[i];
    return NULL;
}

static bool is_grpc(struct bytes content_type)
{
    struct bytes rest = bytes_skip(content_type, sizeof("application/grpc") - 1);

    if (!bytes_starts_with(content_type, BYTES("application/grpc")))
        return false;
    return rest.len == 0 || rest.data[0] == '+' || rest.data[0] == ';';
}

/* A field that is the application's, or none of anybody's business. */
static void read_other(struct gr_call *call, const struct field *field)
{
    switch (gr_metadata_add_received(&call->metadata, field->name, field->value)) {
    case GR_FIELD_BAD_BASE64:
        call_fail(call, GR_STATUS_INTERNAL, "a -bin field is not base64");
        break;
    case GR_FIELD_NOMEM:
        call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "out of memory");
        break;
    case GR_FIELD_ADDED:
    case GR_FIELD_OURS:
    case GR_FIELD_DROPPED:
        break;
    }
}

static void read_field(struct gr_call *call, struct request *request, const struct field *field)
{
    if (bytes_equal(field->name, BYTES(":path")))
        request->path = field->value;
    else if (bytes_equal(field->name, BYTES(":method")))
        request->method = field->value;
    else if (bytes_equal(field->name, BYTES("content-type")))
        request->content_type = field->value;
    else if (bytes_equal(field->name, BYTES("grpc-timeout")))
        request->timeout = field->value;
    else if (bytes_equal(field->name, BYTES("grpc-encoding")))
        request->encoding = field->value;
    else if (bytes_equal(field->name, BYTES("grpc-accept-encoding")))
        call->peer_accepts |= gr_accept_encoding_parse(field->value);
    else
        read_other(call, field);
}

static void refuse_http(struct gr_call *call, int http_status)
{
    call->http_status = http_status;
    call_fail(call, gr_status_of_http(http_status), "not a gRPC request");
}

static void read_timeout(struct gr_call *call, struct bytes text)
{
    int64_t timeout_ns;

    if (!text.data)
        return;
    if (gr_timeout_parse(text, &timeout_ns))
        call_set_deadline(call, clock_add(call->host->now, timeout_ns));
    else
        call_fail(call, GR_STATUS_INTERNAL, "grpc-timeout is malformed");
}

/* compression.md: an encoding that we lack is UNIMPLEMENTED, and the answer says what we have (GRPC-COMP-002). */
static void read_encoding(struct gr_call *call, struct bytes name)
{
    if (!name.data || gr_compression_of_name(name, &call->peer_encoding)) {
        if (call->peer_encoding != GR_IDENTITY)
            call->accept_encoding = gr_accept_encoding();
        return;
    }
    call->accept_encoding = gr_accept_encoding();
    call_fail(call, GR_STATUS_UNIMPLEMENTED, "grpc-encoding is none that this server knows");
}

static bool names_a_method(struct bytes path)
{
    struct bytes service = bytes_skip(path, 1);
    size_t slash = bytes_find(service, '/');

    return path.len > 0 && path.data[0] == '/' && slash > 0 && slash + 1 < service.len;
}

static void find_method(struct gr_call *call, struct bytes path)
{
    struct call_target target;

    if (!names_a_method(path)) {
        call_fail(call, GR_STATUS_UNIMPLEMENTED, ":path is not /service/method");
        return;
    }
    target = call->host->find(call->host, path);
    call->method = target.method;
    call->service_data = target.service_data;
    if (!target.method || (!target.method->unary && !target.method->stream))
        call_fail(call, GR_STATUS_UNIMPLEMENTED, "this server has no such method");
}

/* Messages of a codec that we lack cannot be read (GRPC-REQ-HDR-013); octets as they are can. */
static void read_codec(struct gr_call *call, struct bytes content_type)
{
    call->codec = gr_codec_of_content_type(content_type);
    if (call->method && call->method->request && gr_codec_is_unknown(content_type))
        call_fail(call, GR_STATUS_UNIMPLEMENTED,
                  "content-type names no codec that this server knows");
}

void call_begin_request(struct gr_call *call, const struct field *fields, size_t count,
                        bool too_large)
{
    struct request request = {0};

    for (size_t i = 0; i < count; i++)
        read_field(call, &request, &fields[i]);
    if (!bytes_equal(request.method, BYTES("POST")))
        refuse_http(call, 405);
    else if (!is_grpc(request.content_type))
        refuse_http(call, 415);
    else if (too_large)
        call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "the metadata is larger than the limit");
    read_encoding(call, request.encoding);
    find_method(call, request.path);
    read_codec(call, request.content_type);
    read_timeout(call, request.timeout);
    call->began = !call->ended;
}
