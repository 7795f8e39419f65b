/* SPDX-License-Identifier: MIT
 *
 * Compressed messages, sent and judged, for the cases about compression.md. No server must know an encoding: without
 * support for gzip, or in a test service that ignores response_compressed and expect_compressed, a case about them is
 * skipped and says so. */
#ifndef CASES_GRPC_COMPRESSED_H
#define CASES_GRPC_COMPRESSED_H

#include "cases/grpc/common.h"
#include "cases/zipped.h"

#define WITH_GZIP EDITS(ADD("grpc-encoding", "gzip"))

/* Skips unless the target takes a message in this encoding. A target that refuses does so with UNIMPLEMENTED. */
void needs_encoding(struct test *t, const char *encoding, enum format format);

/* What asks for a response of `size`. response_compressed, expect_compressed: -1 absent, 0, 1. */
struct testing_request asking(size_t size, int response_compressed, int expect_compressed);
/* The message, compressed, with flag 1. flags: FLAG_END_STREAM or 0. */
void send_compressed(struct call *call, struct bytes message, enum format format, uint8_t flags);
/* A StreamingInputCallRequest with a payload of `size`, in gzip. */
void send_compressed_input(struct call *call, size_t size, int expect_compressed, uint8_t flags);
/* A SimpleRequest in gzip, and END_STREAM. */
void send_compressed_request(struct call *call, struct testing_request request);

/* grpc-accept-encoding of the response lists it. */
bool response_accepts(const struct call *call, const char *encoding);
/* A message with flag 1 was announced: a grpc-encoding other than identity, one the client accepts, and its octets are
 * whole in that format. With flag 0 there is nothing to check. inflated: the message itself. */
void check_declared(struct call *call, struct message message, struct bytes accepted,
                    struct buf *inflated);
/* The next response, compressed or not, with a body of `size`. returns its flag */
uint8_t expect_declared_reply(struct call *call, struct bytes accepted, size_t size);

#endif
