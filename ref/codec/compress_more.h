/* SPDX-License-Identifier: MIT
 *
 * The compressions that a build may lack: each is a file of its own, there only where its library is
 * (GRPCREF_ZSTD, GRPCREF_SNAPPY). For compress.c alone; the errors are those of compress.h. */
#ifndef CODEC_COMPRESS_MORE_H
#define CODEC_COMPRESS_MORE_H

#include "base/buf.h"
#include "grpcref.h"

/* RFC 8878; a window of 8 MiB at most, as RFC 9659 has it: memory is not the peer's to choose. *context: of the
 * library, made at need; NULL at first. */
MUST_USE int gr_zstd_compress(void **context, struct bytes in, struct buf *out);
MUST_USE int gr_zstd_decompress(void **context, struct bytes in, size_t max, struct buf *out);
void gr_zstd_free(void *compressor, void *decompressor);

/* Snappy's framing format: chunks of at most 65536 octets, each with its checksum (framing_format.txt of
 * google/snappy), which is what gRPC's implementations write that have it. */
MUST_USE int gr_snappy_compress(struct bytes in, struct buf *out);
MUST_USE int gr_snappy_decompress(struct bytes in, size_t max, struct buf *out);

#endif
