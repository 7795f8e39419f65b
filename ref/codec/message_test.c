/* SPDX-License-Identifier: MIT
 *
 * The deframer: one row is a stream of octets and the whole history it must give, in every
 * segmentation. */
#include "base/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/message.h"

#define LIMIT 8

/* Play `in` in pieces of `step` octets; write what happened as text: "0:abc" a message, "1:z" a
 * compressed one, "flag" "large" "nomem" a failure, "cut" when the stream ends inside a message.
 * Blanks between. */
static void play(struct bytes in, size_t step, struct buf *history)
{
    struct gr_deframer deframer;
    enum gr_deframed seen = GR_DEFRAMED_NONE;
    gr_deframer_init(&deframer, LIMIT);
    while (in.len > 0 && (seen == GR_DEFRAMED_NONE || seen == GR_DEFRAMED_MESSAGE)) {
        struct bytes piece = guard(bytes_first(in, step));
        struct bytes left = piece;
        struct gr_message message;
        while ((seen = gr_deframer_next(&deframer, &left, &message)) == GR_DEFRAMED_MESSAGE) {
            buf_put_str(history, message.compressed ? "1:" : "0:");
            buf_put(history, message.payload);
            buf_put_str(history, " ");
        }
        assert_int_equal(left.len, 0);
        unguard(piece);
        in = bytes_skip(in, step);
    }
    const char *ends[] = {
        [GR_DEFRAMED_NONE] = gr_deframer_at_boundary(&deframer) ? "" : "cut",
        [GR_DEFRAMED_BAD_FLAG] = "flag",
        [GR_DEFRAMED_TOO_LARGE] = "large",
        [GR_DEFRAMED_NOMEM] = "nomem",
    };
    buf_put_str(history, ends[seen]);
    gr_deframer_clear(&deframer);
}

static void any_segmentation_gives_the_same_messages(void **state)
{
    static const struct {
        struct bytes in;
        const char *history;
    } rows[] = {
        {BYTES(""), ""},
        {BYTES("\0\0\0\0\0"), "0: "},
        {BYTES("\1\0\0\0\0"), "1: "},
        {BYTES("\0\0\0\0\3"
               "abc"),
         "0:abc "},
        {BYTES("\0\0\0\0\3"
               "abc"
               "\1\0\0\0\1"
               "z"
               "\0\0\0\0\0"
               "\0\0\0\0\2"
               "de"),
         "0:abc 1:z 0: 0:de "},
        {BYTES("\0\0\0\0\10"
               "12345678"),
         "0:12345678 "},
        {BYTES("\0\0\0\0\11"), "large"},
        {BYTES("\0\0\0\0\11"
               "123456789"
               "\0\0\0\0\0"),
         "large"},
        {BYTES("\0\xff\xff\xff\xff"), "large"},
        {BYTES("\0\0\0\0\1x\0\1\0\0\0"), "0:x large"},
        {BYTES("\2"), "flag"},
        {BYTES("\x80\0\0\0\0"), "flag"},
        {BYTES("\2\xff\xff\xff\xff"), "flag"},
        {BYTES("\0\0\0\0\1x\xff"), "0:x flag"},
        {BYTES("\0"), "cut"},
        {BYTES("\0\0\0\0"), "cut"},
        {BYTES("\0\0\0\0\1"), "cut"},
        {BYTES("\0\0\0\0\3"
               "ab"),
         "cut"},
        {BYTES("\0\0\0\0\1x\0\0"), "0:x cut"},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t step = 1; step <= rows[i].in.len + 1; step++) {
            struct buf history = {0};
            play(rows[i].in, step, &history);
            assert_string_equal(buf_str(&history), rows[i].history);
            buf_clear(&history);
        }
    }
}

static void a_message_within_one_piece_is_not_copied(void **state)
{
    struct bytes piece = BYTES("\0\0\0\0\3"
                               "abc"
                               "\0\0\0\0\2"
                               "de");
    const uint8_t *start = piece.data;
    struct gr_deframer deframer;
    struct gr_message message;
    (void)state;

    gr_deframer_init(&deframer, LIMIT);
    fail_allocation(0);
    assert_int_equal(gr_deframer_next(&deframer, &piece, &message), GR_DEFRAMED_MESSAGE);
    assert_ptr_equal(message.payload.data, start + 5);
    assert_int_equal(gr_deframer_next(&deframer, &piece, &message), GR_DEFRAMED_MESSAGE);
    assert_ptr_equal(message.payload.data, start + 13);
    assert_int_equal(gr_deframer_next(&deframer, &piece, &message), GR_DEFRAMED_NONE);
    assert_false(stop_failing());
    assert_null(deframer.held.data);
    gr_deframer_clear(&deframer);
}

static void a_length_alone_allocates_nothing(void **state)
{
    struct bytes piece = BYTES("\0\x7f\xff\xff\xff");
    struct gr_deframer deframer;
    struct gr_message message;
    (void)state;

    gr_deframer_init(&deframer, SIZE_MAX);
    assert_int_equal(gr_deframer_next(&deframer, &piece, &message), GR_DEFRAMED_NONE);
    for (int i = 0; i < 1000; i++) {
        piece = BYTES("x");
        assert_int_equal(gr_deframer_next(&deframer, &piece, &message), GR_DEFRAMED_NONE);
    }
    assert_true(deframer.held.cap < 4096);
    gr_deframer_clear(&deframer);
}

static void a_failure_is_final(void **state)
{
    struct bytes piece = BYTES("\2");
    struct gr_deframer deframer;
    struct gr_message message;
    (void)state;

    gr_deframer_init(&deframer, LIMIT);
    assert_int_equal(gr_deframer_next(&deframer, &piece, &message), GR_DEFRAMED_BAD_FLAG);
    piece = BYTES("\0\0\0\0\0");
    assert_int_equal(gr_deframer_next(&deframer, &piece, &message), GR_DEFRAMED_BAD_FLAG);
    assert_int_equal(piece.len, 0);
    assert_false(gr_deframer_at_boundary(&deframer));
    gr_deframer_clear(&deframer);
}

static void out_of_memory_is_said_and_final(void **state)
{
    struct gr_deframer deframer;
    struct gr_message message;
    (void)state;

    gr_deframer_init(&deframer, LIMIT);
    struct bytes piece = BYTES("\0\0\0\0\3"
                               "ab");
    fail_allocation(0);
    assert_int_equal(gr_deframer_next(&deframer, &piece, &message), GR_DEFRAMED_NOMEM);
    assert_true(stop_failing());
    piece = BYTES("c");
    assert_int_equal(gr_deframer_next(&deframer, &piece, &message), GR_DEFRAMED_NOMEM);
    assert_int_equal(piece.len, 0);
    gr_deframer_clear(&deframer);
}

static void writes_the_prefix(void **state)
{
    uint8_t prefix[GR_PREFIX_LEN];
    (void)state;

    gr_prefix_write(prefix, true, 0x01020304);
    assert_bytes(bytes_of(prefix, sizeof prefix), BYTES("\1\1\2\3\4"));
    gr_prefix_write(prefix, false, 0);
    assert_bytes(bytes_of(prefix, sizeof prefix), BYTES("\0\0\0\0\0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_segmentation_gives_the_same_messages),
        cmocka_unit_test(a_message_within_one_piece_is_not_copied),
        cmocka_unit_test(a_length_alone_allocates_nothing),
        cmocka_unit_test(a_failure_is_final),
        cmocka_unit_test(out_of_memory_is_said_and_final),
        cmocka_unit_test(writes_the_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
