/* SPDX-License-Identifier: MIT
 *
 * SETTINGS in: what each value may be, when it counts, and the ACK (RFC 9113 6.5). */
#include "selftest/h2.h"

static void change_initial_window(struct h2 *h2, uint32_t value)
{
    int64_t delta = (int64_t)value -
                    (knob(KNOB_REPEATED_SETTING_ADDS_UP) ? h2->window_before : h2->initial_window);
    h2->initial_window = value;
    if (knob(KNOB_SETTINGS_CHANGE_CONNECTION_WINDOW))
        h2->send_window += delta;
    if (knob(KNOB_INITIAL_WINDOW_NEW_STREAMS_ONLY))
        return;
    for (struct stream *stream = h2->streams; stream; stream = stream->next) {
        bool rests = stream->headers_sent && stream->pending.len == 0;
        if (rests && knob(KNOB_RESTING_STREAMS_KEEP_WINDOW))
            continue;
        stream->send_window += delta;
        if (stream->send_window < 0 && knob(KNOB_CLAMPS_NEGATIVE_WINDOW))
            stream->send_window = 0;
        if (stream->send_window > MAX_WINDOW && !knob(KNOB_ACCEPTS_SETTINGS_WINDOW_OVERFLOW))
            connection_error(h2, H2_FLOW_CONTROL_ERROR);
    }
}

static bool is_largest(uint16_t id, uint32_t value)
{
    return (id == SETTING_INITIAL_WINDOW_SIZE && value == MAX_WINDOW) ||
           (id == SETTING_MAX_FRAME_SIZE && value == (1u << 24) - 1);
}

static void apply_setting(struct h2 *h2, uint16_t id, uint32_t value)
{
    if (knob(KNOB_REFUSES_LARGEST_SETTINGS) && is_largest(id, value)) {
        connection_error(h2, H2_PROTOCOL_ERROR);
        return;
    }
    switch (id) {
    case SETTING_HEADER_TABLE_SIZE:
        if (knob(KNOB_IGNORES_TABLE_SIZE))
            return;
        if (value > MAX_WINDOW && knob(KNOB_LARGE_TABLE_SIZE_KILLS))
            connection_error(h2, H2_PROTOCOL_ERROR);
        h2->table_size = value < 4096 || knob(KNOB_LARGE_TABLE_IS_SILENT) ? value : 4096;
        h2->table_size_due = true;
        if (!knob(KNOB_LAST_TABLE_SIZE_COUNTS))
            hpack_encoder_set_max_table_size(h2->encoder, h2->table_size);
        break;
    case SETTING_ENABLE_PUSH:
        if ((value > 1 && !knob(KNOB_ACCEPTS_ENABLE_PUSH_2)) ||
            (value == 1 && knob(KNOB_REFUSES_ENABLE_PUSH_1)))
            connection_error(h2, H2_PROTOCOL_ERROR);
        break;
    case SETTING_INITIAL_WINDOW_SIZE:
        if (value > MAX_WINDOW && !knob(KNOB_ACCEPTS_HUGE_INITIAL_WINDOW))
            connection_error(h2, H2_FLOW_CONTROL_ERROR);
        else if (value <= MAX_WINDOW && !knob(KNOB_IGNORES_INITIAL_WINDOW))
            change_initial_window(h2, value);
        break;
    case SETTING_MAX_FRAME_SIZE:
        if (value < DEFAULT_MAX_FRAME_SIZE && !knob(KNOB_ACCEPTS_SMALL_MAX_FRAME_SIZE))
            connection_error(h2, H2_PROTOCOL_ERROR);
        else if (value >= 1u << 24 && !knob(KNOB_ACCEPTS_HUGE_MAX_FRAME_SIZE))
            connection_error(h2, H2_PROTOCOL_ERROR);
        else if (value >= DEFAULT_MAX_FRAME_SIZE)
            h2->max_frame_size = value < 1u << 24 ? value : (1u << 24) - 1;
        break;
    case SETTING_MAX_HEADER_LIST_SIZE:
        h2->max_header_list = value;
        break;
    default:
        if ((id == 8 || id == 9) && knob(KNOB_NEWER_SETTINGS_KILL))
            connection_error(h2, H2_PROTOCOL_ERROR);
        if ((id == 0 || id > SETTING_MAX_HEADER_LIST_SIZE) && knob(KNOB_REFUSES_UNKNOWN_SETTINGS))
            connection_error(h2, H2_PROTOCOL_ERROR);
    }
}

