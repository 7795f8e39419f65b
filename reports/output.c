/* SPDX-License-Identifier: MIT
 *
 * Files that appear whole or not at all: written beside their place, then renamed; see output.h. */
#include "reports/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void say(char why[static 512], const char *path, int error)
{
    snprintf(why, 512, "cannot write %.300s: %s", strcmp(path, "-") == 0 ? "standard output" : path,
             strerror(error));
}

static bool is_special_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

static void release(struct output *output)
{
    free(output->path);
    free(output->temporary);
    *output = OUTPUT_CLOSED;
}

/* Open the file that will be renamed to `path`. */
static int open_temporary(struct output *output)
{
    struct stat status;
    if (stat(output->path, &status) == 0 && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return -1;
    }
    struct buf name = {0};
    buf_printf(&name, "%s.%ld.tmp", output->path, (long)getpid());
    output->temporary = name.failed ? NULL : strdup(buf_str(&name));
    buf_clear(&name);
    if (!output->temporary)
        return -1;
    return open(output->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

static int open_place(struct output *output)
{
    if (strcmp(output->path, "-") == 0)
        return dup(STDOUT_FILENO);
    if (is_special_file(output->path))
        return open(output->path, O_WRONLY | O_CLOEXEC);
    return open_temporary(output);
}

bool output_open(struct output *output, const char *path, char why[static 512])
{
    *output = OUTPUT_CLOSED;
    output->path = strdup(path);
    output->fd = output->path ? open_place(output) : -1;
    if (output->fd >= 0)
        return true;
    say(why, path, errno);
    release(output);
    return false;
}

static bool write_all(int fd, struct bytes content)
{
    while (content.len > 0) {
        ssize_t n = write(fd, content.data, content.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        content = bytes_skip(content, (size_t)n);
    }
    return true;
}

bool output_commit(struct output *output, struct bytes content, char why[static 512])
{
    bool written = write_all(output->fd, content);
    int error = errno;
    if (close(output->fd) != 0 && written) {
        written = false;
        error = errno;
    }
    output->fd = -1;
    if (written && output->temporary && rename(output->temporary, output->path) != 0) {
        written = false;
        error = errno;
    }
    if (!written) {
        say(why, output->path, error);
        if (output->temporary)
            unlink(output->temporary);
    }
    release(output);
    return written;
}

void output_abandon(struct output *output)
{
    if (output->fd < 0)
        return;
    close(output->fd);
    if (output->temporary)
        unlink(output->temporary);
    release(output);
}
