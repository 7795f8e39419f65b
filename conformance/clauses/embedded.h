/* SPDX-License-Identifier: MIT
 *
 * The text of this folder's *.tsv files, one after the other, as the build put it into the program
 * (embed.cmake). */
#ifndef CLAUSES_EMBEDDED_H
#define CLAUSES_EMBEDDED_H

#include <stddef.h>

extern const unsigned char embedded_clauses[];
extern const size_t embedded_clauses_len;

#endif
