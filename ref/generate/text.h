/* SPDX-License-Identifier: MIT
 *
 * How C is laid out: argument lists that keep to 100 columns, comments, tables of octets. */
#ifndef GENERATE_TEXT_H
#define GENERATE_TEXT_H

#include "generate/pool.h"

/* head(args...)tail, and a new line. Arguments that do not fit go on under the first one. */
void put_call(struct buf *out, const char *head, const char *const *args, size_t n,
              const char *tail);

/* A comment of what source_comment gave, each line indented by `indent`; nothing for "". `last` is a line added at
 * the end, NULL for none. */
void put_comment(struct buf *out, const char *indent, const char *lines, const char *last);

/* A comment that divides a file: the name between dashes, 100 columns in all. */
void put_divider(struct buf *out, const char *name);

/* Octets as the initialiser of an array, without its braces. */
void put_octets(struct buf *out, struct bytes octets);

#endif
