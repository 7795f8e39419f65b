/* SPDX-License-Identifier: MIT
 *
 * Spare buffers: which one is taken, which ones are kept, and octets with several holders. */
#include "base/test.h"

#include "base/spare.h"

#define KIB ((size_t)1024)

static void give(struct spare *spare, size_t cap)
{
    struct buf buf = {0};

    assert_non_null(buf_reserve(&buf, cap));
    spare_give(spare, &buf);
    assert_null(buf.data);
}

static void the_smallest_that_is_large_enough_is_taken(void **state)
{
    static const struct {
        size_t len, cap;
    } rows[] = {{SPARE_SMALLEST - 1, 0},
                {20 * KIB, 32 * KIB},
                {32 * KIB, 32 * KIB},
                {33 * KIB, 64 * KIB},
                {100 * KIB, 0}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct spare spare = {0};
        struct buf buf = {0};
        give(&spare, 64 * KIB);
        give(&spare, 32 * KIB);
        give(&spare, SPARE_SMALLEST / 2); /* not worth keeping */
        assert_int_equal(spare.count, 2);
        spare_take(&spare, &buf, rows[i].len);
        assert_int_equal(buf.cap, rows[i].cap);
        assert_int_equal(spare.kept, 96 * KIB - buf.cap);
        buf_clear(&buf);
        spare_clear(&spare);
    }
}

static void no_more_is_kept_than_the_bound_and_the_newest_stay(void **state)
{
    struct spare spare = {0};

    (void)state;
    for (size_t i = 0; i < 3 * SPARE_COUNT; i++)
        give(&spare, SPARE_SMALLEST);
    assert_int_equal(spare.count, SPARE_COUNT);
    give(&spare, SPARE_KEPT);
    assert_int_equal(spare.count, 1);
    assert_int_equal(spare.kept, SPARE_KEPT);
    give(&spare, SPARE_KEPT + KIB);
    assert_int_equal(spare.kept, SPARE_KEPT);
    spare_clear(&spare);
}

static void a_buffer_that_has_memory_keeps_it(void **state)
{
    struct spare spare = {0};
    struct buf buf = {0};

    (void)state;
    give(&spare, 64 * KIB);
    buf_put_u8(&buf, 1);
    spare_take(&spare, &buf, 64 * KIB);
    assert_int_equal(spare.count, 1);
    buf_clear(&buf);
    spare_take(NULL, &buf, 64 * KIB);
    assert_null(buf.data);
    spare_clear(&spare);
}

static void the_last_holder_gives_the_memory_back(void **state)
{
    struct spare spare = {0};
    struct shared *shared;

    (void)state;
    give(&spare, 64 * KIB);
    shared = shared_new(&spare, 64 * KIB);
    assert_non_null(shared);
    assert_int_equal(spare.count, 0);
    shared_drop(shared_hold(shared));
    assert_int_equal(spare.count, 0);
    shared_drop(shared);
    assert_int_equal(spare.count, 1);
    shared_drop(NULL);
    spare_clear(&spare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_smallest_that_is_large_enough_is_taken),
        cmocka_unit_test(no_more_is_kept_than_the_bound_and_the_newest_stay),
        cmocka_unit_test(a_buffer_that_has_memory_keeps_it),
        cmocka_unit_test(the_last_holder_gives_the_memory_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
