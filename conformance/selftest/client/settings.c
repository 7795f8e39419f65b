/* SPDX-License-Identifier: MIT
 *
 * SETTINGS of the server, as the faulty client takes them: checked, applied, acknowledged. (RFC 9113 section 6.5) */
#include "selftest/client/client.h"

#define LONG_SETTINGS 100 /* entries: a knob */

/* The code of the connection error that is due; H2_NO_ERROR: none. */
static uint32_t fault_of(const struct setting *setting)
{
    switch (setting->id) {
    case SETTING_ENABLE_PUSH:
        if (setting->value > 1)
            return errs(CLIENT_ACCEPTS_ENABLE_PUSH_2) ? H2_NO_ERROR : H2_PROTOCOL_ERROR;
        return setting->value == 1 && !errs(CLIENT_ACCEPTS_PUSH_FROM_SERVER) ? H2_PROTOCOL_ERROR
                                                                             : H2_NO_ERROR;
    case SETTING_INITIAL_WINDOW_SIZE:
        if (setting->value == MAX_WINDOW && errs(CLIENT_REFUSES_LARGEST_SETTINGS))
            return H2_FLOW_CONTROL_ERROR;
        return setting->value > MAX_WINDOW && !errs(CLIENT_ACCEPTS_HUGE_WINDOW)
                   ? H2_FLOW_CONTROL_ERROR
                   : H2_NO_ERROR;
    case SETTING_MAX_FRAME_SIZE:
        if (setting->value < DEFAULT_MAX_FRAME_SIZE)
            return errs(CLIENT_ACCEPTS_SMALL_FRAME_SIZE) ? H2_NO_ERROR : H2_PROTOCOL_ERROR;
        if (setting->value == 0xffffff && errs(CLIENT_REFUSES_LARGEST_SETTINGS))
            return H2_PROTOCOL_ERROR;
        return setting->value > 0xffffff && !errs(CLIENT_ACCEPTS_LARGE_FRAME_SIZE)
                   ? H2_PROTOCOL_ERROR
                   : H2_NO_ERROR;
    default:
        return H2_NO_ERROR;
    }
}

static void move_windows(struct link *link, uint32_t window)
{
    int64_t difference = (int64_t)window - link->initial_window;
    if (errs(CLIENT_IGNORES_INITIAL_WINDOW))
        return;
    link->initial_window = window;
    for (struct stream *stream = link->streams; stream; stream = stream->next) {
        if (stream->local_closed || errs(CLIENT_NEW_STREAMS_ONLY))
            continue;
        stream->send_window += difference;
        if (stream->send_window < 0 && errs(CLIENT_NEGATIVE_WINDOW_IS_ZERO))
            stream->send_window = 0;
        if (stream->send_window > MAX_WINDOW && !errs(CLIENT_ACCEPTS_SETTING_OVERFLOW))
            link_error(link, H2_FLOW_CONTROL_ERROR);
    }
}

static void limit_streams(struct link *link, uint32_t limit)
{
    size_t open = link_open_streams(link);
    if (errs(CLIENT_FIRST_LIMIT_OVERWRITTEN) && link->settings_in == 0)
        return;
    link->max_streams = limit;
    link->uncounted = (unsigned)open;
    if (!errs(CLIENT_LOWERED_LIMIT_RESETS))
        return;
    for (struct stream *stream = link->streams; stream && open > limit; stream = stream->next)
        if (stream->rpc && open-- > limit)
            rpc_give_up(link, stream, CODE_UNAVAILABLE, "one too many");
}

static void set_table(struct link *link, uint32_t size)
{
    if (errs(CLIENT_IGNORES_TABLE_SIZE))
        return;
    link->table_size = size;
    if (errs(CLIENT_LAST_TABLE_SIZE_COUNTS)) /* when it encodes again */
        return;
    hpack_encoder_set_max_table_size(link->encoder, size < OUR_TABLE ? size : OUR_TABLE);
}

