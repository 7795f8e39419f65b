/* SPDX-License-Identifier: MIT
 *
 * A mutator that knows what a frame is: it reorders, repeats, drops, splits and relabels frames, and when it changes a
 * payload it rewrites the length. For inputs that are frames from the front; a tail that is no whole frame stays where
 * it is. A function of its arguments alone: the same seed, the same result. Which engine asks, it does not know. */
#ifndef FUZZ_MUTATOR_H
#define FUZZ_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* Change some octets of data[0..size) in place, to at most max; returns the new size. */
typedef size_t mutate_octets_fn(uint8_t *data, size_t size, size_t max);

/* Change `data` in place. octets: the engine's own mutator, for payloads. returns the new size, at most max */
size_t mutate_frames(uint8_t *data, size_t size, size_t max, unsigned seed,
                     mutate_octets_fn *octets);

/* Frames of both, in turns, into out. returns the size, at most max */
size_t splice_frames(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                     size_t max, unsigned seed);

#endif
