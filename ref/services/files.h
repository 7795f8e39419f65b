/* SPDX-License-Identifier: MIT
 *
 * The .proto files a server knows, by name, by symbol and by extension: what reflection looks things up in. */
#ifndef SERVICES_FILES_H
#define SERVICES_FILES_H

#include "grpcref.h"

#include "google/protobuf/descriptor.pb-c.h"

struct file {
    const struct gr_file_descriptor *source;      /* borrowed */
    Google__Protobuf__FileDescriptorProto *proto; /* decoded */
};

/* All zeros is empty. */
struct files {
    struct file *all;
    size_t count;
};

void files_clear(struct files *files);

/* Add a file and what it imports, unless it is there. Borrowed until files_clear.
 * returns 0, GR_NOMEM, or GR_INVALID when one of them cannot be decoded */
MUST_USE int files_add(struct files *files, const struct gr_file_descriptor *source);

/* Each: NULL when there is none. */
const struct file *files_named(const struct files *files, const char *name);
/* symbol: a full name, of a service, method, message, field, oneof, enum, value or extension; no '.' before it. */
const struct file *files_with_symbol(const struct files *files, const char *symbol);
/* The file that declares extension `number` of message `type`. */
const struct file *files_with_extension(const struct files *files, const char *type,
                                        int32_t number);
/* Is it a message that is known here? */
bool files_have_message(const struct files *files, const char *type);
/* The first `room` numbers of the known extensions of message `type`, in no order. returns how many there are */
size_t files_extension_numbers(const struct files *files, const char *type, int32_t *numbers,
                               size_t room);

#endif
