/* SPDX-License-Identifier: MIT
 *
 * Length-prefixed messages: one octet of flag, four of length, the payload (PROTOCOL-HTTP2, Data
 * Frames). How DATA frames cut them means nothing (GRPC-MSG-002), so the deframer takes any
 * pieces. It neither decompresses nor decodes. */
#ifndef CODEC_MESSAGE_H
#define CODEC_MESSAGE_H

#include "base/spare.h"

#define GR_PREFIX_LEN 5

/* Write the prefix of a message of len octets. */
void gr_prefix_write(uint8_t prefix[static GR_PREFIX_LEN], bool compressed, uint32_t len);

enum gr_deframed {
    GR_DEFRAMED_NONE,      /* all of the piece is taken; no whole message yet */
    GR_DEFRAMED_MESSAGE,   /* one message; call again, there may be more in the piece */
    GR_DEFRAMED_BAD_FLAG,  /* the flag is neither 0 nor 1 (GRPC-MSG-004) */
    GR_DEFRAMED_TOO_LARGE, /* beyond the limit; said as soon as the prefix is here (SEC-024) */
    GR_DEFRAMED_NOMEM,
};

struct gr_message {
    bool compressed;      /* the flag */
    struct bytes payload; /* views the piece when all of it lies there, else the deframer */
};

/* At most the prefix and one payload of memory, and of a payload no more than about twice what
 * has arrived: a length is a promise, not a reason to allocate; but one to take a spare buffer. */
struct gr_deframer {
    size_t max_message;            /* octets a payload may have, as on the wire */
    uint8_t prefix[GR_PREFIX_LEN]; /* its first prefix_len octets are here */
    size_t prefix_len;
    struct buf held;        /* the payload so far, when it came in several pieces */
    struct spare *spare;    /* where its memory may come from, and goes; NULL: nowhere */
    bool held_given;        /* held has been handed out: forget it at the next call */
    enum gr_deframed stuck; /* the failure seen, which stays; NONE so far */
};

void gr_deframer_init(struct gr_deframer *deframer, size_t max_message);
void gr_deframer_clear(struct gr_deframer *deframer);

/* Take from the front of *piece up to the end of one message.
 *
 * piece    advances over what was taken; on NONE and on failures it is empty. Must stay valid as
 *          long as the message is looked at, not longer
 * message  set on MESSAGE; its payload is valid until the next call on this deframer, and as
 *          long as the piece
 * returns  see the enum; a failure is final: every later call says the same */
MUST_USE enum gr_deframed gr_deframer_next(struct gr_deframer *deframer, struct bytes *piece,
                                           struct gr_message *message);

/* Octets that the payload being gathered, or refused, has on the wire; 0 when that is not known. */
size_t gr_deframer_length(const struct gr_deframer *deframer);

/* Is it between two messages? At the end of the stream false means that a message was cut short. */
bool gr_deframer_at_boundary(const struct gr_deframer *deframer);

#endif
