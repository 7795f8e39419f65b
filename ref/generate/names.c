/* SPDX-License-Identifier: MIT
 *
 * Only ASCII counts as a letter, whatever the locale: a .proto has no other in names. */
#include "generate/names.h"

#include <stdio.h>

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_upper(c) || is_lower(c) || is_digit(c);
}

static uint8_t to_lower(char c)
{
    return (uint8_t)(is_upper(c) ? c - 'A' + 'a' : c);
}

static uint8_t to_upper(char c)
{
    return (uint8_t)(is_lower(c) ? c - 'a' + 'A' : c);
}

/* A rule for one piece of a dotted name: at_start says that c is the piece's first character, before is the one
 * before it. */
typedef void put_char(struct buf *out, char c, char before, bool at_start);

/* An underscore where upper case begins: HelloRequest is hello_request, but HTTPGet is httpget. */
static void put_split_lower(struct buf *out, char c, char before, bool at_start)
{
    if (is_upper(c) && !at_start && !is_upper(before))
        buf_put_u8(out, '_');
    buf_put_u8(out, to_lower(c));
}

static void put_split_upper(struct buf *out, char c, char before, bool at_start)
{
    if (is_upper(c) && !at_start && !is_upper(before))
        buf_put_u8(out, '_');
    buf_put_u8(out, to_upper(c));
}

/* hello_request is HelloRequest; what comes behind a leading underscore is upper case, too. */
static void put_camel(struct buf *out, char c, char before, bool at_start)
{
    if (c == '_')
        return;
    buf_put_u8(out, at_start || before == '_' ? to_upper(c) : (uint8_t)c);
}

/* Apply `put` to each piece and join them; empty pieces (a leading dot) vanish. */
static const char *join(struct pool *pool, const char *dotted, put_char *put, const char *joint)
{
    struct buf out = {0};
    char before = '.';

    for (const char *c = dotted; *c != '\0'; before = *c++) {
        if (*c == '.')
            continue;
        if (before == '.' && out.len > 0)
            buf_put_str(&out, joint);
        put(&out, *c, before, before == '.');
    }
    return pool_take(pool, &out);
}

const char *name_pbc_type(struct pool *pool, const char *dotted)
{
    return join(pool, dotted, put_camel, "__");
}

const char *name_pbc_lower(struct pool *pool, const char *dotted)
{
    return join(pool, dotted, put_split_lower, "__");
}

const char *name_snake(struct pool *pool, const char *dotted)
{
    return join(pool, dotted, put_split_lower, "_");
}

const char *name_upper(struct pool *pool, const char *dotted)
{
    return join(pool, dotted, put_split_upper, "_");
}

const char *name_stem(struct pool *pool, const char *path)
{
    struct bytes stem = bytes_str(path);
    struct bytes endings[] = {BYTES(".protodevel"), BYTES(".proto")};

    for (size_t i = 0; i < ARRAY_LEN(endings); i++)
        if (bytes_ends_with(stem, endings[i])) {
            stem.len -= endings[i].len;
            break;
        }
    return pool_printf(pool, "%.*s", (int)stem.len, path);
}

static bool is_one_of(const char *word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static const char *const c_keywords[] = {
    "auto",   "break",    "case",   "char",     "const", "continue", "default", "do",     "double",
    "else",   "enum",     "extern", "float",    "for",   "goto",     "if",      "inline", "int",
    "long",   "register", "return", "restrict", "short", "signed",   "sizeof",  "static", "struct",
    "switch", "typedef",  "union",  "unsigned", "void",  "volatile", "while",
};

/* Of C23, C++20 and POSIX; `data` is a member of ours. */
static const char *const other_words[] = {
    "alignas",      "alignof",   "and",
    "and_eq",       "asm",       "assert",
    "bitand",       "bitor",     "bool",
    "catch",        "char16_t",  "char32_t",
    "char8_t",      "class",     "co_await",
    "co_return",    "co_yield",  "compl",
    "complex",      "concept",   "const_cast",
    "consteval",    "constexpr", "constinit",
    "data",         "decltype",  "delete",
    "dynamic_cast", "errno",     "explicit",
    "export",       "false",     "friend",
    "imaginary",    "linux",     "mutable",
    "namespace",    "new",       "noexcept",
    "noreturn",     "not",       "not_eq",
    "nullptr",      "offsetof",  "operator",
    "or",           "or_eq",     "private",
    "protected",    "public",    "reinterpret_cast",
    "requires",     "setjmp",    "static_assert",
    "static_cast",  "stderr",    "stdin",
    "stdout",       "template",  "this",
    "thread_local", "throw",     "true",
    "try",          "typeid",    "typename",
    "typeof",       "unix",      "using",
    "va_arg",       "va_copy",   "va_end",
    "va_start",     "virtual",   "wchar_t",
    "xor",          "xor_eq",
};

bool name_is_c_keyword(const char *word)
{
    return is_one_of(word, c_keywords, ARRAY_LEN(c_keywords));
}

const char *name_safe(struct pool *pool, const char *word)
{
    if (name_is_c_keyword(word) || is_one_of(word, other_words, ARRAY_LEN(other_words)))
        return pool_printf(pool, "%s_", word);
    return word;
}

const char *name_file(struct pool *pool, const char *path)
{
    struct buf out = {0};

    if (is_digit(*path))
        buf_put_u8(&out, '_');
    for (const char *c = name_stem(pool, path); *c != '\0'; c++)
        buf_put_u8(&out, is_alnum(*c) ? (uint8_t)*c : '_');
    return pool_take(pool, &out);
}

const char *name_guard(struct pool *pool, const char *path)
{
    struct buf out = {0};

    for (const char *c = path; *c != '\0'; c++)
        if (is_alnum(*c))
            buf_put_u8(&out, (uint8_t)*c);
        else
            buf_printf(&out, "_%02x", (unsigned char)*c);
    return pool_take(pool, &out);
}
