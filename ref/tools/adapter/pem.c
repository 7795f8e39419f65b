/* SPDX-License-Identifier: MIT
 *
 * See pem.h. */
#include "tools/adapter/pem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

/* A new file that only we may read. Not by mkstemp: ThreadSanitizer does not know that one, and takes what a
 * thread once did with another file of the same descriptor for a race. returns -1 when there is none, errno says
 * why */
static int create(struct pem *pem)
{
    static atomic_uint numbers;
    int fd;

    do {
        snprintf(pem->path, sizeof(pem->path), "/tmp/grpcref-%ld-%u.pem", (long)getpid(),
                 atomic_fetch_add(&numbers, 1));
        fd = open(pem->path, O_CREAT | O_EXCL | O_WRONLY, 0600);
    } while (fd < 0 && errno == EEXIST);
    return fd;
}

bool pem_write(struct pem *pem, struct bytes octets)
{
    pem->path[0] = '\0';
    if (octets.len == 0)
        return true;
    int fd = create(pem);
    if (fd < 0) {
        pem->path[0] = '\0';
        return false;
    }
    ssize_t written = write(fd, octets.data, octets.len);
    int error = errno;
    close(fd);
    if (written == (ssize_t)octets.len)
        return true;
    pem_remove(pem);
    errno = written < 0 ? error : ENOSPC;
    return false;
}

const char *pem_path(const struct pem *pem)
{
    return pem->path[0] != '\0' ? pem->path : NULL;
}

void pem_remove(struct pem *pem)
{
    if (pem->path[0] != '\0')
        unlink(pem->path);
    pem->path[0] = '\0';
}
