/* SPDX-License-Identifier: MIT
 *
 * The outbox: messages come out as they went in, whatever their sizes, who holds them, and how much is asked for at a
 * time. */
#include "base/test.h"

#include "call/outbox.h"
#include "codec/message.h"

/* A framed message whose octets count up from its length, so that each can be told from the next. */
static void put(struct outbox *outbox, struct buf *all, size_t len, bool size_known)
{
    struct buf *to = outbox_open(outbox, NULL, size_known ? GR_PREFIX_LEN + len : 0);
    size_t start;

    assert_non_null(to);
    start = to->len;
    buf_put_u8(to, 0);
    buf_put_u32(to, (uint32_t)len);
    for (size_t i = 0; i < len; i++)
        buf_put_u8(to, (uint8_t)(len + i));
    assert_false(to->failed);
    buf_put(all, bytes_skip(buf_view(to), start));
    outbox_close(outbox, to->len - start);
}

static const size_t sizes[] = {0, 1, 70000, 10, 20000, 40000, 30000, 3, 100000};

static void messages_come_out_as_they_went_in(void **state)
{
    static const struct {
        size_t step;
        bool size_known, keep, hold;
    } rows[] = {{1000000, true, false, false}, {16384, true, false, false},
                {16384, false, false, true},   {16384, true, true, false},
                {7, true, false, true},        {50000, false, true, true}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct outbox outbox = {0};
        struct buf in = {0}, out = {0};
        size_t at = 0;
        while (at < ARRAY_LEN(sizes) || outbox.waiting) {
            if (at < ARRAY_LEN(sizes))
                put(&outbox, &in, sizes[at++], rows[i].size_known);
            struct bytes some = outbox_peek(&outbox, rows[i].step);
            struct shared *holder = rows[i].hold ? shared_hold(outbox.at) : NULL;
            buf_put(&out, some);
            outbox_take(&outbox, some.len, rows[i].keep);
            shared_drop(holder);
        }
        assert_bytes(buf_view(&out), buf_view(&in));
        assert_int_equal(outbox_size(&outbox), rows[i].keep ? in.len : 0);
        assert_true(outbox_at_boundary(&outbox));
        buf_clear(&in);
        buf_clear(&out);
        outbox_clear(&outbox);
    }
}

static void what_is_kept_can_be_sent_again(void **state)
{
    struct outbox outbox = {0};
    struct buf in = {0}, out = {0};

    (void)state;
    put(&outbox, &in, 100, true);
    put(&outbox, &in, 90000, true);
    outbox_take(&outbox, 105, true);
    outbox_take(&outbox, outbox_peek(&outbox, 50000).len, true);
    outbox_rewind(&outbox);
    assert_int_equal(outbox.waiting, in.len);
    for (struct bytes some; (some = outbox_peek(&outbox, 16384)).len;) {
        buf_put(&out, some);
        outbox_take(&outbox, some.len, false);
    }
    assert_bytes(buf_view(&out), buf_view(&in));
    assert_int_equal(outbox_size(&outbox), 0);
    buf_clear(&in);
    buf_clear(&out);
    outbox_clear(&outbox);
}

static void a_cut_message_is_noticed(void **state)
{
    static const struct {
        size_t taken;
        bool whole;
    } rows[] = {{0, true}, {3, false}, {5, true}, {14, false}, {15, true}, {35, true}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct outbox outbox = {0};
        struct buf in = {0};
        put(&outbox, &in, 0, true);
        put(&outbox, &in, 5, true);
        put(&outbox, &in, 15, true);
        outbox_take(&outbox, rows[i].taken, false);
        assert_int_equal(outbox_at_boundary(&outbox), rows[i].whole);
        buf_clear(&in);
        outbox_clear(&outbox);
    }
}

static void what_is_held_does_not_move(void **state)
{
    struct outbox outbox = {0};
    struct buf in = {0};

    (void)state;
    put(&outbox, &in, 20, true);
    struct bytes view = outbox_peek(&outbox, 25);
    struct shared *holder = shared_hold(outbox.at);
    put(&outbox, &in, 1000, true); /* would have grown the memory */
    assert_bytes(view, bytes_first(buf_view(&in), 25));
    outbox_clear(&outbox);
    assert_bytes(view, bytes_first(buf_view(&in), 25));
    shared_drop(holder);
    buf_clear(&in);
}

static void small_memory_is_used_again(void **state)
{
    struct outbox outbox = {0};
    struct buf in = {0};

    (void)state;
    put(&outbox, &in, 20, true);
    outbox_take(&outbox, 25, false);
    fail_allocation(0);
    struct buf *to = outbox_open(&outbox, NULL, 25);
    assert_false(stop_failing());
    assert_non_null(to);
    outbox_close(&outbox, 0);
    buf_clear(&in);
    outbox_clear(&outbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_out_as_they_went_in),
        cmocka_unit_test(what_is_kept_can_be_sent_again),
        cmocka_unit_test(a_cut_message_is_noticed),
        cmocka_unit_test(what_is_held_does_not_move),
        cmocka_unit_test(small_memory_is_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
