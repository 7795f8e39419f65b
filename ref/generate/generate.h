/* SPDX-License-Identifier: MIT
 *
 * The plugin as a function: from what protoc says to what it is answered. */
#ifndef GENERATE_GENERATE_H
#define GENERATE_GENERATE_H

#include "generate/pool.h"

/* in: a serialized CodeGeneratorRequest. out: the CodeGeneratorResponse is appended; it holds the files, or an
 * error when the files cannot be said in C.
 * returns false when `in` is no request */
MUST_USE bool generate(struct bytes in, struct buf *out);

#endif
