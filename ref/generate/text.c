/* SPDX-License-Identifier: MIT
 *
 * What clang-format would do in this house, as far as generated code needs it. */
#include "generate/text.h"

#define COLUMNS 100

static void put_spaces(struct buf *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_put_u8(out, ' ');
}

/* The columns that the widest argument needs, with what follows it. */
static size_t widest(const char *const *args, size_t n, size_t tail)
{
    size_t max = tail;
    for (size_t i = 0; i < n; i++) {
        size_t width = strlen(args[i]) + (i + 1 < n ? 1 : tail);
        if (width > max)
            max = width;
    }
    return max;
}

/* The name in "static int name"; all of head when there is nothing before it to break behind. */
static const char *name_in(const char *head)
{
    const char *name = head + strlen(head);

    if (strchr(head, '(') != NULL)
        return head;
    while (name > head && name[-1] != ' ' && name[-1] != '*')
        name--;
    return name;
}

/* Where arguments begin: behind the parenthesis; if the widest does not fit there, with the name on a line of its own;
 * if it does not fit there either, on the next line. */
static size_t begin_args(struct buf *out, const char *head, size_t width)
{
    const char *name = name_in(head);
    size_t indent = strspn(head, " ");

    if (strlen(head) + 1 + width <= COLUMNS) {
        buf_printf(out, "%s(", head);
        return strlen(head) + 1;
    }
    if (name > head && strlen(name) + 1 + width <= COLUMNS) {
        buf_printf(out, "%.*s\n%s(", (int)(name - head - (name[-1] == ' ')), head, name);
        return strlen(name) + 1;
    }
    buf_printf(out, "%s(\n", head);
    put_spaces(out, indent + 4);
    return indent + 4;
}

void put_call(struct buf *out, const char *head, const char *const *args, size_t n,
              const char *tail)
{
    size_t indent = begin_args(out, head, widest(args, n, 1 + strlen(tail)));
    size_t column = indent;

    for (size_t i = 0; i < n; i++) {
        size_t after = i + 1 < n ? 1 : 1 + strlen(tail);
        size_t space = i > 0 ? 1 : 0;
        if (i > 0 && column + space + strlen(args[i]) + after > COLUMNS) {
            buf_put_u8(out, '\n');
            put_spaces(out, indent);
            column = indent;
            space = 0;
        }
        put_spaces(out, space);
        buf_printf(out, "%s%s", args[i], i + 1 < n ? "," : "");
        column += space + strlen(args[i]) + 1;
    }
    buf_printf(out, ")%s\n", tail);
}

/* One line of a comment; protoc leaves the space behind the slashes in front of each. */
static void put_comment_line(struct buf *out, const char *indent, bool first, const char *line,
                             size_t len)
{
    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t'))
        len--;
    buf_printf(out, "%s%s", indent, first ? "/*" : " *");
    if (len > 0)
        buf_printf(out, "%s%.*s", line[0] == ' ' ? "" : " ", (int)len, line);
}

void put_comment(struct buf *out, const char *indent, const char *lines, const char *last)
{
    struct bytes rest = bytes_str(lines);
    bool first = true;

    while (rest.len > 0 && rest.data[rest.len - 1] == '\n')
        rest.len--;
    if (rest.len == 0 && last == NULL)
        return;
    while (rest.len > 0) {
        size_t len = bytes_find(rest, '\n');
        if (!first)
            buf_put_u8(out, '\n');
        put_comment_line(out, indent, first, (const char *)rest.data, len);
        rest = bytes_skip(rest, len + 1);
        first = false;
    }
    if (last != NULL) {
        if (!first)
            buf_printf(out, "\n%s *\n", indent);
        put_comment_line(out, indent, first, last, strlen(last));
    }
    buf_put_str(out, " */\n");
}

void put_divider(struct buf *out, const char *name)
{
    size_t used = strlen("/* ----  */") + strlen(name);

    buf_printf(out, "/* ---- %s ", name);
    for (size_t i = used; i < COLUMNS; i++)
        buf_put_u8(out, '-');
    buf_put_str(out, " */\n");
}

void put_octets(struct buf *out, struct bytes octets)
{
    for (size_t i = 0; i < octets.len; i++)
        buf_printf(out, "%s0x%02x,", i % 16 == 0 ? "\n    " : " ", octets.data[i]);
    buf_put_u8(out, '\n');
}
