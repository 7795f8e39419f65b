/* SPDX-License-Identifier: MIT
 *
 * The oracles that are more than one comparison; see oracles.h. */
#include "oracles.h"

static void show_line(const char *which, struct bytes text)
{
    size_t len = bytes_find(text, '\n');
    fprintf(stderr, "  %s: %.*s\n", which, (int)(len < 400 ? len : 400), (const char *)text.data);
}

/* Both behind their last common line. */
static void skip_common_lines(struct bytes *a, struct bytes *b)
{
    while (a->len && b->len) {
        size_t len = bytes_find(*a, '\n') + 1;
        if (!bytes_equal(bytes_first(*a, len), bytes_first(*b, len)))
            return;
        *a = bytes_skip(*a, len);
        *b = bytes_skip(*b, len);
    }
}

void must_be_same(struct bytes a, struct bytes b, const char *sentence)
{
    if (bytes_equal(a, b))
        return;
    skip_common_lines(&a, &b);
    show_line("one", a);
    show_line("other", b);
    must(false, sentence);
}

void must_progress(struct progress *progress)
{
    must(++progress->turns <= progress->limit, "O2: it goes on and on");
}

void must_be_in_order(struct one_end *call, enum told what)
{
    must(!call->ended, "O5: a call is told something after its end");
    must(what != TOLD_BEGAN || !call->began, "O5: a call begins twice");
    must(what != TOLD_MESSAGE || !call->half_closed, "O5: a message comes behind the last");
    must(what != TOLD_HALF_CLOSED || !call->half_closed, "O5: a call half-closes twice");
    call->began = call->began || what == TOLD_BEGAN;
    call->half_closed = call->half_closed || what == TOLD_HALF_CLOSED;
    call->ended = what == TOLD_ENDED;
}

/* ---- O9 ---- */

/* The sanitizers' runtime has it; without one it is absent, and nothing is counted. */
extern int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *,
                                                                       size_t),
                                                     void (*on_free)(const volatile void *))
    __attribute__((weak));

static size_t allocated;

static void on_malloc(const volatile void *memory, size_t size)
{
    (void)memory;
    allocated += size;
}

static void on_free(const volatile void *memory)
{
    (void)memory;
}

void work_begin(void)
{
    static bool installed;
    if (!installed && __sanitizer_install_malloc_and_free_hooks)
        (void)__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
    installed = true;
    allocated = 0;
}

void must_be_bounded(size_t fed, size_t budget, size_t per_octet)
{
    if (allocated <= budget + fed * per_octet)
        return;
    fprintf(stderr, "  %zu octets allocated for %zu fed\n", allocated, fed);
    must(false, "O9: much more memory than the input explains");
}

/* ---- whether a harness still works ----------------------------------------------------------- */

static const char *reached[64];
static size_t reached_count;

bool was_reached(const char *name)
{
    for (size_t i = 0; i < reached_count; i++)
        if (strcmp(reached[i], name) == 0)
            return true;
    return false;
}

void reach(const char *name)
{
    if (was_reached(name))
        return;
    must(reached_count < ARRAY_LEN(reached), "there is room for one more name");
    reached[reached_count++] = name;
}

void forget_reached(void)
{
    reached_count = 0;
}

bool planted(bool condition)
{
    static int wanted = -1;
    if (wanted < 0)
        wanted = getenv("FUZZ_PLANT") != NULL;
    return wanted && condition;
}
