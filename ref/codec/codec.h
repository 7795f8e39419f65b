/* SPDX-License-Identifier: MIT
 *
 * How messages become octets: protobuf unless something else was asked for; octets as they are for a method without
 * message types; or a codec that was registered. grpcref.h says what a codec is. */
#ifndef CODEC_CODEC_H
#define CODEC_CODEC_H

#include "base/buf.h"
#include "codec/arena.h"
#include "grpcref.h"

/* Append `message`. codec: NULL: protobuf. type: NULL: message is a struct bytes.
 * returns as gr_pb_pack */
MUST_USE int gr_encode(const struct gr_codec *codec, const struct ProtobufCMessageDescriptor *type,
                       const void *message, struct buf *out);

/* The same in two steps. *len: the octets that it takes; 0 when that is known only after gr_encode_sized, which is
 * to be told it. */
MUST_USE int gr_encoded_size(const struct gr_codec *codec,
                             const struct ProtobufCMessageDescriptor *type, const void *message,
                             size_t *len);
MUST_USE int gr_encode_sized(const struct gr_codec *codec,
                             const struct ProtobufCMessageDescriptor *type, const void *message,
                             size_t len, struct buf *out);

/* The reverse; all that *message points to is in the arena. returns as gr_pb_unpack */
MUST_USE int gr_decode(const struct gr_codec *codec, const struct ProtobufCMessageDescriptor *type,
                       struct bytes in, struct gr_arena *arena, void **message);

/* A message to be filled in: gr_pb_new, or a struct bytes of none. NULL when out of memory. */
void *gr_message_new(const struct ProtobufCMessageDescriptor *type, struct gr_arena *arena);

/* The codec of a content-type, "application/grpc+NAME"; NULL for protobuf, and for names that nobody has registered. */
const struct gr_codec *gr_codec_of_content_type(struct bytes content_type);

/* Is NAME there, and neither "proto" nor registered? */
bool gr_codec_is_unknown(struct bytes content_type);

#endif
