/* SPDX-License-Identifier: MIT
 *
 * The suite's half of the comparison; see agree.h. It includes nothing of ref/ but base/. */
#include "agree.h"

#include "lint/state.h"
#include "oracles.h"
#include "peer/block.h"

struct suite_reader {
    struct header_block block;
    struct hpack_decoder *decoder;
};

struct suite_reader *suite_reader_new(void)
{
    struct suite_reader *reader = calloc(1, sizeof *reader);
    must(reader != NULL, "there is memory");
    reader->decoder = hpack_decoder_new(4096);
    must(reader->decoder != NULL, "there is memory");
    return reader;
}

void suite_reader_free(struct suite_reader *reader)
{
    header_block_clear(&reader->block);
    hpack_decoder_free(reader->decoder);
    free(reader);
}

static void read_block(struct suite_reader *reader, struct suite_reading *reading)
{
    struct header_list list = {0};
    (void)header_block_decode(&reader->block, reader->decoder, &list);
    for (size_t i = 0; i < list.count; i++) {
        buf_put(&reading->text, list.fields[i].name);
        buf_put_u8(&reading->text, '\t');
        buf_put(&reading->text, list.fields[i].value);
        buf_put_u8(&reading->text, '\n');
    }
    reading->kind = READ_HEADERS;
    reading->stream = reader->block.stream;
    reading->end_stream = (reader->block.flags & FLAG_END_STREAM) != 0;
    header_list_clear(&list);
}

void suite_read_frame(struct suite_reader *reader, struct bytes octets,
                      struct suite_reading *reading)
{
    struct frame frame;
    struct bytes inner;
    buf_reset(&reading->text);
    *reading = (struct suite_reading){.text = reading->text};
    must(frame_take(&octets, &frame) && octets.len == 0, "a whole frame is not taken");
    if (header_block_collect(&reader->block, &frame)) {
        read_block(reader, reading);
        return;
    }
    reading->stream = frame.stream;
    bool ack = (frame.flags & FLAG_ACK) != 0;
    if (frame.type == FRAME_DATA && frame_inner(&frame, &inner, NULL)) {
        reading->kind = READ_DATA;
        reading->end_stream = (frame.flags & FLAG_END_STREAM) != 0;
        buf_put(&reading->text, inner);
    } else if (frame.type == FRAME_SETTINGS && !ack) {
        reading->kind = READ_SETTINGS;
    } else if (frame.type == FRAME_PING) {
        reading->kind = ack ? READ_PING_ACK : READ_PING;
    } else if (frame.type == FRAME_GOAWAY && frame.payload.len >= 8) {
        reading->kind = READ_GOAWAY;
        reading->code = load_u32(frame.payload.data + 4);
    }
}

bool suite_timeout_is_valid(struct bytes text)
{
    return grpc_timeout_is_valid(text);
}

bool suite_base64_is_valid(struct bytes text)
{
    bool padded;
    return base64_is_valid(text, &padded);
}
