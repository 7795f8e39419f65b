/* SPDX-License-Identifier: MIT
 *
 * grpc-timeout. Input: the text; its first eight octets also as a span to write.
 * Oracles: accepted exactly when the grammar, read here a second time, says so; what is written
 * reads back as no less than was asked and no more than one unit above. */
#include "fuzz.h"

#include "codec/timeout.h"

static bool in_grammar(struct bytes text)
{
    size_t digits = 0;
    while (digits < text.len && strchr("0123456789", text.data[digits]) && text.data[digits])
        digits++;
    return digits >= 1 && digits <= 8 && text.len == digits + 1 && text.data[digits] &&
           strchr("HMSmun", text.data[digits]);
}

static void check_format(int64_t ns)
{
    char text[GR_TIMEOUT_TEXT];
    int64_t back = 0;
    gr_timeout_format(ns, text);
    must(in_grammar(bytes_str(text)), "a timeout written is outside the grammar");
    must(gr_timeout_parse(bytes_str(text), &back), "a timeout written cannot be read");
    must(back >= ns, "a timeout written is shorter than asked");
    must(back - ns <= ns / 1000, "a timeout written is longer than rounding explains");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = bytes_of(data, size);
    int64_t ns = -1;
    bool accepted = gr_timeout_parse(text, &ns);
    if (planted(accepted && text.data[text.len - 1] == 'M'))
        ns = -2;
    if (accepted)
        reach("accepted");
    must(accepted == in_grammar(text), "the parser and the grammar disagree");
    must(accepted ? ns >= 0 : ns == -1, "the span is negative, or set although malformed");
    if (accepted && ns > 0)
        check_format(ns);

    uint8_t octets[8] = {0};
    if (size)
        memcpy(octets, data, size < 8 ? size : 8);
    uint64_t span = (uint64_t)load_u32(octets) << 32 | load_u32(octets + 4);
    int64_t positive = (int64_t)(span >> 1 >> (octets[7] & 63)); /* of every magnitude */
    check_format(positive ? positive : 1);
    return 0;
}
