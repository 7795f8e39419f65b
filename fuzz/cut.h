/* SPDX-License-Identifier: MIT
 *
 * How an input that is a capture of the wire is fed: frame by frame with time between them, each frame whole or cut.
 * Between cuts inside a frame no clock moves and no other frame is begun, so nothing may depend on them (O1). */
#ifndef FUZZ_CUT_H
#define FUZZ_CUT_H

#include "side.h"

/* The tail of an input says how the rest is fed: N octets of schedule, and N itself (modulo 16) as the last octet. So
 * any capture with a 0 behind it is a seed. */
struct schedule {
    struct bytes
        octets; /* lengths of pieces, and milliseconds between frames, used round and round */
};
struct schedule take_schedule(struct bytes *input);

/* Feed `stream` until its end or until the side has had enough. preface: octets before the first frame. cut: inside
 * frames too. */
void feed_frames(struct side *side, struct bytes stream, size_t preface, struct schedule schedule,
                 bool cut);
/* The same, several frames to a read, as the schedule says: no frame boundary is respected. */
void feed_anyhow(struct side *side, struct bytes stream, struct schedule schedule);

/* What came of a run: events, and the meaning of what was said. */
struct outcome {
    struct buf text;
    bool timing_matters; /* watch_timing_matters */
};

/* Judge what remains to be judged, note the outcome, close the side. given: buf_clear(&text) */
struct outcome take_outcome(struct side *side);
/* O1. Both are cleared. */
void must_be_one_outcome(struct outcome *whole, struct outcome *cut);

#endif
