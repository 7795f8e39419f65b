/* SPDX-License-Identifier: MIT
 *
 * Header blocks as octets: HPACK (RFC 7541), and which octets a field may consist of, both by nghttp2. No other file
 * of this library knows it. */
#ifndef H2_HPACK_H
#define H2_HPACK_H

#include "call/call.h"

struct h2_memory;
struct hpack;

/* Both directions of a connection. memory: borrowed until hpack_free. given: hpack_free. NULL when out of memory */
struct hpack *hpack_new(struct h2_memory *memory);
void hpack_free(struct hpack *hpack);

/* Append the block of those fields. returns false, and out.failed, when out of memory */
MUST_USE bool hpack_put(struct hpack *hpack, const struct field_list *list, struct buf *out);
/* The peer's SETTINGS_HEADER_TABLE_SIZE. returns false when out of memory */
MUST_USE bool hpack_set_peer_table(struct hpack *hpack, uint32_t size);

enum hpack_step {
    HPACK_FIELD,  /* one more: valid until the next step */
    HPACK_HUNGRY, /* all of `in` is eaten */
    HPACK_ENDED,  /* and the block has ended well */
    HPACK_BROKEN, /* no HPACK: the connection is beyond help (RFC 9113 section 4.3) */
};

/* Eat from *in, a fragment of a block; last: nothing of the block comes after it. */
enum hpack_step hpack_step(struct hpack *hpack, struct bytes *in, bool last, struct field *field);

/* RFC 9113 section 8.2.1: lower case, and no octet that HTTP forbids. Also for names that begin with a colon. */
bool hpack_is_name(struct bytes name);
bool hpack_is_value(struct bytes value);
/* The values of :method, :path and :authority (RFC 9110 section 9.1, RFC 3986). */
bool hpack_is_method(struct bytes value);
bool hpack_is_path(struct bytes value);
bool hpack_is_authority(struct bytes value);

/* "1.52.0". Static. */
const char *hpack_library_version(void);

#endif
