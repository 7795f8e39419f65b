/* SPDX-License-Identifier: MIT
 *
 * protobuf messages by their descriptor: the one place of the library that knows protobuf-c.
 * Messages are void * here and everywhere above, as in grpcref.h. */
#ifndef CODEC_PB_H
#define CODEC_PB_H

#include "base/buf.h"
#include "codec/arena.h"
#include "grpcref.h"

/* Messages nested deeper than this are refused: protobuf-c decodes recursively, and the peer
 * chooses the depth. */
#define GR_PB_MAX_DEPTH 100

/* Append `message` encoded.
 *
 * message  a ProtobufCMessage; borrowed
 * returns  0; GR_NOMEM; GR_ENCODE when it is not initialised, a required field or an element of
 *         a repeated field is NULL, or it takes more than 2^31-1 octets. On failure out is as it
 *         was, but may be failed */
MUST_USE int gr_pb_pack(const void *message, struct buf *out);

/* The same in two steps, for who wants to know how much room it takes: gr_pb_put appends what takes `len` octets, as
 * gr_pb_size has said. They return as gr_pb_pack; a message of another type than `type` is GR_ENCODE, too. */
MUST_USE int gr_pb_size(const struct ProtobufCMessageDescriptor *type, const void *message,
                        size_t *len);
MUST_USE int gr_pb_put(const void *message, size_t len, struct buf *out);

/* Decode `in` as a message of type `descriptor`.
 *
 * arena    holds the message and all that it points to, copied from `in`; NULL: the heap,
 *          gr_pb_free frees it. After a failure the arena holds some waste until it is reset
 * message  the message; NULL on failure
 * returns  0; GR_NOMEM; GR_INVALID when `in` is no such message, or nested deeper than
 *         GR_PB_MAX_DEPTH */
MUST_USE int gr_pb_unpack(const struct ProtobufCMessageDescriptor *descriptor, struct bytes in,
                          struct gr_arena *arena, void **message);

/* A message with every field at its default, in the arena (NULL: the heap). NULL when out of
 * memory. */
void *gr_pb_new(const struct ProtobufCMessageDescriptor *descriptor, struct gr_arena *arena);

/* Free a message of gr_pb_unpack or gr_pb_new made without an arena, with all that it points to.
 * NULL: nothing. Only for what is all on the heap: a reply filled from gr_call_alloc belongs to
 * its arena. */
void gr_pb_free(void *message);

/* The full name, "grpc.testing.SimpleRequest". Static as the descriptor. */
const char *gr_pb_type_name(const struct ProtobufCMessageDescriptor *descriptor);

#endif
