/* SPDX-License-Identifier: MIT
 *
 * The oracles, each stated once. Every one holds for any input whatsoever; a harness says which of
 * them it asks. A broken one is a sentence on stderr and abort(), so that every engine sees it.
 *
 *  O1  segmentation  the same octets, cut anywhere, give the same events and say the same
 *  O2  progress      what is fed is taken or refused; draining ends
 *  O3  legal output  what a side of ours sends breaks no rule that the suite holds others to (watch.h)
 *  O4  conservation  windows: never sent beyond them, and given back what was taken (watch.h)
 *  O5  one end       a call ends once, and nothing is told of it afterwards
 *  O6  round trip    what was written reads back as it was
 *  O7  agreement     two readers that share no code read the same
 *  O8  reaction      an error is answered by a code that exists, and never by "internal error"
 *  O9  bounded work  memory, events and output stay below a constant for each octet fed
 *  O10 no leak       nothing is held when all is closed: LeakSanitizer's, and the counts of calls */
#ifndef FUZZ_ORACLES_H
#define FUZZ_ORACLES_H

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

/* Any of them, in words. The sentence says what does not hold. */
static inline void must(bool holds, const char *sentence)
{
    if (holds)
        return;
    fprintf(stderr, "oracle: %s\n", sentence);
    abort();
}

/* O1, O6, O7: two texts that must be one. On a difference the first line that differs is shown, both ways. */
void must_be_same(struct bytes a, struct bytes b, const char *sentence);

/* O2: call it once for each turn of a loop that must end. */
struct progress {
    size_t turns, limit;
};
void must_progress(struct progress *progress);

/* O5: one for each call. All zeros: has not begun. */
struct one_end {
    bool began, half_closed, ended;
};
enum told { TOLD_BEGAN, TOLD_MESSAGE, TOLD_HALF_CLOSED, TOLD_OTHER, TOLD_ENDED };
void must_be_in_order(struct one_end *call, enum told what);

/* O9: octets that were allocated since work_begin, of the whole process; 0 without AddressSanitizer, which counts
 * them. budget: for nothing at all; per_octet: and for each octet fed. */
void work_begin(void);
void must_be_bounded(size_t fed, size_t budget, size_t per_octet);

/* ---- whether a harness still works ----------------------------------------------------------- */

/* An input has come this far. name: a literal. `replay --reach` asks for it, so that a harness cannot rot unseen. */
void reach(const char *name);
bool was_reached(const char *name);
void forget_reached(void);

/* A fault on purpose, to see that the harness finds it: true when FUZZ_PLANT is in the environment and the condition
 * holds. What stands behind it does something wrong. */
bool planted(bool condition);

#endif