static void apply(struct link *link, const struct setting *setting)
{
    uint32_t fault = fault_of(setting);
    if (fault != H2_NO_ERROR) {
        link_error(link, fault);
        return;
    }
    switch (setting->id) {
    case SETTING_HEADER_TABLE_SIZE:
        set_table(link, setting->value);
        return;
    case SETTING_MAX_CONCURRENT_STREAMS:
        limit_streams(link, setting->value);
        return;
    case SETTING_INITIAL_WINDOW_SIZE:
        move_windows(link, setting->value);
        return;
    case SETTING_MAX_FRAME_SIZE:
        if (setting->value > link->max_frame_size || !errs(CLIENT_FRAME_SIZE_NEVER_LOWERED))
            link->max_frame_size = link->channel->last_frame_size = setting->value;
        return;
    case SETTING_MAX_HEADER_LIST_SIZE:
        link->max_header_list = setting->value;
        return;
    case SETTING_ENABLE_PUSH:
        return;
    default:
        if (errs(CLIENT_REFUSES_UNKNOWN_SETTINGS))
            link_error(link, H2_PROTOCOL_ERROR);
    }
}

static bool came_before(struct bytes payload, size_t at, uint16_t id)
{
    for (size_t i = 0; i < at; i += 6)
        if (load_u16(payload.data + i) == id)
            return true;
    return false;
}

static void take_ack(struct link *link, const struct frame *frame)
{
    if (frame->payload.len > 0 && !errs(CLIENT_ACCEPTS_SETTINGS_ACK_PAYLOAD))
        link_error(link, H2_FRAME_SIZE_ERROR);
    if (link->acknowledged && errs(CLIENT_REFUSES_UNSOLICITED_ACK))
        link_error(link, H2_PROTOCOL_ERROR);
    if (link->acknowledged && errs(CLIENT_HANGS_ON_UNSOLICITED_ACK))
        link->stuck = true;
    link->acknowledged = true;
}

static void end_calls(struct link *link)
{
    for (struct stream *stream = link->streams; stream; stream = stream->next)
        if (stream->rpc)
            rpc_give_up(link, stream, CODE_INTERNAL, "SETTINGS");
}

static void acknowledge(struct link *link)
{
    bool first = link->settings_in++ == 0;
    if (errs(CLIENT_NO_ACK_AFTER_GOAWAY) && link->they_go_away)
        return;
    if (errs(CLIENT_NEVER_ACKS_SETTINGS) || (!first && errs(CLIENT_ACKS_FIRST_SETTINGS_ONLY)))
        return;
    link_put_frame(link, FRAME_SETTINGS, FLAG_ACK, 0, NO_BYTES);
    if (errs(CLIENT_ACKS_SETTINGS_TWICE))
        link_put_frame(link, FRAME_SETTINGS, FLAG_ACK, 0, NO_BYTES);
}

/* What this frame does not mention: a knob. */
static void restore_defaults(struct link *link, struct bytes payload)
{
    if (!came_before(payload, payload.len, SETTING_HEADER_TABLE_SIZE))
        set_table(link, OUR_TABLE);
    if (!came_before(payload, payload.len, SETTING_INITIAL_WINDOW_SIZE))
        move_windows(link, DEFAULT_WINDOW);
}

void link_take_settings(struct link *link, const struct frame *frame)
{
    if (frame->stream != 0 && !errs(CLIENT_ACCEPTS_SETTINGS_ON_STREAM)) {
        link_error(link, H2_PROTOCOL_ERROR);
        return;
    }
    if (frame->flags & FLAG_ACK) {
        take_ack(link, frame);
        return;
    }
    if (frame->payload.len % 6 != 0 && !errs(CLIENT_ACCEPTS_SETTINGS_LENGTH)) {
        link_error(link, H2_FRAME_SIZE_ERROR);
        return;
    }
    if (frame->payload.len / 6 > LONG_SETTINGS && errs(CLIENT_DIES_OF_LONG_SETTINGS)) {
        channel_die(link->channel, link->channel->rpcs,
                    "the client was killed by signal 11 (SETTINGS)");
        return;
    }
    if (errs(CLIENT_SETTINGS_RESTORE_DEFAULTS))
        restore_defaults(link, frame->payload);
    for (size_t at = 0; at + 6 <= frame->payload.len && !link->closing; at += 6) {
        const uint8_t *octets = frame->payload.data + at;
        const struct setting setting = {load_u16(octets), load_u32(octets + 2)};
        if (!(errs(CLIENT_FIRST_SETTING_WINS) && came_before(frame->payload, at, setting.id)))
            apply(link, &setting);
    }
    if (link->closing)
        return;
    if (link->settings_seen && errs(CLIENT_SETTINGS_END_CALLS))
        end_calls(link);
    link->settings_seen = true;
    acknowledge(link);
}
