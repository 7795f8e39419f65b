/* SPDX-License-Identifier: MIT
 *
 * Taking note of what the target says: a function per frame type. A target that lies is recorded,
 * not believed; whether it may say that is the linter's business and the case's. */
#include "peer/inside.h"

#include <stdio.h>

/* A frame, and the header list that it completed. */
struct arrival {
    struct frame frame;
    bool block_ended;
    struct header_list list;
    struct hpack_result result;
};

/* ---- header blocks ---- */

/* HEADERS that open a stream: the client makes a call. */
static struct call *begin_call(struct conn *conn, uint32_t stream, const struct header_list *list)
{
    const struct field *path = header_list_find(list, ":path");
    struct call *call = call_new(conn, "", stream);
    if (path)
        (void)snprintf(call->path, sizeof call->path, "%.*s", (int)path->value.len,
                       (const char *)path->value.data);
    call->last_entry = conn->inside->entry;
    return call;
}

static void note_block(struct call *call, const struct header_list *list, bool end_stream)
{
    if (call->remote_closed || call->reset || header_list_is_interim(list))
        return;
    if (++call->header_blocks == 1)
        header_list_copy(&call->headers, list);
    if (!end_stream)
        return;
    call->trailers_only = call->header_blocks == 1;
    header_list_copy(&call->trailers, list);
    call->remote_closed = true;
}

static void on_headers(struct conn *conn, const struct arrival *arrival)
{
    struct inside *in = conn->inside;
    if (!arrival->block_ended || in->block.type != FRAME_HEADERS)
        return;
    if (!arrival->result.ok && !in->undecoded)
        in->undecoded = arrival->result.why;
    struct call *call = conn_find_call(conn, in->block.stream);
    if (!call && conn->serves && in->block.stream % 2 == 1)
        call = begin_call(conn, in->block.stream, &arrival->list);
    if (call)
        note_block(call, &arrival->list, (in->block.flags & FLAG_END_STREAM) != 0);
}

/* ---- DATA ---- */

static void give_back(struct conn *conn, const struct call *call, uint32_t octets)
{
    if (!conn->auto_window || octets == 0 || conn->settings_sent == 0)
        return; /* before our SETTINGS nothing else may be sent (RFC 9113 section 3.4) */
    send_window_update(conn, 0, octets);
    if (call && !call->remote_closed && !call->reset && !call->local_reset)
        send_window_update(conn, call->stream, octets);
}

static void on_data(struct conn *conn, const struct arrival *arrival)
{
    const struct frame *frame = &arrival->frame;
    struct call *call = conn_find_call(conn, frame->stream);
    struct bytes data = NO_BYTES;
    (void)frame_inner(frame, &data, NULL);
    conn->receive_window -= (int64_t)frame->payload.len;
    if (call) {
        call->receive_window -= (int64_t)frame->payload.len;
        if (!call->remote_closed && !call->reset) {
            call->data_frames++;
            if (data.len <= MAX_CALL_DATA - call->data.len)
                buf_put(&call->data, data);
            call->remote_closed = call->ended_by_data = (frame->flags & FLAG_END_STREAM) != 0;
        }
    }
    give_back(conn, call, (uint32_t)frame->payload.len);
}

/* ---- the rest ---- */

static void on_rst_stream(struct conn *conn, const struct arrival *arrival)
{
    struct call *call = conn_find_call(conn, arrival->frame.stream);
    if (!call || call->reset || arrival->frame.payload.len != 4)
        return;
    call->reset = true;
    call->reset_code = load_u32(arrival->frame.payload.data);
}

static void change_their_window(struct conn *conn, uint32_t value)
{
    int64_t change = (int64_t)value - (int64_t)conn->their_settings[SETTING_INITIAL_WINDOW_SIZE];
    for (struct call *call = conn->calls; call; call = call->next)
        call->send_window += change;
}

