/* SPDX-License-Identifier: MIT
 *
 * Header coding across many blocks, with the table resized between them: conformance/wire/hpack.h's encoder and decoder
 * as the two ends of one direction. Input: a program. An octet below 64: the receiver allows another table size, both
 * ends learn it; else a block of 1 to 4 fields, each an octet (which name) and a value: an octet of length (modulo 64),
 * and the value. Oracles: O6 every list arrives as it was sent, for ever, whatever was sent before; a table that
 * shrank is announced in the next block, and no announcement is above what was allowed. */
#include "fuzz.h"

#include "wire/hpack.h"

#define MOST_BLOCKS 64

struct ends {
    struct hpack_encoder *encoder;
    struct hpack_decoder *decoder;
    uint32_t allowed;  /* table size now */
    uint32_t smallest; /* since the last block */
    uint32_t coded;    /* what the encoder uses: announced or the default */
};

static const char *const names[] = {":status",      ":path", "content-type",
                                    "te",           "x-bin", "grpc-status",
                                    "grpc-message", "a",     "authorization"};

static void resize(struct ends *ends, uint8_t how)
{
    ends->allowed = how < 8 ? how * 16u : how < 32 ? how * 128u : 4096u << (how % 4);
    ends->smallest = ends->allowed < ends->smallest ? ends->allowed : ends->smallest;
    hpack_decoder_set_max_table_size(ends->decoder, ends->allowed);
    hpack_encoder_set_max_table_size(ends->encoder, ends->allowed);
    reach("resized");
}

static void check_updates(struct ends *ends, const struct hpack_result *result)
{
    if (result->size_updates > 0) {
        must(result->last_update <= ends->allowed,
             "a table size is announced that was not allowed");
        reach("size update");
    }
    if (ends->smallest < ends->coded)
        must(result->size_updates > 0 && result->smallest_update <= ends->smallest,
             "a smaller table is not announced");
    ends->coded = result->size_updates > 0 ? result->last_update : ends->coded;
    ends->smallest = ends->allowed;
}

static void send_block(struct ends *ends, struct bytes *input, size_t count)
{
    struct field fields[4];
    struct buf block = {0};
    struct header_list list = {0};
    for (size_t i = 0; i < count; i++) {
        fields[i].name = bytes_str(names[take_octet(input) % ARRAY_LEN(names)]);
        size_t len = take_octet(input) % 64;
        fields[i].value = bytes_first(*input, len);
        *input = bytes_skip(*input, len);
    }
    hpack_encode(ends->encoder, fields, count, &block);
    struct hpack_result result = hpack_decode(ends->decoder, buf_view(&block), &list);
    must(result.ok, "O6: what was encoded is refused");
    must(list.count == count, "O6: a list arrives with another number of fields");
    for (size_t i = 0; i < count; i++) {
        bool same = bytes_equal(list.fields[i].name, fields[i].name) &&
                    bytes_equal(list.fields[i].value, fields[i].value);
        must(same && !planted(ends->allowed < 4096 && fields[i].value.len > 3),
             "O6: a field arrives as another");
    }
    check_updates(ends, &result);
    header_list_clear(&list);
    buf_clear(&block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    struct ends ends = {
        .encoder = hpack_encoder_new(4096), .decoder = hpack_decoder_new(4096), .allowed = 4096};
    ends.smallest = ends.coded = 4096;
    must(ends.encoder && ends.decoder, "there is memory");
    for (size_t blocks = 0; blocks < MOST_BLOCKS && input.len > 0; blocks++) {
        uint8_t op = take_octet(&input);
        if (op < 64)
            resize(&ends, op);
        else
            send_block(&ends, &input, 1 + op % 4u);
    }
    hpack_encoder_free(ends.encoder);
    hpack_decoder_free(ends.decoder);
    return 0;
}
