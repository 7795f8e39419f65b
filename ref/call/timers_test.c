/* SPDX-License-Identifier: MIT
 *
 * Timers come out in order, whatever was stopped and moved in between. */
#include "base/test.h"

#include "call/timers.h"

#define COUNT 200

/* Any order that is not sorted. */
static gr_time scattered(size_t i)
{
    return (gr_time)(i * 7919 % 1009);
}

static void due_timers_come_in_order(void **state)
{
    struct timers timers = {0};
    struct timer timer[COUNT] = {0};
    gr_time last = 0;
    size_t fired = 0;

    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        assert_true(timers_start(&timers, &timer[i], scattered(i)));
    for (struct timer *due; (due = timers_due(&timers, 2000)); fired++) {
        assert_true(due->at >= last);
        last = due->at;
    }
    assert_int_equal(fired, COUNT);
    assert_true(timers_next(&timers) == TIME_NEVER);
    timers_clear(&timers);
}

static void stopped_timers_do_not_fire_and_moved_ones_fire_once(void **state)
{
    struct timers timers = {0};
    struct timer timer[COUNT] = {0};
    gr_time last = 0;
    size_t fired = 0;

    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        assert_true(timers_start(&timers, &timer[i], scattered(i)));
    for (size_t i = 0; i < COUNT; i += 3)
        timers_stop(&timers, &timer[i]);
    for (size_t i = 1; i < COUNT; i += 3)
        assert_true(timers_start(&timers, &timer[i], 1009 - scattered(i)));
    for (struct timer *due; (due = timers_due(&timers, 2000)); fired++) {
        assert_true(due->at >= last);
        assert_false((due - timer) % 3 == 0);
        last = due->at;
    }
    assert_int_equal(fired, COUNT - (COUNT + 2) / 3);
    timers_clear(&timers);
}

static void nothing_is_due_before_its_time(void **state)
{
    struct timers timers = {0};
    struct timer timer = {0};

    (void)state;
    assert_true(timers_start(&timers, &timer, 100));
    assert_null(timers_due(&timers, 99));
    assert_true(timers_next(&timers) == 100);
    assert_ptr_equal(timers_due(&timers, 100), &timer);
    timers_stop(&timers, &timer); /* no effect */
    timers_clear(&timers);
}

static void out_of_memory_starts_nothing(void **state)
{
    struct timers timers = {0};
    struct timer timer = {0};

    (void)state;
    fail_allocation(0);
    assert_false(timers_start(&timers, &timer, 1));
    assert_true(stop_failing());
    assert_null(timers_due(&timers, 2));
    timers_clear(&timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(due_timers_come_in_order),
        cmocka_unit_test(stopped_timers_do_not_fire_and_moved_ones_fire_once),
        cmocka_unit_test(nothing_is_due_before_its_time),
        cmocka_unit_test(out_of_memory_starts_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
