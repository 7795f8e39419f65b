/* SPDX-License-Identifier: MIT
 *
 * Message compression: identity, gzip, deflate, and zstd and snappy where they are there. Input: one octet, the
 * encoding; one, the limit in units of 64; then octets, which are compressed, and which are decompressed as they
 * are. Oracles: what is compressed comes back; the result is never beyond the limit and memory stays near it; a
 * state used before gives what a fresh one gives; the limit is exact; a list of encodings is any octets. */
#include "fuzz.h"

#include "codec/compress.h"

static struct gr_codec_state
    used; /* across inputs, on purpose: messages must not affect one another */

static void check_round_trip(enum gr_compression how, struct bytes in)
{
    struct buf packed = {0};
    struct buf back = {0};
    must(gr_compress(&used, how, in, &packed) == 0, "a message cannot be compressed");
    must(gr_decompress(&used, how, buf_view(&packed), in.len, &back) == 0,
         "what was compressed is refused");
    must(bytes_equal(buf_view(&back), in), "compressing and decompressing is not the identity");
    buf_clear(&packed);
    buf_clear(&back);
}

static int decompress(struct gr_codec_state *state, enum gr_compression how, struct bytes in,
                      size_t limit, struct buf *out)
{
    int error = gr_decompress(state, how, in, limit, out);
    must(out->len <= limit, "the result is beyond the limit");
    if (error == 0)
        reach(gr_compression_name(how));
    must(!planted(error == 0 && how == GR_DEFLATE), "planted: a zlib stream");
    must(error == 0 || out->len == 0, "a failure leaves something in the buffer");
    must(out->cap <= 2 * limit + 4096, "much more memory than the limit allows was taken");
    return error;
}

static void check_decompress(enum gr_compression how, struct bytes in, size_t limit)
{
    struct gr_codec_state fresh = {0};
    struct buf a = {0};
    struct buf b = {0};
    int error = decompress(&used, how, in, limit, &a);
    must(decompress(&fresh, how, in, limit, &b) == error, "a used state says something else");
    must(bytes_equal(buf_view(&a), buf_view(&b)), "a used state gives something else");
    if (!error && a.len > 0) {
        buf_clear(&b);
        must(decompress(&used, how, in, a.len - 1, &b) == GR_TOO_LARGE, "the limit is not exact");
    }
    buf_clear(&a);
    buf_clear(&b);
    gr_codec_clear(&fresh);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    enum gr_compression how = (enum gr_compression)(take_octet(&input) % GR_COMPRESSION_OWN);
    size_t limit = (size_t)take_octet(&input) * 64;

    if (!gr_compression_available(how))
        return 0;
    check_round_trip(how, input);
    check_decompress(how, input, limit);
    must(gr_accept_encoding_parse(input) & 1u << GR_IDENTITY, "identity is not acceptable");
    return 0;
}
