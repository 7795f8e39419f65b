/* SPDX-License-Identifier: MIT
 *
 * How a call begins: what its header fields ask for, which method it names, and what is refused at once. What a
 * method does with its messages is in test_service.c. */
#include "selftest/h2.h"

#include <stdio.h>

static const struct method_row {
    const char *path;
    enum method method;
} methods[] = {
    {"/grpc.testing.TestService/EmptyCall", METHOD_EMPTY_CALL},
    {"/grpc.testing.TestService/UnaryCall", METHOD_UNARY_CALL},
    {"/grpc.testing.TestService/CacheableUnaryCall", METHOD_UNARY_CALL},
    {"/grpc.testing.TestService/StreamingOutputCall", METHOD_STREAMING_OUTPUT},
    {"/grpc.testing.TestService/StreamingInputCall", METHOD_STREAMING_INPUT},
    {"/grpc.testing.TestService/FullDuplexCall", METHOD_FULL_DUPLEX},
    {"/grpc.testing.TestService/HalfDuplexCall", METHOD_HALF_DUPLEX},
    {"/grpc.testing.TestService/Throw", METHOD_THROW},
    {"/grpc.health.v1.Health/Check", METHOD_HEALTH_CHECK},
    {"/grpc.health.v1.Health/Watch", METHOD_HEALTH_WATCH},
    {"/grpc.health.v1.Health/List", METHOD_HEALTH_LIST},
    {"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", METHOD_REFLECTION},
};

static bool last_part_equals(struct bytes path, const char *known)
{
    return bytes_ends_with(path, bytes_str(strrchr(known, '/')));
}

static enum method find_method(struct bytes path)
{
    if (knob(KNOB_ACCEPTS_PATH_WITHOUT_SLASH) && path.len && path.data[0] != '/') {
        for (size_t i = 0; i < ARRAY_LEN(methods); i++)
            if (bytes_equal_str(path, methods[i].path + 1))
                return methods[i].method;
    }
    if (knob(KNOB_ROUTES_SLASHES))
        while (path.len > 1 && (path.data[path.len - 1] == '/' || path.data[1] == '/'))
            path = path.data[1] == '/' ? bytes_skip(path, 1) : bytes_first(path, path.len - 1);
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (bytes_equal_str(path, methods[i].path))
            return methods[i].method;
        if (knob(KNOB_ROUTES_ANY_SERVICE) && last_part_equals(path, methods[i].path))
            return methods[i].method;
        if (knob(KNOB_ROUTES_ANY_CASE) && path.len == strlen(methods[i].path)) {
            char lower[128];
            (void)snprintf(lower, sizeof lower, "%s", methods[i].path);
            for (char *at = lower; *at; at++)
                *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
            if (text_equals_lower(path, lower))
                return methods[i].method;
        }
    }
    if (knob(KNOB_ROUTES_EVERYTHING))
        return METHOD_EMPTY_CALL;
    return METHOD_UNKNOWN;
}

bool service_knows(const struct header_list *request)
{
    const struct field *path = header_list_find(request, ":path");
    return path && find_method(path->value) != METHOD_UNKNOWN;
}

static enum encoding encoding_named(struct bytes name)
{
    if (bytes_equal_str(name, "gzip"))
        return ENCODING_GZIP;
    if (bytes_equal_str(name, "deflate"))
        return ENCODING_DEFLATE;
    return bytes_equal_str(name, "identity") ? ENCODING_IDENTITY : ENCODING_UNSUPPORTED;
}

static struct bytes trim(struct bytes text)
{
    while (text.len && text.data[0] == ' ')
        text = bytes_skip(text, 1);
    while (text.len && text.data[text.len - 1] == ' ')
        text = bytes_first(text, text.len - 1);
    return text;
}

static void take_accept_list(struct stream *stream, struct bytes list)
{
    while (list.len > 0) {
        size_t comma = bytes_find(list, ',');
        enum encoding encoding = encoding_named(trim(bytes_first(list, comma)));
        stream->accepts_gzip |= encoding == ENCODING_GZIP;
        stream->accepts_deflate |= encoding == ENCODING_DEFLATE;
        list = bytes_skip(list, comma + 1);
    }
}

