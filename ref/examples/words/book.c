/* SPDX-License-Identifier: MIT
 *
 * A linear search is good enough for an example. */
#include "book.h"

#define SPACE " \t\r\n.,;:!?\"()"

static struct word *find(struct book *book, struct bytes text)
{
    for (size_t i = 0; i < book->count; i++)
        if (bytes_equal_str(text, book->words[i].text))
            return &book->words[i];
    return NULL;
}

struct word *book_find(struct book *book, const char *text)
{
    return find(book, bytes_str(text));
}

static void count(struct book *book, struct bytes text)
{
    struct word *word = find(book, text);

    if (word == NULL && text.len < sizeof(word->text) && book->count < ARRAY_LEN(book->words)) {
        word = &book->words[book->count++];
        memcpy(word->text, text.data, text.len);
    }
    if (word != NULL)
        word->count++;
}

int64_t book_read(struct book *book, const char *line)
{
    int64_t n = 0;

    for (line += strspn(line, SPACE); *line != '\0'; line += strspn(line, SPACE)) {
        size_t len = strcspn(line, SPACE);
        count(book, bytes_of(line, len));
        line += len;
        n++;
    }
    return n;
}
