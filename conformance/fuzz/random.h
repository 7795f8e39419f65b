/* SPDX-License-Identifier: MIT
 *
 * Random numbers that are part of the profile: splitmix64, so that a case is the same octets on every machine for ever.
 * Not libc's generator, and never the time. */
#ifndef FUZZ_RANDOM_H
#define FUZZ_RANDOM_H

#include "base/buf.h"

struct draw {
    uint64_t state; /* any is a good one */
};

/* The numbers of case `index` of a run with `seed`; neighbours share nothing. */
struct draw draw_for(uint64_t seed, uint64_t index);
uint64_t draw_u64(struct draw *draw);
uint32_t draw_below(struct draw *draw, uint32_t n);                    /* 0 to n-1; n > 0 */
uint32_t draw_between(struct draw *draw, uint32_t low, uint32_t high); /* both included */
bool draw_chance(struct draw *draw, unsigned percent);
void draw_octets(struct draw *draw, struct buf *out, size_t count); /* appended */

#endif
