/* SPDX-License-Identifier: MIT
 *
 * How the target must read the octets we sent: where frames end in them, whatever we said. It tells
 * whether a PING can be placed behind them without becoming part of the offence. */
#ifndef PEER_FRAMING_H
#define PEER_FRAMING_H

#include "wire/frame.h"

struct framing {
    size_t preface_left; /* octets of the connection preface still due; 24 at first for a client, 0
                            for a server */
    bool lost;           /* the preface was wrong: nothing behind it has a meaning */
    uint8_t header[FRAME_HEADER_LEN];
    size_t header_len;   /* collected of a header; 0 between frames */
    size_t payload_left; /* of the frame begun */
    bool block_open;     /* a header block awaits its CONTINUATION */
};

void framing_init(struct framing *framing, bool expects_preface);
void framing_feed(struct framing *framing, struct bytes octets);
/* What comes next is read as a frame header. */
bool framing_at_boundary(const struct framing *framing);
/* And any frame is legal there. */
bool framing_can_probe(const struct framing *framing);

#endif
