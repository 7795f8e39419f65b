/* SPDX-License-Identifier: MIT
 *
 * Where something is in its .proto, and what the .proto says about it: source_code_info, which protoc gives a
 * plugin. */
#ifndef GENERATE_SOURCE_INFO_H
#define GENERATE_SOURCE_INFO_H

#include "generate/pool.h"
#include "generate/proto.h"

/* The location of path (descriptor.proto, SourceCodeInfo.Location); NULL when there is none. Borrowed from file. */
const Location *source_location(const FileProto *file, const int32_t *path, size_t len);

/* The comment before it and the one behind it, lines ended by '\n', without what would end a comment in C, be
 * taken for the beginning of one, or turn the direction of text. "" when there is none. */
const char *source_comment(struct pool *pool, const Location *location);

/* Text without what has a meaning in a comment in C. */
const char *comment_safe(struct pool *pool, const char *text);

#endif
