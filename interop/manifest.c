/* SPDX-License-Identifier: MIT
 *
 * Reading manifests; see manifest.h. A table of keys says where each value goes, so a key is added
 * in one line. */
#include "interop/manifest.h"

#include "base/buf.h"
#include "interop/words.h"
#include "run/text_match.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_SIZE 65536

enum value_type { TEXT, COMMAND, REMARK, KIND, READY };

static const struct key {
    const char *name;
    enum value_type type;
    size_t offset;
} keys[] = {
    {"name", TEXT, offsetof(struct manifest, name)},
    {"kind", KIND, 0},
    {"about", TEXT, offsetof(struct manifest, about)},
    {"version", TEXT, offsetof(struct manifest, version)},
    {"install", TEXT, offsetof(struct manifest, install)},
    {"check", COMMAND, offsetof(struct manifest, check)},
    {"server", COMMAND, offsetof(struct manifest, server)},
    {"client", COMMAND, offsetof(struct manifest, client)},
    {"client_http2", COMMAND, offsetof(struct manifest, client_http2)},
    {"proxy", COMMAND, offsetof(struct manifest, proxy)},
    {"proxy_tls", COMMAND, offsetof(struct manifest, proxy_tls)},
    {"config", TEXT, offsetof(struct manifest, config)},
    {"config_tls", TEXT, offsetof(struct manifest, config_tls)},
    {"trace", TEXT, offsetof(struct manifest, trace)},
    {"ready", READY, 0},
    {"skip_tls", TEXT, offsetof(struct manifest, skip_tls)},
    {"skip_client", REMARK, offsetof(struct manifest, skip_client)},
    {"skip_server", REMARK, offsetof(struct manifest, skip_server)},
    {"known_client", REMARK, offsetof(struct manifest, known_client)},
    {"known_server", REMARK, offsetof(struct manifest, known_server)},
    {"vacuous_client", REMARK, offsetof(struct manifest, vacuous_client)},
};

/* Where we are, for sentences. */
struct reading {
    struct manifest *manifest;
    const char *file;
    char *why;
    int line;
    int first_line[ARRAY_LEN(keys)]; /* where a key came first; 0: not yet */
};

PRINTF_LIKE(2, 3) static bool wrong(struct reading *reading, const char *fmt, ...)
{
    int len = snprintf(reading->why, 512, "%.200s:%d: ", reading->file, reading->line);
    va_list args;
    va_start(args, fmt);
    vsnprintf(reading->why + len, 512 - (size_t)len, fmt, args);
    va_end(args);
    return false;
}

