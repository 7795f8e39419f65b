/* SPDX-License-Identifier: MIT
 *
 * Text out and text in. A value has no line ends of its own: encoding refuses them. */
#include "text.h"

#include <protobuf-c/protobuf-c.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Out ---- */

/* The value as text, in `room` or in the message; NULL: a default, left out. */
static const char *value_of(const ProtobufCFieldDescriptor *field, const void *member, char *room,
                            size_t size)
{
    const char *text;

    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        text = *(char *const *)member;
        return text != NULL && text[0] != '\0' ? text : NULL;
    case PROTOBUF_C_TYPE_INT32:
        snprintf(room, size, "%d", (int)*(const int32_t *)member);
        return *(const int32_t *)member != 0 ? room : NULL;
    default:
        return *(const protobuf_c_boolean *)member ? "true" : NULL;
    }
}

static bool is_known(const ProtobufCFieldDescriptor *field)
{
    return field->label == PROTOBUF_C_LABEL_NONE &&
           (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_INT32 ||
            field->type == PROTOBUF_C_TYPE_BOOL);
}

static int encode(const void *message, const ProtobufCMessageDescriptor *type, struct gr_out *out)
{
    int error = 0;

    for (unsigned i = 0; i < type->n_fields && !error; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        char room[16];
        if (!is_known(field))
            return GR_ENCODE;
        const char *value = value_of(field, (const char *)message + field->offset, room,
                                     sizeof(room));
        if (value == NULL)
            continue;
        if (strchr(value, '\n') != NULL)
            return GR_ENCODE;
        error = gr_out_put(out, bytes_str(field->name));
        error = error ? error : gr_out_put(out, BYTES(": "));
        error = error ? error : gr_out_put(out, bytes_str(value));
        error = error ? error : gr_out_put(out, BYTES("\n"));
    }
    return error;
}

/* ---- In ---- */

static char *copy(struct bytes text, struct gr_arena *memory)
{
    char *to = gr_arena_alloc(memory, text.len + 1);

    if (to == NULL)
        return NULL;
    if (text.len > 0)
        memcpy(to, text.data, text.len);
    to[text.len] = '\0';
    return to;
}

static int set(const ProtobufCFieldDescriptor *field, void *member, char *value)
{
    char *end = value;

    if (!is_known(field) || value == NULL)
        return GR_INVALID;
    if (field->type == PROTOBUF_C_TYPE_STRING)
        *(char **)member = value;
    else if (field->type == PROTOBUF_C_TYPE_INT32)
        *(int32_t *)member = (int32_t)strtol(value, &end, 10);
    else
        *(protobuf_c_boolean *)member = strcmp(value, "true") == 0;
    return field->type == PROTOBUF_C_TYPE_INT32 && (end == value || *end != '\0') ? GR_INVALID : 0;
}

/* "name: value"; names that are not known are read over, as protobuf does. */
static int take_line(struct bytes line, const ProtobufCMessageDescriptor *type,
                     struct gr_arena *memory, void *message)
{
    size_t colon = bytes_find(line, ':');
    char *name = copy(bytes_first(line, colon), memory);
    char *value = copy(bytes_skip(line, colon + 2), memory);

    if (name == NULL || value == NULL)
        return GR_NOMEM;
    if (colon + 1 >= line.len || line.data[colon + 1] != ' ')
        return GR_INVALID;
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(type,
                                                                                            name);
    return field ? set(field, (char *)message + field->offset, value) : 0;
}

static int decode(struct bytes in, const ProtobufCMessageDescriptor *type, struct gr_arena *memory,
                  void **message)
{
    int error = 0;

    *message = gr_arena_alloc(memory, type->sizeof_message);
    if (*message == NULL)
        return GR_NOMEM;
    protobuf_c_message_init(type, *message);
    while (in.len > 0 && !error) {
        size_t end = bytes_find(in, '\n');
        error = take_line(bytes_first(in, end), type, memory, *message);
        in = bytes_skip(in, end + 1);
    }
    return error;
}

const struct gr_codec text_codec = {"text", encode, decode};