static void note_their_setting(struct conn *conn, uint16_t id, uint32_t value)
{
    if (id == SETTING_INITIAL_WINDOW_SIZE)
        change_their_window(conn, value);
    if (id == SETTING_HEADER_TABLE_SIZE) {
        hpack_encoder_set_max_table_size(conn->encoder, value);
        hpack_decoder_set_max_table_size(conn->inside->sent_decoder, value);
    }
    if (id == 0 || id >= ARRAY_LEN(conn->their_settings))
        return;
    conn->their_settings[id] = value;
    conn->their_setting_seen[id] = true;
}

static void on_settings_ack(struct conn *conn)
{
    struct inside *in = conn->inside;
    if (in->settings_out_count == 0) {
        conn->settings_acks++; /* of nothing: the linter says so */
        return;
    }
    const struct settings_out *out = &in->settings_out[in->settings_out_first];
    in->settings_out_first = (in->settings_out_first + 1) % MAX_SETTINGS_OUT;
    in->settings_out_count--;
    if (out->has_table_size)
        hpack_decoder_set_max_table_size(conn->decoder, out->table_size);
    if (!out->probe)
        conn->settings_acks++;
    else if (in->probe == PROBE_SETTINGS_SENT)
        in->probe = PROBE_DONE;
}

static void on_settings(struct conn *conn, const struct arrival *arrival)
{
    if (arrival->frame.flags & FLAG_ACK) {
        on_settings_ack(conn);
        return;
    }
    struct bytes rest = arrival->frame.payload;
    for (; rest.len >= 6; rest = bytes_skip(rest, 6))
        note_their_setting(conn, load_u16(rest.data), load_u32(rest.data + 2));
    conn->got_settings = true;
    conn->settings_received++;
    if (conn->auto_settings_ack)
        send_settings_ack(conn);
}

static void on_ping_ack(struct conn *conn, const uint8_t *opaque)
{
    struct inside *in = conn->inside;
    if (memcmp(opaque, in->awaited_ping, sizeof in->awaited_ping) == 0) {
        in->awaited_ping_answered = true;
        if (in->probe == PROBE_PING_SENT) {
            in->probe = PROBE_PING_ANSWERED;
            return; /* a proof's, not the case's */
        }
    }
    conn->ping_acks++;
    memcpy(conn->last_ping_ack, opaque, sizeof conn->last_ping_ack);
}

static void on_ping(struct conn *conn, const struct arrival *arrival)
{
    if (arrival->frame.payload.len != 8)
        return;
    if (arrival->frame.flags & FLAG_ACK) {
        on_ping_ack(conn, arrival->frame.payload.data);
        return;
    }
    conn->pings_received++;
    if (conn->auto_ping_ack)
        send_frame(conn, FRAME_PING, FLAG_ACK, 0, arrival->frame.payload);
}

static void on_goaway(struct conn *conn, const struct arrival *arrival)
{
    struct bytes payload = arrival->frame.payload;
    struct inside *in = conn->inside;
    if (payload.len < 8)
        return;
    buf_reset(&in->goaway_debug);
    buf_put(&in->goaway_debug, bytes_first(bytes_skip(payload, 8), MAX_DEBUG_DATA));
    conn->goaway = (struct goaway){
        .last_stream = load_u32(payload.data) & 0x7fffffffu,
        .code = load_u32(payload.data + 4),
        .debug = buf_view(&in->goaway_debug),
    };
    conn->goaways++;
    in->goaway_entry = in->entry;
}

static void on_window_update(struct conn *conn, const struct arrival *arrival)
{
    const struct frame *frame = &arrival->frame;
    if (frame->payload.len != 4)
        return;
    uint32_t increment = load_u32(frame->payload.data) & 0x7fffffffu;
    struct call *call = conn_find_call(conn, frame->stream);
    if (frame->stream == 0)
        conn->send_window += increment;
    else if (call)
        call->send_window += increment;
}

