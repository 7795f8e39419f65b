/* SPDX-License-Identifier: MIT
 *
 * Globs and nearest names; see text_match.h. */
#include "run/text_match.h"

#include <fnmatch.h>

#define WORD_MAX 64

bool glob_matches(const char *glob, const char *text)
{
    return fnmatch(glob, text, FNM_NOESCAPE) == 0;
}

bool glob_matches_bytes(const char *glob, struct bytes text)
{
    char copy[256];
    if (text.len >= sizeof(copy))
        return false;
    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return glob_matches(glob, copy);
}

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Edits (insert, remove, change an octet) from a to b, both at most WORD_MAX. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1];
    size_t b_len = strlen(b);
    for (size_t k = 0; k <= b_len; k++)
        row[k] = k;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t k = 0; k < b_len; k++) {
            size_t above = row[k + 1];
            row[k + 1] = smallest(above + 1, row[k] + 1, diagonal + (a[i] != b[k]));
            diagonal = above;
        }
    }
    return row[b_len];
}

void nearest_offer(struct nearest *nearest, const char *word, const char *candidate)
{
    size_t len = strlen(word);
    if (len > WORD_MAX || strlen(candidate) > WORD_MAX)
        return;
    size_t distance = edit_distance(word, candidate);
    bool near_enough = distance <= 1 + len / 4;
    if (near_enough && (!nearest->name || distance < nearest->distance)) {
        nearest->name = candidate;
        nearest->distance = distance;
    }
}
