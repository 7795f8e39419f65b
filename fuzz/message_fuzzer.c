/* SPDX-License-Identifier: MIT
 *
 * The deframer. Input: one octet, the limit; one octet, how many cuts; the cuts, an octet each,
 * used round and round; then the stream. Oracles: any segmentation gives the same messages and the
 * same end; no payload is beyond the limit; the messages, framed again, are the stream up to where
 * it stopped. */
#include "fuzz.h"

#include "codec/message.h"

struct outcome {
    struct buf messages; /* framed again */
    enum gr_deframed end;
    bool at_boundary;
};

static void record(struct outcome *outcome, const struct gr_message *message, size_t limit)
{
    uint8_t prefix[GR_PREFIX_LEN];
    must(message->payload.len <= limit, "a payload is beyond the limit");
    reach(message->compressed ? "compressed message" : "message");
    gr_prefix_write(prefix, message->compressed, (uint32_t)message->payload.len);
    buf_put(&outcome->messages, bytes_of(prefix, sizeof prefix));
    buf_put(&outcome->messages, message->payload);
}

/* Feed one piece from memory of its own, which is gone afterwards. */
static void feed(struct gr_deframer *deframer, struct bytes piece, struct outcome *outcome)
{
    struct buf copy = {0};
    struct gr_message message;
    buf_put(&copy, piece);
    struct bytes left = buf_view(&copy);
    while ((outcome->end = gr_deframer_next(deframer, &left, &message)) == GR_DEFRAMED_MESSAGE)
        record(outcome, &message, deframer->max_message);
    must(left.len == 0, "a piece is not taken whole");
    must(deframer->held.len <= deframer->max_message, "more than one message is held");
    buf_clear(&copy);
}

/* No cuts: the stream in one piece. */
static struct outcome play(struct bytes stream, struct bytes cuts, size_t limit)
{
    struct gr_deframer deframer;
    struct outcome outcome = {.end = GR_DEFRAMED_NONE};
    gr_deframer_init(&deframer, limit);
    for (size_t i = 0; stream.len > 0; i++) {
        /* One more after each whole round: cuts that are all 0 make progress too. */
        size_t step = cuts.len ? cuts.data[i % cuts.len] + i / cuts.len : stream.len;
        feed(&deframer, bytes_first(stream, step), &outcome);
        stream = bytes_skip(stream, step);
    }
    if (planted(outcome.messages.len >= 6 && cuts.len))
        outcome.messages.len--;
    outcome.at_boundary = gr_deframer_at_boundary(&deframer);
    gr_deframer_clear(&deframer);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    size_t limit = take_octet(&input);
    size_t cut_count = take_octet(&input);
    struct bytes cuts = bytes_first(input, cut_count);
    struct bytes stream = bytes_skip(input, cut_count);

    struct outcome whole = play(stream, NO_BYTES, limit);
    struct outcome cut = play(stream, cuts, limit);
    must(bytes_equal(buf_view(&whole.messages), buf_view(&cut.messages)),
         "a cut changes the messages");
    must(whole.end == cut.end, "a cut changes the end");
    must(whole.at_boundary == cut.at_boundary, "a cut changes whether a message is unfinished");
    must(bytes_starts_with(stream, buf_view(&whole.messages)), "the messages are not the stream");
    if (whole.at_boundary)
        must(whole.messages.len == stream.len, "octets are lost between messages");
    buf_clear(&whole.messages);
    buf_clear(&cut.messages);
    return 0;
}
