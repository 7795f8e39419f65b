/* SPDX-License-Identifier: MIT
 *
 * Forms of header blocks; see hpack_forms.h. */
#include "cases/hpack_forms.h"

static void put_string(struct buf *block, struct bytes s, bool huffman)
{
    struct buf coded = {0};

    if (!huffman) {
        hpack_put_string(block, s);
        return;
    }
    hpack_huffman_encode(&coded, s);
    hpack_put_huffman(block, buf_view(&coded));
    buf_clear(&coded);
}

void put_in_form(struct buf *block, const struct literal_form *form, unsigned name_index,
                 struct bytes name, struct bytes value)
{
    unsigned prefix = form->form == LITERAL_INDEXED ? 6 : 4;

    hpack_put_int(block, prefix, (uint8_t)form->form, form->indexed_name ? name_index : 0);
    if (!form->indexed_name)
        put_string(block, name, form->huffman);
    put_string(block, value, form->huffman);
}

void put_size_updates(struct buf *block, const struct size_updates *updates, uint32_t limit)
{
    for (size_t i = 0; i < updates->count; i++)
        hpack_put_size_update(block, updates->sizes[i] < limit ? updates->sizes[i] : limit);
}
