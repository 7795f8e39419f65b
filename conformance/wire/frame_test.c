/* SPDX-License-Identifier: MIT
 *
 * Frames: written octet by octet, read whole, cut anywhere and against a guard page. */
#include "base/test.h"

#include "wire/frame.h"

/* For static tables: the same as BYTES, without the cast. */
#define B(literal)                                                                                 \
    {                                                                                              \
        (const uint8_t *)("" literal), sizeof(literal) - 1                                         \
    }

struct row {
    const char *name;
    struct frame frame;
    struct bytes octets;
};

static const struct row rows[] = {
    {"empty settings", {FRAME_SETTINGS, 0, false, 0, {NULL, 0}}, B("\0\0\0\4\0\0\0\0\0")},
    {"settings ack", {FRAME_SETTINGS, FLAG_ACK, false, 0, {NULL, 0}}, B("\0\0\0\4\1\0\0\0\0")},
    {"data", {FRAME_DATA, FLAG_END_STREAM, false, 1, B("hi")}, B("\0\0\2\0\1\0\0\0\1hi")},
    {"reserved bit", {FRAME_DATA, 0, true, 3, B("x")}, B("\0\0\1\0\0\x80\0\0\3x")},
    {"largest stream",
     {0x16, 0xff, false, 0x7fffffff, {NULL, 0}},
     B("\0\0\0\x16\xff\x7f\xff\xff\xff")},
};

static void frames_are_written_and_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};
        frame_put(&out, &rows[i].frame);
        assert_bytes(buf_view(&out), rows[i].octets);
        buf_clear(&out);

        struct bytes guarded = guard(rows[i].octets), in = guarded;
        struct frame frame;
        assert_true(frame_take(&in, &frame));
        assert_int_equal(in.len, 0);
        assert_int_equal(frame.type, rows[i].frame.type);
        assert_int_equal(frame.flags, rows[i].frame.flags);
        assert_int_equal(frame.reserved, rows[i].frame.reserved);
        assert_int_equal(frame.stream, rows[i].frame.stream);
        assert_bytes(frame.payload, rows[i].frame.payload);
        unguard(guarded);
    }
}

static void a_part_of_a_frame_is_no_frame(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        for (size_t len = 0; len < rows[i].octets.len; len++) {
            struct bytes guarded = guard(bytes_first(rows[i].octets, len)), in = guarded;
            struct frame frame;
            assert_false(frame_take(&in, &frame));
            assert_int_equal(in.len, len);
            unguard(guarded);
        }
}

static void the_next_frame_stays(void **state)
{
    (void)state;
    struct bytes in = BYTES("\0\0\1\6\0\0\0\0\0x\0\0");
    struct frame frame;
    assert_true(frame_take(&in, &frame));
    assert_bytes(in, BYTES("\0\0"));
}

static void headers_can_lie(void **state)
{
    (void)state;
    struct buf out = {0};
    frame_put_header(&out, 0xabcdef, 0, 0, 0x80000001);
    assert_bytes(buf_view(&out), BYTES("\xab\xcd\xef\0\0\x80\0\0\1"));
    buf_clear(&out);
}

static void inner_is_what_the_flags_promise(void **state)
{
    (void)state;
    static const struct {
        uint8_t type, flags;
        struct bytes payload;
        bool ok;
        struct bytes inner;
        size_t pad_len;
    } inner_rows[] = {
        {FRAME_DATA, 0, B("abc"), true, B("abc"), 0},
        {FRAME_DATA, FLAG_PADDED, B("\2abc\0\0"), true, B("abc"), 3},
        {FRAME_DATA, FLAG_PADDED, B("\0"), true, B(""), 1},
        {FRAME_DATA, FLAG_PADDED, B("\2\0\0"), true, B(""), 3},
        {FRAME_DATA, FLAG_PADDED, B("\3\0\0"), false, B(""), 4},
        {FRAME_DATA, FLAG_PADDED, B(""), false, B(""), 0},
        {FRAME_DATA, FLAG_PRIORITY, B("abc"), true, B("abc"), 0},
        {FRAME_HEADERS, FLAG_PRIORITY, B("\0\0\0\0\x10\x82"), true, B("\x82"), 0},
        {FRAME_HEADERS, FLAG_PRIORITY, B("\0\0\0\0"), false, B(""), 0},
        {FRAME_HEADERS, FLAG_PRIORITY | FLAG_PADDED, B("\1\0\0\0\0\x10\x82\0"), true, B("\x82"), 2},
        {FRAME_HEADERS, FLAG_PRIORITY | FLAG_PADDED, B("\1\0\0\0\0\x10"), false, B(""), 2},
        {FRAME_PING, FLAG_PADDED, B("12345678"), true, B("12345678"), 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(inner_rows); i++) {
        struct bytes payload = guard(inner_rows[i].payload);
        struct frame frame = {inner_rows[i].type, inner_rows[i].flags, false, 1, payload};
        struct bytes inner;
        size_t pad_len = 99;
        assert_int_equal(frame_inner(&frame, &inner, &pad_len), inner_rows[i].ok);
        assert_bytes(inner, inner_rows[i].inner);
        assert_int_equal(pad_len, inner_rows[i].pad_len);
        assert_int_equal(frame_inner(&frame, &inner, NULL), inner_rows[i].ok);
        unguard(payload);
    }
}

static void numbers_have_names(void **state)
{
    (void)state;
    char scratch[16];
    assert_string_equal(frame_type_name(9, scratch), "CONTINUATION");
    assert_string_equal(frame_type_name(0x16, scratch), "type 0x16");
    assert_string_equal(h2_error_name(13, scratch), "HTTP_1_1_REQUIRED");
    assert_string_equal(h2_error_name(0xffffffff, scratch), "code 0xffffffff");
    assert_string_equal(setting_name(4, scratch), "INITIAL_WINDOW_SIZE");
    assert_string_equal(setting_name(0, scratch), "setting 0x0");
    assert_string_equal(setting_name(0xf000, scratch), "setting 0xf000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_written_and_read),
        cmocka_unit_test(a_part_of_a_frame_is_no_frame),
        cmocka_unit_test(the_next_frame_stays),
        cmocka_unit_test(headers_can_lie),
        cmocka_unit_test(inner_is_what_the_flags_promise),
        cmocka_unit_test(numbers_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
