/* SPDX-License-Identifier: MIT
 *
 * struct buf: growth, failure that sticks, and the empty cases. */
#include "base/test.h"

#include "base/buf.h"

static void puts_append(void **state)
{
    struct buf buf = {0};
    (void)state;

    buf_put(&buf, BYTES("ab"));
    buf_put_u8(&buf, 0x01);
    buf_put_u16(&buf, 0x0203);
    buf_put_u24(&buf, 0x040506);
    buf_put_u32(&buf, 0x0708090a);
    buf_put_zeros(&buf, 2);
    buf_put_str(&buf, "xy");
    buf_printf(&buf, "%d-%s", 42, "z");
    assert_bytes(buf_view(&buf), BYTES("ab\1\2\3\4\5\6\7\x08\x09\x0a\0\0xy42-z"));
    buf_clear(&buf);
    assert_null(buf.data);
    assert_int_equal(buf.cap, 0);
}

static void nothing_put_is_nothing_held(void **state)
{
    struct buf buf = {0};
    (void)state;

    buf_put(&buf, NO_BYTES);
    buf_put_zeros(&buf, 0);
    buf_put_str(&buf, "");
    buf_put_str(&buf, NULL);
    buf_printf(&buf, "%s", "");
    assert_int_equal(buf.len, 0);
    assert_false(buf.failed);
    assert_string_equal(buf_str(&buf), "");
    buf_clear(&buf);
    buf_clear(&buf);
}

static void grows_and_keeps_what_it_holds(void **state)
{
    struct buf buf = {0};
    (void)state;

    for (unsigned i = 0; i < 100000; i++)
        buf_put_u8(&buf, (uint8_t)(i % 251));
    assert_int_equal(buf.len, 100000);
    for (unsigned i = 0; i < 100000; i++)
        assert_int_equal(buf.data[i], i % 251);
    buf_clear(&buf);
}

static void reset_keeps_the_memory(void **state)
{
    struct buf buf = {0};
    (void)state;

    buf_put_zeros(&buf, 1000);
    uint8_t *data = buf.data;
    buf_reset(&buf);
    assert_int_equal(buf.len, 0);
    buf_put_zeros(&buf, 1000);
    assert_ptr_equal(buf.data, data);
    buf_clear(&buf);
}

static void consume_drops_the_front(void **state)
{
    struct buf buf = {0};
    (void)state;

    buf_consume(&buf, 0);
    buf_put_str(&buf, "abcdef");
    buf_consume(&buf, 2);
    assert_bytes(buf_view(&buf), BYTES("cdef"));
    buf_consume(&buf, 4);
    assert_bytes(buf_view(&buf), BYTES(""));
    buf_clear(&buf);
}

static void str_ends_in_a_nul_that_does_not_count(void **state)
{
    struct buf buf = {0};
    (void)state;

    buf_put_zeros(&buf, 64); /* exactly full: the NUL needs room */
    memset(buf.data, 'a', 64);
    assert_int_equal(strlen(buf_str(&buf)), 64);
    assert_int_equal(buf.len, 64);
    buf_put_str(&buf, "b");
    assert_string_equal(buf_str(&buf) + 63, "ab");
    buf_clear(&buf);
}

static void a_size_beyond_the_range_fails(void **state)
{
    struct buf buf = {0};
    (void)state;

    buf_put_str(&buf, "x");
    assert_null(buf_reserve(&buf, SIZE_MAX));
    assert_true(buf.failed);
    assert_bytes(buf_view(&buf), BYTES("x"));
    buf_clear(&buf);
    assert_false(buf.failed);
}

static void failure_sticks_until_reset(void **state)
{
    struct buf buf = {0};
    (void)state;

    fail_allocation(0);
    buf_put_str(&buf, "lost");
    assert_true(stop_failing());
    buf_put_str(&buf, "also lost, though there is memory again");
    buf_printf(&buf, "%d", 1);
    assert_true(buf.failed);
    assert_int_equal(buf.len, 0);
    assert_string_equal(buf_str(&buf), "");
    buf_reset(&buf);
    buf_put_str(&buf, "kept");
    assert_bytes(buf_view(&buf), BYTES("kept"));
    buf_clear(&buf);
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;

    for (size_t n = 0;; n++) {
        struct buf buf = {0};
        fail_allocation(n);
        buf_put_zeros(&buf, 60);
        buf_printf(&buf, "%s", "more than is left of the first block");
        buf_put_zeros(&buf, 1000);
        bool failed = stop_failing();
        assert_int_equal(buf.failed, failed);
        buf_clear(&buf);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_append),
        cmocka_unit_test(nothing_put_is_nothing_held),
        cmocka_unit_test(grows_and_keeps_what_it_holds),
        cmocka_unit_test(reset_keeps_the_memory),
        cmocka_unit_test(consume_drops_the_front),
        cmocka_unit_test(str_ends_in_a_nul_that_does_not_count),
        cmocka_unit_test(a_size_beyond_the_range_fails),
        cmocka_unit_test(failure_sticks_until_reset),
        cmocka_unit_test(survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
