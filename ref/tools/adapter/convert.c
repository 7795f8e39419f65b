/* SPDX-License-Identifier: MIT
 *
 * See convert.h. */
#include "tools/adapter/convert.h"

#include "tools/adapter/base64.h"

#include "rpc_status.pb-c.h"

#define TYPE_URL "type.googleapis.com/"

/* ---- Memory ---------------------------------------------------------------------------------- */

static void *alloc_in_call(void *call, size_t size)
{
    return gr_call_alloc(call, size);
}

static void free_in_call(void *call, void *memory)
{
    (void)call;
    (void)memory;
}

static ProtobufCAllocator call_memory(struct gr_call *call)
{
    return (ProtobufCAllocator){alloc_in_call, free_in_call, call};
}

/* Terminated. */
static char *copy_text(struct gr_call *call, struct bytes text)
{
    char *copy = gr_call_alloc(call, text.len + 1);

    if (copy == NULL)
        return NULL;
    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

/* ---- Metadata -------------------------------------------------------------------------------- */

static bool is_binary(struct bytes key)
{
    return bytes_ends_with(key, BYTES("-bin"));
}

static char *header_text(struct gr_call *call, struct gr_metadata_entry entry)
{
    if (!is_binary(entry.key))
        return copy_text(call, entry.value);
    char *text = gr_call_alloc(call, BASE64_SIZE(entry.value.len));
    if (text != NULL)
        base64_encode(text, entry.value);
    return text;
}

static CC(Header) * find_header(const struct headers *headers, struct bytes key)
{
    for (size_t i = 0; i < headers->count; i++) {
        if (bytes_equal_str(key, headers->list[i]->name))
            return headers->list[i];
    }
    return NULL;
}

/* A new one at the end, with room for `values`. */
static CC(Header) *
    add_header(struct gr_call *call, struct headers *headers, struct bytes key, size_t values)
{
    CC(Header) *header = gr_call_alloc(call, sizeof(*header));

    if (header == NULL)
        return NULL;
    connectrpc__conformance__v1__header__init(header);
    header->name = copy_text(call, key);
    header->value = gr_call_alloc(call, values * sizeof(*header->value));
    if (header->name == NULL || header->value == NULL)
        return NULL;
    headers->list[headers->count++] = header;
    return header;
}

bool convert_metadata(struct gr_call *call, const struct gr_metadata *metadata,
                      struct headers *headers)
{
    size_t count = gr_metadata_count(metadata);

    *headers = (struct headers){0};
    if (count == 0)
        return true;
    headers->list = gr_call_alloc(call, count * sizeof(CC(Header) *));
    if (headers->list == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct gr_metadata_entry entry = gr_metadata_at(metadata, i);
        CC(Header) *header = find_header(headers, entry.key);
        if (header == NULL)
            header = add_header(call, headers, entry.key, count);
        char *text = header_text(call, entry);
        if (header == NULL || text == NULL)
            return false;
        header->value[header->n_value++] = text;
    }
    return true;
}

struct bytes convert_value(const char *name, const char *text, struct buf *scratch)
{
    buf_reset(scratch);
    if (is_binary(bytes_str(name)) && base64_decode(scratch, bytes_str(text)))
        return buf_view(scratch);
    return bytes_str(text);
}

/* ---- Messages -------------------------------------------------------------------------------- */

static bool pack(struct gr_call *call, const void *message, ProtobufCBinaryData *packed)
{
    packed->len = protobuf_c_message_get_packed_size(message);
    packed->data = gr_call_alloc(call, packed->len);
    if (packed->data == NULL)
        return false;
    protobuf_c_message_pack(message, packed->data);
    return true;
}

Google__Protobuf__Any *convert_to_any(struct gr_call *call, const void *message)
{
    const char *type = ((const ProtobufCMessage *)message)->descriptor->name;
    Google__Protobuf__Any *any = gr_call_alloc(call, sizeof(*any));
    char *url = gr_call_alloc(call, sizeof(TYPE_URL) + strlen(type));

    if (any == NULL || url == NULL)
        return NULL;
    google__protobuf__any__init(any);
    strcpy(url, TYPE_URL);
    strcat(url, type);
    any->type_url = url;
    return pack(call, message, &any->value) ? any : NULL;
}

void *convert_from_any(struct gr_call *call, const Google__Protobuf__Any *any,
                       const ProtobufCMessageDescriptor *type)
{
    ProtobufCAllocator memory = call_memory(call);
    const char *slash = strrchr(any->type_url, '/');

    if (slash == NULL || strcmp(slash + 1, type->name) != 0)
        return NULL;
    return protobuf_c_message_unpack(type, &memory, any->value.len, any->value.data);
}

bool convert_append(struct gr_call *call, struct anys *anys, Google__Protobuf__Any *any)
{
    if (any == NULL)
        return false;
    if (anys->count == anys->capacity) {
        size_t capacity = anys->capacity * 2 + 4;
        Google__Protobuf__Any **list = gr_call_alloc(call, capacity * sizeof(*list));
        if (list == NULL)
            return false;
        for (size_t i = 0; i < anys->count; i++)
            list[i] = anys->list[i];
        anys->list = list;
        anys->capacity = capacity;
    }
    anys->list[anys->count++] = any;
    return true;
}

void *convert_copy(struct gr_call *call, const void *message)
{
    ProtobufCAllocator memory = call_memory(call);
    ProtobufCBinaryData packed;

    if (!pack(call, message, &packed))
        return NULL;
    return protobuf_c_message_unpack(((const ProtobufCMessage *)message)->descriptor, &memory,
                                     packed.len, packed.data);
}

/* ---- Status ---------------------------------------------------------------------------------- */

CC(Error) * convert_result(struct gr_call *call, const struct gr_result *result)
{
    CC(Error) *error = gr_call_alloc(call, sizeof(*error));
    ProtobufCAllocator memory = call_memory(call);

    if (error == NULL)
        return NULL;
    connectrpc__conformance__v1__error__init(error);
    error->code = (int32_t)result->status;
    error->optional_message_case = CONNECTRPC__CONFORMANCE__V1__ERROR__OPTIONAL_MESSAGE_MESSAGE;
    error->message = copy_text(call, result->message);
    if (error->message == NULL)
        return NULL;
    Google__Rpc__Status *status = google__rpc__status__unpack(&memory, result->details.len,
                                                              result->details.data);
    if (status != NULL) {
        error->details = status->details;
        error->n_details = status->n_details;
    }
    return error;
}

/* grpc-status-details-bin of `error`, whose code and text are as given. */
static bool set_details(struct gr_call *call, const CC(Error) * error, enum gr_status code,
                        char *text, Google__Protobuf__Any *more)
{
    Google__Rpc__Status status = GOOGLE__RPC__STATUS__INIT;
    struct anys details = {0};
    ProtobufCBinaryData packed;

    for (size_t i = 0; i < error->n_details; i++) {
        if (!convert_append(call, &details, error->details[i]))
            return false;
    }
    if (more != NULL && !convert_append(call, &details, more))
        return false;
    if (details.count == 0)
        return true;
    status.code = (int32_t)code;
    status.message = text;
    status.details = details.list;
    status.n_details = details.count;
    return pack(call, &status, &packed) &&
           gr_set_status_details(call, bytes_of(packed.data, packed.len)) == 0;
}

enum gr_status convert_to_status(struct gr_call *call, const CC(Error) * error,
                                 Google__Protobuf__Any *more)
{
    bool known = error->code > GR_STATUS_OK && error->code <= GR_STATUS_UNAUTHENTICATED;
    enum gr_status code = known ? (enum gr_status)error->code : GR_STATUS_UNKNOWN;
    bool has_text = error->optional_message_case ==
                    CONNECTRPC__CONFORMANCE__V1__ERROR__OPTIONAL_MESSAGE_MESSAGE;
    char *text = has_text ? error->message : (char *)protobuf_c_empty_string;

    if (!set_details(call, error, code, text, more) ||
        gr_set_status_message(call, bytes_str(text)) != 0)
        return GR_STATUS_RESOURCE_EXHAUSTED;
    return code;
}
