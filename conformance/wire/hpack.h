/* SPDX-License-Identifier: MIT
 *
 * Header lists and HPACK (RFC 7541): nghttp2's coder for what is legal, a writer by hand for what is not. */
#ifndef WIRE_HPACK_H
#define WIRE_HPACK_H

#include "base/buf.h"

struct field {
    struct bytes name;
    struct bytes value;
};
#define FIELD(n, v) ((struct field){BYTES(n), BYTES(v)})

/* Fields in order of arrival; owns their octets. All zeros is empty. */
struct header_list {
    struct field *fields; /* views into chunks of its own; stable until clear */
    size_t count;
    size_t size;                 /* sum of name + value + 32 (RFC 9113 6.5.2) */
    bool failed;                 /* out of memory */
    struct header_chunk *chunks; /* private */
    size_t cap;                  /* private */
};

void header_list_clear(struct header_list *list);
void header_list_add(struct header_list *list, struct bytes name, struct bytes value); /* copied */
/* Append copies of all of `from`'s fields. */
void header_list_copy(struct header_list *into, const struct header_list *from);
/* The first field of that name, or NULL. */
const struct field *header_list_find(const struct header_list *list, const char *name);
size_t header_list_count(const struct header_list *list, const char *name);
/* Its :status is 1xx: other headers follow (RFC 9113 section 8.1). */
bool header_list_is_interim(const struct header_list *list);

/* ---- decoding: one per direction of a connection --------------------------------------------- */

struct hpack_decoder;
struct hpack_decoder *hpack_decoder_new(uint32_t max_table_size); /* NULL: out of memory */
void hpack_decoder_free(struct hpack_decoder *decoder);
/* What we advertised as SETTINGS_HEADER_TABLE_SIZE; call when the peer has acknowledged it. */
void hpack_decoder_set_max_table_size(struct hpack_decoder *decoder, uint32_t size);

/* How many entries the dynamic table has, and their size (RFC 7541 4.1). */
size_t hpack_decoder_entries(const struct hpack_decoder *decoder);
size_t hpack_decoder_octets(const struct hpack_decoder *decoder);

struct hpack_result {
    bool ok;               /* false: COMPRESSION_ERROR; *list holds what came before it */
    const char *why;       /* one sentence when not ok; static */
    unsigned size_updates; /* dynamic table size updates at the start of the block */
    uint32_t smallest_update, last_update; /* valid when size_updates > 0 */
};
/* Decode one whole header block, appending to *list. A list that has passed MAX_DECODED_LIST keeps no more fields,
 * but the block is still decoded to its end: a small block may name a large field ten thousand times. */
#define MAX_DECODED_LIST ((size_t)4 << 20)
struct hpack_result hpack_decode(struct hpack_decoder *decoder, struct bytes block,
                                 struct header_list *list);

/* ---- encoding ---- */

struct hpack_encoder;
struct hpack_encoder *hpack_encoder_new(uint32_t max_table_size);
void hpack_encoder_free(struct hpack_encoder *encoder);
/* What the peer advertised; emits the size update it owes with the next block. */
void hpack_encoder_set_max_table_size(struct hpack_encoder *encoder, uint32_t size);
void hpack_encode(struct hpack_encoder *encoder, const struct field *fields, size_t count,
                  struct buf *block);

/* ---- by hand: appended to a block octet by octet, nothing checked ---------------------------- */

enum hpack_literal {
    LITERAL_INDEXED = 0x40,
    LITERAL_NOT_INDEXED = 0x00,
    LITERAL_NEVER_INDEXED = 0x10
};

/* An integer behind `prefix_bits` (1-8) bits of prefix, `pattern` in the bits above (RFC 7541 5.1). */
void hpack_put_int(struct buf *block, unsigned prefix_bits, uint8_t pattern, uint64_t value);
/* The same with `extra` needless 0x80 continuation octets. */
void hpack_put_long_int(struct buf *block, unsigned prefix_bits, uint8_t pattern, uint64_t value,
                        size_t extra);
void hpack_put_indexed(struct buf *block, uint64_t index);
void hpack_put_string(struct buf *block, struct bytes s); /* H = 0 */
void hpack_put_huffman(struct buf *block,
                       struct bytes huffman); /* H = 1; octets as given, valid or not */
void hpack_huffman_encode(struct buf *out, struct bytes s); /* correct Huffman, padded with ones */
void hpack_put_literal(struct buf *block, enum hpack_literal form, struct bytes name,
                       struct bytes value);
void hpack_put_literal_indexed_name(struct buf *block, enum hpack_literal form, uint64_t name_index,
                                    struct bytes value);
void hpack_put_size_update(struct buf *block, uint64_t size);
/* The block behind the dynamic table size updates that it begins with. */
struct bytes hpack_skip_size_updates(struct bytes block);

#endif