static char *copy_of(struct bytes text)
{
    char *copy = malloc(text.len + 1);
    if (!copy)
        return NULL;
    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

static bool unknown_key(struct reading *reading, struct bytes name)
{
    char word[64];
    struct nearest nearest = {0};
    snprintf(word, sizeof(word), "%.*s", (int)bytes_first(name, 60).len, (const char *)name.data);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        nearest_offer(&nearest, word, keys[i].name);
    if (nearest.name)
        return wrong(reading, "unknown key '%s'; did you mean '%s'?", word, nearest.name);
    return wrong(reading, "unknown key '%s'; interop/README.md has the keys", word);
}

static bool take_remark(struct reading *reading, const struct key *key, struct bytes value)
{
    struct manifest_remarks *remarks = (void *)((char *)reading->manifest + key->offset);
    size_t space = bytes_find(value, ' ');
    struct bytes why = bytes_skip(value, space + 1);
    if (space == 0 || why.len == 0)
        return wrong(reading, "%s wants a case, a space, and why: '%s=CASE WHY'", key->name,
                     key->name);
    struct manifest_remark *items = realloc(remarks->items,
                                            (remarks->count + 1) * sizeof(*remarks->items));
    if (!items)
        return wrong(reading, "out of memory");
    remarks->items = items;
    struct manifest_remark *remark = &items[remarks->count++];
    struct bytes whom = bytes_first(value, space);
    struct bytes glob = bytes_first(whom, bytes_find(whom, '@'));
    struct bytes others = bytes_skip(whom, glob.len + 1);
    *remark = (struct manifest_remark){copy_of(glob), NULL, copy_of(why)};
    if (glob.len < whom.len)
        remark->others = copy_of(others);
    if (glob.len == 0 || (glob.len < whom.len && others.len == 0))
        return wrong(reading, "%s: a case and peers are CASE@PEER,PEER", key->name);
    return (remark->glob && remark->why && (remark->others || glob.len == whom.len)) ||
           wrong(reading, "out of memory");
}

static bool take_kind(struct reading *reading, struct bytes value)
{
    bool proxy = bytes_equal_str(value, "proxy");
    if (!proxy && !bytes_equal_str(value, "peer"))
        return wrong(reading, "kind is peer or proxy");
    reading->manifest->kind = proxy ? KIND_PROXY : KIND_PEER;
    return true;
}

static bool take_ready(struct reading *reading, struct bytes value)
{
    struct manifest *manifest = reading->manifest;
    struct bytes word = bytes_first(value, bytes_find(value, ' '));
    struct bytes text = bytes_skip(value, word.len + 1);
    bool line = bytes_equal_str(word, "line"), port = bytes_equal_str(word, "port");
    if (bytes_equal_str(value, "tcp"))
        return true;
    if (!(line || port) || text.len == 0)
        return wrong(reading, "ready is 'tcp', 'line TEXT' (it prints a line with TEXT) or 'port "
                              "TEXT' (and the port ends that line)");
    manifest->ready = port ? READY_PORT : READY_LINE;
    manifest->ready_text = copy_of(text);
    return manifest->ready_text || wrong(reading, "out of memory");
}

static bool take_text(struct reading *reading, const struct key *key, struct bytes value)
{
    char **member = (void *)((char *)reading->manifest + key->offset);
    *member = copy_of(value);
    if (!*member)
        return wrong(reading, "out of memory");
    char unknown[64];
    if (key->type == COMMAND && words_find_unknown(*member, unknown))
        return wrong(reading, "nothing is put in for {%s}; the words are %s", unknown, WORDS_LIST);
    return true;
}

static bool take(struct reading *reading, size_t index, struct bytes value)
{
    switch (keys[index].type) {
    case REMARK:
        return take_remark(reading, &keys[index], value);
    case KIND:
        return take_kind(reading, value);
    case READY:
        return take_ready(reading, value);
    default:
        return take_text(reading, &keys[index], value);
    }
}

static bool read_line(struct reading *reading, struct bytes line)
{
    if (line.len == 0 || line.data[0] == '#')
        return true;
    size_t equals = bytes_find(line, '=');
    if (bytes_find(line, '\0') < line.len || bytes_find(line, '\r') < line.len)
        return wrong(reading, "a control character; save it as plain text with Unix line ends");
    if (equals == line.len)
        return wrong(reading, "no '=': a line is key=value, or starts with '#'");
    struct bytes name = bytes_first(line, equals), value = bytes_skip(line, equals + 1);
    if (value.len == 0)
        return wrong(reading, "'%.*s' has no value; leave the line out", (int)name.len,
                     (const char *)name.data);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (!bytes_equal_str(name, keys[i].name))
            continue;
        if (reading->first_line[i] && keys[i].type != REMARK)
            return wrong(reading, "'%s' comes twice, first in line %d; keep one", keys[i].name,
                         reading->first_line[i]);
        reading->first_line[i] = reading->line;
        return take(reading, i, value);
    }
    return unknown_key(reading, name);
}

/* ---- the whole ---- */

static bool lacks(const char *command, const char *word)
{
    return command && !strstr(command, word);
}

/* What is wrong with the manifest as a whole; NULL: nothing. */
static const char *find_fault(const struct manifest *m)
{
    if (!m->name)
        return "'name' is missing; add name=FOLDER";
    if (!m->version)
        return "'version' is missing; add the version that it was written for";
    if (!m->install)
        return "'install' is missing; add the command that installs it";
    if (m->kind == KIND_PROXY && !m->proxy && !m->proxy_tls)
        return "a proxy needs 'proxy' or 'proxy_tls', the command that runs it";
    if (m->kind == KIND_PROXY && (m->server || m->client))
        return "a proxy has no 'server' and no 'client'; leave them out, or leave out kind=proxy";
    if (m->kind == KIND_PEER && !m->server && !m->client)
        return "neither 'server' nor 'client': add the command of one, or kind=proxy";
    if (m->kind == KIND_PEER && (m->proxy || m->proxy_tls || m->config || m->config_tls))
        return "'proxy' and 'config' are for kind=proxy; add it, or leave them out";
    if (lacks(m->server, "{port}"))
        return "'server' does not say {port}: the runner chooses where it listens";
    if (lacks(m->client, "{port}") || lacks(m->client, "{case}"))
        return "'client' must say {port} and {case}";
    if (m->client_http2 && !m->client)
        return "'client_http2' is the program of a client for some cases: add 'client'";
    if (lacks(m->client_http2, "{port}") || lacks(m->client_http2, "{case}"))
        return "'client_http2' must say {port} and {case}";
    if ((m->config && lacks(m->proxy, "{config}")) ||
        (m->config_tls && lacks(m->proxy_tls, "{config}")))
        return "there is a 'config', but the command does not say {config}";
    if (!m->config && (lacks(m->proxy, "{port}") || lacks(m->proxy, "{backend_port}")))
        return "'proxy' must say {port} and {backend_port}, or use a 'config' that does";
    if (!m->config_tls && (lacks(m->proxy_tls, "{port}") || lacks(m->proxy_tls, "{backend_port}")))
        return "'proxy_tls' must say {port} and {backend_port}, or use a 'config_tls' that does";
    return NULL;
}

