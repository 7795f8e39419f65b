/* SPDX-License-Identifier: MIT
 *
 * Putting words in; see words.h. */
#include "interop/words.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyz_"

static void put_path(struct buf *out, const char *folder, const char *file)
{
    if (folder)
        buf_printf(out, "%s/%s", folder, file);
}

static bool is_of_a_call(struct bytes word)
{
    return bytes_equal_str(word, "host") || bytes_equal_str(word, "port") ||
           bytes_equal_str(word, "case");
}

static bool put_word(const struct words *words, struct bytes word, struct buf *out)
{
    static const struct {
        const char *name;
        size_t offset;
    } strings[] = {
        {"case", offsetof(struct words, test_case)}, {"bin", offsetof(struct words, bin)},
        {"cache", offsetof(struct words, cache)},    {"peer", offsetof(struct words, peer)},
        {"dir", offsetof(struct words, dir)},        {"config", offsetof(struct words, config)},
    };
    if (words->keeps_call && is_of_a_call(word))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
        if (!bytes_equal_str(word, strings[i].name))
            continue;
        const char *const *value = (const void *)((const char *)words + strings[i].offset);
        buf_put_str(out, *value ? *value : "");
        return true;
    }
    if (bytes_equal_str(word, "host"))
        buf_put_str(out, WORDS_HOST);
    else if (bytes_equal_str(word, "port"))
        buf_printf(out, "%u", words->port);
    else if (bytes_equal_str(word, "backend_port"))
        buf_printf(out, "%u", words->backend_port);
    else if (bytes_equal_str(word, "tls"))
        buf_put_str(out, words->tls ? "true" : "false");
    else if (bytes_equal_str(word, "cert"))
        put_path(out, words->certs, "server1.pem");
    else if (bytes_equal_str(word, "key"))
        put_path(out, words->certs, "server1.key");
    else if (bytes_equal_str(word, "ca"))
        put_path(out, words->certs, "ca.pem");
    else
        return false;
    return true;
}

/* The word that starts at text[0] == '{'; empty: none does. */
static struct bytes word_at(const char *text)
{
    size_t len = strspn(text + 1, LETTERS);
    return text[1 + len] == '}' ? bytes_of(text + 1, len) : NO_BYTES;
}

void words_quote(const char *text, struct buf *out)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "%+,-./:=@_";
    if (text[strspn(text, safe)] == '\0' && *text) {
        buf_put_str(out, text);
        return;
    }
    buf_put_u8(out, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            buf_put_str(out, "'\\''");
        else
            buf_put_u8(out, (uint8_t)*text);
    }
    buf_put_u8(out, '\'');
}

void words_fill(const struct words *words, const char *text, bool shell, struct buf *out)
{
    struct buf value = {0};
    while (*text) {
        struct bytes word = *text == '{' ? word_at(text) : NO_BYTES;
        buf_reset(&value);
        if (word.len == 0 || !put_word(words, word, &value)) {
            buf_put_u8(out, (uint8_t)*text++);
            continue;
        }
        if (shell && value.len > 0)
            words_quote(buf_str(&value), out);
        else
            buf_put(out, buf_view(&value));
        out->failed |= value.failed;
        text += word.len + 2;
    }
    buf_clear(&value);
}

bool words_find_unknown(const char *text, char word[static 64])
{
    const struct words none = {0};
    struct buf value = {0};
    bool found = false;
    for (const char *at = text; (at = strchr(at, '{')) && !found; at++) {
        struct bytes name = word_at(at);
        bool shells = at > text && at[-1] == '$';
        if (name.len == 0 || name.len >= 64 || shells || put_word(&none, name, &value))
            continue;
        memcpy(word, name.data, name.len);
        word[name.len] = '\0';
        found = true;
    }
    buf_clear(&value);
    return found;
}
