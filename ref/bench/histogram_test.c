/* SPDX-License-Identifier: MIT
 *
 * Quantiles are within 2 %, at any size of value. */
#include "base/test.h"

#include "histogram.c"

static void assert_near(int64_t seen, int64_t expected)
{
    int64_t slack = expected / 50 + 1;
    assert_in_range(seen, (uint64_t)(expected - slack), (uint64_t)(expected + slack));
}

static void quantiles_of_a_ramp_are_near(void **state)
{
    (void)state;
    static const int64_t units[] = {1, 7, 1000, 1000000, 123456789};
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        struct histogram *h = histogram_new();
        for (int64_t v = 1; v <= 1000; v++)
            histogram_add(h, v * units[i]);
        assert_near(histogram_quantile(h, 0.50), 501 * units[i]);
        assert_near(histogram_quantile(h, 0.99), 991 * units[i]);
        assert_near(histogram_mean(h), 1001 * units[i] / 2);
        histogram_free(h);
    }
}

static void nothing_and_extremes_are_harmless(void **state)
{
    (void)state;
    struct histogram *h = histogram_new();
    assert_int_equal(histogram_quantile(h, 0.5), 0);
    assert_int_equal(histogram_mean(h), 0);
    histogram_add(h, -5);
    histogram_add(h, INT64_MAX);
    assert_int_equal(histogram_quantile(h, 0.0), 0);
    histogram_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_of_a_ramp_are_near),
        cmocka_unit_test(nothing_and_extremes_are_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
