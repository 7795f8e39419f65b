/* SPDX-License-Identifier: MIT
 *
 * Globs over ids, and the nearest name to one that does not exist. */
#ifndef RUN_TEXT_MATCH_H
#define RUN_TEXT_MATCH_H

#include "base/bytes.h"

/* `*` any octets, `/` included; `?` one; `[abc]` one of these. */
bool glob_matches(const char *glob, const char *text);
/* The same for a text that ends before its NUL; texts beyond 255 octets match nothing. */
bool glob_matches_bytes(const char *glob, struct bytes text);

/* Looks for the candidate nearest to `word`; start with all zeros and offer each. */
struct nearest {
    const char *name; /* the best so far that is near enough to be meant; NULL: none */
    size_t distance;
};
void nearest_offer(struct nearest *nearest, const char *word, const char *candidate);

#endif
