/* SPDX-License-Identifier: MIT
 *
 * The header blocks we send: a request, response headers, Trailers-Only, trailers. (PROTOCOL-HTTP2, Requests and
 * Responses.) The order is that of the document: pseudo-headers, the call's definition, the application's
 * metadata (GRPC-REQ-HDR-008). */
#include "call/call.h"
#include "codec/base64.h"
#include "codec/metadata.h"
#include "codec/percent.h"
#include "codec/timeout.h"

#include <stdio.h>
#include <stdlib.h>

void fields_init(struct field_list *list)
{
    list->fields = list->few;
    list->count = 0;
    list->cap = FIELDS_INLINE;
    list->failed = false;
}

void fields_clear(struct field_list *list)
{
    if (list->fields != list->few)
        free(list->fields);
    fields_init(list);
}

static bool make_room(struct field_list *list)
{
    if (list->count < list->cap)
        return true;
    size_t cap = 2 * list->cap;
    struct field *more = list->fields == list->few ? NULL
                                                   : list->fields; /* realloc must not see `few` */
    more = realloc(more, cap * sizeof(*more));
    if (!more)
        return false;
    if (list->fields == list->few)
        memcpy(more, list->few, sizeof(list->few));
    list->fields = more;
    list->cap = cap;
    return true;
}

static void add(struct field_list *list, struct bytes name, struct bytes value)
{
    if (list->failed || !make_room(list)) {
        list->failed = true;
        return;
    }
    list->fields[list->count++] = (struct field){name, value};
}

/* Both literals. */
#define ADD_STATIC(list, name, value) add(list, BYTES(name), BYTES(value))

static void add_metadata(struct gr_call *call, struct field_list *list,
                         const struct gr_metadata *metadata)
{
    for (size_t i = 0; i < gr_metadata_count(metadata); i++) {
        struct gr_metadata_entry entry = gr_metadata_at(metadata, i);
        struct bytes value;
        if (!gr_metadata_wire_value(entry, &call->arena, &value))
            list->failed = true;
        else
            add(list, entry.key, value);
    }
}

static void add_encoding(struct gr_call *call, struct field_list *list)
{
    if (call->compression != GR_IDENTITY)
        add(list, BYTES("grpc-encoding"), bytes_str(gr_compression_name(call->compression)));
}

static void add_content_type(struct gr_call *call, struct field_list *list)
{
    size_t size = strlen("application/grpc+") + (call->codec ? strlen(call->codec->name) : 0) + 1;
    char *text;

    if (!call->codec) {
        ADD_STATIC(list, "content-type", "application/grpc");
        return;
    }
    text = gr_arena_alloc(&call->arena, size);
    if (!text) {
        list->failed = true;
        return;
    }
    snprintf(text, size, "application/grpc+%s", call->codec->name);
    add(list, BYTES("content-type"), bytes_str(text));
}

static void add_timeout(struct gr_call *call, struct field_list *list)
{
    if (call->deadline == TIME_NEVER)
        return;
    int64_t left = call->deadline - call->host->now;
    char text[GR_TIMEOUT_TEXT];
    struct bytes value;

    gr_timeout_format(left > 0 ? left : 1, text);
    if (!gr_arena_copy(&call->arena, bytes_str(text), &value))
        list->failed = true;
    add(list, BYTES("grpc-timeout"), value);
}

void call_request_fields(struct gr_call *call, struct field_list *list)
{
    ADD_STATIC(list, ":method", "POST");
    add(list, BYTES(":scheme"), call->scheme);
    add(list, BYTES(":path"), call->path);
    add(list, BYTES(":authority"), call->authority);
    add_timeout(call, list);
    ADD_STATIC(list, "te", "trailers");
    add_content_type(call, list);
    add(list, BYTES("user-agent"), call->user_agent);
    add_encoding(call, list);
    add(list, BYTES("grpc-accept-encoding"), bytes_str(gr_accept_encoding()));
    add_metadata(call, list, call->headers_out);
}

/* Not a gRPC request: HTTP's own answer, for whoever is at the other end (GRPC-REQ-HDR-010, -015). */
static void refusal_fields(struct gr_call *call, struct field_list *list)
{
    if (call->http_status == 405) {
        ADD_STATIC(list, ":status", "405");
        ADD_STATIC(list, "allow", "POST");
    } else {
        ADD_STATIC(list, ":status", "415");
    }
}

void call_response_fields(struct gr_call *call, struct field_list *list)
{
    if (call->http_status) {
        refusal_fields(call, list);
        return;
    }
    ADD_STATIC(list, ":status", "200");
    add_content_type(call, list);
    add_encoding(call, list);
    if (call->accept_encoding)
        add(list, BYTES("grpc-accept-encoding"), bytes_str(call->accept_encoding));
    add_metadata(call, list, call->headers_out);
}

static void add_message(struct gr_call *call, struct field_list *list)
{
    struct buf *text = call->host->scratch;
    struct bytes value;

    buf_reset(text);
    gr_percent_encode(text, call->status_message);
    if (text->failed || !gr_arena_copy(&call->arena, buf_view(text), &value))
        list->failed = true;
    else
        add(list, BYTES("grpc-message"), value);
}

static void add_details(struct gr_call *call, struct field_list *list)
{
    size_t len = gr_base64_encoded_len(call->status_details.len);
    uint8_t *text = gr_arena_alloc(&call->arena, len);

    if (!text) {
        list->failed = true;
        return;
    }
    gr_base64_encode(text, call->status_details);
    add(list, BYTES("grpc-status-details-bin"), bytes_of(text, len));
}

size_t fields_size(const struct field_list *list)
{
    size_t size = 0;

    for (size_t i = 0; i < list->count; i++)
        size += list->fields[i].name.len + list->fields[i].value.len + 32;
    return size;
}

static void trailer_fields(struct gr_call *call, struct field_list *list)
{
    static const char *const CODES[] = {"0", "1",  "2",  "3",  "4",  "5",  "6",  "7", "8",
                                        "9", "10", "11", "12", "13", "14", "15", "16"};

    if (call->http_status)
        return;
    add(list, BYTES("grpc-status"), bytes_str(CODES[call->result.status]));
    if (call->status_message.len)
        add_message(call, list);
    if (call->status_details.len)
        add_details(call, list);
    add_metadata(call, list, call->trailers_out);
}

void call_trailer_fields(struct gr_call *call, struct field_list *list)
{
    size_t before = list->count;

    trailer_fields(call, list);
    if (fields_size(list) <= call->host->peer_max_metadata)
        return;
    /* The client would refuse all of it: say that, and no more (H2-SET-020). */
    list->count = before;
    ADD_STATIC(list, "grpc-status", "8");
    ADD_STATIC(list, "grpc-message", "the trailing metadata is larger than the client accepts");
}
