/* SPDX-License-Identifier: MIT
 *
 * The look-ups of files.h: a walk over all that is known. Reflection is for people; nobody waits for it. */
#include "services/files.h"

#include <stdlib.h>

typedef Google__Protobuf__FileDescriptorProto file_proto;
typedef Google__Protobuf__DescriptorProto message_proto;
typedef Google__Protobuf__EnumDescriptorProto enum_proto;
typedef Google__Protobuf__ServiceDescriptorProto service_proto;
typedef Google__Protobuf__FieldDescriptorProto field_proto;

/* ---- The list -------------------------------------------------------------------------------- */

void files_clear(struct files *files)
{
    for (size_t i = 0; i < files->count; i++)
        google__protobuf__file_descriptor_proto__free_unpacked(files->all[i].proto, NULL);
    free(files->all);
    *files = (struct files){0};
}

/* protobuf-c does not say whether it is the octets or memory that it lacks: INVALID is both. */
static int add_one(struct files *files, const struct gr_file_descriptor *source)
{
    struct file *all = realloc(files->all, (files->count + 1) * sizeof(*all));

    if (!all)
        return GR_NOMEM;
    files->all = all;
    file_proto *proto = google__protobuf__file_descriptor_proto__unpack(NULL, source->bytes.len,
                                                                        source->bytes.data);
    if (!proto)
        return GR_INVALID;
    files->all[files->count++] = (struct file){source, proto};
    return 0;
}

int files_add(struct files *files, const struct gr_file_descriptor *source)
{
    if (files_named(files, source->name))
        return 0;
    int error = add_one(files, source);

    for (size_t i = 0; error == 0 && i < source->dependency_count; i++)
        error = files_add(files, source->dependencies[i]);
    return error;
}

const struct file *files_named(const struct files *files, const char *name)
{
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->all[i].source->name, name) == 0)
            return &files->all[i];
    return NULL;
}

/* ---- Symbols --------------------------------------------------------------------------------- */

/* What follows `name` in the path of names `symbol`: "" at its end, NULL when it does not begin with it. */
static const char *behind(const char *symbol, const char *name)
{
    size_t len = strlen(name);

    if (strncmp(symbol, name, len) != 0)
        return NULL;
    if (symbol[len] == '.')
        return symbol + len + 1;
    return symbol[len] == '\0' ? symbol + len : NULL;
}

/* `symbol` without the file's package; NULL when it is not in it. */
static const char *in_package(const file_proto *file, const char *symbol)
{
    const char *rest = file->package && *file->package ? behind(symbol, file->package) : symbol;

    return rest && *rest ? rest : NULL;
}

/* A value is a sibling of its enum, not a child. */
static bool enums_have(enum_proto *const *enums, size_t count, const char *symbol)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(enums[i]->name, symbol) == 0)
            return true;
        for (size_t k = 0; k < enums[i]->n_value; k++)
            if (strcmp(enums[i]->value[k]->name, symbol) == 0)
                return true;
    }
    return false;
}

static bool fields_have(field_proto *const *fields, size_t count, const char *symbol)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i]->name, symbol) == 0)
            return true;
    return false;
}

static bool oneofs_have(const message_proto *message, const char *symbol)
{
    for (size_t i = 0; i < message->n_oneof_decl; i++)
        if (strcmp(message->oneof_decl[i]->name, symbol) == 0)
            return true;
    return false;
}

static bool messages_have(message_proto *const *messages, size_t count, const char *symbol);

static bool message_has(const message_proto *message, const char *member)
{
    return messages_have(message->nested_type, message->n_nested_type, member) ||
           enums_have(message->enum_type, message->n_enum_type, member) ||
           fields_have(message->field, message->n_field, member) ||
           fields_have(message->extension, message->n_extension, member) ||
           oneofs_have(message, member);
}

