/* SPDX-License-Identifier: MIT
 *
 * From octets, in pieces of any size, to frames. DATA is handed on as it comes; of every other frame the payload is
 * whole. */
#include "h2/private.h"

/* The client connection preface, octet by octet (RFC 9113 section 3.4). */
static bool eat_magic(struct h2 *h2, struct bytes *in)
{
    struct input *input = &h2->input;

    while (h2->role == ROLE_SERVER && input->magic < MAGIC_LEN && in->len) {
        if (in->data[0] != (uint8_t)MAGIC[input->magic]) {
            h2_terminate(h2, H2_PROTOCOL_ERROR, "this is no HTTP/2 connection preface");
            return false;
        }
        input->magic++;
        *in = bytes_skip(*in, 1);
    }
    return true;
}

/* ---- Frame headers --------------------------------------------------------------------------- */

/* DATA's pad length counts as a part of its header. */
static size_t header_size(const uint8_t *octets, size_t len)
{
    bool padded = len >= FRAME_HEADER && octets[3] == DATA && octets[4] & FLAG_PADDED &&
                  load_u24(octets) > 0;

    return FRAME_HEADER + padded;
}

static void parse(struct input *input, const uint8_t *octets, size_t len)
{
    input->frame = (struct frame){
        .len = load_u24(octets),
        .type = octets[3],
        .flags = octets[4],
        .stream = (int32_t)(load_u32(octets + 5) & INT32_MAX),
    };
    input->left = input->frame.len - (len - FRAME_HEADER);
    input->padding = len > FRAME_HEADER ? octets[FRAME_HEADER] : 0;
}

/* returns false when more octets are needed */
static bool take_header(struct input *input, struct bytes *in)
{
    size_t size = header_size(in->data, in->len);

    if (input->held_len == 0 && in->len >= size) {
        parse(input, in->data, size);
        *in = bytes_skip(*in, size);
        return true;
    }
    while (in->len && input->held_len < header_size(input->held, input->held_len)) {
        input->held[input->held_len++] = in->data[0];
        *in = bytes_skip(*in, 1);
    }
    if (input->held_len < header_size(input->held, input->held_len))
        return false;
    parse(input, input->held, input->held_len);
    input->held_len = 0;
    return true;
}

/* ---- DATA ------------------------------------------------------------------------------------ */

static bool has_sound_padding(struct h2 *h2)
{
    const struct input *input = &h2->input;
    bool padded = input->frame.flags & FLAG_PADDED;

    if (padded && input->frame.len == 0) {
        h2_terminate(h2, H2_FRAME_SIZE_ERROR, "DATA without its pad length");
        return false;
    }
    if (input->padding > input->left) {
        h2_terminate(h2, H2_PROTOCOL_ERROR, "more padding than DATA");
        return false;
    }
    return true;
}

static void tell_data(struct h2 *h2, struct h2_stream *stream, struct bytes data, bool end)
{
    struct h2_event *event = h2_push(h2, H2_EVENT_DATA, stream);

    if (!event)
        return;
    event->data = data;
    event->end_stream = end;
}

/* The frame in progress, as far as it is here. returns whether that is all of it */
static bool take_data(struct h2 *h2, struct bytes *in)
{
    struct input *input = &h2->input;
    struct h2_stream *stream = input->stream;
    size_t data = input->left > input->padding ? input->left - input->padding : 0;
    struct bytes here = bytes_first(*in, input->left), octets = bytes_first(here, data);
    bool last = here.len == input->left, end = last && input->frame.flags & FLAG_END_STREAM;

    *in = bytes_skip(*in, here.len);
    input->left -= here.len;
    if (stream && (octets.len || end))
        tell_data(h2, stream, octets, end);
    if (last)
        h2_trace(h2, false, &input->frame, 0);
    if (stream && end)
        h2_end_remote(h2, stream);
    return last;
}

/* ---- Other frames ---------------------------------------------------------------------------- */

/* returns false when more octets are needed */
static bool take_frame(struct h2 *h2, struct bytes *in)
{
    struct input *input = &h2->input;
    struct bytes here = bytes_first(*in, input->left);

    *in = bytes_skip(*in, here.len);
    input->left -= here.len;
    if (input->left == 0 && input->whole.len == 0) {
        h2_handle(h2, &input->frame, here);
        return true;
    }
    buf_put(&input->whole, here);
    h2->failed = h2->failed || input->whole.failed;
    if (input->left || h2->failed)
        return false;
    h2_handle(h2, &input->frame, buf_view(&input->whole));
    buf_clear(&input->whole);
    return true;
}

/* ---- The walk -------------------------------------------------------------------------------- */

static bool begin_frame(struct h2 *h2)
{
    struct input *input = &h2->input;

    if (!h2_admit(h2, &input->frame))
        return false;
    input->state = AT_PAYLOAD;
    if (input->frame.type != DATA)
        return true;
    if (!has_sound_padding(h2))
        return false;
    input->state = AT_DATA;
    input->stream = h2_begin_data(h2, &input->frame);
    return !h2->done;
}

bool h2_feed(struct h2 *h2, struct bytes in, gr_time now)
{
    struct input *input = &h2->input;

    input->now = now;
    if (!eat_magic(h2, &in))
        return false;
    while (!h2->done && !h2->failed) {
        if (input->state == AT_HEADER && (!take_header(input, &in) || !begin_frame(h2)))
            break;
        if (!(input->state == AT_DATA ? take_data(h2, &in) : take_frame(h2, &in)))
            break;
        input->state = AT_HEADER;
    }
    return !h2->done && !h2->failed;
}
