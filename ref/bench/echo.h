/* SPDX-License-Identifier: MIT
 *
 * What UnaryCall of the official test service does, for the anchors that use protobuf-c. */
#ifndef BENCH_ECHO_H
#define BENCH_ECHO_H

#include "base/buf.h"

/* Unpack a SimpleRequest, make the reply, append it packed, both with their prefix. returns false for what is no such
 * request, or wants more than 64 KiB */
bool echo(struct bytes request, struct buf *reply);

#endif
