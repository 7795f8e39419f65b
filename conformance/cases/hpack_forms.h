/* SPDX-License-Identifier: MIT
 *
 * The forms that a header block may take (RFC 7541 section 6), as rows of a table, for the cases about servers and about
 * clients: literals of every kind, and dynamic table size updates. What a whole block holds is for the case. */
#ifndef CASES_HPACK_FORMS_H
#define CASES_HPACK_FORMS_H

#include "wire/hpack.h"

struct literal_form {
    enum hpack_literal form;
    bool indexed_name, huffman;
    size_t length; /* of the value, where the case chooses it; 0: a short one */
};
#define FORM(...) (&(const struct literal_form){__VA_ARGS__})

/* Append the field by its parts. name_index: of `name` in the tables, for a form that wants an index. */
void put_in_form(struct buf *block, const struct literal_form *form, unsigned name_index,
                 struct bytes name, struct bytes value);

struct size_updates {
    uint32_t sizes[2];
    size_t count;
};
#define UPDATES(...)                                                                               \
    (&(const struct size_updates){{__VA_ARGS__},                                                   \
                                  sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)})

/* Append them, each cut to `limit`. */
void put_size_updates(struct buf *block, const struct size_updates *updates, uint32_t limit);

#endif
