/* SPDX-License-Identifier: MIT
 *
 * A client reads a response's header blocks: response headers, trailers, or both in one (Trailers-Only), and answers
 * that are not gRPC at all, which a proxy may give. (PROTOCOL-HTTP2, Responses; http-grpc-status-mapping.md.) */
#include "call/call.h"
#include "codec/base64.h"
#include "codec/metadata.h"
#include "codec/percent.h"
#include "codec/status.h"

static bool is_grpc(const struct field *content_type)
{
    return content_type && bytes_starts_with(content_type->value, BYTES("application/grpc"));
}

/* 0 when absent: then it is a trailer block. h2/head.c has checked that it is three digits. */
static int http_status(const struct field *fields, size_t count)
{
    const struct field *status = field_find(fields, count, ":status");
    int code = 0;

    for (size_t i = 0; status && i < status->value.len; i++)
        code = code * 10 + (status->value.data[i] - '0');
    return code;
}

static bool read_metadata(struct gr_call *call, struct gr_metadata **list,
                          const struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        switch (gr_metadata_add_received(list, fields[i].name, fields[i].value)) {
        case GR_FIELD_BAD_BASE64:
            call_fail(call, GR_STATUS_INTERNAL, "a -bin field is not base64");
            return false;
        case GR_FIELD_NOMEM:
            call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "out of memory");
            return false;
        case GR_FIELD_ADDED:
        case GR_FIELD_OURS:
        case GR_FIELD_DROPPED:
            break;
        }
    }
    return true;
}

static void refuse(struct gr_call *call, int status)
{
    call_fail(call, gr_status_of_http(status), "the answer is not gRPC");
    call->result.status = gr_status_of_http(status);
}

static void read_encoding(struct gr_call *call, const struct field *encoding)
{
    if (encoding)
        call->peer_encoding_unknown = !gr_compression_of_name(encoding->value,
                                                              &call->peer_encoding);
}

void call_begin_response(struct gr_call *call, const struct field *fields, size_t count,
                         bool too_large)
{
    int status = http_status(fields, count);

    if (too_large) {
        call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "the metadata is larger than the limit");
        return;
    }
    if (status != 200 || !is_grpc(field_find(fields, count, "content-type"))) {
        refuse(call, status);
        return;
    }
    read_encoding(call, field_find(fields, count, "grpc-encoding"));
    if (read_metadata(call, &call->metadata, fields, count))
        call->began = true;
}

/* ---- Trailers -------------------------------------------------------------------------------- */

static void read_message(struct gr_call *call, const struct field *message)
{
    struct buf text = {0};

    if (!message)
        return;
    gr_percent_decode(&text, message->value);
    if (!gr_arena_copy(&call->arena, buf_view(&text), &call->result.message))
        call->result.message = NO_BYTES;
    buf_clear(&text);
}

/* Details that are no base64 are left out: the status matters more. */
static void read_details(struct gr_call *call, const struct field *details)
{
    struct buf octets = {0};

    if (!details || !gr_base64_decode(&octets, details->value))
        return;
    if (!gr_arena_copy(&call->arena, buf_view(&octets), &call->result.details))
        call->result.details = NO_BYTES;
    buf_clear(&octets);
}

/* No grpc-status: the HTTP status decides (a proxy's answer), or the server broke off. */
static void read_no_status(struct gr_call *call, int status, bool grpc)
{
    call->result.status = gr_status_of_http(status ? status : 200);
    call->result.message = grpc ? BYTES("the trailers have no grpc-status")
                                : BYTES("the answer is not gRPC");
}

void call_finish_response(struct gr_call *call, const struct field *fields, size_t count,
                          bool too_large)
{
    const struct field *grpc_status = field_find(fields, count, "grpc-status");
    int status = http_status(fields, count);
    bool grpc = status == 0 || status != 200 || is_grpc(field_find(fields, count, "content-type"));

    if (too_large) {
        call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "the metadata is larger than the limit");
        return;
    }
    if (!read_metadata(call, &call->trailers, fields, count))
        return;
    if (!grpc_status || !grpc) {
        read_no_status(call, status, grpc);
        return;
    }
    call->result.status = gr_status_parse(grpc_status->value);
    read_message(call, field_find(fields, count, "grpc-message"));
    read_details(call, field_find(fields, count, "grpc-status-details-bin"));
}
