/* SPDX-License-Identifier: MIT
 *
 * Small judgements of the kill matrix, and a run of it over one knob. The whole matrix is `grpcspec selftest`. */
#include "base/test.h"
#include "selftest/knobs.h"
#include "selftest/matrix.h"

static void lists_of_clauses_meet(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool meet;
    } rows[] = {
        {"A-1", "A-1", true},   {"A-1 B-2", "B-2", true}, {"B-2", "A-1 B-2", true},
        {"A-1", "A-11", false}, {"A-11", "A-1", false},   {"", "A-1", false},
        {"A-1", "", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(clauses_meet(rows[i].a, rows[i].b), rows[i].meet);
}

static void a_knob_is_noticed_and_shown(void **state)
{
    (void)state;
    struct matrix matrix;
    struct matrix_options options = {.only = KNOB_ZEROES_PING, .jobs = 2};
    struct buf text = {0};
    char why[256];
    assert_true(matrix_init(&matrix, &server_half, why));
    matrix_run_knobs(&matrix, &options);
    assert_true(matrix.knobs[KNOB_ZEROES_PING].judged);
    assert_true(matrix.knobs[KNOB_ZEROES_PING].killers > 0);
    assert_true(matrix_holds(&matrix, &options));
    matrix_put_summary(&matrix, &options, &text);
    matrix_put_markdown(&matrix, &text);
    const struct matrix *const halves[] = {&matrix};
    matrix_put_json(halves, 1, &text);
    assert_non_null(strstr(buf_str(&text), "| zeroes-ping |"));
    assert_non_null(strstr(buf_str(&text), "\"name\": \"zeroes-ping\""));
    buf_clear(&text);
    matrix_clear(&matrix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_clauses_meet),
        cmocka_unit_test(a_knob_is_noticed_and_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
