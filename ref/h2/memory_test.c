/* SPDX-License-Identifier: MIT
 *
 * Blocks come back to who asks for their size next; buffers go from turn to turn; nothing is lost on the way. */
#include "base/test.h"

#include "h2/memory.h"

#include <stdlib.h>

static void a_block_given_back_is_taken_again(void **state)
{
    static const size_t sizes[] = {0, 1, 64, 65, 200, 1024, 1025, 100000};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct h2_memory memory = {0};
        void *first = h2_memory_alloc(sizes[i], &memory);
        memset(first, 0xa5, sizes[i]);
        h2_memory_free(first, &memory);
        fail_allocation(0);
        void *second = h2_memory_zeroed(1, sizes[i], &memory);
        bool asked = stop_failing();
        assert_int_equal(asked, sizes[i] > 1024); /* large ones are malloc's */
        assert_true(asked || second == first);
        for (size_t at = 0; second && at < sizes[i]; at++)
            assert_int_equal(((uint8_t *)second)[at], 0);
        h2_memory_free(second, &memory);
        h2_memory_clear(&memory);
    }
}

static void resizing_keeps_what_is_there(void **state)
{
    struct h2_memory memory = {0};
    uint8_t *block = NULL;

    (void)state;
    for (size_t size = 1; size < 10000; size = size * 3 + 1) {
        block = h2_memory_resize(block, size, &memory);
        for (size_t at = 0; at < size / 3; at++)
            assert_int_equal(block[at], at % 251);
        for (size_t at = 0; at < size; at++)
            block[at] = (uint8_t)(at % 251);
    }
    h2_memory_free(block, &memory);
    h2_memory_free(NULL, &memory);
    h2_memory_clear(&memory);
}

static void out_of_memory_and_impossible_sizes_are_null(void **state)
{
    struct h2_memory memory = {0};
    void *block = h2_memory_alloc(64, &memory);

    (void)state;
    fail_allocation(0);
    assert_null(h2_memory_alloc(64, &memory));
    assert_null(h2_memory_resize(block, 2000, &memory)); /* and block is as it was */
    assert_true(stop_failing());
    assert_null(h2_memory_alloc(SIZE_MAX, &memory));
    assert_null(h2_memory_zeroed(SIZE_MAX / 2, 4, &memory));
    h2_memory_free(block, &memory);
    h2_memory_clear(&memory);
}

static void buffers_of_a_turn_are_handed_on(void **state)
{
    struct h2_memory memory = {0};
    struct h2_turn one = {.events = malloc(8), .fields = malloc(8)}, other = {0};
    struct h2_event *events = one.events;

    (void)state;
    h2_turn_give(&one, &memory);
    assert_null(one.events);
    h2_turn_take(&other, &memory);
    assert_ptr_equal(other.events, events);
    h2_turn_take(&one, &memory); /* there are none left: it makes its own */
    assert_null(one.events);
    one.events = malloc(8);
    h2_turn_give(&other, &memory);
    h2_turn_give(&one, &memory); /* one is kept, one freed */
    assert_ptr_equal(memory.turn.events, events);
    one.fields = malloc(8);
    h2_turn_take(&one, &memory); /* half a header block is not overwritten */
    assert_null(one.events);
    h2_turn_clear(&one);
    h2_memory_clear(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_given_back_is_taken_again),
        cmocka_unit_test(resizing_keeps_what_is_there),
        cmocka_unit_test(out_of_memory_and_impossible_sizes_are_null),
        cmocka_unit_test(buffers_of_a_turn_are_handed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