static bool messages_have(message_proto *const *messages, size_t count, const char *symbol)
{
    for (size_t i = 0; i < count; i++) {
        const char *rest = behind(symbol, messages[i]->name);
        if (rest && (*rest == '\0' || message_has(messages[i], rest)))
            return true;
    }
    return false;
}

static bool service_has(const service_proto *service, const char *method)
{
    for (size_t i = 0; i < service->n_method; i++)
        if (strcmp(service->method[i]->name, method) == 0)
            return true;
    return false;
}

static bool services_have(const file_proto *file, const char *symbol)
{
    for (size_t i = 0; i < file->n_service; i++) {
        const char *rest = behind(symbol, file->service[i]->name);
        if (rest && (*rest == '\0' || service_has(file->service[i], rest)))
            return true;
    }
    return false;
}

static bool file_has(const file_proto *file, const char *symbol)
{
    const char *rest = in_package(file, symbol);

    return rest && rest[strlen(rest) - 1] != '.' &&
           (services_have(file, rest) ||
            messages_have(file->message_type, file->n_message_type, rest) ||
            enums_have(file->enum_type, file->n_enum_type, rest) ||
            fields_have(file->extension, file->n_extension, rest));
}

const struct file *files_with_symbol(const struct files *files, const char *symbol)
{
    for (size_t i = 0; i < files->count; i++)
        if (file_has(files->all[i].proto, symbol))
            return &files->all[i];
    return NULL;
}

static bool is_message(message_proto *const *messages, size_t count, const char *symbol)
{
    for (size_t i = 0; i < count; i++) {
        const char *rest = behind(symbol, messages[i]->name);
        if (rest && (*rest == '\0' ||
                     is_message(messages[i]->nested_type, messages[i]->n_nested_type, rest)))
            return true;
    }
    return false;
}

bool files_have_message(const struct files *files, const char *type)
{
    for (size_t i = 0; i < files->count; i++) {
        const file_proto *file = files->all[i].proto;
        const char *rest = in_package(file, type);
        if (rest && rest[strlen(rest) - 1] != '.' &&
            is_message(file->message_type, file->n_message_type, rest))
            return true;
    }
    return false;
}

/* ---- Extensions ------------------------------------------------------------------------------ */

/* What is looked for, and what was found of it. */
struct hunt {
    const char *type;
    int32_t *numbers;
    size_t room;
    size_t found;
    int32_t wanted;
    bool wanted_found;
};

static void hunt_fields(struct hunt *hunt, field_proto *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *extendee = fields[i]->extendee;
        if (!extendee || strcmp(extendee + (*extendee == '.'), hunt->type) != 0)
            continue;
        if (hunt->found < hunt->room)
            hunt->numbers[hunt->found] = fields[i]->number;
        hunt->found++;
        hunt->wanted_found = hunt->wanted_found || fields[i]->number == hunt->wanted;
    }
}

static void hunt_messages(struct hunt *hunt, message_proto *const *messages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        hunt_fields(hunt, messages[i]->extension, messages[i]->n_extension);
        hunt_messages(hunt, messages[i]->nested_type, messages[i]->n_nested_type);
    }
}

static void hunt_file(struct hunt *hunt, const file_proto *file)
{
    hunt_fields(hunt, file->extension, file->n_extension);
    hunt_messages(hunt, file->message_type, file->n_message_type);
}

const struct file *files_with_extension(const struct files *files, const char *type, int32_t number)
{
    struct hunt hunt = {.type = type, .wanted = number};

    for (size_t i = 0; i < files->count; i++) {
        hunt_file(&hunt, files->all[i].proto);
        if (hunt.wanted_found)
            return &files->all[i];
    }
    return NULL;
}

size_t files_extension_numbers(const struct files *files, const char *type, int32_t *numbers,
                               size_t room)
{
    struct hunt hunt = {.type = type, .numbers = numbers, .room = room};

    for (size_t i = 0; i < files->count; i++)
        hunt_file(&hunt, files->all[i].proto);
    return hunt.found;
}
