/* SPDX-License-Identifier: MIT
 *
 * The life of a test and its verdict: the first failure decides, a failure beats leniency, the rest
 * is silence. */
#include "peer/inside.h"
#include "peer/own_target.h"

#include <stdio.h>
#include <stdlib.h>

#define DEFAULT_PATIENCE (3 * NS_PER_S)
#define DEFAULT_LIFE     (30 * NS_PER_S)

void *new_zeroed(size_t size)
{
    void *memory = calloc(1, size);
    if (memory)
        return memory;
    fputs("grpcspec: out of memory\n", stderr);
    abort();
}

/* FNV-1a, so that each case has numbers of its own whatever the seed. */
static uint64_t hash(const char *s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (; *s; s++)
        h = (h ^ (uint8_t)*s) * UINT64_C(0x100000001b3);
    return h;
}

void test_init(struct test *t, const struct test_case *test_case, const struct target_info *target,
               gr_time now)
{
    *t = (struct test){
        .test_case = test_case,
        .target = target,
        .arg = test_case->arg,
        .deadline = clock_add(now, DEFAULT_LIFE),
        .patience_ns = DEFAULT_PATIENCE,
        .random = hash(test_case->id),
        .transcript = {.began = now},
    };
}

void test_finish(struct test *t)
{
    for (struct conn *conn = t->conns; conn; conn = conn->next) {
        conn_end_lint(conn, conn_is_idle(conn));
        transport_free(conn->transport);
        conn->transport = NULL;
    }
    own_target_end(t);
    client_end(t);
}

void test_clear(struct test *t)
{
    test_finish(t);
    free(t->own);
    t->own = NULL;
    client_free(t);
    while (t->conns) {
        struct conn *conn = t->conns;
        t->conns = conn->next;
        conn_free(conn);
    }
    transcript_clear(&t->transcript);
    buf_clear(&t->expected);
    buf_clear(&t->seen);
    buf_clear(&t->notes);
    t->main_conn = NULL;
}

bool test_is_over(const struct test *t)
{
    return t->verdict != VERDICT_PASS && t->verdict != VERDICT_LENIENT;
}

static void PRINTF_LIKE(5, 0) decide(struct test *t, enum verdict verdict, struct source_line where,
                                     const char *expected, const char *fmt, va_list args)
{
    t->verdict = verdict;
    t->where = where;
    buf_reset(&t->expected);
    buf_reset(&t->seen);
    buf_put_str(&t->expected, expected);
    buf_vprintf(&t->seen, fmt, args);
}

void test_fail(struct test *t, struct source_line where, const char *expected, const char *seen_fmt,
               ...)
{
    if (test_is_over(t))
        return;
    va_list args;
    va_start(args, seen_fmt);
    decide(t, VERDICT_FAIL, where, expected, seen_fmt, args);
    va_end(args);
}

void test_lenient(struct test *t, struct source_line where, const char *expected,
                  const char *seen_fmt, ...)
{
    if (t->verdict != VERDICT_PASS)
        return;
    va_list args;
    va_start(args, seen_fmt);
    decide(t, VERDICT_LENIENT, where, expected, seen_fmt, args);
    va_end(args);
}

void test_skip(struct test *t, const char *fmt, ...)
{
    if (test_is_over(t))
        return;
    va_list args;
    va_start(args, fmt);
    decide(t, VERDICT_SKIP, (struct source_line){0}, "", fmt, args);
    va_end(args);
}

void test_broken(struct test *t, struct source_line where, const char *fmt, ...)
{
    if (test_is_over(t))
        return;
    va_list args;
    va_start(args, fmt);
    decide(t, VERDICT_BROKEN, where, "", fmt, args);
    va_end(args);
}

void test_note(struct test *t, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    buf_vprintf(&t->notes, fmt, args);
    va_end(args);
    buf_put_u8(&t->notes, '\n');
}

/* splitmix64: any state is a good one. */
uint64_t test_random(struct test *t)
{
    uint64_t z = t->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void mark_entry(struct test *t, size_t entry)
{
    if (entry < t->transcript.count)
        t->transcript.entries[entry].offending = true;
}
