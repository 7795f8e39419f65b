/* SPDX-License-Identifier: MIT
 *
 * The words read so far, in the order in which they were first seen. It knows nothing of calls. */
#ifndef WORDS_BOOK_H
#define WORDS_BOOK_H

#include <grpcref/grpcref.h>

struct word {
    char text[32];
    int64_t count;
};

/* All zeros is empty. */
struct book {
    struct word words[4096];
    size_t count;
};

/* NULL when the word has never been read. */
struct word *book_find(struct book *book, const char *text);

/* Count the words of a line; one that is too long, or one too many, is not remembered.
 * returns how many words the line has */
int64_t book_read(struct book *book, const char *line);

#endif
