/* SPDX-License-Identifier: MIT
 *
 * protoc has already given each proto3 optional field a oneof of its own, named _FIELD, for programs that do not know
 * the word: all that is left to do is to forget the word. */
#include "generate/messages.h"

#include "generate/proto.h"

static void forget_optional(MessageProto *message)
{
    for (size_t i = 0; i < message->n_field; i++)
        message->field[i]->has_proto3_optional = false;
    for (size_t i = 0; i < message->n_nested_type; i++)
        forget_optional(message->nested_type[i]);
}

static void strip(FileProto *file)
{
    for (size_t i = 0; i < file->n_service; i++)
        google__protobuf__service_descriptor_proto__free_unpacked(file->service[i], NULL);
    file->n_service = 0;
    for (size_t i = 0; i < file->n_message_type; i++)
        forget_optional(file->message_type[i]);
}

bool messages_only(struct bytes in, struct buf *out)
{
    Google__Protobuf__FileDescriptorSet *set = google__protobuf__file_descriptor_set__unpack(
        NULL, in.len, in.data);
    if (set == NULL)
        return false;
    for (size_t i = 0; i < set->n_file; i++)
        strip(set->file[i]);

    size_t size = google__protobuf__file_descriptor_set__get_packed_size(set);
    uint8_t *octets = buf_reserve(out, size);
    must_fit(out);
    out->len += google__protobuf__file_descriptor_set__pack(set, octets);
    google__protobuf__file_descriptor_set__free_unpacked(set, NULL);
    return true;
}
