/* SPDX-License-Identifier: MIT
 *
 * What every harness starts with: the entry point, the oracles, and small bites off the input, from
 * its front or, where the front shall stay a capture of the wire, from its tail. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "oracles.h"

/* Called by libFuzzer, or by replay.c, with one input; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Take the first octet; 0 when there is none. */
static inline uint8_t take_octet(struct bytes *in)
{
    uint8_t octet = in->len ? in->data[0] : 0;
    *in = bytes_skip(*in, 1);
    return octet;
}

/* Take the last octet; 0 when there is none. */
static inline uint8_t take_last_octet(struct bytes *in)
{
    if (in->len == 0)
        return 0;
    in->len--;
    return in->data[in->len];
}

/* Take the last n octets, or all. */
static inline struct bytes take_last(struct bytes *in, size_t n)
{
    size_t taken = n < in->len ? n : in->len;
    in->len -= taken;
    return bytes_of(taken ? in->data + in->len : NULL, taken);
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