bool manifest_parse(struct manifest *manifest, const char *file, struct bytes text,
                    char why[static 512])
{
    struct reading reading = {.manifest = manifest, .file = file, .why = why};
    while (text.len > 0) {
        struct bytes line = bytes_first(text, bytes_find(text, '\n'));
        reading.line++;
        if (!read_line(&reading, line))
            return false;
        text = bytes_skip(text, line.len + 1);
    }
    const char *fault = find_fault(manifest);
    if (!fault)
        return true;
    snprintf(why, 512, "%.200s: %s", file, fault);
    return false;
}

static bool read_file(const char *path, struct buf *text, char why[static 512])
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        snprintf(why, 512, "cannot read %.300s: %s", path, strerror(errno));
        return false;
    }
    uint8_t *space = buf_reserve(text, MAX_SIZE);
    if (space)
        text->len = fread(space, 1, MAX_SIZE, file);
    bool ok = space && !ferror(file) && text->len < MAX_SIZE;
    fclose(file);
    if (!ok)
        snprintf(why, 512, "cannot read %.300s: it is no file of less than %d octets", path,
                 MAX_SIZE);
    return ok;
}

static bool has_name_of_folder(const struct manifest *manifest, const char *path,
                               char why[static 512])
{
    const char *slash = strrchr(manifest->folder, '/');
    const char *name = slash ? slash + 1 : manifest->folder;
    if (strcmp(manifest->name, name) == 0)
        return true;
    snprintf(why, 512, "%.200s: its name is '%.60s', but its folder is '%.60s'; make them the same",
             path, manifest->name, name);
    return false;
}

bool manifest_load(struct manifest *manifest, const char *folder, char why[static 512])
{
    struct buf path = {0}, text = {0};
    buf_printf(&path, "%s/" MANIFEST_NAME, folder);
    manifest->folder = copy_of(bytes_str(folder));
    bool ok = manifest->folder && !path.failed;
    if (!ok)
        snprintf(why, 512, "out of memory");
    ok = ok && read_file(buf_str(&path), &text, why) &&
         manifest_parse(manifest, buf_str(&path), buf_view(&text), why) &&
         has_name_of_folder(manifest, buf_str(&path), why);
    buf_clear(&path);
    buf_clear(&text);
    return ok;
}

static void remarks_clear(struct manifest_remarks *remarks)
{
    for (size_t i = 0; i < remarks->count; i++) {
        free(remarks->items[i].glob);
        free(remarks->items[i].others);
        free(remarks->items[i].why);
    }
    free(remarks->items);
}

void manifest_clear(struct manifest *manifest)
{
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (keys[i].type == TEXT || keys[i].type == COMMAND)
            free(*(char **)(void *)((char *)manifest + keys[i].offset));
    free(manifest->folder);
    free(manifest->ready_text);
    remarks_clear(&manifest->skip_client);
    remarks_clear(&manifest->skip_server);
    remarks_clear(&manifest->known_client);
    remarks_clear(&manifest->known_server);
    remarks_clear(&manifest->vacuous_client);
    *manifest = (struct manifest){0};
}

static bool is_one_of(const char *globs, const char *name)
{
    struct buf one = {0};
    struct bytes rest = bytes_str(globs);
    bool found = false;
    while (rest.len > 0 && !found) {
        struct bytes glob = bytes_first(rest, bytes_find(rest, ','));
        buf_reset(&one);
        buf_put(&one, glob);
        found = glob_matches(buf_str(&one), name);
        rest = bytes_skip(rest, glob.len + 1);
    }
    buf_clear(&one);
    return found;
}

const char *remarks_find(const struct manifest_remarks *remarks, const char *test_case,
                         const char *other)
{
    for (size_t i = 0; i < remarks->count; i++) {
        const struct manifest_remark *remark = &remarks->items[i];
        if (glob_matches(remark->glob, test_case) &&
            (!remark->others || is_one_of(remark->others, other)))
            return remark->why;
    }
    return NULL;
}
