/* SPDX-License-Identifier: MIT
 *
 * Files and folders; see scratch.h. */
#include "interop/scratch.h"

#include "target/process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_TEMPLATE 65536

char *scratch_make(char why[static 1024])
{
    const char *named = getenv("TMPDIR");
    struct buf path = {0};
    buf_printf(&path, "%s/grpcspec-XXXXXX", named && *named ? named : "/tmp");
    char *dir = path.failed ? NULL : strdup(buf_str(&path));
    buf_clear(&path);
    if (dir && mkdtemp(dir))
        return dir;
    snprintf(why, 1024, "cannot make a scratch folder: %s", strerror(errno));
    free(dir);
    return NULL;
}

void scratch_remove(const char *dir)
{
    char rm[] = "rm", flags[] = "-rf", end[] = "--", why[256];
    char *path = dir ? strdup(dir) : NULL;
    char *argv[] = {rm, flags, end, path, NULL};
    if (!path)
        return;
    struct process *process = process_start(argv, why);
    struct buf how = {0};
    gr_time deadline = clock_add(clock_now_ns(), 5 * NS_PER_S);
    if (process)
        process_wait_for_line(process, "\n", &how,
                              deadline); /* it says nothing: waits for its end */
    process_stop(process);
    buf_clear(&how);
    free(path);
}

static bool read_template(const char *path, struct buf *text)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    uint8_t *space = buf_reserve(text, MAX_TEMPLATE);
    if (space)
        text->len = fread(space, 1, MAX_TEMPLATE, file);
    bool ok = space && !ferror(file) && text->len < MAX_TEMPLATE;
    fclose(file);
    return ok;
}

static bool write_file(const char *path, struct bytes text)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    bool ok = text.len == 0 || fwrite(text.data, text.len, 1, file) == 1;
    return fclose(file) == 0 && ok;
}

char *scratch_fill(const char *dir, const char *folder, const char *template,
                   const struct words *words, char why[static 1024])
{
    struct buf from = {0}, to = {0}, text = {0}, filled = {0};
    char *path = NULL;
    buf_printf(&from, "%s/%s", folder, template);
    buf_printf(&to, "%s/%s", dir, template);
    bool ok = read_template(buf_str(&from), &text);
    if (!ok)
        snprintf(why, 1024, "cannot read the template %.500s: %s", buf_str(&from), strerror(errno));
    if (ok) {
        words_fill(words, buf_str(&text), false, &filled);
        ok = !filled.failed && write_file(buf_str(&to), buf_view(&filled));
        path = ok ? strdup(buf_str(&to)) : NULL;
        if (!path)
            snprintf(why, 1024, "cannot write %.500s: %s", buf_str(&to), strerror(errno));
    }
    buf_clear(&from);
    buf_clear(&to);
    buf_clear(&text);
    buf_clear(&filled);
    return path;
}

bool scratch_log_path(const char *dir, const char *id, const char *suffix, char path[static 1200])
{
    char name[256];
    snprintf(name, sizeof(name), "%.240s", id);
    for (char *at = name; (at = strchr(at, '/'));)
        *at = '.';
    snprintf(path, 1200, "%.900s/%s%.20s", dir, name, suffix);
    return mkdir(dir, 0777) == 0 || errno == EEXIST;
}

bool scratch_keep_log(const char *dir, const char *id, struct bytes text, char why[static 512])
{
    char path[1200];
    if (scratch_log_path(dir, id, ".log", path) && write_file(path, text))
        return true;
    snprintf(why, 512, "cannot write %.400s: %s", path, strerror(errno));
    return false;
}

void scratch_put_lines(struct bytes text, const char *before, struct buf *out)
{
    while (text.len > 0) {
        struct bytes line = bytes_first(text, bytes_find(text, '\n'));
        buf_put_str(out, before);
        buf_put(out, line);
        buf_put_u8(out, '\n');
        text = bytes_skip(text, line.len + 1);
    }
}
