/* SPDX-License-Identifier: MIT
 *
 * Latencies, counted in buckets that are at most 1/64 wide of their value: quantiles with under 2 %
 * error, any number of samples, 30 KiB. */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

struct histogram;
struct histogram *histogram_new(void); /* given: histogram_free; NULL: out of memory */
void histogram_free(struct histogram *histogram);
void histogram_add(struct histogram *histogram, int64_t value); /* negative counts as 0 */
int64_t histogram_mean(const struct histogram *histogram);      /* 0 when empty */
/* The value below which `quantile` (0 to 1) of the samples lie; 0 when empty. */
int64_t histogram_quantile(const struct histogram *histogram, double quantile);

#endif
