/* SPDX-License-Identifier: MIT
 *
 * Guard pages and failing allocations for unit tests; see test.h. Compiled into each test program,
 * never into a library. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "base/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *s);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *s);

static _Thread_local bool counting;
static _Thread_local size_t remaining;
static _Thread_local bool has_failed;

static bool this_one_fails(void)
{
    if (!counting)
        return false;
    if (remaining > 0) {
        remaining--;
        return false;
    }
    has_failed = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return this_one_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return this_one_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return this_one_fails() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *s)
{
    return this_one_fails() ? NULL : __real_strdup(s);
}

void fail_allocation(size_t n)
{
    counting = true;
    remaining = n;
    has_failed = false;
}

bool stop_failing(void)
{
    counting = false;
    return has_failed;
}

static size_t mapped_size(size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (len / page + 2) * page; /* at least one page for the data and one for the guard */
}

struct bytes guard(struct bytes bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t size = mapped_size(bytes.len);
    uint8_t *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED || mprotect(map + size - page, page, PROT_NONE) != 0)
        abort();
    uint8_t *start = map + size - page - bytes.len;
    if (bytes.len)
        memcpy(start, bytes.data, bytes.len);
    return bytes_of(start, bytes.len);
}

void unguard(struct bytes bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t size = mapped_size(bytes.len);
    munmap((uint8_t *)(uintptr_t)bytes.data + bytes.len + page - size, size);
}

static void print_bytes(const char *label, struct bytes bytes)
{
    fprintf(stderr, "  %s %zu octets:", label, bytes.len);
    for (size_t i = 0; i < bytes.len && i < 256; i++)
        fprintf(stderr, " %02x", bytes.data[i]);
    fprintf(stderr, bytes.len > 256 ? " ...\n" : "\n");
}

void assert_bytes_at(struct bytes seen, struct bytes expected, const char *file, int line)
{
    if (bytes_equal(seen, expected))
        return;
    print_bytes("seen    ", seen);
    print_bytes("expected", expected);
    _fail(file, line);
}
