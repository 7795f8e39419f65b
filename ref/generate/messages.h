/* SPDX-License-Identifier: MIT
 *
 * What protoc-c should see of a .proto: only its messages. protoc-c also writes a service layer of its own, which
 * nobody needs here and which does not compile when a method has the name of a C keyword (Register); and protoc-c
 * before 1.5 refuses proto3 `optional`. So protoc-gen-grpcref --messages turns a FileDescriptorSet into one
 * without services, in which such a field is the only member of a oneof: the same on the wire. */
#ifndef GENERATE_MESSAGES_H
#define GENERATE_MESSAGES_H

#include "generate/pool.h"

/* in: a serialized FileDescriptorSet, as protoc --descriptor_set_out writes it. out: appended.
 * returns false when `in` is none */
MUST_USE bool messages_only(struct bytes in, struct buf *out);

#endif
