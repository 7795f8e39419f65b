/* SPDX-License-Identifier: MIT
 *
 * One message on a pipe: its length in four octets, big endian, then the message. Waits; no
 * partial reads are remembered. */
#ifndef TOOLS_ADAPTER_FRAME_H
#define TOOLS_ADAPTER_FRAME_H

#include "grpcref.h"

/* Longer ones are refused: the runner's own limit for what it reads is the same. */
#define FRAME_MAX (16 * 1024 * 1024)

/* message  given: frame_free
 * returns  1 with a message; 0 at the end of input between two messages; GR_IO (errno says more),
 *          GR_CLOSED for an end within a message, GR_TOO_LARGE, GR_INVALID for no such message (or no memory for it), GR_NOMEM */
MUST_USE int frame_read(int fd, const struct ProtobufCMessageDescriptor *descriptor,
                        void **message);

/* NULL: nothing. */
void frame_free(void *message);

/* returns 0, GR_IO, GR_NOMEM */
MUST_USE int frame_write(int fd, const void *message);

#endif
