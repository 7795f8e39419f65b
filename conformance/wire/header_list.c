/* SPDX-License-Identifier: MIT
 *
 * Header lists: fields in order of arrival, their octets in chunks that never move; see hpack.h. */
#include "wire/hpack.h"

#include <stdlib.h>

#define CHUNK_SIZE     1024
#define FIELD_OVERHEAD 32 /* RFC 9113 6.5.2 */

struct header_chunk {
    struct header_chunk *next;
    size_t used, size;
    uint8_t octets[];
};

void header_list_clear(struct header_list *list)
{
    while (list->chunks) {
        struct header_chunk *chunk = list->chunks;
        list->chunks = chunk->next;
        free(chunk);
    }
    free(list->fields);
    *list = (struct header_list){0};
}

static uint8_t *room_for(struct header_list *list, size_t len)
{
    struct header_chunk *chunk = list->chunks;
    if (!chunk || chunk->size - chunk->used < len) {
        size_t size = len > CHUNK_SIZE ? len : CHUNK_SIZE;
        chunk = malloc(sizeof *chunk + size);
        if (!chunk)
            return NULL;
        *chunk = (struct header_chunk){.next = list->chunks, .size = size};
        list->chunks = chunk;
    }
    uint8_t *at = chunk->octets + chunk->used;
    chunk->used += len;
    return at;
}

static bool grow_fields(struct header_list *list)
{
    if (list->count < list->cap)
        return true;
    size_t cap = list->cap ? list->cap * 2 : 16;
    struct field *fields = realloc(list->fields, cap * sizeof *fields);
    if (!fields)
        return false;
    list->fields = fields;
    list->cap = cap;
    return true;
}

void header_list_add(struct header_list *list, struct bytes name, struct bytes value)
{
    if (list->failed)
        return;
    uint8_t *at = grow_fields(list) ? room_for(list, name.len + value.len) : NULL;
    if (!at) {
        list->failed = true;
        return;
    }
    if (name.len)
        memcpy(at, name.data, name.len);
    if (value.len)
        memcpy(at + name.len, value.data, value.len);
    list->fields[list->count++] = (struct field){bytes_of(at, name.len),
                                                 bytes_of(at + name.len, value.len)};
    list->size += name.len + value.len + FIELD_OVERHEAD;
}

void header_list_copy(struct header_list *into, const struct header_list *from)
{
    for (size_t i = 0; i < from->count; i++)
        header_list_add(into, from->fields[i].name, from->fields[i].value);
    into->failed = into->failed || from->failed;
}

const struct field *header_list_find(const struct header_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (bytes_equal_str(list->fields[i].name, name))
            return &list->fields[i];
    return NULL;
}

size_t header_list_count(const struct header_list *list, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += bytes_equal_str(list->fields[i].name, name) ? 1 : 0;
    return count;
}

bool header_list_is_interim(const struct header_list *list)
{
    const struct field *status = header_list_find(list, ":status");
    return status && status->value.len == 3 && status->value.data[0] == '1';
}
