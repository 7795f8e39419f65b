/* SPDX-License-Identifier: MIT
 *
 * Message compression: identity, gzip and deflate, which here is the zlib format, RFC 1950
 * (GRPC-COMP-023); zstd and snappy where their libraries are; what an application registers; and the
 * names of them in grpc-encoding and grpc-accept-encoding. Who may use which is decided elsewhere. */
#ifndef CODEC_COMPRESS_H
#define CODEC_COMPRESS_H

#include "base/buf.h"
#include "grpcref.h"

/* What we can decode, as the value of grpc-accept-encoding. Static. */
const char *gr_accept_encoding(void);

/* The libraries' states, kept from message to message so that only the first one allocates. Every
 * message is still compressed alone, so one of these serves all calls of a thread. All zeros is
 * empty. */
struct gr_codec_state {
    struct z_stream_s *deflater;      /* NULL until the first gr_compress */
    struct z_stream_s *inflater;      /* NULL until the first gr_decompress */
    enum gr_compression deflater_for; /* what deflater was made for */
    void *zstd_compressor;            /* as the two above */
    void *zstd_decompressor;
};

/* Free what is held; the state is empty and ready for use again. */
void gr_codec_clear(struct gr_codec_state *state);

/* "identity", "gzip", "deflate" ... of one that is available. Static. */
const char *gr_compression_name(enum gr_compression compression);

/* The compression of a grpc-encoding value; false when we do not know it. Exact: no blanks, lower
 * case. */
MUST_USE bool gr_compression_of_name(struct bytes name, enum gr_compression *compression);

/* A grpc-accept-encoding value as a set: bit 1u << GR_GZIP and so on. Blanks around commas,
 * empty and unknown tokens are read over (GRPC-COMP-022); of repeated fields, or the sets.
 * Identity is always in it. */
unsigned gr_accept_encoding_parse(struct bytes list);

/* Append `in` compressed. GR_IDENTITY appends it as it is.
 * returns 0; GR_NOMEM; GR_TOO_LARGE when in is beyond 2^31-1 octets, more than a protobuf
 *         message may have. On failure out is as it was, but may be failed */
MUST_USE int gr_compress(struct gr_codec_state *state, enum gr_compression compression,
                         struct bytes in, struct buf *out);

/* Append `in` decompressed, reading at most max + 1 octets of it: a bomb costs what its limit
 * allows (SEC-023).
 *
 * in   borrowed; one whole message. gzip of several members is their concatenation (RFC 1952
 *      section 2.2)
 * max  octets the result may have; SIZE_MAX: any number
 * returns 0; GR_NOMEM; GR_TOO_LARGE when the result is larger than max; GR_INVALID when in is
 *         corrupt, cut short, empty or followed by something else (GRPC-COMP-016). On failure
 *         out is as it was, but may be failed */
MUST_USE int gr_decompress(struct gr_codec_state *state, enum gr_compression compression,
                           struct bytes in, size_t max, struct buf *out);

#endif