static void (*const handlers[])(struct conn *conn, const struct arrival *arrival) = {
    [FRAME_DATA] = on_data,
    [FRAME_HEADERS] = on_headers,
    [FRAME_RST_STREAM] = on_rst_stream,
    [FRAME_SETTINGS] = on_settings,
    [FRAME_PING] = on_ping,
    [FRAME_GOAWAY] = on_goaway,
    [FRAME_WINDOW_UPDATE] = on_window_update,
    [FRAME_CONTINUATION] = on_headers,
};

/* ---- frames out of octets ---- */

static void take_frame(struct conn *conn, struct arrival *arrival, struct bytes octets)
{
    struct inside *in = conn->inside;
    struct transcript *transcript = &conn->t->transcript;
    const struct frame *frame = &arrival->frame;
    in->entry = transcript_add_frame(transcript, RECEIVED, conn->number, clock_now_ns(), octets);
    struct call *call = conn_find_call(conn, frame->stream);
    if (call)
        call->last_entry = in->entry;

    arrival->block_ended = header_block_collect(&in->block, frame);
    if (arrival->block_ended)
        arrival->result = header_block_decode(&in->block, conn->decoder, &arrival->list);
    /* once a block did not decode, what is said behind it has no known meaning */
    if (!in->undecoded)
        lint_frame(conn->lint, RECEIVED, frame, arrival->block_ended ? &arrival->list : NULL,
                   arrival->block_ended ? &arrival->result : NULL);
    if (frame->type < ARRAY_LEN(handlers) && handlers[frame->type])
        handlers[frame->type](conn, arrival);
    if (arrival->block_ended)
        transcript_set_headers(transcript, in->entry, &arrival->list);
    header_list_clear(&arrival->list);
}

/* The 24 octets with which a client begins. returns whether frames follow. */
static bool take_preface(struct conn *conn)
{
    struct bytes octets = buf_view(&conn->received);
    struct bytes preface = CONNECTION_PREFACE;
    if (!conn->serves || conn->got_preface)
        return true;
    size_t common = octets.len < preface.len ? octets.len : preface.len;
    conn->inside->preface_wrong = !bytes_equal(bytes_first(octets, common),
                                               bytes_first(preface, common));
    if (conn->inside->preface_wrong)
        lint_preface(conn->lint, false);
    if (octets.len < preface.len || conn->inside->preface_wrong)
        return false;
    lint_preface(conn->lint, true);
    conn->got_preface = true;
    (void)transcript_add_octets(&conn->t->transcript, RECEIVED, conn->number, clock_now_ns(),
                                preface);
    buf_consume(&conn->received, preface.len);
    return true;
}

void take_frames(struct conn *conn)
{
    if (!take_preface(conn))
        return;
    struct bytes rest = buf_view(&conn->received);
    for (;;) {
        struct arrival arrival = {0};
        struct bytes before = rest;
        if (!frame_take(&rest, &arrival.frame))
            break;
        take_frame(conn, &arrival, bytes_first(before, before.len - rest.len));
    }
    buf_consume(&conn->received, conn->received.len - rest.len);
}

void note_closed(struct conn *conn, enum closed how)
{
    struct transcript *transcript = &conn->t->transcript;
    struct bytes left = buf_view(&conn->received);
    conn->closed = how;
    if (left.len > 0)
        (void)transcript_add_octets(transcript, RECEIVED, conn->number, clock_now_ns(), left);
    size_t before = transcript->count;
    transcript_add_remark(transcript, conn->number, clock_now_ns(), "connection %s by the target",
                          how == CLOSED_ORDERLY ? "closed" : "reset");
    if (transcript->count > before)
        conn->inside->close_entry = conn->inside->entry = before;
    if (how == CLOSED_ORDERLY)
        lint_target_closed(conn->lint);
    conn_end_lint(conn, how == CLOSED_ORDERLY);
}
