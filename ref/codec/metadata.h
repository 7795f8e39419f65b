/* SPDX-License-Identifier: MIT
 *
 * Metadata between the wire and grpcref.h: which fields are the application's, and how their
 * values are written. The list itself (gr_metadata_new, _add, _at ...) is declared in grpcref.h
 * and implemented here; what the protocol's own fields mean is not known here. gr_metadata_add
 * strips blanks around an ASCII value too: HTTP/2 calls a field that has them malformed (RFC
 * 9113 section 8.2.1). (PROTOCOL-HTTP2, Custom-Metadata) */
#ifndef CODEC_METADATA_H
#define CODEC_METADATA_H

#include "codec/arena.h"
#include "grpcref.h"

/* What became of a received field. DROPPED is legal HTTP that is no gRPC metadata: a name outside
 * [0-9a-z_.-], or an ASCII value with an octet outside 0x20-0x7e, which must not be an error
 * (GRPC-MD-010, GRPC-MD-011). */
enum gr_field {
    GR_FIELD_ADDED,      /* it is in the list now; a -bin field with commas as several entries */
    GR_FIELD_OURS,       /* the protocol's own (gr_is_protocol_field): nothing added */
    GR_FIELD_DROPPED,    /* nothing added, nobody harmed */
    GR_FIELD_BAD_BASE64, /* fails the call, never the connection (GRPC-MD-013): nothing added */
    GR_FIELD_NOMEM,      /* nothing added */
};

/* Is `name` a field of HTTP/2 or gRPC itself: a pseudo-header, anything in "grpc-", te,
 * content-type, user-agent, connection and its kin? Those never surface as metadata and are
 * never sent as such (GRPC-MD-016, GRPC-REQ-HDR-019). name in lower case. */
bool gr_is_protocol_field(struct bytes name);

/* Does `name` end in "-bin"? */
bool gr_is_binary_field(struct bytes name);

/* Add a field as received.
 *
 * list   *list may be NULL: it is made with the first field that is not OURS or DROPPED, so a
 *        call without metadata costs nothing. The caller frees it with gr_metadata_free
 * name   as in the header block, lower case (HTTP/2 has no other); copied
 * value  as in the header block; copied. Leading and trailing blanks of an ASCII value are
 *        stripped. A -bin value is split at commas, each part stripped and decoded from base64
 *        (GRPC-MD-005); an empty value is an empty entry (GRPC-MD-014) */
MUST_USE enum gr_field gr_metadata_add_received(struct gr_metadata **list, struct bytes name,
                                                struct bytes value);

/* Another list of the same. given: gr_metadata_free. NULL when out of memory */
struct gr_metadata *gr_metadata_copy(const struct gr_metadata *from);

/* The value as the wire has it: for a -bin key base64, in the arena; otherwise entry.value
 * itself.
 * returns false when out of memory */
MUST_USE bool gr_metadata_wire_value(struct gr_metadata_entry entry, struct gr_arena *arena,
                                     struct bytes *value);

/* What the list weighs in a header block: name, value as the wire has it, and 32, for each entry
 * (RFC 9113 section 6.5.2; GRPC-MD-017). NULL weighs 0. */
size_t gr_metadata_wire_size(const struct gr_metadata *metadata);

#endif
