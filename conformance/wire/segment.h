/* SPDX-License-Identifier: MIT
 *
 * Where a queue of octets is cut into writes (--segment): a pure function, so that every way is
 * tested. */
#ifndef WIRE_SEGMENT_H
#define WIRE_SEGMENT_H

#include "wire/transport.h"

/* The length of the next write, 1 to `left` (left > 0).
 * done        octets of this flush that were written before
 * left        octets of this flush still to write
 * frame_left  octets up to the next boundary of a frame, 1 to left; used by SEGMENT_FRAME
 * random      a fresh random number; used by SEGMENT_RANDOM */
size_t segment_next(enum segmentation segmentation, size_t done, size_t left, size_t frame_left,
                    uint64_t random);

/* "whole", "frame", "byte", "random". false: no such word. */
bool segmentation_parse(const char *word, enum segmentation *segmentation);

#endif
