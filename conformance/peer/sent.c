/* SPDX-License-Identifier: MIT
 *
 * Taking note of what we send, however it was made: windows, stream states, settings, transcript,
 * linter. A frame that the target cannot read as a frame (behind one that lies, or before the
 * preface) changes nothing but the transcript. */
#include "peer/inside.h"

#include <stdlib.h>

/* ---- notes, by frame type ---- */

static void note_data(struct conn *conn, const struct frame *frame)
{
    struct call *call = conn_find_call(conn, frame->stream);
    conn->send_window -= (int64_t)frame->payload.len;
    if (!call)
        return;
    call->send_window -= (int64_t)frame->payload.len;
    call->data_sent += frame->payload.len;
    if (frame->flags & FLAG_END_STREAM)
        call->local_closed = true;
}

static void note_headers(struct conn *conn, const struct frame *frame)
{
    struct call *call = conn_find_call(conn, frame->stream);
    if (!call)
        return;
    call->blocks_sent++;
    if (frame->flags & FLAG_END_STREAM)
        call->local_closed = true;
}

static void note_rst_stream(struct conn *conn, const struct frame *frame)
{
    struct call *call = conn_find_call(conn, frame->stream);
    if (call)
        call->local_closed = call->local_reset = true;
}

static void change_initial_window(struct conn *conn, uint32_t value)
{
    int64_t change = (int64_t)value - (int64_t)conn->our_initial_window;
    conn->our_initial_window = value;
    for (struct call *call = conn->calls; call; call = call->next)
        call->receive_window += change;
}

static void note_setting(struct conn *conn, uint16_t id, uint32_t value, struct settings_out *out)
{
    if (id == SETTING_HEADER_TABLE_SIZE) {
        out->has_table_size = true;
        out->table_size = value;
    }
    if (id == SETTING_MAX_FRAME_SIZE)
        conn->our_max_frame_size = value;
    if (id == SETTING_INITIAL_WINDOW_SIZE)
        change_initial_window(conn, value);
}

static void note_settings(struct conn *conn, const struct frame *frame)
{
    struct inside *in = conn->inside;
    if ((frame->flags & FLAG_ACK) || in->settings_out_count == MAX_SETTINGS_OUT)
        return;
    size_t at = (in->settings_out_first + in->settings_out_count++) % MAX_SETTINGS_OUT;
    struct settings_out out = {.probe = in->next_settings_is_probe};
    for (struct bytes rest = frame->payload; rest.len >= 6; rest = bytes_skip(rest, 6))
        note_setting(conn, load_u16(rest.data), load_u32(rest.data + 2), &out);
    in->settings_out[at] = out;
    if (!out.probe)
        conn->settings_sent++;
}

static void note_window_update(struct conn *conn, const struct frame *frame)
{
    if (frame->payload.len != 4)
        return;
    uint32_t increment = load_u32(frame->payload.data) & 0x7fffffffu;
    struct call *call = conn_find_call(conn, frame->stream);
    if (frame->stream == 0)
        conn->receive_window += increment;
    else if (call)
        call->receive_window += increment;
}

static void (*const notes[])(struct conn *conn, const struct frame *frame) = {
    [FRAME_DATA] = note_data,
    [FRAME_HEADERS] = note_headers,
    [FRAME_RST_STREAM] = note_rst_stream,
    [FRAME_SETTINGS] = note_settings,
    [FRAME_WINDOW_UPDATE] = note_window_update,
};

static void note_frame(struct conn *conn, const struct frame *frame, size_t entry)
{
    struct inside *in = conn->inside;
    struct header_list list = {0};
    struct hpack_result result = {0};
    bool block_ended = header_block_collect(&in->sent_block, frame);
    if (block_ended)
        result = header_block_decode(&in->sent_block, in->sent_decoder, &list);
    if (frame->type < ARRAY_LEN(notes) && notes[frame->type])
        notes[frame->type](conn, frame);
    lint_frame(conn->lint, SENT, frame, block_ended ? &list : NULL, block_ended ? &result : NULL);
    if (block_ended)
        transcript_set_headers(&conn->t->transcript, entry, &list);
    header_list_clear(&list);
}

/* ---- the queue ---- */

static void remember_boundary(struct conn *conn)
{
    struct inside *in = conn->inside;
    if (in->boundary_count == in->boundary_cap) {
        size_t cap = in->boundary_cap ? in->boundary_cap * 2 : 64;
        size_t *boundaries = realloc(in->boundaries, cap * sizeof *boundaries);
        if (!boundaries) {
            conn->queue.failed = true;
            return;
        }
        in->boundaries = boundaries;
        in->boundary_cap = cap;
    }
    in->boundaries[in->boundary_count++] = conn->queue.len;
}

static void add_to_queue(struct conn *conn, struct bytes octets)
{
    framing_feed(&conn->inside->framing, octets);
    buf_put(&conn->queue, octets);
    remember_boundary(conn);
}

/* Octets that begin where the target expects a frame header: the whole frames among them are
 * frames. Returns what is left. */
static struct bytes queue_frames(struct conn *conn, struct bytes octets)
{
    struct transcript *transcript = &conn->t->transcript;
    struct bytes rest = octets;
    struct frame frame;
    while (framing_at_boundary(&conn->inside->framing) && frame_take(&rest, &frame)) {
        struct bytes whole = bytes_first(octets, octets.len - rest.len);
        size_t entry = transcript_add_frame(transcript, SENT, conn->number, clock_now_ns(), whole);
        add_to_queue(conn, whole);
        note_frame(conn, &frame, entry);
        octets = rest;
    }
    return octets;
}

static void queue_loose(struct conn *conn, struct bytes octets, bool is_frame)
{
    struct transcript *transcript = &conn->t->transcript;
    if (octets.len == 0)
        return;
    if (is_frame)
        (void)transcript_add_frame(transcript, SENT, conn->number, clock_now_ns(), octets);
    else
        (void)transcript_add_octets(transcript, SENT, conn->number, clock_now_ns(), octets);
    add_to_queue(conn, octets);
}

void queue_octets(struct conn *conn, struct bytes octets, bool is_frame)
{
    struct inside *in = conn->inside;
    if (test_is_over(conn->t) || conn_is_over(conn) || in->write_shut)
        return;
    if (in->framing.preface_left == CONNECTION_PREFACE.len &&
        bytes_starts_with(octets, CONNECTION_PREFACE)) {
        queue_loose(conn, CONNECTION_PREFACE, false);
        octets = bytes_skip(octets, CONNECTION_PREFACE.len);
    }
    queue_loose(conn, queue_frames(conn, octets), is_frame);
}
