/* SPDX-License-Identifier: MIT
 *
 * Output in pieces: the order stays, whatever is copied and whatever is referred to, and however much is sent at a
 * time. */
#include "base/test.h"

#include "h2/gather.h"

/* Capitals are referred to, the others are put; a space is nothing. */
static void fill(struct gather *gather, const char *script)
{
    for (; *script; script++) {
        struct bytes one = bytes_of((const uint8_t *)script, 1);
        if (*script >= 'a') {
            buf_put(&gather->own, one);
        } else if (*script >= 'A') {
            struct shared *shared = shared_new(NULL, 1);
            buf_put(&shared->buf, one);
            gather_refer(gather, buf_view(&shared->buf), shared);
        }
    }
}

static void pieces_come_in_order(void **state)
{
    static const struct {
        const char *script;
        size_t pieces;
    } rows[] = {{"", 0},    {"a", 1},    {"A", 1},      {"abc", 1},  {"aAb", 3},   {"AB", 2},
                {"AaB", 3}, {"aABb", 4}, {"aAbBcC", 6}, {"ABCD", 4}, {"abABab", 4}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t step = 1; step < 7; step++) {
            struct gather gather = {0};
            struct bytes pieces[8];
            char sent[16] = "";
            fill(&gather, rows[i].script);
            assert_int_equal(gather_waiting(&gather), strlen(rows[i].script));
            assert_int_equal(gather_list(&gather, pieces, 8), rows[i].pieces);
            while (gather_waiting(&gather)) {
                size_t count = gather_list(&gather, pieces, 8), left = step;
                for (size_t p = 0; p < count && left; p++) {
                    struct bytes part = bytes_first(pieces[p], left);
                    strncat(sent, (const char *)part.data, part.len);
                    left -= part.len;
                }
                gather_sent(&gather, step - left);
            }
            assert_string_equal(sent, rows[i].script);
            gather_clear(&gather);
        }
    }
}

static void a_list_is_no_longer_than_asked_for(void **state)
{
    struct gather gather = {0};
    struct bytes pieces[3];

    (void)state;
    fill(&gather, "aAbBc");
    for (size_t max = 0; max <= 3; max++)
        assert_int_equal(gather_list(&gather, pieces, max), max);
    gather_clear(&gather);
}

static void a_failure_stays(void **state)
{
    struct gather gather = {0};
    struct shared *shared = shared_new(NULL, 1);

    (void)state;
    buf_put_u8(&shared->buf, 1);
    fail_allocation(0);
    gather_refer(&gather, buf_view(&shared->buf), shared);
    assert_true(stop_failing());
    assert_true(gather.own.failed);
    gather_clear(&gather);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_come_in_order),
        cmocka_unit_test(a_list_is_no_longer_than_asked_for),
        cmocka_unit_test(a_failure_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
