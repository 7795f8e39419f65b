/* SPDX-License-Identifier: MIT
 *
 * What every harness starts with: the entry point, the oracle's voice, and small bites off the
 * input. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

/* Called by libFuzzer, or by replay.c, with one input; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The oracle: what must hold for every input whatsoever. The sentence says what does not. */
static inline void must(bool holds, const char *sentence)
{
    if (holds)
        return;
    fprintf(stderr, "oracle: %s\n", sentence);
    abort();
}

/* Take the first octet; 0 when there is none. */
static inline uint8_t take_octet(struct bytes *in)
{
    uint8_t octet = in->len ? in->data[0] : 0;
    *in = bytes_skip(*in, 1);
    return octet;
}

/* Take up to the first `separator`, which is dropped, or all. */
static inline struct bytes take_until(struct bytes *in, uint8_t separator)
{
    size_t len = bytes_find(*in, separator);
    struct bytes taken = bytes_first(*in, len);
    *in = bytes_skip(*in, len + 1);
    return taken;
}

#endif