/* false: the call is over. */
static bool take_field(struct h2 *h2, struct stream *stream, const struct field *field)
{
    int64_t timeout_ns;
    struct buf scratch = {0};
    if (bytes_equal_str(field->name, "grpc-encoding")) {
        stream->names_encoding = true;
        stream->request_encoding = encoding_named(field->value);
        if (knob(KNOB_REFUSES_IDENTITY) && stream->request_encoding == ENCODING_IDENTITY) {
            respond_status(h2, stream, CODE_UNIMPLEMENTED, "identity is not an encoding here");
            return false;
        }
    }
    if (bytes_equal_str(field->name, "grpc-accept-encoding"))
        take_accept_list(stream, field->value);
    if (bytes_equal_str(field->name, "grpc-timeout") && !knob(KNOB_IGNORES_TIMEOUT)) {
        if (!parse_timeout(field->value, &timeout_ns)) {
            if (knob(KNOB_BAD_TIMEOUT_KILLS))
                connection_error(h2, H2_INTERNAL_ERROR);
            if (knob(KNOB_BAD_TIMEOUT_HANGS))
                h2->stuck = true;
            respond_status(h2, stream, CODE_INTERNAL, "grpc-timeout is malformed");
            return false;
        }
        if (timeout_ns == 0 && knob(KNOB_BAD_TIMEOUT_KILLS))
            connection_error(h2, H2_INTERNAL_ERROR);
        if (timeout_ns > 0 || !knob(KNOB_ZERO_TIMEOUT_IS_FOREVER))
            stream->deadline = clock_add(h2->now,
                                         knob(KNOB_TIMEOUT_EXPIRES_AT_ONCE) ? 0 : timeout_ns);
        stream->timeout_ns = timeout_ns;
        stream->timer = knob(KNOB_TIMER_OUTLIVES_CALL) ? stream->deadline : 0;
    }
    if (bytes_starts_with(field->name, BYTES("grpc-")) && knob(KNOB_REFUSES_UNKNOWN_GRPC_FIELDS) &&
        (bytes_equal_str(field->name, "grpc-foo") ||
         bytes_starts_with(field->name, BYTES("grpc-message-")))) {
        connection_error(h2, H2_PROTOCOL_ERROR);
        return false;
    }
    if (stream->request_encoding == ENCODING_UNSUPPORTED &&
        knob(KNOB_UNSUPPORTED_ENCODING_RESETS)) {
        stream_error(h2, stream, H2_PROTOCOL_ERROR);
        return false;
    }
    bool is_binary = bytes_ends_with(field->name, BYTES("-bin"));
    bool valid = !is_binary || decode_base64_list(field->value, &scratch);
    buf_clear(&scratch);
    if (valid && !h2->metadata_poisoned)
        return true;
    h2->metadata_poisoned = h2->metadata_poisoned || knob(KNOB_BAD_BINARY_POISONS);
    if (knob(KNOB_BAD_BINARY_KILLS))
        connection_error(h2, H2_PROTOCOL_ERROR);
    respond_status(h2, stream, CODE_INTERNAL, "a -bin value is not base64");
    return false;
}

static bool has_high_octet(const struct header_list *request)
{
    for (size_t i = 0; i < request->count; i++)
        for (size_t at = 0; at < request->fields[i].value.len; at++)
            if (request->fields[i].value.data[at] >= 0x80 ||
                request->fields[i].value.data[0] == ' ')
                return true;
    return false;
}

static bool ends_with_user_agent(const struct header_list *request)
{
    return request->count > 0 &&
           bytes_equal_str(request->fields[request->count - 1].name, "user-agent");
}

static bool has_empty_metadata(const struct header_list *request)
{
    for (size_t i = 0; i < request->count; i++)
        if (bytes_starts_with(request->fields[i].name, BYTES("x-")) &&
            request->fields[i].value.len == 0)
            return true;
    return false;
}

