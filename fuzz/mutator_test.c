/* SPDX-License-Identifier: MIT
 *
 * The mutator of frames: within its bounds, the same for the same seed, and frames stay frames. */
#include "base/test.h"

#include "mutator.h"

#define TIMES 20000

static const uint8_t INPUT[] = "\0\0\0\4\0\0\0\0\0"             /* SETTINGS */
                               "\0\0\3\1\4\0\0\0\1\x82\x84\x86" /* HEADERS */
                               "\0\0\5\0\1\0\0\0\1\0\0\0\0\0";  /* DATA */
#define INPUT_LEN (sizeof INPUT - 1)

static size_t keep(uint8_t *data, size_t size, size_t max)
{
    (void)data;
    return size < max ? size : max;
}

/* Whole frames, and nothing behind them. */
static bool is_frames(struct bytes in)
{
    while (in.len >= 9 && in.len - 9 >= load_u24(in.data))
        in = bytes_skip(in, 9 + (size_t)load_u24(in.data));
    return in.len == 0;
}

static void stays_within_max_and_keeps_frames_whole(void **state)
{
    (void)state;
    size_t whole = 0, changed = 0;
    for (unsigned seed = 0; seed < TIMES; seed++) {
        uint8_t data[300];
        memcpy(data, INPUT, INPUT_LEN);
        size_t len = mutate_frames(data, INPUT_LEN, sizeof data, seed, keep);
        assert_true(len <= sizeof data);
        whole += is_frames(bytes_of(data, len));
        changed += !bytes_equal(bytes_of(data, len), bytes_of(INPUT, INPUT_LEN));
    }
    assert_true(whole > TIMES * 8 / 10); /* the rest are lies about the length, and cut at max */
    assert_true(changed > TIMES / 2);
}

static void same_seed_same_result(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 500; seed++) {
        uint8_t one[200], other[200];
        memcpy(one, INPUT, INPUT_LEN);
        memcpy(other, INPUT, INPUT_LEN);
        size_t a = mutate_frames(one, INPUT_LEN, sizeof one, seed, keep);
        size_t b = mutate_frames(other, INPUT_LEN, sizeof other, seed, keep);
        assert_bytes(bytes_of(one, a), bytes_of(other, b));
    }
}

static void takes_any_octets(void **state)
{
    (void)state;
    uint8_t data[64];
    for (unsigned seed = 0; seed < TIMES; seed++) {
        size_t size = seed % 40;
        for (size_t i = 0; i < size; i++)
            data[i] = (uint8_t)(seed * 31 + i * 7);
        assert_true(mutate_frames(data, size, sizeof data, seed, keep) <= sizeof data);
        assert_true(mutate_frames(data, 0, 0, seed, keep) == 0);
    }
}

static void splices_whole_frames(void **state)
{
    (void)state;
    uint8_t out[200];
    for (unsigned seed = 0; seed < 500; seed++) {
        size_t len = splice_frames(INPUT, INPUT_LEN, INPUT, INPUT_LEN, out, sizeof out, seed);
        assert_int_equal(len, 2 * INPUT_LEN);
        assert_true(is_frames(bytes_of(out, len)));
        assert_true(splice_frames(INPUT, INPUT_LEN, INPUT, 5, out, 20, seed) <= 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stays_within_max_and_keeps_frames_whole),
        cmocka_unit_test(same_seed_same_result),
        cmocka_unit_test(takes_any_octets),
        cmocka_unit_test(splices_whole_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
