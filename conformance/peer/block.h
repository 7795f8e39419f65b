/* SPDX-License-Identifier: MIT
 *
 * A header block being collected from HEADERS or PUSH_PROMISE and its CONTINUATIONs, for either
 * direction. (RFC 9113 section 4.3) */
#ifndef PEER_BLOCK_H
#define PEER_BLOCK_H

#include "wire/frame.h"
#include "wire/hpack.h"

#define MAX_BLOCK                                                                                  \
    ((size_t)1 << 20) /* a peer that never ends its block must not fill our memory   \
                                     */

struct header_block {
    struct buf octets;
    uint8_t type;  /* of the frame that began it */
    uint8_t flags; /* of that frame */
    uint32_t stream;
    bool open; /* END_HEADERS has not come */
    bool too_large;
};

void header_block_clear(struct header_block *block);
/* Show it any frame; frames that carry no part of the block are passed over.
 * returns true when this frame ended the block, which is then whole until the next HEADERS or
 * PUSH_PROMISE */
bool header_block_collect(struct header_block *block, const struct frame *frame);
/* Decode a block that has just ended, appending to *list. */
struct hpack_result header_block_decode(const struct header_block *block,
                                        struct hpack_decoder *decoder, struct header_list *list);

#endif
