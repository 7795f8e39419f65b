/* SPDX-License-Identifier: MIT
 *
 * A codec: messages as lines of text, "name: value" for each field that is not at its default. It knows every message
 * type whose fields are string, int32 or bool, by protobuf-c's description of it; others cannot be encoded. */
#ifndef TEXT_H
#define TEXT_H

#include <grpcref/grpcref.h>

extern const struct gr_codec text_codec; /* application/grpc+text */

#endif
