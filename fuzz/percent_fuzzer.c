/* SPDX-License-Identifier: MIT
 *
 * The percent-encoding of grpc-message. Input: the text.
 * Oracles: what is encoded decodes to itself and is printable; decoding gives an octet for each
 * escape and for each octet outside of one, and leaves text without '%' alone. */
#include "fuzz.h"

#include <ctype.h>

#include "codec/percent.h"

static void check_encoded(struct bytes encoded)
{
    for (size_t i = 0; i < encoded.len; i++)
        must(encoded.data[i] >= 0x20 && encoded.data[i] <= 0x7e,
             "an encoded message is not printable");
}

static void check_round_trip(struct bytes text)
{
    struct buf encoded = {0};
    struct buf decoded = {0};
    gr_percent_encode(&encoded, text);
    gr_percent_decode(&decoded, buf_view(&encoded));
    check_encoded(buf_view(&encoded));
    must(encoded.len <= 3 * text.len, "encoding more than triples the length");
    must(bytes_equal(buf_view(&decoded), text), "encoding and decoding is not the identity");
    buf_clear(&encoded);
    buf_clear(&decoded);
}

/* How many octets `text` stands for: an escape is one, everything else itself. */
static size_t meant_len(struct bytes text)
{
    size_t count = 0;
    for (; text.len > 0; count++) {
        bool escape = text.len >= 3 && text.data[0] == '%' && isxdigit(text.data[1]) &&
                      isxdigit(text.data[2]);
        text = bytes_skip(text, escape ? 3 : 1);
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reach(bytes_find(bytes_of(data, size), '%') < size ? "percent sign" : "plain");
    must(!planted(size == 3 && data[0] == '%'), "planted: one escape");
    struct bytes text = bytes_of(data, size);
    struct buf decoded = {0};

    check_round_trip(text);
    gr_percent_decode(&decoded, text);
    must(decoded.len == meant_len(text), "decoding loses octets, or makes them up");
    if (bytes_find(text, '%') == size)
        must(bytes_equal(buf_view(&decoded), text), "decoding changes what has no escape");
    check_round_trip(buf_view(&decoded));
    buf_clear(&decoded);
    return 0;
}
