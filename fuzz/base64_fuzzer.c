/* SPDX-License-Identifier: MIT
 *
 * Base64 of -bin values. Input: octets to encode, and the same as text to decode.
 * Oracles: octets survive the round trip, padded or not; text that is accepted has the length that
 * its octets encode to; text that is refused leaves the buffer as it was. */
#include "fuzz.h"

#include "codec/base64.h"

static void must_decode_to(struct bytes text, struct bytes octets)
{
    struct buf out = {0};
    must(gr_base64_decode(&out, text), "what was encoded is refused");
    must(bytes_equal(buf_view(&out), octets), "encoding and decoding is not the identity");
    buf_clear(&out);
}

static void check_round_trip(struct bytes octets)
{
    struct buf text = {0};
    gr_base64_put(&text, octets);
    must(text.len == gr_base64_encoded_len(octets.len),
         "the encoded length is not the one announced");
    must(bytes_find(buf_view(&text), '=') == text.len, "padding is sent");
    must_decode_to(buf_view(&text), octets);
    while (text.len % 4 != 0)
        buf_put_u8(&text, '=');
    must_decode_to(buf_view(&text), octets);
    buf_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    struct buf out = {0};

    check_round_trip(input);
    buf_put_str(&out, "before");
    bool accepted = gr_base64_decode(&out, input);
    struct bytes decoded = bytes_skip(buf_view(&out), 6);
    must(bytes_starts_with(buf_view(&out), BYTES("before")), "what the buffer held is gone");
    if (accepted) {
        reach("accepted");
        must(!planted(decoded.len == 4), "planted: four octets");
        size_t padding = size - bytes_find(input, '=');
        must(padding <= 2, "more than two '=' are accepted");
        must(gr_base64_encoded_len(decoded.len) == size - padding, "the decoded length is wrong");
        check_round_trip(decoded);
    }
    must(accepted || decoded.len == 0, "refused text leaves something in the buffer");
    buf_clear(&out);
    return 0;
}
