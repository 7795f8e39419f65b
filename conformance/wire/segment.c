/* SPDX-License-Identifier: MIT
 *
 * Cutting a flush into writes; see segment.h. */
#include "wire/segment.h"

#include "base/attr.h"

#define FINE_OCTETS  4096 /* of a flush are cut small; a megabyte in single octets helps nobody */
#define COARSE_PIECE 1024
#define RANDOM_PIECE 64

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t segment_next(enum segmentation segmentation, size_t done, size_t left, size_t frame_left,
                    uint64_t random)
{
    bool fine = done < FINE_OCTETS;
    switch (segmentation) {
    case SEGMENT_WHOLE:
        return left;
    case SEGMENT_FRAME:
        return frame_left;
    case SEGMENT_BYTE:
        return fine ? 1 : least(left, COARSE_PIECE);
    case SEGMENT_RANDOM:
        return least(left, 1 + (size_t)(random % (fine ? RANDOM_PIECE : 16 * COARSE_PIECE)));
    }
    return left;
}

bool segmentation_parse(const char *word, enum segmentation *segmentation)
{
    static const char *const words[] = {
        [SEGMENT_WHOLE] = "whole",
        [SEGMENT_FRAME] = "frame",
        [SEGMENT_BYTE] = "byte",
        [SEGMENT_RANDOM] = "random",
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(word, words[i]) != 0)
            continue;
        *segmentation = (enum segmentation)i;
        return true;
    }
    return false;
}
