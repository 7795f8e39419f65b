/* SPDX-License-Identifier: MIT
 *
 * Segmentation: every way of cutting covers every octet once, in pieces of the size promised. */
#include "base/test.h"

#include "wire/segment.h"

static void pieces_cover_a_flush(void **state)
{
    (void)state;
    static const struct {
        enum segmentation how;
        size_t len, pieces;
    } rows[] = {
        {SEGMENT_WHOLE, 100000, 1}, {SEGMENT_FRAME, 100000, 100}, /* frames of 1000 */
        {SEGMENT_BYTE, 100, 100},   {SEGMENT_BYTE, 4096 + 2048, 4096 + 2},
        {SEGMENT_RANDOM, 640, 10}, /* the "random" number below gives 64 */
        {SEGMENT_RANDOM, 63, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t done = 0, pieces = 0;
        for (; done < rows[i].len; pieces++) {
            size_t left = rows[i].len - done;
            size_t piece = segment_next(rows[i].how, done, left, 1000 - done % 1000, 63);
            assert_true(piece >= 1 && piece <= left);
            done += piece;
        }
        assert_int_equal(done, rows[i].len);
        assert_int_equal(pieces, rows[i].pieces);
    }
}

static void words_are_read(void **state)
{
    (void)state;
    enum segmentation how = SEGMENT_WHOLE;
    assert_true(segmentation_parse("random", &how));
    assert_int_equal(how, SEGMENT_RANDOM);
    assert_true(segmentation_parse("whole", &how));
    assert_int_equal(how, SEGMENT_WHOLE);
    assert_false(segmentation_parse("", &how));
    assert_false(segmentation_parse("bytes", &how));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_cover_a_flush),
        cmocka_unit_test(words_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