static bool came_earlier(struct bytes payload, size_t at)
{
    for (size_t i = 0; i < at; i += 6)
        if (load_u16(payload.data + i) == load_u16(payload.data + at))
            return true;
    return false;
}

static void apply_settings(struct h2 *h2, struct bytes payload)
{
    h2->window_before = h2->initial_window;
    for (size_t i = 0; i + 6 <= payload.len && !h2->closing; i += 6) {
        if (knob(KNOB_FIRST_SETTING_WINS) && came_earlier(payload, i))
            continue;
        apply_setting(h2, load_u16(payload.data + i), load_u32(payload.data + i + 2));
    }
}

static void acknowledge_settings(struct h2 *h2)
{
    if (knob(KNOB_NEVER_ACKS_SETTINGS))
        return;
    if (knob(KNOB_ACKS_WITH_PAYLOAD))
        put_frame(h2, FRAME_SETTINGS, FLAG_ACK, 0, BYTES("\0\3\0\0\0\144"));
    else
        put_frame(h2, FRAME_SETTINGS, FLAG_ACK, 0, NO_BYTES);
    if (knob(KNOB_ACKS_SETTINGS_TWICE))
        put_frame(h2, FRAME_SETTINGS, FLAG_ACK, 0, NO_BYTES);
}

/* The ACK goes out first, and the values count only from the next SETTINGS frame on. */
static void apply_settings_too_late(struct h2 *h2, struct bytes payload)
{
    apply_settings(h2, buf_view(&h2->late_settings));
    buf_reset(&h2->late_settings);
    buf_put(&h2->late_settings, payload);
}

void take_settings(struct h2 *h2, const struct frame *frame)
{
    size_t len = frame->payload.len;
    if (frame->stream != 0 && !knob(KNOB_ACCEPTS_SETTINGS_ON_STREAM)) {
        connection_error(h2, H2_PROTOCOL_ERROR);
        return;
    }
    if (frame->flags & FLAG_ACK) {
        h2->acknowledged = true;
        if (len == 0 && setup_here()->table_size && !knob(KNOB_OVERLOOKS_DUE_UPDATE))
            hpack_decoder_set_max_table_size(h2->decoder, setup_here()->table_size);
        if (len != 0 && !knob(KNOB_ACCEPTS_SETTINGS_ACK_WITH_PAYLOAD))
            connection_error(h2, H2_FRAME_SIZE_ERROR);
        if (knob(KNOB_ACKS_SETTINGS_ACK))
            put_frame(h2, FRAME_SETTINGS, FLAG_ACK, 0, NO_BYTES);
        return;
    }
    if (len % 6 != 0 && !knob(KNOB_ACCEPTS_SETTINGS_LENGTH)) {
        connection_error(h2, H2_FRAME_SIZE_ERROR);
        return;
    }
    bool forgets = h2->settings_in++ >= 10 && knob(KNOB_TEN_SETTINGS_COUNT);
    if (knob(KNOB_APPLIES_SETTINGS_LATE))
        apply_settings_too_late(h2, frame->payload);
    else if (!forgets)
        apply_settings(h2, frame->payload);
    if (knob(KNOB_SETTINGS_END_STREAMS) && h2->settings_seen)
        for (struct stream *stream = h2->streams; stream; stream = stream->next)
            if (!stream->local_closed)
                stream_error(h2, stream, H2_INTERNAL_ERROR);
    acknowledge_settings(h2);
    h2->settings_seen = true;
}
