/* SPDX-License-Identifier: MIT
 *
 * The conformance suite's frame reader. Input: frames as on the wire.
 * Oracles: what is taken and put again is what was there; a frame is taken exactly when all of it
 * is there; the inner payload lies within the payload, and with its padding makes up no more than
 * it; in a transcript every frame, whatever it holds, is one line that a terminal can show. */
#include "fuzz.h"

#include "wire/frame.h"
#include "wire/transcript.h"

static bool lies_within(struct bytes inner, struct bytes outer)
{
    return inner.len == 0 ||
           (inner.data >= outer.data && inner.data + inner.len <= outer.data + outer.len);
}

static void check_inner(const struct frame *frame)
{
    struct bytes inner;
    size_t pad_len = 0;
    if (!frame_inner(frame, &inner, &pad_len)) {
        must(inner.len == 0, "a payload that lies has an inside");
        return;
    }
    must(lies_within(inner, frame->payload), "the inner payload is outside the payload");
    must(inner.len + pad_len <= frame->payload.len, "padding and payload are more than there is");
    must(pad_len <= 256, "there is more padding than one octet can say");
}

static void check_needs_all_of_it(struct bytes whole)
{
    struct frame frame;
    size_t missing_one = whole.len - 1;
    struct bytes front = bytes_first(whole, missing_one);
    must(!frame_take(&front, &frame), "a frame is taken before its last octet is here");
    must(front.len == missing_one, "input is taken without a frame");
    must(frame_take(&whole, &frame) && whole.len == 0, "a whole frame is not taken");
}

static void check_names(const struct frame *frame)
{
    char scratch[16];
    must(frame_type_name(frame->type, scratch)[0] != '\0', "a type has no name");
    if (frame->payload.len >= 4)
        must(h2_error_name(load_u32(frame->payload.data), scratch)[0] != '\0',
             "an error has no name");
    if (frame->payload.len >= 2)
        must(setting_name(load_u16(frame->payload.data), scratch)[0] != '\0',
             "a setting has no name");
}

#define MOST_LINES 6

/* The first frames, and what stands behind them as loose octets. A payload plays the header list. */
static void fill(struct transcript *transcript, struct bytes left)
{
    struct frame frame;
    for (struct bytes before = left; transcript->count < MOST_LINES && frame_take(&left, &frame);
         before = left) {
        size_t at = transcript_add_frame(transcript, frame.flags & 1 ? SENT : RECEIVED, frame.type,
                                         (gr_time)left.len * 1000,
                                         bytes_first(before, before.len - left.len));
        struct header_list list = {0};
        header_list_add(&list, bytes_first(frame.payload, 10), bytes_skip(frame.payload, 10));
        if (frame.type == FRAME_HEADERS || frame.type == FRAME_CONTINUATION)
            transcript_set_headers(transcript, at, &list);
        header_list_clear(&list);
    }
    (void)transcript_add_octets(transcript, SENT, 1, 0, left);
    transcript_add_remark(transcript, 1, 0, "the connection is closed");
}

static void check_transcript(struct bytes input)
{
    struct transcript transcript = {.max_octets = 1024};
    struct buf line = {0};
    fill(&transcript, input);
    for (size_t i = 0; i < transcript.count; i++) {
        buf_reset(&line);
        transcript_format_line(&transcript.entries[i], &line);
        for (size_t j = 0; j < line.len; j++)
            must(line.data[j] >= 0x20 && line.data[j] < 0x7f,
                 "a line of a transcript holds what no terminal shows");
        must(line.len > 0 && line.len < 65536, "a line of a transcript has no sensible length");
    }
    buf_clear(&line);
    transcript_clear(&transcript);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    struct bytes left = input;
    struct frame frame;
    struct buf again = {0};

    while (true) {
        size_t start = size - left.len;
        if (!frame_take(&left, &frame))
            break;
        frame_put(&again, &frame);
        check_inner(&frame);
        reach(frame.flags & FLAG_PADDED ? "padded" : "frame");
        must(!planted(frame.type == 12), "planted: a frame of type 12");
        check_names(&frame);
        check_needs_all_of_it(bytes_of(data + start, size - left.len - start));
    }
    must(again.len == size - left.len, "frames put again have another length");
    must(bytes_starts_with(input, buf_view(&again)), "frames put again are other octets");
    buf_clear(&again);
    check_transcript(input);
    return 0;
}
