/* SPDX-License-Identifier: MIT
 *
 * The arena: alignment, growth, reset, and memory that runs out. */
#include "base/test.h"

#include <stdalign.h>

#include "codec/arena.h"

static void everything_is_aligned_and_apart(void **state)
{
    static const size_t sizes[] = {0, 1, 7, 8, 16, 17, 100, 2048, 3, 5000, 70000, 1, 200000, 64};
    uint8_t *blocks[ARRAY_LEN(sizes)];
    struct gr_arena arena = {0};
    (void)state;

    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        blocks[i] = gr_arena_alloc(&arena, sizes[i]);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % alignof(max_align_t), 0);
        memset(blocks[i], (int)i, sizes[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        for (size_t at = 0; at < sizes[i]; at++)
            assert_int_equal(blocks[i][at], i);
    gr_arena_clear(&arena);
    assert_null(arena.chunks);
}

static void reset_uses_the_same_memory_again(void **state)
{
    struct gr_arena arena = {0};
    (void)state;

    void *first = gr_arena_alloc(&arena, 100);
    gr_arena_reset(&arena);
    fail_allocation(0);
    assert_ptr_equal(gr_arena_alloc(&arena, 100), first);
    assert_false(stop_failing());
    gr_arena_clear(&arena);
}

static void reset_gives_back_what_was_made_for_one_large_thing(void **state)
{
    struct gr_arena arena = {0};
    (void)state;

    assert_non_null(gr_arena_alloc(&arena, 10));
    assert_non_null(gr_arena_alloc(&arena, 1000000));
    gr_arena_reset(&arena);
    assert_null(arena.chunks);
    gr_arena_reset(&arena);
    gr_arena_clear(&arena);
}

static void a_size_beyond_reason_is_out_of_memory(void **state)
{
    struct gr_arena arena = {0};
    (void)state;

    assert_null(gr_arena_alloc(&arena, SIZE_MAX));
    assert_null(gr_arena_alloc(&arena, SIZE_MAX - 16));
    assert_non_null(gr_arena_alloc(&arena, 1));
    gr_arena_clear(&arena);
}

static void copies(void **state)
{
    struct gr_arena arena = {0};
    struct bytes copy = BYTES("junk");
    char text[] = "text";
    (void)state;

    assert_true(gr_arena_copy(&arena, NO_BYTES, &copy));
    assert_int_equal(copy.len, 0);
    assert_null(arena.chunks);
    assert_true(gr_arena_copy(&arena, bytes_str(text), &copy));
    text[0] = 'n';
    assert_bytes(copy, BYTES("text"));
    gr_arena_clear(&arena);
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;

    for (size_t n = 0;; n++) {
        struct gr_arena arena = {0};
        struct bytes copy;
        fail_allocation(n);
        bool done = gr_arena_copy(&arena, BYTES("text"), &copy);
        done &= gr_arena_alloc(&arena, 3000) != NULL;
        done &= gr_arena_alloc(&arena, 100000) != NULL;
        bool failed = stop_failing();
        assert_int_equal(done, !failed);
        assert_non_null(gr_arena_alloc(&arena, 1));
        gr_arena_clear(&arena);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_aligned_and_apart),
        cmocka_unit_test(reset_uses_the_same_memory_again),
        cmocka_unit_test(reset_gives_back_what_was_made_for_one_large_thing),
        cmocka_unit_test(a_size_beyond_reason_is_out_of_memory),
        cmocka_unit_test(copies),
        cmocka_unit_test(survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
