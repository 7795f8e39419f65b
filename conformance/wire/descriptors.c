/* SPDX-License-Identifier: MIT
 *
 * One lock for the process; see descriptors.h. POSIX 2008 has no accept that marks at once. */
#include "wire/descriptors.h"

#include <fcntl.h>
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void descriptors_lock(void)
{
    (void)pthread_mutex_lock(&lock);
}

void descriptors_unlock(void)
{
    (void)pthread_mutex_unlock(&lock);
}

void descriptor_close_on_exec(int fd)
{
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}