static void choose_encoding(struct stream *stream)
{
    if (stream->accepts_gzip || knob(KNOB_COMPRESSES_UNASKED))
        stream->response_encoding = ENCODING_GZIP;
    else if (stream->accepts_deflate)
        stream->response_encoding = ENCODING_DEFLATE;
}

/* RST_STREAM(CANCEL), as PROTOCOL-HTTP2 has it for a server that gives a call up. */
void expire(struct h2 *h2, struct stream *stream)
{
    stream->deadline = TIME_NEVER;
    stream->plan_at = stream->plan_len;
    buf_reset(&stream->pending);
    if (knob(KNOB_EXPIRY_RESETS_INTERNAL))
        stream_error(h2, stream, H2_INTERNAL_ERROR);
    else if (knob(KNOB_EXPIRY_IS_CANCELLED))
        respond_status(h2, stream, CODE_CANCELLED, "the deadline has passed");
    else if (knob(KNOB_EXPIRY_IS_OK))
        respond_status(h2, stream, CODE_OK, "");
    else
        stream_error(h2, stream, H2_CANCEL);
}

/* Knobs by which a call takes over what an earlier one has said. */
static void inherit(struct h2 *h2, struct stream *stream)
{
    if (!stream->names_encoding && knob(KNOB_ENCODING_IS_REMEMBERED))
        stream->request_encoding = h2->encoding_before;
    h2->encoding_before = stream->request_encoding;
    stream->accepts_gzip |= h2->accepted_gzip && knob(KNOB_ACCEPT_LIST_IS_REMEMBERED);
    h2->accepted_gzip |= stream->accepts_gzip;
    if (knob(KNOB_SUMS_GO_ON))
        stream->aggregated = h2->sum_before;
}

void service_begin(struct h2 *h2, struct stream *stream)
{
    int refusal = http_refusal(&stream->request);
    if (refusal) {
        respond_http(h2, stream, refusal);
        return;
    }
    if (stream->request.size > OUR_MAX_HEADER_LIST && !knob(KNOB_NO_HEADER_LIMIT)) {
        if (knob(KNOB_HEADER_LIMIT_KILLS))
            connection_error(h2, H2_INTERNAL_ERROR);
        respond_status(h2, stream, CODE_RESOURCE_EXHAUSTED,
                       "the header list is larger than 16 KiB");
        return;
    }
    if (knob(KNOB_HEADER_LIMIT_TINY) && stream->request.size > 2048) {
        respond_status(h2, stream, CODE_RESOURCE_EXHAUSTED, "the header list is larger than 2 KiB");
        return;
    }
    if (knob(KNOB_REFUSES_HIGH_OCTETS) && has_high_octet(&stream->request)) {
        connection_error(h2, H2_PROTOCOL_ERROR);
        return;
    }
    if (knob(KNOB_FIELD_ORDER_MATTERS) && !ends_with_user_agent(&stream->request)) {
        respond_status(h2, stream, CODE_INTERNAL, "the fields come in an unusual order");
        return;
    }
    if (knob(KNOB_REFUSES_EMPTY_METADATA) && has_empty_metadata(&stream->request)) {
        respond_status(h2, stream, CODE_INTERNAL, "a value is empty");
        return;
    }
    for (size_t i = 0; i < stream->request.count; i++)
        if (!take_field(h2, stream, &stream->request.fields[i]))
            return;
    inherit(h2, stream);
    if (stream->deadline <= h2->now) {
        expire(h2, stream);
        return;
    }
    choose_encoding(stream);
    const struct field *path = header_list_find(&stream->request, ":path");
    stream->method = path ? find_method(path->value) : METHOD_EMPTY_CALL;
    if (stream->method == METHOD_UNKNOWN) {
        if (knob(KNOB_UNKNOWN_PATH_IS_404))
            respond_http(h2, stream, 404);
        else
            respond_status(h2, stream, CODE_UNIMPLEMENTED, "no such method");
    }
    if (knob(KNOB_REFUSED_CALLS_HANG) && stream->finished)
        h2->stuck = true;
    if (knob(KNOB_HEADERS_AT_ONCE) && !stream->finished)
        respond_headers(h2, stream);
}
