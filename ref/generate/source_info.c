/* SPDX-License-Identifier: MIT
 *
 * A linear search is enough: it is done once for each service and method. */
#include "generate/source_info.h"

const Location *source_location(const FileProto *file, const int32_t *path, size_t len)
{
    if (file->source_code_info == NULL)
        return NULL;
    for (size_t i = 0; i < file->source_code_info->n_location; i++) {
        const Location *location = file->source_code_info->location[i];
        if (location->n_path == len &&
            (len == 0 || memcmp(location->path, path, len * sizeof(*path)) == 0))
            return location;
    }
    return NULL;
}

/* The octets of a UTF-8 control that changes the direction of text: U+202A to U+202E, U+2066 to U+2069. A compiler
 * warns of them, rightly. */
static bool turns_text(const char *c)
{
    const unsigned char *u = (const unsigned char *)c;
    return u[0] == 0xe2 && ((u[1] == 0x80 && u[2] >= 0xaa && u[2] <= 0xae) ||
                            (u[1] == 0x81 && u[2] >= 0xa6 && u[2] <= 0xa9));
}

static void put_harmless(struct buf *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        bool opens = c[0] == '/' && c[1] == '*';
        bool ends = c[0] == '*' && c[1] == '/';
        bool trigraph = c[0] == '?' && c[1] == '?';
        if (turns_text(c)) {
            c += 2;
            continue;
        }
        if (*c != '\r')
            buf_put_u8(out, (uint8_t)*c);
        if (opens || ends || trigraph)
            buf_put_u8(out, ' ');
    }
}

static void put_lines(struct buf *out, const char *text)
{
    put_harmless(out, text);
    if (out->len > 0 && out->data[out->len - 1] != '\n')
        buf_put_u8(out, '\n');
}

const char *comment_safe(struct pool *pool, const char *text)
{
    struct buf out = {0};
    put_harmless(&out, text);
    return pool_take(pool, &out);
}

const char *source_comment(struct pool *pool, const Location *location)
{
    struct buf out = {0};

    if (location != NULL && location->leading_comments != NULL)
        put_lines(&out, location->leading_comments);
    if (location != NULL && location->trailing_comments != NULL)
        put_lines(&out, location->trailing_comments);
    return pool_take(pool, &out);
}
