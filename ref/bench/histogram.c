/* SPDX-License-Identifier: MIT
 *
 * Log-linear buckets: 64 to each power of two. */
#include "histogram.h"

#include <stdlib.h>

enum { SUB_BITS = 6, SUB = 1 << SUB_BITS, BUCKETS = (64 - SUB_BITS) * SUB };

struct histogram {
    uint64_t count;
    double sum;
    uint64_t buckets[BUCKETS];
};

struct histogram *histogram_new(void)
{
    return calloc(1, sizeof(struct histogram));
}

void histogram_free(struct histogram *histogram)
{
    free(histogram);
}

static unsigned bucket_of(uint64_t value)
{
    unsigned shift = 0;
    while (value >> shift >= 2 * SUB)
        shift++;
    return shift * SUB + (unsigned)(value >> shift);
}

static int64_t middle_of(unsigned bucket)
{
    if (bucket < 2 * SUB)
        return bucket;
    unsigned shift = bucket / SUB - 1;
    uint64_t low = (uint64_t)(bucket - shift * SUB) << shift;
    return (int64_t)(low + (UINT64_C(1) << shift) / 2);
}

void histogram_add(struct histogram *histogram, int64_t value)
{
    uint64_t v = value > 0 ? (uint64_t)value : 0;
    histogram->count++;
    histogram->sum += (double)v;
    histogram->buckets[bucket_of(v)]++;
}

int64_t histogram_mean(const struct histogram *histogram)
{
    return histogram->count ? (int64_t)(histogram->sum / (double)histogram->count) : 0;
}

int64_t histogram_quantile(const struct histogram *histogram, double quantile)
{
    uint64_t wanted = (uint64_t)(quantile * (double)histogram->count), seen = 0;
    for (unsigned i = 0; i < BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen > wanted)
            return middle_of(i);
    }
    return 0;
}
