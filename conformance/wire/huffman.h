/* SPDX-License-Identifier: MIT
 *
 * The Huffman code of HPACK (RFC 7541 Appendix B), as a table. */
#ifndef WIRE_HUFFMAN_H
#define WIRE_HUFFMAN_H

#include <stdint.h>

struct huffman_code {
    uint32_t code; /* right aligned */
    uint8_t bits;  /* 5 to 30 */
};

extern const struct huffman_code huffman_codes[256]; /* by octet; EOS, thirty ones, is not in it */

#endif
